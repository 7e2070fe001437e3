"""What can be looked at, for the pages and the API. Fulfils the port `Cellar`."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

from cellarhand.app.board import Board, natural
from cellarhand.app.hub import Hub
from cellarhand.app.intake import Intake
from cellarhand.app.question import HANDLING_US
from cellarhand.domain import Batch, Brew, Clock, Device, Forecast, NotFound, Phase
from cellarhand.store import Store, kept, lookup, readings, sensors
from cellarhand.store.times import micros, moment
from cellarhand.web.ports import Change, DeviceNow, TankNow


class Views:
    """Reads the board for what is live and the store for what is kept. Blocking: called from the server's threads."""

    def __init__(self, store: Store, board: Board, hub: Hub, intake: Intake, clock: Clock) -> None:
        self._store, self._board, self._hub, self._intake, self._clock = store, board, hub, intake, clock

    def now(self) -> datetime:
        """The cellar's time."""
        return self._clock.now()

    def tanks(self) -> list[TankNow]:
        """All tanks by name; one that was added this moment too."""
        known = {view.tank.id: view for view in self._board.views()}
        with self._store.read() as conn:
            found = lookup.list_tanks(conn)
        views = [known.get(tank.id) or TankNow(tank=tank) for tank in found]
        return sorted(views, key=lambda view: natural(view.tank.name))

    def tank(self, name: str) -> TankNow:
        """One tank, by name or id. Raises NotFound."""
        for view in self.tanks():
            if view.tank.name.lower() == name.lower() or str(view.tank.id) == name:
                return view
        raise NotFound(f"there is no tank {name}")

    def brews(self, batch_id: int) -> list[Brew]:
        """The brews of a batch."""
        with self._store.read() as conn:
            return lookup.brews_of(conn, batch_id)

    def phases(self, batch_id: int) -> list[Phase]:
        """Phases that were said."""
        with self._store.read() as conn:
            return lookup.phases_of(conn, batch_id)

    def events(self, view: TankNow) -> list[dict[str, Any]]:
        """Events of what is in the tank."""
        if view.batch is None:
            return []
        with self._store.read() as conn:
            return lookup.events_of(conn, view.tank.id, view.batch.started_at, view.batch.ended_at)

    def corrections(self, view: TankNow) -> list[dict[str, Any]]:
        """Drift corrections proposed and decided for what is in the tank."""
        if view.batch is None:
            return []
        with self._store.read() as conn:
            spans = readings.spans_of(conn, view.batch)
            names = {span.source_id: span.label for span in spans}
            found = kept.corrections_of(conn, list(names))
        begin = view.batch.started_at
        return [{**c, "source": names[c["source_id"]]} for c in found if c["from_at"] >= begin]

    def said(self, batch_id: int) -> list[Forecast]:
        """What was said of a batch, oldest first."""
        with self._store.read() as conn:
            return kept.forecasts_of(conn, batch_id)

    def readings(self, view: TankNow, channel: str | None, since: datetime | None) -> list[dict[str, Any]]:
        """Readings of what is in the tank, oldest first, as received."""
        begin = max(micros(since) if since else 0, 0)
        with self._store.read() as conn:
            running = lookup.list_batches(conn, running=True, tank_id=view.tank.id)
            spans = readings.spans_of(conn, running[0], handling_us=HANDLING_US) if running else []
            rows = readings.all_of(conn, spans, channel, begin)
        return [{**row, "observed_at": moment(row["observed_at"])} for row in rows]

    def batches(self) -> list[Batch]:
        """All batches, newest first."""
        with self._store.read() as conn:
            return lookup.list_batches(conn)

    def devices(self) -> list[DeviceNow]:
        """All devices as they stand."""
        with self._store.read() as conn:
            return [self._device(conn, d, whole=False) for d in sensors.list_devices(conn)]

    def device(self, device_id: int) -> DeviceNow:
        """One device with where it has been and what was refused of it."""
        with self._store.read() as conn:
            return self._device(conn, sensors.device_by_id(conn, device_id), whole=True)

    def _device(self, conn: Any, device: Device, *, whole: bool) -> DeviceNow:
        names = {t.id: t.name for t in lookup.list_tanks(conn)}
        place = sensors.places_at(conn, self._clock.now()).get(device.id)
        refused = sensors.refusals_of(conn, device.id)
        past = sensors.places_of(conn, device.id) if whole else []
        return DeviceNow(
            device=device,
            place=place,
            tank=names.get(place.tank_id) if place else None,
            seen=self._intake.seen.get(device.id) or readings.newest_of_device(conn, device.id),
            refused=sum(r["count"] for r in refused),
            refusals=tuple(refused) if whole else (),
            places=tuple((names.get(p.tank_id, "?"), p) for p in past),
        )

    def newest_change(self) -> int:
        """The newest number of the sequence."""
        with self._store.read() as conn:
            return kept.newest_change(conn)

    async def changes(self, since: int) -> AsyncIterator[Change | None]:
        """Changes after `since` as they come; None now and then."""

        def catch_up(seq: int) -> Any:
            with self._store.read() as conn:
                return kept.changes_since(conn, seq)

        async for change in self._hub.follow(since, catch_up):
            if change is None:
                yield None
                continue
            view = None if change.tank_id is None else self._board.view(change.tank_id)
            yield Change(seq=change.seq, kind=change.kind, tank=view.tank.name if view else None)
