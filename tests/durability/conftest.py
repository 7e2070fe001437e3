"""Servers that are ended for certain, and recordings made once a session."""

import random
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from .ledger import SEED
from .recording import Recorder, first_hour, short_day, working_day
from .server import Server
from .trace import STRACE


def _starter():
    started = []

    def start(store, **more):
        store.parent.mkdir(exist_ok=True)
        started.append(Server(store, **more))
        return started[-1]

    return start, started


@pytest.fixture
def start():
    """Starts a server on a store; whatever became of it, its processes are ended after the test."""
    if not Path("/proc/self/environ").exists():
        pytest.skip("needs /proc, to know which processes come from a server")
    make, started = _starter()
    yield make
    for server in started:
        server.end()


@pytest.fixture
def rng():
    return random.Random(SEED)


@pytest.fixture(scope="session")
def tracer():
    """Skips, with the reason, where a process can't be traced."""
    if shutil.which("strace") is None:
        pytest.skip("needs strace, to see what a server writes and when")
    tried = subprocess.run([*STRACE, "-o", "/dev/null", sys.executable, "-c", "print(1)"], capture_output=True)
    if tried.returncode != 0:
        pytest.skip(f"strace may not trace here: {tried.stderr.decode(errors='replace')[:200]}")


@pytest.fixture(scope="session")
def record(tracer, tmp_path_factory):
    """Records the lives of one cellar: (work, the signal that ends it) each."""
    make, started = _starter()

    def recording(name, lives, fault=None):
        recorder = Recorder(make, tmp_path_factory.mktemp(name), fault)
        for work, ended_by in lives:
            recorder.live(work, ended_by)
        return recorder.recording

    yield recording
    for server in started:
        server.end()


@pytest.fixture(scope="session")
def recorded(record):
    """The server as it is shipped: killed, interrupted (then it closes its store), and told to end."""
    lives = [(working_day, signal.SIGKILL), (short_day, signal.SIGINT), (short_day, signal.SIGTERM)]
    return record("recorded", lives)


@pytest.fixture(scope="session")
def recorded_with(record):
    """A server with a planted fault."""
    return lambda fault: record(fault, [(first_hour, signal.SIGKILL)], fault)
