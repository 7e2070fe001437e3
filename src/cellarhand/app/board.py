"""The board: every tank as it stands, kept up to date as readings and people's words come in.

A change wakes its tank at once, unless it has just been looked at: then after a rest, which grows where readings rain
faster than anyone could read. Woken tanks are asked about one after another, the longest waiting first, so that one
busy tank can't keep the others from being looked at.
"""

import asyncio
import logging
from datetime import datetime, timedelta

import numpy as np

from cellarhand.app.question import ask_of
from cellarhand.app.worker import Answer, Question, Worker, answer, forget, learn
from cellarhand.domain import Batch, CellarhandError, Clock, Tank
from cellarhand.store import Change, Store, Txn, kept, lookup
from cellarhand.web.ports import TankNow

REST_S, LONGEST_REST_S = 0.25, 4.0
WAKES = {"reading", "tank", "batch", "event", "device", "correction"}
log = logging.getLogger("cellarhand.board")


class Board:
    """Lives in the server's event loop; `view` may be called from any thread."""

    def __init__(self, store: Store, worker: Worker, clock: Clock, longest_rest_s: float = LONGEST_REST_S) -> None:
        self._store, self._worker, self._clock = store, worker, clock
        self._longest_rest_s = longest_rest_s
        self._views: dict[int, TankNow] = {}
        self._woken: dict[int, None] = {}
        self._wake = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self._resting: dict[int, float] = {}
        self._rest: dict[int, float] = {}
        self._timers: dict[int, asyncio.TimerHandle] = {}
        self._learnt: set[int] = set()
        self._said: dict[int, tuple[datetime, float]] = {}

    def views(self) -> list[TankNow]:
        """All tanks by name."""
        return sorted(self._views.values(), key=lambda v: natural(v.tank.name))

    def view(self, tank_id: int) -> TankNow | None:
        """One tank."""
        return self._views.get(tank_id)

    def heard(self, change: Change) -> None:
        """A change was committed."""
        tank_id = change.tank_id
        if change.kind not in WAKES or tank_id is None:
            return
        wait = self._resting.get(tank_id, 0.0) - self._loop.time()
        if wait <= 0:
            self._rest[tank_id] = REST_S
            self._ask_for(tank_id)
        elif tank_id not in self._timers:
            self._rest[tank_id] = min(2 * self._rest.get(tank_id, REST_S), self._longest_rest_s)
            self._timers[tank_id] = self._loop.call_later(wait, self._ask_for, tank_id)

    def _ask_for(self, tank_id: int) -> None:
        self._timers.pop(tank_id, None)
        self._resting[tank_id] = self._loop.time() + self._rest.get(tank_id, REST_S)
        self._woken.setdefault(tank_id)
        self._wake.set()

    def forgotten(self) -> None:
        """The worker lost its memory."""
        self._learnt.clear()

    async def run(self) -> None:
        """Until cancelled: everything once, then what changes."""
        for tank in await asyncio.to_thread(self._tanks):
            self._views.setdefault(tank.id, TankNow(tank=tank))
            self._woken.setdefault(tank.id)
        self._wake.set()
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self._woken:
                tank_id = next(iter(self._woken))
                del self._woken[tank_id]
                began = self._loop.time()
                try:
                    await self._look_at(tank_id)
                except CellarhandError as refused:
                    log.warning("tank %s can't be forecast: %s", tank_id, refused)
                except Exception:
                    log.exception("tank %s can't be looked at", tank_id)
                if self._woken:  # half the time is for readings
                    await asyncio.sleep(self._loop.time() - began)
            await self._learn_ended()

    def _tanks(self) -> list[Tank]:
        with self._store.read() as conn:
            return lookup.list_tanks(conn)

    async def _look_at(self, tank_id: int) -> None:
        """The way of a reading, second half: readings → curve → forecast → kept → page."""
        tank, batch, question, proposals = await asyncio.to_thread(self._ask, tank_id)
        if batch is None or question is None:
            self._views[tank_id] = TankNow(tank=tank)
            await self._announce(tank_id, None, None)
            return
        found = await asyncio.wrap_future(self._worker.submit(answer, question))
        self._views[tank_id] = _view(tank, batch, question, found, proposals)
        await self._announce(tank_id, found, batch)

    def _ask(self, tank_id: int) -> tuple[Tank, Batch | None, Question | None, int]:
        now = self._clock.now()
        with self._store.read() as conn:
            tank = next(t for t in lookup.list_tanks(conn) if t.id == tank_id)
            running = lookup.list_batches(conn, running=True, tank_id=tank_id)
            if not running:
                return tank, None, None, 0
            question = ask_of(conn, running[0], now)
            open_ = [c for c in kept.corrections_of(conn, list(question.source_ids)) if c["state"] == "proposed"]
            return tank, running[0], question, len(open_)

    async def _announce(self, tank_id: int, found: Answer | None, batch: Batch | None) -> None:
        """Keeps what was said where it is worth it, proposes corrections, and tells the pages, in one commit."""
        keep = found is not None and kept.worth_keeping(
            found.forecast, await asyncio.to_thread(self._before, found.batch_id)
        )

        def job(txn: Txn) -> None:
            if found is not None and batch is not None:
                if keep:
                    as_of = found.forecast.as_of_at or txn.now
                    kept.keep_forecast(txn, found.batch_id, as_of, found.forecast.rung, found.forecast.packed())
                for source_id, drift in found.drifts:
                    at = batch.hour_zero + timedelta(hours=drift.from_hours)
                    kept.propose_offset(txn, source_id, tank_id, "sg", at, drift.points / 1000, drift.sentence)
            txn.change("forecast", tank_id)

        await asyncio.wrap_future(self._store.writer.submit(job))
        if keep and found is not None and found.forecast.as_of_at is not None:
            left = float(found.forecast.hours_left.quantile(0.5))
            self._said[found.batch_id] = (found.forecast.as_of_at, left)

    def _before(self, batch_id: int) -> tuple[datetime, float] | None:
        if batch_id not in self._said:
            with self._store.read() as conn:
                last = kept.forecasts_of(conn, batch_id, newest=1)
            if last and last[0].as_of_at is not None:
                self._said[batch_id] = (last[0].as_of_at, float(last[0].hours_left.quantile(0.5)))
        return self._said.get(batch_id)

    async def _learn_ended(self) -> None:
        """Hands ended batches to the worker's past, one after another, as long as nothing else waits."""
        ended = await asyncio.to_thread(self._ended)
        for gone in self._learnt - set(ended):
            self._learnt.discard(gone)
            await asyncio.wrap_future(self._worker.submit(forget, gone))
        for batch_id in [i for i in ended if i not in self._learnt]:
            if self._woken:
                return
            question = await asyncio.to_thread(self._ask_ended, ended[batch_id])
            self._learnt.add(batch_id)
            try:
                await asyncio.wrap_future(self._worker.submit(learn, question))
            except CellarhandError as refused:
                log.warning("batch %s teaches nothing: %s", batch_id, refused)

    def _ended(self) -> dict[int, Batch]:
        with self._store.read() as conn:
            return {b.id: b for b in lookup.list_batches(conn, running=False)}

    def _ask_ended(self, batch: Batch) -> Question:
        with self._store.read() as conn:
            return ask_of(conn, batch, self._clock.now())


def _view(tank: Tank, batch: Batch, question: Question, found: Answer, proposals: int) -> TankNow:
    gravity = [s for s in question.series if np.isfinite(s.sg).any()]
    main = max(gravity or question.series, key=lambda s: s.hours[-1], default=None)
    every = float(np.median(np.diff(main.hours))) if main is not None and len(main.hours) > 2 else None
    return TankNow(
        tank=tank,
        batch=batch,
        curve=found.curve,
        forecast=found.forecast,
        phase=found.phase,
        newest=question.newest,
        temp_c=question.temp_c,
        every_h=every,
        sources=tuple(s.source for s in question.series),
        by_hand=bool(question.series) and all(s.by_hand for s in gravity or question.series),
        stable=found.stable,
        notes=found.curve.notes,
        proposals=proposals,
    )


def natural(name: str) -> tuple[object, ...]:
    """FV2 before FV10."""
    digits = "".join(c for c in name if c.isdigit())
    return ("".join(c for c in name if not c.isdigit()), int(digits) if digits else -1, name)
