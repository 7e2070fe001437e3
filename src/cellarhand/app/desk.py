"""What people do, kept with who and when; every act says how to take it back."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cellarhand.app.importing import import_into
from cellarhand.domain import Brew, Clock, Conflict, Cycle, Event, Kind, Person, PlaceRole, Refused, Tank
from cellarhand.move import tank_name
from cellarhand.people import hash_token, new_token
from cellarhand.store import Store, Txn, cellar, kept, lookup, persons, readings, sensors
from cellarhand.store.times import moment
from cellarhand.store.writer import T
from cellarhand.units import GRAVITY
from cellarhand.web.ports import Done, Sample

SINCE_EVER = moment(0)
EVENTS = ("pitch", "dry hop", "dose", "note", "VDK", "taste", "tank full")


class Desk:
    """Fulfils the pages' port of the same name. Blocking: called from the server's threads."""

    def __init__(self, store: Store, clock: Clock, kinds: tuple[str, ...], zone: str = "UTC") -> None:
        self._store, self._clock, self._kinds, self._zone = store, clock, kinds, zone

    def _do(self, who: Person, what: str, data: dict[str, Any], job: Callable[[Txn], T]) -> T:
        def noted(txn: Txn) -> T:
            result = job(txn)
            persons.note(txn, who.id or None, what, data)
            return result

        return self._store.writer.run(noted)

    def _tank(self, name: str) -> Tank:
        with self._store.read() as conn:
            return lookup.tank_by_name(conn, name)

    def add_tank(self, who: Person, name: str, area: str, volume_l: float | None) -> Done:
        """A new tank."""
        clean = tank_name(name)
        self._do(
            who, "add tank", {"name": clean}, lambda txn: cellar.add_tank(txn, clean, area=area, volume_l=volume_l)
        )
        return Done(said=f"{clean} is there.")

    def step(self, who: Person, tank: str, state: str, at: datetime | None) -> Done:
        """Moves a tank on in its cycle."""
        here, to = self._tank(tank), _cycle(state)
        when = at or self._clock.now()
        made = self._do(
            who, "cycle", {"tank": tank, "to": to}, lambda txn: cellar.set_cycle(txn, here.id, to, when, who.id or None)
        )
        return Done(said=f"{here.name}: {to}.", undo=f"cycle:{made}")

    def start_batch(self, who: Person, tank: str, given: dict[str, Any]) -> Done:
        """Beer goes into a tank: the batch that was in it ends, the tank is in use."""
        here = self._tank(tank)
        started: datetime = given.get("started_at") or given.get("pitched_at") or self._clock.now()
        words = {k: given.get(k) for k in cellar.BATCH_WORDS}
        words["kind"] = _kind(given.get("kind"))

        def job(txn: Txn) -> tuple[int, int]:
            made = cellar.start_batch(
                txn,
                here.id,
                started_at=min(started, given.get("pitched_at") or started),
                words=words,
                pitched_at=given.get("pitched_at"),
                og=_gravity("og", given.get("og")),
                expected_fg=_gravity("expected_fg", given.get("expected_fg")),
                person_id=who.id or None,
            )
            state = Cycle.IN_USE if given.get("pitched_at") else Cycle.FILLING
            return made, cellar.set_cycle(txn, here.id, state, started, who.id or None)

        made, step = self._do(who, "start batch", {"tank": tank, **{k: str(v) for k, v in given.items()}}, job)
        said = f"{words.get('name') or words.get('brand') or 'A batch'} is in {here.name}."
        return Done(said=said, undo=f"batch:{made}:{step}", more={"id": made})

    def change_batch(self, who: Person, batch_id: int, given: dict[str, Any]) -> Done:
        """Changes what was stated of a batch."""
        changed = dict(given)
        if "kind" in changed:
            changed["kind"] = _kind(changed["kind"])
        for name in ("og", "expected_fg"):
            if name in changed:
                changed[name] = _gravity(name, changed[name])
        with self._store.read() as conn:
            before = lookup.batch_by_id(conn, batch_id)
        self._do(
            who, "change batch", {"batch": batch_id, **{k: str(v) for k, v in given.items()}},
            lambda txn: cellar.change_batch(txn, batch_id, changed),
        )  # fmt: skip
        old = {k: getattr(before, k) for k in given}
        return Done(said=f"{before.name} is changed.", more={"before": {k: str(v) for k, v in old.items()}})

    def add_brew(self, who: Person, batch_id: int, brew: Brew) -> Done:
        """One more brew into the batch: its original gravity is the volume-weighted mean."""

        def job(txn: Txn) -> None:
            batch = lookup.batch_by_id(txn.conn, batch_id)
            cellar.add_brew(txn, batch_id, brew)
            txn.change("batch", batch.tank_id)

        self._do(who, "brew", {"batch": batch_id, "volume_l": brew.volume_l}, job)
        return Done(said=f"{brew.volume_l:.0f} L went in.")

    def event(self, who: Person, tank: str, kind: str, at: datetime | None, data: dict[str, Any]) -> Done:
        """A pitch, dry hop, dose, test or note."""
        if kind not in EVENTS:
            raise Refused(f"an event is one of {', '.join(EVENTS)}", kind, "is it misspelt?")
        here, when = self._tank(tank), at or self._clock.now()

        def job(txn: Txn) -> int:
            batch = lookup.batch_covering(txn.conn, here.id, when)
            if batch is None:
                raise Conflict(f"there is no batch in {here.name} at that time: start one first")
            if kind == "pitch" and batch.pitched_at is None:
                cellar.change_batch(txn, batch.id, {"pitched_at": when})
                cellar.set_cycle(txn, here.id, Cycle.IN_USE, when, who.id or None)
            if kind == "tank full":
                cellar.change_batch(txn, batch.id, {"full_at": when})
            made, _ = cellar.add_event(
                txn, Event(kind=kind, at=when, tank_id=here.id, batch_id=batch.id, data=data), person_id=who.id or None
            )
            return made

        made = self._do(who, "event", {"tank": tank, "kind": kind}, job)
        return Done(said=f"{here.name}: {kind} noted.", undo=f"event:{made}", more={"id": made})

    def sample(self, who: Person, tank: str, sheet: Sample) -> Done:
        """What was measured on the round. The same `client_id` again changes nothing."""
        here = self._tank(tank)

        def job(txn: Txn) -> int:
            source = txn.ids.hand(txn.conn, here.id, who.id or None, f"{who.name} by hand")
            at = readings.free_instant(txn.conn, source, sheet.at)
            batch = lookup.batch_covering(txn.conn, here.id, at)
            event = Event(
                kind="sample",
                at=at,
                tank_id=here.id,
                batch_id=batch.id if batch else None,
                data={"raw": sheet.raw, "values": sheet.values, "taste": sheet.taste},
                precision_s=sheet.precision_s,
            )
            made, new = cellar.add_event(txn, event, person_id=who.id or None, client_id=sheet.client_id)
            if new:
                readings.append_readings(txn, source, readings.of_sample(sheet.values, at, sheet.precision_s), txn.now)
                txn.change("reading", here.id)
                _begin_if_none(txn, here, batch is not None, sheet)
            return made

        made = self._do(who, "sample", {"tank": tank}, job)
        return Done(said=f"{here.name}: kept.", undo=f"event:{made}", more={"id": made})

    def add_device(self, who: Person, given: dict[str, Any]) -> Done:
        """A device and its token, which is shown once and never again."""
        kind = str(given.get("kind", ""))
        if kind not in self._kinds:
            raise Refused(f"a device is of kind {', '.join(self._kinds)}", kind, "is it misspelt?")
        unit = str(given.get("gravity_unit") or ("plato" if kind == "ispindel" else "sg"))
        if unit not in ("sg", "plato"):
            raise Refused("a device's gravity unit is sg or plato", unit, "which does its formula give?")
        tank = self._tank(given["tank"]) if given.get("tank") else None
        token, name = new_token(), str(given.get("name") or kind).strip()[:60]

        def job(txn: Txn) -> int:
            made = sensors.add_device(txn, kind=kind, name=name, token_hash=hash_token(token), gravity_unit=unit)
            if tank is not None:
                sensors.place_device(txn, made, tank.id, SINCE_EVER)
            return made

        made = self._do(who, "add device", {"kind": kind, "name": name}, job)
        more = {"id": made, "token": token, "path": f"/in/{kind}/{token}"}
        return Done(said=f"{name} may post to /in/{kind}/{token}; this token is not shown again.", more=more)

    def place(self, who: Person, device_id: int, tank: str | None, at: datetime | None, role: str, height: str) -> Done:
        """Moves a device: what it says around the move belongs to no batch."""
        here = self._tank(tank) if tank else None
        when = at or self._clock.now()
        with self._store.read() as conn:
            device = sensors.device_by_id(conn, device_id)
            before = sensors.places_at(conn, when).get(device_id)
            first = not sensors.places_of(conn, device_id)
            was = next((t.name for t in lookup.list_tanks(conn) if before and t.id == before.tank_id), "")
        since = SINCE_EVER if first and at is None else when
        to = here.id if here else None
        self._do(
            who, "place", {"device": device_id, "tank": tank},
            lambda txn: sensors.place_device(txn, device_id, to, since, role=PlaceRole(role), height=height),
        )  # fmt: skip
        said = f"{device.name} is in {here.name}." if here else f"{device.name} is out."
        return Done(said=said, undo=f"place:{device_id}:{was}:{int(since.timestamp() * 1e6)}")

    def revoke_device(self, who: Person, device_id: int) -> Done:
        """Its token is refused from now on."""
        self._do(who, "revoke device", {"device": device_id}, lambda txn: sensors.revoke_device(txn, device_id))
        return Done(said="Its token is refused from now on; what it said stays.")

    def correct(self, who: Person, tank: str, correction_id: int, state: str) -> Done:
        """Accepts or dismisses a proposed drift correction; re-opens one."""
        if state not in ("accepted", "dismissed", "proposed"):
            raise Refused("a correction is accepted, dismissed or proposed", state, "is it misspelt?")
        here = self._tank(tank)
        self._do(
            who, "correction", {"id": correction_id, "state": state},
            lambda txn: kept.decide_correction(txn, correction_id, here.id, state, who.id or None),
        )  # fmt: skip
        return Done(said=f"The correction is {state}.", undo=f"correction:{here.name}:{correction_id}")

    def strike(self, who: Person, tank: str, source_id: int, at: datetime, why: str) -> Done:
        """Strikes out a reading: it stays visible, and no curve uses it."""
        here = self._tank(tank)
        made = self._do(
            who, "strike", {"tank": tank, "source": source_id, "at": str(at), "why": why},
            lambda txn: kept.strike(txn, source_id, here.id, at, why, who.id or None),
        )  # fmt: skip
        return Done(said="Struck out; it stays on the chart, faint.", undo=f"strike:{here.name}:{made}")

    def import_log(self, who: Person, tank: str | None, name: str, content: bytes, zone: str | None) -> Done:
        """Takes a log file in, whole or not at all; stamps without a zone are in `zone`, else in the site's."""
        there = _zone(zone or self._zone)
        summary = import_into(self._store, self._clock.now(), tank, name, content, who.id or None, there)
        return Done(said=summary.sentence, more=summary.as_json())

    def undo(self, who: Person, what: str) -> Done:
        """Takes an act back, by what it gave as `undo`."""
        verb, _, rest = what.partition(":")
        undo = {
            "cycle": self._undo_cycle,
            "batch": self._undo_batch,
            "event": self._undo_event,
            "place": self._undo_place,
            "correction": self._undo_correction,
            "strike": self._undo_strike,
        }.get(verb)
        if undo is None:
            raise Refused("an undo names what was done", what, "was it cut short?")
        self._do(who, "undo", {"what": what}, lambda txn: undo(txn, rest))
        return Done(said="Taken back.")

    @staticmethod
    def _undo_cycle(txn: Txn, rest: str) -> None:
        cellar.undo_cycle(txn, int(rest))

    @staticmethod
    def _undo_batch(txn: Txn, rest: str) -> None:
        batch, step = rest.split(":")
        cellar.undo_cycle(txn, int(step))
        cellar.undo_batch(txn, int(batch))

    @staticmethod
    def _undo_event(txn: Txn, rest: str) -> None:
        row = cellar.undo_event(txn, int(rest))
        if row.kind == "pitch" and row.batch_id is not None:
            batch = lookup.batch_by_id(txn.conn, row.batch_id)
            if batch.pitched_at == moment(row.at):
                cellar.change_batch(txn, batch.id, {"pitched_at": None})
        if row.kind == "sample":
            source = txn.ids.hand(txn.conn, row.tank_id, row.person_id, "by hand")
            kept.strike(txn, source, row.tank_id, moment(row.at), "taken back", row.person_id)

    @staticmethod
    def _undo_place(txn: Txn, rest: str) -> None:
        device, was, at = rest.split(":")
        tank = lookup.tank_by_name(txn.conn, was).id if was else None
        sensors.place_device(txn, int(device), tank, moment(int(at)))

    @staticmethod
    def _undo_correction(txn: Txn, rest: str) -> None:
        tank, correction = rest.rsplit(":", 1)
        kept.decide_correction(txn, int(correction), lookup.tank_by_name(txn.conn, tank).id, "proposed", None)

    @staticmethod
    def _undo_strike(txn: Txn, rest: str) -> None:
        tank, correction = rest.rsplit(":", 1)
        kept.undo_correction(txn, int(correction), lookup.tank_by_name(txn.conn, tank).id)


def _begin_if_none(txn: Txn, tank: Tank, running: bool, sheet: Sample) -> None:
    """A gravity typed at a tank of which nobody has said a word: a batch begins with it."""
    idle = tank.cycle_since is None or tank.cycle in (Cycle.FILLING, Cycle.IN_USE)
    if not running and "sg" in sheet.values and idle:
        cellar.start_batch(txn, tank.id, started_at=sheet.at, words={"name": "unnamed beer"})


def _cycle(state: str) -> Cycle:
    try:
        return Cycle(state)
    except ValueError:
        raise Refused(f"a tank is {', '.join(Cycle)}", state, "is it misspelt?") from None


def _kind(kind: str | None) -> Kind:
    try:
        return Kind(kind or Kind.ALE)
    except ValueError:
        raise Refused(f"kind is one of {', '.join(Kind)}", kind, "is it a style or a brand?") from None


def _gravity(name: str, value: float | None) -> float | None:
    if value is not None and not GRAVITY.holds(value):
        raise Refused(GRAVITY.rule, value, GRAVITY.cause(value), field=name)
    return value


def _zone(name: str) -> str:
    try:
        return ZoneInfo(name).key
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Refused("a zone is a name like Europe/Berlin", name, "is it misspelt?") from None
