"""Posterior draws by adaptive importance sampling: least squares with priors, kept whole instead of at its best point.

Start from draws of the prior, weigh them by the likelihood (tempered while too few would count), put a wider
Student-t around the weighted ones, repeat. Eight parameters and a few thousand draws need a handful of rounds.
Population Monte Carlo: Cappé, Guillin, Marin, Robert, J. Comput. Graph. Stat. 13 (2004) 907.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from cellarhand.domain import Floats

DRAWS = 1536
ROUNDS = 7
WIDER = 1.3
HEAVY = 6.0
FEWEST_EFFECTIVE = 120.0
ENOUGH = 0.2
_NORMALS: Floats = np.random.default_rng(20261123).standard_normal((2 * DRAWS, 8))
_CHI: Floats = np.sqrt(HEAVY / np.random.default_rng(7).chisquare(HEAVY, 2 * DRAWS))


@dataclass(frozen=True)
class Posterior:
    """Draws (m, d) with weights (m,) that sum to 1; `effective` says how many of them count."""

    draws: Floats
    weights: Floats
    effective: float

    def resampled(self, n: int) -> Floats:
        """(n, d) draws of equal weight, by systematic resampling: no randomness of its own."""
        edges = np.cumsum(self.weights)
        return np.asarray(self.draws[np.searchsorted(edges, (np.arange(n) + 0.5) / n * edges[-1])])


def sample_posterior(mean: Floats, sd: Floats, log_likelihood: Callable[[Floats], Floats]) -> Posterior:
    """Posterior of normal priors (d,) and `log_likelihood((m, d)) -> (m,)`. The same input gives the same draws."""
    d = len(mean)
    draws = mean + sd * _NORMALS[:DRAWS, :d]
    log_prior = _log_prior(draws, mean, sd)
    log_target, log_proposal = log_prior + log_likelihood(draws), log_prior
    for round_ in range(ROUNDS):
        log_weight = log_target - log_proposal
        power = _temper(log_weight)
        weights = _normal(power * log_weight)
        if power == 1.0 and round_ > 0 and _effective(weights) > ENOUGH * DRAWS:
            break
        centre = weights @ draws
        off = draws - centre
        spread = (off * weights[:, None]).T @ off + np.diag(1e-5 * sd**2)
        root = np.linalg.cholesky(spread * WIDER)
        start = (round_ + 1) * 517 % DRAWS
        z = _NORMALS[start : start + DRAWS, :d] * _CHI[start : start + DRAWS, None]
        draws = centre + z @ root.T
        log_proposal = -0.5 * (HEAVY + d) * np.log1p((z**2).sum(1) / HEAVY)
        log_target = _log_prior(draws, mean, sd) + log_likelihood(draws)
    weights = _normal(log_target - log_proposal)
    return Posterior(draws, weights, _effective(weights))


def _log_prior(draws: Floats, mean: Floats, sd: Floats) -> Floats:
    return np.asarray(-0.5 * (((draws - mean) / sd) ** 2).sum(1))


def _normal(log_weight: Floats) -> Floats:
    good = np.where(np.isfinite(log_weight), log_weight, -np.inf)
    w = np.exp(good - good.max())
    return np.asarray(w / w.sum())


def _effective(weights: Floats) -> float:
    return float(1.0 / (weights**2).sum())


def _temper(log_weight: Floats) -> float:
    """The largest power ≤ 1 at which enough draws still count."""
    if _effective(_normal(log_weight)) >= FEWEST_EFFECTIVE:
        return 1.0
    low, high = 0.0, 1.0
    for _ in range(14):
        middle = 0.5 * (low + high)
        if _effective(_normal(middle * log_weight)) < FEWEST_EFFECTIVE:
            high = middle
        else:
            low = middle
    return low
