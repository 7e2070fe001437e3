"""Live pages: changes as they are committed, to everybody who listens; a line that can't keep up is cut."""

import asyncio
from collections.abc import AsyncIterator, Callable

from cellarhand.store.writer import Change

LONGEST_LINE = 500
HEARTBEAT_S = 15.0


class Hub:
    """Lives in the server's event loop. `publish` may be called from any thread."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._lines: set[asyncio.Queue[Change | None]] = set()
        self._taps: list[Callable[[Change], None]] = []

    def tap(self, listener: Callable[[Change], None]) -> None:
        """Calls `listener` in the loop with every change: how the board learns what to look at."""
        self._taps.append(listener)

    def publish(self, told: list[Change]) -> None:
        """From the writer's thread, after a commit."""
        self._loop.call_soon_threadsafe(self._deliver, told)

    def _deliver(self, told: list[Change]) -> None:
        for change in told:
            for listener in self._taps:
                listener(change)
            for line in list(self._lines):
                if line.qsize() >= LONGEST_LINE:
                    self._lines.discard(line)
                    line.put_nowait(None)
                else:
                    line.put_nowait(change)

    async def follow(self, since: int, catch_up: Callable[[int], list[Change] | None]) -> AsyncIterator[Change | None]:
        """Changes after `since`, first those kept, then those that come; None as a heartbeat.

        The line is opened before the kept ones are read, so that none falls between. Ends when the reader is too slow
        or so far behind that it must look at everything anew.
        """
        line: asyncio.Queue[Change | None] = asyncio.Queue()
        self._lines.add(line)
        try:
            kept = await asyncio.to_thread(catch_up, since)
            if kept is None:
                yield Change(since, "reload", None)
                kept = []
            for change in kept:
                yield change
                since = change.seq
            while True:
                try:
                    change_ = await asyncio.wait_for(line.get(), HEARTBEAT_S)
                except TimeoutError:
                    yield None
                    continue
                if change_ is None:
                    return
                if change_.seq > since:
                    since = change_.seq
                    yield change_
        finally:
            self._lines.discard(line)
