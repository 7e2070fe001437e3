"""What the ledger still has to work out: each batch has a key of all that its replay depends on, earlier ones too."""

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from cellarhand.app.question import CHANNELS, HANDLING_US
from cellarhand.domain import Batch
from cellarhand.store import findings, lookup, readings
from cellarhand.store.findings import Finding

METHOD = "1"  # raised when what is said of the same readings changes: all is replayed then
BATCH, ROWS, RUNGS = "batch:", "rows:", "rungs"
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Plan:
    """Batches in the order in which they began, the key of each, those whose outcome is due, those on which the rungs
    are yet to be compared, names of findings whose batch is gone, and the key of the rungs.
    """

    batches: tuple[Batch, ...]
    keys: dict[int, str]
    due: frozenset[int]
    uncompared: tuple[int, ...]
    gone: tuple[str, ...]
    rungs_key: str
    rungs_due: bool


class Planner:
    """Remembers the mark of each batch until its tank changes, so that looking at a large cellar costs little."""

    def __init__(self) -> None:
        self._marks: dict[int, tuple[int, str]] = {}

    def forget(self, tank_id: int | None) -> None:
        """Something of that tank has changed, or of any where None."""
        self._marks = {i: m for i, m in self._marks.items() if tank_id is not None and m[0] != tank_id}

    def plan(self, conn: Connection, now: datetime) -> Plan:
        """What is due by what the store says."""
        order = sorted(lookup.list_batches(conn), key=lambda b: (b.hour_zero, b.id))
        kept = findings.findings_of(conn, BATCH)
        keys: dict[int, str] = {}
        chain = METHOD
        for batch in order:
            mark = self._mark(conn, batch)
            chain = _hash(chain, mark)
            keys[batch.id] = chain + ("" if batch.ended_at else f":{(now - batch.hour_zero) // _DAY}")
        due = frozenset(b.id for b in order if _due(b, keys[b.id], kept.get(str(b.id))))
        compared = findings.findings_of(conn, ROWS)
        known = {str(b.id) for b in order}
        rungs = findings.findings_of(conn, RUNGS).get("")
        return Plan(
            batches=tuple(order),
            keys=keys,
            due=due,
            uncompared=tuple(b.id for b in order if _uncompared(b, keys[b.id], compared.get(str(b.id)))),
            gone=tuple(k + name for k, of in ((BATCH, kept), (ROWS, compared)) for name in of if name not in known),
            rungs_key=chain,
            rungs_due=bool(order) and (rungs is None or rungs.key != chain),
        )

    def _mark(self, conn: Connection, batch: Batch) -> str:
        if batch.id not in self._marks:
            self._marks[batch.id] = (batch.tank_id, mark_of(conn, batch))
        return self._marks[batch.id][1]


def mark_of(conn: Connection, batch: Batch) -> str:
    """What a batch's curve depends on: all that was stated, corrected and read. While it runs, readings don't count:
    they come all the time, and what is known of it at an earlier hour stays as it was.
    """
    spans = readings.spans_of(conn, batch, handling_us=HANDLING_US)
    ids = [s.source_id for s in spans]
    stated = {k: v for k, v in asdict(batch).items() if k not in ("tank", "name")}
    events = lookup.events_of(conn, batch.tank_id, batch.started_at, batch.ended_at)
    parts = [
        stated,
        [asdict(s) for s in spans],
        [asdict(o) for o in readings.offsets_of(conn, ids)],
        sorted(readings.struck_of(conn, ids)),
        [asdict(b) for b in lookup.brews_of(conn, batch.id)],
        [e["at"] for e in events if e["kind"] == "dry hop"],
        readings.amount_of(conn, spans, CHANNELS) if batch.ended_at else [],
    ]
    return _hash(json.dumps(parts, default=str))


def _hash(*texts: str) -> str:
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()[:24]


def _due(batch: Batch, key: str, kept: Finding | None) -> bool:
    """A running batch whose end was seen waits for its emptying, one without is looked at once a day."""
    if kept is None or kept.key == key:
        return kept is None
    seen = kept.data["after"] is not None
    return not (seen and batch.ended_at is None and kept.key.split(":")[0] == key.split(":")[0])


def _uncompared(batch: Batch, key: str, kept: Finding | None) -> bool:
    """The rungs are compared on batches that have left their tank."""
    return batch.ended_at is not None and (kept is None or kept.key != key)
