"""Exact solvers: least squares by QR, logistic regression by Newton's method (IRLS), each with its certificate."""

import numpy as np
from numpy.typing import ArrayLike

from cellarhand.ladder.loss import LOGISTIC, SQUARED, Certificate, Fit, Floats, shares, violation

TOLERANCE = 1e-9
MOST_ROUNDS = 60
_JITTER = 1e-12  # of the mean curvature: keeps a step defined where columns say the same


def least_squares(matrix: Floats, y: ArrayLike, weight: ArrayLike | None = None, *, l2: float = 0.0) -> Fit:
    """Ridge or plain least squares, (n, p) against (n,), by QR of the rows with √l2·I below them (Golub & Van Loan
    2013, §5.3, §6.1): no squared condition number. Where columns are dependent, the shortest solution.

    >>> fit = least_squares(np.array([[0.0], [1.0], [2.0]]), [1.0, 3.0, 5.0])
    >>> round(fit.intercept, 9), fit.weights.round(9).tolist(), fit.certificate.converged
    (1.0, [2.0], True)
    """
    target = np.asarray(y, float)
    n, p = matrix.shape
    share = shares(weight, n)
    root = np.sqrt(share)[:, None]
    centre, middle = share @ matrix, float(share @ target)
    rows = np.vstack([root * (matrix - centre), np.sqrt(l2) * np.eye(p)])
    right = np.concatenate([root[:, 0] * (target - middle), np.zeros(p)])
    q, r = np.linalg.qr(rows)
    flat = np.abs(np.diag(r))
    if p and flat.min() > 1e-10 * flat.max():
        b = np.linalg.solve(r, q.T @ right)
    else:
        b = np.linalg.lstsq(rows, right, rcond=1e-10)[0]
    a = middle - float(centre @ b)
    off = violation(SQUARED, matrix, target, share, (a, b), 0.0, l2)
    size = max(float(np.abs(target).max(initial=0.0)), 1.0)
    return Fit(a, b, Certificate(off, 1, off < TOLERANCE * size * 10))


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
