"""What is said of the taken rung once the board is judged: scorecards, costs, bias, learning curve, separability."""

import operator
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from cellarhand.lab.cells import TableError
from cellarhand.lab.dice import Floats
from cellarhand.lab.problem import Problem, Rows
from cellarhand.lab.rungs import row_losses
from cellarhand.lab.separable import Diverging, diverging, separable
from cellarhand.lab.workbench import MARGIN, Board, rungs_for
from cellarhand.ladder import Design
from cellarhand.ladder.judging import (
    Between,
    Bias,
    CostPanel,
    Costs,
    Curves,
    LearningCurve,
    Probe,
    Scorecard,
    auc_between,
    bias,
    cost_panel,
    curves,
    learning_curve,
    probes,
    scorecard,
)

_RULE = re.compile(r"^\s*(?P<column>.+?)\s*(?P<op>>=|<=|>|<)\s*(?P<value>-?[\d.]+)\s*$")
_OPS: dict[str, Callable[[Any, Any], Any]] = {
    ">=": operator.ge, "<=": operator.le, ">": operator.gt, "<": operator.lt,
}  # fmt: skip


@dataclass(frozen=True, eq=False)
class Classifier:
    """Everything about the taken rung as a classifier, on held-out rows, at the one threshold in force.

    `references` are the same scorecards of always-no, always-yes and the stated rule.
    """

    rung: str
    card: Scorecard
    references: dict[str, Scorecard]
    costs: CostPanel
    curves: Curves
    bias: Bias
    probes: tuple[Probe, ...]
    against_linear: Between | None


@dataclass(frozen=True, eq=False)
class Judgement:
    """The board with all that follows from it. `separable` and what it shows are of the whole table."""

    board: Board
    classifier: Classifier | None
    learning: LearningCurve | None
    separable: bool | None
    diverging: Diverging | None


def rule_of(p: Problem, text: str) -> Floats:
    """(n,) 1 where a stated rule like "hours >= 96" says yes, else 0; missing says no.

    >>> p = Problem({"hours": np.array([90.0, 100.0])}, np.array([0.0, 1.0]), True, (0, 1))
    >>> rule_of(p, "hours >= 96").tolist()
    [0.0, 1.0]
    """
    found = _RULE.match(text)
    if found is None:
        raise TableError(f"a rule is a column, one of > >= < <=, and a number; got {text!r}")
    if found["column"] not in p.columns:
        raise TableError("the rule names no column of the table", column=found["column"])
    return np.asarray(_OPS[found["op"]](p.columns[found["column"]], float(found["value"])), float)


def judge(p: Problem, board: Board, costs: Costs, *, rule: str | None = None, seed: int = 0) -> Judgement:
    """Judges the taken rung; a regression gets its learning curve alone."""
    parted, shown = None, None
    if p.yes:
        design = Design.of(p.columns)
        x = design.matrix(p.columns)
        parted = separable(x, p.y)
        if parted:
            shown = _shown(p, x, seed)
    return Judgement(
        board, _classifier(p, board, costs, rule) if p.yes else None, _learning(p, board, seed), parted, shown
    )


def _classifier(p: Problem, board: Board, costs: Costs, rule: str | None) -> Classifier:
    row = board.row(board.taken)
    rows = np.flatnonzero(np.isfinite(row.said[0]))
    part = p.pick(rows)
    said, y = row.said[0][rows], p.y[rows] > 0.5
    panel = cost_panel(said, y, costs)
    t = panel.in_force
    references = {"always no": np.zeros(len(y)), "always yes": np.ones(len(y))}
    if rule is not None:
        references[rule] = rule_of(part, rule)
    off = bias(said, y, part.groups if p.grouped else None)
    assert off is not None
    linear = board.row("linear").said[0][rows]
    return Classifier(
        row.rung.name,
        scorecard(said, y, t),
        {name: scorecard(s, y, t) for name, s in references.items()},
        panel,
        curves(said, y),
        off,
        tuple(_probes(p, row.said[0])),
        auc_between(linear, said, y) if row.rung.name not in ("linear", "baseline") else None,
    )


def _probes(p: Problem, said: Floats) -> list[Probe]:
    """On all judged rows; with times, skew and sample are judged between what was learnt last and what it told."""
    rows = np.flatnonzero(np.isfinite(said))
    part = p.pick(rows)
    found = probes(said[rows], part.y, part.columns, unused=part.unused)
    if p.times is None:
        return found
    *_, last = p.folds(5)
    learnt, now = p.pick(last.learn), p.pick(last.judge)
    late = probes(said[last.judge], now.y, now.columns, learnt=learnt.columns, learnt_y=learnt.y)
    return [*found, *(q for q in late if q.cause in ("pipeline skew", "biased sample"))]


def _learning(p: Problem, board: Board, seed: int) -> LearningCurve | None:
    if len(set(p.groups)) < 20:
        return None
    rung = next(r for r in rungs_for(p) if r.name == board.taken)

    def fit(learn: Rows, held: Rows) -> tuple[float, Floats]:
        part, other = p.pick(learn), p.pick(held)
        if p.yes and len(np.unique(part.y)) < 2:
            part = replace(part, y=part.y.copy())
            part.y[0] = 1.0 - part.y[0]
        told = rung.learn(part, seed)
        return float(row_losses(part, told.predict(part)).mean()), row_losses(other, told.predict(other))

    floor, least = min(r.loss for r in board.rows), MARGIN * board.rows[0].loss
    return learning_curve(fit, p.groups, shares=(0.25, 0.5, 1.0), folds=3, floor=floor, least=least, seed=seed)


def _shown(p: Problem, x: Floats, seed: int) -> Diverging | None:
    for split in p.folds(4, seed):
        if len(np.unique(p.y[split.learn])) == 2:
            return diverging((x[split.learn], p.y[split.learn]), (x[split.judge], p.y[split.judge]), steps=10_000)
    return None
