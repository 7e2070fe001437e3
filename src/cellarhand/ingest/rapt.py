"""The RAPT Pill by the webhook of the RAPT portal: the owner writes the template, the portal fills it in.

Source: docs.rapt.io, custom web hooks; the usual template from scottpancakes/rapt-pill-HA. Every value is a text,
gravity is SG × 1000, temperature °C, battery %. Fields come in whatever order the template has. A variable that the
device type doesn't know stays as it was written ("@gravity") and counts as missing. A created_date without a zone is
read as UTC, since the portal stamps it and not the site.
"""

from cellarhand.domain import Refused
from cellarhand.ingest.body import items
from cellarhand.ingest.draft import Draft
from cellarhand.ingest.frame import Frame, Origin, refusal
from cellarhand.ingest.quantities import float_gravity, temperature
from cellarhand.ingest.times import observed_at


def parse(body: bytes, content_type: str, origin: Origin) -> list[Frame]:
    """One frame a body; raises `Refused` where the body isn't JSON.

    >>> from datetime import UTC, datetime
    >>> origin = Origin(received_at=datetime(2026, 11, 20, tzinfo=UTC))
    >>> frame, = parse(b'{"temperature": "19.5", "gravity": "1050.3", "battery": "87"}', "", origin)
    >>> [(r.channel, r.value) for r in frame.readings]
    [('sg', 1.0503), ('temp_c', 19.5), ('battery_pct', 87.0)]
    """
    return [_frame(item, origin) for item in items(body)]


def _frame(item: object, origin: Origin) -> Frame:
    try:
        draft = Draft(_filled_in(item))
        at, precision_s = observed_at(draft.take("created_date"), origin, zone="UTC")
        draft.put("sg", float_gravity(draft.number("gravity"), "sg", thousands=True))
        draft.put("temp_c", temperature(draft.number("temperature")))
        draft.side("velocity", "velocity")
        draft.side("battery_pct", "battery")
        draft.side("rssi_dbm", "rssi")
        return draft.frame("", at, precision_s)
    except Refused as no:
        return refusal(no)


def _filled_in(item: object) -> object:
    if not isinstance(item, dict):
        return item
    return {name: None if isinstance(raw, str) and raw.startswith("@") else raw for name, raw in item.items()}
