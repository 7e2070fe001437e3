"""What the net says, as shares of bins: hours left, points still to fall, and points fallen some hours from now.

One set of edges serves learning and speaking. Every function of shares takes the array module, so that JAX learns
by what NumPy speaks.
"""

from typing import Any

import numpy as np

from cellarhand.domain import LEVELS, Floats

Array = Any  # of NumPy or of the module handed in as `xp`
LEFT: Floats = np.concatenate([[0.0], np.geomspace(1.0, 1500.0, 64)])  # hours; before: already, after: never
FALL: Floats = np.concatenate([-np.geomspace(8.0, 0.25, 12), [0.0], np.geomspace(0.25, 110.0, 51)])  # points
AHEAD: tuple[float, ...] = (6.0, 12.0, 24.0, 48.0, 96.0, 192.0, 384.0)  # hours from now
N_LEFT, N_FALL = len(LEFT) + 1, len(FALL) - 1
WIDTH = N_LEFT + N_FALL * (1 + len(AHEAD))
_FLOOR = 1e-6


def shares(out: Array, xp: Any = np) -> tuple[Array, Array]:
    """Logits (m, WIDTH) to shares: of hours left (m, N_LEFT), of falls (m, 1 + len(AHEAD), N_FALL), the final first."""
    falls = out[:, N_LEFT:].reshape(out.shape[0], 1 + len(AHEAD), N_FALL)
    return softmax(out[:, :N_LEFT], xp), softmax(falls, xp)


def softmax(x: Array, xp: Any = np) -> Array:
    """Along the last axis.

    >>> softmax(np.zeros((1, 4))).tolist()
    [[0.25, 0.25, 0.25, 0.25]]
    """
    e = xp.exp(x - x.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def left_likelihood(p: Array, low: Array, high: Array, xp: Any = np) -> Array:
    """(m,) probability given to "it ends within (low, high] hours from now".

    `high` = 0: it had ended. `low` = 0: it may have ended already. `low` = inf: it never ends.
    """
    inside = overlap(LEFT, low[:, None], high[:, None], xp)
    found = (p[:, 1:-1] * inside).sum(axis=1)
    found = found + xp.where(low <= 0.0, p[:, 0], 0.0) + xp.where(high > LEFT[-1], p[:, -1], 0.0)
    return xp.maximum(found, _FLOOR)


def fall_likelihood(p: Array, low: Array, high: Array, xp: Any = np) -> Array:
    """(m, k) probability given to a fall within (low, high] points; the outermost bins are open."""
    edges = FALL[1:-1]
    inside = overlap(edges, low[..., None], high[..., None], xp)
    found = (p[..., 1:-1] * inside).sum(axis=-1)
    found = found + xp.where(low < edges[0], p[..., 0], 0.0) + xp.where(high > edges[-1], p[..., -1], 0.0)
    return xp.maximum(found, _FLOOR)


def overlap(edges: Floats, low: Array, high: Array, xp: Any = np) -> Array:
    """(..., bins) share of each bin that lies within (low, high].

    >>> overlap(np.array([0.0, 2.0, 4.0]), np.array([1.0]), np.array([3.0])).tolist()
    [0.5, 0.5]
    """
    a, b = edges[:-1], edges[1:]
    return xp.clip(xp.minimum(high, b) - xp.maximum(low, a), 0.0, None) / (b - a)


def left_quantiles(p: Floats) -> Floats:
    """(m, 99) quantiles of what is neither already nor never, from shares (m, N_LEFT)."""
    return _quantiles(p[:, 1:-1], LEFT)


def fall_quantiles(p: Floats) -> Floats:
    """(..., 99) quantiles of points fallen, rising, from shares (..., N_FALL)."""
    flat = p.reshape(-1, N_FALL)
    return _quantiles(flat, FALL).reshape(*p.shape[:-1], len(LEVELS))


def _quantiles(p: Floats, edges: Floats) -> Floats:
    """Evenly spread within a bin; a trace in every bin keeps the quantiles rising."""
    q = p + 1e-9
    below = np.concatenate([np.zeros((len(q), 1)), np.cumsum(q, axis=1)], axis=1)
    below /= below[:, -1:]
    return np.stack([np.interp(LEVELS, row, edges) for row in below])
