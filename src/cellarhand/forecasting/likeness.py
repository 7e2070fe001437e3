"""How like this beer a past one was at the same hour: what is known of its pace besides "not yet".

A past batch that stood at 60 % when this one stands at 20 % says little about how long this one takes. Each is weighed
by how well the newest level would have fitted it; a log that knows the day only has a clock that is off by hours.
"""

from collections.abc import Sequence

import numpy as np

from cellarhand.domain import Curve, Floats
from cellarhand.forecasting.past import Past

SHARE_SD = 0.10  # batches of one pace still differ so much in attenuation
DATE_SD_H = 8.0
SLOPE_H = 12.0
LEAST = 0.05  # however unlike, none is ruled out
FEWEST = 3


def likeness(curve: Curve, pool: Sequence[Past]) -> Floats:
    """(n,) in 0..1: 1 for a past batch that stood where this one stands, and where nothing can be compared.

    >>> likeness(Curve(now=0.0), []).tolist()
    []
    """
    found = np.ones(len(pool))
    if curve.attenuation is None or not len(curve.hours):
        return found
    at = float(curve.hours[-1]) - curve.pitched_at
    clock = DATE_SD_H if curve.manual else 0.0
    for i, past in enumerate(pool):
        if len(past.course) >= FEWEST and past.course_h[0] <= at <= past.course_h[-1]:
            before, then, later = np.interp([at - SLOPE_H, at, at + SLOPE_H], past.course_h, past.course)
            sd = float(np.hypot(SHARE_SD, clock * (later - before) / (2 * SLOPE_H)))
            off = (curve.attenuation - then) / sd
            found[i] = SHARE_SD / sd * (LEAST + (1.0 - LEAST) * np.exp(-0.5 * off**2))
    return found
