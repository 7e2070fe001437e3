"""What is pitched: the wort and the yeast's traits that vary from batch to batch, before any law of motion."""

from dataclasses import dataclass

import numpy as np

from cellarhand.domain import Floats
from cellarhand.simulate.cellar.constants import PLATO, REAL_PER_APPARENT


@dataclass(frozen=True, kw_only=True, eq=False)
class Wort:
    """n batches at the pitch; each field has shape (n,).

    `limit` is the apparent attenuation where nothing is left to eat. `vigour`, `growth`, `waking` and `pitch` multiply
    the published pace, growth, end of lag and cells; `warmth` is by how many kelvin warmer this yeast lives than the
    published one; `simple` and `triose` multiply the published shares of glucose and maltotriose.
    """

    og: Floats
    limit: Floats
    vigour: Floats
    growth: Floats
    waking: Floats
    pitch: Floats
    warmth: Floats
    simple: Floats
    triose: Floats

    @property
    def lowest(self) -> Floats:
        """SG where all that ferments is gone."""
        return np.asarray(self.og - (self.og - 1.0) * self.limit)

    @property
    def fermentable(self) -> Floats:
        """Grams of sugar a litre that will ferment, by Balling: real extract falls by less than the apparent."""
        extract = np.polyval(PLATO, self.og) * self.og * 10.0
        return np.asarray(REAL_PER_APPARENT * self.limit * extract)

    def gravity(self, eaten: Floats) -> Floats:
        """SG after that share of the fermentable sugar is gone."""
        return np.asarray(self.og - (self.og - self.lowest) * eaten)


def usual(n: int = 1, **given: float) -> Wort:
    """n batches of the published beer: every multiplier 1, of 1.050 that attenuates to 78 %.

    >>> float(usual(og=1.040, limit=0.75).lowest[0].round(4))
    1.01
    """
    values = dict.fromkeys(("vigour", "growth", "waking", "pitch", "simple", "triose"), 1.0)
    values |= {"og": 1.050, "limit": 0.78, "warmth": 0.0} | given
    return Wort(**{name: np.full(n, value) for name, value in values.items()})


def eaten_implicitly(left: Floats, most: Floats, half: Floats) -> Floats:
    """What is left after a step of dS/dt = −most·S/(half + S): implicit Euler, solved exactly, never below 0.

    >>> eaten_implicitly(np.array([10.0]), np.array([2.0]), np.array([0.0])).tolist()
    [8.0]
    """
    b = half - left + most
    root = np.sqrt(b * b + 4.0 * half * left)
    return np.asarray(np.where(b > 0, 2.0 * half * left / np.maximum(b + root, 1e-300), 0.5 * (root - b)))
