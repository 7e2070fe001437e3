"""Forecasts as they were said, corrections, settings, and the sequence of changes."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, desc, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from cellarhand.domain import Forecast, NotFound
from cellarhand.store.ids import made_id
from cellarhand.store.schema import changes, corrections, forecasts, settings
from cellarhand.store.times import maybe_micros, micros, moment
from cellarhand.store.writer import Change, Txn

KEPT_CHANGES = 20_000
EVERY = timedelta(hours=1)
MOVED_H = 1.0


def worth_keeping(said: Forecast, before: tuple[datetime, float] | None) -> bool:
    """One an hour a batch, or when the median end moves by more than an hour. `before`: (as of, median hours left)."""
    if before is None or said.as_of_at is None:
        return True
    as_of, left = before
    passed = (said.as_of_at - as_of) / timedelta(hours=1)
    moved = abs(passed + float(said.hours_left.quantile(0.5)) - left)
    return passed * timedelta(hours=1) >= EVERY or moved > MOVED_H


def keep_forecast(txn: Txn, batch_id: int, as_of: datetime, rung: str, packed: bytes) -> None:
    """Keeps a forecast with its as-of, so that it can be scored when the truth is known."""
    txn.conn.execute(
        forecasts.insert().values(batch_id=batch_id, as_of=micros(as_of), made_at=txn.now_us, rung=rung, packed=packed)
    )


def forecasts_of(conn: Connection, batch_id: int, *, newest: int | None = None) -> list[Forecast]:
    """Kept forecasts of a batch, oldest first; only the `newest` so many where asked."""
    query = select(forecasts).where(forecasts.c.batch_id == batch_id).order_by(desc(forecasts.c.as_of))
    rows = conn.execute(query.limit(newest) if newest else query).all()
    return [Forecast.unpacked(r.packed, as_of_at=moment(r.as_of)) for r in reversed(rows)]


def said_live(conn: Connection, batch_id: int, within: timedelta) -> list[tuple[datetime, bytes]]:
    """(as of, packed) of what was said while it mattered: kept at most `within` after its newest reading; oldest first.
    A forecast made of readings that came long after is no promise."""
    f = forecasts.c
    soon = (f.batch_id == batch_id) & (f.made_at - f.as_of <= within // timedelta(microseconds=1))
    rows = conn.execute(select(f.as_of, f.packed).where(soon).order_by(f.as_of)).all()
    return [(moment(as_of), packed) for as_of, packed in rows]


def propose_offset(
    txn: Txn, source_id: int, tank_id: int, channel: str, from_at: datetime, amount: float, why: str
) -> int | None:
    """Proposes a dated correction; None where the same has been proposed, accepted or dismissed already."""
    c = corrections.c
    same = (c.source_id == source_id) & (c.channel == channel) & (c.kind == "offset") & (c.from_at == micros(from_at))
    if txn.conn.execute(select(c.id).where(same)).first() is not None:
        return None
    made = txn.conn.execute(
        corrections.insert().values(
            source_id=source_id,
            channel=channel,
            kind="offset",
            from_at=micros(from_at),
            amount=amount,
            why=why[:200],
            state="proposed",
            made_at=txn.now_us,
        )
    )
    txn.change("correction", tank_id)
    return made_id(made)


def strike(
    txn: Txn, source_id: int, tank_id: int, at: datetime, why: str, person_id: int | None, channel: str = ""
) -> int:
    """Strikes out what a source said at an instant: it stays, and no curve uses it."""
    made = txn.conn.execute(
        corrections.insert().values(
            source_id=source_id,
            channel=channel,
            kind="struck",
            from_at=micros(at),
            to_at=maybe_micros(at),
            why=why[:200],
            state="accepted",
            person_id=person_id,
            made_at=txn.now_us,
        )
    )
    txn.change("correction", tank_id)
    return made_id(made)


def decide_correction(txn: Txn, correction_id: int, tank_id: int, state: str, person_id: int | None) -> None:
    """Accepts, dismisses or re-opens a proposed correction."""
    c = corrections.c
    done = txn.conn.execute(update(corrections).where(c.id == correction_id).values(state=state, person_id=person_id))
    if done.rowcount == 0:
        raise NotFound("there is no such correction")
    txn.change("correction", tank_id)


def undo_correction(txn: Txn, correction_id: int, tank_id: int) -> None:
    """Takes a correction back; its row stays."""
    txn.conn.execute(update(corrections).where(corrections.c.id == correction_id).values(undone_at=txn.now_us))
    txn.change("correction", tank_id)


def corrections_of(conn: Connection, source_ids: list[int]) -> list[dict[str, Any]]:
    """Offsets proposed and decided for these sources, newest first."""
    c = corrections.c
    wanted = c.source_id.in_(source_ids) & (c.kind == "offset") & c.undone_at.is_(None)
    return [
        {
            "id": r.id,
            "source_id": r.source_id,
            "from_at": moment(r.from_at),
            "points": r.amount * 1000.0,
            "why": r.why,
            "state": r.state,
        }
        for r in conn.execute(select(corrections).where(wanted).order_by(desc(c.from_at)))
    ]


def get_setting(conn: Connection, name: str) -> str | None:
    """A setting's value, None where it was never set."""
    return conn.execute(select(settings.c.value).where(settings.c.name == name)).scalar()


def set_setting(txn: Txn, name: str, value: str) -> None:
    """Sets a setting."""
    add = upsert(settings).values(name=name, value=value)
    txn.conn.execute(add.on_conflict_do_update(index_elements=["name"], set_={"value": value}))


def changes_since(conn: Connection, seq: int, *, most: int = 1000) -> list[Change] | None:
    """Changes after `seq`, oldest first; None where so old a sequence is no longer kept: look at everything anew."""
    oldest = conn.execute(select(changes.c.seq).order_by(changes.c.seq).limit(1)).scalar()
    if oldest is not None and seq + 1 < oldest:
        return None
    rows = conn.execute(select(changes).where(changes.c.seq > seq).order_by(changes.c.seq).limit(most + 1)).all()
    return None if len(rows) > most else [Change(r.seq, r.kind, r.tank_id) for r in rows]


def newest_change(conn: Connection) -> int:
    """The newest sequence number, 0 before any."""
    return conn.execute(select(changes.c.seq).order_by(desc(changes.c.seq)).limit(1)).scalar() or 0


def forget_old_changes(txn: Txn) -> None:
    """Drops the oldest of the sequence (nothing observed): live pages that far behind reload."""
    newest = newest_change(txn.conn)
    txn.conn.execute(changes.delete().where(changes.c.seq <= newest - KEPT_CHANGES))
