"""Which cells of a gravity series are not believed, and why (krausen lift, cold floats, spikes, no beer)."""

import numpy as np
from numpy.typing import NDArray

from cellarhand.curve.cells import spikes
from cellarhand.domain import Floats

NOT_BEER_C = 45.0  # warmer than any kveik: cleaning, or wort not yet cooled
EARLY_H = 36.0
LIFT_POINTS = 2.0
FEWEST_BEFORE = 2  # cells after the pitch that tell the level before the lift
COLD_DROP_C = 5.0
COLD_RISE_POINTS = 1.0
COLD_FALL_POINTS = 3.0
STILL_H, STILL_POINTS = 24.0, 1.0

Mask = NDArray[np.bool_]


def doubts(hours: Floats, points: Floats, temp_c: Floats, pitched_at: float) -> list[tuple[Mask, str]]:
    """Masks over the cells with the reason of each, the first reason winning. `points` is (sg − 1)·1000."""
    warm = temp_c > NOT_BEER_C
    found: list[tuple[Mask, str]] = [(warm, f"not beer: warmer than {NOT_BEER_C:.0f} °C")]
    taken = warm.copy()
    for finder, reason in (
        (_spikes, "spike"),
        (_early_rise, "early rise: krausen or bubbles lift the float"),
        (_cold, "cold: floats read wrong in a crash"),
    ):
        left = ~taken
        mask = np.zeros(len(hours), bool)
        if left.sum() >= 3:
            mask[left] = finder(hours[left], points[left], temp_c[left], pitched_at)
        found.append((mask, reason))
        taken |= mask
    return [(m, r) for m, r in found if m.any()]


def _spikes(hours: Floats, points: Floats, temp_c: Floats, pitched_at: float) -> Mask:
    return spikes(points)


def _early_rise(hours: Floats, points: Floats, temp_c: Floats, pitched_at: float) -> Mask:
    """A hump in the first day and a half that rises over the first level, until it is back there."""
    start = hours <= max(pitched_at + 4.0, hours[0] + 2.0)
    level = float(np.median(points[start]))
    high = points > level + LIFT_POINTS
    first = np.flatnonzero(high & (hours <= pitched_at + EARLY_H))
    if not len(first):
        return np.zeros(len(hours), bool)
    after = np.flatnonzero(points[first[0] :] <= level + 0.5)
    if not len(after):
        # Not back yet. Later than a day and a half it is the first readings that were wrong; so are too few of them.
        seen = int((hours[: first[0]] >= pitched_at).sum())
        waiting = hours[-1] <= pitched_at + EARLY_H and seen >= FEWEST_BEFORE
        return high if waiting else np.zeros(len(hours), bool)
    return np.asarray((np.arange(len(hours)) >= first[0]) & (np.arange(len(hours)) < first[0] + after[0]) & high)


def _cold(hours: Floats, points: Floats, temp_c: Floats, pitched_at: float) -> Mask:
    """After the beer was chilled by 5 °C, cells above the lowest level before: density and floats, not sugar. Cells
    well below it too, where it had stood still.
    """
    if not np.isfinite(temp_c).any():
        return np.zeros(len(hours), bool)
    temp = np.where(np.isfinite(temp_c), temp_c, np.nanmedian(temp_c))
    since = np.flatnonzero(hours >= pitched_at)
    if len(since) < 12:
        return np.zeros(len(hours), bool)
    warmest = np.maximum.accumulate(np.where(hours >= pitched_at + 12.0, temp, -np.inf))
    cold = temp < np.minimum(warmest, 26.0) - COLD_DROP_C
    lowest = np.minimum.accumulate(np.where(cold, np.inf, points))
    high = cold & (points > lowest + COLD_RISE_POINTS)
    return np.asarray(high | (cold & (points < lowest - COLD_FALL_POINTS) & _stood_still(hours, points, cold)))


def _stood_still(hours: Floats, points: Floats, cold: Mask) -> bool:
    """True where the beer no longer fell in the day before it was chilled: then no sugar goes in the cold either."""
    start = float(hours[int(cold.argmax())])
    before = (hours >= start - STILL_H) & (hours < start)
    if not cold.any() or before.sum() < 6:
        return False
    half = before.nonzero()[0]
    early, late = half[: len(half) // 2], half[len(half) // 2 :]
    return bool(np.median(points[early]) - np.median(points[late]) < STILL_POINTS)
