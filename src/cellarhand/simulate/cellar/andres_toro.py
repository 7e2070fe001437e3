"""The lager law of de Andrés-Toro et al. 1998: latent, active and dead cells, sugar, ethanol, diacetyl, ethyl acetate.

Outside the range of temperatures that it was fitted in, its constants are taken at the nearest end (its cells would die
faster than they grow above, its uptake would rise below); in the cold everything slows besides.
"""

from dataclasses import dataclass, replace

import numpy as np

from cellarhand.domain import Floats
from cellarhand.simulate.cellar.constants import (
    HEAT_KJ_PER_G,
    TORO,
    TORO_CELLS,
    TORO_DIACETYL_EATEN,
    TORO_DIACETYL_MADE,
    TORO_RANGE_C,
)
from cellarhand.simulate.cellar.wort import Wort, eaten_implicitly

SLOWS_K = 3.0  # below the fitted range all rates fall e-fold in so many kelvin; own choice: asleep at 4 °C


@dataclass(frozen=True, kw_only=True, eq=False)
class Beer:
    """n batches, each field (n,): cells, `sugar`, `ethanol` in g/L, `diacetyl` and `acetate` in ppm."""

    wort: Wort
    latent: Floats
    active: Floats
    dead: Floats
    sugar: Floats
    ethanol: Floats
    diacetyl: Floats
    acetate: Floats

    @property
    def sg(self) -> Floats:
        """Specific gravity."""
        return self.wort.gravity(1.0 - self.sugar / self.wort.fermentable)

    def stepped(self, temp_c: Floats, dt_h: float) -> tuple["Beer", Floats]:
        """The beer after `dt_h` at `temp_c`, and the kJ a litre that it gave off. Steps of 15 minutes or less."""
        at = np.asarray(temp_c, float) - self.wort.warmth
        dt = dt_h * self.wort.vigour * np.exp(np.minimum(at - TORO_RANGE_C[0], 0.0) / SLOWS_K)
        k = {name: law.at(np.clip(at, *TORO_RANGE_C)) for name, law in TORO.items()}
        half = 0.5 * self.wort.fermentable
        woken = self.latent * -np.expm1(-k["waking"] * self.wort.waking * dt)
        grows = k["growth"] * self.wort.growth * self.sugar / (half + self.ethanol)
        grown = self.active * np.exp((grows - k["dying"]) * dt)
        died = self.active * -np.expm1(-k["dying"] * dt)
        working = 0.5 * (self.active + grown + woken)
        sugar = eaten_implicitly(self.sugar, k["uptake"] * working * dt, k["half_sugar"])
        eaten = self.sugar - sugar
        room = np.maximum(1.0 - self.ethanol / half, 0.0)
        made = room * k["ethanol"] * sugar / (k["half_sugar"] + sugar + 1e-12) * working
        settles = k["settling"] * half / (half + self.ethanol)
        beer = replace(
            self,
            latent=self.latent - woken,
            active=grown + woken,
            dead=self.dead * np.exp(-settles * dt) + died,
            sugar=sugar,
            ethanol=self.ethanol + made * dt,
            diacetyl=(self.diacetyl + TORO_DIACETYL_MADE * sugar * working * dt)
            * np.exp(-TORO_DIACETYL_EATEN * self.ethanol * dt),
            acetate=self.acetate + k["acetate"] * eaten,
        )
        return beer, HEAT_KJ_PER_G * eaten


def pitched(wort: Wort) -> Beer:
    """The beer at the hour of the pitch.

    >>> from cellarhand.simulate.cellar.wort import usual
    >>> float(pitched(usual(og=1.050)).sg[0])
    1.05
    """
    none = np.zeros_like(wort.og)
    latent, active, dead = (cells * wort.pitch for cells in TORO_CELLS)
    return Beer(
        wort=wort,
        latent=latent,
        active=active,
        dead=dead,
        sugar=wort.fermentable,
        ethanol=none,
        diacetyl=none,
        acetate=none,
    )
