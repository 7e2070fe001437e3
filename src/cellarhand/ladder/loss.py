"""The two losses of the ladder's linear rungs, what a fit is, and the certificate that it is one.

Both losses are those of a natural exponential family, so with link z = a + Xb the gradient in z is mean(z) − y
(McCullagh & Nelder 1989, §2.2) and one solver serves both.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Loss:
    """A loss by its name; `bend` bounds its second derivative in z (1 for squared, ¼ for log loss)."""

    name: str
    bend: float

    def mean(self, z: Floats) -> Floats:
        """What is expected of y at the linear score z."""
        return z if self.name == "squared" else sigmoid(z)

    def link(self, mean: float) -> float:
        """The score z whose mean is `mean`; shares are kept off 0 and 1 by a millionth."""
        if self.name == "squared":
            return mean
        rate = min(max(mean, 1e-6), 1 - 1e-6)
        return float(np.log(rate / (1 - rate)))

    def value(self, z: Floats, y: Floats) -> Floats:
        """½(z − y)², or −y·log p − (1 − y)·log(1 − p) with p = sigmoid(z); y may be any share in 0..1.

        >>> LOGISTIC.value(np.array([0.0]), np.array([1.0])).round(4).tolist()
        [0.6931]
        """
        return 0.5 * (z - y) ** 2 if self.name == "squared" else np.logaddexp(0.0, z) - y * z

    def curvature(self, z: Floats) -> Floats:
        """The second derivative in z."""
        if self.name == "squared":
            return np.ones_like(z)
        p = sigmoid(z)
        return p * (1.0 - p)


SQUARED = Loss("squared", 1.0)
LOGISTIC = Loss("logistic", 0.25)


@dataclass(frozen=True)
class Certificate:
    """How far from the optimum a fit can be: the largest violation of the optimality (KKT) conditions, in units of
    the gradient (loss per unit of coefficient), after how many rounds, and whether that is under the tolerance.
    """

    violation: float
    rounds: int
    converged: bool


@dataclass(frozen=True, eq=False)
class Fit:
    """A fitted linear score: intercept, weights (p,) and the certificate."""

    intercept: float
    weights: Floats
    certificate: Certificate

    def score(self, matrix: Floats) -> Floats:
        """z = a + Xb of rows (n, p). Shape (n,)."""
        return np.asarray(self.intercept + matrix @ self.weights)


def sigmoid(z: Floats) -> Floats:
    """1 / (1 + exp(−z)) without overflow.

    >>> sigmoid(np.array([-1000.0, 0.0])).tolist()
    [0.0, 0.5]
    """
    e = np.exp(-np.abs(z))
    return np.asarray(np.where(z >= 0, 1.0, e) / (1.0 + e))


def shares(weight: ArrayLike | None, n: int) -> Floats:
    """Row weights (n,) that sum to 1; equal where none are given."""
    w = np.ones(n) if weight is None else np.asarray(weight, float)
    return np.asarray(w / w.sum())


def objective(
    loss: Loss, matrix: Floats, y: Floats, share: Floats, fit: tuple[float, Floats], l1: float, l2: float
) -> float:
    """Weighted mean loss + l1·‖b‖₁ + ½·l2·‖b‖² at (intercept, weights)."""
    a, b = fit
    return float(share @ loss.value(a + matrix @ b, y) + l1 * np.abs(b).sum() + 0.5 * l2 * (b @ b))


def violation(
    loss: Loss, matrix: Floats, y: Floats, share: Floats, fit: tuple[float, Floats], l1: float, l2: float
) -> float:
    """Largest KKT violation: |g| of the intercept, |g + l1·sign(b)| where b ≠ 0, max(|g| − l1, 0) where b = 0."""
    a, b = fit
    off = share * (loss.mean(a + matrix @ b) - y)
    g = matrix.T @ off + l2 * b
    at = np.where(b != 0, np.abs(g + l1 * np.sign(b)), np.maximum(np.abs(g) - l1, 0.0))
    return float(max(abs(off.sum()), at.max(initial=0.0)))
