"""The ladder's rungs on any table: baseline, linear, sparse, best subset, crosses. All but the last learn exactly.

A rung learns from a problem's rows and gives a `Told`: what it says of other rows, and what it costs to keep.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from cellarhand.lab.dice import Floats
from cellarhand.lab.problem import Problem
from cellarhand.lab.subsets import best_subset
from cellarhand.ladder import (
    LOGISTIC,
    SQUARED,
    Certificate,
    Design,
    Fit,
    Loss,
    elastic_net,
    group_folds,
    largest_l1,
    least_squares,
    logistic,
    path,
    products,
)

L2S = (1.0, 0.3, 0.1, 0.03, 0.01, 1e-3, 1e-4, 1e-5, 1e-6)
FLOOR = 1e-6  # probabilities are kept this far from 0 and 1: a single sure mistake isn't infinite
MOST_CROSSED, MOST_SUBSET = 12, 10


@dataclass(frozen=True, eq=False)
class Told:
    """A learnt model: `predict` of a problem's columns (a probability, or a number), what it holds, and notes."""

    predict: Callable[[Problem], Floats]
    parameters: int
    hidden: tuple[int, ...] = ()
    zeros: int | None = None
    certificate: Certificate | None = None
    weights: Mapping[str, float] | None = None
    note: str = ""


@dataclass(frozen=True, eq=False)
class Rung:
    """A name, how readable it is (5: a line to read; 1: not at all), and how it learns from a problem with a seed."""

    name: str
    readable: int
    learn: Callable[[Problem, int], Told]
    seeds: int = 1
    on_ladder: bool = True


def loss_of(p: Problem) -> Loss:
    """Log loss of yes or no, else squared."""
    return LOGISTIC if p.yes else SQUARED


def row_losses(p: Problem, said: Floats) -> Floats:
    """Log loss, or squared error, of each row (n,)."""
    if not p.yes:
        return np.asarray((said - p.y) ** 2)
    q = np.clip(said, FLOOR, 1 - FLOOR)
    return np.asarray(-np.where(p.y > 0.5, np.log(q), np.log(1 - q)))


def baseline(p: Problem, seed: int) -> Told:
    """The mean: the share of yes, or the average."""
    mean = float(p.y.mean())
    return Told(lambda q: np.full(q.n, mean), 1)


def _solve(p: Problem, x: Floats, l2: float) -> Fit:
    return logistic(x, p.y, l2=l2, tolerance=1e-8) if p.yes else least_squares(x, p.y, l2=l2)


def best_l2(p: Problem, x: Floats, l2s: Sequence[float] = L2S, folds: int = 4) -> float:
    """The L2 with the least loss by cross-validation by group within these rows."""
    totals = np.zeros(len(l2s))
    loss = loss_of(p)
    for split in group_folds(p.groups, folds):
        part = p.pick(split.learn)
        if p.yes and len(np.unique(part.y)) < 2:
            continue
        for k, l2 in enumerate(l2s):
            z = _solve(part, x[split.learn], l2).score(x[split.judge])
            totals[k] += float(loss.value(z, p.y[split.judge]).sum())
    return l2s[int(np.argmin(totals))]


def _linear_told(
    p: Problem, design: Design, widen: Callable[[Problem], Mapping[str, Floats]], fit: Fit, note: str
) -> Told:
    loss = loss_of(p)
    zeros = int((fit.weights == 0).sum())
    return Told(
        lambda q: loss.mean(fit.score(design.matrix(widen(q)))),
        len(fit.weights) - zeros + 1,
        zeros=zeros,
        certificate=fit.certificate,
        weights=dict(zip(design.names, fit.weights.tolist(), strict=True)),
        note=note,
    )


def linear(p: Problem, seed: int) -> Told:
    """Least squares or logistic regression by the exact solvers, L2 by cross-validation within; certificate kept."""
    design = Design.of(p.columns)
    x = design.matrix(p.columns)
    l2 = best_l2(p, x)
    return _linear_told(p, design, lambda q: q.columns, _solve(p, x, l2), f"L2 {l2:g}")


def sparse(p: Problem, seed: int) -> Told:
    """L1 path with exact zeros; the penalty by cross-validation within."""
    design = Design.of(p.columns)
    x, loss = design.matrix(p.columns), loss_of(p)
    l1s = largest_l1(x, p.y) * np.geomspace(1.0, 0.01, 12)
    totals = np.zeros(len(l1s))
    for split in group_folds(p.groups, 4):
        part = p.pick(split.learn)
        if p.yes and len(np.unique(part.y)) < 2:
            continue
        fits = path(x[split.learn], part.y, l1s=l1s.tolist(), loss=loss, tolerance=1e-5)
        totals += [float(loss.value(f.score(x[split.judge]), p.y[split.judge]).sum()) for f in fits]
    l1 = float(l1s[int(np.argmin(totals))])
    fit = elastic_net(x, p.y, l1=l1, loss=loss, tolerance=1e-7)
    return _linear_told(p, design, lambda q: q.columns, fit, f"L1 {l1:.3g}")


def subset(p: Problem, seed: int) -> Told:
    """L0: the best subset by BIC of least squares on the target, every subset tried, then fitted exactly."""
    design = Design.of(p.columns)
    x = design.matrix(p.columns)
    found = best_subset(x, p.y)
    kept = list(found.columns)
    few = _solve(p, x[:, kept], 1e-4)
    weights = np.zeros(x.shape[1])
    weights[kept] = few.weights
    fit = Fit(few.intercept, weights, few.certificate)
    return _linear_told(p, design, lambda q: q.columns, fit, f"best of {found.tried} subsets")


def crosses(p: Problem, seed: int) -> Told:
    """Squares and products of the standardised columns beside them, L2 by cross-validation; at most twelve columns
    are crossed, those that go furthest with the target.
    """
    first = Design.of(p.columns, bounded=True)
    chosen = _furthest(first, p)

    def widen(q: Problem) -> dict[str, Floats]:
        x = first.matrix(q.columns)
        plain = dict(zip(first.names, x.T, strict=True))
        pairs = [(a, b) for i, a in enumerate(chosen) for b in chosen[i:]]
        return plain | products(plain, pairs)

    columns = widen(p)
    design = Design.of(columns)
    x = design.matrix(columns)
    l2 = best_l2(p, x)
    return _linear_told(p, design, widen, _solve(p, x, l2), f"L2 {l2:g}")


def _furthest(design: Design, p: Problem) -> list[str]:
    """Columns by how much a straight line and a square of each say of the target."""
    x = design.matrix(p.columns)
    off = p.y - p.y.mean()
    square = x**2 - (x**2).mean(0)
    reach = np.abs(off @ x) + np.abs(off @ square) / np.maximum(np.sqrt((square**2).mean(0)), 1e-9)
    return [design.names[k] for k in np.argsort(-reach)[:MOST_CROSSED]]


def linear_rungs(p: Problem) -> list[Rung]:
    """Those of the rungs here that fit the problem, from simple to complex."""
    width = len(Design.of(p.columns).names)
    found = [
        Rung("baseline", 5, baseline),
        Rung("linear", 5, linear),
        Rung("sparse", 5, sparse, on_ladder=False),
        Rung("best subset", 5, subset, on_ladder=False),
        Rung("crosses", 3, crosses),
    ]
    return [r for r in found if r.name != "best subset" or 1 < width <= MOST_SUBSET]
