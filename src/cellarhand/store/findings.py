"""What background jobs have worked out, by name, with the key of what it was worked out from. Never observed: it may be
worked out again at any time."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select
from sqlalchemy.dialects.sqlite import insert as upsert

from cellarhand.store.schema import findings
from cellarhand.store.writer import Txn


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found, and from what."""

    key: str
    data: Any


def keep_finding(txn: Txn, name: str, key: str, data: Any) -> None:
    """Keeps a finding in the place of the one that had its name."""
    values = {"key": key, "made_at": txn.now_us, "data": json.dumps(data, separators=(",", ":"))}
    add = upsert(findings).values(name=name, **values)
    txn.conn.execute(add.on_conflict_do_update(index_elements=["name"], set_=values))


def findings_of(conn: Connection, prefix: str) -> dict[str, Finding]:
    """All findings whose name begins with `prefix`, by the rest of their names."""
    rows = conn.execute(select(findings).where(findings.c.name.startswith(prefix, autoescape=True)))
    return {r.name.removeprefix(prefix): Finding(r.key, json.loads(r.data)) for r in rows}


def forget_findings(txn: Txn, names: Collection[str]) -> None:
    """Drops findings whose subject is gone."""
    txn.conn.execute(findings.delete().where(findings.c.name.in_(list(names))))
