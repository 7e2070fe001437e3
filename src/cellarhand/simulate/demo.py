"""Six tanks of simulated beer for the demo: gravity and temperature by the hour, and how each sensor sees them."""

from dataclasses import dataclass

import numpy as np

from cellarhand.domain import Floats


@dataclass(frozen=True, kw_only=True)
class DemoTank:
    """One tank of the demo. Hours are since the pitch; at `stalls_at` of the drop the yeast gives up."""

    name: str
    beer: str
    style: str
    kind: str
    sensor: str
    og: float
    fg: float
    lag_h: float
    half_h: float
    age_h: float
    temp_c: float
    rise_c: float = 0.0
    noise: float = 0.0004
    stalls_at: float = 1.0
    volume_l: float = 1000.0


CELLAR: tuple[DemoTank, ...] = (
    DemoTank(name="FV1", beer="House Pale", style="Pale Ale", kind="ale", sensor="ispindel", og=1.048, fg=1.0105,
             lag_h=10, half_h=38, age_h=52, temp_c=18.5, rise_c=2.0, volume_l=2000),
    DemoTank(name="FV2", beer="Session IPA", style="IPA", kind="ale", sensor="tiltpi", og=1.044, fg=1.0095,
             lag_h=9, half_h=33, age_h=92, temp_c=19.0, rise_c=1.5, noise=0.0006, volume_l=2000),
    DemoTank(name="FV3", beer="Pilsner", style="Pilsner", kind="lager", sensor="rapt", og=1.049, fg=1.0090,
             lag_h=26, half_h=84, age_h=12, temp_c=11.5, rise_c=1.0, volume_l=4000),
    DemoTank(name="FV4", beer="Stout", style="Stout", kind="ale", sensor="gravitymon", og=1.062, fg=1.0165,
             lag_h=12, half_h=44, age_h=40, temp_c=18.5, noise=0.0030),
    DemoTank(name="FV5", beer="Brut Saison", style="Saison", kind="ale", sensor="json", og=1.055, fg=1.0040,
             lag_h=12, half_h=50, age_h=118, temp_c=24.5, stalls_at=0.50),
    DemoTank(name="FV6", beer="Amber", style="Amber Ale", kind="ale", sensor="hand", og=1.052, fg=1.0125,
             lag_h=12, half_h=42, age_h=62, temp_c=18.0, noise=0.0006),
)  # fmt: skip


def true_gravity(tank: DemoTank, hours: Floats) -> Floats:
    """Gravity without any sensor: a slow start, a straight fall, a tail of two lengths. Shape of `hours`.

    >>> bool(true_gravity(CELLAR[0], np.array([0.0]))[0] > true_gravity(CELLAR[0], np.array([200.0]))[0])
    True
    """
    width = (tank.half_h - tank.lag_h) / 3.2
    fall = 1.0 / (1.0 + np.exp((hours - tank.half_h) / width))
    since = np.clip(hours - tank.half_h, 0.0, None)
    left = 0.9 * fall + 0.1 * np.where(since > 0, np.exp(-since / (1.1 * tank.half_h)), 1.0)
    done = np.minimum(1.0 - left, tank.stalls_at * (1.0 - 0.02 * np.exp(-hours / 60.0)))
    return np.asarray(tank.og - (tank.og - tank.fg) * done)


def true_temperature(tank: DemoTank, hours: Floats) -> Floats:
    """Temperature of the beer: set, with a free rise in the second half and the day's swing. Shape of `hours`."""
    rise = tank.rise_c / (1.0 + np.exp(-(hours - 1.4 * tank.half_h) / 8.0))
    return np.asarray(tank.temp_c + rise + 0.15 * np.sin(hours * 2 * np.pi / 24.0))


def seen(tank: DemoTank, hours: Floats, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Gravity and temperature as the sensor reports them: noise, bubbles at high krausen, now and then a spike."""
    n = len(hours)
    pace = np.abs(np.gradient(true_gravity(tank, hours), hours)) if n > 1 else np.full(n, 0.0003)
    noise = tank.noise * (1.0 + pace / 0.0006)
    sg = true_gravity(tank, hours) + noise * rng.standard_normal(n)
    spikes = (rng.random(n) < (0.01 if tank.noise > 0.002 else 0.0)) * rng.uniform(0.006, 0.02, n)
    return sg + spikes, true_temperature(tank, hours) + 0.05 * rng.standard_normal(n)


def over_after(tank: DemoTank) -> float:
    """Hours after which the demo empties the tank and fills it anew."""
    return 3.0 * tank.half_h + 90.0
