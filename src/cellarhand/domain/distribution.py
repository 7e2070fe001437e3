"""A distribution as 99 quantiles with mass at 0 ("already") and at infinity ("never")."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
LEVELS: Floats = np.arange(1, 100) / 100.0
_EDGES: Floats = np.arange(101) / 100.0


@dataclass(frozen=True, eq=False)
class Distribution:
    """Of hours until something, or of a gravity.

    `grid` has shape (..., 99): the 1 … 99 % quantiles of what is neither already nor never, rising along the last
    axis. `already` and `never` are probabilities; for gravities both are 0. Leading axes are independent cases.

    >>> d = Distribution(np.linspace(10, 20, 99), already=0.5)
    >>> d.quantile([0.4, 0.75]).round(1).tolist(), float(d.cdf(0.0))
    ([0.0, 15.0], 0.5)
    """

    grid: Floats
    already: float = 0.0
    never: float = 0.0

    def __post_init__(self) -> None:
        if self.grid.shape[-1:] != (99,):
            raise ValueError(f"a grid has 99 quantiles on its last axis; got shape {self.grid.shape}")

    @classmethod
    def of(cls, values: ArrayLike, weights: ArrayLike | None = None) -> "Distribution":
        """From samples of a time: 0 means already, inf means never. Weights need not sum to 1.

        >>> d = Distribution.of([0.0, 5.0, 7.0, float("inf")])
        >>> d.already, d.never
        (0.25, 0.25)
        """
        v = np.asarray(values, float)
        w = np.ones_like(v) if weights is None else np.asarray(weights, float)
        w = w / w.sum()
        already, never = float(w[v <= 0].sum()), float(w[np.isinf(v)].sum())
        between = (v > 0) & np.isfinite(v)
        if not between.any():
            return cls(np.zeros(99), already=already / max(already + never, 1e-12), never=never)
        return cls(weighted_quantiles(v[between], w[between], LEVELS), already=already, never=never)

    @classmethod
    def of_gravity(cls, values: ArrayLike, weights: ArrayLike | None = None) -> "Distribution":
        """From samples of a gravity (or of anything without mass at 0 and infinity), shape (n,)."""
        v = np.asarray(values, float)
        w = np.ones_like(v) if weights is None else np.asarray(weights, float)
        return cls(weighted_quantiles(v, w, LEVELS))

    def _ends(self) -> Floats:
        """The grid with its 0 and 100 % ends, shape (..., 101), by continuing the outermost slope."""
        g = self.grid
        low, high = 2 * g[..., :1] - g[..., 1:2], 2 * g[..., -1:] - g[..., -2:-1]
        if self.already > 0 or self.never > 0 or bool((g[..., :1] >= 0).all() and (low < 0).any()):
            low = np.maximum(low, 0.0)
        return np.concatenate([low, g, high], axis=-1)

    def quantile(self, share: ArrayLike) -> Floats:
        """The value under which `share` of the mass lies; inf where that is in the mass of "never".

        Shape: leading axes of the grid, then those of `share`.
        """
        p = np.asarray(share, float)
        if ((p < 0) | (p > 1)).any():
            raise ValueError(f"a quantile's share is within 0..1; got {p}")
        ends = self._ends()
        rest = 1.0 - self.already - self.never
        inner = np.clip((p - self.already) / max(rest, 1e-12), 0.0, 1.0) * 100.0
        k = np.minimum(inner.astype(int), 99)  # shape of p
        lower, upper = np.take(ends, k, axis=-1), np.take(ends, k + 1, axis=-1)
        values = lower + (upper - lower) * (inner - k)
        values = np.where(p <= self.already - 1e-12, 0.0, values) if self.already > 0 else values
        return np.where(p > 1.0 - self.never + 1e-12, np.inf, values) if self.never > 0 else values

    def cdf(self, x: ArrayLike) -> Floats:
        """P(value ≤ x). Shape: leading axes of the grid, then those of `x`."""
        v = np.asarray(x, float)
        ends = self._ends()
        flat = ends.reshape(-1, 101)
        inner = np.stack([np.interp(v, row, _EDGES, left=0.0, right=1.0) for row in flat])
        inner = inner.reshape(ends.shape[:-1] + v.shape)
        if self.already == 0 and self.never == 0:
            return np.asarray(inner)
        mass = self.already * (v >= 0) + (1.0 - self.already - self.never) * inner
        return np.asarray(np.where(np.isposinf(v), 1.0, mass))


def weighted_quantiles(values: Floats, weights: Floats, levels: Floats) -> Floats:
    """Quantiles of weighted samples by the mid-point rule; rising in `levels`.

    >>> weighted_quantiles(np.array([1.0, 2.0, 3.0]), np.ones(3), np.array([0.5])).tolist()
    [2.0]
    """
    order = np.argsort(values, kind="stable")
    v, w = values[order], weights[order]
    mid = (np.cumsum(w) - 0.5 * w) / w.sum()
    return np.asarray(np.interp(levels, mid, v))
