"""The real server as a process of its own: started, asked, posted to, stopped or killed, ended for certain."""

import http.client
import json
import os
import signal
import subprocess
import sys
import time
import uuid
from contextlib import closing, suppress
from pathlib import Path

MARK = "CELLARHAND_DURABILITY_RUN"
PATIENCE_S = 60.0
WEAK = Path(__file__).with_name("weak_server.py")


def until(true, what):
    """Waits for something that must come; how long it takes is not what is proved."""
    deadline = time.monotonic() + PATIENCE_S
    while not (found := true()):
        assert time.monotonic() < deadline, f"{what}: not within {PATIENCE_S:.0f} s"
        time.sleep(0.02)
    return found


def command(store, fault=None):
    """The command line of a server; with a planted fault where one is named."""
    program = ["-m", "cellarhand"] if fault is None else [str(WEAK), fault]
    return [sys.executable, *program, "serve", "--store", str(store), "--port", "0"]


class Server:
    """One process of `cellarhand serve`. `before` are words of a command that runs it (a tracer)."""

    def __init__(self, store, *, fault=None, before=()):
        self.store, self.mark = store, uuid.uuid4().hex
        self.log = store.parent.with_name(f"{store.parent.name}-{self.mark[:8]}.log")
        environment = {k: v for k, v in os.environ.items() if k != "CELLARHAND_TEST_CLOCK"} | {MARK: self.mark}
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [*before, *command(store, fault)], stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=environment
            )
        self.pid, self.port, self.key = self.process.pid, 0, ""

    def said(self):
        """What it has printed and logged."""
        return self.log.read_text(errors="replace")

    def up(self):
        """Itself, once it listens."""

        def listening():
            assert self.process.poll() is None, f"the server ended ({self.process.returncode}):\n{self.said()}"
            return "Cellarhand is up" in self.said()

        until(listening, "a server that listens")
        live = json.loads(self.store.with_name(self.store.name + ".live").read_text())
        self.pid, self.key = live["pid"], live["key"]
        self.port = int(live["url"].rpartition(":")[2])
        return self

    def pids(self):
        """Every process that descends from this start and still lives, whoever its parent is now."""
        mark, found = f"{MARK}={self.mark}".encode(), []
        for folder in Path("/proc").iterdir():
            if folder.name.isdigit():
                with suppress(OSError):
                    if mark in (folder / "environ").read_bytes().split(b"\0"):
                        found.append(int(folder.name))
        return found

    def kill(self, by=signal.SIGKILL):
        """Signals the server alone: its children must see for themselves that it is gone. Waits for its end."""
        os.kill(self.pid, by)
        self.process.wait(PATIENCE_S)

    def end(self):
        """Whatever still lives of it, by its ids."""
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        for pid in self.pids():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        until(lambda: not self.pids(), "the end of the server's processes")

    def ask(self, method, path, body=None):
        """(status, headers, answer) of a request with this machine's key."""
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_S)) as connection:
            headers = {"authorization": f"Bearer {self.key}", "content-type": "application/json"}
            connection.request(method, path, None if body is None else json.dumps(body), headers)
            return _answer(connection)

    def made(self, path, body):
        """The answer to a POST that must succeed."""
        status, _, answer = self.ask("POST", path, body)
        assert status == 201, (status, answer)
        return answer

    def furnish(self, began):
        """A tank with a batch since `began` and a device in it; the path that the device posts to."""
        self.made("/api/tanks", {"name": "FV1"})
        device = self.made("/api/devices", {"kind": "json", "tank": "FV1"})
        self.made("/api/tanks/FV1/batches", {"name": "Saison", "pitched_at": began.isoformat(), "og": 1.05})
        return device["path"]


class Line:
    """A device's connection, kept alive from post to post."""

    def __init__(self, server, path):
        self._connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE_S)
        self._path = path
        self._connection.connect()
        self.port = self._connection.sock.getsockname()[1]

    def post(self, items):
        """(status, headers, answer); OSError or HTTPException where the server was killed meanwhile."""
        self._connection.request("POST", self._path, json.dumps(items), {"content-type": "application/json"})
        return _answer(self._connection)

    def close(self):
        """Hangs up."""
        self._connection.close()


def _answer(connection):
    response = connection.getresponse()
    return response.status, response.headers, json.loads(response.read())
