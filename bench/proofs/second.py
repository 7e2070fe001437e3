"""Proof 2, the second simulator: every rung on beer by published kinetics that taught nobody, at random hours."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import numpy as np

from bench.proofs.scores import Row, answering, row, said_row
from cellarhand.curve import Curve
from cellarhand.domain import Curve as CurveRecord
from cellarhand.forecasting import RUNGS, Forecaster
from cellarhand.forecasting.backtest import CLOCK, Durations, skill
from cellarhand.metrics import Band
from cellarhand.simulate.cellar import Brewed, draw

MONDAY = datetime(2026, 1, 5, tzinfo=UTC)
EARLIEST_H = 4.0
OTHERS = 200  # durations of other breweries' beers of the kind behind `clock`
LAST = 2  # batches of each brewery


def cut_hour(d: Brewed, k: int, rng: np.random.Generator) -> float:
    """An hour drawn evenly over its stay in the tank, after its first reading."""
    return float(rng.uniform(max(EARLIEST_H, d.logs[k].hours[0] + 0.01), d.true.packaged_h[k]))


def curve(d: Brewed, k: int, now: float | None = None, *, dated: bool = False) -> CurveRecord:
    """What was known of a batch at `now`."""
    log = d.logs[k]
    return Curve.from_readings(log.hours, log.sg, log.temp_c, now=now, **d.words(k, MONDAY if dated else None))


def habit(d: Brewed, k: int) -> str:
    """By sensor or by hand, as a back-test calls them."""
    return "manual" if d.sensors.by_hand[k] else "dense"


def clock_of(d: Brewed, k: int, now: float) -> Durations:
    """How long other breweries' beers of the kind took, given "not yet"."""
    others = (d.who.kind == d.who.kind[k]) & (d.who.brewery != d.who.brewery[k])
    return Durations(list(d.true.terminal_h[others][:OTHERS]), now)


def alone(seed: int, n: int, told: Callable[[float], None] = lambda x: None) -> list[Row]:
    """n batches, each at one hour, asked without any past."""
    rng = np.random.default_rng(seed)
    d = draw(rng, breweries=max(n // 4, 2), brands=2, batches=2)
    models = {rung: Forecaster(rung).fit([]) for rung in answering()}
    rows = []
    for k in range(min(n, len(d))):
        now = cut_hour(d, k, rng)
        rows += asked(d, k, now, curve(d, k, now), models)
        told((k + 1) / n)
    return rows


def with_past(seed: int, breweries: int, batches: int, told: Callable[[float], None] = lambda x: None) -> list[Row]:
    """The last batches of each brewery, asked with everything that it brewed before."""
    rng = np.random.default_rng(seed)
    d = draw(rng, breweries=breweries, brands=3, batches=batches // 3, days=700)
    rows = []
    for house in range(breweries):
        of = np.flatnonzero(d.who.brewery == house)
        of = of[np.argsort(d.who.started_h[of])]
        for k in of[-LAST:]:
            past = [curve(d, j, dated=True) for j in of if d.who.started_h[j] < d.who.started_h[k]]
            models = {rung: Forecaster(rung).fit(past) for rung in RUNGS}
            now = cut_hour(d, k, rng)
            rows += asked(d, k, now, curve(d, k, now, dated=True), models)
        told((house + 1) / breweries)
    return rows


def asked(d: Brewed, k: int, now: float, known: CurveRecord, models: dict[str, Forecaster]) -> list[Row]:
    """One check: `clock` and every rung."""
    left, kind = float(d.true.terminal_h[k]) - now, habit(d, k)
    rows = [row(str(k), "random", CLOCK, kind, left, clock_of(d, k, now))]
    for rung, model in models.items():
        rows.append(said_row(str(k), "random", kind, left, model.predict([known])[0], rung))
    return [r | {"beer": str(d.kind(k)), "law": str(d.law(k))} for r in rows]


def figures(rows: list[Row]) -> dict[str, Any]:
    """By rung and habit: skill against `clock` in CRPS and log score before the end, and the share inside 80 %."""
    found: dict[str, Any] = {}
    for who in dict.fromkeys(r["who"] for r in rows if r["who"] != CLOCK):
        mine = [r for r in rows if r["who"] == who]
        found[who] = {
            "crps_skill": {kind: _list(band) for kind, band in skill(rows, who).items()},
            "log_score": {kind: _mean(mine, kind, "logp") for kind in ("dense", "manual")},
            "log_skill": {kind: _list(band) for kind, band in skill(rows, who, value="logp").items()},
            "cover80": {kind: _mean(mine, kind, "cov") for kind in ("dense", "manual")},
            "spoke_itself": float(np.mean([r["spoke"] == who for r in mine])),
        }
    return found


def clock_log_score(rows: list[Row]) -> dict[str, float]:
    """What `clock` scored on the same checks."""
    return {kind: _mean([r for r in rows if r["who"] == CLOCK], kind, "logp") for kind in ("dense", "manual")}


def prove(
    seed: int, *, n: int = 2000, breweries: int = 60, batches: int = 39, told: Callable[[float], None] = lambda x: None
) -> dict[str, Any]:
    """The figures without and with a past."""
    none = alone(seed, n, lambda x: told(0.5 * x))
    past = with_past(seed + 1, breweries, batches, lambda x: told(0.5 + 0.5 * x))
    return {
        name: {"checks": len({r["id"] for r in rows}), "clock_log_score": clock_log_score(rows), "rungs": figures(rows)}
        for name, rows in (("none", none), ("history", past))
    }


def _mean(rows: list[Row], kind: str, value: str) -> float:
    found = [r[value] for r in rows if r["kind"] == kind and not r["done"]]
    return float(np.mean(found)) if found else float("nan")


def _list(band: Band) -> list[float]:
    return [round(band.value, 4), round(band.low, 4), round(band.high, 4), band.n]
