"""The ledger's records as plain data and back: as the store keeps them, as the API tells them."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from cellarhand.domain import Advised, Gate, Learned, Outcome, Promise, Rungs, Said

_STAMPS = {"said_at", "low", "median", "high", "after", "by", "early_at"}


def plain(record: Any) -> dict[str, Any]:
    """A frozen record as JSON takes it: times in ISO 8601, tuples as lists.

    >>> plain(Learned(rung="hazard", needs=15, inputs=(("clock", 0.5),)))["inputs"]
    [['clock', 0.5]]
    """
    told: dict[str, Any] = _told(asdict(record))
    return told


def _told(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _told(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_told(v) for v in value]
    return value.isoformat() if isinstance(value, datetime) else value


def outcome_of(data: dict[str, Any]) -> Outcome:
    """The inverse of `plain` for an outcome."""
    promises = tuple(Promise(**_stamped(p)) for p in data["promises"])
    return Outcome(**{**_stamped({k: v for k, v in data.items() if k != "promises"}), "promises": promises})


def _stamped(data: dict[str, Any]) -> dict[str, Any]:
    return {k: datetime.fromisoformat(v) if k in _STAMPS and v is not None else v for k, v in data.items()}


def rungs_of(data: dict[str, Any]) -> Rungs:
    """The inverse of `plain` for how the rungs stand."""

    def learned(d: dict[str, Any]) -> Learned:
        inputs = tuple((str(name), float(weight)) for name, weight in d["inputs"])
        buckets = tuple(Said(**b) for b in d["buckets"])
        return Learned(**{**d, "inputs": inputs, "dropped": tuple(d["dropped"]), "buckets": buckets})

    return Rungs(
        seen=data["seen"],
        learned=tuple(learned(d) for d in data["learned"]),
        gates=tuple(Gate(**d) for d in data["gates"]),
        advised=tuple(Advised(**d) for d in data["advised"]),
    )
