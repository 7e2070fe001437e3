"""One item's fields on their way into a frame: a parser takes those it knows, the rest is kept under its own name."""

import re
from datetime import datetime

from cellarhand.domain import Reading, Refused
from cellarhand.ingest.frame import Frame
from cellarhand.ingest.quantities import BOUNDS, MISSING, loose, number

MOST_UNKNOWN = 30
MOST_TEXTS = 20
LONGEST_NAME = 40
LONGEST_TEXT = 200
LONGEST_KEY = 80
_OPENS = {"token", "access_token", "api_key", "apikey", "auth", "authorization", "password", "passwd", "pwd", "secret"}
SECRET = frozenset(_OPENS | {"email", "gsheets_link", "doclongurl"})  # never kept
IDENTITY = frozenset({"id", "device_id", "mac"})  # numbers that name a thing are texts
_SAID = {"name", "beer", "comment", "note", "notes", "color", "colour", "version", "mdns_id", "gsheets_name"}
WORDS = frozenset(_SAID | {"device_name", "device_type", "device_source", "report_source"})  # texts, digits or not
_ODD = re.compile(r"[^a-z0-9_]")


class Draft:
    """The fields of one item by lower-case name with "_" for "-". What is taken is gone; `frame` keeps the others.

    >>> draft = Draft({"Temp": "68.0", "WoB": "12", "Beer": "Saison"})
    >>> draft.number("temp"), draft.number("sg")
    (68.0, None)
    >>> frame = draft.frame("BLACK", datetime(2026, 11, 20))
    >>> [(r.channel, r.value) for r in frame.readings], frame.texts
    ([('x_wob', 12.0)], {'beer': 'Saison'})
    """

    __slots__ = ("_left", "_values")

    def __init__(self, item: object) -> None:
        if not isinstance(item, dict):
            raise Refused("each item must be an object", type(item).__name__, "is a { missing?")
        self._left: dict[str, object] = {name.strip().lower().replace("-", "_"): raw for name, raw in item.items()}
        if len(self._left) != len(item):
            self._same_twice(item)
        self._values: dict[str, float] = {}

    def _same_twice(self, item: dict[str, object]) -> None:
        for name, raw in item.items():
            kept = self._left[name.strip().lower().replace("-", "_")]
            if kept is not raw and not (isinstance(raw, str | int | float) and raw == kept):
                raise Refused("each field once, whatever its capitals", clean(name, LONGEST_NAME), "which is meant?")

    def take(self, *names: str) -> object:
        """The first of these fields that is there and not missing, as sent; None where none is."""
        for name in names:
            raw = self._left.pop(name, None)
            if raw is not None and not (isinstance(raw, str) and raw.strip().lower() in MISSING):
                return raw
        return None

    def number(self, *names: str) -> float | None:
        """The first of these fields that has a number; a field with anything but a number refuses the frame."""
        for name in names:
            raw = self._left.pop(name, None)
            if raw is not None:
                value = number(raw, name)
                if value is not None:
                    return value
        return None

    def peek(self, name: str) -> float | None:
        """The number of a field that stays where it is; None where it is no plain number."""
        return loose(self._left.get(name))

    def drop(self, name: str) -> None:
        """Without this field, if it is there."""
        self._left.pop(name, None)

    def word(self, *names: str) -> str:
        """The first of these fields that has a text, "" where none has."""
        raw = self.take(*names)
        if raw is None or isinstance(raw, str):
            return (raw or "").strip()
        raise Refused(f"{names[0]} must be a text", type(raw).__name__, "is it another field's value?")

    def put(self, channel: str, value: float | None) -> None:
        """A channel's value, if there is one."""
        if value is not None:
            self._values[channel] = value

    def side(self, channel: str, *names: str) -> None:
        """A channel beside the beer's own. An impossible value (RSSI 31 of an ESP that is offline) stays among the
        unknown fields: a good gravity isn't lost for it."""
        low, high = BOUNDS[channel]
        for name in names:
            value = self.peek(name)
            if value is not None and low <= value <= high:
                del self._left[name]
                self._values[channel] = value
                return

    def frame(self, key: str, at: datetime, precision_s: float = 0.0) -> Frame:
        """All that was put and all that is left, as one frame; raises `Refused` where there is no number at all."""
        texts = self._rest() if self._left else {}
        if not self._values:
            raise Refused("a frame needs at least one number", "", "nothing to keep")
        readings = [
            Reading(channel=channel, observed_at=at, value=value, precision_s=precision_s)
            for channel, value in self._values.items()
        ]
        return Frame(key=clean(key, LONGEST_KEY), readings=tuple(readings), texts=texts)

    def _rest(self) -> dict[str, str]:
        texts: dict[str, str] = {}
        most = len(self._values) + MOST_UNKNOWN
        for name, raw in self._left.items():
            if raw is None or not name or name in SECRET:
                continue
            value = _unknown_number(name, raw)
            if value is None:
                words, label = _words(raw), clean(name, LONGEST_NAME)
                if words and label and len(texts) < MOST_TEXTS:
                    texts[label] = words
            elif len(self._values) < most:
                self._values.setdefault(f"x_{_ODD.sub('_', name[:LONGEST_NAME])}"[:LONGEST_NAME], value)
        return texts


def _unknown_number(name: str, raw: object) -> float | None:
    if isinstance(raw, bool):
        return float(raw)
    if name in IDENTITY or (isinstance(raw, str) and name in WORDS):
        return None
    return loose(raw)


def _words(raw: object) -> str:
    if isinstance(raw, str):
        return "" if raw.strip().lower() in MISSING else clean(raw, LONGEST_TEXT)
    return str(raw)[:LONGEST_TEXT] if isinstance(raw, int | float) and abs(raw) < 1e30 else ""


def clean(text: str, longest: int) -> str:
    """One line of printable text, cut to length: what a page, a log and every database can hold.

    >>> clean("  a\\x00b\\n", 10)
    'a b'
    """
    text = text[: 4 * longest].strip()
    if not text.isprintable():
        text = "".join(c if c.isprintable() else " " for c in text).strip()
    return text[:longest].rstrip()
