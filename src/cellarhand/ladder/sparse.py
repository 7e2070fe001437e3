"""L1 and elastic net with exact zeros: proximal Newton, each quadratic model solved by coordinate descent.

Friedman, Hastie & Tibshirani 2010 (J. Stat. Softw. 33) for the coordinate update by soft threshold and for the path;
Lee, Sun & Saunders 2014 (SIAM J. Optim. 24) for the outer step with line search. Squared loss is its own model.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from cellarhand.ladder.loss import LOGISTIC, Certificate, Fit, Floats, Loss, objective, shares, violation

TOLERANCE = 1e-8
MOST_ROUNDS = 100
_MOST_SWEEPS = 500


def elastic_net(
    matrix: Floats,
    y: ArrayLike,
    weight: ArrayLike | None = None,
    *,
    l1: float,
    l2: float = 0.0,
    loss: Loss = LOGISTIC,
    start: Fit | None = None,
    tolerance: float = TOLERANCE,
) -> Fit:
    """Minimises mean loss + l1·‖b‖₁ + ½·l2·‖b‖² over rows (n, p). A dropped column has a weight of exactly 0.

    >>> from cellarhand.ladder.loss import SQUARED
    >>> x = np.array([[1.0, 1.0], [-1.0, 1.0], [1.0, -1.0], [-1.0, -1.0]])
    >>> elastic_net(x, [2.1, -1.9, 1.9, -2.1], l1=0.5, loss=SQUARED).weights.round(6).tolist()
    [1.5, 0.0]
    """
    target = np.asarray(y, float)
    n, p = matrix.shape
    share = shares(weight, n)
    a, b = (loss.link(float(share @ target)), np.zeros(p)) if start is None else (start.intercept, start.weights)
    for round_ in range(MOST_ROUNDS):
        off = violation(loss, matrix, target, share, (a, b), l1, l2)
        if off < tolerance:
            return Fit(a, b, Certificate(off, round_, True))
        z = a + matrix @ b
        pull = share * (loss.mean(z) - target)
        bend = share * np.maximum(loss.curvature(z), 1e-10)
        whole = float(bend.sum())
        centred = matrix - (bend @ matrix) / whole
        gram = (centred * bend[:, None]).T @ centred
        # The intercept is solved for in closed form, so the model is in b alone: ½ dᵀ gram d + slopeᵀ d.
        slope = matrix.T @ pull - (bend @ matrix) / whole * float(pull.sum())
        new_b = _descend(gram, slope - gram @ b, b, l1, l2, 0.1 * off)
        step_b = new_b - b
        step_a = -(float(pull.sum()) + float(bend @ matrix @ step_b)) / whole
        a, b = _search(loss, matrix, target, share, (a, b), (step_a, step_b), l1, l2)
    off = violation(loss, matrix, target, share, (a, b), l1, l2)
    return Fit(a, b, Certificate(off, MOST_ROUNDS, off < tolerance))


def _descend(gram: Floats, linear: Floats, start: Floats, l1: float, l2: float, enough: float) -> Floats:
    """argmin ½ bᵀ gram b + linearᵀ b + l1·‖b‖₁ + ½·l2·‖b‖², by sweeps over all columns and then the living ones."""
    b = start.copy()
    pull = gram @ b + linear
    diagonal = np.diag(gram) + l2
    able = np.flatnonzero(diagonal > 1e-14)
    columns = able
    for _ in range(_MOST_SWEEPS):
        moved = 0.0
        for j in columns:
            old = b[j]
            rest = pull[j] - gram[j, j] * old
            new = -np.sign(rest) * max(abs(rest) - l1, 0.0) / diagonal[j]
            if new != old:
                pull += gram[j] * (new - old)
                b[j] = new
                moved = max(moved, abs(new - old) * diagonal[j])
        if moved <= enough:
            if columns is able:
                break
            columns = able
        else:
            columns = able[b[able] != 0]
    return b


def _search(
    loss: Loss,
    matrix: Floats,
    y: Floats,
    share: Floats,
    at: tuple[float, Floats],
    step: tuple[float, Floats],
    l1: float,
    l2: float,
) -> tuple[float, Floats]:
    """Halves the step until the objective no longer rises. A step cut short keeps zeros only where both ends agree."""
    now = objective(loss, matrix, y, share, at, l1, l2)
    size = 1.0
    while size > 1e-6:
        tried = (at[0] + size * step[0], at[1] + size * step[1])
        if objective(loss, matrix, y, share, tried, l1, l2) <= now + 1e-14 * abs(now):
            return tried
        size *= 0.5
    return at


def largest_l1(matrix: Floats, y: ArrayLike, weight: ArrayLike | None = None) -> float:
    """The smallest l1 at which every column is dropped: max |Xᵀ(y − ȳ)|, both losses alike.

    >>> round(largest_l1(np.array([[1.0], [-1.0]]), [1.0, 0.0]), 3)
    0.5
    """
    target = np.asarray(y, float)
    share = shares(weight, len(target))
    return float(np.abs(matrix.T @ (share * (target - share @ target))).max(initial=0.0))


def path(
    matrix: Floats,
    y: ArrayLike,
    weight: ArrayLike | None = None,
    *,
    l1s: Sequence[float],
    l2: float = 0.0,
    loss: Loss = LOGISTIC,
    tolerance: float = TOLERANCE,
) -> list[Fit]:
    """Fits at each of `l1s`, which fall, each started from the one before. Same length and order."""
    fits: list[Fit] = []
    for l1 in l1s:
        start = fits[-1] if fits else None
        fits.append(elastic_net(matrix, y, weight, l1=l1, l2=l2, loss=loss, start=start, tolerance=tolerance))
    return fits
