"""Rung `neural`: a small net taught by simulated breweries, with this brewery's past as context. NumPy alone.

It answers from the first reading of the first batch. What the house has defined stands above what it has learnt: a beer
that stands too high is not done, silence makes nothing done, and a stated final gravity is the brewer's word.
"""

from collections.abc import Sequence

import numpy as np

from cellarhand.domain import Curve, Distribution, Fan, Floats, Forecast
from cellarhand.forecasting.built_in import wort_points
from cellarhand.forecasting.evidence import SILENT_H, low_for_an_end
from cellarhand.forecasting.futures import NORMAL_99
from cellarhand.forecasting.neural import heads
from cellarhand.forecasting.neural.inputs import inputs
from cellarhand.forecasting.neural.memory import Memory
from cellarhand.forecasting.neural.net import Net, shipped
from cellarhand.forecasting.past import pasts

FADES_H = 96.0  # how fast what silence hides takes "done" away
MOST_NEVER = 0.04  # stuck for good is rare, and drawn ones are all that the net has seen of it
FEWEST = 3  # readings without which nothing is called done
ASYMPTOTE_H = 1200.0
START_SD = 0.4  # points: the level now is no better known
TIMES: Floats = np.array([0.0, *heads.AHEAD, ASYMPTOTE_H])


class Neural:
    """What was learnt beforehand, asked about curves. `net`: weights other than those shipped."""

    rung = "neural"

    def __init__(self, net: Net | None = None) -> None:
        self.net = net

    def fit(self, curves: Sequence[Curve]) -> "Neural":
        """Keeps the brewery's past: one record a batch, unfinished ones too."""
        self.memory_ = Memory(pasts(curves))
        return self

    def predict(self, curves: Sequence[Curve]) -> list[Forecast]:
        """One forecast a curve."""
        memory = getattr(self, "memory_", None) or Memory([])
        return [self._one(c, memory) for c in curves]

    def _one(self, curve: Curve, memory: Memory) -> Forecast:
        """One at a time: a product of matrices has other last bits than one of a row."""
        left, falls = (self.net or shipped()).shares(inputs(curve, memory)[None])
        return _spoken(curve, left[0], heads.left_quantiles(left)[0], heads.fall_quantiles(falls)[0])


def _spoken(curve: Curve, shares: Floats, hours: Floats, falls: Floats) -> Forecast:
    already = float(shares[0]) * believable(curve)
    never = min(float(shares[-1]), MOST_NEVER, 1.0 - already)
    level = wort_points(curve) if curve.level is None else (curve.level - 1) * 1000
    final, fan = gravities(curve, level, falls)
    return Forecast(
        as_of=curve.now,
        as_of_at=curve.at(curve.now),
        rung=Neural.rung,
        hours_left=Distribution(hours, already=already, never=never),
        final_gravity=Distribution(final),
        fan=fan,
        notes=_notes(curve),
    )


def believable(curve: Curve) -> float:
    """How much of "already done" may be said, 0..1: nothing under three readings, in lag or stuck high, or past days of
    silence.

    >>> believable(Curve(now=0.0))
    0.0
    """
    after = curve.hours >= curve.pitched_at
    if after.sum() < FEWEST:
        return 0.0
    silence = curve.now - float(curve.hours[-1])
    return low_for_an_end(curve) * float(np.exp(-max(silence - SILENT_H, 0.0) / FADES_H))


def gravities(curve: Curve, level: float, falls: Floats) -> tuple[Floats, Fan]:
    """(99,) quantiles of final gravity and the fan, from quantiles of falls (1 + len(AHEAD), 99) in points."""
    final = 1.0 + (level - falls[0, ::-1]) / 1000.0
    paths = 1.0 + (level - falls[1:, ::-1]) / 1000.0
    start = 1.0 + (level + START_SD * NORMAL_99) / 1000.0
    paths = np.minimum.accumulate(np.concatenate([start[None], np.maximum(paths, final), final[None]]), axis=0)
    return np.minimum(final, start), Fan(TIMES, paths)


def _notes(curve: Curve) -> tuple[str, ...]:
    if curve.expected_fg is not None:
        return (f"Final gravity {curve.expected_fg:.3f} was set by the brewer.",)
    return ()
