"""What the notes claim of sparsity: exact zeros of L1 and L2, the quiz of a hundred features, L1 in place of L0."""

import numpy as np

from cellarhand.lab.claims.finding import Finding
from cellarhand.lab.dice import Floats
from cellarhand.lab.experiment import Experiment, run
from cellarhand.lab.features import ALL
from cellarhand.lab.lints import cut_off
from cellarhand.lab.subsets import best_subset
from cellarhand.ladder import LOGISTIC, SQUARED, Fit, elastic_net, largest_l1


def zeros() -> list[Finding]:
    """Seven features, no hidden layer, fifty noisy points: weights of exactly 0 after 500 epochs."""
    e = Experiment(noise=25.0, share=0.1, features=ALL, epochs=500)
    found, lost = [], 0
    for name in ("gauss", "circle", "xor"):
        dead = run(e.changed(data=name, penalty="L1", rate=0.1), 100, at=()).net.weights[0]
        found.append(
            Finding(f"L1 0.1 on {name}: weights of 7 at exactly 0, mean", float((dead == 0).sum(1).mean()), 4, 6)
        )
        for rate in (0.1, 0.3):
            kept = run(e.changed(data=name, penalty="L2", rate=rate), 100, at=()).net.weights[0]
            lost += int((kept == 0).sum())
    return [*found, Finding("L2 at 0.1 and 0.3: weights of 4200 at exactly 0", lost, 0, 0)]


def disconnected() -> list[Finding]:
    """Too much L1 cuts input from output for ever: the lint against a loss no better than a mean's."""
    e = Experiment(noise=25.0, share=0.1, hidden=(8, 8), penalty="L1", rate=0.1, epochs=300)
    runs = run(e, 50, at=())
    flags = cut_off(runs.net)
    useless = float((np.ptp(runs.net.predict(runs.rows[1][0])[flags], axis=1) == 0).mean()) if flags.any() else 0.0
    return [
        Finding("L1 0.1 on [8, 8]: runs of 50 cut off", float(flags.sum()), 45),
        Finding("cut-off lint: % of flagged runs that say the same of every point", 100 * useless, 100, 100),
    ]


def quiz() -> list[Finding]:
    """A hundred features in [−1, 1], ten of them informative, a thousand rows, L1 with C = 0.1; twenty tables."""
    lost, removed = [], []
    for k in range(20):
        rng = np.random.default_rng(k)
        x = rng.uniform(-1, 1, (1000, 100))
        weights = np.where(np.arange(10) % 2 == 0, 2.0, -2.0)
        y = (rng.random(1000) < LOGISTIC.mean(x[:, :10] @ weights)).astype(float)
        dropped = elastic_net(x, y, l1=1.0 / (0.1 * 1000), tolerance=1e-6).weights == 0
        lost.append(dropped[:10].sum())
        removed.append(dropped[10:].sum())
    return [
        Finding("quiz, L1 at C = 0.1: informative features lost, mean", float(np.mean(lost)), None, 0.5),
        Finding("quiz, L1 at C = 0.1: noise features of 90 removed, mean", float(np.mean(removed)), 78),
    ]


def _agreements(rho: float, tables: int = 100) -> int:
    same = 0
    for k in range(tables):
        rng = np.random.default_rng(k)
        common = rng.normal(size=(60, 1))
        x = np.sqrt(rho) * common + np.sqrt(1 - rho) * rng.normal(size=(60, 12))
        x = (x - x.mean(0)) / x.std(0)
        y = x[:, :3].sum(1) + rng.normal(size=60)
        three = best_subset(x, y, size=3).columns
        same += _first_three(x, y) == three
    return same


def _first_three(x: Floats, y: Floats) -> tuple[int, ...]:
    """The columns that the L1 path has taken in when it first holds three or more."""
    fit: Fit | None = None
    for l1 in largest_l1(x, y) * np.geomspace(1.0, 0.005, 80):
        fit = elastic_net(x, y, l1=float(l1), loss=SQUARED, start=fit, tolerance=1e-6)
        alive = np.flatnonzero(fit.weights)
        if len(alive) >= 3:
            break
    return tuple(alive.tolist())


def stand_in() -> list[Finding]:
    """Three of twelve columns matter: does the L1 path take in the same three as the best subset of three?"""
    plain, alike = _agreements(0.0), _agreements(0.9)
    said = "“L1 approximates L0” holds for columns that don't move together; temperature, pressure and CO₂ do."
    return [
        Finding("L1 and L0 agree, uncorrelated columns: tables of 100", plain, 90),
        Finding("L1 and L0 agree, columns correlated 0.9: tables of 100", alike, None, 65, said),
    ]
