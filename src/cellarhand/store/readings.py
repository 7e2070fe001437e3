"""Appending readings, and reading back what a batch's sensors and hands saw."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, and_, func, or_, select

from cellarhand.domain import Batch, PlaceRole, Quality, Reading
from cellarhand.store.schema import channels, corrections, devices, places, readings, sources
from cellarhand.store.times import micros, moment
from cellarhand.store.writer import Txn

_COLUMNS = ("source_id", "channel_id", "observed_at", "value", "text", "precision_s", "received_at", "quality")
_APPEND = f"INSERT INTO readings ({', '.join(_COLUMNS)}) VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"  # noqa: S608
_QUALITY = {Quality.GOOD: None, Quality.DOUBTFUL: 1}

Row8 = tuple[int, int, int, float | None, str | None, float | None, int, int | None]


@dataclass(frozen=True, slots=True)
class Post:
    """What one device sent at once."""

    device_id: int
    received_at: datetime
    readings: tuple[Reading, ...]


def append_posts(txn: Txn, posts: Sequence[Post]) -> int:
    """Keeps the readings of many posts; the same (source, channel, observed_at) again changes nothing. How many new."""
    rows: list[Row8] = []
    for post in posts:
        source = txn.ids.device(txn.conn, post.device_id)
        rows += _rows(txn, source, post.readings, micros(post.received_at))
    return append_rows(txn, rows)


def append_readings(txn: Txn, source_id: int, given: Iterable[Reading], received_at: datetime) -> int:
    """Keeps readings of one source. How many were new."""
    return append_rows(txn, _rows(txn, source_id, given, micros(received_at)))


def append_rows(txn: Txn, rows: Sequence[Row8]) -> int:
    """Keeps prepared rows, in the order of the table's columns. How many were new."""
    if not rows:
        return 0
    return txn.conn.exec_driver_sql(_APPEND, list(rows)).rowcount


def _rows(txn: Txn, source: int, given: Iterable[Reading], received: int) -> list[Row8]:
    return [
        (
            source,
            txn.ids.channel(txn.conn, r.channel),
            micros(r.observed_at),
            r.value,
            r.text,
            r.precision_s or None,
            received,
            _QUALITY[r.quality],
        )
        for r in given
    ]


def of_sample(values: dict[str, float], at: datetime, precision_s: float) -> list[Reading]:
    """The readings of one hand sample."""
    return [Reading(channel=name, observed_at=at, value=v, precision_s=precision_s) for name, v in values.items()]


def free_instant(conn: Connection, source_id: int, at: datetime) -> datetime:
    """`at`, or the first second after it at which this source has said nothing: two samples of one date stay two."""
    r = readings.c
    taken = set(
        conn.execute(select(r.observed_at).where((r.source_id == source_id) & (r.observed_at >= micros(at)))).scalars()
    )
    while micros(at) in taken:
        at += timedelta(seconds=1)
    return at


@dataclass(frozen=True, kw_only=True, slots=True)
class SourceSpan:
    """One source in a batch: who it is, what it is for, and when it hung in this tank during the batch (µs)."""

    source_id: int
    label: str
    by_hand: bool
    role: PlaceRole
    height: str
    from_at: int
    to_at: int
    device_id: int | None = None


FOREVER = 2**62


def spans_of(conn: Connection, batch: Batch, *, handling_us: int = 0) -> list[SourceSpan]:
    """All sources that could have seen this batch. `handling_us` around a move into or out of the tank belongs to
    nobody: the float was in a hand, not in beer.
    """
    begin, end = micros(batch.started_at), micros(batch.ended_at) if batch.ended_at else FOREVER
    found = []
    placed = (
        select(places, devices.c.name, sources.c.id.label("source_id"))
        .join(devices, devices.c.id == places.c.device_id)
        .join(sources, sources.c.device_id == places.c.device_id)
        .where(and_(places.c.tank_id == batch.tank_id, places.c.from_at < end))
        .where(or_(places.c.to_at.is_(None), places.c.to_at > begin))
        .order_by(places.c.id)
    )
    for p in conn.execute(placed):
        moved_in = p.from_at + handling_us if _came_from_elsewhere(conn, p) else p.from_at
        moved_out = FOREVER if p.to_at is None else p.to_at - handling_us
        found.append(
            SourceSpan(
                source_id=p.source_id,
                label=p.name,
                by_hand=False,
                role=PlaceRole(p.role),
                height=p.height,
                from_at=max(moved_in, begin),
                to_at=min(moved_out, end),
                device_id=p.device_id,
            )
        )
    own = select(sources).where(sources.c.tank_id == batch.tank_id).order_by(sources.c.id)
    for s in conn.execute(own):
        role, _, height = s.label.partition(" @") if s.kind == "probe" else ("", "", "")
        found.append(
            SourceSpan(
                source_id=s.id,
                label=s.label or s.kind,
                by_hand=s.kind == "hand",
                role=PlaceRole.CONTROL,
                height=height or role,
                from_at=begin,
                to_at=end,
            )
        )
    return [span for span in found if span.from_at < span.to_at]


def _came_from_elsewhere(conn: Connection, place: Row[tuple[object, ...]]) -> bool:
    before = (places.c.device_id == place.device_id) & (places.c.from_at < place.from_at)
    return conn.execute(select(places.c.id).where(before).limit(1)).scalar() is not None


@dataclass(frozen=True, slots=True)
class Offset:
    """An accepted correction of a source: add `amount` from an instant on, to another or for good (µs)."""

    source_id: int
    channel: str
    from_at: int
    to_at: int
    amount: float


def offsets_of(conn: Connection, source_ids: Sequence[int]) -> list[Offset]:
    """Accepted offsets of these sources, oldest first; a later one adds to an earlier."""
    c = corrections.c
    wanted = (c.kind == "offset") & (c.state == "accepted") & c.undone_at.is_(None) & c.source_id.in_(source_ids)
    return [
        Offset(r.source_id, r.channel, r.from_at, r.to_at if r.to_at is not None else FOREVER, r.amount)
        for r in conn.execute(select(corrections).where(wanted).order_by(c.from_at))
    ]


def struck_of(conn: Connection, source_ids: Sequence[int]) -> set[tuple[int, str, int]]:
    """(source, channel, observed_at) that a person has struck out; channel "" strikes all of that instant."""
    c = corrections.c
    wanted = (c.kind == "struck") & c.undone_at.is_(None) & c.source_id.in_(source_ids)
    return {(r.source_id, r.channel, r.from_at) for r in conn.execute(select(corrections).where(wanted))}


def series_of(
    conn: Connection, span: SourceSpan, names: Sequence[str], until: int
) -> dict[str, list[tuple[int, float, float]]]:
    """(observed_at, value, precision_s) by channel, oldest first, of one source within its span up to `until` (µs)."""
    found: dict[str, list[tuple[int, float, float]]] = {name: [] for name in names}
    r, c = readings.c, channels.c
    ids = {row.id: row.name for row in conn.execute(select(channels).where(c.name.in_(list(names))))}
    for channel_id, name in ids.items():
        wanted = (r.source_id == span.source_id) & (r.channel_id == channel_id)
        within = r.observed_at.between(span.from_at, min(span.to_at, until + 1) - 1)
        query = select(r.observed_at, r.value, r.precision_s).where(wanted & within & r.value.is_not(None))
        raw = conn.execute(query.order_by(r.observed_at)).all()
        found[name] = [(at, value, precision or 0.0) for at, value, precision in raw]
    return found


def amount_of(conn: Connection, spans: Sequence[SourceSpan], names: Sequence[str]) -> list[tuple[int, int, int]]:
    """(source, how many readings, when the newest was received) of these sources within their spans: what changes when
    any reading comes, however late."""
    r = readings.c
    ids = list(conn.execute(select(channels.c.id).where(channels.c.name.in_(list(names)))).scalars())
    found = []
    for span in spans:
        within = r.observed_at.between(span.from_at, span.to_at - 1)
        query = select(func.count(), func.max(r.received_at)).where((r.source_id == span.source_id) & within)
        count, newest = conn.execute(query.where(r.channel_id.in_(ids))).one()
        found.append((span.source_id, int(count), int(newest or 0)))
    return found


def all_of(conn: Connection, spans: Sequence[SourceSpan], channel: str | None, since: int) -> list[dict[str, Any]]:
    """Every reading of these sources within their spans from `since` on (µs), oldest first, as plain records."""
    found: list[dict[str, Any]] = []
    r = readings.c
    for span in spans:
        query = (
            select(readings, channels.c.name.label("channel"))
            .join(channels, channels.c.id == r.channel_id)
            .where((r.source_id == span.source_id) & (r.observed_at >= max(span.from_at, since)))
            .where(r.observed_at < span.to_at)
        )
        if channel is not None:
            query = query.where(channels.c.name == channel)
        found += [
            {
                "source": span.label,
                "source_id": span.source_id,
                "channel": row.channel,
                "observed_at": row.observed_at,
                "precision_s": row.precision_s or 0.0,
                "value": row.value if row.text is None else row.text,
            }
            for row in conn.execute(query)
        ]
    return sorted(found, key=lambda row: (row["observed_at"], row["source"], row["channel"]))


def newest_of_device(conn: Connection, device_id: int) -> datetime | None:
    """When this device last observed anything."""
    r = readings.c
    source = select(sources.c.id).where(sources.c.device_id == device_id).scalar_subquery()
    newest = (
        select(func.max(r.observed_at))
        .where((r.source_id == source) & (r.channel_id == channels.c.id))
        .scalar_subquery()
    )
    found = [at for at in conn.execute(select(newest).select_from(channels)).scalars() if at is not None]
    return moment(max(found)) if found else None
