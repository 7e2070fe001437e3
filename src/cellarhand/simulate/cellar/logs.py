"""What is read of a tank: its own simple sensors (white noise, offset, slow drift) and a hand once a working day."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cellarhand.domain import Floats

INTERVALS_H = (1 / 12, 0.25, 0.25, 0.5, 1.0)
BY_HAND = 0.3  # share of breweries; own choice
NOISE = ((0.15, 1.0), (0.2, 0.7))  # points, sensor and hand; reports: 0.3–1 quiet, in-line better
OFFSET = (1.2, 0.4)  # points, sd; reports: 0–5 at the end
DRIFT = 0.06  # points a day, sd
FINE, COARSE = 0.1, 1.0  # points; Tilt and glass show whole points
TEMP_OFFSET, TEMP_NOISE, TEMP_STEP = 0.3, 0.08, 0.1  # K; DS18B20 is good to 0.5 K
MISSED_BY_HAND = 0.1
HAND_HOUR, HAND_JITTER = (8.0, 12.0), 0.7


@dataclass(frozen=True, eq=False)
class Log:
    """The readings of one batch in order of time, each (r,); hours since its pitch."""

    hours: Floats
    sg: Floats
    temp_c: Floats


@dataclass(frozen=True, kw_only=True, eq=False)
class Sensors:
    """One a batch, each (n,): a brewery reads by hand or by sensors of one make."""

    by_hand: NDArray[np.bool_]
    interval_h: Floats
    noise: Floats
    offset: Floats
    drift: Floats
    step: Floats


def sensors(brewery: NDArray[np.int64], rng: np.random.Generator) -> Sensors:
    """Draws them for n batches.

    >>> sensors(np.array([0, 0, 1]), np.random.default_rng(1)).noise.shape
    (3,)
    """
    n, houses = len(brewery), int(brewery.max()) + 1
    hand = (rng.random(houses) < BY_HAND)[brewery]
    low, high = np.array(NOISE)[hand.astype(int)].T
    return Sensors(
        by_hand=hand,
        interval_h=rng.choice(INTERVALS_H, houses)[brewery],
        noise=low + (high - low) * rng.random(houses)[brewery],
        offset=np.array(OFFSET)[hand.astype(int)] * rng.standard_normal(n),
        drift=np.where(hand, 0.0, DRIFT * rng.standard_normal(n)),
        step=np.where(rng.random(houses) < 0.5, FINE, COARSE)[brewery],
    )


def moments(s: Sensors, k: int, until: float, started_h: float, rng: np.random.Generator) -> Floats:
    """The hours since its pitch at which batch `k` is read, up to `until`."""
    if not s.by_hand[k]:
        return np.asarray(np.arange(rng.uniform(0.0, s.interval_h[k]), until, s.interval_h[k]))
    visit = rng.uniform(*HAND_HOUR)
    days = np.arange(1, int(until / 24.0) + 2) + started_h // 24.0
    at = 24.0 * days + visit + HAND_JITTER * rng.standard_normal(len(days)) - started_h
    there = (days % 7 < 5) & (rng.random(len(days)) >= MISSED_BY_HAND) & (at > 3.0) & (at < until)
    return np.concatenate([[rng.uniform(0.0, 1.0)], at[there]])


def seen(s: Sensors, k: int, at: Floats, sg: Floats, temp_c: Floats, rng: np.random.Generator) -> Log:
    """What sensor `k` shows of true gravity and temperature at the hours `at`."""
    points = (sg - 1.0) * 1000.0 + s.offset[k] + s.drift[k] * at / 24.0 + s.noise[k] * rng.standard_normal(len(at))
    shown = np.round(points / s.step[k]) * s.step[k]
    temp = temp_c + TEMP_OFFSET * rng.standard_normal() + TEMP_NOISE * rng.standard_normal(len(at))
    return Log(at, 1.0 + shown / 1000.0, np.round(temp / TEMP_STEP) * TEMP_STEP)
