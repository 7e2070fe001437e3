"""How often somebody may try: a small window a key, forgotten on success."""

from collections import OrderedDict
from datetime import datetime, timedelta

WINDOW = timedelta(minutes=15)
MOST = 8
_KEYS = 5_000


class Tries:
    """Counts failed tries by key (name and address). In memory: a restart forgives.

    >>> from datetime import UTC
    >>> t, now = Tries(), datetime(2026, 1, 1, tzinfo=UTC)
    >>> for _ in range(MOST): t.failed("anna", now)
    >>> t.wait("anna", now) == WINDOW, t.wait("ben", now)
    (True, None)
    """

    def __init__(self) -> None:
        self._failed: OrderedDict[str, tuple[datetime, int]] = OrderedDict()

    def wait(self, key: str, now: datetime) -> timedelta | None:
        """How long to wait before another try; None where none is needed."""
        began, count = self._failed.get(key, (now, 0))
        left = began + WINDOW - now
        return left if count >= MOST and left > timedelta(0) else None

    def failed(self, key: str, now: datetime) -> None:
        """One more failure."""
        began, count = self._failed.pop(key, (now, 0))
        if now - began > WINDOW:
            began, count = now, 0
        self._failed[key] = (began, count + 1)
        while len(self._failed) > _KEYS:
            self._failed.popitem(last=False)

    def succeeded(self, key: str) -> None:
        """Forget what failed before."""
        self._failed.pop(key, None)
