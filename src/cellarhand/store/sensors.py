"""Devices, where they hang from when to when, and what was refused of them. Tokens are kept as hashes only."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, or_, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from cellarhand.domain import Device, NotFound, Place, PlaceRole, Refused
from cellarhand.store.ids import made_id
from cellarhand.store.schema import devices, places, refusals
from cellarhand.store.times import maybe, micros, moment
from cellarhand.store.writer import Txn


def add_device(
    txn: Txn,
    *,
    kind: str,
    name: str,
    token_hash: str | None,
    gravity_unit: str = "sg",
    parent_id: int | None = None,
    key: str = "",
) -> int:
    """A device, hanging nowhere yet; a float behind a bridge has a `parent_id` and no token."""
    made = txn.conn.execute(
        devices.insert().values(
            kind=kind,
            name=name,
            token_hash=token_hash,
            gravity_unit=gravity_unit,
            parent_id=parent_id,
            key=key,
            made_at=txn.now_us,
        )
    )
    txn.change("device")
    return made_id(made)


def place_device(
    txn: Txn,
    device_id: int,
    tank_id: int | None,
    at: datetime,
    *,
    role: PlaceRole = PlaceRole.CONTROL,
    height: str = "",
) -> None:
    """Hangs a device into a tank from an instant on, or takes it out (None). Where it was, it is no longer.

    Putting it back at the instant it was taken out undoes that.
    """
    when, p = micros(at), places.c
    still = (p.device_id == device_id) & (p.to_at.is_(None) | (p.to_at > when))
    left = set(txn.conn.execute(select(p.tank_id).where(still)).scalars())
    txn.conn.execute(update(places).where(still & (p.from_at < when)).values(to_at=when))
    txn.conn.execute(places.delete().where(still & (p.from_at >= when)))
    back = (p.device_id == device_id) & (p.tank_id == tank_id) & (p.to_at == when)
    back &= (p.role == role) & (p.height == height)
    if tank_id is not None and not txn.conn.execute(update(places).where(back).values(to_at=None)).rowcount:
        txn.conn.execute(
            places.insert().values(device_id=device_id, tank_id=tank_id, from_at=when, role=role, height=height)
        )
    for tank in left | ({tank_id} if tank_id is not None else set()):
        txn.change("device", tank)


def set_token(txn: Txn, device_id: int, token_hash: str) -> None:
    """Another token; the old one is refused from now on."""
    txn.conn.execute(update(devices).where(devices.c.id == device_id).values(token_hash=token_hash))
    txn.change("device")


def revoke_device(txn: Txn, device_id: int) -> None:
    """Its token is refused from now on; what it said stays."""
    txn.conn.execute(update(devices).where(devices.c.id == device_id).values(revoked_at=txn.now_us, token_hash=None))
    txn.change("device")


def rule_of(refused: Refused) -> str:
    """What refusals are counted under."""
    return f"{refused.field or 'post'}: {refused.rule}"[:200]


def note_refusal(txn: Txn, device_id: int, refused: Refused, count: int = 1) -> None:
    """Counts `count` refused values under their rule, with the newest value and cause."""
    rule = rule_of(refused)
    row = {
        "device_id": device_id,
        "rule": rule,
        "value": str(refused.value)[:80],
        "cause": refused.cause[:200],
        "count": count,
        "first_at": txn.now_us,
        "last_at": txn.now_us,
    }
    add = upsert(refusals).values(row)
    again = {"count": refusals.c.count + count, **{k: add.excluded[k] for k in ("value", "cause", "last_at")}}
    txn.conn.execute(add.on_conflict_do_update(index_elements=["device_id", "rule"], set_=again))


def list_devices(conn: Connection) -> list[Device]:
    """All devices, bridges and the floats behind them."""
    return [_device(row) for row in conn.execute(select(devices).order_by(devices.c.id))]


def device_by_id(conn: Connection, device_id: int) -> Device:
    """One device; raises NotFound."""
    row = conn.execute(select(devices).where(devices.c.id == device_id)).one_or_none()
    if row is None:
        raise NotFound(f"there is no device {device_id}")
    return _device(row)


def _device(row: Any) -> Device:
    return Device(
        id=row.id,
        kind=row.kind,
        name=row.name,
        parent_id=row.parent_id,
        key=row.key,
        gravity_unit=row.gravity_unit,
        revoked=row.revoked_at is not None,
    )


def tokens(conn: Connection) -> dict[str, int]:
    """Token hash → device id, of devices not revoked."""
    known = select(devices.c.token_hash, devices.c.id).where(devices.c.token_hash.is_not(None))
    return {row.token_hash: row.id for row in conn.execute(known)}


def places_at(conn: Connection, at: datetime) -> dict[int, Place]:
    """Device id → where it hangs at an instant; a device that hangs nowhere is absent."""
    when, p = micros(at), places.c
    there = and_(p.from_at <= when, or_(p.to_at.is_(None), p.to_at > when))
    return {row.device_id: _place(row) for row in conn.execute(select(places).where(there))}


def places_of(conn: Connection, device_id: int) -> list[Place]:
    """Where a device has hung, newest first."""
    rows = conn.execute(select(places).where(places.c.device_id == device_id).order_by(places.c.from_at.desc()))
    return [_place(row) for row in rows]


def _place(row: Any) -> Place:
    return Place(
        device_id=row.device_id,
        tank_id=row.tank_id,
        from_at=moment(row.from_at),
        to_at=maybe(row.to_at),
        role=PlaceRole(row.role),
        height=row.height,
    )


def refusals_of(conn: Connection, device_id: int) -> list[dict[str, Any]]:
    """What was refused of a device: rule, newest value, cause, how often, first and last time."""
    rows = conn.execute(select(refusals).where(refusals.c.device_id == device_id).order_by(refusals.c.last_at.desc()))
    return [
        {
            "rule": r.rule,
            "value": r.value,
            "cause": r.cause,
            "count": r.count,
            "first_at": moment(r.first_at),
            "last_at": moment(r.last_at),
        }
        for r in rows
    ]
