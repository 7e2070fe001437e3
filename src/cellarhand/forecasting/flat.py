"""Rung `flat`: the brewer's rule, "no change for 48 h", said as a distribution. Needs nothing, learns nothing."""

from collections.abc import Sequence

import numpy as np

from cellarhand.domain import Curve, Forecast
from cellarhand.forecasting.built_in import ROWS, kind_of, usual_duration
from cellarhand.forecasting.evidence import p_terminal
from cellarhand.forecasting.futures import NORMAL_99, final_points, spoken, with_already

FALLING = -1.0  # points a day
SPREAD, DENSE_SPREAD = 0.8, 0.6
TAIL = 1.7  # the last points go slower than those before
SHORTEST_H = 8.0


class Flat:
    """Still falling → the points that are left at the pace of the last hours; standing still → more and more done."""

    rung = "flat"

    def fit(self, curves: Sequence[Curve]) -> "Flat":
        """The rule needs no past."""
        return self

    def predict(self, curves: Sequence[Curve]) -> list[Forecast]:
        """One forecast a curve."""
        return [self._one(c) for c in curves]

    def _one(self, curve: Curve) -> Forecast:
        final = final_points(curve, ROWS[kind_of(curve)])
        left = self._median_left(curve, float(np.median(final))) * np.exp(
            (SPREAD if curve.manual else DENSE_SPREAD) * NORMAL_99
        )
        left, weights, final = with_already(left, np.ones(99), final, p_terminal(curve))
        return spoken(curve, self.rung, left=left, final=1 + final / 1000, weights=weights, notes=())

    def _median_left(self, curve: Curve, final: float) -> float:
        usual = usual_duration(curve)
        waiting = max(usual - curve.elapsed, 0.35 * usual)
        if curve.level is None or curve.attenuation is None or curve.attenuation < 0.1:
            return waiting
        to_go = max((curve.level - 1) * 1000 - final, 1.0)
        pace = float(curve.rate[-1])
        if pace > FALLING:
            return min(waiting, 48.0) if curve.attenuation > 0.45 else waiting
        return float(np.clip(24.0 * TAIL * to_go / -pace, SHORTEST_H, 1.5 * usual))
