"""Proof 1, the limit: each rung's log score beside that of a particle filter that knows the true simulator."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from bench.proofs.particles import Cloud, Question, by_bank, posterior
from bench.proofs.scores import Row, answering, mean_of, ratio, row, said_row
from bench.proofs.world import HORIZON_H, KIND, World, world
from cellarhand.curve import Curve
from cellarhand.domain import Floats
from cellarhand.forecasting import Forecaster

LIMIT = "limit"
EARLIEST_H, LATEST_H = 12, 120
GROUP, AGAIN = 25, 8
BANK, ENOUGH = 20_000, 200  # draws of the prior, and how many of them must stay effective
JUST_AFTER_H = 0.05
erf = np.vectorize(math.erf)


@dataclass(frozen=True, eq=False)
class Smoothed:
    """Hours left of a cloud, smoothed by a normal kernel (Silverman 1986); never narrower than half an hour."""

    left: Floats

    def cdf(self, x: float) -> float:
        """P(hours left ≤ x)."""
        inner = np.quantile(self.left, [0.25, 0.75])
        spread = min(float(self.left.std()), float(inner[1] - inner[0]) / 1.34) or float(self.left.std())
        width = max(0.9 * spread * len(self.left) ** -0.2, 0.5)
        return float(np.mean(0.5 + 0.5 * erf((x - self.left) / width / math.sqrt(2.0))))

    def quantile(self, share: float) -> float:
        """As of a distribution."""
        return float(max(np.quantile(self.left, share), 0.0))


def questions(w: World, cuts: int, rng: np.random.Generator) -> list[tuple[int, Question]]:
    """(batch, question): hours drawn evenly from 12 to 120 whatever the truth, kept where it is still in its tank."""
    found = []
    for k in range(len(w.og)):
        for now in np.sort(rng.choice(np.arange(EARLIEST_H, LATEST_H + 1), cuts, replace=False)):
            if now < w.true.packaged_h[k]:
                at = w.at_h[k, : now + 1]
                there = np.isfinite(at)
                question = Question(now=int(now), og=float(w.og[k]), at_h=at[there], sg=w.sg[k, : now + 1][there])
                found.append((k, question))
    return sorted(found, key=lambda pair: pair[1].now)


def checks(w: World, asked: list[tuple[int, Question]], clouds: list[Cloud], rungs: list[str]) -> list[Row]:
    """Every question put to the limit and to every rung."""
    rows = []
    models = {rung: Forecaster(rung).fit([]) for rung in rungs}
    for (k, q), cloud in zip(asked, clouds, strict=True):
        now = q.now + JUST_AFTER_H
        left = float(w.true.terminal_h[k]) - now
        rows.append(row(str(k), str(q.now), LIMIT, "all", left, Smoothed(cloud.terminal_h - now)))
        curve = Curve.from_readings(q.at_h, q.sg, now=now, kind=KIND, og=q.og)
        for rung, model in models.items():
            rows.append(said_row(str(k), str(q.now), "all", left, model.predict([curve])[0], rung))
    return rows


def prove(
    seed: int,
    *,
    batches: int = 200,
    cuts: int = 2,
    particles: int = 384,
    bank: int = BANK,
    told: Callable[[float], None] = lambda x: None,
) -> dict[str, Any]:
    """The figures of the limit: ratios of log scores and of CRPS (1 is the limit), and how well the filter did."""
    rng = np.random.default_rng(seed)
    w = world(rng, batches)
    asked = questions(w, cuts, rng)
    clouds: list[Cloud] = []
    for start in range(0, len(asked), GROUP):
        part = [q for _, q in asked[start : start + GROUP]]
        clouds += posterior(part, particles, HORIZON_H, rng)
        told(min(start + GROUP, len(asked)) / len(asked))
    rungs = answering()
    rows = checks(w, asked, clouds, rungs)
    again = agreement(w, asked, rows, particles, bank, rng)
    return {
        "batches": len({k for k, _ in asked}),
        "checks": len(asked),
        **again,
        "particles": particles,
        "filter": {
            "log_score": mean_of(rows, LIMIT, "logp"),
            "crps_h": mean_of(rows, LIMIT, "crps"),
            "cover80": mean_of(rows, LIMIT, "cov"),
            "steps": float(np.mean([c.steps for c in clouds])),
            "accepted": float(np.mean([c.accepted for c in clouds])),
            "distinct": [float(np.quantile([c.distinct for c in clouds], s)) for s in (0.05, 0.5)],
        },
        "rungs": {
            rung: {
                "log_score": mean_of(rows, rung, "logp"),
                "cover80": mean_of(rows, rung, "cov"),
                "log_ratio": _band(ratio(rows, rung, LIMIT, "logp")),
                "crps_ratio": _band(ratio(rows, rung, LIMIT, "crps")),
            }
            for rung in rungs
        },
    }


def agreement(
    w: World, asked: list[tuple[int, Question]], rows: list[Row], particles: int, bank: int, rng: np.random.Generator
) -> dict[str, dict[str, float]]:
    """The filter asked again on every eighth question: with other particles, and by a bank of draws of the prior
    weighed once, where enough of them stay effective for that to be exact."""
    again = asked[::AGAIN]
    first = np.array([r["logp"] for r in rows if r["who"] == LIMIT][::AGAIN])
    second = scored(w, again, [c.terminal_h for c in posterior([q for _, q in again], particles, HORIZON_H, rng)])
    weighed_once = [by_bank(q, bank, HORIZON_H, rng) for _, q in again]
    effective = np.array([e for e, _ in weighed_once])
    exact = effective >= ENOUGH
    weighed = scored(w, again, [ends for _, ends in weighed_once])
    return {
        "again": compared(first, second),
        "bank": compared(first[exact], weighed[exact])
        | {"draws": bank, "least": float(np.quantile(effective, 0.05)), "middle": float(np.median(effective))},
    }


def scored(w: World, asked: list[tuple[int, Question]], ends: list[Floats]) -> Floats:
    """Log score of each question's sample of terminal hours."""
    found = []
    for (k, q), hours in zip(asked, ends, strict=True):
        now = q.now + JUST_AFTER_H
        left = float(w.true.terminal_h[k]) - now
        found.append(row(str(k), str(q.now), LIMIT, "all", left, Smoothed(hours - now))["logp"])
    return np.array(found)


def compared(first: Floats, second: Floats) -> dict[str, float]:
    """How many, both means, and how alike they are question by question."""
    apart = len(first) > 1 and min(float(np.std(first)), float(np.std(second))) > 0
    alike = float(np.corrcoef(first, second)[0, 1]) if apart else 1.0
    means = [float(x.mean()) if len(x) else float("nan") for x in (first, second)]
    return {"questions": len(first), "first": means[0], "second": means[1], "alike": alike}


def _band(band: Any) -> list[float]:
    return [round(band.value, 4), round(band.low, 4), round(band.high, 4), band.n]
