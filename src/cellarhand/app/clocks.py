"""The clocks: the wall's, and one that runs faster for the demo and for tests."""

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from cellarhand.domain import Refused


@dataclass(frozen=True)
class WallClock:
    """The time of day."""

    def now(self) -> datetime:
        """Aware UTC."""
        return datetime.now(UTC)


@dataclass(frozen=True)
class FastClock:
    """Starts at an instant and runs `speed` times as fast as the wall's."""

    start: datetime
    speed: float = 1.0
    _began: float = field(default_factory=time.monotonic)

    def now(self) -> datetime:
        """Aware UTC."""
        return self.start + timedelta(seconds=(time.monotonic() - self._began) * self.speed)


def from_words(words: str) -> FastClock:
    """A clock from `2026-11-20T12:00:00+00:00` or `…*3600`; for tests only. Raises Refused.

    >>> from_words("2026-11-20T12:00:00+00:00*60").speed
    60.0
    """
    stamp, _, speed = words.partition("*")
    try:
        return FastClock(datetime.fromisoformat(stamp).astimezone(UTC), float(speed or 1.0))
    except ValueError:
        raise Refused("a test clock is START or START*SPEED", words, "START is ISO 8601 with a zone") from None
