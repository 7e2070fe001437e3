"""GravityMon and PressureMon: other firmware for iSpindel hardware, with an iSpindel's JSON and more.

Source: mp-se/gravitymon, src/push_templates.cpp and docs/source/data.rst. It adds gravity-unit (G or P), corr-gravity
(corrected for temperature), velocity (points a day), run-time; PressureMon pressure with pressure-unit and
temperature-unit. The JSON says temp_units, the GET form temp-units; as a form the same fields are read too.
"""

from cellarhand.domain import Refused
from cellarhand.ingest.body import form_of, items, looks_like_form
from cellarhand.ingest.draft import Draft
from cellarhand.ingest.frame import Frame, Origin, refusal
from cellarhand.ingest.ispindel import spindle_gravity
from cellarhand.ingest.quantities import gravity, gravity_unit, pressure, temperature


def parse(body: bytes, content_type: str, origin: Origin) -> list[Frame]:
    """One frame a body; raises `Refused` where the body is neither JSON nor a form.

    >>> from datetime import UTC, datetime
    >>> origin = Origin(received_at=datetime(2026, 11, 20, tzinfo=UTC))
    >>> frame, = parse(b'{"gravity": 12, "gravity-unit": "P", "corr-gravity": 11.9, "velocity": -8}', "", origin)
    >>> [(r.channel, round(r.value, 4)) for r in frame.readings]
    [('sg', 1.0484), ('corr_sg', 1.048), ('velocity', -8.0)]
    """
    found = [form_of(body)] if looks_like_form(body, content_type) else items(body)
    return [_frame(item, origin) for item in found]


def _frame(item: object, origin: Origin) -> Frame:
    try:
        draft = Draft(item)
        unit = gravity_unit(draft.word("gravity_unit") or origin.gravity_unit)
        draft.put("sg", spindle_gravity(draft, unit, "its gravity-unit must say P"))
        _corrected(draft, unit)
        warmth = draft.word("temp_units", "temp_unit", "temperature_unit", "temperature_units") or "C"
        draft.put("temp_c", temperature(draft.number("temperature", "temp"), warmth))
        draft.put("pressure_bar", _pressure(draft))
        draft.side("velocity", "velocity")
        draft.side("angle_deg", "angle")
        draft.side("battery_v", "battery")
        draft.side("rssi_dbm", "rssi")
        return draft.frame("", origin.received_at)
    except Refused as no:
        return refusal(no)


def _corrected(draft: Draft, unit: str) -> None:
    """The device's own correction for temperature, beside the gravity it measured; where it is impossible it stays
    among the unknown fields."""
    try:
        draft.put("corr_sg", gravity(draft.peek("corr_gravity") or None, unit))
    except Refused:
        return
    draft.drop("corr_gravity")


def _pressure(draft: Draft) -> float | None:
    value = draft.number("pressure")
    unit = draft.word("pressure_unit")
    if value is not None and not unit:
        raise Refused("a pressure needs its unit", value, "put pressure-unit (PSI, BAR or kPa) into the template")
    return pressure(value, unit)
