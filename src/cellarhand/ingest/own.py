"""Our own JSON: an object or a list of objects, the format for scripts and for everything that has no parser here.

    {"observed_at": "2026-11-20T14:05:00Z", "sg": 1.0123, "temp_c": 19.5, "pressure_bar": 0.8, "ph": 4.3}

Gravity as one of `sg`, `plato`, or `gravity` with `unit` ("sg", "plato", "points"; default as set for the device).
Temperature as one of `temp_c`, `temp_f`, `temp_k`, or `temp` with `temp_unit`; pressure as one of `pressure_bar`,
`pressure_psi`, `pressure_kpa`, or `pressure` with `pressure_unit`: so a stream made for Brewfather is understood too.
`observed_at` is optional. Two fields for one quantity are refused: which one would be meant?
"""

from cellarhand.domain import Refused
from cellarhand.ingest.body import items
from cellarhand.ingest.draft import Draft
from cellarhand.ingest.frame import Frame, Origin, refusal
from cellarhand.ingest.quantities import BOUNDS, gravity, pressure, temperature
from cellarhand.ingest.times import observed_at
from cellarhand.units import PH

_GRAVITIES = ("sg", "plato", "gravity")
_TEMPERATURES = {"temp_c": "C", "temp_f": "F", "temp_k": "K"}
_PRESSURES = {"pressure_bar": "bar", "pressure_psi": "psi", "pressure_kpa": "kPa"}


def parse(body: bytes, content_type: str, origin: Origin) -> list[Frame]:
    """A frame for each object; raises `Refused` where the body isn't JSON of that shape.

    >>> from datetime import UTC, datetime
    >>> origin = Origin(received_at=datetime(2026, 11, 20, tzinfo=UTC))
    >>> frame, = parse(b'{"plato": "12.0", "temp_f": 68}', "", origin)
    >>> [(r.channel, round(r.value, 4)) for r in frame.readings]
    [('sg', 1.0484), ('temp_c', 20.0)]
    """
    return [_frame(item, origin) for item in items(body)]


def _frame(item: object, origin: Origin) -> Frame:
    try:
        draft = Draft(item)
        at, precision_s = observed_at(draft.take("observed_at"), origin)
        draft.put("sg", _gravity(draft, origin))
        value, unit = _with_unit(draft, _TEMPERATURES, "temp")
        draft.put("temp_c", temperature(value, unit))
        value, unit = _with_unit(draft, _PRESSURES, "pressure")
        draft.put("pressure_bar", pressure(value, unit))
        draft.put("ph", _ph(draft.number("ph")))
        for channel in BOUNDS:
            draft.side(channel, channel)
        return draft.frame("", at, precision_s)
    except Refused as no:
        return refusal(no)


def _gravity(draft: Draft, origin: Origin) -> float | None:
    name, value = _one_of(draft, _GRAVITIES)
    if value is None or name != "gravity":
        return gravity(value, name)
    return gravity(value, draft.word("unit", "gravity_unit") or origin.gravity_unit)


def _with_unit(draft: Draft, units: dict[str, str], bare: str) -> tuple[float | None, str]:
    """The number of the field whose name has a unit, or of the bare one where its unit stands beside it."""
    beside = draft.word(f"{bare}_unit")
    known = units | ({bare: beside} if beside else {})
    name, value = _one_of(draft, tuple(known))
    return value, known[name]


def _one_of(draft: Draft, names: tuple[str, ...]) -> tuple[str, float | None]:
    """The one of these fields that has a number, or the first name with None."""
    found = [(name, value) for name in names if (value := draft.number(name)) is not None]
    if len(found) > 1:
        raise Refused(f"one of {', '.join(names)}", " and ".join(name for name, _ in found), "which is meant?")
    return found[0] if found else (names[0], None)


def _ph(value: float | None) -> float | None:
    if value is not None and not PH.holds(value):
        raise Refused.outside(PH, value)
    return value
