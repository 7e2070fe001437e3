"""Tilt floats behind a bridge: TiltBridge (all its targets), Tilt Pi and pytilt.

Sources: thorrak/tiltbridge src/sendData.cpp; baronbrew/TILTpi flow.json; atlefren/pytilt. A Tilt is told by its colour,
two of one colour by colour and MAC. TiltBridge writes numbers as texts and temperatures in °F unless it says else;
Tilt Pi and BrewStatus post a form whose Timepoint is days since 1899-12-30 in local time without a zone; pytilt posts a
list with °C and SG × 1000. A firmware packet (temperature 999, gravity = version) is never a reading.
"""

from cellarhand.domain import Refused
from cellarhand.ingest.body import MOST_ITEMS, form_of, json_of, listed, looks_like_form
from cellarhand.ingest.draft import LONGEST_KEY, Draft, clean
from cellarhand.ingest.frame import Frame, Origin, refusal
from cellarhand.ingest.quantities import float_gravity, temperature
from cellarhand.ingest.times import Stamp, from_serial, observed_at
from cellarhand.units import TEMPERATURE, c_from_f

_TEMPERATURE_UNIT = ("temp_unit", "tempunit", "tempunits", "temp_units", "temperature_unit", "unit")
_GRAVITY_UNIT = ("gravity_unit", "gravityunit", "fermunits")
_FIRMWARE_C = c_from_f(999.0)


def parse(body: bytes, content_type: str, origin: Origin) -> list[Frame]:
    """A frame for each float; raises `Refused` where the body is neither JSON nor a form, or no float is in it.

    >>> from datetime import UTC, datetime
    >>> origin = Origin(received_at=datetime(2026, 11, 20, tzinfo=UTC))
    >>> frame, = parse(b"Temp=68.0&SG=1.0123&Color=BLACK&Beer=Saison", "", origin)
    >>> frame.key, [(r.channel, r.value) for r in frame.readings], frame.texts
    ('BLACK', [('temp_c', 20.0), ('sg', 1.0123)], {'beer': 'Saison'})
    """
    if looks_like_form(body, content_type):
        return [_frame(form_of(body), origin)]
    data = json_of(body)
    if isinstance(data, dict):
        return _local_target(data, origin) if "tilts" in data else [_frame(data, origin)]
    return [_frame(item, origin, unit="C") for item in listed(data)]


def _local_target(data: dict[str, object], origin: Origin) -> list[Frame]:
    tilts = data["tilts"]
    if not isinstance(tilts, dict):
        raise Refused("tilts must be an object by colour", type(tilts).__name__, "is it TiltBridge's local target?")
    if not tilts:
        raise Refused("the body must hold a reading", "", "the bridge sees no Tilt")
    if len(tilts) > MOST_ITEMS:
        raise Refused(f"at most {MOST_ITEMS} items in one post", len(tilts), "send it in parts")
    bridge = {"mdns_id": data["mdns_id"]} if "mdns_id" in data else {}
    return [
        _frame({**bridge, **tilt} if isinstance(tilt, dict) else tilt, origin, key=_key(colour))
        for colour, tilt in tilts.items()
    ]


def _frame(item: object, origin: Origin, *, unit: str = "F", key: str = "") -> Frame:
    try:
        draft = Draft(item)
        colour = draft.word("color", "colour")
        key = key or _key(colour or draft.word("name"))
        at, precision_s = _when(draft, origin)
        draft.put("temp_c", _temperature(draft, unit))
        scale = draft.word(*_GRAVITY_UNIT) or "sg"
        draft.put("sg", float_gravity(draft.number("sg", "gravity"), scale, thousands=True))
        draft.side("rssi_dbm", "rssi")
        return draft.frame(key, at, precision_s)
    except Refused as no:
        return refusal(no, key)


def _key(name: str) -> str:
    return clean(name.upper(), LONGEST_KEY)


def _when(draft: Draft, origin: Origin) -> Stamp:
    days = draft.number("timepoint")
    return observed_at(draft.take("timestamp"), origin) if days is None else from_serial(days, origin)


def _temperature(draft: Draft, default: str) -> float | None:
    value = draft.number("temp", "temperature")
    unit = draft.word(*_TEMPERATURE_UNIT) or default
    if value is not None and abs(value - _FIRMWARE_C) < 0.5:
        raise Refused(TEMPERATURE.rule, value, TEMPERATURE.cause(999.0), field=TEMPERATURE.name)
    return temperature(value, unit)
