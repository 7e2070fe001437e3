"""One row of the prior: a parameter, its law, its range by group, whom siblings share it with, and where it comes from.

Every row turns one standard normal number into a value. That number is a weighed sum of four: the brewery's, the
culture's, the brand's and the batch's own. So siblings agree in what they share, whatever the law of the row.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from cellarhand.domain import Floats

Ints = NDArray[np.int64]
USUAL = ""  # the group of a row that holds where no other is named


class Law(StrEnum):
    """How a pair (a, b) and a standard normal number make a value."""

    NORMAL = "normal: mean a, sd b"
    LOGNORMAL = "log-normal: median a, sd of the log b"
    UNIFORM = "uniform: from a to b"
    CHANCE = "chance a of 1, else 0"
    HEAVY = "heavy tails: a + b·sinh(normal)"


@dataclass(frozen=True)
class Shares:
    """Shares of a row's variance that lie between breweries, between cultures and between brands; the rest is the
    batch's own."""

    brewery: float = 0.0
    culture: float = 0.0
    brand: float = 0.0

    @property
    def own(self) -> float:
        """What is left to the batch.

        >>> round(Shares(brewery=0.2, brand=0.5).own, 9)
        0.3
        """
        return 1.0 - self.brewery - self.culture - self.brand

    def weights(self) -> Floats:
        """Weights of the four numbers, shape (4,); their squares sum to 1."""
        return np.asarray(np.sqrt([self.brewery, self.culture, self.brand, self.own]))


OWN = Shares()
HOUSE = Shares(brewery=0.75)
RECIPE = Shares(brewery=0.10, brand=0.80)
YEAST = Shares(brewery=0.10, culture=0.40, brand=0.25)
WEARER = Shares(brewery=0.30)  # a sensor: its owner's care, then its own luck


@dataclass(frozen=True)
class Row:
    """`usual` is the law's (a, b), `by` the same for named groups; every value is held inside `low` … `high`."""

    name: str
    unit: str
    law: Law
    usual: tuple[float, float]
    low: float
    high: float
    shares: Shares
    means: str
    source: str
    by: Mapping[str, tuple[float, float]] = field(default_factory=dict)

    def pair(self, group: str) -> tuple[float, float]:
        """(a, b) for a group by name.

        >>> Row("og", "points", Law.NORMAL, (50, 5), 30, 90, OWN, "", "", {"mead": (105, 18)}).pair("mead")
        (105, 18)
        """
        return self.by.get(group, self.usual)

    def values(self, z: Floats, groups: Sequence[str], group: Ints) -> Floats:
        """Values of the row, shape of `z`; `group` (same shape) indexes `groups`.

        >>> row = Row("q", "1/h", Law.LOGNORMAL, (2.0, 0.5), 0.0, 9.0, OWN, "", "")
        >>> row.values(np.array([0.0, 99.0]), [""], np.array([0, 0])).tolist()
        [2.0, 9.0]
        """
        a, b = np.array([self.pair(name) for name in groups], float)[group].T
        match self.law:
            case Law.NORMAL:
                value = a + b * z
            case Law.LOGNORMAL:
                value = a * np.exp(b * np.clip(z, -6.0, 6.0))
            case Law.UNIFORM:
                value = a + (b - a) * below(z)
            case Law.CHANCE:
                value = (below(z) < a).astype(float)
            case Law.HEAVY:
                value = a + b * np.sinh(np.clip(z, -6.0, 6.0))
        return np.asarray(np.clip(value, self.low, self.high))


def below(z: Floats) -> Floats:
    """Share of the standard normal law below `z`, to 1e-7 (Abramowitz & Stegun 1964, 26.2.17).

    >>> below(np.array([-1.959964, 0.0, 1.0])).round(4).tolist()
    [0.025, 0.5, 0.8413]
    """
    t = 1.0 / (1.0 + 0.2316419 * np.abs(z))
    series = t * (0.319381530 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))))
    tail = np.exp(-0.5 * z * z) / math.sqrt(2.0 * math.pi) * series
    return np.asarray(np.where(z > 0, 1.0 - tail, tail))


@dataclass(frozen=True, kw_only=True)
class Family:
    """Who is whose sibling: indexes of shape (n,) into breweries, cultures and brands."""

    brewery: Ints
    culture: Ints
    brand: Ints

    def numbers(self, rows: Sequence[Row], rng: np.random.Generator) -> Floats:
        """Standard normal numbers, shape (rows, n), alike among siblings by each row's shares."""
        total = np.zeros((len(rows), len(self.brand)))
        levels = (self.brewery, self.culture, self.brand, np.arange(len(self.brand)))
        weights = np.array([row.shares.weights() for row in rows])  # (rows, 4)
        for k, index in enumerate(levels):
            shared = rng.standard_normal((len(rows), int(index.max(initial=-1)) + 1))
            total += weights[:, k, None] * shared[:, index]
        return total


def draw_rows(
    rows: Sequence[Row], family: Family, groups: Sequence[str], group: Ints, rng: np.random.Generator
) -> dict[str, Floats]:
    """Every row's values by name, each of shape (n,).

    >>> one = np.zeros(3, int)
    >>> row = Row("x", "", Law.UNIFORM, (0.0, 1.0), 0.0, 1.0, RECIPE, "", "")
    >>> draw_rows([row], Family(brewery=one, culture=one, brand=one), [""], one, np.random.default_rng(1))["x"].shape
    (3,)
    """
    z = family.numbers(rows, rng)
    return {row.name: row.values(z[k], groups, group) for k, row in enumerate(rows)}
