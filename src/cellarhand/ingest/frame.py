"""What a parser hands on (frames of readings) and what it must know of where a body came from."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cellarhand.domain import Reading, Refused
from cellarhand.units import HOTTEST_BEER_C


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Frame:
    """What one device said at one moment.

    `key` is "" for the device that holds the token itself; behind a bridge it is the float's name there ("BLACK",
    "BLACK:AA:BB:CC:DD:EE:FF"). `texts` are the fields without a number that no channel takes. Where `refused` is set
    there are no readings: one impossible value refuses its whole frame. Frames with equal content are equal, refusals
    by their sentence.
    """

    key: str
    readings: tuple[Reading, ...]
    texts: dict[str, str]
    refused: Refused | None = None

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Frame):
            return NotImplemented
        mine = (self.key, self.readings, self.texts, str(self.refused))
        return mine == (other.key, other.readings, other.texts, str(other.refused))

    __hash__ = None  # type: ignore[assignment]


@dataclass(frozen=True, kw_only=True)
class Origin:
    """When a body came (aware, UTC), the IANA zone for stamps without one, and the gravity unit set for the device."""

    received_at: datetime
    zone: str = "UTC"
    gravity_unit: str = "sg"


def refusal(no: Refused, key: str = "") -> Frame:
    """The frame that says why nothing of it is kept. The traceback is dropped: it would hold the body in memory.

    >>> refusal(Refused("a frame needs a number", "", "nothing to keep")).readings
    ()
    """
    return Frame(key=key, readings=(), texts={}, refused=no.with_traceback(None))


def beer_from(frames: Sequence[Frame], since: datetime) -> datetime | None:
    """When the first gravity since then was of beer: what is hotter than any beer is wort, water or lye.

    >>> beer_from([refusal(Refused("a frame needs a number", "", "nothing to keep"))], datetime(2026, 11, 20))
    """
    found = (r.observed_at for f in frames if not _is_hot(f) for r in f.readings if r.channel == "sg")
    return min((at for at in found if at >= since), default=None)


def _is_hot(frame: Frame) -> bool:
    return any(r.channel == "temp_c" and (r.value or 0.0) > HOTTEST_BEER_C for r in frame.readings)
