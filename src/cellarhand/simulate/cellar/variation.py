"""How breweries, brands and batches differ around the published constants; docs/second-simulator.md lists the rows."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cellarhand.domain import Floats, Kind
from cellarhand.simulate.cellar.beer import Law
from cellarhand.simulate.cellar.wort import Wort

Ints = NDArray[np.int64]
KINDS = (Kind.ALE, Kind.LAGER)
LAWS = tuple(Law)
ALES = 0.7  # share of brands; own choice
Pair = tuple[float, float]


@dataclass(frozen=True, kw_only=True)
class Trait:
    """Middle and spread by kind, where the spread is of the value, or of its logarithm where `times`.

    `brewery` and `brand` are their shares of the variance, the rest is the batch's. `by_law` multiplies the middle.
    """

    name: str
    unit: str
    ale: Pair
    lager: Pair
    brewery: float
    brand: float
    means: str
    source: str
    times: bool = False
    low: float = -np.inf
    high: float = np.inf
    by_law: Mapping[tuple[Law, Kind], float] | None = None


OWN = "own choice, wide on purpose"
TORO_PACE = {(Law.ANDRES_TORO, Kind.ALE): 0.65, (Law.ANDRES_TORO, Kind.LAGER): 0.27}
TRAITS = (
    Trait(name="og", unit="SG − 1, points", ale=(54, 8), lager=(49, 4), brewery=0.1, brand=0.8, low=36, high=90,
          means="original gravity", source="BJCP 2021: most ales 1.040–1.070, lagers 1.044–1.056"),
    Trait(name="limit", unit="share", ale=(0.77, 0.04), lager=(0.78, 0.03), brewery=0.2, brand=0.6, low=0.62, high=0.9,
          means="apparent attenuation where nothing is left to eat",
          source="508 strains of 19 makers: ale 75.5 ± 8.8 %, lager 74.9 ± 3.5 %; mash and malt"),
    Trait(name="vigour", unit="×", ale=(1.20, 0.26), lager=(1.55, 0.26), brewery=0.25, brand=0.35, times=True,
          means="pace of the law beside the published one", by_law=TORO_PACE,
          source="Zamudio 2022: 54–96 h at nearly one temperature; Foster 2022: strains ± 13 %; lagers 7–20 days"),
    Trait(name="growth", unit="×", ale=(1.0, 0.12), lager=(1.0, 0.12), brewery=0.2, brand=0.3, times=True,
          means="growth beside the published constant", source=OWN),
    Trait(name="waking", unit="×", ale=(1.0, 0.35), lager=(0.8, 0.35), brewery=0.3, brand=0.2, times=True,
          means="pace of the end of lag", source="Foster 2022: 6 % of the drop by 6 h; " + OWN),
    Trait(name="pitch", unit="×", ale=(0.9, 0.30), lager=(1.0, 0.30), brewery=0.4, brand=0.1, times=True, high=2.5,
          means="cells beside the published pitch", source="White & Zainasheff 2010: 0.5–1.5 million/mL/°P in use"),
    Trait(name="simple", unit="×", ale=(1.0, 0.25), lager=(1.0, 0.25), brewery=0.2, brand=0.6, times=True, high=2.5,
          means="share of glucose beside the published 12 %", source=OWN),
    Trait(name="triose", unit="×", ale=(0.9, 0.25), lager=(0.9, 0.25), brewery=0.2, brand=0.6, times=True, high=1.8,
          means="share of maltotriose beside the published 19 %", source=OWN),
    Trait(name="strain_c", unit="K", ale=(0, 1.0), lager=(0, 1.0), brewery=0.1, brand=0.8, low=-2.5, high=2.5,
          means="how much warmer this yeast lives than the usual of its law and kind", source=OWN),
)  # fmt: skip
HOME_K = {(Law.ANDRES_TORO, Kind.ALE): 8.0}  # an ale yeast at 20 °C as the law's lager yeast at 12 °C; own choice


@dataclass(frozen=True, kw_only=True, eq=False)
class Family:
    """Whose batch it is; each (n,). `kind` indexes `KINDS`, `law` `LAWS`; `started_h` counts from a Monday 00:00."""

    brewery: Ints
    brand: Ints
    kind: Ints
    law: Ints
    started_h: Floats

    def shared(self, trait: Trait, rng: np.random.Generator) -> Floats:
        """A standard normal number for every batch, as alike among siblings as the trait says."""
        own = 1.0 - trait.brewery - trait.brand
        parts = ((trait.brewery, self.brewery), (trait.brand, self.brand), (own, np.arange(len(self.brand))))
        total = np.zeros(len(self.brand))
        for share, index in parts:
            total += np.sqrt(share) * rng.standard_normal(int(index.max()) + 1)[index]
        return total


def family(rng: np.random.Generator, *, breweries: int, brands: int, batches: int, days: int = 400) -> Family:
    """Draws who brews what over `days`: a brand keeps its kind and law; batches of a brand are in order of time.

    >>> family(np.random.default_rng(0), breweries=2, brands=2, batches=3).brand.tolist()
    [0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3]
    """
    count = breweries * brands
    brand = np.repeat(np.arange(count), batches)
    day = np.sort(rng.integers(days, size=(count, batches)), axis=1)
    day = day - np.maximum(day % 7 - 4, 0)  # brew days are weekdays
    started = np.sort(24.0 * day + np.clip(rng.normal(11.0, 2.0, day.shape), 6.0, 18.0), axis=1)
    return Family(
        brewery=brand // brands,
        brand=brand,
        kind=(rng.random(count) >= ALES).astype(int)[brand],
        law=rng.integers(len(LAWS), size=count)[brand],
        started_h=started.ravel(),
    )


def worts(who: Family, rng: np.random.Generator) -> Wort:
    """What each batch pitches."""
    v = {trait.name: _values(trait, who, rng) for trait in TRAITS}
    v["og"] = 1.0 + v["og"] / 1000.0
    v["warmth"] = v.pop("strain_c") + _by_law(HOME_K, who, 0.0)
    return Wort(**v)


def _values(trait: Trait, who: Family, rng: np.random.Generator) -> Floats:
    middle, spread = np.array([trait.ale, trait.lager])[who.kind].T
    z = who.shared(trait, rng)
    value = middle * np.exp(spread * z) if trait.times else middle + spread * z
    return np.asarray(np.clip(value, trait.low, trait.high) * _by_law(trait.by_law or {}, who, 1.0))


def _by_law(table: Mapping[tuple[Law, Kind], float], who: Family, usual: float) -> Floats:
    values = np.array([[table.get((law, kind), usual) for kind in KINDS] for law in LAWS])
    return np.asarray(values[who.law, who.kind])
