"""Slow faults of a sensor, hour by hour: what it would show if it were read without noise."""

import numpy as np

from cellarhand.domain import Floats
from cellarhand.simulate.prior.sensors import Sensors
from cellarhand.simulate.prior.truth import Truth

HOP_FADES_H = 48.0  # dry hops blind a float for days
CRUD_GROWS_H = 48.0  # own choice: yeast settles on a float over some two days after the peak


def shown(true: Truth, sensor: Sensors, pitched_at: Floats, set_c: Floats, rng: np.random.Generator) -> Floats:
    """Points that each sensor shows on the truth's hours, all slow faults in, shape (n, t)."""
    s = {name: value[:, None] for name, value in sensor.rows.items()}  # (n, 1)
    points = (true.sg - 1.0) * 1000.0
    t = true.hours[None, :] - pitched_at[:, None]  # since the pitch
    return np.asarray(
        points * s["slope"]
        + s["offset"]
        + s["drift"] * np.maximum(t, 0.0) / 24.0
        + s["per_kelvin"] * (true.temp_c - set_c[:, None])
        + s["hump"] * s["hump_points"] * np.exp(-0.5 * ((t - s["hump_at"]) / s["hump_h"]) ** 2)
        + s["lift"] * steepness(points)
        + s["crud"] * (1.0 - np.exp(-np.maximum(t - _peak(points, true.hours, pitched_at), 0.0) / CRUD_GROWS_H))
        + s["hop_blind"] * _since_hops(true)
        + s["ar_points"] * wander(s["ar_h"], t.shape, rng)
        + kicked(s["kicks"], s["kick_points"], t.shape, rng)
    )


def fall(points: Floats) -> Floats:
    """Points an hour by which gravity falls (0 where it rises), shape of `points` (n, t).

    >>> fall(np.array([[50.0, 49.0, 47.0]])).tolist()
    [[1.0, 1.5, 2.0]]
    """
    return np.maximum(-np.gradient(points, axis=1), 0.0)


def steepness(points: Floats) -> Floats:
    """The fall beside its steepest, 0 … 1."""
    pace = fall(points)
    return np.asarray(pace / np.maximum(pace.max(axis=1, keepdims=True), 1e-6))


def wander(memory_h: Floats, shape: tuple[int, int], rng: np.random.Generator) -> Floats:
    """AR(1) noise of unit variance with the given memory (n, 1), shape (n, t)."""
    keep = np.exp(-1.0 / memory_h[:, 0])
    fresh = rng.standard_normal(shape)
    fresh[:, 1:] *= np.sqrt(1.0 - keep**2)[:, None]
    for k in range(1, shape[1]):
        fresh[:, k] += keep * fresh[:, k - 1]
    return fresh


def kicked(per_day: Floats, size: Floats, shape: tuple[int, int], rng: np.random.Generator) -> Floats:
    """Sum of the jumps so far, shape (n, t)."""
    hit = rng.random(shape) < per_day / 24.0
    return np.asarray(np.cumsum(hit * size * rng.standard_normal(shape), axis=1))


def _peak(points: Floats, hours: Floats, pitched_at: Floats) -> Floats:
    """Hours from the pitch to the steepest fall, (n, 1)."""
    return np.asarray((hours[np.argmax(fall(points), axis=1)] - pitched_at)[:, None])


def _since_hops(true: Truth) -> Floats:
    """1 at a dry hop, fading; 0 before, shape (n, t)."""
    total = np.zeros_like(true.sg)
    for at in true.dry_hops.T:
        since = true.hours[None, :] - np.where(np.isnan(at), np.inf, at)[:, None]
        total += np.where(since >= 0, np.exp(-np.maximum(since, 0.0) / HOP_FADES_H), 0.0)
    return np.minimum(total, 1.0)
