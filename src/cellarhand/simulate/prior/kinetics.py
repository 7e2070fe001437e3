"""The law of motion of the prior: one function of arrays, for NumPy and for any module with its face (JAX).

Hour by hour each batch eats simple sugars, maltose and maltotriose (Monod, the better sugar first), grows a crop up to
a limit, tires by alcohol and settles once half the sugar is gone; dextrins open slowly; hops free some more. A
thermostat and a crew act on it: free rise, dry hops, additions, crash, packaging. All uptake is an exponential of the
hour, so gravity can't rise by itself nor fall below what is left to eat, however fast the yeast.

These are not the published equations that the simulated cellar runs on: what is learnt here is tested on other laws.
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np

Array = Any  # of NumPy or of the module handed in as `xp`
Parameters = Mapping[str, Array]
GAS = 8.314e-3  # kJ/mol/K
WARM_ACTIVATION = 18.0  # kJ/mol above `warm_c` (Foster et al. 2022)
ABV_PER_POINT = 0.131  # % vol per apparent point, the brewers' rule
QUIET_PER_H = 0.6 / 24.0  # points an hour below which the crew calls it quiet
CHARGES = 3


class State(NamedTuple):
    """Where every batch stands at an hour; a tuple, since array modules carry tuples through loops. Each is (n,).

    Points: `rest` never ferments, then three sugars, `creeping`, `locked` (only hops free it), `loose` (being freed).
    `cells` of a full crop; `age` in hours at the usual temperature; hours `stalled`, `quiet`, since the first dry hop
    (`hopped`, -1 before it) and since the crew's call (`called`); `sweetened` is 0 or 1.
    """

    rest: Array
    simple: Array
    maltose: Array
    triose: Array
    creeping: Array
    locked: Array
    loose: Array
    cells: Array
    age: Array
    temp_c: Array
    stalled: Array
    quiet: Array
    hopped: Array
    called: Array
    sweetened: Array


class Hour(NamedTuple):
    """What is kept of every hour, each (t, n): true points and °C, and the crew's clocks as in `State`."""

    points: Array
    temp_c: Array
    hopped: Array
    called: Array
    sweetened: Array


def loop(step: Callable[[Any, Any], tuple[Any, Any]], start: Any, hours: Array) -> tuple[Any, Any]:
    """`jax.lax.scan` in plain Python, for NumPy: (last state, outputs stacked along a first axis).

    >>> loop(lambda total, x: (total + x, (total,)), 0.0, np.array([1.0, 2.0]))
    (np.float64(3.0), (array([0., 1.]),))
    """
    state, rows = start, []
    for t in hours:
        state, row = step(state, t)
        rows.append(row)
    columns = [np.stack(column) for column in zip(*rows, strict=True)]
    kind = type(rows[0])
    return state, kind(*columns) if hasattr(kind, "_fields") else tuple(columns)


def ferment(p: Parameters, hours: Array, *, xp: Any = np, scan: Callable[..., Any] = loop) -> Hour:
    """The course of n batches over the whole hours `hours` (shape (t,), from 0 by 1): arrays of shape (t, n).

    `p` holds the rows of the tables by name, each of shape (n,), with `drop` (points that ferment without hops and
    additions) and `pitched_at` (h). For JAX: `ferment(p, hours, xp=jax.numpy, scan=jax.lax.scan)`.

    >>> from cellarhand.simulate.prior.plan import parameters, relatives
    >>> rng = np.random.default_rng(3)
    >>> p = parameters(relatives(rng, breweries=1, brands=2, batches=2), rng)
    >>> ferment(p, np.arange(50.0)).points.shape
    (50, 4)
    """

    def step(s: State, t: Array) -> tuple[State, Hour]:
        hour = Hour(_points(s), s.temp_c, s.hopped, s.called, s.sweetened)
        s = _fill(s, p, t, xp)
        s = _dose(s, p, xp)
        after = _eat(s, p, t, xp)
        eaten = _points(s) - _points(after)
        return _act(_warm(after, p, t, eaten, xp), p, t, eaten, xp), hour

    course: Hour = scan(step, _start(p, xp), hours)[1]
    return course


def _points(s: State) -> Array:
    return s.rest + s.simple + s.maltose + s.triose + s.creeping + s.locked + s.loose


def main_done(s: State, p: Parameters) -> Array:
    """Share of the three main sugars that is gone."""
    return 1.0 - (s.simple + s.maltose + s.triose) / (p["drop"] * (1.0 - p["creeps"]))


def _start(p: Parameters, xp: Any) -> State:
    none = xp.zeros_like(p["og"])
    first = 1.0 - p["brew_step"] * (p["brews"] - 1.0) / 2.0 / p["og"]  # so that the mean of all brews is og
    rest, simple, maltose, triose, creeping, locked = (pool * first for pool in _fresh(p))
    return State(
        rest=rest,
        simple=simple,
        maltose=maltose,
        triose=triose,
        creeping=creeping,
        locked=locked,
        loose=none,
        cells=p["pitched"],
        age=none,
        temp_c=p["set_c"] + p["pitch_off"],
        stalled=none,
        quiet=none,
        hopped=none - 1.0,
        called=none,
        sweetened=none,
    )


def _fresh(p: Parameters) -> tuple[Array, ...]:
    """Points of rest, simple, maltose, triose, creeping and locked in fresh wort."""
    locked = p["hop_points"] * p["hop_charges"]
    main = p["drop"] * (1.0 - p["creeps"])
    simple, triose = main * p["simple"], main * p["triose"]
    rest = p["og"] - p["drop"] - locked
    return rest, simple, main - simple - triose, triose, p["drop"] * p["creeps"], locked


def _fill(s: State, p: Parameters, t: Array, xp: Any) -> State:
    """The brew that comes within this hour mixes with what is there."""
    there = xp.clip(xp.floor(t / p["brew_gap"]) + 1.0, 1.0, p["brews"])
    then = xp.clip(xp.floor((t + 1.0) / p["brew_gap"]) + 1.0, 1.0, p["brews"])
    kept = there / then
    strength = 1.0 + p["brew_step"] * (then - 1.0 - (p["brews"] - 1.0) / 2.0) / p["og"]
    mixed = [old * kept + new * strength * (1.0 - kept) for old, new in zip(s[:6], _fresh(p), strict=True)]
    names = State._fields[:6]
    return s._replace(**dict(zip(names, mixed, strict=True)), cells=s.cells * kept)


def _dose(s: State, p: Parameters, xp: Any) -> State:
    """Fruit or sugar once, and the hop charges due this hour free their share of what is locked."""
    done = main_done(s, p)
    sweet = (p["sweetened"] > 0) & (s.sweetened < 0.5) & (done >= p["sweet_at"])
    start = (p["hop_charges"] > 0) & (s.hopped < 0) & ((done >= p["hop_at"]) | (s.quiet >= 24.0)) & (s.called < 0.5)
    hopped = xp.where(start, 0.0, s.hopped)
    loosed = xp.zeros_like(s.loose)
    for k in range(CHARGES):
        at = xp.floor(k * p["hop_gap"])
        loosed = loosed + xp.where((hopped == at) & (k < p["hop_charges"]), p["hop_points"], 0.0)
    loosed = xp.minimum(loosed, s.locked)
    return s._replace(
        simple=s.simple + xp.where(sweet, p["sweet_points"], 0.0),
        sweetened=xp.where(sweet, 1.0, s.sweetened),
        locked=s.locked - loosed,
        loose=s.loose + loosed,
        hopped=xp.where(hopped >= 0, hopped + 1.0, hopped),
    )


def pace(temp_c: Array, p: Parameters, xp: Any) -> Array:
    """Speed at `temp_c` beside the usual temperature's: Arrhenius with a bend, asleep when cold, dying when hot."""
    cool = xp.minimum(temp_c, p["warm_c"])
    lift = p["activation"] * (1.0 / (p["home_c"] + 273.15) - 1.0 / (cool + 273.15))
    more = WARM_ACTIVATION * (1.0 / (p["warm_c"] + 273.15) - 1.0 / (xp.maximum(temp_c, p["warm_c"]) + 273.15))
    awake = 1.0 / (1.0 + xp.exp((p["cold_c"] - temp_c) / 0.9))
    alive = 1.0 / (1.0 + xp.exp((temp_c - p["hot_c"]) / 0.9))
    return xp.exp((lift + more) / GAS) * awake * alive


def _eat(s: State, p: Parameters, t: Array, xp: Any) -> State:
    """An hour of yeast: sugars, dextrins, what hops free, growth, settling."""
    drop, speed = p["drop"], pace(s.temp_c, p, xp)
    pitched = xp.where(t >= p["pitched_at"], 1.0, 0.0)
    woken = 1.0 / (1.0 + xp.exp((p["lag"] - s.age) / (0.2 * p["lag"])))
    alcohol = ABV_PER_POINT * xp.maximum(p["og"] - _points(s), 0.0)
    stuck = (main_done(s, p) >= p["stall_at"]) & (s.stalled < p["revive_h"])
    fit = pitched * woken / (1.0 + (alcohol / p["half_abv"]) ** 6) * xp.where(stuck, 0.004, 1.0)
    rate = p["speed"] * speed * fit * s.cells
    one, two, three = s.simple / drop, s.maltose / drop, s.triose / drop
    half = p["half_sugar"]
    simple = s.simple * xp.exp(-1.4 * rate / (half + one))
    soured = xp.minimum(p["sour_drop"] / xp.maximum(p["pitched_at"], 1.0), 0.1 * s.maltose) * (1.0 - pitched)
    maltose = (s.maltose - soured) * xp.exp(-rate / (half + two) / (1.0 + 4.0 * one))
    triose = s.triose * xp.exp(-rate * p["triose_speed"] / (half + three) / (1.0 + 4.0 * one + two))
    late = 1.0 / (1.0 + xp.exp((p["creep_wakes"] - s.age) / (0.2 * p["creep_wakes"])))
    opened = p["creep_speed"] * speed * fit * late * s.cells / (s.cells + 0.05)
    warm = xp.exp(p["activation"] / GAS * (1.0 / 293.15 - 1.0 / (s.temp_c + 273.15)))
    freed = s.loose * (1.0 - xp.exp(-p["hop_speed"] * warm))
    food = one + two + three
    grown = s.cells * xp.exp(p["growth"] * speed * fit * food / (food + 0.1) * (1.0 - s.cells))
    settling = p["settles"] * 2.0 * xp.maximum(main_done(s, p) - 0.5, 0.0)
    return s._replace(
        simple=simple + freed,
        maltose=maltose,
        triose=triose,
        creeping=s.creeping * xp.exp(-opened),
        loose=s.loose - freed,
        cells=xp.clip(grown * xp.exp(-settling), 0.004, 1.0),
        age=s.age + speed * pitched,
        stalled=s.stalled + xp.where(stuck, 1.0, 0.0),
    )


def _warm(s: State, p: Parameters, t: Array, eaten: Array, xp: Any) -> State:
    """Self-heating, and the tank's pull toward what is wanted: set, free rise, crash; with the day's swing."""
    crashing = (s.called >= 1.0) & (p["crashes"] > 0)
    rise = xp.where((main_done(s, p) >= p["rise_at"]) & (p["rises"] > 0), p["rise_c"], 0.0)
    swing = p["swing"] * xp.sin((t + p["swing_phase"]) * (2.0 * np.pi / 24.0))
    wanted = xp.where(crashing, p["crash_c"], p["set_c"] + rise + swing)
    pull = xp.where(crashing, 3.0 / p["crash_h"], xp.where(rise > 0, 0.4, 1.0) * p["control"])
    warmed = s.temp_c + p["heat"] * xp.maximum(eaten, 0.0) / 4.0
    return s._replace(temp_c=wanted + (warmed - wanted) * xp.exp(-pull))


def _act(s: State, p: Parameters, t: Array, eaten: Array, xp: Any) -> State:
    """The crew's clocks: how long it has been quiet, and how long ago they called it done."""
    since = t + 1.0 - p["pitched_at"]
    still = (eaten < QUIET_PER_H) & (((main_done(s, p) > 0.5) & (since > 24.0)) | (since > 240.0))
    quiet = xp.where(still, s.quiet + 1.0, 0.0)
    steeped = (p["hop_charges"] < 1) | (s.hopped > p["hop_gap"] * (p["hop_charges"] - 1.0) + 36.0)
    call = (quiet >= p["quiet_h"]) & (since >= p["least_h"]) & steeped
    called = xp.where(call | (s.called > 0), s.called + 1.0, 0.0)
    return s._replace(quiet=quiet, called=called)
