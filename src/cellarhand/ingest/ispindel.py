"""The iSpindel: a self-built float (ESP8266, DS18B20) that posts its JSON by Wi-Fi.

Source: universam1/iSpindel, pio/lib/Sender/Sender.cpp. Keys: name, ID (the chip, stable), token, angle, temperature,
temp_units (C, F, K), battery (V), gravity, interval, RSSI. There is no key for gravity's unit: it is whatever the
owner's polynomial yields, °P by default, so the device's own setting says. The firmware neither buffers nor tries
again.
"""

from cellarhand.domain import Refused
from cellarhand.ingest.body import items
from cellarhand.ingest.draft import Draft
from cellarhand.ingest.frame import Frame, Origin, refusal
from cellarhand.ingest.quantities import float_gravity, temperature
from cellarhand.units import GRAVITY, PLATO


def parse(body: bytes, content_type: str, origin: Origin) -> list[Frame]:
    """One frame a body; raises `Refused` where the body isn't JSON.

    >>> from datetime import UTC, datetime
    >>> origin = Origin(received_at=datetime(2026, 11, 20, tzinfo=UTC), gravity_unit="plato")
    >>> frame, = parse(b'{"angle": 40.1, "temperature": 68, "temp_units": "F", "gravity": 12}', "", origin)
    >>> [(r.channel, round(r.value, 4)) for r in frame.readings]
    [('sg', 1.0484), ('temp_c', 20.0), ('angle_deg', 40.1)]
    """
    return [_frame(item, origin) for item in items(body)]


def _frame(item: object, origin: Origin) -> Frame:
    try:
        draft = Draft(item)
        draft.put("sg", spindle_gravity(draft, origin.gravity_unit, "set this device's gravity unit to plato"))
        celsius = temperature(draft.number("temperature"), draft.word("temp_units") or "C")
        draft.put("temp_c", celsius)
        draft.side("angle_deg", "angle")
        draft.side("battery_v", "battery")
        draft.side("rssi_dbm", "rssi")
        return draft.frame("", origin.received_at)
    except Refused as no:
        return refusal(no)


def spindle_gravity(draft: Draft, unit: str, remedy: str) -> float | None:
    """SG of a float that computes gravity from its angle, of which exactly 0 means that the tilt sensor is dead.

    >>> spindle_gravity(Draft({"angle": 40.1, "gravity": 1.048}), "sg", "")
    1.048
    """
    value = draft.number("gravity")
    if value is None:
        return None
    if draft.peek("angle") == 0.0:
        cause = "a float hangs at 15 to 80 degrees; exactly 0 means that its tilt sensor doesn't answer"
        raise Refused("an angle that was measured", 0.0, cause)
    if unit == "sg" and GRAVITY.high < value <= PLATO.high:
        raise Refused(GRAVITY.rule, value, f"is it in °P? Then {remedy}", field="sg")
    return float_gravity(value, unit)
