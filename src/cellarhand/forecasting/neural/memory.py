"""What the net is told of a brewery's past: by brand, style, kind and brewery, and of the batches that stood alike."""

from collections.abc import Sequence

import numpy as np

from cellarhand.domain import Curve, Floats
from cellarhand.forecasting.built_in import kind_of
from cellarhand.forecasting.past import Past

LEVELS = ("brand", "style", "kind", "brewery")
OF_LEVEL = ("seen", "running", "log hours", "log hours sd", "attenuation", "attenuation sd", "left from here", "sd")
ALIKE = ("alike", "alike left", "alike left sd", "alike done")
NAMES = (*(f"{level}: {name}" for level in LEVELS for name in OF_LEVEL), *(f"brewery: {name}" for name in ALIKE))
SHARES: Floats = np.arange(0.0, 1.201, 0.02)  # attenuations at which a course is kept
HOURS: Floats = np.arange(0.0, 901.0, 6.0)  # and hours since the pitch
USUAL_H, USUAL_LEFT_H = 100.0, 60.0
SOON_H = 6.0  # log(left + this): an hour matters less far out
ALIKE_SD, LEAST_ALIKE = 0.08, 0.02
LEAST_SD = 0.1


class Memory:
    """Past batches as arrays, ready to be asked about any running one. Rows are batches, n of them."""

    def __init__(self, pasts: Sequence[Past]) -> None:
        known = [p for p in pasts if p.observed or p.moved]
        self.n = len(known)
        self.brand = np.array([p.brand or "" for p in known], object)
        self.style = np.array([p.style or "" for p in known], object)
        self.kind = np.array([p.kind for p in known], object)
        self.manual = np.array([p.manual for p in known], bool)
        self.observed = np.array([p.observed for p in known], bool)
        self.trust = np.array([p.trust if p.observed else 0.0 for p in known])
        self.hours = np.array([max(p.duration, 1.0) for p in known])
        self.attenuation = np.array([np.nan if p.attenuation is None else p.attenuation for p in known])
        self.crossed = np.array([_crossed(p) for p in known]).reshape(self.n, len(SHARES))
        self.course = np.array([_course(p) for p in known]).reshape(self.n, len(HOURS))

    def about(self, curve: Curve) -> Floats:
        """(len(NAMES),) what the past says of this batch; zeros where it says nothing.

        >>> Memory([]).about(Curve(now=0.0)).any()
        np.False_
        """
        found = np.zeros(len(NAMES))
        if self.n:
            from_here = self._from_here(curve)
            pools = (
                self.brand == (curve.brand or None),
                self.style == (curve.style or None),
                self.kind == kind_of(curve),
                np.ones(self.n, bool),
            )
            size = len(OF_LEVEL)
            for k, pool in enumerate(pools):
                found[k * size : (k + 1) * size] = self._level(pool, from_here)
            found[len(LEVELS) * size :] = self._alike(curve)
        return found

    def _from_here(self, curve: Curve) -> Floats:
        """(n,) hours that each past batch still took from the attenuation at which this one stands; nan if unknown."""
        if curve.attenuation is None:
            return np.full(self.n, np.nan)
        k = int(np.clip(round(curve.attenuation / 0.02), 0, len(SHARES) - 1))
        return np.asarray(np.where(self.observed, np.maximum(self.hours - self.crossed[:, k], 0.0), np.nan))

    def _level(self, pool: Floats, from_here: Floats) -> Floats:
        seen = pool & self.observed
        n = float(self.trust[seen].sum())
        running = float((pool & ~self.observed).sum())
        hours, hours_sd = _moments(np.log(self.hours / USUAL_H), self.trust * seen)
        share, share_sd = _moments(self.attenuation, self.trust * seen)
        left, left_sd = _moments(np.log((from_here + SOON_H) / USUAL_LEFT_H), self.trust * seen)
        return np.array([np.log1p(n), np.log1p(running), hours, hours_sd, share, share_sd, left, left_sd])

    def _alike(self, curve: Curve) -> Floats:
        """Of the past batches that stood where this one stands at this hour: how many, and how long they still took."""
        elapsed = max(curve.elapsed, 0.0)
        weight = self.trust.copy()
        if curve.attenuation is not None and len(curve.hours):
            at = float(np.clip(curve.hours[-1] - curve.pitched_at, 0.0, HOURS[-1]))
            stood = self.course[:, round(at / 6.0)]
            like = np.exp(-0.5 * ((stood - curve.attenuation) / ALIKE_SD) ** 2)
            weight *= LEAST_ALIKE + np.where(np.isfinite(like), like, 0.0)
        left = self.hours - elapsed
        ahead = weight * (left > 0)
        middle, sd = _moments(np.log((np.maximum(left, 0.0) + SOON_H) / USUAL_LEFT_H), ahead)
        done = float(1.0 - ahead.sum() / weight.sum()) if weight.sum() > 0 else 0.0
        return np.array([np.log1p(ahead.sum()), middle, sd, done])


def _moments(values: Floats, weight: Floats) -> tuple[float, float]:
    """Weighted mean, drawn to 0 as if half a batch stood there, and spread; 0 and 0 without any."""
    w = np.where(np.isfinite(values), weight, 0.0)
    total = float(w.sum())
    if total <= 0.0:
        return 0.0, 0.0
    v = np.where(w > 0, values, 0.0)
    mean = float(w @ v) / total
    sd = float(np.sqrt(w @ (v - mean) ** 2 / total)) + LEAST_SD
    return mean * total / (total + 0.5), sd


def _crossed(past: Past) -> Floats:
    """(len(SHARES),) hours since the pitch at which a batch first stood at each share; its duration where never."""
    if not len(past.course):
        return np.full(len(SHARES), np.nan)
    highest = np.maximum.accumulate(past.course)
    k = np.searchsorted(highest, SHARES - 1e-9)
    hours = np.append(past.course_h, past.duration)
    return np.asarray(np.minimum(hours[k], past.duration))


def _course(past: Past) -> Floats:
    """(len(HOURS),) how far it had attenuated; its last level once it has ended, nan where unknown."""
    if not len(past.course):
        return np.full(len(HOURS), np.nan)
    right = past.course[-1] if past.observed else np.nan
    return np.asarray(np.interp(HOURS, past.course_h, past.course, left=0.0, right=right))
