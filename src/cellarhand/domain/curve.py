"""What was known of a batch at `now`: the only thing that an estimator may look at."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import numpy as np

from cellarhand.domain.distribution import Floats
from cellarhand.domain.records import Kind
from cellarhand.units import abv as abv_of
from cellarhand.units import attenuation as attenuation_of


def _none() -> Floats:
    return np.empty(0)


@dataclass(frozen=True, kw_only=True, slots=True)
class SetAside:
    """A reading that was kept but not believed, and why. Nothing is deleted."""

    hours: float
    sg: float
    reason: str
    source: str = ""


@dataclass(frozen=True, kw_only=True, eq=False)
class Curve:
    """Cleaned gravity with its uncertainty, in cells of an hour, and what a person has stated of the batch.

    All times are hours on one clock (`now`, `pitched_at`, `full_at`, `hours`); `started_at` is that clock's zero as
    a date, where known. Arrays have shape (n,) and rise in `hours`; n may be 0: a batch without any reading.
    `sg` is the robust level of each cell, `smooth` a local line through the cells, `se` the standard error of
    `smooth`, `rate` its slope in points a day (negative while it falls), `temp_c` nan where unknown. `se` and `og_se`
    are in points; `og` is what was stated or else what the first readings show. `ended`: the tank was emptied or the
    log is closed, so nothing more will come. `recut` makes the curve as it was at an earlier hour, where the readings
    are at hand.
    """

    now: float
    pitched_at: float = 0.0
    full_at: float | None = None
    hours: Floats = field(default_factory=_none)
    sg: Floats = field(default_factory=_none)
    smooth: Floats = field(default_factory=_none)
    se: Floats = field(default_factory=_none)
    rate: Floats = field(default_factory=_none)
    temp_c: Floats = field(default_factory=_none)
    readings: int = 0
    manual: bool = True
    ended: bool = False
    started_at: datetime | None = None
    og: float | None = None
    og_se: float = 2.0
    expected_fg: float | None = None
    kind: Kind | None = None
    brand: str | None = None
    style: str | None = None
    culture: str | None = None
    dry_hops: tuple[float, ...] = ()
    set_aside: tuple[SetAside, ...] = ()
    notes: tuple[str, ...] = ()
    recut: "Callable[[float], Curve] | None" = field(default=None, repr=False)

    @property
    def elapsed(self) -> float:
        """Hours since the pitch."""
        return self.now - self.pitched_at

    @property
    def level(self) -> float | None:
        """The gravity now, as far as the readings tell; None without any."""
        return float(self.smooth[-1]) if len(self.smooth) else None

    @property
    def attenuation(self) -> float | None:
        """Apparent attenuation so far, as a share; None without original gravity or reading."""
        if self.level is None or self.og is None or self.og <= 1.0:
            return None
        return attenuation_of(self.og, self.level)

    @property
    def abv(self) -> float | None:
        """Alcohol so far, % by volume; None without original gravity or reading."""
        if self.level is None or self.og is None or self.og <= 1.0:
            return None
        return abv_of(self.og, self.level)

    def at(self, hours: float) -> datetime | None:
        """The date of an hour of this curve's clock; None where the clock has no date, or none so late."""
        try:
            return None if self.started_at is None else self.started_at + timedelta(hours=hours)
        except OverflowError:
            return None
