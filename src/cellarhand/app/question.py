"""From the store to what the worker is asked: one batch's series, corrected and cut, with what was stated of it."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import numpy as np
from sqlalchemy import Connection

from cellarhand.app.worker import Question
from cellarhand.curve import Context, Series
from cellarhand.domain import Batch, Brew, Floats
from cellarhand.store import lookup, readings
from cellarhand.store.readings import Offset, SourceSpan
from cellarhand.store.times import micros

HANDLING = timedelta(minutes=30)  # around a move the float is in a hand or in the sanitiser, not in beer
HANDLING_US = HANDLING // timedelta(microseconds=1)
_HOUR_US = 3_600_000_000.0
CHANNELS = ("sg", "temp_c")


def ask_of(conn: Connection, batch: Batch, now: datetime) -> Question:
    """The question of a batch as the store knows it. It is asked as of the newest reading: silence tells nothing."""
    zero = batch.hour_zero
    until = micros(now)
    spans = readings.spans_of(conn, batch, handling_us=HANDLING_US)
    ids = [span.source_id for span in spans]
    offsets = readings.offsets_of(conn, ids)
    struck = readings.struck_of(conn, ids)
    pairs = [(_series(conn, span, micros(zero), until, offsets, struck), span) for span in spans]
    kept = [(s, span) for s, span in pairs if len(s.hours)]
    last = max((float(s.hours[np.isfinite(s.sg)][-1]) for s, _ in kept if np.isfinite(s.sg).any()), default=None)
    newest = max((float(s.hours[-1]) for s, _ in kept), default=None)
    return Question(
        batch=batch,
        zero=zero,
        as_of=0.0 if last is None else last,
        asked=(now - zero) / timedelta(hours=1),
        context=_context(conn, batch, zero),
        series=tuple(s for s, _ in kept),
        source_ids=tuple(span.source_id for _, span in kept),
        phases=tuple(lookup.phases_of(conn, batch.id)),
        newest=None if newest is None else zero + timedelta(hours=newest),
        temp_c=_newest_temp([s for s, _ in kept]),
    )


def _newest_temp(series: Sequence[Series]) -> float | None:
    """The temperature now: the middle of what the probes say that were heard within two hours of the newest."""
    last = []
    for s in series:
        warm = np.flatnonzero(np.isfinite(s.temp_c))
        if len(warm):
            last.append((float(s.hours[warm[-1]]), float(s.temp_c[warm[-1]])))
    if not last:
        return None
    newest = max(h for h, _ in last)
    return float(np.median([t for h, t in last if h > newest - 2.0]))


def _series(
    conn: Connection,
    span: SourceSpan,
    zero_us: int,
    until: int,
    offsets: Sequence[Offset],
    struck: set[tuple[int, str, int]],
) -> Series:
    columns = readings.series_of(conn, span, CHANNELS, until)
    parts = {name: _column(span, name, rows, offsets, struck) for name, rows in columns.items()}
    times = np.unique(np.concatenate([at for at, _ in parts.values()]))
    values = {}
    for name, (at, value) in parts.items():
        column = np.full(len(times), np.nan)
        column[np.searchsorted(times, at)] = value
        values[name] = column
    corrected = [o for o in offsets if o.source_id == span.source_id and o.channel == "sg"]
    steps = tuple((at - zero_us) / _HOUR_US for o in corrected for at in (o.from_at, o.to_at))
    return Series(
        source=span.label,
        hours=(times - zero_us) / _HOUR_US,
        sg=values["sg"],
        temp_c=values["temp_c"],
        role=span.role,
        by_hand=span.by_hand,
        steps=steps,
    )


def _column(
    span: SourceSpan,
    name: str,
    rows: list[tuple[int, float, float]],
    offsets: Sequence[Offset],
    struck: set[tuple[int, str, int]],
) -> tuple[Floats, Floats]:
    if struck:
        gone = {at for source, channel, at in struck if source == span.source_id and channel in ("", name)}
        rows = [row for row in rows if row[0] not in gone]
    at = np.array([row[0] for row in rows], dtype=float)
    value = np.array([row[1] for row in rows], dtype=float)
    for offset in offsets:
        if offset.source_id == span.source_id and offset.channel == name:
            value = np.where((at >= offset.from_at) & (at < offset.to_at), value + offset.amount, value)
    return at, value


def _context(conn: Connection, batch: Batch, zero: datetime) -> Context:
    hour = timedelta(hours=1)
    end = batch.ended_at
    dry = [e for e in lookup.events_of(conn, batch.tank_id, batch.started_at, end) if e["kind"] == "dry hop"]
    return Context(
        pitched_at=0.0,
        full_at=None if batch.full_at is None else (batch.full_at - zero) / hour,
        started_at=zero,
        og=batch.og if batch.og is not None else weighted_og(lookup.brews_of(conn, batch.id)),
        expected_fg=batch.expected_fg,
        kind=batch.kind,
        brand=batch.brand,
        style=batch.style,
        culture=batch.culture,
        dry_hops=tuple((e["at"] - zero) / hour for e in dry),
    )


def weighted_og(brews: Sequence[Brew]) -> float | None:
    """The volume-weighted mean original gravity of the brews that state one.

    >>> from datetime import UTC
    >>> t = datetime(2026, 1, 1, tzinfo=UTC)
    >>> round(weighted_og([Brew(volume_l=100, og=1.050, started_at=t), Brew(volume_l=300, og=1.054, started_at=t)]), 4)
    1.053
    """
    known = [(b.volume_l, b.og) for b in brews if b.og is not None and b.volume_l > 0]
    total = sum(volume for volume, _ in known)
    return sum(volume * og for volume, og in known) / total if total else None
