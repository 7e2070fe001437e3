"""A run of the workbench as a record: enough to do it again and get the same scores."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

FORMAT = "cellarhand-lab-run-1"
SAME = 1e-9


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Everything that decides a run of the workbench but the table itself."""

    target: str
    group: str | None = None
    time: str | None = None
    rule: str | None = None
    false_positive_cost: float = 1.0
    false_negative_cost: float = 1.0
    seed: int = 0
    folds: int = 5


def record_of(settings: Settings, digest: str, scores: Mapping[str, float], taken: str) -> dict[str, Any]:
    """The record: settings, the table's digest, versions, each rung's held-out loss, the taken rung."""
    import numpy
    import sklearn

    return {
        "format": FORMAT,
        "table": digest,
        "settings": asdict(settings),
        "versions": {"numpy": numpy.__version__, "scikit-learn": sklearn.__version__},
        "scores": dict(scores),
        "taken": taken,
    }


def keep(record: Mapping[str, Any], folder: Path) -> Path:
    """Writes the record, named by table and settings; nothing kept is ever overwritten: other scores get a new name."""
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(record, indent=1, ensure_ascii=False) + "\n"
    settings = hashlib.sha256(json.dumps(record["settings"], sort_keys=True).encode()).hexdigest()
    stem = f"{record['table'][:10]}-{settings[:8]}"
    for k in range(1, 10_000):
        path = folder / (f"{stem}.json" if k == 1 else f"{stem}-{k}.json")
        try:
            with path.open("x", encoding="utf-8") as file:
                file.write(text)
        except FileExistsError:
            if path.read_text(encoding="utf-8") == text:
                return path
        else:
            return path
    raise ValueError(f"{folder} holds ten thousand runs of this table and these settings")


def read_record(path: Path) -> dict[str, Any]:
    """A kept record; refuses anything else."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (UnicodeDecodeError, json.JSONDecodeError):
        found = None
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        raise ValueError(f"{path.name} is no record of a run: its format should be {FORMAT!r}")
    return found


def differences(kept: Mapping[str, Any], again: Mapping[str, Any]) -> list[str]:
    """What differs between a kept record and the same run done again, as sentences; none where it is reproduced.

    >>> a = {"table": "x", "scores": {"linear": 0.5}, "taken": "linear"}
    >>> differences(a, a | {"scores": {"linear": 0.6}})
    ['linear: 0.5 was kept and 0.6 came now']
    """
    found = []
    if kept["table"] != again["table"]:
        found.append("the table is not the one of the record")
    for name in {**kept["scores"], **again["scores"]}:
        a, b = kept["scores"].get(name), again["scores"].get(name)
        if a is None or b is None or abs(a - b) > SAME * max(abs(a), 1.0):
            found.append(f"{name}: {a} was kept and {b} came now")
    if kept["taken"] != again["taken"]:
        found.append(f"{kept['taken']} was taken and {again['taken']} would be now")
    return found
