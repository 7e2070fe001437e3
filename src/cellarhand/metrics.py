"""Pure scoring: numbers and counts, no drawing, no data frames.

Times are hours, probabilities shares; `left` is an interval (a, b] in which the truth lies. Batches, not readings, are
the unit: everything is averaged within a batch first.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
LEVELS: Floats = np.arange(0.05, 0.951, 0.05)
LOG_FLOOR = -7.0
TOUCH = 10.0  # what a Winkler score costs an hour outside an 80 % interval: 2 / (1 − 0.8)


def pinball(quantiles: ArrayLike, levels: ArrayLike, truth: float) -> Floats:
    """Pinball loss of each quantile, in the truth's unit. Shape of `quantiles`.

    >>> pinball([1.0, 3.0], [0.5, 0.5], 2.0).tolist()
    [0.5, 0.5]
    """
    q, p = np.asarray(quantiles, float), np.asarray(levels, float)
    return np.asarray(np.maximum(p * (truth - q), (p - 1.0) * (truth - q)))


def crps(quantiles: ArrayLike, truth: float) -> float:
    """Continuous ranked probability score from the 19 quantiles at `LEVELS`: twice the mean pinball loss."""
    return 2.0 * float(np.mean(pinball(quantiles, LEVELS, truth)))


def interval_log_score(before: float, by: float) -> float:
    """Log of the probability given to the interval, F(b) − F(a), floored at −7: honest where readings are a day apart.

    >>> interval_log_score(0.2, 0.2)
    -7.0
    """
    return max(float(np.log(max(by - before, 1e-12))), LOG_FLOOR)


def share_inside(before: float, by: float, low: float = 0.1, high: float = 0.9) -> float:
    """Share of (F(a), F(b)] inside [low, high]: 0.8 for a perfect forecaster whatever the reading interval; 0 where
    the forecast gave the interval nothing.

    >>> round(share_inside(0.0, 0.2), 2)
    0.5
    """
    p = by - before
    return max(min(by, high) - max(before, low), 0.0) / p if p > 1e-9 else 0.0


def winkler(low: float, high: float, left: tuple[float, float]) -> float:
    """Winkler score of an 80 % interval in hours: its width, and ten times what it misses the interval of truth by."""
    return (high - low) + TOUCH * max(low - left[1], left[0] - high, 0.0)


def distance(median: float, left: tuple[float, float]) -> float:
    """Hours from the median to the interval of truth; 0 inside."""
    return max(left[0] - median, median - left[1], 0.0)


@dataclass(frozen=True)
class Band:
    """A figure with its 90 % bootstrap band and how many batches it rests on."""

    value: float
    low: float
    high: float
    n: int

    def __str__(self) -> str:
        return f"{self.value:.2f} ({self.low:.2f} … {self.high:.2f}, n={self.n})"


def batch_bootstrap(pairs: Sequence[tuple[float, float]], seed: int = 0, draws: int = 2000) -> Band:
    """Skill 1 − Σ score / Σ base over batches, with a band by resampling batches. `pairs`: (score, base) a batch.

    >>> batch_bootstrap([(1.0, 2.0), (1.0, 2.0)]).value
    0.5
    """
    v = np.asarray(pairs, float)
    if not len(v):
        return Band(float("nan"), float("nan"), float("nan"), 0)
    rng = np.random.default_rng(seed)
    picks = (v[rng.integers(0, len(v), len(v))] for _ in range(draws))
    spread = [1.0 - p[:, 0].sum() / p[:, 1].sum() for p in picks]
    low, high = np.quantile(spread, [0.05, 0.95])
    return Band(float(1.0 - v[:, 0].sum() / v[:, 1].sum()), float(low), float(high), len(v))


@dataclass(frozen=True)
class Bucket:
    """One bucket of a calibration: what was said on average, what happened, how often, with its 90 % Wilson band."""

    said: float
    happened: float
    count: int
    low: float
    high: float


def wilson(successes: float, count: int, z: float = 1.645) -> tuple[float, float]:
    """Wilson's 90 % band of a share; (0, 1) of nothing. `successes` may be broken where each case is a mean itself.

    >>> tuple(round(x, 2) for x in wilson(8, 10))
    (0.54, 0.93)
    """
    if count == 0:
        return 0.0, 1.0
    p, n = successes / count, float(count)
    middle, half = p + z * z / (2 * n), z * float(np.sqrt(p * (1 - p) / n + z * z / (4 * n * n)))
    scale = 1 + z * z / n
    return max((middle - half) / scale, 0.0), min((middle + half) / scale, 1.0)


def calibration(said: ArrayLike, happened: ArrayLike, buckets: int = 10) -> list[Bucket]:
    """Said against happened in equal-count buckets; fewer than `buckets` where there are few cases."""
    p, y = np.asarray(said, float), np.asarray(happened, bool)
    order = np.argsort(p, kind="stable")
    found = []
    for part in np.array_split(order, min(buckets, max(len(p), 1))):
        if len(part):
            low, high = wilson(int(y[part].sum()), len(part))
            found.append(Bucket(float(p[part].mean()), float(y[part].mean()), len(part), low, high))
    return found


def prediction_bias(said: ArrayLike, happened: ArrayLike) -> float:
    """Mean predicted less mean observed; 0 is right on average, whatever the buckets say."""
    return float(np.mean(np.asarray(said, float)) - np.mean(np.asarray(happened, float)))


@dataclass(frozen=True)
class Counts:
    """Counts at thresholds, from high to low, from which ROC, precision and recall, and cost all follow. Shape (k,)."""

    thresholds: Floats
    true_positive: Floats
    false_positive: Floats
    positives: int
    negatives: int


def counts_at_thresholds(score: ArrayLike, happened: ArrayLike) -> Counts:
    """Cumulated counts at every distinct score, highest first: "yes" is said where score ≥ threshold.

    >>> c = counts_at_thresholds([0.9, 0.8, 0.8, 0.1], [True, False, True, False])
    >>> c.thresholds.tolist(), c.true_positive.tolist(), c.false_positive.tolist()
    ([0.9, 0.8, 0.1], [1.0, 2.0, 2.0], [0.0, 1.0, 2.0])
    """
    s, y = np.asarray(score, float), np.asarray(happened, bool)
    order = np.argsort(-s, kind="stable")
    s, y = s[order], y[order]
    last = np.concatenate([np.flatnonzero(np.diff(s)), [len(s) - 1]]) if len(s) else np.empty(0, int)
    hits, misses = np.cumsum(y, dtype=float), np.cumsum(~y, dtype=float)
    return Counts(s[last], hits[last], misses[last], int(y.sum()), int((~y).sum()))


def by_batch(rows: Sequence[Mapping[str, object]], value: str) -> dict[str, float]:
    """Mean of a column within each batch (`id`), missing values left out."""
    sums: dict[str, list[float]] = {}
    for row in rows:
        number = row[value]
        if isinstance(number, int | float) and np.isfinite(number):
            sums.setdefault(str(row["id"]), []).append(float(number))
    return {name: float(np.mean(found)) for name, found in sums.items()}
