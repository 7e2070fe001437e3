"""A curve and a brewery's past as the numbers that the net reads: one place for learning and for speaking.

Nothing here looks at a clock, a file or anything after the curve's `now`. All numbers are of the order of one.
"""

import numpy as np

from cellarhand.curve import flat_for
from cellarhand.domain import Curve, Floats, Kind
from cellarhand.forecasting.built_in import ROWS as BUILT_IN
from cellarhand.forecasting.built_in import kind_of, wort_points
from cellarhand.forecasting.neural import memory as past
from cellarhand.forecasting.neural.memory import Memory

BACK_H = (3.0, 6.0, 12.0, 18.0, 24.0, 36.0, 48.0, 72.0, 96.0, 144.0, 240.0)
RATES_BACK_H = (0.0, 12.0, 24.0, 48.0, 72.0)
TEMPS_BACK_H = (0.0, 12.0, 24.0, 48.0, 96.0)
WAY = (0.05, 0.15, 0.3, 0.5, 0.7, 0.85, 0.95)
ASSUMED = (0.66, 0.76, 0.86)  # attenuations for which "at this pace it takes" is worked out
UNKNOWN_TEMP_C = 19.0
KINDS = tuple(Kind)

STATED = (
    "elapsed", "read for", "silent", "og", "og known", "og se", "fg known", "fg to go", "fg attenuation", "by hand",
    "readings", "spacing", "none", *(f"kind {kind}" for kind in KINDS),
)  # fmt: skip
NOW = (
    "attenuation", "level", "se", "scatter", "flat", "fall", "log fall", "steepest", "since steepest", "bend", "rise",
    "set aside", "dry hops", "since hop", "usual attenuation",
)  # fmt: skip
NAMES = (
    *STATED,
    *NOW,
    *(f"fell in {h:g} h" for h in BACK_H),
    *(f"known {h:g} h ago" for h in BACK_H),
    *(f"rate {h:g} h ago" for h in RATES_BACK_H),
    *(f"since {s:.0%} of the way" for s in WAY),
    *(f"pace to {s:.0%}" for s in ASSUMED),
    *(f"temperature {h:g} h ago" for h in TEMPS_BACK_H),
    "temperature known", "warmest", "temperature moves",
    *past.NAMES,
)  # fmt: skip


def inputs(curve: Curve, memory: Memory) -> Floats:
    """(len(NAMES),) numbers, all finite.

    >>> found = inputs(Curve(now=10.0), Memory([]))
    >>> found.shape == (len(NAMES),), bool(np.isfinite(found).all())
    (True, True)
    """
    parts = [_stated(curve), *_course(curve), _temperatures(curve), memory.about(curve)]
    return np.nan_to_num(np.concatenate(parts), nan=0.0, posinf=0.0, neginf=0.0)


def _stated(curve: Curve) -> Floats:
    hours, og = curve.hours, wort_points(curve)
    level = og if curve.level is None else (curve.level - 1) * 1000
    kind = kind_of(curve)  # an ale where nobody said: what a form says by itself is no statement
    stated = curve.expected_fg is not None
    final = 0.0 if curve.expected_fg is None else (curve.expected_fg - 1) * 1000
    return np.array(
        [
            _logs(curve.elapsed),
            _logs(hours[-1] - hours[0]) if len(hours) else 0.0,
            _logs(curve.now - hours[-1]) if len(hours) else 3.0,
            og / 50.0,
            float(curve.og is not None),
            np.log(min(curve.og_se, 10.0) + 0.3),
            float(stated),
            np.arcsinh(level - final) if stated else 0.0,
            (og - final) / og if stated else 0.0,
            float(curve.manual),
            np.log1p(len(hours)) / 2.0,
            np.log(np.median(np.diff(hours)) + 0.5) if len(hours) > 2 else 0.0,
            float(not len(hours)),
            *(float(kind == k) for k in KINDS),
        ]
    )


def _course(curve: Curve) -> list[Floats]:
    size = len(NOW), len(BACK_H), len(BACK_H), len(RATES_BACK_H), len(WAY), len(ASSUMED)
    if not len(curve.hours):
        return [np.zeros(n) for n in size]
    h, y, rate, og = curve.hours, (curve.smooth - 1) * 1000, curve.rate, wort_points(curve)
    last, level = float(h[-1]), float(y[-1])
    back = last - np.array(BACK_H)
    known = (back >= h[0]) & (back >= curve.pitched_at - 1.0)
    then = np.where(back >= h[0], np.interp(back, h, y), y[0])
    rates = np.interp(last - np.array(RATES_BACK_H), h, rate, left=0.0)
    return [
        _now(curve, h, y, og),
        np.arcsinh(then - level) / 2.0,
        known.astype(float),
        np.arcsinh(-rates) / 2.0,
        _since(h, y, og, curve.pitched_at),
        _paces(curve, og, level, float(rate[-1])),
    ]


def _now(curve: Curve, h: Floats, y: Floats, og: float) -> Floats:
    fall = -float(curve.rate[-1])
    after = h >= curve.pitched_at
    falls = np.where(after, -curve.rate, -np.inf)
    steep = int(np.argmax(falls)) if after.any() else len(h) - 1
    recent = h >= h[-1] - 36.0
    scatter = float(np.median(np.abs((curve.sg - curve.smooth)[recent]))) * 1000
    hops = [t for t in curve.dry_hops if t <= curve.now]
    half = curve.rate[np.searchsorted(h, h[-1] - 24.0)]
    return np.array(
        [
            0.0 if curve.attenuation is None else curve.attenuation,
            y[-1] / 20.0 - 0.5,
            np.log(min(float(curve.se[-1]), 10.0) + 0.05) if np.isfinite(curve.se[-1]) else 2.0,
            np.log(scatter + 0.05),
            _logs(flat_for(curve)),
            np.clip(fall / 10.0, -1.0, 3.0),
            np.log(max(fall, 0.0) + 0.3),
            np.log(max(float(falls[steep]), 0.0) + 0.3) if after.any() else 0.0,
            _logs(h[-1] - h[steep]),
            np.clip((fall + float(half)) / 5.0, -3.0, 3.0),
            np.clip(float(y[-1] - y[after].min()) / 3.0, 0.0, 3.0) if after.any() else 0.0,
            np.log1p(len(curve.set_aside)) / 3.0,
            float(len(hops)) / 2.0,
            _logs(curve.now - max(hops)) if hops else 0.0,
            BUILT_IN[kind_of(curve)].attenuation,
        ]
    )


def _since(h: Floats, y: Floats, og: float, pitched_at: float) -> Floats:
    """Log hours since the level first stood at each share of the way come so far, from the pitch on."""
    after = h >= pitched_at - 1.0
    if not after.any():
        return np.zeros(len(WAY))
    t, top = h[after], max(og, float(y[after][0]))
    lowest = np.minimum.accumulate(y[after])
    drop = max(top - float(lowest[-1]), 0.0)
    times, levels = np.append(min(pitched_at, t[0]), t), np.append(top, lowest)
    wanted = top - np.array(WAY) * drop
    crossed = np.interp(-wanted, -levels, times)
    return np.asarray([_logs(t[-1] - c) for c in crossed])


def _paces(curve: Curve, og: float, level: float, rate: float) -> Floats:
    """Log hours that the points to some assumed ends take at the present fall, down to a point."""
    to_go = np.maximum(level - og * (1.0 - np.array(ASSUMED)) - 1.0, 0.0)
    return np.asarray(np.log((24.0 * to_go / max(-rate, 0.5) + 6.0) / 60.0))


def _temperatures(curve: Curve) -> Floats:
    known = np.isfinite(curve.temp_c)
    if not known.any():
        return np.zeros(len(TEMPS_BACK_H) + 3)
    h, t = curve.hours[known], curve.temp_c[known]
    then = np.interp(h[-1] - np.array(TEMPS_BACK_H), h, t)
    recent = t[h >= h[-1] - 24.0]
    tail = [1.0, (np.max(t) - UNKNOWN_TEMP_C) / 8.0, np.clip(float(recent[-1] - recent[0]) / 4.0, -2.0, 2.0)]
    return np.concatenate([np.clip((then - UNKNOWN_TEMP_C) / 8.0, -3.0, 3.0), tail])


def _logs(hours: float) -> float:
    """Log of hours, 0 at none: half a day is 0.7, a week 2.7."""
    return float(np.log1p(max(hours, 0.0) / 12.0))
