"""Where readings come in: a post is parsed, grouped with others, and answered only after its commit."""

import asyncio
from collections import ChainMap, Counter
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from cellarhand.app.importing import reach_back
from cellarhand.domain import Batch, Clock, Conflict, Cycle, Device, Place, Reading, Refused
from cellarhand.ingest import Frame, Origin, Strangers, beer_from, parse
from cellarhand.people import hash_token
from cellarhand.store import Store, Txn, cellar, lookup, sensors
from cellarhand.store.readings import Post, append_posts
from cellarhand.web.ports import Receipt, UnknownToken

MOST_FLOATS = 32
ONE_BEER = timedelta(days=60)  # a reading that is older than this before a batch isn't of it
KIND_ALIASES = {"cellarhand": "json", "own": "json"}


@dataclass(slots=True)
class _Group:
    """Posts that will be committed together, and everybody who waits for it."""

    done: "asyncio.Future[None]"
    posts: list[Post] = field(default_factory=list)
    tanks: set[int] = field(default_factory=set)
    texts: dict[tuple[int, str], str] = field(default_factory=dict)


class Intake:
    """Lives in the server's event loop. Knows devices and places by heart; the store is asked only when they change."""

    def __init__(self, store: Store, clock: Clock, zone: str = "UTC") -> None:
        self._store, self._clock, self._zone = store, clock, zone
        self._loop = asyncio.get_running_loop()
        self._group = _Group(self._loop.create_future())
        self._writing = False
        self._naming = asyncio.Lock()
        self._strangers = Strangers()
        self._texts: dict[tuple[int, str], str] = {}
        self.seen: dict[int, datetime] = {}
        self.learn()

    def learn(self) -> None:
        """Reads devices, places and batches anew."""
        now = self._clock.now()
        with self._store.read() as conn:
            self._tokens = sensors.tokens(conn)
            self._devices = {d.id: d for d in sensors.list_devices(conn)}
            self._places = sensors.places_at(conn, now)
            self._running = {b.tank_id: b for b in lookup.list_batches(conn, running=True)}
            self._cycles = {t.id: t for t in lookup.list_tanks(conn)}
        self._children = {(d.parent_id, d.key): d for d in self._devices.values() if d.parent_id is not None}

    async def receive(self, kind: str, token: str, body: bytes, content_type: str) -> Receipt:
        """The way of a reading, first half: device → parser → store. Answered after the commit.

        Raises UnknownToken, Refused (nothing of it was kept) or StoreUnavailable.
        """
        device = self._devices.get(self._tokens.get(hash_token(token), -1))
        if device is None or device.revoked:
            raise UnknownToken
        now = self._clock.now()
        try:
            kind = KIND_ALIASES.get(kind.lower(), kind.lower())
            if kind != device.kind:
                raise Refused(
                    f"this token belongs to a device of kind {device.kind}", kind, "is the address of another device?"
                )
            frames = parse(
                kind, body, content_type, Origin(received_at=now, zone=self._zone, gravity_unit=device.gravity_unit)
            )
        except Refused as refused:
            self._count([(device.id, refused)])
            raise
        return await self._keep(device, frames, now)

    async def _keep(self, device: Device, frames: list[Frame], now: datetime) -> Receipt:
        said: dict[int, list[Frame]] = {}
        refused: list[tuple[int, Refused]] = []
        for frame in frames:
            speaker = device if not frame.key else self._children.get((device.id, frame.key))
            try:
                if frame.refused is not None:
                    raise frame.refused
                speaker = speaker or await self._child(device, frame.key)
            except Refused as no:
                refused.append(((speaker or device).id, no.with_traceback(None)))
                continue
            kept, too_many = self._strangers.sift(speaker.id, frame)
            if too_many is not None:
                refused.append((speaker.id, too_many))
            if kept.readings:
                said.setdefault(speaker.id, []).append(kept)
        self._count(refused)
        if not said:
            raise refused[0][1]
        waits = {await self._post(device_id, spoken, now) for device_id, spoken in said.items()}
        for done in waits:
            await asyncio.shield(done)
        count = sum(len(frame.readings) for spoken in said.values() for frame in spoken)
        return Receipt(kept=count, refused=tuple(no for _, no in refused))

    async def _post(self, device_id: int, frames: list[Frame], now: datetime) -> "asyncio.Future[None]":
        """All that one device said, on its way into the store."""
        tanks = await self._tanks_of(device_id, frames)
        self.seen[device_id] = now
        readings: list[Reading] = []
        for frame in frames:
            readings += frame.readings + self._new_texts(device_id, frame, now)
        return self._append(Post(device_id, now, tuple(readings)), tanks)

    def _append(self, post: Post, tanks: set[int]) -> "asyncio.Future[None]":
        group = self._group
        group.posts.append(post)
        group.tanks |= tanks
        if not self._writing:
            self._flush()
        return group.done

    def _flush(self) -> None:
        group, self._group = self._group, _Group(self._loop.create_future())
        self._writing = True

        def job(txn: Txn) -> None:
            if append_posts(txn, group.posts):
                for tank_id in group.tanks:
                    txn.change("reading", tank_id)

        future = self._store.writer.submit(job)
        future.add_done_callback(lambda f: self._loop.call_soon_threadsafe(self._flushed, group, f.exception()))

    def _flushed(self, group: _Group, failure: BaseException | None) -> None:
        self._writing = False
        if failure is None:
            self._texts |= group.texts
        if group.done.cancelled():
            pass
        elif failure is None:
            group.done.set_result(None)
        else:
            group.done.set_exception(failure)
            group.done.exception()  # whoever still waits gets it; nobody waiting is no error of its own
        if self._group.posts:
            self._flush()

    def _count(self, refused: list[tuple[int, Refused]]) -> None:
        """On the devices' pages, all of a post at once."""
        newest = {(device_id, sensors.rule_of(no)): no for device_id, no in refused}
        counts = Counter((device_id, sensors.rule_of(no)) for device_id, no in refused)

        def job(txn: Txn) -> None:
            for (device_id, rule), no in newest.items():
                sensors.note_refusal(txn, device_id, no, counts[device_id, rule])

        if refused:
            self._store.writer.submit(job)

    def _new_texts(self, device_id: int, frame: Frame, now: datetime) -> tuple[Reading, ...]:
        """Texts that differ from what this device said last: logged on change. Said is what was kept, or will be
        together with this: what a commit lost comes again and is new again.
        """
        at = frame.readings[0].observed_at if frame.readings else now
        said = ChainMap(self._group.texts, self._texts)
        new = [(name, text) for name, text in frame.texts.items() if said.get((device_id, name)) != text]
        for name, text in new:
            self._group.texts[device_id, name] = text
        return tuple(Reading(channel=f"x_{name}"[:48], observed_at=at, text=text[:200]) for name, text in new)

    async def _child(self, bridge: Device, key: str) -> Device:
        """A float that a bridge speaks of. Two posts that name a new one at once make one."""
        async with self._naming:
            known = self._children.get((bridge.id, key))
            siblings = sum(parent == bridge.id for parent, _ in self._children)
            if known is None and siblings >= MOST_FLOATS:
                raise Refused(f"a bridge speaks for {MOST_FLOATS} floats", key, "is its name garbled?")
            return known or await self._new_child(bridge, key, first=not siblings)

    async def _new_child(self, bridge: Device, key: str, *, first: bool) -> Device:
        """A float that a bridge speaks of for the first time. The first one hangs where the bridge was put."""
        place = self._places.get(bridge.id)

        def job(txn: Txn) -> int:
            made = sensors.add_device(
                txn, kind=bridge.kind, name=f"{bridge.name} {key}"[:60], token_hash=None, parent_id=bridge.id, key=key
            )
            if first and place is not None:
                sensors.place_device(txn, made, place.tank_id, place.from_at, role=place.role, height=place.height)
            return made

        made = await asyncio.wrap_future(self._store.writer.submit(job))
        await asyncio.to_thread(self.learn)
        return self._devices[made]

    async def _tanks_of(self, device_id: int, frames: list[Frame]) -> set[int]:
        """The tanks to look at anew: where the device hangs, and where it hung when a late reading was taken."""
        place = self._places.get(device_id)
        oldest = min(r.observed_at for frame in frames for r in frame.readings)
        if place is not None:
            await self._see_beer(place, beer_from(frames, place.from_at))
            if oldest >= place.from_at:
                return {place.tank_id}
        return await asyncio.to_thread(self._hung_since, device_id, oldest)

    def _hung_since(self, device_id: int, at: datetime) -> set[int]:
        with self._store.read() as conn:
            return {p.tank_id for p in sensors.places_of(conn, device_id) if p.to_at is None or p.to_at > at}

    async def _see_beer(self, place: Place, first: datetime | None) -> None:
        """Where beer first shows up in an idle tank, a batch begins."""
        batch = self._running.get(place.tank_id)
        if first is None:
            return
        if batch is None:
            await self._begin(place, first)
        elif batch.assumed and batch.started_at - ONE_BEER < first < batch.started_at:
            await self._begin_earlier(batch, first)

    async def _begin(self, place: Place, first: datetime) -> None:
        """Beer in a tank of which nobody has said a word: a batch begins, unnamed, at its first reading."""
        tank = self._cycles[place.tank_id]
        if tank.cycle_since is not None and tank.cycle not in (Cycle.FILLING, Cycle.IN_USE):
            return

        def job(txn: Txn) -> None:
            if lookup.batch_covering(txn.conn, place.tank_id, txn.now) is None:
                cellar.start_batch(txn, place.tank_id, started_at=first, words={"name": "unnamed beer"})

        with suppress(Conflict):  # an older reading of a tank whose later batches are known: it lands by its time
            await asyncio.wrap_future(self._store.writer.submit(job))
        await asyncio.to_thread(self.learn)

    async def _begin_earlier(self, batch: Batch, first: datetime) -> None:
        """An older reading came late: the batch that we assumed began with it, unless another was there then."""
        await asyncio.wrap_future(self._store.writer.submit(lambda txn: reach_back(txn, batch, first)))
        await asyncio.to_thread(self.learn)
