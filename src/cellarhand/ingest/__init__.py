"""Bodies as devices send them into frames of readings: one pure parser a format, no carrier, no clock, no store.

What never becomes a reading: a missing value (it isn't 0), an error code of a sensor, a value that beer can't have.
What a parser doesn't know is kept under its own name (`x_…`), so that no information is lost at the door.
"""

from collections.abc import Callable

from cellarhand.domain import Refused
from cellarhand.ingest import gravitymon, ispindel, own, rapt, tilt
from cellarhand.ingest.frame import Frame, Origin, beer_from
from cellarhand.ingest.strangers import Strangers

__all__ = ["KINDS", "PARSERS", "Frame", "Origin", "Strangers", "beer_from", "parse"]

Parser = Callable[[bytes, str, Origin], list[Frame]]

PARSERS: dict[str, Parser] = {
    "json": own.parse,
    "cellarhand": own.parse,
    "own": own.parse,
    "ispindel": ispindel.parse,
    "tiltbridge": tilt.parse,
    "tiltpi": tilt.parse,
    "gravitymon": gravitymon.parse,
    "rapt": rapt.parse,
}

KINDS: tuple[tuple[str, str, str], ...] = (  # name, what it is, how a user sets it up
    (
        "json",
        "Our own JSON, for scripts and for whatever has no format of its own here.",
        'POST {"sg": 1.0123, "temp_c": 19.5} to the address; observed_at is optional.',
    ),
    (
        "ispindel",
        "An iSpindel, the self-built float that works out gravity from its angle.",
        "In its configuration choose the service HTTP and enter server, port and path of the address; set here whether "
        "its polynomial yields SG or °P.",
    ),
    (
        "tiltbridge",
        "A TiltBridge, which passes on all Tilts in its reach.",
        "Enter the address as user target (or as local target); each colour then appears as a float of its own.",
    ),
    (
        "tiltpi",
        "A Tilt Pi or pytilt on a Raspberry Pi, which passes on all Tilts in its reach.",
        "Enter the address as cloud URL; the Pi's clock must be in the site's zone, since its stamps carry none.",
    ),
    (
        "gravitymon",
        "GravityMon or PressureMon firmware on a float or a pressure sensor.",
        "Enter the address as HTTP POST target and keep the default template, which names its units.",
    ),
    (
        "rapt",
        "A RAPT Pill by a web hook of the RAPT portal.",
        "Make a custom web hook, method POST, with device_name, temperature, gravity, battery, rssi and created_date "
        "in its payload.",
    ),
)


def parse(kind: str, body: bytes, content_type: str, origin: Origin) -> list[Frame]:
    """The frames of a body; `content_type` may be "".

    Raises `Refused` for an unknown kind and for a body that can't be read at all (empty, not JSON and where, not UTF-8,
    nested too deep, over 5000 items). A frame with an impossible value comes back with its `refused` set, so that one
    bad item doesn't cost the others.

    >>> from datetime import UTC, datetime
    >>> origin = Origin(received_at=datetime(2026, 11, 20, tzinfo=UTC))
    >>> str(parse("json", b'[{"sg": 1.012}, {"sg": 48}]', "", origin)[1].refused)
    'sg=48 is outside 0.980..1.200; is it in points or °P?'
    """
    parser = PARSERS.get(kind)
    if parser is None:
        raise Refused(f"the kind must be one of {', '.join(row[0] for row in KINDS)}", kind, "is it misspelt?")
    return parser(body, content_type, origin)
