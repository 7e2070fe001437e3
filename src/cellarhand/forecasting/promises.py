"""What was promised of a finished batch: as it was said live, or replayed where nothing was, and how each rung did."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from cellarhand.domain import Curve, Forecast, Outcome, Promise
from cellarhand.forecasting.backtest import SHOWN, Log, Row, checks, score
from cellarhand.forecasting.forecaster import Forecaster

CUTS = ("24 h", "48 h", "75 %", "1 readings", "3 readings", "6 readings")
EARLY = 0.95
JUDGED = ("typical", "curvefit", "hazard", "crosses")
DAY_H = 24.0
_HOUR = timedelta(hours=1)
_BEFORE = {True: 1 * _HOUR, False: 3 * _HOUR}  # how old a live forecast may be at a cut: by hand, by a sensor
_ROUNDING = timedelta(minutes=2)


def judge_batch(
    log: Log,
    past: Sequence[Curve],
    live: Sequence[Forecast],
    *,
    batch_id: int,
    tank: str,
    beer: str,
) -> Outcome:
    """A dated log against what was said `live` of it (oldest first), and against what would have been said with `past`,
    the batches that had begun before it. Without an end there is nothing to judge.
    """
    end, zero = log.ending, log.started_at
    assert zero is not None
    blank = Outcome(batch_id=batch_id, tank=tank, beer=beer, by_hand=log.manual, after=None, by=None)
    if end is None:
        return blank
    after, by = zero + end.after * _HOUR, zero + end.by * _HOUR
    shown = {SHOWN: Forecaster().fit(past)}
    promises, replayed_early = [], None
    for cut, now, told in checks(log, shown):
        at, said = zero + now * _HOUR, told[SHOWN]
        if said.p_done >= EARLY and now < end.after and replayed_early is None:
            replayed_early = at
        if cut in CUTS:
            kept = _said_at(live, at, manual=log.manual)
            promises.append(_promise(cut, kept or said, kept.as_of_at if kept else at, kept is not None, (after, by)))
    before = [f for f in live if f.as_of_at is not None and f.as_of_at < after]
    told_early = next((f.as_of_at for f in before if f.p_done >= EARLY), None)
    return Outcome(
        batch_id=batch_id,
        tank=tank,
        beer=beer,
        by_hand=log.manual,
        after=after,
        by=by,
        early_at=told_early if before else replayed_early,
        early_live=told_early is not None,
        promises=tuple(promises),
    )


def _said_at(live: Sequence[Forecast], at: datetime, *, manual: bool) -> Forecast | None:
    """The newest live forecast that was on the page at that time, where one was kept near it."""
    near = [f for f in live if f.as_of_at and at - _BEFORE[manual] <= f.as_of_at <= at + _ROUNDING]
    return near[-1] if near else None


def _promise(cut: str, said: Forecast, at: datetime | None, live: bool, end: tuple[datetime, datetime]) -> Promise:
    assert at is not None
    low, median, high = (_date(said, at, share) for share in (0.1, 0.5, 0.9))
    return Promise(
        cut=cut, live=live, rung=said.rung, said_at=at, low=low, median=median, high=high, p_done=said.p_done,
        after=end[0], by=end[1],
    )  # fmt: skip


def _date(said: Forecast, at: datetime, share: float) -> datetime | None:
    """A quantile as a date, in whole seconds; None where it is beyond any calendar."""
    left = float(said.hours_left.quantile(share))
    try:
        return (at + timedelta(hours=left)).replace(microsecond=0)
    except (OverflowError, ValueError):
        return None


def compare(log: Log, past: Sequence[Curve], batch_id: int) -> list[Row]:
    """The rungs side by side at the ledger's cuts, each replayed: columns as `promotion` wants them, and P(done within
    a day) beside whether it was. A learned one only where its past was long enough for it to speak itself.
    """
    end = log.ending
    if end is None:
        return []
    models = {rung: Forecaster(rung).fit(past) for rung in JUDGED}
    rows = []
    for cut, now, told in checks(log, models, CUTS):
        for rung, said in told.items():
            if said.rung == rung:
                row = score(log, cut, now, rung, said.hours_left, end.fg)
                kept = {name: row[name] for name in ("kind", "cut", "who", "done", "crps")}
                day = {"p_day": float(said.hours_left.cdf(DAY_H)), "day": bool(end.middle - now <= DAY_H)}
                rows.append({"id": batch_id, **kept, **day})
    return rows
