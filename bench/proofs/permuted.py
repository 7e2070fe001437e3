"""Proof 3, permuted pasts: where a past holds no information, nothing may be preferred because of it.

At the gate: losses of two rungs whose names are swapped batch by batch by a coin; a promotion is a false one.
At `blend`: a brewery's past made of other breweries' batches with brands dealt at random, so that it holds nothing but
the margin of all beer that the prior knows; `blend` must say what it says without a past.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np

from bench.proofs.scores import Row, said_row
from cellarhand.curve import Curve
from cellarhand.domain import Curve as CurveRecord
from cellarhand.domain import Forecast, Kind
from cellarhand.forecasting import RUNGS, Forecaster
from cellarhand.forecasting.promotion import judged, losses
from cellarhand.metrics import wilson
from cellarhand.simulate.prior import Fermentations, draw

MONDAY = datetime(2026, 1, 5, tzinfo=UTC)
BLEND = "blend"
PAST, BRANDS, APART_H = 24, 3, 24.0 * 20
PAIR = ("typical", "curvefit")
CUTS_H = (24.0, 48.0, 72.0)
FINEST_H = 1.0
KINDS = (Kind.ALE,)


def pool(rng: np.random.Generator, n: int) -> Fermentations:
    """n ales, each of another brewery."""
    return draw(rng, breweries=n, brands=1, batches=1, kinds=KINDS, horizon_h=800, finest_h=FINEST_H)


def curve(f: Fermentations, k: int, now: float | None = None, **words: Any) -> CurveRecord:
    """A batch of the pool as a brewery would know it; `now` counts from the pitch."""
    r, pitch = f.readings.of(k), float(f.pitched_at[k])
    until = None if now is None else pitch + now
    return Curve.from_readings(r.hours, r.sg, r.temp_c, now=until, pitched_at=pitch, kind=f.kind(k), **words)


def permuted_past(
    f: Fermentations, rng: np.random.Generator, size: int = PAST
) -> tuple[list[CurveRecord], CurveRecord]:
    """A past of `size` batches and a running one, all of different breweries, with brands dealt at random."""
    logged = [k for k in rng.permutation(len(f)) if len(f.readings.of(k).hours) >= 4]
    running, *others = logged[: size + 1]
    past = []
    for age, k in enumerate(others, 1):
        began = MONDAY - timedelta(hours=APART_H * age)
        past.append(curve(f, k, brand=f"brand {rng.integers(BRANDS)}", started_at=began))
    now = float(rng.uniform(12.0, 96.0))
    return past, curve(f, running, now, brand=f"brand {rng.integers(BRANDS)}", started_at=MONDAY)


def chosen(said: Forecast) -> str:
    """Which rung a forecast rests on: who spoke, or, where `blend` keeps its own name, the rung that its notes name.

    Raises `ValueError` where they name none: a choice that can't be seen can't be proven.
    """
    if said.rung != BLEND:
        return said.rung
    named = [rung for note in said.notes for rung in RUNGS if rung != BLEND and f"“{rung}”" in note]
    if not named:
        raise ValueError(f"`{BLEND}` tells what it rests on by its rung or by a note; got {said.notes}")
    return named[0]


def same_choice(model: str, f: Fermentations, rng: np.random.Generator) -> bool:
    """One trial: does `model` rest on the same rung with a permuted past as without any?"""
    past, running = permuted_past(f, rng)
    with_past, base = (Forecaster(model).fit(given).predict([running])[0] for given in (past, []))
    return chosen(with_past) == chosen(base)


def pool_rows(f: Fermentations, pair: Sequence[str]) -> list[Row]:
    """Checks of both rungs on every batch of the pool before its end, without a past."""
    models = {rung: Forecaster(rung).fit([]) for rung in pair}
    rows = []
    for k in range(len(f)):
        for now in CUTS_H:
            left = float(f.hours_to_terminal[k]) - now
            if left > 0 and (f.readings.of(k).hours <= f.pitched_at[k] + now).any():
                known = curve(f, k, now)
                said = {rung: model.predict([known])[0] for rung, model in models.items()}
                rows += [said_row(str(k), f"{now:.0f} h", "all", left, said[rung], rung) for rung in pair]
    return rows


def falsely_promoted(rows: Sequence[Row], pair: Sequence[str], rng: np.random.Generator, size: int = PAST) -> bool:
    """One trial at the gate: `size` batches of the pool, on each of which a coin says who is who."""
    batches = sorted(losses(rows, pair[0]))
    swap = {b: bool(rng.integers(2)) for b in rng.choice(batches, min(size, len(batches)), replace=False)}
    other = {pair[0]: pair[1], pair[1]: pair[0]}
    dealt = [r | {"who": other[r["who"]] if swap[r["id"]] else r["who"]} for r in rows if r["id"] in swap]
    return judged(dealt, *pair).promoted


def prove(
    seed: int, *, trials: int = 200, batches: int = 300, told: Callable[[float], None] = lambda x: None
) -> dict[str, Any]:
    """How often nothing was preferred, at the gate and, where there is one, by `blend`."""
    rng = np.random.default_rng(seed)
    f = pool(rng, batches)
    rows = pool_rows(f, PAIR)
    kept = sum(not falsely_promoted(rows, PAIR, rng) for _ in range(trials))
    found: dict[str, Any] = {"trials": trials, "past": PAST, "pair": list(PAIR), "gate": counted(kept, trials)}
    if BLEND in RUNGS:
        kept = 0
        for k in range(trials):
            kept += same_choice(BLEND, f, rng)
            told((k + 1) / trials)
        found[BLEND] = counted(kept, trials)
    return found


def counted(kept: int, trials: int) -> dict[str, Any]:
    """A share with its 90 % Wilson band."""
    return {"kept": kept, "share": kept / trials, "band": [round(x, 4) for x in wilson(kept, trials)]}
