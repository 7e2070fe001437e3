"""Opening a store: SQLite in WAL with synchronous=FULL by default, PostgreSQL by URL; schema brought up to date."""

import fcntl
import json
import os
import secrets
import sqlite3
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import URL, Connection, Engine, create_engine, event, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import QueuePool

from cellarhand.domain import Conflict, StoreUnavailable

REVISION = "0002"


def writer_engine(path: Path, *, synchronous: str = "FULL") -> Engine:
    """The engine whose one connection writes and checkpoints."""
    engine = create_engine(
        URL.create("sqlite", database=str(path)),
        connect_args={"check_same_thread": False},
        pool_size=1,
        max_overflow=0,
    )

    @event.listens_for(engine, "connect")
    def _on_connect(raw: Any, _record: Any) -> None:
        raw.isolation_level = None  # we say BEGIN ourselves; the driver's own rule starts too late
        cursor = raw.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute(f"PRAGMA synchronous={synchronous}")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.execute("PRAGMA busy_timeout=5000")
        cursor.execute("PRAGMA wal_autocheckpoint=2000")
        cursor.execute("PRAGMA cache_size=-8000")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _on_begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def reader_engine(path: Path) -> Engine:
    """Connections that can only read, one snapshot a transaction."""
    address = f"file:{quote(str(path))}?mode=ro"

    def connect() -> sqlite3.Connection:
        return sqlite3.connect(address, uri=True, check_same_thread=False)

    engine = create_engine("sqlite://", creator=connect, poolclass=QueuePool, pool_size=4, max_overflow=4)

    @event.listens_for(engine, "connect")
    def _on_connect(raw: Any, _record: Any) -> None:
        raw.isolation_level = None
        raw.execute("PRAGMA query_only=ON")
        raw.execute("PRAGMA busy_timeout=5000")
        raw.execute("PRAGMA cache_size=-4000")

    @event.listens_for(engine, "begin")
    def _on_begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN")

    return engine


def bring_up_to_date(engine: Engine) -> None:
    """Runs the migrations that are missing, each in a transaction; nothing to do costs one query.

    Raises Conflict where the store was written by a newer Cellarhand.
    """
    found = _revision(engine)
    if found == REVISION:
        return
    if found is not None and found > REVISION:
        raise Conflict(
            f"the store has schema {found}, this program knows {REVISION}: it was written by a newer version"
        )
    from alembic import command  # 0.2 s to import, needed only here
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def _revision(engine: Engine) -> str | None:
    has = text("SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'")
    try:
        with engine.connect() as connection:
            if connection.execute(has).scalar() is None:
                return None
            return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    except DBAPIError as error:
        raise StoreUnavailable(f"the store can't be read: {error.orig}") from error


class Hold:
    """That one server has the store: an advisory lock, and beside it where to reach the server and its key.

    The operating system drops the lock when the process dies, however it dies.
    """

    def __init__(self, path: Path) -> None:
        self.file = path.with_name(path.name + ".live")
        self.key = secrets.token_urlsafe(24)
        try:
            handle = os.open(self.file, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise StoreUnavailable(f"the store {path} can't be opened: {error.strerror}") from None
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(handle)
            raise Conflict(f"another Cellarhand has {path} open; stop it, or give another --store") from None
        self._handle = handle

    def announce(self, url: str) -> None:
        """Tells command lines on this machine, by a file only its owner can read, how to reach the server."""
        told = json.dumps({"url": url, "key": self.key, "pid": os.getpid()}).encode()
        os.ftruncate(self._handle, 0)
        os.pwrite(self._handle, told, 0)

    def release(self) -> None:
        """Gives the store back."""
        os.ftruncate(self._handle, 0)
        os.close(self._handle)


def live_server(path: Path) -> tuple[str, str] | None:
    """(url, key) of the server that has this store open, None where none has."""
    file = path.with_name(path.name + ".live")
    try:
        handle = file.open("r+")
    except OSError:
        return None
    with handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            told = json.loads(handle.read() or "{}")
            return (told["url"], told["key"]) if told else None
    return None
