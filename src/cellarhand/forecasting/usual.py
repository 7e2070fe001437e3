"""What is usual for such a beer here: hours from pitch to terminal and attenuation, from kind to style to brand."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from cellarhand.domain import Curve
from cellarhand.forecasting.built_in import ROWS, kind_of, usual_duration
from cellarhand.forecasting.past import Past

K = 5.0  # batches that a level needs to weigh as much as the one above it
LEAST_SD = 0.02


@dataclass(frozen=True)
class Usual:
    """`hours` from pitch to terminal, mean and spread of attenuation (shares), and final gravity in points."""

    hours: float
    attenuation: float
    attenuation_sd: float
    final: float


def usual(curve: Curve, known: Sequence[Past]) -> Usual:
    """Partial pooling of what was seen of others: n / (n + K) of each level's mean, the rest from the level above.

    The level above all is the built-in table. What the brewer has stated as final gravity stands.

    >>> round(usual(Curve(now=0.0, expected_fg=1.012), []).final, 6)
    12.0
    """
    row, kind = ROWS[kind_of(curve)], kind_of(curve)
    hours, share, spread = float(np.log(usual_duration(curve))), row.attenuation, row.attenuation_sd
    seen = [p for p in known if p.observed and p.kind == kind]
    pools = (
        seen,
        [p for p in seen if curve.style and p.style == curve.style],
        [p for p in seen if curve.brand and p.brand == curve.brand],
    )
    for pool in pools:
        n = sum(p.trust for p in pool)
        if n:
            hours += n / (n + K) * (sum(p.trust * float(np.log(p.duration)) for p in pool) / n - hours)
        shares = np.array([p.attenuation for p in pool if p.attenuation is not None])
        if len(shares):
            weight = len(shares) / (len(shares) + K)
            away = float(np.sqrt(np.mean((shares - shares.mean()) ** 2)))
            share += weight * (float(shares.mean()) - share)
            spread = max(spread + weight * (away - spread), LEAST_SD)
    og = ((curve.og or 1.050) - 1.0) * 1000.0
    final = og * (1.0 - share) if curve.expected_fg is None else (curve.expected_fg - 1.0) * 1000.0
    return Usual(float(np.exp(hours)), share, spread, final)
