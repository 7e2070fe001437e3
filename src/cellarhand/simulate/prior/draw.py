"""Draws whole breweries: who brewed what, what truly happened, and what was read of it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from cellarhand.domain import Floats, Kind
from cellarhand.simulate.prior.kinetics import ferment
from cellarhand.simulate.prior.plan import KINDS, Relatives, parameters, relatives
from cellarhand.simulate.prior.readings import Readings, read
from cellarhand.simulate.prior.sensors import DEVICES, GLASS, Sensors, sensors
from cellarhand.simulate.prior.truth import HORIZON_H, Truth, truth

CHECK_EVERY_H = 72.0  # a glass beside a sensor; own choice


@dataclass(frozen=True, kw_only=True, eq=False)
class Fermentations:
    """n batches. Hours are on each batch's own clock: 0 when its first wort is in the tank, pitched at `pitched_at`.

    `og` is the volume-weighted mean of its brews, `full_at` the hour of the last of them. Arrays have shape (n,)
    unless `Truth` or `Readings` say otherwise. `parameters` are the rows behind each batch by name, shape (n,).
    """

    who: Relatives
    og: Floats
    pitched_at: Floats
    full_at: Floats
    truth: Truth
    sensors: Sensors
    readings: Readings
    parameters: dict[str, Floats]

    def __len__(self) -> int:
        return len(self.og)

    def kind(self, batch: int) -> Kind:
        """What kind of beer a batch is."""
        return KINDS[int(self.who.kind[batch])]

    @property
    def hours_to_terminal(self) -> Floats:
        """From the pitch to the end, (n,)."""
        return self.truth.terminal_h - self.pitched_at


def draw(
    rng: np.random.Generator,
    *,
    breweries: int = 8,
    brands: int = 4,
    batches: int = 6,
    kinds: Sequence[Kind] | None = None,
    horizon_h: int = HORIZON_H,
    finest_h: float = 0.0,
    device: str | None = None,
) -> Fermentations:
    """Draws breweries × brands × batches fermentations and their readings. The same `rng` draws the same.

    `kinds`: only these, equally often. `finest_h`: no sensor reads more often than this (saves memory: a minute over
    weeks is much). `device`: one of `DEVICES` for all. `horizon_h`: what is not packaged by then is packaged then.

    >>> f = draw(np.random.default_rng(7), breweries=1, brands=2, batches=2, horizon_h=400)
    >>> len(f), bool((f.truth.sg_final < f.og).all())
    (4, True)
    """
    who = relatives(rng, breweries=breweries, brands=brands, batches=batches, kinds=kinds)
    p = parameters(who, rng)
    hours = np.arange(horizon_h + 1, dtype=float)
    true = truth(ferment(p, hours), p, hours)
    every = None if device is None else np.full(len(who.brewery), DEVICES.index(device))
    sensor = at_most_every(sensors(who, rng, every), finest_h)
    return Fermentations(
        who=who,
        og=1.0 + p["og"] / 1000.0,
        pitched_at=p["pitched_at"],
        full_at=np.ceil((p["brews"] - 1.0) * p["brew_gap"]),
        truth=true,
        sensors=sensor,
        readings=_logged(who, p, true, sensor, rng),
        parameters=p,
    )


def at_most_every(sensor: Sensors, finest_h: float) -> Sensors:
    """The same sensors, none of them read more often than every `finest_h` hours."""
    interval = np.maximum(sensor.rows["interval_h"], finest_h)
    return replace(sensor, rows={**sensor.rows, "interval_h": interval})


def _logged(who: Relatives, p: dict[str, Floats], true: Truth, sensor: Sensors, rng: np.random.Generator) -> Readings:
    """The log of each batch: its sensor, and here and there a glass beside it."""
    s = sensor.rows
    from_h = np.where(s["late"] > 0, p["pitched_at"] + s["late_h"], 0.0)
    to_h = true.packaged_h * np.where(s["cut"] > 0, s["cut_at"], 1.0)
    from_h = np.minimum(from_h, 0.5 * to_h)

    def through(device: Sensors, until: Floats) -> Readings:
        return read(
            true,
            device,
            from_h=from_h,
            to_h=until,
            pitched_at=p["pitched_at"],
            set_c=p["set_c"],
            started_h=who.started_h,
            rng=rng,
        )

    glass = _beside(sensors(who, rng, np.full(len(who.brewery), DEVICES.index(GLASS))))
    return through(sensor, to_h).joined(through(glass, np.where(s["checked"] > 0, to_h, from_h - 1.0)))


def _beside(glass: Sensors) -> Sensors:
    """A glass that only checks a sensor now and then."""
    return replace(glass, rows={**glass.rows, "interval_h": np.full(len(glass.device), CHECK_EVERY_H)})
