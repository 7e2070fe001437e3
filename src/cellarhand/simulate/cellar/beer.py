"""Beer in a tank: pitch it, and step it on. The two published laws behind one face.

    beer = pitched(usual(n=3), Law.THREE_SUGARS)
    beer, heat = step(beer, temp_c, dt_h=0.25)
    beer.sg, heat

`step` is pure, so the old beer stays what it was; `sg` is specific gravity, `heat` kJ a litre given off in the step.
"""

import math
from enum import StrEnum
from typing import Protocol

import numpy as np

from cellarhand.domain import Floats
from cellarhand.simulate.cellar import andres_toro, three_sugars
from cellarhand.simulate.cellar.wort import Wort

LONGEST_STEP_H = 0.25


class Law(StrEnum):
    """Which published kinetics a beer runs on."""

    ANDRES_TORO = "de Andrés-Toro"
    THREE_SUGARS = "three sugars"


class Beer(Protocol):
    """n batches at one moment, of either law."""

    @property
    def wort(self) -> Wort:
        """What was pitched."""

    @property
    def sg(self) -> Floats:
        """Specific gravity, shape (n,)."""

    def stepped(self, temp_c: Floats, dt_h: float) -> "tuple[Beer, Floats]":
        """One step of at most `LONGEST_STEP_H`."""


def pitched(wort: Wort, law: Law) -> Beer:
    """Beer at the hour of its pitch."""
    return andres_toro.pitched(wort) if law is Law.ANDRES_TORO else three_sugars.pitched(wort)


def step(beer: Beer, temp_c: Floats | float, dt_h: float) -> tuple[Beer, Floats]:
    """The beer `dt_h` later at `temp_c` (one or (n,)), and the heat it gave off meanwhile in kJ/L, shape (n,).

    Longer steps are taken in quarters of an hour, so that what comes out hardly depends on how often one asks.

    >>> from cellarhand.simulate.cellar.wort import usual
    >>> beer, heat = step(pitched(usual(), Law.THREE_SUGARS), 19.0, 48.0)
    >>> bool(beer.sg[0] < 1.050), bool(heat[0] > 0)
    (True, True)
    """
    parts = max(math.ceil(dt_h / LONGEST_STEP_H - 1e-9), 1)
    temp = np.broadcast_to(np.asarray(temp_c, float), beer.sg.shape)
    heat = np.zeros_like(beer.sg)
    for _ in range(parts):
        beer, given = beer.stepped(temp, dt_h / parts)
        heat = heat + given
    return beer, heat
