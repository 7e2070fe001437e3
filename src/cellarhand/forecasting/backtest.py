"""Back-test: finished batches replayed through the live path with an earlier `as_of`, and scored by one definition.

The cuts are 24, 48, 72, 96 h and shares of the way for sensors, numbers of readings for logs by hand, and once after
the end. Baseline is `clock`: other batches' durations, given "not yet".
"""

from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, as_completed
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

import numpy as np

from cellarhand.curve import Curve
from cellarhand.curve.cells import is_manual
from cellarhand.domain import Curve as CurveRecord
from cellarhand.domain import Floats, Forecast
from cellarhand.forecasting.ending import Ending, find_ending
from cellarhand.forecasting.forecaster import Forecaster
from cellarhand.metrics import LEVELS, Band, batch_bootstrap, crps, distance, interval_log_score, share_inside, winkler

CLOCK, SHOWN = "clock", "shown"  # other people's durations; whichever rung the gate lets speak
_CLOCK_SPREAD = 0.12
JUST_AFTER_H = 0.01
Row = dict[str, Any]


@dataclass(frozen=True, kw_only=True, eq=False)
class Log:
    """A finished batch's readings with what was known of it at the start. Hours on one clock, `pitched_at` on it.
    `recut` makes its curve as of an hour, where more is known of it than one series.
    """

    id: str
    brewery: str
    hours: Floats
    sg: Floats
    temp_c: Floats
    pitched_at: float = 0.0
    started_at: datetime | None = None
    brand: str | None = None
    style: str | None = None
    words: dict[str, Any] = field(default_factory=dict)
    recut: Callable[[float | None], CurveRecord] | None = None

    @cached_property
    def ending(self) -> Ending | None:
        """The truth, from the whole log."""
        return find_ending(self.hours, self.sg)

    @property
    def manual(self) -> bool:
        """Kept by hand?"""
        return is_manual(self.hours)

    @property
    def duration(self) -> float:
        """Hours from pitch to the middle of the end's interval."""
        assert self.ending is not None
        return self.ending.middle - self.pitched_at

    def curve(self, now: float | None = None) -> CurveRecord:
        """What was known at `now`: the live path."""
        if self.recut is not None:
            return self.recut(now)
        return Curve.from_readings(
            self.hours,
            self.sg,
            self.temp_c,
            now=now,
            pitched_at=self.pitched_at,
            started_at=self.started_at,
            brand=self.brand,
            style=self.style,
            **self.words,
        )


def cuts(log: Log) -> Iterator[tuple[str, float]]:
    """(name, now) of each check of a log that has an end."""
    end, t0, h = log.ending, log.pitched_at, log.hours
    assert end is not None
    if log.manual:
        for k in (1, 2, 3, 4, 6, 8):
            if k <= len(h) and h[k - 1] < end.by:
                yield f"{k} readings", float(h[k - 1]) + JUST_AFTER_H
    else:
        for c in (24, 48, 72, 96):
            if t0 + c < end.middle - 6:
                yield f"{c} h", t0 + c
        for f in (0.25, 0.5, 0.75, 0.9):
            yield f"{int(f * 100)} %", t0 + f * (end.middle - t0)
    yield "after", end.by + max(24.0, 0.15 * (end.by - t0))


class Durations:
    """`clock`: durations of other people's batches, given that it has not ended yet."""

    def __init__(self, durations: Sequence[float], elapsed: float) -> None:
        t = np.sort(np.asarray(durations, float))
        spread = np.concatenate([t * np.exp(_CLOCK_SPREAD * z) for z in (-1.2, -0.6, 0.0, 0.6, 1.2)])
        left = np.sort(spread[spread > elapsed] - elapsed)
        if len(left) < 3:
            left = np.array([2.0, 12.0, 48.0]) if not len(left) else np.concatenate([left, left * 2, left * 0.5])
        self._left = np.sort(left)

    def quantile(self, share: Any) -> Any:
        """As of a distribution."""
        return np.quantile(self._left, share)

    def cdf(self, x: float) -> float:
        """As of a distribution."""
        return float(np.searchsorted(self._left, x, side="right") / len(self._left))


def score(log: Log, cut: str, now: float, who: str, left_of: Any, fg: float) -> Row:
    """One check: a distribution of hours left, and a median final gravity, against what happened."""
    end = log.ending
    assert end is not None
    left = (max(end.after - now, 0.0), max(end.by - now, 0.0))
    middle = 0.5 * (left[0] + left[1])
    q = np.array([float(np.ravel(left_of.quantile(p))[0]) for p in LEVELS])
    before = float(left_of.cdf(left[0])) if left[0] > 0 else 0.0
    by, low, high, p_done = float(left_of.cdf(left[1])), float(q[1]), float(q[17]), float(left_of.cdf(0.0))
    return {
        "id": log.id,
        "brewery": log.brewery,
        "kind": "manual" if log.manual else "dense",
        "cut": cut,
        "who": who,
        "left": middle,
        "done": now >= end.by,
        "err": distance(float(q[9]), left),
        "crps": crps(q, middle),
        "logp": interval_log_score(before, by),
        "before": before,
        "by": by,
        "cov": share_inside(before, by),
        "sure": p_done if now < end.after else float("nan"),
        "width": high - low,
        "win": winkler(low, high, left),
        "p_done": p_done,
        "fg_err": abs(fg - end.fg) * 1000.0,
    }


def replay(indices: Sequence[int], logs: Sequence[Log], rungs: Sequence[str], history: bool) -> list[Row]:
    """Checks of some of the logs: a job that any executor can run."""
    rows: list[Row] = []
    whole = {log.id: log.curve() for log in logs} if history else {}
    for i in indices:
        log = logs[i]
        others = [o for o in logs if o.ending is not None and o.manual == log.manual and o.id != log.id]
        if log.ending is None or not others:
            continue
        fg = float(np.median([o.ending.fg for o in others if o.ending is not None]))
        past = [whole[o.id] for o in logs if history and _begun_before(o, log)]
        models = {rung: Forecaster(None if rung == SHOWN else rung).fit(past) for rung in rungs}
        for cut, now, told in checks(log, models):
            clock = Durations([o.duration for o in others], now - log.pitched_at)
            rows.append(score(log, cut, now, CLOCK, clock, fg))
            for rung, said in told.items():
                rows.append(score(log, cut, now, rung, said.hours_left, float(said.final_gravity.quantile(0.5))))
    return rows


def checks(
    log: Log, models: Mapping[str, Forecaster], names: Container[str] | None = None
) -> Iterator[tuple[str, float, dict[str, Forecast]]]:
    """(cut, now, what each model says then) of every check that the log's readings allow, or of those named: the live
    path with an earlier `now`."""
    for cut, now in cuts(log):
        if (names is None or cut in names) and now <= log.hours[-1] and (log.hours <= now).any():
            curve = log.curve(now)
            yield cut, now, {rung: model.predict([curve])[0] for rung, model in models.items()}


def _begun_before(other: Log, log: Log) -> bool:
    same = other.brewery == log.brewery and other.id != log.id
    return bool(same and other.started_at and log.started_at and other.started_at < log.started_at)


def backtest(
    logs: Sequence[Log],
    rungs: Sequence[str],
    *,
    history: bool = False,
    executor: Executor | None = None,
    parts: int = 1,
    on_done: Callable[[int], None] = lambda n: None,
) -> list[Row]:
    """Every check of every log that has an end, in the order of the logs; spread over an executor where given."""
    finished = [i for i, log in enumerate(logs) if log.ending is not None]
    jobs = [finished[k::parts] for k in range(max(parts, 1)) if finished[k::parts]]
    if executor is None:
        found = [replay(job, logs, rungs, history) for job in _told(jobs, on_done)]
    else:
        waiting = {executor.submit(replay, job, logs, rungs, history): job for job in jobs}
        found = []
        for future in as_completed(waiting):
            found.append(future.result())
            on_done(len(waiting[future]))
    place = {log.id: i for i, log in enumerate(logs)}
    return sorted((row for part in found for row in part), key=lambda row: place[row["id"]])


def _told(jobs: Iterable[list[int]], on_done: Callable[[int], None]) -> Iterator[list[int]]:
    for job in jobs:
        yield job
        on_done(len(job))


def skill(rows: Sequence[Row], who: str, base: str = CLOCK, value: str = "crps") -> dict[str, Band]:
    """By kind: 1 − score(who)/score(base) over checks before the end, batches weighing alike, with a bootstrap band."""
    found: dict[str, Band] = {}
    for kind in dict.fromkeys(str(r["kind"]) for r in rows):
        table: dict[tuple[str, str], dict[str, float]] = {}
        for r in rows:
            if r["kind"] == kind and not r["done"] and r["who"] in (who, base) and np.isfinite(r[value]):
                table.setdefault((str(r["id"]), str(r["cut"])), {})[str(r["who"])] = float(r[value])
        both: dict[str, list[tuple[float, float]]] = {}
        for (name, _), said in sorted(table.items()):
            if who in said and base in said:
                both.setdefault(name, []).append((said[who], said[base]))
        pairs = [tuple(np.mean(checks, axis=0)) for _, checks in sorted(both.items())]
        found[kind] = batch_bootstrap([(float(a), float(b)) for a, b in pairs])
    return found
