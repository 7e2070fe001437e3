"""Log files into the store: read first, then kept in one transaction, so that nothing is ever half-imported."""

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from cellarhand.domain import Batch, Conflict, Cycle, Phase, Refused
from cellarhand.move import (
    Historian,
    HistorianTank,
    LogBatch,
    LogFile,
    TankBatch,
    beer_from,
    file_name,
    kind_of,
    open_historian,
    open_log,
    tank_name,
    until,
)
from cellarhand.store import Store, Txn, cellar, lookup, readings
from cellarhand.store.readings import Row8
from cellarhand.store.times import micros, moment

AHEAD = timedelta(days=1)  # how far a log may run ahead of us: a naive stamp read in the wrong zone isn't lost
STILL_RUNNING = timedelta(days=7)  # a log that ends nearer to now than this is of beer that is still there
_CHUNK = 20_000


@dataclass(kw_only=True)
class Summary:
    """What became of one file."""

    file: str
    rows: int = 0
    kept: int = 0
    known: int = 0
    tanks: list[str] = field(default_factory=list)
    batches: list[str] = field(default_factory=list)
    refused: int = 0
    lines: list[str] = field(default_factory=list)

    @property
    def sentence(self) -> str:
        """One line for people."""
        there = ", ".join(dict.fromkeys(self.tanks)) or "no tank"
        again = f", {self.known} known before" if self.known else ""
        lost = f", {self.refused} row{'s' * (self.refused > 1)} refused" if self.refused else ""
        return f"{self.file}: {self.kept} readings into {there}{again}{lost}."

    def as_json(self) -> dict[str, Any]:
        """The same for the API."""
        return {k: getattr(self, k) for k in ("file", "rows", "kept", "known", "tanks", "batches", "refused", "lines")}


Parsed = LogFile | Historian


def parse_file(path: Path, zone: str, on_rows: Callable[[int], None] | None = None) -> Parsed:
    """Reads a log or a historian's export, whichever its header says. Raises Refused with what is known."""
    if kind_of(path) == "historian":
        return open_historian(path, zone=zone, on_rows=on_rows)
    return open_log(path, zone=zone, on_rows=on_rows)


def import_into(
    store: Store, now: datetime, tank: str | None, name: str, content: bytes, person_id: int | None, zone: str = "UTC"
) -> Summary:
    """Takes the bytes of a file in."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / file_name(name)
        path.write_bytes(content)
        parsed = parse_file(path, zone)
    return store.writer.run(lambda txn: keep(txn, parsed, now, tank, path.name, person_id))


def keep(txn: Txn, parsed: Parsed, now: datetime, tank: str | None, file: str, person_id: int | None) -> Summary:
    """Keeps all of a parsed file in this transaction."""
    summary = Summary(file=file, rows=parsed.rows, refused=parsed.refused_rows)
    summary.lines = [str(r) for r in parsed.refused[:200]]
    summary.lines += parsed.notes
    if isinstance(parsed, Historian):
        for found in parsed.tanks:
            _keep_tank(txn, found, now, person_id, summary)
        return summary
    if tank is None:
        raise Refused("a log needs a tank", file, "say which with --tank FV3")
    batches = [_until_now(b, now, summary) for b in sorted(parsed.batches, key=lambda b: b.observed_at_us[:1])]
    if not any(batch.observed_at_us or batch.texts for batch in batches):
        raise _nothing_in(parsed, file)
    tank_id = cellar.ensure_tank(txn, tank_name(tank))
    summary.tanks.append(tank_name(tank))
    for batch in batches:
        _keep_batch(txn, batch, tank_id, now, person_id, summary)
    return summary


def _until_now(batch: LogBatch, now: datetime, summary: Summary) -> LogBatch:
    """The batch without rows that are still to come: a year mistyped would keep its beer in the tank until then."""
    past, lost = until(batch, micros(now + AHEAD))
    if lost:
        summary.refused += lost
        latest = f"{moment(batch.observed_at_us[-1]):%Y-%m-%d %H:%M}"
        rule = f"{latest!r} breaks the rule a time before now; are clock, year and zone right?"
        summary.lines.append(f"{lost} row{'s' * (lost > 1)} of {batch.name} up to {rule}")
    return past


def _nothing_in(parsed: LogFile, file: str) -> Refused:
    """What to say of a log of which no row can be kept."""
    said = "; ".join(str(row) for row in parsed.refused[:5]) or "all rows are empty or still to come"
    cause = said if parsed.rows else "it ends with its header"
    return Refused("a log has a row that can be kept", file, cause)


def _keep_batch(
    txn: Txn, batch: LogBatch, tank_id: int, now: datetime, person_id: int | None, summary: Summary
) -> None:
    """One batch of a log: its readings, and a batch in the tank where none covers them."""
    if not len(batch):
        return
    first, last = moment(batch.observed_at_us[0]), moment(batch.observed_at_us[-1])
    covering = lookup.batch_covering(txn.conn, tank_id, last) or lookup.batch_covering(txn.conn, tank_id, first)
    beer = beer_from(batch)
    if covering is None and beer is not None:
        begins = moment(beer)
        pitched = batch.pitched_at if batch.pitched_at is not None and batch.pitched_at >= begins else None
        try:
            cellar.start_batch(
                txn,
                tank_id,
                started_at=begins,
                pitched_at=pitched,
                ended_at=None if now - last < STILL_RUNNING else last + timedelta(seconds=1),
                words={"name": batch.name, "brand": batch.brand, "style": batch.style},
                og=batch.og,
                person_id=person_id,
            )
        except Conflict as clash:
            raise Conflict(f"{batch.name}: {clash}") from None
        summary.batches.append(batch.name)
    elif covering is not None and beer is not None:
        reach_back(txn, covering, moment(beer))
    source = txn.ids.of_tank(txn.conn, "file", tank_id, batch.name)
    _append(txn, source, batch.observed_at_us, batch.channels, batch.precision_s, summary)
    _append_texts(txn, source, batch)
    txn.change("reading", tank_id)
    txn.change("import", tank_id)


def reach_back(txn: Txn, batch: Batch, first: datetime) -> None:
    """Older readings came late: a batch of which nobody has said a word began with them, unless others were there."""
    others = [b for b in lookup.list_batches(txn.conn, tank_id=batch.tank_id) if b.id != batch.id]
    alone = all(b.ended_at is not None and b.ended_at <= first for b in others if b.started_at < batch.started_at)
    if batch.assumed and first < batch.started_at and alone:
        cellar.change_batch(txn, batch.id, {"started_at": first})


def _append(
    txn: Txn,
    source: int,
    at: list[int],
    channels: dict[str, list[float | None]],
    precision_s: float,
    summary: Summary,
    doubtful: frozenset[int] = frozenset(),
) -> None:
    received, precision = txn.now_us, precision_s or None
    for name, column in channels.items():
        channel = txn.ids.channel(txn.conn, name[:48])
        rows: list[Row8] = [
            (source, channel, us, value, None, precision, received, 1 if us in doubtful else None)
            for us, value in zip(at, column, strict=True)
            if value is not None
        ]
        for chunk in _chunks(rows):
            new = readings.append_rows(txn, chunk)
            summary.kept += new
            summary.known += len(chunk) - new


def _append_texts(txn: Txn, source: int, batch: LogBatch) -> None:
    rows: list[Row8] = [
        (
            source,
            txn.ids.channel(txn.conn, name[:48]),
            us,
            None,
            text[:200],
            batch.precision_s or None,
            txn.now_us,
            None,
        )
        for us, name, text in batch.texts
    ]
    readings.append_rows(txn, rows)


def _chunks(rows: list[Row8]) -> Iterator[list[Row8]]:
    for i in range(0, len(rows), _CHUNK):
        yield rows[i : i + _CHUNK]


def _keep_tank(txn: Txn, found: HistorianTank, now: datetime, person_id: int | None, summary: Summary) -> None:
    """A tank of a historian: its cycle, its batches with brews and phases, its probes and hand readings."""
    tank_id = cellar.ensure_tank(txn, tank_name(found.name))
    summary.tanks.append(tank_name(found.name))
    if lookup.list_batches(txn.conn, tank_id=tank_id):
        known = {micros(b.started_at) for b in lookup.list_batches(txn.conn, tank_id=tank_id)}
        new = [b for b in found.batches if micros(b.started_at) not in known]
    else:
        new = list(found.batches)
    for batch in new:
        _keep_stay(txn, batch, tank_id, now, person_id)
        summary.batches.append(batch.name)
    if new or not found.batches:
        for at, cycle in found.cycles:
            cellar.note_cycle(txn, tank_id, Cycle(cycle), at, person_id)
    for source in found.sources:
        label = f"{source.name} probe" if source.height else source.name
        made = txn.ids.of_tank(txn.conn, "hand" if source.name == "hand" else "probe", tank_id, label)
        _append(txn, made, source.observed_at_us, source.channels, source.precision_s, summary, source.doubtful_us)
    txn.change("tank", tank_id)
    txn.change("reading", tank_id)
    txn.change("import", tank_id)


def _keep_stay(txn: Txn, batch: TankBatch, tank_id: int, now: datetime, person_id: int | None) -> None:
    pitched = batch.fills[0].started_at if batch.fills else batch.started_at
    made = cellar.start_batch(
        txn,
        tank_id,
        started_at=min(batch.started_at, pitched),
        pitched_at=None if batch.started_before else pitched,
        full_at=batch.full_at,
        ended_at=batch.ended_at,
        words={"name": batch.brand or batch.name, "brand": batch.brand},
        og=batch.og,
        person_id=person_id,
    )
    for brew in batch.fills:
        cellar.add_brew(txn, made, brew)
    for name, begin, end in batch.phases:
        cellar.add_phase(txn, made, Phase(name=name, from_at=begin, to_at=end, said_by="Status"))
