"""Prediction bias: what was said on average against what happened, overall and in buckets, and what may cause it.

It is mended in the model, never by moving the output: the probes say where to look.
"""

import math
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cellarhand.metrics import Bucket, calibration

Floats = NDArray[np.float64]
SMALL = 10  # a bucket of fewer cases is shown grey


@dataclass(frozen=True)
class Bias:
    """Mean said less mean happened with a 95 % interval and its p; buckets that sum to it; a sentence."""

    value: float
    low: float
    high: float
    p: float
    n: int
    buckets: tuple[Bucket, ...]
    reason: str

    @property
    def alarm(self) -> bool:
        """Different from 0 by more than chance."""
        return self.p < 0.05

    @property
    def worst(self) -> Bucket | None:
        """The bucket furthest off among those that hold enough, signed by `said − happened`."""
        held = [b for b in self.buckets if b.count >= SMALL]
        return max(held, key=lambda b: abs(b.said - b.happened)) if held else None


def bias(
    said: ArrayLike, happened: ArrayLike, groups: Sequence[Hashable] | None = None, *, buckets: int = 10
) -> Bias | None:
    """Signed bias of probabilities (n,); None of nothing. Cases of one group (a batch) count as one draw.

    The interval is that of the mean difference, robust to groups (Cameron & Miller 2015, J. Human Resources 50).

    >>> found = bias([0.7] * 50 + [0.5] * 50, [True] * 20 + [False] * 30 + [True] * 25 + [False] * 25)
    >>> round(found.value, 3), found.alarm
    (0.15, True)
    """
    p, y = np.asarray(said, float), np.asarray(happened, float)
    n = len(p)
    if not n:
        return None
    off = p - y
    value = float(off.mean())
    error = _error(off - value, groups)
    z = abs(value) / error if error else (0.0 if value == 0 else math.inf)
    chance = math.erfc(z / math.sqrt(2.0))
    low, high = value - 1.96 * error, value + 1.96 * error
    side = "too much" if value > 0 else "too little"
    told = f"Says {side} by {100 * abs(value):.1f} points on average (p = {chance:.2g})"
    reason = f"{told}." if chance < 0.05 else "No bias beyond chance on average."
    found = tuple(calibration(p, y > 0.5, buckets))
    return Bias(value, low, high, chance, n, found, reason)


def _error(off: Floats, groups: Sequence[Hashable] | None) -> float:
    n = len(off)
    if groups is None:
        return float(math.sqrt(np.sum(off**2)) / n)
    sums: dict[Hashable, float] = {}
    for g, v in zip(groups, off.tolist(), strict=True):
        sums[g] = sums.get(g, 0.0) + v
    m = len(sums)
    return math.sqrt(sum(v * v for v in sums.values()) * m / max(m - 1, 1)) / n


@dataclass(frozen=True)
class Probe:
    """A cause looked for: found or not, the figure it was judged by, and a sentence."""

    cause: str
    found: bool
    figure: float
    reason: str


def score_test(residual: Floats, variance: Floats, column: Floats, used: Floats) -> float:
    """z of Rao's score test: does `column` (n,) explain `residual` = y − p beyond the columns `used` (n, k)?

    `variance` is p(1 − p). The intercept is always among the used.
    """
    design = np.column_stack([np.ones(len(column)), used])
    root = np.sqrt(variance)
    left = column - design @ np.linalg.lstsq(design * root[:, None], column * root, rcond=None)[0]
    spread = math.sqrt(float(variance @ left**2))
    return float(left @ residual) / spread if spread > 1e-9 else 0.0


def strongest(
    residual: Floats, variance: Floats, columns: Mapping[str, Floats], used: Floats
) -> tuple[str, float, float]:
    """The column with the largest |z|, its z, and its p corrected for how many were tried (Bonferroni)."""
    best, top = "", 0.0
    for name, column in columns.items():
        z = score_test(residual, variance, column, used)
        if abs(z) > abs(top):
            best, top = name, z
    return best, top, min(math.erfc(abs(top) / math.sqrt(2.0)) * max(len(columns), 1), 1.0)
