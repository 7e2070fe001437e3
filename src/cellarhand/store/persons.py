"""Persons, the hashes of their secrets (sessions, one-time links, tokens), and the audit of what they did."""

import json
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, func, select, update

from cellarhand.domain import Conflict, NotFound, Person, Role
from cellarhand.store.ids import made_id
from cellarhand.store.schema import audit, persons, secrets
from cellarhand.store.times import maybe, micros
from cellarhand.store.writer import Txn

_SEEN_EVERY = timedelta(minutes=5)


def add_person(txn: Txn, name: str, role: Role, *, password_hash: str | None = None) -> int:
    """A new person. Raises Conflict where the name is taken."""
    if txn.conn.execute(select(persons.c.id).where(func.lower(persons.c.name) == name.lower())).scalar() is not None:
        raise Conflict(f"there is a person {name} already")
    made = txn.conn.execute(
        persons.insert().values(name=name, role=role, password_hash=password_hash, made_at=txn.now_us)
    )
    return made_id(made)


def set_password(txn: Txn, person_id: int, password_hash: str) -> None:
    """A new password; every session of that person ends."""
    txn.conn.execute(update(persons).where(persons.c.id == person_id).values(password_hash=password_hash))
    end_secrets(txn, person_id, "session")


def set_role(txn: Txn, person_id: int, role: Role | None) -> None:
    """A new role; None disables the person and ends their sessions."""
    if role is None:
        txn.conn.execute(update(persons).where(persons.c.id == person_id).values(disabled_at=txn.now_us))
        end_secrets(txn, person_id)
    else:
        txn.conn.execute(update(persons).where(persons.c.id == person_id).values(role=role, disabled_at=None))


def set_preferences(txn: Txn, person_id: int, preferences: dict[str, str]) -> None:
    """Zone and units of a person."""
    txn.conn.execute(update(persons).where(persons.c.id == person_id).values(preferences=json.dumps(preferences)))


def add_secret(
    txn: Txn, hashed: str, kind: str, person_id: int | None, *, expires_at: datetime | None, label: str = ""
) -> int:
    """Keeps the hash of a secret: kind "session", "link" or "token"."""
    made = txn.conn.execute(
        secrets.insert().values(
            hash=hashed,
            kind=kind,
            person_id=person_id,
            label=label[:120],
            made_at=txn.now_us,
            expires_at=micros(expires_at) if expires_at else None,
            seen_at=txn.now_us,
        )
    )
    return made_id(made)


def end_secrets(txn: Txn, person_id: int, kind: str | None = None, secret_id: int | None = None) -> None:
    """Ends secrets of a person: all, of one kind, or one."""
    wanted = (secrets.c.person_id == person_id) & secrets.c.ended_at.is_(None)
    if kind is not None:
        wanted &= secrets.c.kind == kind
    if secret_id is not None:
        wanted &= secrets.c.id == secret_id
    txn.conn.execute(update(secrets).where(wanted).values(ended_at=txn.now_us))


def use_link(txn: Txn, hashed: str, now: datetime) -> int:
    """Spends a one-time link: the person it was made for. Raises NotFound where it is spent, old or unknown."""
    s = secrets.c
    valid = (s.hash == hashed) & (s.kind == "link") & s.ended_at.is_(None) & (s.expires_at > micros(now))
    row = txn.conn.execute(select(secrets).where(valid)).one_or_none()
    if row is None:
        raise NotFound("this link has been used, is older than three days, or was never given out")
    txn.conn.execute(update(secrets).where(s.id == row.id).values(ended_at=txn.now_us))
    return int(row.person_id)


def seen(txn: Txn, secret_id: int) -> None:
    """Notes that a session was used."""
    txn.conn.execute(update(secrets).where(secrets.c.id == secret_id).values(seen_at=txn.now_us))


def person_of_secret(
    conn: Connection, hashed: str, kinds: tuple[str, ...], now: datetime
) -> tuple[Person, Row[Any]] | None:
    """Whose secret this is, if it still counts, with its row."""
    s = secrets.c
    valid = (s.hash == hashed) & s.kind.in_(kinds) & s.ended_at.is_(None)
    valid &= s.expires_at.is_(None) | (s.expires_at > micros(now))
    row = conn.execute(select(secrets).where(valid)).one_or_none()
    if row is None:
        return None
    person = person_by_id(conn, row.person_id)
    return None if person is None else (person, row)


def due_for_seen(row: Row[Any], now: datetime) -> bool:
    """Whether a session's last use is old enough to be noted again."""
    before = maybe(row.seen_at)
    return before is None or now - before > _SEEN_EVERY


def person_by_id(conn: Connection, person_id: int) -> Person | None:
    """A person who is not disabled."""
    row = conn.execute(
        select(persons).where((persons.c.id == person_id) & persons.c.disabled_at.is_(None))
    ).one_or_none()
    return None if row is None else _person(row)


def sign_in_row(conn: Connection, name: str) -> tuple[Person, str | None] | None:
    """The person of that name with the hash of their password."""
    same = (func.lower(persons.c.name) == name.lower()) & persons.c.disabled_at.is_(None)
    row = conn.execute(select(persons).where(same)).one_or_none()
    return None if row is None else (_person(row), row.password_hash)


def named(conn: Connection, name: str) -> Person:
    """The person of that name; raises NotFound."""
    found = sign_in_row(conn, name)
    if found is None:
        raise NotFound(f"there is no person {name}")
    return found[0]


def list_persons(conn: Connection) -> list[Person]:
    """Everybody who is not disabled."""
    rows = conn.execute(select(persons).where(persons.c.disabled_at.is_(None)).order_by(persons.c.name))
    return [_person(row) for row in rows]


def any_admin(conn: Connection) -> bool:
    """Whether somebody can sign in who may add others."""
    able = (persons.c.role == Role.ADMIN) & persons.c.disabled_at.is_(None) & persons.c.password_hash.is_not(None)
    return conn.execute(select(persons.c.id).where(able)).first() is not None


def sessions_of(conn: Connection, person_id: int) -> list[dict[str, Any]]:
    """Sessions and tokens of a person that still count, newest use first."""
    s = secrets.c
    wanted = (s.person_id == person_id) & s.ended_at.is_(None) & s.kind.in_(("session", "token"))
    return [
        {"id": r.id, "kind": r.kind, "label": r.label, "made_at": maybe(r.made_at), "seen_at": maybe(r.seen_at)}
        for r in conn.execute(select(secrets).where(wanted).order_by(s.seen_at.desc()))
    ]


def _person(row: Row[Any]) -> Person:
    known = {"zone", "gravity_unit", "temperature_unit", "volume_unit", "pressure_unit"}
    chosen = {k: v for k, v in json.loads(row.preferences).items() if k in known}
    return Person(id=row.id, name=row.name, role=Role(row.role), **chosen)


def note(txn: Txn, person_id: int | None, what: str, data: dict[str, Any]) -> None:
    """One line of the audit: who did what. Never a secret."""
    txn.conn.execute(
        audit.insert().values(at=txn.now_us, person_id=person_id, what=what, data=json.dumps(data, default=str))
    )


def raise_unless_found(person: Person | None) -> Person:
    """The person, or NotFound."""
    if person is None:
        raise NotFound("there is no such person")
    return person


def last_admin(conn: Connection, person_id: int) -> bool:
    """Whether nobody but this person could still add others."""
    others = (persons.c.role == Role.ADMIN) & persons.c.disabled_at.is_(None) & (persons.c.id != person_id)
    return conn.execute(select(persons.c.id).where(others)).first() is None


def refuse_losing_last_admin(conn: Connection, person_id: int) -> None:
    """Raises Conflict where the cellar would be left without an admin."""
    if last_admin(conn, person_id):
        raise Conflict("this is the last admin; make another one first")


def rename(txn: Txn, person_id: int, name: str) -> None:
    """Another name. Raises Conflict where somebody else has it."""
    same = (func.lower(persons.c.name) == name.lower()) & (persons.c.id != person_id)
    if txn.conn.execute(select(persons.c.id).where(same)).scalar() is not None:
        raise Conflict(f"there is a person {name} already")
    txn.conn.execute(update(persons).where(persons.c.id == person_id).values(name=name))
