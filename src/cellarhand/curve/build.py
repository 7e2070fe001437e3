"""One batch's series and what was stated of it, into the curve known at `now`."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from cellarhand.curve.cells import by_hand, cell_index, cell_medians, local_line
from cellarhand.curve.checks import Context, checked_context, checked_series, one_hour
from cellarhand.curve.doubts import doubts
from cellarhand.curve.kicks import kicks, near_any, straightened, undecided
from cellarhand.curve.merge import Merged, Series, merge
from cellarhand.domain import Curve as CurveRecord
from cellarhand.domain import Floats, Refused, SetAside
from cellarhand.units import GRAVITY, TEMPERATURE

GLITCH_SHARE = 0.05  # a float's nonsense; more of it is a wrong unit
SILENT_SHARE = 0.20  # 0 is what some floats send for "no reading"
DENSE_WIDTH_H = 7.0
SLOPE_WIDER = 1.7  # a slope needs more of the line than a level
LEAST_WORT_POINTS = 5.0  # the thinnest low-alcohol wort has twice as much
_KEPT_ASIDE = 200
TORN_CELL = "jump: an hour with readings from before and after it"
YOUNG_STEP = "sudden step: faster than beer ferments, and too young to tell whether it lasts"


class Curve(CurveRecord):
    """The record, with the constructor that scripts use."""

    @classmethod
    def from_readings(
        cls,
        hours: ArrayLike,
        sg: ArrayLike,
        temp_c: ArrayLike | None = None,
        *,
        now: float | None = None,
        **words: Any,
    ) -> CurveRecord:
        """The curve of one series of readings, all on one clock in hours; words as in `Context`.

        `now` defaults to the last reading. Readings after `now` are not looked at; rows without hours or gravity are
        left out; the order of readings makes no difference. Raises `Refused` on what can't be gravity or time.

        >>> c = Curve.from_readings([0, 24, 48], [1.050, 1.030, 1.014])
        >>> c.readings, round(c.attenuation, 2), c.manual
        (3, 0.72, True)
        """
        stated = None if now is None else one_hour("now", now)
        context = checked_context(words)
        series = checked_series(hours, sg, temp_c, now=stated, pitched_at=context.pitched_at)
        whole = series.hours[np.isfinite(series.hours) & np.isfinite(series.sg)]
        end = float(whole.max()) if len(whole) else context.pitched_at
        again = Recut(series, context)
        return replace(again(end if stated is None else stated), recut=again)


@dataclass(frozen=True, eq=False)
class Recut:
    """The readings that a curve was made of, so that it can be made anew as of an earlier hour."""

    series: Series
    context: Context

    def __call__(self, now: float) -> CurveRecord:
        """The curve as it was at `now`, blind to every reading after it."""
        return build([self.series], self.context, now=now)


def build(series: Sequence[Series], context: Context, *, now: float) -> CurveRecord:
    """What was known at `now` of a batch seen by several sources; nothing after `now` is looked at.

    Raises `Refused` where more than a glitch of the gravities is physically impossible.
    """
    if not np.isfinite(now):
        raise Refused("now is a time in hours", now, "is the clock set?")
    known = [_cut(s, now) for s in series]
    merged = merge([s for s in known if len(s.hours)], pitched_at=context.pitched_at)
    record = CurveRecord(
        now=now,
        readings=sum(len(s.hours) for s in known),
        notes=merged.notes,
        **{name: getattr(context, name) for name in Context.__dataclass_fields__},
    )
    return _with_cells(record, merged)


def _cut(s: Series, now: float) -> Series:
    keep = np.isfinite(s.hours) & (s.hours <= now) & (np.isfinite(s.sg) | np.isfinite(s.temp_c))
    order = np.argsort(s.hours[keep], kind="stable")
    temp = s.temp_c[keep][order]
    temp = np.where((temp < TEMPERATURE.low) | (temp > TEMPERATURE.high), np.nan, temp)
    return replace(s, hours=s.hours[keep][order], sg=s.sg[keep][order], temp_c=temp)


def _with_cells(record: CurveRecord, merged: Merged) -> CurveRecord:
    source, with_sg = merged.source, np.isfinite(merged.sg)
    hours, sg, temp = merged.hours[with_sg], merged.sg[with_sg], merged.temp_c[with_sg]
    aside: list[SetAside] = []
    wild, silent = (sg < GRAVITY.low) | (sg > GRAVITY.high), sg == 0.0
    if wild.any():
        if (wild & ~silent).sum() > GLITCH_SHARE * len(sg) or silent.sum() > SILENT_SHARE * len(sg):
            raise Refused.outside(GRAVITY, float(sg[wild][0]))
        aside += _asides(hours[wild], sg[wild], f"impossible: outside {GRAVITY.rule}", source)
        hours, sg, temp = hours[~wild], sg[~wild], temp[~wild]
    if not len(hours):
        return replace(record, set_aside=tuple(aside))
    manual = by_hand(hours)
    index, n = cell_index(hours, record.pitched_at)
    h, y, t = cell_medians(hours, index, n), cell_medians((sg - 1) * 1000, index, n), cell_medians(temp, index, n)
    keep = np.ones(n, bool)
    for mask, reason in doubts(h, y, t, record.pitched_at):
        hit = mask[index]
        aside += _asides(hours[hit], sg[hit], reason, source)
        keep &= ~mask
    h, y, t = h[keep], y[keep], t[keep]
    if not len(h):
        return replace(record, manual=manual, set_aside=tuple(aside[:_KEPT_ASIDE]))
    jumps = [] if manual else [k for k in kicks(h, y) if not near_any(k.hours, merged.steps)]
    y, torn = straightened(y, jumps)
    waits = np.zeros(len(h), bool) if manual else undecided(h, y)
    if waits.any() and near_any(float(h[waits.argmax()]), merged.steps):
        waits[:] = False
    for mask, reason in ((torn, TORN_CELL), (waits, YOUNG_STEP)):
        aside += _asides(h[mask], 1 + y[mask] / 1000, reason, source)
    h, y, t = h[~waits & ~torn], y[~waits & ~torn], t[~waits & ~torn]
    level, slope, se = lines(h, y, manual=manual)
    og, og_se = _original(record, h, y)
    return replace(
        record,
        hours=h,
        sg=1 + y / 1000,
        smooth=1 + level / 1000,
        rate=24 * slope,
        se=se,
        temp_c=t,
        manual=manual,
        og=og,
        og_se=og_se,
        set_aside=tuple(aside[:_KEPT_ASIDE]),
        notes=(*record.notes, *(kick.sentence for kick in jumps)),
    )


def lines(h: Floats, y: Floats, *, manual: bool) -> tuple[Floats, Floats, Floats]:
    """Level in points, slope in points an hour and standard error of cells (n,), with the widths that a curve uses."""
    width = DENSE_WIDTH_H if not manual else float(np.clip(1.6 * np.median(np.diff(h)) if len(h) > 2 else 24.0, 4, 60))
    level, _, se = local_line(h, y, width)
    _, slope, _ = local_line(h, y, SLOPE_WIDER * width)
    return level, slope, se


def _asides(hours: Floats, sg: Floats, reason: str, source: str) -> list[SetAside]:
    step = max(len(hours) // _KEPT_ASIDE, 1)
    return [
        SetAside(hours=float(h), sg=float(g), reason=reason, source=source)
        for h, g in zip(hours[::step], sg[::step], strict=True)
    ]


def _original(record: CurveRecord, h: Floats, y: Floats) -> tuple[float | None, float]:
    """Original gravity and its standard error in points: stated, or the first cells, the less sure the later.

    None where the first cells show no wort: water, air, or beer that had ended before anybody looked.
    """
    if record.og is not None:
        return record.og, 0.7
    near = h <= record.pitched_at + 3.0
    first = float(np.median(y[near])) if near.any() else float(y[0])
    if first < LEAST_WORT_POINTS:
        return None, 10.0
    late = max(float(h[0]) - record.pitched_at, 0.0)
    return 1 + first / 1000, 1.0 if near.any() else 1.0 + 0.15 * min(late, 72.0)
