"""ROC and precision–recall as numbers, and two models' AUC on the same cases."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cellarhand.metrics import counts_at_thresholds

Floats = NDArray[np.float64]
IMBALANCED = 0.2  # where the rarer class is less than this share, precision–recall goes first


@dataclass(frozen=True, eq=False)
class Curves:
    """At thresholds from high to low (k,): false and true positive rates, precision and recall (the same as the true
    positive rate). A rate of an empty class is None. `first` names the curve to look at first.
    """

    thresholds: Floats
    false_positive_rate: Floats | None
    recall: Floats | None
    precision: Floats
    prevalence: float
    first: str


def curves(said: ArrayLike, happened: ArrayLike) -> Curves:
    """Both curves of probabilities or scores (n,), one point a distinct score.

    >>> c = curves([0.9, 0.4, 0.4], [True, False, True])
    >>> c.recall.tolist(), c.precision.round(2).tolist()
    ([0.5, 1.0], [1.0, 0.67])
    """
    c = counts_at_thresholds(said, happened)
    n = c.positives + c.negatives
    if not n:
        raise ValueError("curves need at least one case")
    rare = min(c.positives, c.negatives) / n
    return Curves(
        c.thresholds,
        c.false_positive / c.negatives if c.negatives else None,
        c.true_positive / c.positives if c.positives else None,
        c.true_positive / (c.true_positive + c.false_positive),
        c.positives / n,
        "precision–recall" if rare < IMBALANCED else "ROC",
    )


@dataclass(frozen=True)
class Between:
    """AUC of a second model less that of a first on the same cases, with its 95 % interval, and a sentence."""

    first: float
    second: float
    difference: float
    low: float
    high: float
    crossing: bool
    reason: str


def auc_between(first: ArrayLike, second: ArrayLike, happened: ArrayLike) -> Between | None:
    """The paired interval of DeLong, DeLong & Clarke-Pearson 1988 (Biometrics 44); None where a class has under two.

    Where the two ROC curves cross, which is better depends on the threshold: `crossing`, told in the sentence.

    >>> y = [True] * 20 + [False] * 20
    >>> good = list(range(40, 0, -1)); half = good[::2] + good[1::2]
    >>> auc_between(half, good, y).reason
    'Better: AUC 1.000 against 0.525, +0.475 (+0.292 … +0.658, 95 %).'
    """
    y = np.asarray(happened, bool)
    a, b = np.asarray(first, float), np.asarray(second, float)
    m, n = int(y.sum()), int((~y).sum())
    if m < 2 or n < 2:
        return None
    parts = [_components(s, y) for s in (a, b)]
    areas = [float(v.mean()) for v, _ in parts]
    gap = areas[1] - areas[0]
    up, down = parts[1][0] - parts[0][0], parts[1][1] - parts[0][1]
    error = math.sqrt(float(up.var(ddof=1)) / m + float(down.var(ddof=1)) / n)
    low, high = gap - 1.96 * error, gap + 1.96 * error
    crossing = _cross(a, b, y)
    verdict = "Better" if low > 0 else "Worse" if high < 0 else "Not better by more than chance"
    reason = f"{verdict}: AUC {areas[1]:.3f} against {areas[0]:.3f}, {gap:+.3f} ({low:+.3f} … {high:+.3f}, 95 %)."
    return Between(
        areas[0], areas[1], gap, low, high, crossing,
        reason + (" The curves cross: which is better depends on the threshold." if crossing else ""),
    )  # fmt: skip


def _components(score: Floats, y: NDArray[np.bool_]) -> tuple[Floats, Floats]:
    """For each yes the share of noes below it, for each no the share of yeses above it; ties half."""
    yes, no = score[y], score[~y]
    return _below(yes, no), 1.0 - _below(no, yes)


def _below(of: Floats, among: Floats) -> Floats:
    ordered = np.sort(among)
    left, right = np.searchsorted(ordered, of, "left"), np.searchsorted(ordered, of, "right")
    return np.asarray((left + right) / (2.0 * len(among)))


def _cross(a: Floats, b: Floats, y: NDArray[np.bool_], least: float = 0.02) -> bool:
    """True where each curve lies above the other by more than `least` somewhere."""
    grid = np.linspace(0.0, 1.0, 101)
    heights = []
    for s in (a, b):
        c = counts_at_thresholds(s, y)
        fpr = np.concatenate([[0.0], c.false_positive / c.negatives])
        heights.append(np.interp(grid, fpr, np.concatenate([[0.0], c.true_positive / c.positives])))
    gap = heights[1] - heights[0]
    return bool(gap.max() > least and gap.min() < -least)
