"""L0: the best subset of columns, every one of them tried; exact, so only for few columns."""

from dataclasses import dataclass
from itertools import combinations
from math import comb

import numpy as np

from cellarhand.lab.dice import Floats

MOST = 14  # each column more doubles the number of fits


@dataclass(frozen=True)
class Subset:
    """The columns of the best subset, its residual sum of squares, its BIC and how many subsets were tried."""

    columns: tuple[int, ...]
    rss: float
    bic: float
    tried: int


def subsets(d: int, size: int | None = None) -> int:
    """How many fits a search makes.

    >>> subsets(10), subsets(12, 3)
    (1023, 220)
    """
    return 2**d - 1 if size is None else comb(d, size)


def best_subset(x: Floats, y: Floats, *, size: int | None = None) -> Subset:
    """The subset of columns (n, d) with the least residual sum of squares: of one size, else the best of any by BIC
    (Schwarz 1978). Least squares with an intercept, from the normal equations of standardised columns.

    >>> x = np.array([[1.0, 1.0], [-1.0, 1.0], [1.0, -1.0], [-1.0, -1.0]])
    >>> best_subset(x, np.array([2.1, -1.9, 1.9, -2.1])).columns
    (0, 1)
    """
    n, d = x.shape
    if d > MOST:
        raise ValueError(f"best subsets are for at most {MOST} columns; got {d}, which is {subsets(d)} fits")
    centred, off = x - x.mean(0), y - y.mean()
    gram, pull, whole = centred.T @ centred, centred.T @ off, float(off @ off)
    best = Subset((), whole, _bic(whole, n, 0), 0)
    best = best if size is None else Subset((), np.inf, np.inf, 0)
    for k in (size,) if size is not None else range(1, d + 1):
        chosen = np.array(list(combinations(range(d), k)))  # (subsets, k)
        grams = gram[chosen[:, :, None], chosen[:, None, :]] + 1e-12 * np.trace(gram) * np.eye(k)
        pulls = pull[chosen]
        weights = np.linalg.solve(grams, pulls[..., None])[..., 0]
        rss = whole - (weights * pulls).sum(1)
        at = int(np.argmin(rss))
        found = Subset(tuple(chosen[at].tolist()), float(rss[at]), _bic(float(rss[at]), n, k), 0)
        best = min(best, found, key=lambda s: s.bic)
    return Subset(best.columns, best.rss, best.bic, subsets(d, size))


def _bic(rss: float, n: int, k: int) -> float:
    return n * float(np.log(max(rss, 1e-300) / n)) + k * float(np.log(n))
