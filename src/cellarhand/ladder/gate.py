"""The promotion gate: a rung speaks only after it beat the simpler one on held-out groups by more than chance."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from cellarhand.metrics import Band

FEWEST_GROUPS = 12  # below that a percentile bootstrap is too sure of itself
RISK = 0.025  # of promoting what is no better: one tail of a 95 % interval
DRAWS = 2000


@dataclass(frozen=True)
class Verdict:
    """Promoted or not, the relative gain 1 − Σ complex / Σ simple with its 95 % interval, and why in a sentence."""

    promoted: bool
    gain: Band
    reason: str


def promotion(
    simple: Mapping[Any, float],
    other: Mapping[Any, float],
    *,
    fewest: int = FEWEST_GROUPS,
    risk: float = RISK,
    seed: int = 0,
    draws: int = DRAWS,
) -> Verdict:
    """Judges losses (≥ 0, less is better) of a simple model and another on the same held-out groups.

    Groups are resampled in pairs (Efron & Tibshirani 1993, §13.3), so what makes a group hard for both cancels out.
    Groups that only one of the two was scored on are left out. Where several rungs are tried, divide `risk` by their
    number: the interval is then that much wider.

    >>> promotion({k: 2.0 + k for k in range(20)}, {k: 1.0 + k for k in range(20)}).reason
    'Better by 9 % (7 … 11 %) on 20 held-out groups.'
    """
    shared = [g for g in simple if g in other]
    pairs = np.array([(other[g], simple[g]) for g in shared], float).reshape(-1, 2)
    n = len(pairs)
    if not np.isfinite(pairs).all() or (pairs < 0).any():
        raise ValueError("losses are finite and not negative")
    if n < fewest:
        band = Band(float("nan"), float("nan"), float("nan"), n)
        return Verdict(False, band, f"Only {n} held-out groups; {fewest} are needed to tell skill from chance.")
    picks = np.random.default_rng(seed).integers(0, n, (draws, n))
    sums = pairs[picks].sum(1)
    gains = 1.0 - sums[:, 0] / np.maximum(sums[:, 1], 1e-300)
    low, high = np.quantile(gains, [risk, 1.0 - risk])
    value = 1.0 - pairs[:, 0].sum() / max(pairs[:, 1].sum(), 1e-300)
    band = Band(float(value), float(low), float(high), n)
    told = f"{100 * value:.0f} % ({100 * low:.0f} … {100 * high:.0f} %) on {n} held-out groups"
    if low > 0:
        return Verdict(True, band, f"Better by {told}.")
    start = "Worse, not better" if high < 0 else "Not better by more than chance"
    return Verdict(False, band, f"{start}: a gain of {told}.")
