"""Numbers and times as a person reads them: their zone, their units, no more digits than are known."""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cellarhand.domain import Person
from cellarhand.units import (
    BAR_PER_PSI,
    LITRES_PER_HL,
    LITRES_PER_US_BARREL,
    LITRES_PER_US_GALLON,
    f_from_c,
    plato_from_sg,
)

_UTC = ZoneInfo("UTC")
_VOLUMES = {"hL": LITRES_PER_HL, "bbl": LITRES_PER_US_BARREL, "gal": LITRES_PER_US_GALLON, "L": 1.0}


@dataclass(frozen=True)
class Taste:
    """How one person likes to read: zone and units."""

    zone: ZoneInfo = _UTC
    gravity: str = "sg"
    temperature: str = "C"
    volume: str = "hL"
    pressure: str = "bar"

    @classmethod
    def of(cls, person: Person | None, cookies: dict[str, str]) -> "Taste":
        """From the person's preferences, else from what the browser's cookie says."""
        zone = (person.zone if person and person.zone != "UTC" else None) or cookies.get("zone") or "UTC"
        try:
            known = ZoneInfo(zone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            known = ZoneInfo("UTC")
        if person is None or person.id == 0:
            get = cookies.get
            return cls(
                known,
                *(
                    get(n, d)
                    for n, d in (("gravity", "sg"), ("temperature", "C"), ("volume", "hL"), ("pressure", "bar"))
                ),
            )
        return cls(known, person.gravity_unit, person.temperature_unit, person.volume_unit, person.pressure_unit)

    def sg(self, value: float | None) -> str:
        """A gravity, °P to one decimal or SG to three.

        >>> Taste(gravity="plato").sg(1.0484), Taste().sg(1.0484)
        ('12.0 °P', '1.048')
        """
        if value is None or not math.isfinite(value):
            return "–"
        return f"{plato_from_sg(value):.1f} °P" if self.gravity == "plato" else f"{value:.3f}"

    def number(self, sg: float | None) -> str:
        """A gravity as a field shows it: the number alone, empty for none."""
        if sg is None:
            return ""
        return f"{plato_from_sg(sg):.1f}" if self.gravity == "plato" else f"{sg:.4f}"

    def field(self, at: datetime | None) -> str:
        """A time as an input field takes it, in this person's zone."""
        return "" if at is None else f"{self.local(at):%Y-%m-%dT%H:%M}"

    def points_a_day(self, points: float | None) -> str:
        """A rate of gravity: points or °P a day."""
        if points is None or not math.isfinite(points):
            return "–"
        return f"{points / 4:+.1f} °P a day" if self.gravity == "plato" else f"{points:+.0f} points a day"

    def temp(self, celsius: float | None) -> str:
        """A temperature to one decimal.

        >>> Taste(temperature="F").temp(20.0)
        '68.0 °F'
        """
        if celsius is None or not math.isfinite(celsius):
            return "–"
        return f"{f_from_c(celsius):.1f} °F" if self.temperature == "F" else f"{celsius:.1f} °C"

    def litres(self, litres: float | None) -> str:
        """A volume."""
        if litres is None:
            return "–"
        value = litres / _VOLUMES.get(self.volume, 1.0)
        return f"{value:.0f} {self.volume}" if value >= 10 else f"{value:.1f} {self.volume}"

    def pressed(self, bar: float | None) -> str:
        """A pressure."""
        if bar is None:
            return "–"
        return f"{bar / BAR_PER_PSI:.1f} psi" if self.pressure == "psi" else f"{bar:.2f} bar"

    def local(self, at: datetime) -> datetime:
        """The time in this person's zone."""
        return at.astimezone(self.zone)

    def when(self, at: datetime, now: datetime, *, shift: bool = False, lower: bool = False) -> str:
        """A day and time as one says it: Today 14:00, Thu 06:00, Tue 28 Nov; a shift instead of a time on request."""
        here, today = self.local(at), self.local(now)
        days = (here.date() - today.date()).days
        time = f", {_shift(here.hour)}" if shift else f" {here:%H:%M}"
        name = {0: "Today", 1: "Tomorrow", -1: "Yesterday"}.get(days)
        if name is None:
            if -6 <= days <= 6:
                name = f"{here:%a}"
            else:
                name = f"{here:%a} {here.day} {here:%b}" + (f" {here.year}" if abs(days) > 300 else "")
                time = "" if abs(days) > 6 and not shift else time
        text = name + (f", {_shift(here.hour)}" if shift and abs(days) <= 6 else "" if shift else time)
        return text[0].lower() + text[1:] if lower and name in ("Today", "Tomorrow", "Yesterday") else text

    def stamp(self, at: datetime) -> str:
        """A full date and time."""
        here = self.local(at)
        return f"{here:%a} {here.day} {here:%b} {here:%H:%M}"


def _shift(hour: int) -> str:
    """Three shifts of eight hours."""
    return "early shift" if 6 <= hour < 14 else "late shift" if 14 <= hour < 22 else "night shift"


def ago(span: timedelta) -> str:
    """How long ago, in one number.

    >>> ago(timedelta(minutes=2)), ago(timedelta(hours=3)), ago(timedelta(days=3))
    ('2 min ago', '3 h ago', '3 days ago')
    """
    minutes = span.total_seconds() / 60
    if minutes < 1:
        return "now"
    if minutes < 100:
        return f"{minutes:.0f} min ago"
    return f"{minutes / 60:.0f} h ago" if minutes < 48 * 60 else f"{minutes / 1440:.0f} days ago"


def span(hours: float) -> str:
    """A length of time in one number."""
    return f"{hours:.0f} h" if hours < 72 else f"{hours / 24:.0f} days"


def percent(share: float | None) -> str:
    """A share in whole per cent, never rounded up to certainty.

    >>> percent(0.997), percent(0.5), percent(None)
    ('99 %', '50 %', '–')
    """
    if share is None or not math.isfinite(share):
        return "–"
    return f"{min(max(round(100 * share), -99), 99)} %"
