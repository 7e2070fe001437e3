"""Has it stopped? Silence is never stability, nor is rising gravity, nor lag."""

from dataclasses import dataclass

import numpy as np

from cellarhand.domain import Curve, Kind

WINDOW_H = 48.0
FLAT_POINTS = 1.0
COVERAGE = 0.8
SLOPE_LIMIT = 0.5  # points a day
MIN_ATTENUATION = 0.55  # less is a beer that was meant to, which must then be stated, or a stuck one


@dataclass(frozen=True, kw_only=True)
class Stability:
    """The answer with what it rests on: slots that have a reading, slope with its standard error in points a day."""

    stable: bool
    reason: str
    coverage: float = 0.0
    slope: float = float("nan")
    slope_se: float = float("nan")


def flat_for(curve: Curve) -> float:
    """Hours, back from the newest reading, over which the level moved by no more than a point; 0 without readings.

    The time since the newest reading does not count.
    """
    if len(curve.hours) < 2:
        return 0.0
    points = (curve.smooth - 1.0) * 1000.0
    moved = np.abs(points[::-1] - points[-1])
    n = int(np.argmax(moved > FLAT_POINTS)) if (moved > FLAT_POINTS).any() else len(points)
    return float(curve.hours[-1] - curve.hours[len(points) - n])


def stability(curve: Curve, *, window_h: float = WINDOW_H) -> Stability:
    """Enough readings over the window (≥ 80 % of the usual slots), slope within its uncertainty under the limit, past
    the lag phase, and attenuated as far as stated or at least 55 %.
    """
    inside = curve.hours >= curve.now - window_h
    if inside.sum() < 3 or curve.now - curve.hours[-1] > 0.5 * window_h:
        return Stability(stable=False, reason="too few readings: silence is not stability")
    spacing = max(float(np.median(np.diff(curve.hours))), 1.0)
    slots = window_h / spacing
    coverage = min(float(inside.sum()) / max(slots, 1.0), 1.0)
    x, y = curve.hours[inside], (curve.sg[inside] - 1.0) * 1000.0
    slope, se = _slope_a_day(x, y)
    found = {"coverage": coverage, "slope": slope, "slope_se": se}
    if coverage < COVERAGE:
        return Stability(
            stable=False, reason=f"{int(100 * coverage)} % of the usual readings; 80 % are needed", **found
        )
    if curve.elapsed < window_h:
        return Stability(stable=False, reason="it was pitched less than two days ago", **found)
    if abs(slope) + 1.64 * se > SLOPE_LIMIT:
        word = "rising" if slope > 0 else "falling"
        return Stability(stable=False, reason=f"{word} by {abs(slope):.1f} ± {se:.1f} points a day", **found)
    done = curve.attenuation
    needed = 0.0 if curve.kind is Kind.LOW_ALCOHOL else MIN_ATTENUATION
    if curve.expected_fg is not None and curve.og is not None and curve.og > 1.0:
        needed = 0.95 * max((curve.og - curve.expected_fg) / (curve.og - 1.0), 0.0)
    if done is None or done < needed:
        so_far = "unknown" if done is None else f"{done:.0%}"
        return Stability(stable=False, reason=f"attenuation {so_far}, expected {needed:.0%}: stuck or lag", **found)
    return Stability(stable=True, reason=f"moved less than {SLOPE_LIMIT} points a day for {window_h:.0f} h", **found)


def _slope_a_day(x: np.ndarray, y: np.ndarray) -> tuple[float, float]:
    """Least-squares slope and its standard error, with a floor of 0.3 points of scatter."""
    dx = x - x.mean()
    ss = float(dx @ dx)
    slope = float(dx @ (y - y.mean())) / ss
    rest = y - y.mean() - slope * dx
    sigma = max(float(np.sqrt(rest @ rest / max(len(x) - 2, 1))), 0.3)
    return 24.0 * slope, 24.0 * sigma / float(np.sqrt(ss))
