"""From samples of hours left and final gravity to whole futures, for the rungs that have no curve of their own."""

from statistics import NormalDist

import numpy as np

from cellarhand.domain import LEVELS, Curve, Floats, Forecast, from_paths
from cellarhand.forecasting.built_in import Row, wort_points

AHEAD: Floats = np.concatenate([[0.0], np.geomspace(1.0, 1500.0, 63)])
NORMAL_99: Floats = np.array([NormalDist().inv_cdf(p) for p in LEVELS])
_SHUFFLE = np.random.default_rng(99).permutation(99)  # so that hours and gravities are sampled independently


def final_points(curve: Curve, row: Row, *, learnt: tuple[float, float] | None = None) -> Floats:
    """99 samples of final gravity in points: stated, else `learnt` (mean, sd of attenuation), else the kind's."""
    og = wort_points(curve)
    mean, sd = learnt or (row.attenuation, row.attenuation_sd)
    centre, spread = og * (1 - mean), og * sd
    if curve.expected_fg is not None:
        centre, spread = (curve.expected_fg - 1) * 1000, 1.5
    return np.asarray((centre + spread * NORMAL_99)[_SHUFFLE])


def with_already(left: Floats, weights: Floats, final: Floats, p: float) -> tuple[Floats, Floats, Floats]:
    """The samples with an eleventh part put at 0 hours, weighing `p` together; those end where they are now.

    `final` of the added samples is inf: `spoken` lets no path end above the level it has.
    """
    if p <= 0.0:
        return left, weights, final
    added = max(len(left) // 10, 9)
    mass = float(weights.sum()) * p / max(1.0 - p, 1e-6)
    return (
        np.concatenate([np.zeros(added), left]),
        np.concatenate([np.full(added, mass / added), weights]),
        np.concatenate([np.full(added, np.inf), final]),
    )


def paths_to(level: float, final: Floats, left: Floats) -> Floats:
    """Falling gravities (m, k) at `AHEAD`: from `level` now to `final`, a point over it at `left`.

    Steep first, then a tail, as beer does; flat where nothing is left to drop.
    """
    drop = np.maximum((level - final) * 1000.0, 0.0)[:, None]
    pace = np.log(np.maximum(drop, np.e)) / np.maximum(left, 0.5)[:, None]
    return np.asarray(final[:, None] + drop * np.exp(-pace * AHEAD[None, :]) / 1000.0)


def spoken(
    curve: Curve, rung: str, *, left: Floats, final: Floats, weights: Floats, notes: tuple[str, ...]
) -> Forecast:
    """A forecast from samples of hours left and final gravity (SG), all of shape (m,)."""
    level = curve.level if curve.level is not None else (curve.og or 1.050)
    ended = np.minimum(final, level)
    return from_paths(
        as_of=curve.now,
        as_of_at=curve.at(curve.now),
        rung=rung,
        ahead=AHEAD,
        paths=paths_to(level, ended, left),
        left=left,
        final=ended,
        weights=weights,
        notes=notes,
    )
