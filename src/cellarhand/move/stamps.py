"""Times as they stand in logs, into UTC microseconds: ISO, day/month/year, month/day/year, named months, spreadsheet
days and unix seconds; naive ones in a zone."""

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from cellarhand.domain import Refused

SECOND = 1_000_000
HOUR = 3_600 * SECOND
DAY = 24 * HOUR
NOON = 12 * HOUR
_EPOCH = date(1970, 1, 1).toordinal()
_FIRST_YEAR, _LAST_YEAR = 1990, 2100
_CLOCK = (
    r"(?:[T ,]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s*([AaPp])?\.?(?:[Mm]\.?)?"
    r"\s*(Z|z|UTC|GMT|[+-]\d{2}:?\d{2})?)?"
)
_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})" + _CLOCK)
SLASHED = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d{2})" + _CLOCK)
_DAY_MONTH = re.compile(r"(\d{1,2})\.?[ -]([A-Za-z]{3,9})\.?,?[ -](\d{4}|\d{2})" + _CLOCK)
_MONTH_DAY = re.compile(r"([A-Za-z]{3,9})\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})" + _CLOCK)
_WEEKDAY = re.compile(r"(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?,?\s+", re.IGNORECASE)
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_SERIAL_ZERO = 25_569  # 1970-01-01 as a spreadsheet counts days (from 1899-12-30)
_KEPT = 50_000
_FARTHEST_EAST = 14  # hours, on the Line Islands
_Clock = tuple[int, int | None]  # microseconds of the day; of the offset, None where naive


def zone_of(name: str) -> ZoneInfo:
    """The time zone of that name; raises `Refused` where there is none."""
    try:
        return ZoneInfo(name)
    except (OSError, ValueError, LookupError) as wrong:
        raise Refused("a time zone of the IANA list", name, "write it like Europe/Brussels") from wrong


class Stamps:
    """Reads the times of one file. After all were read, it knows whether any told more than the day.

    `day_first` is how dates like 3/4/2024 are meant; where it is None they are no times. A naive time in the hour
    that a zone has twice in autumn counts as its first, and from where the clock steps back as its second.

    >>> Stamps("Europe/Paris").read(["2024-07-01 12:00", "tomorrow"])
    [1719828000000000, None]
    """

    def __init__(self, zone: str = "UTC", day_first: bool | None = None) -> None:
        self._zone = zone_of(zone)
        self._is_utc = zone == "UTC"
        self._day_first = day_first
        self._days: dict[str, int] = {}
        self._clocks: dict[str, int] = {}
        self._keeps_naive: bool | None = None
        self._twice: int | None = None  # the last time within an hour that comes twice
        self.timed = False  # a time of day other than 00:00:00 was seen
        self.clocked = False  # any time of day was written
        self.zoned = False  # any came with its offset

    def read(self, cells: Sequence[str]) -> list[int | None]:
        """UTC microseconds of each cell, shape (n,); None where the cell holds no time between 1990 and 2100."""
        days, clocks = self._days, self._clocks
        out: list[int | None] = []
        for cell in cells:
            try:
                out.append(days[cell[:10]] + clocks[cell[10:]])
            except KeyError:
                out.append(self._slowly(cell))
        return out

    def again(self) -> "Stamps":
        """The same zone and order of dates with nothing seen yet: for times that aren't the rows' own."""
        return Stamps(self._zone.key, self._day_first)

    def noon(self, us: int) -> int:
        """Noon of the day that a midnight stands for."""
        if self.zoned:
            return us + NOON
        day = datetime.fromtimestamp(us / SECOND, self._zone).date()
        return _micros(datetime.combine(day, time(12), self._zone))

    def _slowly(self, cell: str) -> int | None:
        text = cell.strip()
        try:
            if found := _ISO.fullmatch(text):
                midnight, of_day, offset = self._parts(int(found[1]), int(found[2]), int(found[3]), found.groups()[3:])
                if cell[4:8:3] in ("--", "//"):
                    self._remember(cell, midnight, of_day, offset)
            elif parts := self._spelled(_WEEKDAY.sub("", text, count=1)):
                midnight, of_day, offset = parts
            else:
                return self._counted(text)
        except ValueError:
            return None
        return self._in_order(midnight + of_day) if offset is None else midnight + of_day - offset

    def _spelled(self, text: str) -> tuple[int, int, int | None] | None:
        if (found := SLASHED.fullmatch(text)) and self._day_first is not None:
            day, month = (found[1], found[3]) if self._day_first else (found[3], found[1])
            return self._parts(_year(found[4]), int(month), int(day), found.groups()[4:])
        if found := _DAY_MONTH.fullmatch(text):
            return self._parts(_year(found[3]), _month(found[2]), int(found[1]), found.groups()[3:])
        if found := _MONTH_DAY.fullmatch(text):
            return self._parts(int(found[3]), _month(found[1]), int(found[2]), found.groups()[3:])
        return None

    def _parts(self, year: int, month: int, day: int, clock: Sequence[str]) -> tuple[int, int, int | None]:
        """Midnight as if in UTC, microseconds of the day, and of the offset or None where naive."""
        if not _FIRST_YEAR <= year <= _LAST_YEAR:
            raise ValueError(year)
        return ((date(year, month, day).toordinal() - _EPOCH) * DAY, *self._clock(*clock))

    def _remember(self, cell: str, midnight: int, of_day: int, offset: int | None) -> None:
        """Keeps day and time of day apart, so that the next cell with either needs no parsing.

        One style a file: a naive day is kept by its own offset, and not at all where that changes within it.
        """
        naive = offset is None
        self._keeps_naive = naive if self._keeps_naive is None else self._keeps_naive
        if naive is not self._keeps_naive or len(self._clocks) >= _KEPT:
            return
        start = midnight
        if offset is None and not self._is_utc:
            start = self._from_zone(midnight)
            if self._from_zone(midnight + DAY) - start != DAY:
                return
        self._days[cell[:10]] = start
        self._clocks[cell[10:]] = of_day - (offset or 0)

    def _clock(self, hour: str, minute: str, second: str, part: str, half: str, offset: str) -> _Clock:
        if hour is None:
            return NOON, None
        self.clocked = True
        hours = int(hour)
        if half:
            hours = hours % 12 + (12 if half in "Pp" else 0)
        fraction = int((part or "0").ljust(6, "0")[:6])
        moment = time(hours, int(minute), int(second or 0), fraction)
        of_day = ((moment.hour * 60 + moment.minute) * 60 + moment.second) * SECOND + fraction
        self.timed = self.timed or of_day != 0
        if not offset:
            return of_day, None
        self.zoned = True
        if offset[0] not in "+-":
            return of_day, 0
        hours_east, minutes_east = int(offset[1:3]), int(offset[-2:])
        if hours_east > _FARTHEST_EAST or minutes_east >= 60:
            raise ValueError(offset)
        east = (hours_east * 60 + minutes_east) * 60 * SECOND
        return of_day, -east if offset[0] == "-" else east

    def _from_zone(self, local: int, fold: int = 0) -> int:
        """UTC microseconds of a naive time in the zone; a time that spring skips counts with the offset before it."""
        if self._is_utc:
            return local
        wall = datetime(1970, 1, 1, tzinfo=self._zone) + timedelta(microseconds=local)  # wall clock arithmetic
        return _micros(wall.replace(fold=fold))

    def _in_order(self, local: int) -> int:
        """As `_from_zone`, but in the hour that comes twice a log that steps back has come to the second."""
        us = self._from_zone(local)
        again = us if self._is_utc else self._from_zone(local, fold=1)
        if again > us:
            if self._twice is not None and 0 < self._twice - us < 2 * (again - us):
                us = again
            self._twice = us
        return us

    def _counted(self, text: str) -> int | None:
        """A spreadsheet's local day number, unix seconds or unix milliseconds."""
        try:
            value = float(text if "." in text else text.replace(",", ".", 1))
        except ValueError:
            return None
        self.timed = self.clocked = self.clocked or not value.is_integer()
        if 32_874 <= value < 73_415:  # 1990 to 2100
            return self._in_order(round((value - _SERIAL_ZERO) * 86_400_000) * 1_000)
        for scale in (SECOND, 1_000):
            if 631_152_000 <= value * scale / SECOND < 4_102_444_800:
                self.timed = self.clocked = self.zoned = True
                return round(value * scale)
        return None


def _micros(at: datetime) -> int:
    return (at.astimezone(UTC) - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


def _year(digits: str) -> int:
    return int(digits) if len(digits) == 4 else 2000 + int(digits)


def _month(name: str) -> int:
    return _MONTHS.index(name[:3].lower()) + 1
