"""A fermentation in closed form: logistic growth eating one sugar by Monod, and a second, slow sugar.

    X(t) = 1 / (1 + exp(−μ(t − λ)))                 yeast at work, λ half-way up
    Φ(t) = ∫₀ᵗ X = (softplus(μ(t−λ)) − softplus(−μλ)) / μ     hours of work done
    dS = −q X S/(K + S) dt                          main sugar, in points of gravity
    S + K ln S = D + K ln D − q Φ(t)                its exact solution, by Lambert's W
    S₂ = c exp(−Φ(t)/τ)                             what creeps on: maltotriose, dextrins, hops

A logistic in gravity ties the tail to the onset; here lag (λ), onset (μ), pace (R), corner (K/D) and creep (c, τ) are
free of one another, and the end of the main sugar can be set directly: R is the time from λ until S is down to one
point, and q follows from it. Growth and consumption as in Monod and in Engasser 1981; no other code was used.
"""

from dataclasses import dataclass

import numpy as np

from cellarhand.domain import Floats

NAMES = ("og", "share", "log_lag", "log_run", "log_onset", "log_corner", "log_creep", "log_tau")


@dataclass(frozen=True)
class Kinetics:
    """m parameter draws, shape (m, 8), by `NAMES`: og in points, share = D/og, hours, 1/h, K/D, points, hours."""

    draws: Floats

    def sugar(self, hours: Floats) -> Floats:
        """Points still to drop at `hours` since the pitch, (k,) for all draws or (m, k). Shape (m, k)."""
        og, share, log_lag, log_run, log_onset, log_corner, log_creep, log_tau = (c[:, None] for c in self.draws.T)
        main = np.maximum(og * share, 2.5)
        lag, onset = np.exp(log_lag), np.exp(log_onset)
        corner, creep = main * np.exp(log_corner), np.exp(log_creep)
        before = _softplus(-onset * lag)

        def work(t: Floats) -> Floats:
            return np.asarray(np.maximum(_softplus(onset * (t - lag)) - before, 0.0) / onset)

        done = work(hours if hours.ndim == 2 else hours[None, :])
        whole = main - 1.0 + corner * np.log(main)
        left = (main - done / work(lag + np.exp(log_run)) * whole) / corner + np.log(main / corner)
        return np.asarray(corner * lambert_exp(left) + creep * np.exp(-done / np.exp(log_tau)))

    @property
    def final_points(self) -> Floats:
        """(m,) the gravity in points when all sugar is gone."""
        return np.asarray(self.draws[:, 0] - np.maximum(self.draws[:, 0] * self.draws[:, 1], 2.5) - self.creep)

    @property
    def creep(self) -> Floats:
        """(m,) points of the slow sugar."""
        return np.asarray(np.exp(self.draws[:, 6]))

    def points(self, hours: Floats) -> Floats:
        """(m, k) gravity in points at `hours` since the pitch."""
        return np.asarray(self.final_points[:, None] + self.sugar(hours))


def _softplus(x: Floats) -> Floats:
    return np.asarray(np.logaddexp(0.0, x))


def lambert_exp(log_z: Floats) -> Floats:
    """W(exp(log_z)), Lambert's function, without overflow: the w with w + ln w = log_z.

    Four Newton steps on w + ln w from a start within a few per cent; relative error under 1e-9 for log_z ≥ −60.

    >>> w = lambert_exp(np.array([-5.0, 0.0, 30.0]))
    >>> bool(np.allclose(w + np.log(w), [-5.0, 0.0, 30.0]))
    True
    """
    z = np.maximum(log_z, -60.0)
    small = np.exp(np.minimum(z, 1.0))
    big = np.maximum(z, 1.0001)
    w = np.where(z > 1.0, big - np.log(big) * (1.0 - 1.0 / big), small / (1.0 + small))
    for _ in range(4):
        w = np.maximum(w * (1.0 + z - np.log(w)) / (1.0 + w), 1e-30)
    return np.asarray(w)
