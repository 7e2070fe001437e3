"""Rung `typical`: how long this brand, else this style, else this brewery's beer took, given "not yet".

Each level is trusted by how many batches it has: n / (n + K) of what is left to give goes to the brand, then to the
style, then to the brewery, the rest to the built-in table. Within a level those count most that stood, at this hour,
where this beer stands. It answers with no reading at all.
"""

from collections.abc import Sequence
from statistics import NormalDist

import numpy as np

from cellarhand.domain import Curve, Floats, Forecast
from cellarhand.forecasting.built_in import DENSE_SPREAD, ROWS, SPREAD_OF_DURATIONS, kind_of, usual_duration
from cellarhand.forecasting.evidence import p_terminal
from cellarhand.forecasting.futures import NORMAL_99, final_points, spoken, with_already
from cellarhand.forecasting.likeness import likeness
from cellarhand.forecasting.past import Past, pasts

K = 5.0  # batches of its own that a brand needs to weigh as much as its style
SMOOTH = 0.15  # log-hours by which one past batch stands for those like it
_AROUND = np.array([-1.59, -0.97, -0.59, -0.28, 0.0, 0.28, 0.59, 0.97, 1.59])  # ninths of a normal
FG_SD = 0.03
_FEWEST_LEFT = 3


class Typical:
    """Past durations as a smoothed, weighted sample; unfinished batches push weight to the longer ones."""

    rung = "typical"

    def __init__(self, k: float = K) -> None:
        self.k = k

    def fit(self, curves: Sequence[Curve]) -> "Typical":
        """Keeps what the past teaches: one record a batch, censored ones too."""
        self.pasts_ = pasts(curves)
        return self

    def predict(self, curves: Sequence[Curve]) -> list[Forecast]:
        """One forecast a curve."""
        return [self._one(c, getattr(self, "pasts_", [])) for c in curves]

    def _one(self, curve: Curve, known: list[Past]) -> Forecast:
        hours, weights, share = self._durations(curve, known)
        left = hours - curve.elapsed
        ahead = left > 0
        if ahead.sum() < _FEWEST_LEFT:
            left, weights = np.maximum(0.25 * curve.elapsed, 12.0) * np.exp(0.8 * NORMAL_99), np.ones(99)
        else:
            left, weights = left[ahead], weights[ahead]
        finals = final_points(curve, ROWS[kind_of(curve)], learnt=self._attenuation(curve, known))
        final = np.resize(finals, len(left))
        left, weights, final = with_already(left, weights, final, p_terminal(curve) * low_enough(curve, finals))
        own = 1.0 - share
        notes = () if own > 0.5 else ("Mostly the built-in table: this brewery's own finished batches are still few.",)
        return spoken(curve, self.rung, left=left, final=1 + final / 1000, weights=weights, notes=notes)

    def _durations(self, curve: Curve, known: list[Past]) -> tuple[Floats, Floats, float]:
        """Durations in hours, their weights, and the share that the built-in table has in them."""
        values: list[Floats] = []
        weights: list[Floats] = []
        rest = 1.0
        like = {id(p): x for p, x in zip(known, likeness(curve, known), strict=True)}
        for pool in self._levels(curve, known):
            observed, mass = redistribute(pool, [like[id(p)] for p in pool])
            if len(observed):
                n = sum(p.trust for p in pool)
                share = rest * n / (n + self.k)
                values.append((observed[:, None] * np.exp(SMOOTH * _AROUND)).ravel())
                weights.append(np.repeat(mass * share / len(_AROUND), len(_AROUND)))
                rest -= share
        table = usual_duration(curve) * np.exp((SPREAD_OF_DURATIONS if curve.manual else DENSE_SPREAD) * NORMAL_99)
        values.append(table)
        weights.append(np.full(99, rest / 99))
        return np.concatenate(values), np.concatenate(weights), rest

    def _levels(self, curve: Curve, known: list[Past]) -> list[list[Past]]:
        same = [p for p in known if p.observed or p.moved]
        kind = kind_of(curve)
        return [
            [p for p in same if curve.brand and p.brand == curve.brand],
            [p for p in same if curve.style and p.style == curve.style],
            [p for p in same if p.kind == kind],
            [p for p in same if p.moved],
        ]

    def _attenuation(self, curve: Curve, known: list[Past]) -> tuple[float, float] | None:
        """Mean and spread of attenuation, drawn from the kind toward the brewery, the style and the brand."""
        row = ROWS[kind_of(curve)]
        mean, sd = row.attenuation, row.attenuation_sd
        for pool in reversed(self._levels(curve, known)):
            seen = [p.attenuation for p in pool if p.observed and p.attenuation is not None]
            if seen:
                n = len(seen)
                mean = (n * float(np.median(seen)) + 2.0 * mean) / (n + 2.0)
                sd = (n * FG_SD + 2.0 * sd) / (n + 2.0)
        return mean, sd


def low_enough(curve: Curve, finals: Floats) -> float:
    """How far the level speaks for the end, 0..1: less the further it still is above what this beer usually reaches."""
    if curve.level is None:
        return 0.0
    above = ((curve.level - 1) * 1000 - float(finals.mean())) / max(float(finals.std()), 0.5)
    normal = NormalDist()
    return min(normal.cdf(1.0 - above) / normal.cdf(1.0), 1.0)


def redistribute(pool: Sequence[Past], likes: Sequence[float] | None = None) -> tuple[Floats, Floats]:
    """Observed durations and their weights (sum 1) after each censored batch gave its weight to those that lasted
    longer than it has (after Efron's self-consistency); with none longer, it counts as long as it was seen. `likes`
    (n,) in 0..1 then takes weight from those that are unlike.

    >>> from cellarhand.domain import Kind
    >>> p = lambda d, o: Past(duration=d, observed=o, fg=None, attenuation=None, kind=Kind.ALE, brand=None,
    ...                       style=None, began=None, manual=True)
    >>> hours, mass = redistribute([p(100.0, True), p(120.0, False), p(200.0, True)])
    >>> hours.tolist(), mass.round(3).tolist()
    ([100.0, 200.0], [0.333, 0.667])
    """
    order = sorted(range(len(pool)), key=lambda i: (pool[i].duration, pool[i].observed))
    ordered = [pool[i] for i in order]
    ahead = sum(p.trust for p in ordered if p.observed)
    if ahead == 0:
        return np.empty(0), np.empty(0)
    hours: list[float] = []
    mass: list[float] = []
    carried, last = 0.0, max(p.duration for p in ordered if p.observed)
    for p in ordered:
        if not p.observed and p.duration < last:
            carried += p.trust
            continue
        share = carried * p.trust / ahead if ahead > 0 else 0.0
        hours.append(p.duration)
        mass.append(p.trust + share)
        carried -= share
        ahead -= p.trust if p.observed else 0.0
    weights = np.array(mass)
    weights = weights / weights.sum()
    if likes is not None:
        weights *= [likes[i] for i, p in zip(order, ordered, strict=True) if p.observed or p.duration >= last]
    return np.array(hours), weights
