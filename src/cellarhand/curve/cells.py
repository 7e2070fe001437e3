"""Readings into cells of an hour, spikes out, and a local line through what is left. Pure array work."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from cellarhand.domain import Floats

CELL_H = 1.0
TIE = 1e-4
SPIKE_POINTS = 3.0
SPIKE_MADS = 6.0
MANUAL_SPACING_H = 3.0
FEWEST_OF_A_SENSOR = 6


def is_manual(hours: Floats) -> bool:
    """True for a log of about a reading a day: fewer than 40 readings, or three hours and more between them.

    Of a whole log, the same rule as the scoring's.
    """
    return len(hours) < 40 or float(np.median(np.diff(hours))) >= MANUAL_SPACING_H


def by_hand(hours: Floats) -> bool:
    """True while a batch runs for readings hours apart, or for too few to tell: a sensor's first day has few readings
    too, and is still a sensor's.

    >>> by_hand(np.arange(10.0)), by_hand(np.arange(10.0) * 12), by_hand(np.arange(3.0))
    (False, True, True)
    """
    return len(hours) < FEWEST_OF_A_SENSOR or float(np.median(np.diff(hours))) >= MANUAL_SPACING_H


def cell_index(hours: Floats, origin: float = 0.0) -> tuple[NDArray[np.intp], int]:
    """For sorted hours: which cell each reading falls into (0 … n-1, rising), and how many cells there are.

    Cells begin at `origin`, a third of a second early, so that the same readings on another clock fall alike.
    """
    if not len(hours):
        return np.empty(0, np.intp), 0
    cell = np.floor((hours - origin) / CELL_H + TIE)
    index = np.concatenate([[0], np.cumsum(np.diff(cell) > 0)]).astype(np.intp)
    return index, int(index[-1]) + 1


def cell_medians(values: Floats, index: NDArray[np.intp], n: int) -> Floats:
    """The median of each cell's numbers, nan where it has none. Shape (n,)."""
    good = np.isfinite(values)
    v, k = values[good], index[good]
    order = np.lexsort((v, k))
    v, k = v[order], k[order]
    count = np.bincount(k, minlength=n)
    first = np.concatenate([[0], np.cumsum(count)[:-1]])
    out = np.full(n, np.nan)
    full = count > 0
    low, high = first[full] + (count[full] - 1) // 2, first[full] + count[full] // 2
    out[full] = 0.5 * (v[low] + v[high])
    return out


def running_median(values: Floats, width: int) -> Floats:
    """Median of `width` neighbours (odd), the ends continued in a straight line so that a slope is no surprise."""
    n = len(values)
    half = min(width // 2, (n - 1) // 2)
    if half < 1:
        return values.copy()
    pad = np.arange(half, 0, -1)
    left = 2 * values[0] - values[pad]
    right = 2 * values[-1] - values[-1 - pad[::-1]]
    padded = np.concatenate([left, values, right])
    return np.asarray(np.median(sliding_window_view(padded, 2 * half + 1), axis=1))


def spikes(points: Floats) -> NDArray[np.bool_]:
    """Cells that stand off their neighbours by 3 points and by six times the usual scatter (a Hampel filter)."""
    if len(points) < 5:
        return np.zeros(len(points), bool)
    gap = np.abs(points - running_median(points, 7))
    scatter = 1.4826 * float(np.median(gap))
    return np.asarray(gap > max(SPIKE_POINTS, SPIKE_MADS * scatter))


def local_line(hours: Floats, points: Floats, width: float) -> tuple[Floats, Floats, Floats]:
    """Level, slope an hour and standard error of a weighted line around each cell, `width` hours to each side.

    Tricube weights on the hourly grid, by convolution, so a long series costs no more than its length. Where fewer
    than three cells are in reach the level is the cell itself and the slope that of its neighbours. Shapes (n,).
    """
    n = len(hours)
    if n < 3:
        slope = np.gradient(points, hours) if n == 2 else np.zeros(n)
        return points.copy(), np.asarray(slope), np.full(n, 1.0)
    base = hours[0]
    slot = np.round(hours - base + TIE).astype(int)
    reach = int(np.ceil(width))
    x = np.arange(-reach, reach + 1, dtype=float)
    kernel = np.clip(1 - np.abs(x / (width + 1e-9)) ** 3, 0, None) ** 3
    size = slot[-1] + 1
    here = np.zeros(size)
    value = np.zeros(size)
    np.add.at(here, slot, 1.0)
    np.add.at(value, slot, points)

    def moment(series: Floats, power: int) -> Floats:
        spread = np.convolve(series, (kernel * x**power)[::-1], mode="full")
        return np.asarray(spread[reach : reach + size][slot])

    s0, s1, s2 = moment(here, 0), moment(here, 1), moment(here, 2)
    t0, t1 = moment(value, 0), moment(value, 1)
    det = s0 * s2 - s1**2
    ok = (s0 > 1.5) & (det > 1e-3 * np.maximum(s0, 1) ** 2)
    safe = np.where(ok, det, 1.0)
    level = np.where(ok, (s2 * t0 - s1 * t1) / safe, points)
    slope = np.where(ok, (s0 * t1 - s1 * t0) / safe, np.gradient(points, hours))
    leverage = np.where(ok, s2 / safe, 1.0)
    sigma = max(1.4826 * float(np.median(np.abs(points - level)[ok])) if ok.any() else 0.5, 0.2)
    return level, slope, sigma * np.sqrt(np.clip(leverage, 0.02, 1.5))
