"""One run of the workbench from a file: read, climb, judge, and say it all as plain values."""

import math
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from cellarhand.lab.problem import Problem, problem_of
from cellarhand.lab.record import Settings, record_of
from cellarhand.lab.table import read_table
from cellarhand.lab.verdicts import Classifier, Judgement, judge
from cellarhand.lab.workbench import Row, climb
from cellarhand.ladder.judging import Costs, Scorecard

READABLE = {5: "a line to read", 4: "nearly a line", 3: "a longer line", 2: "a list of splits", 1: "not by a person"}


@dataclass(frozen=True, eq=False)
class Outcome:
    """A run: the problem, its settings, all that was judged, and its record."""

    problem: Problem
    settings: Settings
    judgement: Judgement
    record: dict[str, Any]


def fit_table(
    path: Path, settings: Settings, *, executor: Executor | None = None, tell: Callable[[str], None] | None = None
) -> Outcome:
    """Reads a table and takes it up the ladder; raises `TableError` where it can't be used."""
    table = read_table(path)
    problem = problem_of(table, settings.target, group=settings.group, time=settings.time)
    board = climb(problem, seed=settings.seed, folds=settings.folds, executor=executor, tell=tell)
    costs = Costs(settings.false_positive_cost, settings.false_negative_cost)
    judgement = judge(problem, board, costs, rule=settings.rule, seed=settings.seed)
    scores = {r.rung.name: r.loss for r in board.rows}
    return Outcome(problem, settings, judgement, record_of(settings, table.digest, scores, board.taken))


def row_json(row: Row) -> dict[str, Any]:
    """A leaderboard row as plain values."""
    t = row.told
    return {
        "rung": row.rung.name,
        "on_ladder": row.rung.on_ladder,
        "loss": row.loss,
        "error": row.error,
        "seeds": row.rung.seeds,
        "best_seed": row.spread[0],
        "worst_seed": row.spread[1],
        "parameters": t.parameters,
        "zeros": t.zeros,
        "hidden": list(t.hidden),
        "deep": row.deep,
        "bytes": row.bytes,
        "fit_s": row.fit_s,
        "predict_us": row.predict_us,
        "readable": row.rung.readable,
        "certificate": None if t.certificate is None else asdict(t.certificate),
        "note": t.note,
        "gate": None if row.gate is None else row.gate.reason,
        "promoted": row.gate is not None and row.gate.promoted,
        "weights": None if t.weights is None else dict(t.weights),
    }


def card_json(card: Scorecard) -> dict[str, Any]:
    """A scorecard; undefined is null."""
    return asdict(card) | {"n": card.n, "paradox": card.paradox, "sentence": card.sentence()}


def _classifier_json(c: Classifier) -> dict[str, Any]:
    return {
        "rung": c.rung,
        "scorecard": card_json(c.card),
        "references": {name: card_json(card) for name, card in c.references.items()},
        "costs": asdict(c.costs),
        "look_first_at": c.curves.first,
        "bias": asdict(c.bias) | {"alarm": c.bias.alarm},
        "probes": [asdict(p) for p in c.probes],
        "auc_against_linear": None if c.against_linear is None else asdict(c.against_linear),
    }


def as_json(outcome: Outcome) -> dict[str, Any]:
    """Everything as plain values; what is not finite is null."""
    j, p = outcome.judgement, outcome.problem
    found = {
        "target": outcome.settings.target,
        "kind": "yes or no" if p.yes else "number",
        "loss": "log loss" if p.yes else "squared error",
        "rows": p.n,
        "groups": len(set(p.groups)),
        "split": "time" if p.times is not None else "group" if p.grouped else "row",
        "taken": j.board.taken,
        "reason": j.board.reason,
        "champion": j.board.champion,
        "advice": asdict(j.board.advice),
        "leaderboard": [row_json(r) for r in j.board.rows],
        "linearly_separable": j.separable,
        "diverging": None if j.diverging is None else asdict(j.diverging) | {"sentence": j.diverging.sentence()},
        "classifier": None if j.classifier is None else _classifier_json(j.classifier),
        "learning_curve": None if j.learning is None else asdict(j.learning),
        "notes": list(p.notes),
        "record": outcome.record,
    }
    finite: dict[str, Any] = _finite(found)
    return finite


def _finite(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {k: _finite(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(v) for v in value]
    return value
