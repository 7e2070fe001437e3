"""Exact solvers: least squares by normal equations or QR, logistic regression by Newton's method (IRLS), each with its
certificate.
"""

import numpy as np
from numpy.typing import ArrayLike

from cellarhand.ladder.loss import LOGISTIC, SQUARED, Certificate, Fit, Floats, shares, violation

TOLERANCE = 1e-9
MOST_ROUNDS = 60
SOUND = 1e-7  # smallest over largest eigenvalue of the correlations above which normal equations lose nothing
EASY = 1e-3  # the same ratio above which one solution is as good as a refined one
CANCELS = 1e-4  # a spread below a hundredth of the size of its column is centred before it is squared
_BLOCK = 4096  # rows that stay in the cache
_JITTER = 1e-12  # of the mean curvature: keeps a step defined where columns say the same


def least_squares(matrix: Floats, y: ArrayLike, weight: ArrayLike | None = None, *, l2: float = 0.0) -> Fit:
    """Ridge or plain least squares, (n, p) against (n,). Where columns are dependent, the shortest solution.

    By normal equations with one step of refinement where the columns are well conditioned (Björck 1996, §2.4, §2.9),
    else by QR of the rows with √l2·I below them (Golub & Van Loan 2013, §5.3, §6.1): no squared condition number.

    >>> fit = least_squares(np.array([[0.0], [1.0], [2.0]]), [1.0, 3.0, 5.0])
    >>> round(fit.intercept, 9), fit.weights.round(9).tolist(), fit.certificate.converged
    (1.0, [2.0], True)
    """
    target = np.asarray(y, float)
    share = shares(weight, len(target))
    centre, middle = share @ matrix, float(share @ target)
    b = _normal(matrix, target, share, centre, middle, l2)
    if b is None:
        b = _orthogonal(matrix, target, share, centre, middle, l2)
    a = middle - float(centre @ b)
    off = violation(SQUARED, matrix, target, share, (a, b), 0.0, l2)
    size = max(float(np.abs(target).max(initial=0.0)), 1.0)
    return Fit(a, b, Certificate(off, 1, off < TOLERANCE * size * 10))


def _normal(x: Floats, y: Floats, share: Floats, centre: Floats, middle: float, l2: float) -> Floats | None:
    """The solution by normal equations of centred columns, or None where they aren't well conditioned."""
    p = x.shape[1]
    gram, pull = _moments(x, y, share, centre, middle)
    gram[np.diag_indices(p)] += l2
    scale = np.sqrt(np.diag(gram))
    if not p or not scale.min() > 0:
        return None
    values = np.linalg.eigvalsh(gram / np.outer(scale, scale))
    if values[0] < SOUND * values[-1]:
        return None
    b = np.linalg.solve(gram, pull)
    if values[0] > EASY * values[-1]:
        return np.asarray(b)
    left = share * (y - middle - (x @ b - centre @ b))
    return np.asarray(b + np.linalg.solve(gram, x.T @ left - centre * left.sum() - l2 * b))


def _moments(x: Floats, y: Floats, share: Floats, centre: Floats, middle: float) -> tuple[Floats, Floats]:
    """Weighted centred XᵀX (p, p) and Xᵀy (p,): at once where rows weigh alike and means don't dwarf the spreads."""
    n, p = x.shape
    if n and share[0] == share[-1] and bool((share == share[0]).all()):
        whole = (x.T @ x) * share[0]
        gram = whole - np.outer(centre, centre)
        if bool((np.diag(gram) > CANCELS * np.diag(whole)).all()):
            return gram, (x.T @ y) * share[0] - centre * middle
    gram, pull = np.zeros((p, p)), np.zeros(p)
    for at in range(0, n, _BLOCK):
        block = x[at : at + _BLOCK] - centre
        weighed = block * share[at : at + _BLOCK, None]
        gram += weighed.T @ block
        pull += weighed.T @ (y[at : at + _BLOCK] - middle)
    return gram, pull


def _orthogonal(x: Floats, y: Floats, share: Floats, centre: Floats, middle: float, l2: float) -> Floats:
    p = x.shape[1]
    root = np.sqrt(share)[:, None]
    rows = np.vstack([root * (x - centre), np.sqrt(l2) * np.eye(p)])
    right = np.concatenate([root[:, 0] * (y - middle), np.zeros(p)])
    q, r = np.linalg.qr(rows)
    flat = np.abs(np.diag(r))
    if p and flat.min() > 1e-10 * flat.max():
        return np.asarray(np.linalg.solve(r, q.T @ right))
    return np.asarray(np.linalg.lstsq(rows, right, rcond=1e-10)[0])


def logistic(
    matrix: Floats,
    y: ArrayLike,
    weight: ArrayLike | None = None,
    *,
    l2: float = 0.0,
    start: Fit | None = None,
    tolerance: float = TOLERANCE,
) -> Fit:
    """Logistic regression by Newton's method with step halving (IRLS: McCullagh & Nelder 1989, §2.5).

    `y` (n,) are shares in 0..1 (0 and 1, or events of trials with the trials in `weight`). Without l2, classes that
    a plane can part have no optimum: the certificate then says it did not converge.

    >>> x = np.array([[-1.0], [-1.0], [1.0], [1.0]])
    >>> fit = logistic(x, [0, 1, 1, 1], l2=0.1)
    >>> fit.certificate.converged and fit.certificate.violation < 1e-9
    True
    """
    target = np.asarray(y, float)
    n, p = matrix.shape
    share = shares(weight, n)
    whole = np.column_stack([np.ones(n), matrix])
    penalty = np.concatenate([[0.0], np.full(p, l2)])
    beta = np.zeros(p + 1) if start is None else np.concatenate([[start.intercept], start.weights])
    if start is None:
        beta[0] = LOGISTIC.link(float(share @ target))
    z = whole @ beta
    now = float(share @ LOGISTIC.value(z, target) + 0.5 * penalty @ beta**2)
    for round_ in range(MOST_ROUNDS):
        gradient = whole.T @ (share * (LOGISTIC.mean(z) - target)) + penalty * beta
        off = float(np.abs(gradient).max())
        if off < tolerance:
            return Fit(float(beta[0]), beta[1:], Certificate(off, round_, True))
        hessian = (whole * (share * LOGISTIC.curvature(z))[:, None]).T @ whole + np.diag(penalty)
        hessian[np.diag_indices(p + 1)] += _JITTER * max(float(np.trace(hessian)) / (p + 1), 1e-12)
        step = np.linalg.solve(hessian, gradient)
        move = whole @ step
        size = 1.0
        while size > 1e-8:
            tried = beta - size * step
            value = float(share @ LOGISTIC.value(z - size * move, target) + 0.5 * penalty @ tried**2)
            if value <= now - 1e-4 * size * float(gradient @ step) + 1e-15 * abs(now):
                break
            size *= 0.5
        beta, z, now = tried, z - size * move, value
    return Fit(float(beta[0]), beta[1:], Certificate(off, MOST_ROUNDS, False))
