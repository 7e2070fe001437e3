"""When a finished series ended, by the one definition of terminal gravity that scores are kept by.

Terminal: the first time from which the gravity stays within tolerance of its final level. A sensor shows it by the
first plateau of 48 h, a log of about a reading a day by its lowest sustained level to the end of the log.
"""

from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from cellarhand.curve.cells import is_manual
from cellarhand.domain import Floats

PLATEAU_H, ALMOST_H = 48.0, 43.0
DENSE_POINTS, MANUAL_POINTS, FLAT_POINTS = 1.0, 1.3, 0.6
LEAST_DROP = 0.45
MANUAL_STAY_H = 44.0


@dataclass(frozen=True)
class Ending:
    """Terminal gravity was reached in (`after`, `by`] hours; `fg` is the level it stayed at."""

    after: float
    by: float
    fg: float

    @property
    def middle(self) -> float:
        """The middle of the interval, where one number must do."""
        return 0.5 * (self.after + self.by)


def find_ending(hours: Floats, sg: Floats) -> Ending | None:
    """The end of a series of readings sorted by hours, or None where no end was seen. Shapes (n,).

    >>> find_ending(np.array([0.0, 24, 48, 72, 96, 120]), np.array([1.05, 1.03, 1.015, 1.012, 1.012, 1.012]))
    Ending(after=48.0, by=72.0, fg=1.012)
    """
    if len(hours) < 5:
        return None
    points = (sg - 1.0) * 1000.0
    return _manual(hours, points) if is_manual(hours) else _dense(hours, points)


def last_level(hours: Floats, sg: Floats) -> Ending | None:
    """The end of a batch that was emptied without a plateau having been seen: when it came within tolerance of its
    lowest sustained level, which is what final gravity means. None where it had stalled.
    """
    points = centred_median((sg - 1.0) * 1000.0, 3, at_least=2)
    fg, top = float(np.nanmin(points)), float(np.nanmax(points[:3]))
    if top - fg < LEAST_DROP * top:
        return None
    j = int(np.argmax(points - fg <= MANUAL_POINTS))
    return Ending(float(hours[j - 1]) if j else 0.0, float(hours[j]), 1 + fg / 1000)


def _manual(h: Floats, y: Floats) -> Ending | None:
    fg = float(centred_median(y, 3, at_least=2).min())
    j = int(np.argmax(y - fg <= MANUAL_POINTS))
    top = y[:3].max()
    if len(h) - j < 3 or h[-1] - h[j] < MANUAL_STAY_H or top - fg < LEAST_DROP * top:
        return None
    return Ending(float(h[j - 1]) if j else 0.0, float(h[j]), 1 + fg / 1000)


def _dense(hours: Floats, points: Floats) -> Ending | None:
    slot = np.round(hours).astype(int)
    order = np.lexsort((points, slot))
    u, first, count = np.unique(slot[order], return_index=True, return_counts=True)
    y = points[order]
    y = 0.5 * (y[first + (count - 1) // 2] + y[first + count // 2])
    h = u.astype(float)
    y = centred_median(y, 9, at_least=1)
    top = float(y[: max(3, len(y) // 10)].max())
    last = np.searchsorted(h, h + PLATEAU_H, side="right")
    apart = _apart(y, last - np.arange(len(h)))
    for i in range(len(h)):
        n = last[i] - i
        if h[-1] < h[i] + ALMOST_H or n < 3:
            return None
        window, third = y[i : last[i]], max(n // 3, 1)
        if apart[i] < FLAT_POINTS and top - np.median(window) > LEAST_DROP * top:
            fg = float(np.median(window[third:]))
            j = int(np.argmax(y - fg <= DENSE_POINTS))
            return Ending(float(h[j - 1]) if j else 0.0, float(h[j]), 1 + fg / 1000)
    return None


def _apart(y: Floats, count: NDArray[np.int64]) -> Floats:
    """(n,) points between the medians of the first and the last third of the window of `count` slots from each slot on.

    All windows of one length at once: a month of hours takes a millisecond instead of thirty.
    """
    out = np.full(len(y), np.inf)
    for n in np.unique(count[count >= 3]):
        at = np.flatnonzero(count == n)
        third = max(n // 3, 1)
        first = np.median(sliding_window_view(y, third)[at], axis=1)
        final = np.median(sliding_window_view(y, third)[at + n - third], axis=1)
        out[at] = np.abs(first - final)
    return out


def centred_median(values: Floats, width: int, *, at_least: int) -> Floats:
    """Median of `width` neighbours, of those there are at the ends; nan where fewer than `at_least`."""
    half = width // 2
    padded = np.concatenate([np.full(half, np.nan), values, np.full(half, np.nan)])
    windows = sliding_window_view(padded, width)
    out = np.nanmedian(windows, axis=1)
    return np.asarray(np.where(np.isfinite(windows).sum(1) >= at_least, out, np.nan))
