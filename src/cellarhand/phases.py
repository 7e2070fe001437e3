"""What the beer does: phases as a Status or a person says them, else found from the curve."""

from collections.abc import Sequence
from datetime import datetime

import numpy as np

from cellarhand.curve import stability
from cellarhand.domain import Curve, Phase, PhaseName

LAG_SHARE = 0.08
COOL_DROP_C = 4.0
READY_AFTER_H = 24.0


def phase_now(curve: Curve, said: Sequence[Phase], now: datetime) -> PhaseName:
    """The phase at `now`: the newest that was said and has not ended, else what the curve shows.

    Lag until 8 % of the expected attenuation is gone; cooling when the beer has been chilled by 4 °C; maturation when
    the gravity is stable. Filling, free rise and rest can't be told from gravity alone: they come from what is said.
    """
    spoken = [p for p in said if p.from_at <= now and (p.to_at is None or now < p.to_at)]
    if spoken:
        return max(spoken, key=lambda p: p.from_at).name
    return from_curve(curve)


def from_curve(curve: Curve) -> PhaseName:
    """The phase by gravity and temperature alone.

    >>> from_curve(Curve(now=0.0))
    <PhaseName.LAG: 'lag'>
    """
    if curve.attenuation is None or curve.attenuation < LAG_SHARE:
        return PhaseName.LAG
    if _chilled(curve):
        return PhaseName.COOLING
    return PhaseName.MATURATION if stability(curve).stable else PhaseName.FERMENTATION


def _chilled(curve: Curve) -> bool:
    temp = curve.temp_c[np.isfinite(curve.temp_c)]
    if len(temp) < 6:
        return False
    return bool(np.median(temp[-3:]) < np.percentile(temp, 75) - COOL_DROP_C)
