"""Tanks, their cycle, batches, brews, phases and events: what people do in a cellar, kept with who and when."""

import json
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, select, update

from cellarhand.domain import Brew, Conflict, Cycle, Event, Kind, NotFound, Phase
from cellarhand.store.ids import made_id
from cellarhand.store.lookup import batch_by_id
from cellarhand.store.schema import batches, brews, events, lots, phases, tank_cycle, tanks
from cellarhand.store.times import maybe_micros, micros
from cellarhand.store.writer import Txn

BATCH_WORDS = ("brand", "style", "kind", "culture", "name")


def add_tank(txn: Txn, name: str, *, area: str = "", volume_l: float | None = None) -> int:
    """A new tank, empty. Raises Conflict where the name is taken."""
    if txn.conn.execute(select(tanks.c.id).where(func.lower(tanks.c.name) == name.lower())).scalar() is not None:
        raise Conflict(f"there is a tank {name} already")
    made = txn.conn.execute(tanks.insert().values(name=name, area=area, volume_l=volume_l, made_at=txn.now_us))
    tank_id = made_id(made)
    txn.change("tank", tank_id)
    return tank_id


def ensure_tank(txn: Txn, name: str) -> int:
    """The tank of that name, made where there is none."""
    found = txn.conn.execute(select(tanks.c.id).where(func.lower(tanks.c.name) == name.lower())).scalar()
    return found if found is not None else add_tank(txn, name)


def set_cycle(txn: Txn, tank_id: int, state: Cycle, at: datetime, person_id: int | None) -> int:
    """Moves the tank on in its cycle; emptying it ends the batch in it."""
    made = txn.conn.execute(
        tank_cycle.insert().values(tank_id=tank_id, state=state, at=micros(at), person_id=person_id)
    )
    if state in (Cycle.EMPTY, Cycle.CIP, Cycle.SANITISED, Cycle.OUT_OF_SERVICE):
        end_batch(txn, tank_id, at)
    txn.change("tank", tank_id)
    return made_id(made)


def note_cycle(txn: Txn, tank_id: int, state: Cycle, at: datetime, person_id: int | None) -> None:
    """A step of the cycle as a historian tells it: batches are told by it too, so none is ended here."""
    txn.conn.execute(tank_cycle.insert().values(tank_id=tank_id, state=state, at=micros(at), person_id=person_id))


def undo_cycle(txn: Txn, cycle_id: int) -> None:
    """Takes a step of the cycle back, and with it the end of the batch that it caused."""
    row = txn.conn.execute(select(tank_cycle).where(tank_cycle.c.id == cycle_id)).one_or_none()
    if row is None:
        raise NotFound("there is no such step of a tank's cycle")
    txn.conn.execute(update(tank_cycle).where(tank_cycle.c.id == cycle_id).values(undone_at=txn.now_us))
    same = (batches.c.tank_id == row.tank_id) & (batches.c.ended_at == row.at)
    txn.conn.execute(update(batches).where(same).values(ended_at=None))
    txn.change("tank", row.tank_id)


def end_batch(txn: Txn, tank_id: int, at: datetime) -> None:
    """Ends what is in the tank at that instant."""
    b = batches.c
    running = (b.tank_id == tank_id) & b.ended_at.is_(None) & b.undone_at.is_(None) & (b.started_at < micros(at))
    txn.conn.execute(update(batches).where(running).values(ended_at=micros(at)))


def start_batch(
    txn: Txn,
    tank_id: int,
    *,
    started_at: datetime,
    words: dict[str, Any],
    pitched_at: datetime | None = None,
    full_at: datetime | None = None,
    ended_at: datetime | None = None,
    og: float | None = None,
    expected_fg: float | None = None,
    person_id: int | None = None,
) -> int:
    """A lot's stay in a tank. What was in the tank is ended; raises Conflict where it would overlap a later batch."""
    b = batches.c
    end_us = maybe_micros(ended_at)
    later = (b.tank_id == tank_id) & b.undone_at.is_(None) & (b.started_at >= micros(started_at))
    if end_us is not None:
        later &= b.started_at < end_us
    if txn.conn.execute(select(b.id).where(later)).first() is not None:
        raise Conflict("another batch began in this tank after that; give this one an end before it")
    end_batch(txn, tank_id, started_at)
    lot = txn.conn.execute(
        lots.insert().values(
            name=words.get("name") or words.get("brand") or "unnamed beer",
            brand=words.get("brand"),
            style=words.get("style"),
            kind=words.get("kind") or Kind.ALE,
            culture=words.get("culture"),
            made_at=txn.now_us,
        )
    )
    made = txn.conn.execute(
        batches.insert().values(
            lot_id=made_id(lot),
            tank_id=tank_id,
            started_at=micros(started_at),
            pitched_at=maybe_micros(pitched_at),
            full_at=maybe_micros(full_at),
            ended_at=end_us,
            og=og,
            expected_fg=expected_fg,
            person_id=person_id,
        )
    )
    txn.change("batch", tank_id)
    return made_id(made)


def change_batch(txn: Txn, batch_id: int, given: dict[str, Any]) -> None:
    """Changes what people state of a batch: words of its lot, og, expected_fg, pitched_at, full_at, ended_at."""
    batch = batch_by_id(txn.conn, batch_id)
    words = {k: v for k, v in given.items() if k in BATCH_WORDS}
    own = {k: maybe_micros(v) if k.endswith("_at") else v for k, v in given.items() if k not in BATCH_WORDS}
    if words:
        txn.conn.execute(update(lots).where(lots.c.id == batch.lot_id).values(**words))
    if own:
        txn.conn.execute(update(batches).where(batches.c.id == batch_id).values(**own))
    txn.change("batch", batch.tank_id)


def undo_batch(txn: Txn, batch_id: int) -> None:
    """Takes the start of a batch back; the one that it ended goes on."""
    batch = batch_by_id(txn.conn, batch_id)
    txn.conn.execute(update(batches).where(batches.c.id == batch_id).values(undone_at=txn.now_us))
    ended = (batches.c.tank_id == batch.tank_id) & (batches.c.ended_at == micros(batch.started_at))
    txn.conn.execute(update(batches).where(ended).values(ended_at=None))
    txn.change("batch", batch.tank_id)


def add_brew(txn: Txn, batch_id: int, brew: Brew) -> None:
    """One brew that went into the batch's tank."""
    txn.conn.execute(
        brews.insert().values(
            batch_id=batch_id,
            name=brew.name,
            volume_l=brew.volume_l,
            og=brew.og,
            started_at=micros(brew.started_at),
            ended_at=maybe_micros(brew.ended_at),
        )
    )


def add_phase(txn: Txn, batch_id: int, phase: Phase) -> None:
    """A phase as a Status or a person says it."""
    txn.conn.execute(
        phases.insert().values(
            batch_id=batch_id,
            name=phase.name,
            from_at=micros(phase.from_at),
            to_at=maybe_micros(phase.to_at),
            said_by=phase.said_by,
        )
    )


def add_event(txn: Txn, event: Event, *, person_id: int | None, client_id: str | None = None) -> tuple[int, bool]:
    """Keeps an event; the same `client_id` again changes nothing. (id, whether it is new)."""
    if client_id is not None:
        known = txn.conn.execute(select(events.c.id).where(events.c.client_id == client_id)).scalar()
        if known is not None:
            return known, False
    made = txn.conn.execute(
        events.insert().values(
            tank_id=event.tank_id,
            batch_id=event.batch_id,
            kind=event.kind,
            at=micros(event.at),
            precision_s=event.precision_s,
            data=json.dumps(event.data),
            person_id=person_id,
            client_id=client_id,
            made_at=txn.now_us,
        )
    )
    txn.change("event", event.tank_id)
    return made_id(made), True


def undo_event(txn: Txn, event_id: int) -> Row[Any]:
    """Takes an event back; its row stays. Returns the row."""
    row = txn.conn.execute(select(events).where(events.c.id == event_id)).one_or_none()
    if row is None:
        raise NotFound("there is no such event")
    txn.conn.execute(update(events).where(events.c.id == event_id).values(undone_at=txn.now_us))
    txn.change("event", row.tank_id)
    return row
