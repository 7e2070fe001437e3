"""The worker: a process of its own that is handed questions and hands back curves and forecasts.

It keeps the brewery's past in memory, so that a fit is remembered, and it dies with the server. A slow fit never slows
a reading: the server doesn't even load what the worker fits with.
"""

import logging
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, TypeVar

from cellarhand.app.processes import end, pool
from cellarhand.curve import Context, Drift, Series, build, drifts, stability
from cellarhand.domain import Batch, Curve, Forecast, Phase, PhaseName
from cellarhand.phases import phase_now

T = TypeVar("T")
log = logging.getLogger("cellarhand.worker")


@dataclass(frozen=True, kw_only=True)
class Question:
    """All that the worker needs to answer for one batch; hours count from `zero`, the first pitch.

    `as_of` is the newest gravity, `asked` the cellar's now.
    """

    batch: Batch
    zero: datetime
    as_of: float
    asked: float
    context: Context
    series: tuple[Series, ...]
    source_ids: tuple[int, ...]
    phases: tuple[Phase, ...]
    newest: datetime | None
    temp_c: float | None


@dataclass(frozen=True, kw_only=True, eq=False)
class Answer:
    """What the worker found out about one batch."""

    batch_id: int
    curve: Curve
    forecast: Forecast
    phase: PhaseName
    stable: str
    drifts: tuple[tuple[int, Drift], ...]


_past: dict[int, Curve] = {}
_running: dict[int, Curve] = {}
_model: Any = None


def curve_of(question: Question) -> Curve:
    """The curve as of the question, exactly as scripts get it from the same readings."""
    return build(question.series, question.context, now=question.as_of)


def learn(question: Question) -> None:
    """Takes an ended batch into the past."""
    global _model
    _past[question.batch.id] = replace(curve_of(question), ended=True)
    _running.pop(question.batch.id, None)
    _model = None


def forget(batch_id: int) -> None:
    """Takes a batch out of the past: it runs again, or was undone."""
    global _model
    _past.pop(batch_id, None)
    _running.pop(batch_id, None)
    _model = None


def answer(question: Question) -> Answer:
    """Curve, forecast and phase of one batch. Running batches of its own brand count as censored."""
    global _model
    from cellarhand.forecasting import Forecaster

    curve = curve_of(question)
    if _model is None:
        _model = Forecaster().fit(_past.values())
    model = _model
    siblings = [c for i, c in _running.items() if i != question.batch.id and curve.brand and c.brand == curve.brand]
    if siblings or question.batch.id in _past:
        others = [c for i, c in _past.items() if i != question.batch.id]
        model = Forecaster().fit([*others, *siblings])
    forecast = model.predict([curve])[0]
    _running[question.batch.id] = curve
    settled = stability(replace(curve, now=max(question.asked, curve.now)))
    return Answer(
        batch_id=question.batch.id,
        curve=curve,
        forecast=forecast,
        phase=phase_now(curve, question.phases, question.zero + timedelta(hours=question.asked)),
        stable=f"{'yes' if settled.stable else 'no'}: {settled.reason}",
        drifts=_drifts(question),
    )


def _drifts(question: Question) -> tuple[tuple[int, Drift], ...]:
    """Proposed corrections with the id of the source that each is of."""
    hands = [s for s in question.series if s.by_hand]
    found = []
    for source_id, series in zip(question.source_ids, question.series, strict=True):
        if not series.by_hand and hands:
            found += [(source_id, d) for d in drifts(series, hands)]
    return tuple(found)


class Worker:
    """A pool of one process, made anew when it breaks. `on_fresh` is called then: its memory is empty."""

    def __init__(self, on_fresh: Callable[[], None] = lambda: None) -> None:
        self._on_fresh = on_fresh
        self._pool = self._make()

    def _make(self) -> ProcessPoolExecutor:
        return pool(1, nice=5)

    def submit(self, job: Callable[..., T], *args: Any) -> "Future[T]":
        """Runs a job of this module in the worker."""
        try:
            return self._pool.submit(job, *args)
        except BrokenProcessPool:
            log.warning("the worker died and is started anew")
            self._pool.shutdown(wait=False)
            self._pool = self._make()
            self._on_fresh()
            return self._pool.submit(job, *args)

    def close(self) -> None:
        """Ends the process; what it was doing is dropped."""
        end(self._pool)
