"""Past batches as an estimator may know them at a given hour: ended, not yet ended (censored), or unseen."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import numpy as np

from cellarhand.curve import lines
from cellarhand.domain import Curve, Floats, Kind
from cellarhand.forecasting.built_in import kind_of
from cellarhand.forecasting.ending import find_ending, last_level

STALLED = 0.45
CLOSED_H = 96.0
INFERRED = 0.4


@dataclass(frozen=True, kw_only=True, eq=False)
class Past:
    """One past batch: `duration` hours from pitch to terminal, or, where not `observed`, that it lasted longer.

    `trust` is 1 for an end that was seen and less for one that was only inferred when the tank was emptied. `course`
    (n,) is how far it had attenuated `course_h` hours after its pitch.
    """

    duration: float
    observed: bool
    fg: float | None
    attenuation: float | None
    kind: Kind
    brand: str | None
    style: str | None
    began: datetime | None
    manual: bool
    trust: float = 1.0
    course_h: Floats = field(default_factory=lambda: np.empty(0))
    course: Floats = field(default_factory=lambda: np.empty(0))

    @property
    def moved(self) -> bool:
        """False for a batch that was seen to stall or hardly ferments: it teaches nothing about how long beer takes."""
        return self.observed or self.attenuation is None or self.attenuation > STALLED


def summary(curve: Curve) -> Past | None:
    """What a past curve teaches, as far as it goes; None for one without two readings after the pitch."""
    after = curve.hours >= curve.pitched_at - 1.0
    if after.sum() < 2:
        return None
    end = find_ending(curve.hours, curve.sg)
    seen = end is not None
    if end is None and curve.ended:
        end = last_level(curve.hours, curve.sg)
    last = float(curve.hours[-1])
    fg = end.fg if end else float(curve.smooth[-1])
    og = curve.og or float(curve.sg[0])
    share = (og - fg) / (og - 1.0) if og > 1.0 else None
    stated = curve.expected_fg if end is None else None
    return Past(
        duration=max((end.middle if end else last) - curve.pitched_at, 1.0),
        observed=end is not None,
        fg=end.fg if end else stated,
        attenuation=share,
        kind=kind_of(curve),
        brand=curve.brand,
        style=curve.style,
        began=curve.started_at,
        manual=curve.manual,
        trust=1.0 if seen else INFERRED,
        course_h=curve.hours[after] - curve.pitched_at,
        course=(og - curve.smooth[after]) / (og - 1.0) if og > 1.0 else np.empty(0),
    )


def known_at(past: Curve, moment: datetime | None) -> Curve | None:
    """The past curve as it was at `moment`: cut there, None where it had not begun. Undated clocks are all past.

    A log that had been silent for longer than a weekend is taken as ended, one that still ran as running.
    """
    if moment is None or past.started_at is None:
        return replace(past, ended=True)
    limit = (moment - past.started_at) / timedelta(hours=1)
    if limit < past.pitched_at:
        return None
    if limit >= past.now or not len(past.hours):
        return replace(past, ended=past.ended or limit >= past.now + CLOSED_H)
    if past.recut is not None:
        return replace(past.recut(limit), ended=False)
    return as_known_at(past, limit)


def as_known_at(curve: Curve, hour: float) -> Curve:
    """The curve as it was at an earlier `hour` of its clock: cells after it gone, lines drawn anew through the rest."""
    keep = curve.hours <= hour
    h, sg = curve.hours[keep], curve.sg[keep]
    level, slope, se = lines(h, (sg - 1.0) * 1000.0, manual=curve.manual) if len(h) else (h, h, h)
    return replace(
        curve,
        now=hour,
        ended=False,
        hours=h,
        sg=sg,
        smooth=1.0 + level / 1000.0,
        rate=24.0 * slope,
        se=se,
        temp_c=curve.temp_c[keep],
        readings=int(keep.sum()),
    )


def moment_of(curve: Curve) -> datetime | None:
    """The date of a curve's `now`, where its clock has one."""
    return curve.at(curve.now) if math.isfinite(curve.now) else None


def pasts(curves: Sequence[Curve]) -> list[Past]:
    """Summaries of all curves that teach something, in the order given."""
    found = (summary(c) for c in curves)
    return [p for p in found if p is not None]
