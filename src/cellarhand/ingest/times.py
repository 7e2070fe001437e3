"""When something was observed: from ISO texts, unix numbers and spreadsheet days, never from a clock of our own."""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from cellarhand.domain import Refused
from cellarhand.ingest.frame import Origin
from cellarhand.ingest.quantities import MISSING, number

EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
_EARLIEST_S = EARLIEST.timestamp()
SLACK = timedelta(minutes=10)  # how far a device's clock may run ahead of ours
HALF_DAY_S = 43_200.0
FIELD = "observed_at"
RULE = "2000-01-01 to 10 minutes after it came"
_MILLISECONDS_FROM = 1e11
_LAST_S = 2.5e11  # about the year 9890, short of what a datetime can hold
_SERIAL_ZERO = datetime(1899, 12, 30)  # noqa: DTZ001 - spreadsheet days are local, the zone is put on below
_CLOCK = "is the device's clock set?"

Stamp = tuple[datetime, float]


def observed_at(raw: object, origin: Origin, *, zone: str = "") -> Stamp:
    """The UTC time of a stamp and its precision in seconds; absent is `origin.received_at`.

    ISO 8601 with a zone; without one it is local time in `zone` (default the site's; the first of two where the clocks
    go back). A date alone is its local noon ± 12 h. A number is unix seconds, or milliseconds from 1e11. Raises
    `Refused` before 2000 and over ten minutes in the future.

    >>> o = Origin(received_at=datetime(2026, 11, 21, tzinfo=UTC), zone="Europe/Brussels")
    >>> observed_at("2026-11-20", o)
    (datetime.datetime(2026, 11, 20, 11, 0, tzinfo=datetime.timezone.utc), 43200.0)
    """
    if raw is None:
        return origin.received_at, 0.0
    if isinstance(raw, str):
        text = raw.strip()
        if text.lower() in MISSING:
            return origin.received_at, 0.0
        if not (text.isdecimal() and len(text) in (10, 13)):
            return _from_text(text, origin, zone or origin.zone)
        raw = float(text)
    seconds = number(raw, "observed_at")
    return (origin.received_at, 0.0) if seconds is None else _from_number(seconds, origin)


def from_serial(days: float, origin: Origin) -> Stamp:
    """The UTC time, to the second, of days since 1899-12-30 in the site's local time (Tilt Pi, BrewStatus).

    >>> o = Origin(received_at=datetime(2026, 11, 21, tzinfo=UTC), zone="America/Los_Angeles")
    >>> from_serial(46346.5, o)[0].isoformat()
    '2026-11-20T20:00:00+00:00'
    """
    if not 36_526.0 <= days <= 1e5:
        cause = "Timepoint is days since 1899-12-30; is it unix seconds?" if days > 1e5 else _CLOCK
        raise Refused(RULE, days, cause, field=FIELD)
    at = _in_zone(_SERIAL_ZERO + timedelta(seconds=round(days * 86_400.0)), origin.zone)
    return _possible(at, 1.0, origin, f"is the site's zone right ({origin.zone})? the stamp has none")


def _from_text(text: str, origin: Origin, zone: str) -> Stamp:
    try:
        day = date.fromisoformat(text) if len(text) <= 10 else None
        at = datetime.combine(day, time(12)) if day else datetime.fromisoformat(text.upper())
    except ValueError:
        cause = "send it like 2026-11-20T14:05:00Z, or leave it out"
        raise Refused("observed_at must be ISO 8601 or unix seconds", text, cause) from None
    if not EARLIEST.year - 1 <= at.year <= 9990:  # and what is left can be moved between zones without overflow
        raise Refused(RULE, text, _CLOCK, field=FIELD)
    if at.tzinfo is not None:
        return _possible(at.astimezone(UTC), 0.0, origin, _CLOCK)
    precision_s = HALF_DAY_S if day else 0.0
    cause = f"is the clock set, and the zone right ({zone})? the stamp has none"
    return _possible(_in_zone(at, zone), precision_s, origin, cause)


def _from_number(sent: float, origin: Origin) -> Stamp:
    seconds = sent / 1000.0 if sent > _MILLISECONDS_FROM else sent
    if seconds > _LAST_S:
        raise Refused(RULE, sent, "a number is seconds or milliseconds since 1970; is it in microseconds?", field=FIELD)
    if seconds < _EARLIEST_S:
        raise Refused(RULE, sent, f"a number is seconds or milliseconds since 1970; {_CLOCK}", field=FIELD)
    at = datetime.fromtimestamp(seconds, UTC)
    return _possible(at, 0.0, origin, f"{_CLOCK} Or is it neither in seconds nor in milliseconds?")


def _possible(at: datetime, precision_s: float, origin: Origin, cause: str) -> Stamp:
    """A date alone may be today's, whose noon is still to come: the future begins after its precision."""
    if at >= EARLIEST and at - timedelta(seconds=precision_s) <= origin.received_at + SLACK:
        return at, precision_s
    raise Refused(RULE, at.isoformat(), cause, field=FIELD)


def _in_zone(local: datetime, zone: str) -> datetime:
    return local.replace(tzinfo=_zone(zone)).astimezone(UTC)


@lru_cache(maxsize=256)
def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise Refused("the site's zone must be an IANA name", name, "set it like Europe/Brussels") from None
