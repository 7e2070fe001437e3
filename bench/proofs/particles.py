"""What is the most that could be said: a tempered particle filter that is given the true simulator.

For each question (a batch's readings up to an hour) particles start from the prior and are led to the posterior by
powers of the likelihood from 0 to 1, each step as long as half of them stay effective (Del Moral, Doucet & Jasra 2006).
Between steps they move by a random walk that keeps a normal law fitted to them, accepted by Metropolis & Hastings.
All questions of a group move at once, since the simulator takes arrays.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bench.proofs.world import ROWS, parameters, whitener
from cellarhand.domain import Floats
from cellarhand.simulate.prior import ferment, truth

HALF = 0.5
MOVES, LAST_MOVES, MOST_STEPS = 4, 12, 60
PULLED = 0.25  # acceptance that the step size is led to
PRIOR_SHARE = 0.1  # of the fitted covariance, so that few particles don't narrow it
CHUNK, PICKED = 4096, 500


@dataclass(frozen=True, kw_only=True, eq=False)
class Question:
    """A batch's readings (c,) up to the whole hour `now`, and its stated original gravity."""

    now: int
    og: float
    at_h: Floats
    sg: Floats


@dataclass(frozen=True, kw_only=True, eq=False)
class Cloud:
    """The posterior of one question: terminal hours (m,), acceptance of the last moves, steps of tempering, and how
    many of the particles are distinct."""

    terminal_h: Floats
    accepted: float
    steps: int
    distinct: int


class Likelihood:
    """Log likelihood of particles (g, m, rows) under each of g questions, up to a constant of the question."""

    def __init__(self, questions: Sequence[Question]) -> None:
        self.questions = questions
        self.whiten = [whitener(q.at_h, q.sg) for q in questions]
        self.hours = np.arange(max(q.now for q in questions) + 2.0)
        self.og = np.array([q.og for q in questions])

    def __call__(self, z: Floats) -> Floats:
        g, m, d = z.shape
        p = parameters(z.reshape(-1, d), np.repeat(self.og, m))
        course = ferment(p, self.hours)
        found = np.empty((g, m))
        for k, q in enumerate(self.questions):
            of = slice(k * m, (k + 1) * m)
            hour = q.at_h.astype(int)
            share = (q.at_h - hour)[:, None]
            points = course.points[hour, of] * (1.0 - share) + course.points[hour + 1, of] * share
            off = self.whiten[k] @ (((q.sg - 1.0) * 1000.0)[:, None] - points)
            there = course.called[q.now, of] < p["mature_h"][of]
            found[k] = np.where(there, -0.5 * (off**2).sum(axis=0), -np.inf)
        return found


def posterior(questions: Sequence[Question], m: int, horizon_h: int, rng: np.random.Generator) -> list[Cloud]:
    """One cloud of m equal particles a question."""
    likelihood = Likelihood(questions)
    g = len(questions)
    z = rng.standard_normal((g, m, len(ROWS)))
    found, power = likelihood(z), np.zeros(g)
    scale, accepted, steps = np.full(g, 0.5), np.zeros(g), np.zeros(g, int)
    while (power < 1.0).any() and steps.max() < MOST_STEPS:
        more = longest_step(found, power)
        pick = resampled(found, more, rng)
        z, found = np.take_along_axis(z, pick[..., None], 1), np.take_along_axis(found, pick, 1)
        steps += power < 1.0
        power = np.minimum(power + more, 1.0)
        for _ in range(MOVES if (power < 1.0).any() else LAST_MOVES):
            z, found, accepted = moved(z, found, power, scale, likelihood, rng)
            scale = np.clip(scale * np.exp(accepted - PULLED), 0.02, 0.95)
    ends = terminal_hours(z, likelihood.og, horizon_h)
    distinct = [len(np.unique(row)) for row in found]
    return [
        Cloud(terminal_h=ends[k], accepted=float(accepted[k]), steps=int(steps[k]), distinct=distinct[k])
        for k in range(g)
    ]


def by_bank(question: Question, draws: int, horizon_h: int, rng: np.random.Generator) -> tuple[float, Floats]:
    """The same by weighing draws of the prior once: how many stay effective, and terminal hours (`PICKED`,)."""
    z = rng.standard_normal((1, draws, len(ROWS)))
    found = Likelihood([question])(z)
    once = np.ones(1)
    pick = rng.choice(draws, PICKED, p=weights(found, once)[0])
    ends = terminal_hours(z[:, pick], np.array([question.og]), horizon_h)
    return float(effective(found, once)[0]), ends[0]


def longest_step(found: Floats, power: Floats) -> Floats:
    """How far each question's power may rise (g,) so that half of its particles stay effective; at most to 1."""
    low, high = np.zeros(len(power)), 1.0 - power
    whole = effective(found, high) >= HALF * found.shape[1]
    for _ in range(40):
        middle = 0.5 * (low + high)
        fine = effective(found, middle) >= HALF * found.shape[1]
        low, high = np.where(fine, middle, low), np.where(fine, high, middle)
    return np.asarray(np.where(whole, 1.0 - power, low))


def effective(found: Floats, more: Floats) -> Floats:
    """Effective number of particles (Kong 1992) after weighing by likelihood to the power `more`."""
    w = weights(found, more)
    return np.asarray(1.0 / (w**2).sum(axis=1))


def weights(found: Floats, more: Floats) -> Floats:
    """Weights (g, m) that sum to 1."""
    top = np.max(found, axis=1, keepdims=True)
    power = np.where(more > 0, more, 1e-12)[:, None]  # 0 would make nan of what can't be
    w = np.exp(power * (found - np.where(np.isfinite(top), top, 0.0)))
    return np.asarray(w / np.maximum(w.sum(axis=1, keepdims=True), 1e-300))


def resampled(found: Floats, more: Floats, rng: np.random.Generator) -> np.ndarray:
    """Systematic resampling: indexes (g, m)."""
    g, m = found.shape
    edges = np.cumsum(weights(found, more), axis=1)
    at = (np.arange(m) + rng.random((g, 1))) / m * edges[:, -1:]
    return np.stack([np.minimum(np.searchsorted(e, a), m - 1) for e, a in zip(edges, at, strict=True)])


def moved(
    z: Floats, found: Floats, power: Floats, scale: Floats, likelihood: Likelihood, rng: np.random.Generator
) -> tuple[Floats, Floats, Floats]:
    """One move of every particle that leaves prior · likelihood^power as it is; also the share accepted (g,)."""
    middle = z.mean(axis=1, keepdims=True)
    spread = np.einsum("gmi,gmj->gij", z - middle, z - middle) / z.shape[1]
    root = np.linalg.cholesky((1.0 - PRIOR_SHARE) * spread + PRIOR_SHARE * np.eye(z.shape[2]))
    inverse = np.linalg.inv(root)
    s = scale[:, None, None]
    there = (
        middle + np.sqrt(1.0 - s**2) * (z - middle) + s * np.einsum("gij,gmj->gmi", root, rng.standard_normal(z.shape))
    )
    new = likelihood(there)

    def beside(x: Floats) -> Floats:
        """log prior − log fitted normal, both up to a constant."""
        white = np.einsum("gij,gmj->gmi", inverse, x - middle)
        return np.asarray(0.5 * (white**2).sum(2) - 0.5 * (x**2).sum(2))

    with np.errstate(invalid="ignore"):
        gain = power[:, None] * (new - found) + beside(there) - beside(z)
    take = np.log(rng.random(gain.shape)) < np.nan_to_num(gain, nan=-np.inf)
    return np.where(take[..., None], there, z), np.where(take, new, found), take.mean(axis=1)


def terminal_hours(z: Floats, og: Floats, horizon_h: int) -> Floats:
    """The end of every particle's beer, (g, m)."""
    g, m, d = z.shape
    p = parameters(z.reshape(-1, d), np.repeat(og, m))
    hours = np.arange(horizon_h + 1.0)
    parts = []
    for start in range(0, g * m, CHUNK):
        part = {name: value[start : start + CHUNK] for name, value in p.items()}
        parts.append(truth(ferment(part, hours), part, hours).terminal_h)
    return np.asarray(np.concatenate(parts).reshape(g, m))
