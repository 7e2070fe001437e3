"""Lasting steps in a float's level: it was moved, or stuck to the wall and came loose (iSpindel#406)."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from cellarhand.domain import Floats

AROUND = 6  # cells on each side that must agree that the level is another one
STEP_POINTS = 3.0
STEP_SCATTERS = 7.0
SUDDEN = 0.7  # the share of a step that happens from one cell to the next, or the next but one
TORN = 0.3  # a cell this share of the step off its neighbours has readings of both levels
APART = 0.4  # of the step, between the two sides' outermost cells but one
DAY = 24
NEAR_H = 2.5
MOST = 6


@dataclass(frozen=True)
class Kick:
    """From cell `cell` on, at `hours`, the level stands `points` from where it should."""

    cell: int
    hours: float
    points: float

    @property
    def sentence(self) -> str:
        """For the curve's notes."""
        side = "up" if self.points > 0 else "down"
        other = "lower" if self.points > 0 else "higher"
        size = f"{abs(self.points):.1f} points"
        return (
            f"The float jumped {side} by {size} at hour {self.hours:.0f}, faster than beer ferments; "
            f"readings since are taken {size} {other}."
        )


def kicks(hours: Floats, points: Floats) -> list[Kick]:
    """Steps of three points and more within an hour or two that last, in time order; none for a float that does
    nothing but jump. Shapes (n,), cells of an hour.

    >>> h = np.arange(40.0)
    >>> [(k.cell, k.points) for k in kicks(h, 50.0 - 0.5 * h + 5.0 * (h >= 20))]
    [(20, 5.0)]
    """
    if len(hours) < 2 * AROUND:
        return []
    steps, clear = _steps(hours, points)
    found: list[Kick] = []
    left = np.abs(steps) * clear
    while left.max() > 0.0 and len(found) <= MOST:
        i = int(left.argmax())
        found.append(Kick(i, float(hours[i]), float(steps[i])))
        left[max(i - AROUND, 0) : i + AROUND + 1] = 0.0
    return sorted(found, key=lambda k: k.cell) if len(found) <= MOST else []


def near_any(hours: float, steps: Sequence[float]) -> bool:
    """Whether a jump at that hour is a person's correction setting in, not the float's own doing.

    >>> near_any(20.0, [21.3]), near_any(20.0, [])
    (True, False)
    """
    return any(abs(hours - step) <= NEAR_H for step in steps)


def undecided(hours: Floats, points: Floats) -> NDArray[np.bool_]:
    """The newest cells where they stand apart from those before by a sudden step that is too young to be told from a
    passing fault. Shape (n,).

    >>> h = np.arange(20.0)
    >>> undecided(h, 50.0 - 0.5 * h + 9.0 * (h >= 18)).nonzero()[0].tolist()
    [18, 19]
    """
    n = len(hours)
    waits = np.zeros(n, bool)
    usual = _scatter(points)
    for young in range(min(AROUND - 1, n - AROUND), 0, -1):
        i = n - young
        h, y = hours[i - AROUND : i], points[i - AROUND : i]
        slope = min(float(np.median(np.diff(y) / np.diff(h))), 0.0)
        off = y - slope * h
        level = float(np.median(off))
        scatter = max(1.4826 * float(np.median(np.abs(off - level))), usual)
        least = max(STEP_POINTS, STEP_SCATTERS * scatter)
        after = points[i:] - slope * hours[i:] - level
        near = hours[i] - h[-1] <= NEAR_H and hours[i] - h[0] <= AROUND * NEAR_H
        if near and (np.all(after > least) or np.all(after < -least)):
            waits[i:] = True
            return waits
    return waits


def straightened(points: Floats, found: list[Kick]) -> tuple[Floats, NDArray[np.bool_]]:
    """The points with every step taken back out of what came after it, and which cells the steps fell into: their
    readings belong to two levels. Shapes (n,).

    >>> level = np.array([9.0, 9.0, 9.0, 11.5, 14.0, 14.0, 14.0])
    >>> straight, torn = straightened(level, [Kick(3, 3.0, 5.0)])
    >>> straight[~torn].tolist()
    [9.0, 9.0, 9.0, 9.0, 9.0, 9.0]
    """
    out, torn = points.copy(), np.zeros(len(points), bool)
    for kick in found:
        out[kick.cell :] -= kick.points
        for cell in (kick.cell - 1, kick.cell):
            near = out[[cell - 1, cell + 1]]
            torn[cell] |= abs(out[cell] - near.mean()) > TORN * abs(kick.points)
    return out, torn


def _steps(hours: Floats, points: Floats) -> tuple[Floats, Floats]:
    """At each cell the step from those before, 0 where there is none worth the name, and the share of it that came
    from one cell to the next. Shapes (n,).
    """
    n = len(hours)
    y, h = sliding_window_view(points, 2 * AROUND), sliding_window_view(hours, 2 * AROUND)
    outer = slice(AROUND - 1), slice(AROUND + 1, None)  # less the cells that a step may fall into
    slopes = [_pace(h[:, side], y[:, side]) for side in outer]
    levels = np.stack([y - slope[:, None] * h for slope in slopes])
    middles = np.median(levels[..., :AROUND], axis=2), np.median(levels[..., AROUND:], axis=2)
    by = middles[1] - middles[0]  # the step by the pace before and by the pace after: a bend isn't one by both
    lesser, window = np.abs(by).argmin(axis=0), np.arange(by.shape[1])
    level = levels[lesser, window]
    step = np.where(by[0] * by[1] > 0, by[lesser, window], 0.0)
    own = np.concatenate([levels[0][:, :AROUND], levels[1][:, AROUND:]], axis=1)
    off = own - np.repeat([np.median(own[:, :AROUND], axis=1), np.median(own[:, AROUND:], axis=1)], AROUND, axis=0).T
    scatter = np.max([1.4826 * np.median(np.abs(off), axis=1), _around(points)[AROUND:][: len(off)]], axis=0)
    sides = np.concatenate([off[:, :AROUND], off[:, AROUND:] + step[:, None]], axis=1)
    apart = _apart(sides, np.sign(step)) >= APART * np.abs(step)
    # A step in the midst of a cell leaves that cell's median half-way, so one cell may stand between the two levels.
    at_once = level[:, AROUND] - level[:, AROUND - 1]
    around = (level[:, AROUND + 1] - level[:, AROUND - 1], level[:, AROUND] - level[:, AROUND - 2])
    size = np.where(step == 0.0, 1.0, step)
    sudden = np.max([at_once, *around] / size, axis=0)
    real = np.abs(step) >= np.maximum(STEP_POINTS, STEP_SCATTERS * scatter)
    real &= apart & (sudden >= SUDDEN) & (np.diff(h, axis=1).max(axis=1) <= NEAR_H)  # no gap in it
    found, clear = np.zeros(n), np.zeros(n)
    found[AROUND : n - AROUND + 1] = np.where(real, _size(h, y), 0.0)
    clear[AROUND : n - AROUND + 1] = np.clip(at_once / size, 0.0, 1.0)
    return found, clear


def _size(h: Floats, y: Floats) -> Floats:
    """The step between two parallel least-squares lines, one a side, less the cells it may fall into. Result (n,)."""
    sides = [(h[:, side], y[:, side]) for side in (slice(AROUND - 1), slice(AROUND + 1, None))]
    means = [(a.mean(axis=1, keepdims=True), b.mean(axis=1, keepdims=True)) for a, b in sides]
    off = [(a - m, b - n) for (a, b), (m, n) in zip(sides, means, strict=True)]
    slope = sum((a * b).sum(axis=1) for a, b in off) / sum((a**2).sum(axis=1) for a, _ in off)
    (h0, y0), (h1, y1) = means
    return np.asarray((y1 - y0 - slope[:, None] * (h1 - h0))[:, 0])


def _pace(h: Floats, y: Floats) -> Floats:
    """The slope of each row's least-squares line. Shapes (n, k), result (n,)."""
    off = h - h.mean(axis=1, keepdims=True)
    return np.asarray((off * y).sum(axis=1) / (off**2).sum(axis=1))


def _apart(level: Floats, side: Floats) -> Floats:
    """How far the two sides of each window lie apart, all but one cell of each: noise makes them overlap."""
    turned = level * side[:, None]
    before, after = np.sort(turned[:, :AROUND], axis=1), np.sort(turned[:, AROUND:], axis=1)
    return np.asarray(after[:, 1] - before[:, -2])


def _around(points: Floats) -> Floats:
    """The scatter of one cell within a day of each, never under the usual one: a float jitters most at high krausen."""
    rise = np.diff(points, prepend=points[0])
    day = sliding_window_view(np.pad(rise, DAY // 2, mode="reflect"), DAY + 1)[: len(points)]
    off = np.abs(day - np.median(day, axis=1)[:, None])
    return np.asarray(np.maximum(1.4826 * np.median(off, axis=1) / np.sqrt(2.0), _scatter(points)))


def _scatter(points: Floats) -> float:
    """The usual scatter of one cell in points, from how far each lies from the next."""
    rise = np.diff(points)
    if not len(rise):
        return 0.0
    return 1.4826 * float(np.median(np.abs(rise - np.median(rise)))) / float(np.sqrt(2.0))
