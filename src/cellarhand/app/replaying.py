"""Finished batches replayed one after another, in the order in which they began: what the ledger's process does.

It keeps what it was handed, so that each batch finds those that began before it. Only the process imports what it fits
with: the functions here are named by the server and run elsewhere.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from cellarhand.app.worker import Question
from cellarhand.curve import build
from cellarhand.domain import CellarhandError, Curve, Forecast, Outcome, Rungs

if TYPE_CHECKING:
    from cellarhand.forecasting.backtest import Log


@dataclass(frozen=True, kw_only=True)
class Case:
    """A batch with what was said live of it: (as of, packed), oldest first."""

    question: Question
    live: tuple[tuple[datetime, bytes], ...] = ()


@dataclass(frozen=True, eq=False)
class Stay:
    """A batch's readings, from which its curve can be made as of any hour."""

    question: Question

    def __call__(self, now: float) -> Curve:
        """The curve as it was at `now`, blind to what came after, a later dry hop too."""
        context = self.question.context
        known = replace(context, dry_hops=tuple(h for h in context.dry_hops if h <= now))
        return replace(build(self.question.series, known, now=now), recut=self)

    @cached_property
    def whole(self) -> Curve:
        """All that is known of it by now."""
        return replace(self(self.question.as_of), ended=self.question.batch.ended_at is not None)


_stays: dict[int, Stay] = {}


def take(case: Case) -> None:
    """A batch that later ones learn from, and nothing more."""
    stay = Stay(case.question)
    try:
        _ = stay.whole
    except CellarhandError:
        return
    _stays[case.question.batch.id] = stay


def judge(case: Case) -> Outcome:
    """Takes a batch and judges what was promised of it. Those taken before that had begun before it are its past."""
    from cellarhand.forecasting.promises import judge_batch

    batch = case.question.batch
    take(case)
    live = [Forecast.unpacked(packed, as_of_at=at) for at, packed in case.live]
    stay = _stays.get(batch.id)
    log = _log(stay, case.question)
    return judge_batch(log, _before(case.question.zero), live, batch_id=batch.id, tank=batch.tank, beer=batch.name)


def compare(batch_id: int) -> list[dict[str, Any]]:
    """The rungs side by side on a batch that was taken, each knowing the batches that had begun before it."""
    from cellarhand.forecasting import promises

    stay = _stays.get(batch_id)
    if stay is None:
        return []
    return promises.compare(_log(stay, stay.question), _before(stay.question.zero), batch_id)


def _before(zero: datetime) -> list[Curve]:
    return [s.whole for s in _stays.values() if s.question.zero < zero]


def stand(rows: list[dict[str, Any]]) -> Rungs:
    """How the rungs stand after all that was taken and judged."""
    from cellarhand.forecasting.learned import rungs_of

    return rungs_of([s.whole for s in _stays.values()], rows)


def _log(stay: Stay | None, question: Question) -> "Log":
    """The batch as the back-test takes it: its cleaned cells for the truth, its own readings for every earlier hour."""
    from cellarhand.forecasting.backtest import Log

    whole = stay.whole if stay else Curve(now=0.0)
    return Log(
        id=str(question.batch.id),
        brewery="here",
        hours=whole.hours,
        sg=whole.sg,
        temp_c=whole.temp_c,
        started_at=question.zero,
        recut=None if stay is None else lambda now: stay.whole if now is None else stay(now),
    )
