"""The tank around the beer: temperature plans, self-heating, and the crew that packages; what truly happened."""

from dataclasses import dataclass, fields
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from cellarhand.domain import Floats
from cellarhand.simulate.cellar.beer import LONGEST_STEP_H, Beer, pitched, step
from cellarhand.simulate.cellar.constants import HEAT_CAPACITY
from cellarhand.simulate.cellar.variation import LAWS, Family
from cellarhand.simulate.cellar.wort import Wort

PLANS = ("constant", "free rise", "ramp")
SET_C = ((19.8, 1.2), (12.3, 1.3))  # ale, lager: yeast table 18–24 and 10–15 °C
PLAN_SHARES = ((0.4, 0.4, 0.2), (0.2, 0.5, 0.3))  # ale, lager; Deschutes: free rise often, skipped as often; own choice
RISE_K = ((0.5, 3.0), (1.5, 4.5))  # Deschutes 16→21 °C
RISE_AT = (0.5, 0.85)  # share of the drop: rules of thumb 50–75 %, Deschutes 80–93 % of the end
RAMP_K_PER_H = 1.0 / 12.0  # own choice: two kelvin a day
COOLS_PER_H, WARMS_PER_H = 0.8, 0.04  # own choice: a jacket holds within an hour, a room warms within a day
HORIZON_H = 900.0
QUIET_POINTS_A_DAY = 0.5
QUIET_H = (24.0, 96.0)
MATURE_H = ((36.0, 168.0), (96.0, 336.0))  # Deschutes: 48–82 h, then 15–150 h idle; Micet: lagers 4–6 weeks in all
WITHIN = 0.001
KEPT_EVERY = 2  # steps: half-hours are kept


@dataclass(frozen=True, kw_only=True, eq=False)
class Plans:
    """Set temperature (n,), which of `PLANS`, by how many kelvin it rises and at which share of the drop."""

    set_c: Floats
    plan: NDArray[np.int64]
    rise: Floats
    rise_at: Floats
    quiet_h: Floats
    mature_h: Floats


@dataclass(frozen=True, kw_only=True, eq=False)
class Course:
    """True gravity and temperature (n, t) on `hours` (t,), hour 0 the pitch; packaging, end and final gravity (n,)."""

    hours: Floats
    sg: Floats
    temp_c: Floats
    packaged_h: Floats
    terminal_h: Floats
    sg_final: Floats


Record = TypeVar("Record", Wort, Plans)


def plans(who: Family, rng: np.random.Generator) -> Plans:
    """A brand keeps its plan and set temperature, give or take; crews wait as they are used to."""
    brands = int(who.brand.max()) + 1
    n = len(who.brand)
    middle, spread = np.array(SET_C)[who.kind].T
    chance = np.cumsum(np.array(PLAN_SHARES)[who.kind], axis=1)
    low, high = np.array(RISE_K)[who.kind].T
    rise = low + (high - low) * rng.random(brands)[who.brand]
    first, last = np.array(MATURE_H)[who.kind].T
    return Plans(
        set_c=middle + spread * rng.standard_normal(brands)[who.brand] + 0.3 * rng.standard_normal(n),
        plan=(rng.random(brands)[who.brand][:, None] > chance).sum(axis=1),
        rise=rise,
        rise_at=rng.uniform(*RISE_AT, brands)[who.brand],
        quiet_h=rng.uniform(*QUIET_H, n),
        mature_h=rng.uniform(first, last),
    )


def run(who: Family, wort: Wort, plan: Plans) -> Course:
    """Runs every batch to its packaging, each on its own law."""
    count = int(HORIZON_H / (LONGEST_STEP_H * KEPT_EVERY)) + 1
    hours = np.asarray(np.arange(count) * (LONGEST_STEP_H * KEPT_EVERY), dtype=np.float64)
    sg: Floats = np.empty((len(who.law), count))
    temp: Floats = np.empty_like(sg)
    for law in range(len(LAWS)):
        of = np.flatnonzero(who.law == law)
        if len(of):
            start = pitched(_of(wort, of), LAWS[law])
            sg[of], temp[of] = _ferment(start, _of(plan, of), count)
    return _ended(hours, sg, temp, plan)


def _of(record: Record, of: NDArray[np.int64]) -> Record:
    return type(record)(**{f.name: getattr(record, f.name)[of] for f in fields(record)})


def _ferment(beer: Beer, plan: Plans, count: int) -> tuple[Floats, Floats]:
    temp = plan.set_c.copy()
    since = np.zeros_like(temp)
    top, drop = beer.sg, beer.sg - beer.wort.lowest
    kept: list[tuple[Floats, Floats]] = []
    for k in range(KEPT_EVERY * (count - 1) + 1):
        if k % KEPT_EVERY == 0:
            kept.append((beer.sg, temp))
        rising = ((top - beer.sg) / drop >= plan.rise_at) & (plan.plan > 0)
        since = since + LONGEST_STEP_H * rising
        wanted = plan.set_c + np.where(plan.plan == 1, plan.rise * rising, np.minimum(since * RAMP_K_PER_H, plan.rise))
        beer, heat = step(beer, temp, LONGEST_STEP_H)
        temp = held(temp + heat / HEAT_CAPACITY, wanted, plan.plan == 2, LONGEST_STEP_H)
    sg, temps = zip(*kept, strict=True)
    return np.asarray(np.stack(sg, axis=1)), np.asarray(np.stack(temps, axis=1))


def held(temp_c: Floats, wanted: Floats, ramped: NDArray[np.bool_], dt_h: float) -> Floats:
    """The jacket cools quickly what is too warm; what is too cool warms slowly by the room, a ramp by a heater.

    >>> held(np.array([21.0, 19.0]), np.array([20.0, 20.0]), np.array([False, False]), 1.0).round(2).tolist()
    [20.45, 19.04]
    """
    pull = np.where((temp_c > wanted) | ramped, COOLS_PER_H, WARMS_PER_H)
    return np.asarray(wanted + (temp_c - wanted) * np.exp(-pull * dt_h))


def _ended(hours: Floats, sg: Floats, temp: Floats, plan: Plans) -> Course:
    """The crew packages some days after gravity fell quiet; the end is the first hour within a point for good."""
    fall = np.zeros_like(sg)
    fall[:, 1:] = -np.diff(sg, axis=1) / (hours[1] - hours[0]) * 24_000.0
    quiet = (fall < QUIET_POINTS_A_DAY) & (sg[:, :1] - sg > 0.5 * (sg[:, :1] - sg[:, -1:]))
    called = hours[np.where(quiet.any(1), quiet.argmax(1), len(hours) - 1)] + plan.quiet_h
    packaged = np.minimum(called + plan.mature_h, hours[-1])
    at = np.searchsorted(hours, packaged, side="right") - 1
    row = np.arange(len(sg))
    sg_final = sg[row, at]
    held_sg: Floats = sg[row[:, None], np.minimum(np.arange(len(hours)), at[:, None])]
    away = np.abs(held_sg - sg_final[:, None]) > WITHIN
    first = len(hours) - np.argmax(away[:, ::-1], axis=1)
    return Course(
        hours=hours,
        sg=held_sg,
        temp_c=temp,
        packaged_h=packaged,
        terminal_h=hours[np.minimum(first, len(hours) - 1)],
        sg_final=sg_final,
    )
