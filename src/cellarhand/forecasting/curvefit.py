"""Rung `curvefit`: a fermentation's closed form fitted to the readings by robust least squares with priors.

Not one best curve but all that the readings allow, weighed: with few readings the priors speak, with many the beer
does. Answers from the first reading on, never with "600 h" because data are thin.
"""

from collections.abc import Sequence

import numpy as np

from cellarhand.curve import flat_for
from cellarhand.curve.cells import TIE, cell_medians
from cellarhand.domain import Curve, Floats, Forecast, from_paths
from cellarhand.forecasting.built_in import MANUAL_CREEP, ROWS, kind_of, usual_duration, warmth, wort_points
from cellarhand.forecasting.evidence import low_for_an_end, needed_share, unseen_share
from cellarhand.forecasting.futures import AHEAD, NORMAL_99
from cellarhand.forecasting.kinetics import Kinetics
from cellarhand.forecasting.past import Past, pasts
from cellarhand.forecasting.sampling import sample_posterior

PATHS = 400
GOLDEN = 0.6180339887  # spreads a share evenly over sorted futures
BLOCK_H = 8.0  # readings nearer than this say the same: the curve's own error lasts about as long
MOST_BLOCKS = 60
DENSE_POINTS, MANUAL_POINTS = 0.9, 1.5
RECENT_H, RECENT_POINTS = 12.0, 0.3
HEAVY_TAIL = 4.0
TERMINAL_POINTS = 1.0
STUCK_H = 36.0
LEAST_CURVES = 2.0  # past batches that weigh as much as the prior


class CurveFit:
    """Least squares with priors; what past batches teach moves the priors."""

    rung = "curvefit"

    def fit(self, curves: Sequence[Curve]) -> "CurveFit":
        """Keeps one record a past batch, unfinished ones too."""
        self.pasts_ = pasts(curves)
        return self

    def predict(self, curves: Sequence[Curve]) -> list[Forecast]:
        """One forecast a curve."""
        return [_one(c, getattr(self, "pasts_", [])) for c in curves]


def _one(curve: Curve, known: list[Past]) -> Forecast:
    mean, sd = prior(curve, known)
    hours, points = blocks(curve)
    scale = MANUAL_POINTS if curve.manual else DENSE_POINTS

    ends, fall, fall_sd = recent_fall(curve)

    def log_likelihood(draws: Floats) -> Floats:
        if not len(hours):
            return np.zeros(len(draws))
        kinetics = Kinetics(draws)
        off = (kinetics.points(hours) - points) / scale
        if len(ends):
            level = kinetics.points(ends)
            off = np.column_stack([off, (level[:, 1] - level[:, 0] - fall) / fall_sd])
        return np.asarray(-0.5 * (HEAVY_TAIL + 1) * np.log1p(off**2 / HEAVY_TAIL).sum(1))

    posterior = sample_posterior(mean, sd, log_likelihood)
    kinetics = Kinetics(posterior.resampled(PATHS))
    sugar = kinetics.sugar(_clocks(curve) + AHEAD)
    final = kinetics.final_points
    return from_paths(
        as_of=curve.now,
        as_of_at=curve.at(curve.now),
        rung=CurveFit.rung,
        ahead=AHEAD,
        paths=1 + (final[:, None] + sugar) / 1000,
        left=_unstuck(curve, kinetics, hours_left(sugar)),
        final=1 + final / 1000,
        notes=_notes(curve),
    )


def _clocks(curve: Curve) -> Floats:
    """(PATHS, 1) hours of fermentation by now. Silence is no progress: in the more futures the longer nothing has been
    heard, the beer is taken to stand where it was read last.
    """
    clocks = np.full(PATHS, curve.elapsed)
    stalled = (np.arange(PATHS) * GOLDEN) % 1.0 < unseen_share(curve)
    if stalled.any():
        clocks[stalled] = min(float(curve.hours[-1]) - curve.pitched_at, curve.elapsed)
    return clocks[:, None]


def _unstuck(curve: Curve, kinetics: Kinetics, left: Floats) -> Floats:
    """Hours left (m,), no future ending at a level read that is no beer's end: what stands so high has yet to go on."""
    believed = low_for_an_end(curve)
    if curve.attenuation is None or believed >= 1.0:
        return left
    read = np.array([float(curve.hours[-1]) - curve.pitched_at])
    stuck = kinetics.sugar(read)[:, 0] <= TERMINAL_POINTS
    waits = np.resize(0.35 * usual_duration(curve) * np.exp(0.8 * NORMAL_99), len(left))
    doubted = (np.arange(len(left)) * GOLDEN) % 1.0 >= believed
    return np.asarray(np.where(stuck & doubted & (left <= 0.0), waits, left))


def hours_left(sugar: Floats) -> Floats:
    """(m,) hours until a falling path of points still to drop, (m, k) at `AHEAD`, is down to one point."""
    below = sugar <= TERMINAL_POINTS
    k = np.where(below.any(1), below.argmax(1), len(AHEAD) - 1)
    rows = np.arange(len(k))
    before = np.maximum(k - 1, 0)
    high, low = sugar[rows, before], sugar[rows, k]
    share = np.clip((high - TERMINAL_POINTS) / np.maximum(high - low, 1e-9), 0.0, 1.0)
    return np.asarray(np.where(k == 0, 0.0, AHEAD[before] + share * (AHEAD[k] - AHEAD[before])))


def blocks(curve: Curve) -> tuple[Floats, Floats]:
    """Hours since the pitch and points: medians over blocks of 8 h (more in a long series), from the pitch on."""
    after = curve.hours >= curve.pitched_at - 1.0
    h, y = curve.hours[after] - curve.pitched_at, (curve.sg[after] - 1) * 1000
    if not len(h):
        return h, y
    width = max(BLOCK_H, float(h[-1] - h[0]) / MOST_BLOCKS)
    back = np.floor((h[-1] - h) / width - TIE)  # whole blocks counted from the newest reading
    _, index = np.unique(-back, return_inverse=True)
    n = int(index[-1]) + 1
    return cell_medians(h, index, n), cell_medians(y, index, n)


def recent_fall(curve: Curve) -> tuple[Floats, float, float]:
    """Of a sensor: two hours since the pitch, 12 h apart, how many points it fell between them, and how surely.

    A curve may be off by a point where it fits least well, and still has to fall as the beer falls now.
    """
    if curve.manual or len(curve.hours) < 6 or curve.hours[-1] - curve.hours[0] < RECENT_H or curve.elapsed < RECENT_H:
        return np.empty(0), 0.0, 1.0
    end = float(curve.hours[-1])
    points = (curve.smooth - 1) * 1000
    before = float(np.interp(end - RECENT_H, curve.hours, points))
    sure = float(np.hypot(RECENT_POINTS, curve.se[-1]))
    return np.array([end - RECENT_H, end]) - curve.pitched_at, float(points[-1]) - before, sure


def prior(curve: Curve, known: Sequence[Past] = ()) -> tuple[Floats, Floats]:
    """Mean and spread (8,) of `kinetics.NAMES` for this beer: built-in by kind and warmth, moved by past batches."""
    row = ROWS[kind_of(curve)]
    slow = warmth(curve, row)
    creep = row.creep * (MANUAL_CREEP if curve.manual else 1.0)
    og = wort_points(curve)
    share = row.attenuation - creep / og
    tau, tau_sd, creep_sd = (70.0, 0.6, 0.7) if curve.manual else (60.0, 0.5, 1.1)
    og_sd = curve.og_se if curve.og is not None else 10.0
    logs = np.log([row.lag * slow, row.run * slow, 0.18, 0.08, creep, tau])
    mean = np.concatenate([[og, share], logs])
    sd = np.array([og_sd, row.attenuation_sd, 0.65, row.run_sd, 0.5, 1.4, creep_sd, tau_sd])
    return _learn(curve, mean, sd, known)


def _learn(curve: Curve, mean: Floats, sd: Floats, known: Sequence[Past]) -> tuple[Floats, Floats]:
    og = mean[0]
    like = [p for p in known if p.kind == kind_of(curve) and p.observed and p.attenuation is not None]
    own = [p for p in like if curve.brand and p.brand == curve.brand]
    for pool in (like, own):
        if pool:
            n = sum(p.trust for p in pool)
            weight = n / (n + LEAST_CURVES)
            creep = np.exp(mean[6])
            reached = float(np.mean([p.attenuation for p in pool])) - creep / og
            mean[1] += weight * (reached - mean[1])
            sd[1] = max(sd[1] * np.sqrt(1 - 0.8 * weight), 0.02)
    if curve.expected_fg is not None:
        to_go = og - (curve.expected_fg - 1) * 1000
        mean[1], sd[1] = (to_go - np.exp(mean[6])) / og, 1.5 / og
    return mean, sd


def _notes(curve: Curve) -> tuple[str, ...]:
    notes = []
    if curve.expected_fg is not None:
        notes.append(f"Final gravity {curve.expected_fg:.3f} was set by the brewer.")
    if curve.readings < 3:
        notes.append("Fewer than three readings: mostly what such beers usually do.")
    if curve.attenuation is not None and flat_for(curve) > STUCK_H and curve.attenuation < needed_share(curve):
        notes.append(f"It has stood still at {curve.attenuation:.0%} attenuation: lag, stuck, or meant to end so high?")
    return tuple(notes)
