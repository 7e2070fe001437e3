"""Proof 4, tampering: nothing read after the hour of a forecast may change a bit of it, of running and past batches."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np

from cellarhand.curve import Curve
from cellarhand.domain import Curve as CurveRecord
from cellarhand.domain import Floats, Forecast
from cellarhand.forecasting import RUNGS, Forecaster
from cellarhand.simulate.cellar import Brewed, draw

MONDAY = datetime(2026, 1, 5, tzinfo=UTC)
PAST, RUNNING = 34, 4  # of other batches; enough for every rung to speak itself
APART_H = 24.0 * 12
MOST_READINGS = 400  # a log; it is the hours that matter
NONSENSE: dict[str, Callable[[Floats, np.random.Generator], Floats]] = {
    "high": lambda sg, rng: np.full_like(sg, 1.190),
    "low": lambda sg, rng: np.full_like(sg, 0.985),
    "noise": lambda sg, rng: rng.uniform(0.98, 1.2, len(sg)),
    "reversed": lambda sg, rng: sg[::-1],
    "nothing": lambda sg, rng: np.full_like(sg, np.nan),
}


def same_bits(a: Forecast, b: Forecast) -> bool:
    """Every number and every word of two forecasts alike."""
    grids = ((a.hours_left, b.hours_left), (a.final_gravity, b.final_gravity), (a.fan, b.fan))
    return (
        all(np.array_equal(x.grid, y.grid) for x, y in grids)
        and np.array_equal(a.fan.times, b.fan.times)
        and (a.hours_left.already, a.hours_left.never) == (b.hours_left.already, b.hours_left.never)
        and (a.as_of, a.rung, a.notes, a.packed()) == (b.as_of, b.rung, b.notes, b.packed())
    )


class Trial:
    """A brewery at one moment: a running batch, others that run beside it, and a past."""

    def __init__(self, d: Brewed, rng: np.random.Generator) -> None:
        self.d = d
        self.order = rng.permutation(len(d))
        self.every = [max(len(log.hours) // MOST_READINGS, 1) for log in d.logs]
        k = int(self.order[0])
        self.now = float(rng.uniform(d.logs[k].hours[0] + 0.01, d.true.packaged_h[k]))
        self.moment = MONDAY + timedelta(hours=self.now)
        self.ages = np.concatenate([rng.uniform(0.0, 150.0, RUNNING), APART_H * np.arange(1, PAST + 1)])

    def asked(self, nonsense: str | None, rng: np.random.Generator) -> tuple[CurveRecord, list[CurveRecord]]:
        """The running batch's curve and the past, with what was read later left as it is or made nonsense."""
        running = self._curve(int(self.order[0]), MONDAY, self.now, nonsense, rng)
        past = []
        for age, k in zip(self.ages, self.order[1:], strict=False):
            past.append(self._curve(int(k), MONDAY - timedelta(hours=float(age)), None, nonsense, rng))
        return running, past

    def _curve(
        self, k: int, began: datetime, now: float | None, nonsense: str | None, rng: np.random.Generator
    ) -> CurveRecord:
        log = self.d.logs[k]
        hours, sg, temp = (each[:: self.every[k]].copy() for each in (log.hours, log.sg, log.temp_c))
        later = hours > (self.moment - began) / timedelta(hours=1)
        if nonsense and later.any():
            sg[later] = NONSENSE[nonsense](sg[later], rng)
            temp[later] = rng.uniform(-5.0, 40.0, later.sum())
        return Curve.from_readings(hours, sg, temp, now=now, **(self.d.words(k) | {"started_at": began}))


def changed(rungs: Iterable[str], trial: Trial, nonsense: str, rng: np.random.Generator) -> list[str]:
    """The rungs that what was read later changed by a bit."""
    worlds = [trial.asked(kind, rng) for kind in (None, nonsense)]
    said = {rung: [Forecaster(rung).fit(past).predict([running])[0] for running, past in worlds] for rung in rungs}
    return [rung for rung, both in said.items() if not same_bits(*both)]


def prove(seed: int, *, trials: int = 40, told: Callable[[float], None] = lambda x: None) -> dict[str, Any]:
    """How many forecasts of every rung changed; 0 is right."""
    rng = np.random.default_rng(seed)
    d = draw(rng, breweries=20, brands=2, batches=3)
    found = dict.fromkeys(RUNGS, 0)
    kinds = list(NONSENSE)
    for k in range(trials):
        trial = Trial(d, rng)
        for rung in changed(RUNGS, trial, kinds[k % len(kinds)], rng):
            found[rung] += 1
        told((k + 1) / trials)
    return {"trials": trials, "changed": found}
