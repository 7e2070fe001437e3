"""What was posted, what was acknowledged, and what of it a store holds."""

import http.client
import itertools
import sqlite3
import threading
from collections import Counter
from contextlib import closing
from datetime import UTC, datetime, timedelta

from .server import Line

SEED = 20261123
STEP = timedelta(seconds=10)
ROWS = "SELECT c.name, r.observed_at, r.value FROM readings r JOIN channels c ON c.id = r.channel_id"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Ledger:
    """Posts by number; each has its own observed_at, and values that only it has there."""

    def __init__(self):
        self.began = datetime.now(UTC).replace(microsecond=0) - timedelta(days=5)
        self.numbers = itertools.count()  # `next` of it is atomic: threads share it
        self.acknowledged = []
        self.unexpected = []

    def item(self, number):
        """The JSON of a post."""
        at, sg, temp_c = self._said(number)
        return {"observed_at": at.isoformat(), "sg": sg, "temp_c": temp_c}

    def rows(self, number):
        """The rows that it must become: (channel, µs, value)."""
        at, sg, temp_c = self._said(number)
        return ("sg", stamp(at), sg), ("temp_c", stamp(at), temp_c)

    def _said(self, number):
        return self.began + number * STEP, round(1.05 - number % 4000 / 1e5, 5), 15.0 + number % 50 / 10

    def lost(self, rows, numbers=None):
        """The acknowledged posts of which `rows` lack a reading, or hold another value."""
        wanted = self.acknowledged if numbers is None else numbers
        return [n for n in wanted if any(row not in rows for row in self.rows(n))]

    def present(self, rows, numbers):
        """Those of these posts of which `rows` have any reading."""
        return [n for n in numbers if any(row in rows for row in self.rows(n))]

    def post_all(self, line, count, *, most=1):
        """Posts `count` times on one line, each `most` items; every answer must be 201. The numbers of each post."""
        posted = []
        for _ in range(count):
            numbers = tuple(itertools.islice(self.numbers, most))
            status, _, answer = line.post([self.item(n) for n in numbers])
            assert status == 201, (status, answer)
            self.acknowledged.extend(numbers)
            posted.append(numbers)
        return posted


def stamp(at):
    """The kept form of an instant: µs since 1970."""
    return (at - _EPOCH) // timedelta(microseconds=1)


def repeated(rows):
    """(channel, µs) that are there more than once."""
    return [key for key, n in Counter((channel, at) for channel, at, _ in rows.elements()).items() if n > 1]


def rows_in(file):
    """All readings in a store that a server has open, by SQLite itself and read-only."""
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection:
        return Counter(connection.execute(ROWS).fetchall())


class Load:
    """Threads that post on lines of their own until the server is gone, remembering what was acknowledged."""

    def __init__(self, server, path, ledger, *, threads=4):
        self._ledger, self._given_up = ledger, threading.Event()
        self._threads = [threading.Thread(target=self._run, args=(server, path)) for _ in range(threads)]
        for thread in self._threads:
            thread.start()

    def join(self):
        """Waits until every thread has noticed."""
        self._given_up.set()
        for thread in self._threads:
            thread.join()

    def _run(self, server, path):
        try:
            with closing(Line(server, path)) as line:
                while not self._given_up.is_set():
                    self._post(line)
        except (OSError, http.client.HTTPException):
            return  # killed: what was on its way is not acknowledged

    def _post(self, line):
        first = next(self._ledger.numbers)
        numbers = [first] if first % 10 else [first, *itertools.islice(self._ledger.numbers, 4)]
        status, _, answer = line.post([self._ledger.item(n) for n in numbers])
        if status == 201:
            self._ledger.acknowledged.extend(numbers)
        else:
            self._ledger.unexpected.append((status, answer))
