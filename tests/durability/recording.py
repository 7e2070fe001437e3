"""One cellar's life, recorded: every operation on the store's files, and which readings were acknowledged when."""

import sqlite3
import threading
import time
from contextlib import closing
from dataclasses import dataclass, field

from .ledger import Ledger
from .server import PATIENCE_S, Line, until
from .trace import STRACE, Answer, Reader

MOST_SINGLE = 3000


@dataclass
class Recording:
    """`ops` in order; `acknowledged` as (operation, numbers of the posts), in order; `files` as at the end."""

    ledger: Ledger = field(default_factory=Ledger)
    ops: list = field(default_factory=list)
    acknowledged: list = field(default_factory=list)
    files: dict = field(default_factory=dict)
    forecasts: int = 0
    traces: list = field(default_factory=list)

    def acknowledged_before(self, op):
        """The numbers of the posts answered 201 before operation number `op`."""
        return [n for at, numbers in self.acknowledged if at < op for n in numbers]


class Recorder:
    """Runs servers on one store under the tracer, one life after another."""

    def __init__(self, start, folder, fault=None):
        self._start, self._fault, self._folder = start, fault, folder
        self.store = folder.resolve() / "cellar" / "cellar.db"
        self.store.parent.mkdir()
        self.recording = Recording()
        self._reader = Reader(self.store)
        self._posted = {}

    def live(self, work, ended_by):
        """One life: a server starts, `work(server, self)` is done, a signal ends it; the trace is read."""
        trace = self._folder / f"trace-{len(self.recording.traces) + 1}.txt"
        server = self._start(self.store, fault=self._fault, before=[*STRACE, "-o", str(trace)]).up()
        self._posted = {}
        work(server, self)
        self._quiet()
        server.kill(ended_by)
        until(lambda: not server.pids(), "the end of the server's processes")
        self._take(trace)

    def post(self, server, path, count, *, most=1):
        """Posts on a line of its own, one after another."""
        with closing(Line(server, path)) as line:
            self._posted.setdefault(line.port, []).extend(self.recording.ledger.post_all(line, count, most=most))

    def post_at_once(self, server, path, count, *, lines):
        """The same on several lines at a time: readings that are committed in groups."""
        threads = [threading.Thread(target=self.post, args=(server, path, count)) for _ in range(lines)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _quiet(self):
        """Waits until nothing more is written, so that the trace's end and the files' are the same moment."""
        wal = self.store.with_name(self.store.name + "-wal")
        deadline, before, since = time.monotonic() + PATIENCE_S, None, time.monotonic()
        while time.monotonic() - since < 0.5:
            now = [(f.stat().st_mtime_ns, f.stat().st_size) for f in (self.store, wal) if f.exists()]
            if now != before:
                before, since = now, time.monotonic()
            assert time.monotonic() < deadline, "the server never stops writing"
            time.sleep(0.05)

    def _take(self, trace):
        recording, begun = self.recording, len(self._reader.ops)
        self._reader.read(trace)
        recording.traces.append(trace)
        recording.ops = self._reader.ops
        waiting = {port: list(posts) for port, posts in self._posted.items()}
        for at, op in enumerate(recording.ops[begun:], begun):
            if isinstance(op, Answer) and waiting.get(op.port):
                recording.acknowledged.append((at, waiting[op.port].pop(0)))
        missed = sum(len(posts) for posts in waiting.values())
        assert not missed, f"the tracer missed {missed} answers that devices got; see {trace}"
        recording.files = {f.name: f.read_bytes() for f in self.store.parent.iterdir()}


def furnish(server, recorder):
    """The path that the cellar's device posts to."""
    path = server.furnish(recorder.recording.ledger.began)
    recorder.path = path
    return path


def working_day(server, recorder):
    """Readings singly, in lists and in groups, past a checkpoint; a brewer's words; forecasts as they are kept."""
    path = furnish(server, recorder)
    recorder.post_at_once(server, path, 30, lines=4)
    recorder.post(server, path, 20, most=5)
    began = recorder.recording.ledger.began.isoformat()
    server.made("/api/tanks/FV1/events", {"kind": "dry hop", "at": began, "data": {"grams": 500.0}})
    server.made("/api/tanks", {"name": "FV2"})
    server.made("/api/devices", {"kind": "json", "tank": "FV2"})
    until(lambda: _forecasts(recorder.store), "a kept forecast")
    file = recorder.store.stat().st_mtime_ns
    for _ in range(MOST_SINGLE // 50):
        recorder.post(server, path, 50)
        if recorder.store.stat().st_mtime_ns != file:
            break
    recorder.post(server, path, 60)
    recorder.recording.forecasts = _forecasts(recorder.store)


def short_day(server, recorder):
    """A few readings after a restart."""
    recorder.post(server, recorder.path, 40)
    recorder.post_at_once(server, recorder.path, 10, lines=4)


def first_hour(server, recorder):
    """A new cellar and its first readings."""
    path = furnish(server, recorder)
    recorder.post(server, path, 60)
    recorder.post_at_once(server, path, 15, lines=4)


def _forecasts(file):
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection:
        return connection.execute("SELECT count(*) FROM forecasts").fetchone()[0]
