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
_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
_BROWSERS = (("Firefox", "Firefox"), ("Edg", "Edge"), ("Chrome", "Chrome"), ("CriOS", "Chrome"), ("Safari", "Safari"))
_SYSTEMS = (("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"), ("Mac", "Mac"),
            ("Linux", "Linux"))  # fmt: skip
_NEAR = {0: "Today", 1: "Tomorrow", -1: "Yesterday"}
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
        text = f"{points / 4:+.1f} °P a day" if self.gravity == "plato" else f"{points:+.1f} points a day"
        return text.replace("-", "−")

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

    def when(
        self, at: datetime, now: datetime, *, grain: timedelta = _MINUTE, shift: bool = False, lower: bool = False
    ) -> str:
        """A day and time as one says it: Today 14:00, Thu 06:00, Tue 28 Nov; no finer than `grain`; a shift on request.

        >>> noon = datetime(2026, 11, 23, 12, tzinfo=_UTC)
        >>> [Taste().when(noon + timedelta(hours=h), noon, grain=timedelta(hours=1)) for h in (1.4, 20, 66.6, 240)]
        ['Today 13:00', 'Tomorrow 08:00', 'Thu 07:00', 'Thu 3 Dec']
        >>> Taste().when(noon + timedelta(days=3), noon, grain=timedelta(days=1)), Taste().when(noon, noon, shift=True)
        ('Thu 26 Nov', 'Today, early shift')
        """
        here, today = self._rounded(at, grain), self.local(now)
        days = (here.date() - today.date()).days
        text = _NEAR.get(days, "")
        if not text:
            text = f"{here:%a}" if 0 < days <= 6 and grain < _DAY else f"{here:%a} {here.day} {here:%b}"
            text += f" {here.year}" if abs(days) > 300 else ""
        elif lower:
            text = text[0].lower() + text[1:]
        if abs(days) > 6 or grain >= _DAY:
            return text
        return f"{text}, {_shift(here.hour)}" if shift else f"{text} {here:%H:%M}"

    def _rounded(self, at: datetime, grain: timedelta) -> datetime:
        """The local time, to the nearest step of the local clock; whole days are left to the date alone."""
        here, step = self.local(at), grain.total_seconds()
        if grain >= _DAY:
            return here
        past = (here.minute * 60 + here.second) % step
        return self.local(at + timedelta(seconds=(step - past if past * 2 >= step else -past)))

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
    return f"{minutes / 60:.0f} h ago" if minutes < 2880 else f"{minutes / 1440:.0f} days ago"


def grain(width: timedelta | None) -> timedelta:
    """How finely a time is told whose 80 % interval is that wide: no finer than it is known.

    >>> [str(grain(timedelta(hours=h))) for h in (1, 30, 200)]
    ['0:15:00', '1:00:00', '1 day, 0:00:00']
    """
    if width is None or width > 4 * _DAY:
        return _DAY
    return _HOUR if width > 4 * _HOUR else timedelta(minutes=15)


def agent(label: str) -> str:
    """A browser and its system as a person names them.

    >>> agent("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36")
    'Chrome on Linux'
    >>> agent("till printer"), agent("")
    ('till printer', 'unnamed')
    """
    if not label.startswith("Mozilla/"):
        return label[:60] or "unnamed"
    browser = next((word for mark, word in _BROWSERS if mark in label), "A browser")
    return f"{browser} on {next((word for mark, word in _SYSTEMS if mark in label), 'something else')}"


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
