"""What was read: true courses through sensors and habits, as flat arrays of readings."""

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from cellarhand.domain import Floats
from cellarhand.simulate.prior.faults import fall, shown
from cellarhand.simulate.prior.habits import Slots, slots
from cellarhand.simulate.prior.rows import Ints
from cellarhand.simulate.prior.sensors import Sensors
from cellarhand.simulate.prior.truth import Truth
from cellarhand.units import GRAVITY

FINE = 0.1  # points, of a sensor that is not coarse


@dataclass(frozen=True, kw_only=True, eq=False)
class Readings:
    """r readings of all batches, by batch and in time order; each array has shape (r,).

    `hours` on the batch's clock as noted, `temp_c` nan where none; the true moment lies within ± `precision_h`.
    """

    batch: Ints
    hours: Floats
    sg: Floats
    temp_c: Floats
    by_hand: NDArray[np.bool_]
    precision_h: Floats

    def of(self, batch: int) -> "Readings":
        """The readings of one batch."""
        a, b = np.searchsorted(self.batch, [batch, batch + 1])
        return Readings(**{f.name: getattr(self, f.name)[a:b] for f in fields(self)})

    def where(self, keep: NDArray[np.bool_] | Ints) -> "Readings":
        """Kept or reordered by a mask or an index."""
        return Readings(**{f.name: getattr(self, f.name)[keep] for f in fields(self)})

    def joined(self, other: "Readings") -> "Readings":
        """Both, by batch and in time order."""
        pairs = {f.name: (getattr(self, f.name), getattr(other, f.name)) for f in fields(self)}
        both = Readings(**{name: np.concatenate(pair) for name, pair in pairs.items()})
        return both.where(np.lexsort((both.hours, both.batch)))


def read(
    true: Truth,
    sensor: Sensors,
    *,
    from_h: Floats,
    to_h: Floats,
    pitched_at: Floats,
    set_c: Floats,
    started_h: Floats,
    rng: np.random.Generator,
) -> Readings:
    """All readings of n batches from `from_h` to `to_h` (n,); what the house would refuse as gravity is left out."""
    when = slots(sensor, from_h, to_h, started_h, rng)
    points = (true.sg - 1.0) * 1000.0
    s = {name: value[when.batch] for name, value in sensor.rows.items()}
    quiet = at(shown(true, sensor, pitched_at, set_c, rng), when)
    froth = 1.0 + s["froth"] * at(fall(points), when)
    spike = (rng.random(len(quiet)) < s["spikes"]) * s["spike_points"]
    spike *= rng.exponential(1.0, len(quiet)) * np.where(rng.random(len(quiet)) < 0.7, 1.0, -1.0)
    value = quiet + s["noise"] * froth * rng.standard_normal(len(quiet)) + spike
    sg = 1.0 + rounded(value, np.where(s["coarse"] > 0, s["quantum"], FINE)) / 1000.0
    temp = at(true.temp_c, when) + s["temp_offset"] + s["temp_noise"] * rng.standard_normal(len(quiet))
    temp = np.where(s["temp_missing"] > 0, np.nan, rounded(temp, s["temp_quantum"]))
    found = Readings(
        batch=when.batch,
        hours=when.hours,
        sg=sg,
        temp_c=temp,
        by_hand=sensor.by_hand[when.batch],
        precision_h=when.precision_h,
    )
    return found.where((sg >= GRAVITY.low) & (sg <= GRAVITY.high))


def rounded(value: Floats, quantum: Floats) -> Floats:
    """To the nearest multiple of `quantum`; untouched where that is 0.

    >>> rounded(np.array([1.24, 1.24]), np.array([0.5, 0.0])).tolist()
    [1.0, 1.24]
    """
    step = np.where(quantum > 0, quantum, 1.0)
    return np.where(quantum > 0, np.round(value / step) * step, value)


def at(grid: Floats, when: Slots) -> Floats:
    """Values of a whole-hour grid (n, t) at each slot, straight between hours; shape (r,)."""
    t = np.clip(when.true_h, 0.0, grid.shape[1] - 1.000001)
    k = t.astype(int)
    share = t - k
    return np.asarray(grid[when.batch, k] * (1.0 - share) + grid[when.batch, k + 1] * share)
