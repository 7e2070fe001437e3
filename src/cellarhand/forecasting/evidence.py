"""How sure a plateau makes one: P(already terminal) from how long the level has stood still, and nothing else."""

import numpy as np

from cellarhand.curve import flat_for
from cellarhand.domain import Curve

HOURS = 16.0  # in the development series two thirds of the batches that stood still for so long were done
MOST = 0.98
FEWEST = 3
LEAST_SHARE = 0.45


def p_terminal(curve: Curve) -> float:
    """Rising with the hours of standing still: two thirds after 16 h, 0.8 after a day, 0.93 after two days.

    0 without three readings after the pitch, in lag (less than 45 % attenuated where that is the expectation), while
    the newest reading is older than two days, or while gravity moves.
    """
    after = curve.hours >= curve.pitched_at
    share = curve.attenuation
    if after.sum() < FEWEST or share is None or share < _needed(curve):
        return 0.0
    still = min(flat_for(curve), curve.now - curve.pitched_at)
    silence = curve.now - float(curve.hours[-1])
    return float(MOST * (1.0 - np.exp(-still / HOURS)) * np.exp(-max(silence - 48.0, 0.0) / 96.0))


def _needed(curve: Curve) -> float:
    if curve.og is None or curve.expected_fg is None or curve.og <= 1.0:
        return LEAST_SHARE
    return float(min(LEAST_SHARE, 0.6 * (curve.og - curve.expected_fg) / (curve.og - 1.0)))
