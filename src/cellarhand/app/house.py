"""The house, wired: who hands what to whom. Read this first.

    device ─► Intake ─► Store ─► Board ─► Worker (curve, forecast) ─► Board ─► Store ─► Hub ─► page

Beside it the Clerk has finished batches replayed, idle, and keeps what came of what was promised.
`Intake.receive` is the first half of a reading's way, `Board._look_at` the second; `change` events of the store's
writer join them: nothing is looked at before it is durable.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path

from cellarhand import __version__
from cellarhand.app.accounts import Accounts
from cellarhand.app.board import Board
from cellarhand.app.clocks import WallClock
from cellarhand.app.desk import Desk
from cellarhand.app.hub import Hub
from cellarhand.app.intake import Intake
from cellarhand.app.ledger import Clerk
from cellarhand.app.promises import Promises
from cellarhand.app.views import Views
from cellarhand.app.worker import Worker
from cellarhand.domain import Clock
from cellarhand.ingest import KINDS
from cellarhand.store import Change, Store
from cellarhand.web.ports import Ports

DEMO_REST_S = 1.0  # an hour of demo beer: longer, and its tanks would look silent


@dataclass(frozen=True)
class House:
    """Everything that lives while the server does."""

    store: Store
    intake: Intake
    board: Board
    accounts: Accounts
    ports: Ports
    clock: Clock


@contextlib.asynccontextmanager
async def open_house(
    path: Path, *, clock: Clock, demo: bool, zone: str = "UTC", synchronous: str = "FULL"
) -> AsyncIterator[House]:
    """Opens the store, starts the worker and wires the parts; on leaving, the mirror of it."""
    loop = asyncio.get_running_loop()
    hub = Hub(loop)
    told: list[Callable[[list[Change]], None]] = [hub.publish]
    store = Store(path, clock, on_commit=lambda changes: told[0](changes), synchronous=synchronous)
    forgotten: list[Callable[[], None]] = [lambda: None]
    worker = Worker(on_fresh=lambda: forgotten[0]())
    try:
        intake = Intake(store, clock, zone)
        board = Board(store, worker, clock, *([DEMO_REST_S] if demo else []))
        forgotten[0] = board.forgotten
        clerk = Clerk(store, clock)
        hub.tap(board.heard)
        hub.tap(clerk.heard)
        hub.tap(lambda change: intake.learn() if change.kind in ("device", "batch", "tank") else None)
        accounts = Accounts(store, WallClock(), demo=demo)
        ports = Ports(
            doors=intake,
            cellar=Views(store, board, hub, intake, clock),
            desk=Desk(store, clock, tuple(name for name, _, _ in KINDS), zone),
            accounts=accounts,
            promises=Promises(store, clerk),
            kinds=KINDS,
            version=__version__,
        )
        beside = [asyncio.create_task(job) for job in (board.run(), clerk.run())]
        try:
            yield House(store, intake, board, accounts, ports, clock)
        finally:
            for task in beside:
                task.cancel()
            await asyncio.gather(*beside, return_exceptions=True)
    finally:
        worker.close()
        await asyncio.to_thread(store.close)
