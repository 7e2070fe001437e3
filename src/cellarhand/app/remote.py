"""The command line's hands: through a running server's API, or at the store itself where no server has it."""

import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from cellarhand.app.accounts import LOCAL_PERSON, Accounts
from cellarhand.app.clocks import WallClock
from cellarhand.app.desk import Desk
from cellarhand.app.importing import Summary, keep, parse_file
from cellarhand.domain import CellarhandError, Conflict, Refused, Role
from cellarhand.ingest import KINDS
from cellarhand.move import tank_name
from cellarhand.store import Store, Txn, live_server

err = Console(stderr=True, highlight=False)


class Remote:
    """A running server, spoken to with the key that only this store's owner can read."""

    def __init__(self, url: str, key: str) -> None:
        self._url = url
        self._client = httpx.Client(base_url=url, headers={"authorization": f"Bearer {key}"}, timeout=600.0)

    def get(self, path: str, **query: str) -> dict[str, Any]:
        """An answer of the API."""
        return self._ask("GET", path, params=query)

    def _post(self, path: str, **more: Any) -> dict[str, Any]:
        return self._ask("POST", path, **more)

    def _ask(self, method: str, path: str, **more: Any) -> dict[str, Any]:
        try:
            answer = self._client.request(method, path, **more)
        except httpx.HTTPError as error:
            raise Conflict(f"the server at {self._url} doesn't answer ({error}); is it starting?") from None
        told: dict[str, Any] = answer.json()
        if answer.status_code >= 400:
            raise Refused(told.get("rule", "it was refused"), told.get("value", ""), told.get("cause", ""))
        return told

    def add_device(self, given: dict[str, Any]) -> dict[str, Any]:
        """As the desk does it."""
        if given.get("tank"):
            self.ensure_tank(given["tank"])
        body = {k: v for k, v in given.items() if v is not None}
        return self._post("/api/devices", json=body) | {"url": self._url}

    def ensure_tank(self, name: str) -> None:
        """Makes the tank where there is none."""
        if self._client.get(f"/api/tanks/{name}").status_code == 404:
            self._post("/api/tanks", json={"name": name})

    def invite(self, name: str, role: str) -> dict[str, Any]:
        """As the accounts do it."""
        return self._post("/api/persons", json={"name": name, "role": role}) | {"url": self._url}

    def import_file(self, path: Path, tank: str | None, zone: str | None) -> Summary:
        """Sends a file whole; the server keeps it whole or not at all."""
        query = {"name": path.name} | ({"tank": tank} if tank else {}) | ({"zone": zone} if zone else {})
        told = self._post("/api/import", params=query, content=path.read_bytes())
        return Summary(**{k: told[k] for k in Summary.__dataclass_fields__})


class AtTheDesk:
    """The same where no server runs: the store is open for this one command."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._desk = Desk(store, WallClock(), tuple(name for name, _, _ in KINDS))
        self._accounts = Accounts(store, WallClock(), demo=False)

    def add_device(self, given: dict[str, Any]) -> dict[str, Any]:
        """A device; its tank is made where there is none."""
        from cellarhand.store.cellar import ensure_tank

        if given.get("tank"):
            name = tank_name(given["tank"])
            self._store.writer.run(lambda txn: ensure_tank(txn, name))
        return self._desk.add_device(LOCAL_PERSON, given).more

    def invite(self, name: str, role: str) -> dict[str, Any]:
        """A person with a one-time link."""
        try:
            wanted = Role(role)
        except ValueError:
            raise Refused(f"a role is one of {', '.join(Role)}", role, "is it misspelt?") from None
        return self._accounts.invite(LOCAL_PERSON, name, wanted).more


def at_the_desk(path: Path, act: Callable[[AtTheDesk], Any]) -> Any:
    """Opens the store, acts, closes it."""
    store = Store(path, WallClock())
    try:
        return act(AtTheDesk(store))
    finally:
        store.close()


def import_all(files: list[Path], tank: str | None, store_path: Path, zone: str | None) -> int:
    """Takes files in one after another, with a progress bar; the exit code."""
    for file in files:
        if not (os.path.isfile(file) and os.access(file, os.R_OK)):  # noqa: PTH113 -- says no where is_file() raises
            raise Refused("a log file exists and may be read", str(file), "is the path right?")
    found = live_server(store_path)
    remote = Remote(*found) if found else None
    failed = 0
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=err, transient=True) as bar:
        for file in files:
            task = bar.add_task(file.name, total=file.stat().st_size)

            def on_rows(done: int, task: Any = task) -> None:
                bar.update(task, completed=done)

            try:
                if remote is not None:
                    summary = remote.import_file(file, tank, zone)
                else:
                    summary = _import_here(store_path, file, tank, zone or "UTC", on_rows)
                _tell(summary)
            except CellarhandError as error:
                err.print(f"cellarhand: {file.name}: {error}; nothing of it was kept.", markup=False, soft_wrap=True)
                failed += 1
            bar.remove_task(task)
    return 2 if failed else 0


def _import_here(store_path: Path, file: Path, tank: str | None, zone: str, on_rows: Callable[[int], None]) -> Summary:
    parsed = parse_file(file, zone, on_rows)
    store = Store(store_path, WallClock())
    try:
        now = WallClock().now()
        given_up = threading.Event()

        def job(txn: Txn) -> Summary:
            summary = keep(txn, parsed, now, tank, file.name, None)
            if given_up.is_set():
                raise Conflict("it was stopped")
            return summary

        waiting = store.writer.submit(job)
        try:
            return waiting.result()
        except KeyboardInterrupt:
            given_up.set()
            raise
    finally:
        store.close()


def _tell(summary: Summary) -> None:
    print(summary.sentence)
    for line in summary.lines[:50]:
        err.print(f"  {line}", markup=False, soft_wrap=True)
    if len(summary.lines) > 50:
        err.print(f"  … and {len(summary.lines) - 50} more")
