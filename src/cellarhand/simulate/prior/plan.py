"""Who brews what: breweries, their house cultures, brands by kind, batches, and every batch's parameters."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from cellarhand.domain import Floats, Kind
from cellarhand.simulate.prior.beer import BEER
from cellarhand.simulate.prior.cellar_rows import CELLAR
from cellarhand.simulate.prior.rows import Family, Ints, draw_rows

KINDS: tuple[Kind, ...] = tuple(Kind)
CULTURES_PER_KIND = 40  # of some 500 on sale (yeast tables), the ones a draw knows for each kind
MOST_CREEP = 0.5  # share of the dextrins that hops can open in all; own choice
MOST_CREEP_POINTS = 9.0  # Kirkpatrick & Shellhammer 2018: +1.3 % ABV by 40 days
HOUSE_CULTURE = 0.75  # chance that a brand uses its brewery's usual culture of the kind; own choice
MIX = {
    Kind.ALE: 0.58, Kind.LAGER: 0.13, Kind.KVEIK: 0.04, Kind.KETTLE_SOUR: 0.06, Kind.MIXED: 0.05,
    Kind.STA1: 0.05, Kind.LOW_ALCOHOL: 0.04, Kind.CIDER: 0.03, Kind.MEAD: 0.02,
}  # fmt: skip
"""How often a brand is of a kind, when nobody asks for kinds. Own choice: craft brewing is mostly ale."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Relatives:
    """n = breweries × brands × batches; each array has shape (n,), a brand's batches side by side in time order.

    `kind` indexes `KINDS`; `culture` is an id: two batches of one culture id share the yeast's traits, in whatever
    brewery. `started_h` counts from a Monday 00:00 on one calendar: it gives hour of the day, weekday and order.
    """

    brewery: Ints
    brand: Ints
    kind: Ints
    culture: Ints
    started_h: Floats


def relatives(
    rng: np.random.Generator, *, breweries: int, brands: int, batches: int, kinds: Sequence[Kind] | None = None
) -> Relatives:
    """Draws who is whose sibling. `kinds`: draw only these, equally often; None: the usual mix.

    >>> r = relatives(np.random.default_rng(0), breweries=2, brands=3, batches=4)
    >>> r.brewery.shape, int(r.brand.max())
    ((24,), 5)
    """
    count = breweries * brands
    weights = np.array([MIX[k] if kinds is None else float(k in kinds) for k in KINDS])
    kind = rng.choice(len(KINDS), size=count, p=weights / weights.sum())
    house = rng.integers(CULTURES_PER_KIND, size=(breweries, len(KINDS)))
    usual = house[np.repeat(np.arange(breweries), brands), kind]
    other = rng.integers(CULTURES_PER_KIND, size=count)
    culture = kind * CULTURES_PER_KIND + np.where(rng.random(count) < HOUSE_CULTURE, usual, other)
    week = np.sort(rng.integers(104, size=(count, batches)), axis=1).astype(float)  # over two years
    day = rng.choice(7, size=(count, batches), p=[0.2, 0.2, 0.2, 0.18, 0.14, 0.05, 0.03])  # brew days; own choice
    clock = np.clip(rng.normal(10.5, 2.5, (count, batches)), 4.0, 20.0)
    started = np.sort(week * 168.0 + day * 24.0 + clock, axis=1)
    brand = np.repeat(np.arange(count), batches)
    return Relatives(
        brewery=brand // brands, brand=brand, kind=kind[brand], culture=culture[brand], started_h=started.ravel()
    )


def parameters(who: Relatives, rng: np.random.Generator) -> dict[str, Floats]:
    """Every row of the tables for every batch, shape (n,), made ready for `kinetics.ferment`."""
    family = Family(brewery=who.brewery, culture=who.culture, brand=who.brand)
    return ready(draw_rows(BEER + CELLAR, family, [str(k) for k in KINDS], who.kind, rng))


def ready(rows: dict[str, Floats]) -> dict[str, Floats]:
    """Rows as drawn, with the switches (chance rows) folded in: no stall is a stall beyond the end, no dry hop is no
    charges.
    """
    p = dict(rows)
    p["og"] = np.maximum(p["og"] + p.pop("og_slip"), 12.0)
    p["brews"] = np.floor(p["brews"])
    p["hop_charges"] = p.pop("hopped") * np.floor(p["hop_charges"])
    p["stall_at"] = np.where(p.pop("stalls") > 0, p["stall_at"], 9.0)
    p["revive_h"] = np.where(p.pop("revives") > 0, p["revive_h"], 1e6)
    p["pitched_at"] = np.floor(p.pop("early") * p.pop("early_h"))
    p["drop"] = p["og"] * p["attenuation"]
    dextrins = np.maximum(p["og"] - p["drop"], 0.0)
    most = np.minimum(MOST_CREEP * dextrins, MOST_CREEP_POINTS) / np.maximum(p["hop_charges"], 1.0)
    p["hop_points"] = np.minimum(p["hop_points"], most)
    return p
