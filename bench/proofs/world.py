"""The restricted world of the limit: the prior's own simulator with what a filter can't follow exactly left out.

Ales, one brew pitched at hour 0, no dry hops and no additions; a float without kicks, spikes, humps, lift or froth,
read every hour, no thermometer. Its noise is known; its offset, slope and drift are drawn as the prior draws them.
"""

from dataclasses import dataclass

import numpy as np

from cellarhand.domain import Floats, Kind
from cellarhand.simulate.prior import DEVICES, KINDS, Sensors, Truth, ferment, truth
from cellarhand.simulate.prior.beer import BEER
from cellarhand.simulate.prior.cellar_rows import CELLAR
from cellarhand.simulate.prior.plan import Relatives, ready
from cellarhand.simulate.prior.readings import FINE, read
from cellarhand.simulate.prior.sensors import FLOAT, SENSOR, sensors

KIND = Kind.ALE
HORIZON_H = 1000
FIXED = {"og_slip": 0.0, "sour_drop": 0.0, "sweetened": 0.0, "sweet_points": 5.0, "sweet_at": 0.8, "early": 0.0,
         "early_h": 2.0, "brews": 1.0, "brew_gap": 6.0, "brew_step": 0.0, "hopped": 0.0, "hop_charges": 1.0,
         "hop_at": 1.0, "hop_gap": 48.0, "hop_points": 0.0, "hop_speed": 0.01}  # fmt: skip
ROWS = tuple(row for row in BEER + CELLAR if row.name not in FIXED and row.name != "og")
NOISE, WANDER, WANDER_H = 0.5, 0.4, 5.0  # points, points, h: the middle of a float
SENSOR_FIXED = {"noise": NOISE, "ar_points": WANDER, "ar_h": WANDER_H, "interval_h": 1.0, "temp_missing": 1.0}
SENSOR_NONE = ("froth", "spikes", "coarse", "per_kelvin", "hump", "lift", "crud", "hop_blind", "kicks", "late", "cut",
               "gap", "missed", "checked")  # fmt: skip
DRAWN = {row.name: row.pair(FLOAT)[1] for row in SENSOR if row.name in ("offset", "slope", "drift")}


@dataclass(frozen=True, kw_only=True, eq=False)
class World:
    """n true batches and their hourly readings, (n, hours) with nan after packaging; `at_h` when they were taken."""

    og: Floats
    true: Truth
    at_h: Floats
    sg: Floats


def parameters(z: Floats, og: Floats) -> dict[str, Floats]:
    """What the simulator needs from standard normal numbers (n, rows) and the stated original gravity (n,)."""
    group = np.full(len(z), KINDS.index(KIND))
    names = [str(kind) for kind in KINDS]
    p = {row.name: row.values(z[:, k], names, group) for k, row in enumerate(ROWS)}
    p |= {name: np.full(len(z), value) for name, value in FIXED.items()}
    return ready(p | {"og": (og - 1.0) * 1000.0})


def world(rng: np.random.Generator, n: int) -> World:
    """Draws n batches of it."""
    row = next(row for row in BEER if row.name == "og")
    points = row.values(rng.standard_normal(n), [str(KIND)], np.zeros(n, int))
    og = 1.0 + points / 1000.0
    p = parameters(rng.standard_normal((n, len(ROWS))), og)
    hours = np.arange(HORIZON_H + 1.0)
    true = truth(ferment(p, hours), p, hours)
    none = np.zeros(n)
    found = read(true, _sensor(n, rng), from_h=none, to_h=true.packaged_h, pitched_at=none, set_c=p["set_c"],
                 started_h=none, rng=rng)  # fmt: skip
    at_h, sg = (np.full((n, HORIZON_H + 2), np.nan) for _ in range(2))
    slot = found.hours.astype(int)
    at_h[found.batch, slot], sg[found.batch, slot] = found.hours, found.sg
    return World(og=og, true=true, at_h=at_h, sg=sg)


def _sensor(n: int, rng: np.random.Generator) -> Sensors:
    one = np.arange(n)
    who = Relatives(brewery=one, brand=one, kind=np.zeros(n, int), culture=one, started_h=np.zeros(n))
    drawn = sensors(who, rng, np.full(n, DEVICES.index(FLOAT)))
    fixed = SENSOR_FIXED | dict.fromkeys(SENSOR_NONE, 0.0)
    return Sensors(
        device=drawn.device, rows=drawn.rows | {name: np.full(n, float(value)) for name, value in fixed.items()}
    )


def whitener(at_h: Floats, sg: Floats) -> Floats:
    """The inverse root of the covariance of readings about the true gravity, offset, slope and drift integrated out.

    Slope acts on the gravity read, not on the true one: the difference is a hundredth of a point.
    """
    points = (sg - 1.0) * 1000.0
    known = np.stack([np.full_like(points, DRAWN["offset"]), points * DRAWN["slope"], at_h / 24.0 * DRAWN["drift"]])
    wander = WANDER**2 * np.exp(-np.abs(at_h[:, None] - at_h) / WANDER_H)
    white = (NOISE**2 + FINE**2 / 12.0) * np.eye(len(points))
    return np.asarray(np.linalg.inv(np.linalg.cholesky(wander + white + known.T @ known)))
