"""The ledger's clerk: finished batches are replayed in the background, one by one, and what came of each is kept.

It runs in the server's event loop and only plans and keeps; the replays run in a process of their own, idle: they never
slow a reading. Each batch is kept as soon as it is done, so a restart goes on where it was.
"""

import asyncio
import contextlib
import logging
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from datetime import datetime, timedelta
from typing import Any

from cellarhand.app.findings import plain
from cellarhand.app.plan import BATCH, ROWS, RUNGS, Plan, Planner
from cellarhand.app.processes import end, idle_pool
from cellarhand.app.question import ask_of
from cellarhand.app.replaying import Case, compare, judge, stand, take
from cellarhand.domain import Batch, Clock
from cellarhand.store import Change, Store, Txn, findings, kept

WAKES = {"batch", "event", "correction", "import"}
QUIET_S, LOOK_S = 2.0, 60.0  # after people's last word; how often readings alone are reason to look
LIVE_WITHIN = timedelta(hours=12)  # a forecast made later of old readings was said to nobody
log = logging.getLogger("cellarhand.ledger")


def case_of(store: Store, batch: Batch, now: datetime) -> Case:
    """A batch's readings and what was said of it while it mattered."""
    with store.read() as conn:
        return Case(question=ask_of(conn, batch, now), live=tuple(kept.said_live(conn, batch.id, LIVE_WITHIN)))


class Clerk:
    """Lives in the server's event loop; `progress` and `working` may be read from any thread."""

    def __init__(self, store: Store, clock: Clock, quiet_s: float = QUIET_S, look_s: float = LOOK_S) -> None:
        self._store, self._clock = store, clock
        self._quiet_s, self._look_s = quiet_s, look_s
        self._planner = Planner()
        self._changed: set[int | None] = set()
        self._wake = asyncio.Event()
        self._said = asyncio.Event()
        self._said.set()
        self.progress = (0, 0)
        self.working = False

    def heard(self, change: Change) -> None:
        """A change was committed: at once for people's words, in time for readings."""
        if change.kind in WAKES or change.kind in ("reading", "device"):
            self._changed.add(change.tank_id)
            self._wake.set()
        if change.kind in WAKES:
            self._said.set()

    async def run(self) -> None:
        """Until cancelled: what is due at the start, then whenever something has changed."""
        self._wake.set()
        while True:
            await self._wake.wait()
            await self._until_quiet()
            try:
                await self._sweep()
            except BrokenProcessPool:
                log.warning("the ledger's process died; it is started anew when something changes")
            except Exception:
                log.exception("the ledger can't be kept up to date")
            finally:
                self.progress, self.working = (0, 0), False

    async def _until_quiet(self) -> None:
        """Waits until people have said nothing for a moment; where only readings came, for longer."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._said.wait(), self._look_s)
        while self._said.is_set():
            self._said.clear()
            await asyncio.sleep(self._quiet_s)
        self._wake.clear()

    async def _sweep(self) -> None:
        plan = await asyncio.to_thread(self._plan)
        if plan.gone:
            await self._keep(lambda txn: findings.forget_findings(txn, plan.gone))
        if not plan.due and not plan.rungs_due:
            return
        self.progress, self.working = (0, len(plan.due)), True
        workers = idle_pool(1)
        try:
            if await self._replay(plan, workers) and await self._compare(plan, workers):
                await self._judge_rungs(plan, workers)
        finally:
            await asyncio.to_thread(end, workers)
            self.progress, self.working = (0, 0), False
            await self._keep(lambda txn: None)

    def _plan(self) -> Plan:
        changed, self._changed = self._changed, set()
        for tank_id in changed:
            self._planner.forget(tank_id)
        with self._store.read() as conn:
            return self._planner.plan(conn, self._clock.now())

    async def _replay(self, plan: Plan, workers: ProcessPoolExecutor) -> bool:
        """All batches in the order in which they began; False where somebody said something in the meantime."""
        done = 0
        for batch in plan.batches:
            if self._said.is_set():
                self._wake.set()
                return False
            case = await asyncio.to_thread(case_of, self._store, batch, self._clock.now())
            if batch.id not in plan.due:
                await asyncio.wrap_future(workers.submit(take, case))
                continue
            found = await asyncio.wrap_future(workers.submit(judge, case))
            done += 1
            self.progress = (done, len(plan.due))
            await self._keep_finding(f"{BATCH}{batch.id}", plan.keys[batch.id], plain(found))
        self.progress = (0, 0)
        return True

    async def _compare(self, plan: Plan, workers: ProcessPoolExecutor) -> bool:
        """The rungs side by side, batch by batch: the learned ones take seconds each, so nobody waits for it."""
        for batch_id in plan.uncompared:
            if self._said.is_set():
                self._wake.set()
                return False
            rows = await asyncio.wrap_future(workers.submit(compare, batch_id))
            await self._keep_finding(f"{ROWS}{batch_id}", plan.keys[batch_id], rows)
        return True

    async def _judge_rungs(self, plan: Plan, workers: ProcessPoolExecutor) -> None:
        kept_rows = await asyncio.to_thread(self._rows)
        found = await asyncio.wrap_future(workers.submit(stand, [row for rows in kept_rows for row in rows]))
        await self._keep_finding(RUNGS, plan.rungs_key, plain(found))

    def _rows(self) -> list[Any]:
        with self._store.read() as conn:
            return [finding.data for finding in findings.findings_of(conn, ROWS).values()]

    async def _keep_finding(self, name: str, key: str, data: Any) -> None:
        await self._keep(lambda txn: findings.keep_finding(txn, name, key, data))

    async def _keep(self, job: Callable[[Txn], object]) -> None:
        """In one commit with the word that the ledger's pages have changed."""

        def told(txn: Txn) -> None:
            job(txn)
            txn.change("promises")

        await asyncio.wrap_future(self._store.writer.submit(told))
