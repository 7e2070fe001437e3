"""When somebody or something reads: every minute to every other day, weekends off, dates without a time, gaps."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from cellarhand.domain import Floats
from cellarhand.simulate.prior.rows import Ints
from cellarhand.simulate.prior.sensors import Sensors

GAPS = 6  # the most gaps that a log holds
DATE_ONLY_H = 12.0  # a date means noon, give or take half a day


@dataclass(frozen=True, kw_only=True, eq=False)
class Slots:
    """r moments, by batch and in time order, each of shape (r,): `true_h` when it was read, `hours` what was noted."""

    batch: Ints
    true_h: Floats
    hours: Floats
    precision_h: Floats

    def where(self, keep: NDArray[np.bool_]) -> "Slots":
        """Only the kept ones."""
        return Slots(
            batch=self.batch[keep],
            true_h=self.true_h[keep],
            hours=self.hours[keep],
            precision_h=self.precision_h[keep],
        )


def slots(sensor: Sensors, from_h: Floats, to_h: Floats, started_h: Floats, rng: np.random.Generator) -> Slots:
    """The moments at which each batch is read between `from_h` and `to_h` (n,), gaps and missed ones left out.

    `started_h`: hours from a Monday 00:00 to each batch's hour 0, for weekends and dates.
    """
    s, hand = sensor.rows, sensor.by_hand
    count = np.maximum(np.ceil((to_h - from_h) / s["interval_h"]).astype(int) + 2, 1)
    batch = np.repeat(np.arange(len(count)), count)
    k = np.arange(len(batch)) - np.repeat(np.cumsum(count) - count, count)
    step = s["interval_h"][batch]
    tick = from_h[batch] + (k + 0.02 * rng.random(len(batch))) * step
    jitter = np.clip(s["hand_jitter"][batch] * rng.standard_normal(len(batch)), -0.3 * step, 0.3 * step)
    midnight = from_h[batch] - (started_h + from_h)[batch] % 24.0
    visit = midnight + k * step + s["hand_hour"][batch] + jitter
    true_h = np.where(hand[batch], visit, tick)
    first = (k == 0) & hand[batch]
    true_h = np.where(first, from_h[batch] + 1.5 * rng.random(len(batch)), true_h)  # the original gravity
    after = first | ~hand[batch] | (true_h > from_h[batch] + 4.0)
    weekend = (np.floor((started_h[batch] + true_h) / 24.0) % 7 >= 5) & (s["weekdays"][batch] > 0) & ~first
    missed = (rng.random(len(batch)) < s["missed"][batch]) & ~first
    keep = after & ~weekend & ~missed & (true_h <= to_h[batch])
    moments = Slots(batch=batch, true_h=true_h, hours=true_h, precision_h=np.zeros(len(batch))).where(keep)
    return _dated(_outside_gaps(moments, sensor, from_h, to_h, rng), sensor, started_h)


def _outside_gaps(moments: Slots, sensor: Sensors, from_h: Floats, to_h: Floats, rng: np.random.Generator) -> Slots:
    """Up to six gaps a log, their number by the log's length."""
    expected = sensor.rows["gap"] * (to_h - from_h) / 168.0
    number = np.minimum(rng.poisson(expected), GAPS)
    keep = np.ones(len(moments.batch), bool)
    for g in range(GAPS):
        start = from_h + rng.random(len(from_h)) * (to_h - from_h)
        length = sensor.rows["gap_h"] * np.exp(0.5 * rng.standard_normal(len(from_h))) * (g < number)
        since = moments.true_h - start[moments.batch]
        keep &= ~((since > 0) & (since < length[moments.batch]))
    return moments.where(keep)


def _dated(moments: Slots, sensor: Sensors, started_h: Floats) -> Slots:
    """Where only a date was noted: noon of it, one reading a date."""
    only = sensor.rows["date_only"][moments.batch] > 0
    begun = started_h[moments.batch]
    day = np.floor((begun + moments.true_h) / 24.0)
    noted = replace(
        moments,
        hours=np.where(only, day * 24.0 + DATE_ONLY_H - begun, moments.true_h),
        precision_h=np.where(only, DATE_ONLY_H, 0.0),
    )
    again = np.zeros(len(day), bool)
    again[1:] = only[1:] & (day[1:] == day[:-1]) & (moments.batch[1:] == moments.batch[:-1])
    return noted.where(~again)
