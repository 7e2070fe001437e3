"""One batch's series and what was stated of it, into the curve known at `now`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from cellarhand.curve.cells import cell_index, cell_medians, is_manual, local_line
from cellarhand.curve.doubts import doubts
from cellarhand.curve.merge import Series, merge
from cellarhand.domain import Curve as CurveRecord
from cellarhand.domain import Floats, Kind, Refused, SetAside
from cellarhand.units import GRAVITY

GLITCH_SHARE = 0.01  # a float's nonsense; more of it is a wrong unit
DENSE_WIDTH_H = 7.0
SLOPE_WIDER = 1.7  # a slope needs more of the line than a level
_KEPT_ASIDE = 200


@dataclass(frozen=True, kw_only=True)
class Context:
    """What a person or the store knows of the batch, times in hours on the curve's clock."""

    pitched_at: float = 0.0
    full_at: float | None = None
    started_at: datetime | None = None
    og: float | None = None
    expected_fg: float | None = None
    kind: Kind | None = None
    brand: str | None = None
    style: str | None = None
    culture: str | None = None
    dry_hops: tuple[float, ...] = ()


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
        series, context = _checked(hours, sg, temp_c, words)
        whole = series.hours[np.isfinite(series.hours) & np.isfinite(series.sg)]
        end = float(whole.max()) if len(whole) else context.pitched_at
        return build([series], context, now=end if now is None else float(now))


def _checked(
    hours: ArrayLike, sg: ArrayLike, temp_c: ArrayLike | None, words: Mapping[str, Any]
) -> tuple[Series, Context]:
    h, g = _floats("hours", hours), _floats("sg", sg)
    t = np.full(len(h), np.nan) if temp_c is None else _floats("temp_c", temp_c)
    if not len(h) == len(g) == len(t):
        raise Refused(
            "hours, sg and temp_c have one value a reading",
            f"{len(h)}, {len(g)} and {len(t)} values",
            "is a column cut short?",
        )
    unknown = set(words) - set(Context.__dataclass_fields__)
    if unknown:
        raise Refused(
            f"known words are {', '.join(Context.__dataclass_fields__)}", sorted(unknown)[0], "is it misspelt?"
        )
    stated = dict(words)
    for name in ("og", "expected_fg"):
        if stated.get(name) is not None and not GRAVITY.holds(float(stated[name])):
            raise Refused(GRAVITY.rule, stated[name], GRAVITY.cause(float(stated[name])), field=name)
    if stated.get("kind") is not None:
        try:
            stated["kind"] = Kind(stated["kind"])
        except ValueError:
            raise Refused(f"kind is one of {', '.join(Kind)}", stated["kind"], "is it a style or a brand?") from None
    started = stated.get("started_at")
    if started is not None and (not isinstance(started, datetime) or started.tzinfo is None):
        raise Refused("started_at is a datetime with a zone", started, "add tzinfo=timezone.utc")
    return Series(source="readings", hours=h, sg=g, temp_c=t), Context(**stated)


def _floats(name: str, values: ArrayLike) -> Floats:
    try:
        out = np.asarray(values, dtype=float)
    except (TypeError, ValueError):
        raise Refused(f"{name} are numbers", values, "is there text or a date among them?") from None
    if out.ndim != 1:
        raise Refused(f"{name} is one list of numbers", f"shape {out.shape}", "is it a table?")
    if np.isinf(out).any():
        raise Refused(f"{name} are finite", "inf", "a division by zero?")
    return out


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
    return _with_cells(record, merged.hours, merged.sg, merged.temp_c, merged.source)


def _cut(s: Series, now: float) -> Series:
    keep = np.isfinite(s.hours) & (s.hours <= now) & (np.isfinite(s.sg) | np.isfinite(s.temp_c))
    order = np.argsort(s.hours[keep], kind="stable")
    return replace(s, hours=s.hours[keep][order], sg=s.sg[keep][order], temp_c=s.temp_c[keep][order])


def _with_cells(record: CurveRecord, hours: Floats, sg: Floats, temp: Floats, source: str) -> CurveRecord:
    with_sg = np.isfinite(sg)
    hours, sg, temp = hours[with_sg], sg[with_sg], temp[with_sg]
    aside: list[SetAside] = []
    wild = (sg < GRAVITY.low) | (sg > GRAVITY.high)
    if wild.any():
        if wild.sum() > GLITCH_SHARE * len(sg):
            raise Refused.outside(GRAVITY, float(sg[wild][0]))
        aside += _asides(hours[wild], sg[wild], f"impossible: outside {GRAVITY.rule}", source)
        hours, sg, temp = hours[~wild], sg[~wild], temp[~wild]
    if not len(hours):
        return replace(record, set_aside=tuple(aside))
    manual = is_manual(hours)
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


def _original(record: CurveRecord, h: Floats, y: Floats) -> tuple[float, float]:
    """Original gravity and its standard error in points: stated, or the first cells, the less sure the later."""
    if record.og is not None:
        return record.og, 0.7
    near = h <= record.pitched_at + 3.0
    if near.any():
        return 1 + float(np.median(y[near])) / 1000, 1.0
    late = float(h[0]) - record.pitched_at
    return 1 + float(y[0]) / 1000, 1.0 + 0.15 * min(late, 72.0)
