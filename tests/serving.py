"""A real server process for tests: started on a free port, spoken to over HTTP, ended by its id."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx


class Running:
    """`cellarhand serve` as a process of its own."""

    def __init__(self, folder: Path, *arguments: str, env: dict | None = None, store: str = "cellar.db"):
        self.folder, self.store = folder, folder / store
        self._arguments, self._env = arguments, {**os.environ, **(env or {})}
        self.start()

    def start(self, wait=True):
        command = [
            sys.executable,
            "-m",
            "cellarhand",
            "serve",
            "--store",
            str(self.store),
            "--port",
            "0",
            *self._arguments,
        ]
        self.log = self.folder / "server.log"
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log, env=self._env, cwd=self.folder)
        if wait:
            self._await()

    def _await(self):
        live = self.store.with_name(self.store.name + ".live")
        for _ in range(400):
            if self.process.poll() is not None:
                raise AssertionError(f"the server ended: {self.log.read_text()[-2000:]}")
            text = live.read_text() if live.exists() else ""
            if text:
                told = json.loads(text)
                if told["pid"] == self.process.pid:
                    self.url, self.key = told["url"], told["key"]
                    break
            time.sleep(0.05)
        else:
            raise AssertionError(f"the server did not come up: {self.log.read_text()[-2000:]}")
        self.http = httpx.Client(base_url=self.url, headers={"authorization": f"Bearer {self.key}"}, timeout=30)
        self.bare = httpx.Client(base_url=self.url, timeout=30)

    @property
    def said(self) -> str:
        """What the server has printed."""
        return self.log.read_text()

    def api(self, method: str, path: str, body=None, status: int | None = None):
        """A call with the key of this machine's command line; the JSON answer."""
        answer = self.http.request(method, path, json=body)
        if status is not None:
            assert answer.status_code == status, answer.text
        else:
            assert answer.status_code < 400, answer.text
        return answer.json()

    def tank(self, name="FV1", **more):
        """A new tank."""
        self.api("POST", "/api/tanks", {"name": name, **more})
        return name

    def device(self, kind="json", tank="FV1", **more) -> str:
        """A new device: the path that it posts to."""
        return self.api("POST", "/api/devices", {"kind": kind, "tank": tank, **more})["path"]

    def post(self, path: str, body, content_type="application/json"):
        """A device's post."""
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.bare.post(path, content=content, headers={"content-type": content_type})

    def until(self, what, seconds=20.0):
        """Asks again and again until `what()` is true; returns it."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            found = what()
            if found:
                return found
            time.sleep(0.05)
        raise AssertionError(f"it did not come true: {self.said[-1500:]}")

    def forecast(self, tank="FV1", readings: int | None = None):
        """The tank's forecast, once the worker has looked at what is there."""

        def ready():
            now = self.api("GET", f"/api/tanks/{tank}")
            return now["forecast"] if now["forecast"] else None

        return self.until(ready)

    def stop(self, how=signal.SIGTERM):
        """Ends the process."""
        if self.process.poll() is None:
            self.process.send_signal(how)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait(10)
        for client in ("http", "bare"):
            if hasattr(self, client):
                getattr(self, client).close()
