"""One writer: a thread with the only connection that writes. What waits is committed together, then acknowledged.

    callers ─► queue ─► BEGIN · job · job · … · COMMIT (fsync) ─► every caller is told, changes are announced

A job that fails is rolled back alone (savepoint). A COMMIT that fails fails every job of its group: nobody is told
"kept" for what was not.
"""

import logging
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError, IntegrityError

from cellarhand.domain import Clock, Conflict, StoreUnavailable
from cellarhand.store.ids import Ids, made_id
from cellarhand.store.schema import changes
from cellarhand.store.times import micros

T = TypeVar("T")
_GROUP = 256
log = logging.getLogger("cellarhand.store")


@dataclass(frozen=True, slots=True)
class Change:
    """One line of the sequence that live pages follow."""

    seq: int
    kind: str
    tank_id: int | None


@dataclass(slots=True)
class Txn:
    """What a job works with: the connection inside a transaction, the time, known ids, and what it changed."""

    conn: Connection
    now: datetime
    ids: Ids
    changed: list[tuple[str, int | None]] = field(default_factory=list)

    @property
    def now_us(self) -> int:
        """`now` as the store keeps it."""
        return micros(self.now)

    def change(self, kind: str, tank_id: int | None = None) -> None:
        """To be announced after the commit; the same twice is one."""
        if (kind, tank_id) not in self.changed:
            self.changed.append((kind, tank_id))


Job = Callable[[Txn], T]


class Writer:
    """Runs jobs in groups. `on_commit` is called in the writer's thread with the changes of each group."""

    def __init__(self, engine: Engine, clock: Clock, on_commit: Callable[[list[Change]], None]) -> None:
        self._engine, self._clock, self._on_commit = engine, clock, on_commit
        self._queue: queue.SimpleQueue[tuple[Job[Any], Future[Any]] | None] = queue.SimpleQueue()
        self._ids = Ids()
        self._failing = False
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="writer", daemon=True)
        self._thread.start()

    def submit(self, job: Job[T]) -> Future[T]:
        """The job's result once it is durable; StoreUnavailable where it could not be kept."""
        future: Future[T] = Future()
        if self._closed:
            future.set_exception(StoreUnavailable("the store is closed"))
            return future
        self._queue.put((job, future))
        return future

    def run(self, job: Job[T]) -> T:
        """`submit` and wait."""
        return self.submit(job).result()

    def close(self) -> None:
        """Finishes what waits, then stops; calling it again does nothing."""
        if not self._closed:
            self._closed = True
            self._queue.put(None)
            self._thread.join()

    def _run(self) -> None:
        while True:
            first = self._queue.get()
            if first is None:
                return
            group, last = [first], False
            while len(group) < _GROUP and not self._queue.empty():
                more = self._queue.get()
                if more is None:
                    last = True
                    break
                group.append(more)
            self._commit(group)
            if last:
                return

    def _commit(self, group: list[tuple[Job[Any], Future[Any]]]) -> None:
        group = [(job, future) for job, future in group if future.set_running_or_notify_cancel()]  # or has given up
        done: list[tuple[Future[Any], Any, BaseException | None]] = []
        told: list[Change] = []
        try:
            with self._engine.begin() as connection:
                txn = Txn(connection, self._clock.now(), self._ids)
                for job, future in group:
                    done.append((future, *self._one(txn, job, alone=len(group) == 1)))
                told = _announced(txn)
        except BaseException as error:
            self._ids.forget()
            self._say_failing(error)
            failure = error.failure if isinstance(error, _Undo) else None
            lost = failure or StoreUnavailable(f"the store can't keep it now: {_words(error)}")
            for _, future in group:
                future.set_exception(lost)
            return
        if self._failing:
            self._failing = False
            log.warning("the store keeps again")
        if told:
            self._on_commit(told)
        for future, result, failure in done:
            if failure is None:
                future.set_result(result)
            else:
                future.set_exception(failure)

    def _one(self, txn: Txn, job: Job[Any], *, alone: bool) -> tuple[Any, BaseException | None]:
        before = list(txn.changed)
        try:
            if alone:
                return job(txn), None
            with txn.conn.begin_nested():
                return job(txn), None
        except IntegrityError as error:
            failure: BaseException = Conflict(f"it clashes with what is kept: {_words(error)}")
        except (DBAPIError, OSError):
            raise
        except Exception as error:
            failure = error
        txn.changed[:] = before
        self._ids.forget()
        if alone:
            raise _Undo(failure) from failure
        return None, failure

    def _say_failing(self, error: BaseException) -> None:
        if not self._failing and not isinstance(error, _Undo):
            self._failing = True
            log.error("the store can't keep: %s", _words(error))


class _Undo(Exception):
    """Rolls back a group of one whose job said no."""

    def __init__(self, failure: BaseException) -> None:
        self.failure = failure


def _announced(txn: Txn) -> list[Change]:
    told = []
    for kind, tank_id in txn.changed:
        row = txn.conn.execute(changes.insert().values(at=txn.now_us, kind=kind, tank_id=tank_id))
        told.append(Change(made_id(row), kind, tank_id))
    return told


def _words(error: BaseException) -> str:
    return str(error.orig if isinstance(error, DBAPIError) else error)[:200]
