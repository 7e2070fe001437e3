"""Learning curves: loss on what was learnt and on what was held out as the table grows, and the verdict on it."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cellarhand.ladder.split import group_folds

Floats = NDArray[np.float64]
Rows = NDArray[np.intp]
FitAndLose = Callable[[Rows, Rows], tuple[float, Floats]]


@dataclass(frozen=True)
class Point:
    """At a number of groups learnt from: mean loss on them and on those held out, with its standard error."""

    groups: int
    learnt: float
    held: float
    error: float


@dataclass(frozen=True)
class LearningCurve:
    """Points from few groups to many, the verdict ("bias", "variance", "neither"), and a sentence."""

    points: tuple[Point, ...]
    verdict: str
    reason: str


def learning_curve(
    fit: FitAndLose,
    groups: Sequence[Hashable],
    *,
    shares: Sequence[float] = (0.1, 0.2, 0.4, 0.7, 1.0),
    folds: int = 5,
    floor: float | None = None,
    least: float = 0.0,
    seed: int = 0,
) -> LearningCurve:
    """`fit(learn, judge)` learns from rows and returns its mean loss on them and the losses (m,) on the others.

    `floor` is the held-out loss of the best model known: without one, bias can't be told from noise that nothing
    explains. A gap above 20 % of the held-out loss, two errors and `least` is variance.
    """
    rng = np.random.default_rng(seed)
    found: dict[float, list[tuple[int, float, float]]] = {s: [] for s in shares}
    for split in group_folds(groups, folds, seed):
        names = list(dict.fromkeys(groups[i] for i in split.learn))
        order = rng.permutation(len(names))
        for share in shares:
            count = max(round(share * len(names)), 2)
            chosen = {names[i] for i in order[:count]}
            rows = np.array([i for i in split.learn if groups[i] in chosen], np.intp)
            learnt, held = fit(rows, split.judge)
            found[share].append((count, learnt, float(np.mean(held))))
    points = []
    for values in found.values():
        v = np.array(values)
        error = float(v[:, 2].std(ddof=1) / np.sqrt(len(v))) if len(v) > 1 else float("inf")
        points.append(Point(round(float(v[:, 0].mean())), float(v[:, 1].mean()), float(v[:, 2].mean()), error))
    return LearningCurve(tuple(points), *verdict_of(points, floor, least))


def verdict_of(points: Sequence[Point], floor: float | None = None, least: float = 0.0) -> tuple[str, str]:
    """Bias or variance, from the last point.

    >>> verdict_of([Point(10, 0.1, 0.9, 0.01), Point(40, 0.2, 0.6, 0.01)])[0]
    'variance'
    >>> verdict_of([Point(10, 0.58, 0.6, 0.01), Point(40, 0.59, 0.6, 0.01)], floor=0.3)[0]
    'bias'
    """
    last, first = points[-1], points[0]
    gap = last.held - last.learnt
    if gap > max(0.2 * abs(last.held), 2 * last.error, least):
        falling = " More batches would help: the curve still falls." if first.held - last.held > 2 * last.error else ""
        return "variance", f"Held-out loss is {gap:.3f} above what was learnt: simplify or regularise.{falling}"
    if floor is not None and last.held - floor > max(0.1 * abs(last.held), 2 * last.error, least):
        return "bias", f"Both losses agree at {last.held:.3f} where another model reaches {floor:.3f}: a richer model."
    return "neither", f"Both losses agree at {last.held:.3f}, and nothing tried does better."
