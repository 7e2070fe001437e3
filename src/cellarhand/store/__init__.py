"""What is kept: tables, migrations, one writer. SQLite by default."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection

from cellarhand.domain import Clock
from cellarhand.store.engine import Hold, bring_up_to_date, live_server, reader_engine, writer_engine
from cellarhand.store.writer import Change, Txn, Writer

__all__ = ["Change", "Store", "Txn", "live_server"]


class Store:
    """An open store: `writer` writes, `read()` gives a snapshot. One process holds it; a second is refused."""

    def __init__(
        self,
        path: Path,
        clock: Clock,
        *,
        on_commit: Callable[[list[Change]], None] = lambda told: None,
        synchronous: str = "FULL",
    ) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        self.hold = Hold(path)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))  # nobody else on this machine reads it
        self._writing = writer_engine(path, synchronous=synchronous)
        bring_up_to_date(self._writing)
        self._reading = reader_engine(path)
        self.writer = Writer(self._writing, clock, on_commit)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection that sees one state of the store and can't change it."""
        with self._reading.connect() as connection, connection.begin():
            yield connection

    def close(self) -> None:
        """Finishes what waits, checkpoints, gives the store back."""
        self.writer.close()
        self._reading.dispose()
        self._writing.dispose()
        self.hold.release()
