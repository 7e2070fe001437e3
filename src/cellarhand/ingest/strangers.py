"""Fields that nobody here knows: kept as channels, so many a device and no more."""

from cellarhand.domain import Refused
from cellarhand.ingest.frame import Frame

MOST_NAMES = 60
_RULE = f"at most {MOST_NAMES} fields of a device that mean nothing here"


class Strangers:
    """Remembers which unknown names each device has used: a device that makes up new ones would fill the store.

    >>> from datetime import datetime
    >>> from cellarhand.domain import Reading
    >>> odd = [Reading(channel=f"x_{n}", observed_at=datetime(2026, 11, 20), value=1.0) for n in range(70)]
    >>> kept, no = Strangers().sift(1, Frame(key="", readings=tuple(odd), texts={}))
    >>> len(kept.readings), str(no)
    (60, "at most 60 fields of a device that mean nothing here: got 'x_60'; does it make up names?")
    """

    def __init__(self) -> None:
        self._names: dict[int, set[str]] = {}

    def sift(self, device_id: int, frame: Frame) -> tuple[Frame, Refused | None]:
        """The frame without the names that are too many, and what is to be said of them."""
        known = self._names.setdefault(device_id, set())
        names = [r.channel for r in frame.readings if r.channel.startswith("x_")] + [f"x_{n}" for n in frame.texts]
        strange: list[str] = []
        for name in names:
            if name not in known:
                (strange.append if len(known) >= MOST_NAMES else known.add)(name)
        if not strange:
            return frame, None
        readings = tuple(r for r in frame.readings if r.channel not in strange)
        texts = {name: text for name, text in frame.texts.items() if f"x_{name}" not in strange}
        sifted = Frame(key=frame.key, readings=readings, texts=texts)
        return sifted, Refused(_RULE, strange[0], "does it make up names?")
