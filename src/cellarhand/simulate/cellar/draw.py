"""Draws a cellar's past: who brewed what, what truly happened, and what was read of it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from cellarhand.domain import Kind
from cellarhand.simulate.cellar.beer import Law
from cellarhand.simulate.cellar.logs import Log, Sensors, moments, seen, sensors
from cellarhand.simulate.cellar.tank import Course, plans, run
from cellarhand.simulate.cellar.variation import KINDS, LAWS, Family, family, worts
from cellarhand.simulate.cellar.wort import Wort


@dataclass(frozen=True, kw_only=True, eq=False)
class Brewed:
    """n batches, a brand's side by side in order of time. Hours are since each batch's pitch."""

    who: Family
    wort: Wort
    true: Course
    sensors: Sensors
    logs: tuple[Log, ...]

    def __len__(self) -> int:
        return len(self.logs)

    def kind(self, k: int) -> Kind:
        """What kind of beer a batch is."""
        return KINDS[int(self.who.kind[k])]

    def law(self, k: int) -> Law:
        """Which published kinetics it ran on."""
        return LAWS[int(self.who.law[k])]

    def words(self, k: int, monday: datetime | None = None) -> dict[str, Any]:
        """What a brewer would state of a batch, as `Curve.from_readings` takes it; dated where `monday` is given."""
        said: dict[str, Any] = {"kind": self.kind(k), "brand": f"brand {int(self.who.brand[k])}"}
        if monday is not None:
            said["started_at"] = monday + timedelta(hours=float(self.who.started_h[k]))
        return said


def draw(rng: np.random.Generator, *, breweries: int = 8, brands: int = 3, batches: int = 4, days: int = 400) -> Brewed:
    """Draws breweries × brands × batches beers, brewed over `days`, and their logs. The same `rng` draws the same.

    >>> d = draw(np.random.default_rng(2), breweries=1, brands=2, batches=2)
    >>> len(d), bool((d.true.terminal_h < d.true.packaged_h).all())
    (4, True)
    """
    who = family(rng, breweries=breweries, brands=brands, batches=batches, days=days)
    wort = worts(who, rng)
    true = run(who, wort, plans(who, rng))
    sensor = sensors(who.brewery, rng)
    logs = []
    for k in range(len(who.brand)):
        at = moments(sensor, k, float(true.packaged_h[k]), float(who.started_h[k]), rng)
        sg, temp = (np.interp(at, true.hours, grid[k]) for grid in (true.sg, true.temp_c))
        logs.append(seen(sensor, k, at, sg, temp, rng))
    return Brewed(who=who, wort=wort, true=true, sensors=sensor, logs=tuple(logs))
