"""How sure a plateau makes one: P(already terminal) from how long the level has stood still, and nothing else."""

import numpy as np

from cellarhand.curve import flat_for
from cellarhand.curve.plateau import MIN_ATTENUATION
from cellarhand.domain import Curve
from cellarhand.forecasting.built_in import ROWS, kind_of

HOURS = 16.0  # in the development series two thirds of the batches that stood still for so long were done
MOST = 0.98
FEWEST = 3
LEAST_SHARE = 0.45
SILENT_H, STALLS_H = 48.0, 192.0


def p_terminal(curve: Curve) -> float:
    """Rising with the hours of standing still: two thirds after 16 h, 0.8 after a day, 0.93 after two days.

    0 without three readings after the pitch, in lag (less than 45 % attenuated where that is the expectation), while
    the newest reading is older than two days, or while gravity moves.
    """
    after = curve.hours >= curve.pitched_at
    share = curve.attenuation
    if after.sum() < FEWEST or share is None or share < needed_share(curve):
        return 0.0
    still = min(flat_for(curve), curve.now - curve.pitched_at)
    silence = curve.now - float(curve.hours[-1])
    return float(MOST * (1.0 - np.exp(-still / HOURS)) * np.exp(-max(silence - SILENT_H, 0.0) / 96.0))


def needed_share(curve: Curve) -> float:
    """The attenuation under which standing still is lag or stuck and no end: 45 %, less where less is stated or usual
    for its kind.

    >>> from cellarhand.domain import Kind
    >>> needed_share(Curve(now=0.0)), round(needed_share(Curve(now=0.0, kind=Kind.LOW_ALCOHOL)), 2)
    (0.45, 0.12)
    """
    expected = ROWS[kind_of(curve)].attenuation
    if curve.og is not None and curve.expected_fg is not None and curve.og > 1.0:
        expected = (curve.og - curve.expected_fg) / (curve.og - 1.0)
    return float(min(LEAST_SHARE, 0.6 * expected))


def low_for_an_end(curve: Curve) -> float:
    """How far its attenuation speaks for an end, 0..1: nothing up to `needed_share`, all from the share on at which
    the house calls a plateau stable. A beer that stands still between the two may be stuck.

    >>> [round(low_for_an_end(Curve(now=0.0, og=1.05, smooth=np.array([sg]))), 2) for sg in (1.030, 1.025, 1.012)]
    [0.0, 0.5, 1.0]
    """
    if curve.attenuation is None:
        return 0.0
    needed = needed_share(curve)
    stable = needed * MIN_ATTENUATION / LEAST_SHARE
    return float(np.clip((curve.attenuation - needed) / (stable - needed), 0.0, 1.0))


def unseen_share(curve: Curve) -> float:
    """How far what should have happened since the newest reading may not have: 0 for two days, then rising."""
    if not len(curve.hours):
        return 0.0
    return float(1.0 - np.exp(-max(curve.now - float(curve.hours[-1]) - SILENT_H, 0.0) / STALLS_H))
