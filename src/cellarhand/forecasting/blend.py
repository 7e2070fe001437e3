"""Rung `blend`: `typical`, `curvefit` and `neural` as one distribution, each with an equal say in "when".

Equal weights are chosen on purpose: a handful of others moved the development skill by less than its band is wide.
"Done" is for those to say who look at the beer: `typical` only counts days.
"""

from collections.abc import Sequence

import numpy as np

from cellarhand.domain import Curve, Floats, Forecast
from cellarhand.forecasting.curvefit import CurveFit
from cellarhand.forecasting.neural import Neural
from cellarhand.forecasting.pooling import pooled
from cellarhand.forecasting.typical import Typical

MEMBERS = (Typical, CurveFit, Neural)
WHEN: Floats = np.array([1.0, 1.0, 1.0]) / 3.0
DONE: Floats = np.array([0.0, 0.3, 0.7])
RESTS_ON = "The rung “blend” speaks: “typical”, “curvefit” and “neural” with an equal say."


class Blend:
    """The rungs that answer from the first batch on, pooled."""

    rung = "blend"

    def fit(self, curves: Sequence[Curve]) -> "Blend":
        """Each member learns from the same past."""
        self.members_ = [make().fit(curves) for make in MEMBERS]
        return self

    def predict(self, curves: Sequence[Curve]) -> list[Forecast]:
        """One forecast a curve."""
        members = getattr(self, "members_", None) or [make().fit([]) for make in MEMBERS]
        each = [member.predict(curves) for member in members]
        return [_one(c, said) for c, said in zip(curves, zip(*each, strict=True), strict=True)]


def _one(curve: Curve, said: Sequence[Forecast]) -> Forecast:
    notes = (*dict.fromkeys(note for one in said for note in one.notes), RESTS_ON)
    return pooled(curve, Blend.rung, said, WHEN, DONE, notes)
