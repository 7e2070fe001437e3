"""Looking up what is in the cellar: tanks, batches, brews, phases and events, as records of the domain."""

import json
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, desc, or_, select

from cellarhand.domain import Batch, Brew, Cycle, Kind, NotFound, Phase, PhaseName, Tank
from cellarhand.store.schema import batches, brews, events, lots, phases, tank_cycle, tanks
from cellarhand.store.times import maybe, micros, moment


def list_tanks(conn: Connection) -> list[Tank]:
    """All tanks by name, with where each stands in its cycle."""
    rows = conn.execute(select(tanks).order_by(tanks.c.name)).all()
    t = tank_cycle.c
    steps = select(tank_cycle).where(t.undone_at.is_(None)).order_by(t.at, t.id)
    newest = {step.tank_id: step for step in conn.execute(steps)}
    return [_tank(row, newest.get(row.id)) for row in rows]


def tank_by_name(conn: Connection, name: str) -> Tank:
    """The tank of that name, whatever its case; raises NotFound."""
    for tank in list_tanks(conn):
        if tank.name.lower() == name.lower():
            return tank
    raise NotFound(f"there is no tank {name}")


def _tank(row: Row[Any], step: Row[Any] | None) -> Tank:
    return Tank(
        id=row.id,
        name=row.name,
        area=row.area,
        volume_l=row.volume_l,
        cycle=Cycle(step.state) if step else Cycle.EMPTY,
        cycle_since=moment(step.at) if step else None,
    )


def last_cycle_step(conn: Connection, tank_id: int) -> tuple[int, Cycle, datetime] | None:
    """The newest step of a tank's cycle that was not undone."""
    t = tank_cycle.c
    newest = select(tank_cycle).where((t.tank_id == tank_id) & t.undone_at.is_(None)).order_by(desc(t.at), desc(t.id))
    row = conn.execute(newest.limit(1)).one_or_none()
    return None if row is None else (row.id, Cycle(row.state), moment(row.at))


def _batch_query() -> Select[Any]:
    words = (lots.c.name, lots.c.brand, lots.c.style, lots.c.kind, lots.c.culture)
    joined = select(batches, *words, tanks.c.name.label("tank")).join(lots, lots.c.id == batches.c.lot_id)
    return joined.join(tanks, tanks.c.id == batches.c.tank_id).where(batches.c.undone_at.is_(None))


def _batch(row: Row[Any]) -> Batch:
    return Batch(
        id=row.id,
        tank_id=row.tank_id,
        tank=row.tank,
        lot_id=row.lot_id,
        name=row.name,
        started_at=moment(row.started_at),
        pitched_at=maybe(row.pitched_at),
        full_at=maybe(row.full_at),
        ended_at=maybe(row.ended_at),
        kind=Kind(row.kind),
        brand=row.brand,
        style=row.style,
        culture=row.culture,
        og=row.og,
        expected_fg=row.expected_fg,
        assumed=row.person_id is None and row.pitched_at is None,
    )


def batch_by_id(conn: Connection, batch_id: int) -> Batch:
    """One batch; raises NotFound."""
    row = conn.execute(_batch_query().where(batches.c.id == batch_id)).one_or_none()
    if row is None:
        raise NotFound(f"there is no batch {batch_id}")
    return _batch(row)


def list_batches(conn: Connection, *, running: bool | None = None, tank_id: int | None = None) -> list[Batch]:
    """Batches, newest first; only the running or only the ended, or of one tank, where asked."""
    query = _batch_query()
    if running is not None:
        query = query.where(batches.c.ended_at.is_(None) if running else batches.c.ended_at.is_not(None))
    if tank_id is not None:
        query = query.where(batches.c.tank_id == tank_id)
    return [_batch(row) for row in conn.execute(query.order_by(desc(batches.c.started_at)))]


def batch_covering(conn: Connection, tank_id: int, at: datetime) -> Batch | None:
    """The batch in a tank at an instant."""
    when = micros(at)
    covering = and_(batches.c.started_at <= when, or_(batches.c.ended_at.is_(None), batches.c.ended_at > when))
    row = conn.execute(_batch_query().where((batches.c.tank_id == tank_id) & covering)).first()
    return None if row is None else _batch(row)


def brews_of(conn: Connection, batch_id: int) -> list[Brew]:
    """The brews of a batch, first first."""
    c = brews.c
    rows = conn.execute(select(brews).where((c.batch_id == batch_id) & c.undone_at.is_(None)).order_by(c.started_at))
    return [
        Brew(volume_l=r.volume_l, og=r.og, started_at=moment(r.started_at), ended_at=maybe(r.ended_at), name=r.name)
        for r in rows
    ]


def phases_of(conn: Connection, batch_id: int) -> list[Phase]:
    """Phases that a Status or a person has said, first first."""
    c = phases.c
    rows = conn.execute(select(phases).where((c.batch_id == batch_id) & c.undone_at.is_(None)).order_by(c.from_at))
    return [
        Phase(name=PhaseName(r.name), from_at=moment(r.from_at), to_at=maybe(r.to_at), said_by=r.said_by) for r in rows
    ]


def events_of(conn: Connection, tank_id: int, begin: datetime, end: datetime | None) -> list[dict[str, Any]]:
    """Events of a tank in a stretch of time that were not undone, oldest first, as plain records."""
    c = events.c
    wanted = (c.tank_id == tank_id) & (c.at >= micros(begin)) & c.undone_at.is_(None)
    if end is not None:
        wanted &= c.at < micros(end)
    return [
        {
            "id": r.id,
            "kind": r.kind,
            "at": moment(r.at),
            "precision_s": r.precision_s,
            "data": json.loads(r.data),
            "person_id": r.person_id,
        }
        for r in conn.execute(select(events).where(wanted).order_by(c.at))
    ]
