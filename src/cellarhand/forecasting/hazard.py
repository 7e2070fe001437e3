"""Rung `hazard`: logistic regression of "does it end within the next six hours?" on named inputs, log loss, L2.

The chance of lasting t hours is the product of (1 − hazard) over the steps until t, so one regression gives a whole
distribution, and batches that had not ended take part as what they are. It learns from the brewery alone.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from cellarhand.domain import LEVELS, Curve, Floats, Forecast, TooFewBatches
from cellarhand.forecasting.built_in import ROWS, kind_of
from cellarhand.forecasting.evidence import p_terminal
from cellarhand.forecasting.features import ahead, snapshot, stacked
from cellarhand.forecasting.futures import final_points, spoken, with_already
from cellarhand.forecasting.landmarks import EDGES, STEP_H, STEPS, Table, table_of
from cellarhand.forecasting.past import Past, summary
from cellarhand.forecasting.typical import low_enough
from cellarhand.forecasting.usual import Usual, usual
from cellarhand.ladder import LOGISTIC, Design, Fit, group_folds, logistic

L2S = (0.3, 0.1, 0.03, 0.01, 3e-3, 1e-3, 1e-4)
# How the hazard goes with time is as little shrunk as an intercept: shrunk, it would call fresh batches done too soon.
BASELINE, STRETCH = ("clock", "clock past half", "clock past usual", "clock past double"), 10.0
TOLERANCE = 1e-7
_MIDDLES = EDGES[:-1] + STEP_H / 2
_TAIL_STEPS, _LEAST_TAIL = 8, 0.005  # beyond the horizon the last two days' mean hazard goes on


class Hazard:
    """Discrete-time hazard of being done, from 15 past batches with a seen end on. L2 by cross-validation by batch."""

    rung = "hazard"
    needs = 15

    def __init__(self, folds: int = 4) -> None:
        self.folds = folds

    def fit(self, curves: Sequence[Curve]) -> "Hazard":
        """Learns from past batches, unfinished ones too. Returns self, whatever their number."""
        summaries = [summary(c) for c in curves]
        self.pasts_: list[Past] = [p for p in summaries if p is not None]
        self.seen_ = sum(p.observed and p.trust == 1.0 for p in self.pasts_)
        if self.seen_ >= self.needs:
            table = table_of(curves, summaries)
            self._prepare(table)
            columns = self._widened(table.columns)
            self.design_ = Design.of(columns, table.weight * table.trials, bounded=True)
            self.stretch_ = np.array([STRETCH if name in BASELINE else 1.0 for name in self.design_.names])
            self.penalty_, self.fit_ = self._solve(table, self.design_.matrix(columns) * self.stretch_)
        return self

    def coefficients(self) -> list[tuple[str, float]]:
        """(input, weight in log odds for one standard deviation of it), the heaviest first; 0 is a dropped input."""
        self._demand()
        pairs = zip(self.design_.names, (self.fit_.weights * self.stretch_).tolist(), strict=True)
        return sorted(pairs, key=lambda pair: -abs(pair[1]))

    def predict(self, curves: Sequence[Curve]) -> list[Forecast]:
        """One forecast a curve; raises `TooFewBatches` where fewer than `needs` ends were seen."""
        self._demand()
        return [self._one(c) for c in curves]

    def hazards(self, curve: Curve, like: Usual) -> Floats:
        """(100,) P(ends within the step | not before it) of each step of six hours after the curve's now."""
        now = {k: np.repeat(v, STEPS) for k, v in stacked([snapshot(curve, like)]).items()}
        matrix = self.design_.matrix(self._widened(ahead(now, _MIDDLES))) * self.stretch_
        return np.clip(LOGISTIC.mean(self.fit_.score(matrix)), 1e-6, 1.0 - 1e-6)

    def _demand(self) -> None:
        seen = getattr(self, "seen_", 0)
        if seen < self.needs:
            raise TooFewBatches(self.rung, needs=self.needs, has=seen)

    def _prepare(self, table: Table) -> None:
        """What has to be learnt of the columns before they are widened: nothing here."""

    def _widened(self, columns: Mapping[str, Floats]) -> Mapping[str, Floats]:
        return columns

    def _solve(self, table: Table, matrix: Floats) -> tuple[float, Fit]:
        share, weight = table.events / table.trials, table.weight * table.trials
        losses = np.zeros(len(L2S))
        for split in group_folds(table.batch.tolist(), self.folds):
            fits = _ridges(matrix[split.learn], share[split.learn], weight[split.learn])
            losses += [log_loss(f, matrix[split.judge], share[split.judge], weight[split.judge]) for f in fits]
        l2 = L2S[int(np.argmin(losses))]
        return l2, logistic(matrix, share, weight, l2=l2, tolerance=TOLERANCE)

    def _one(self, curve: Curve) -> Forecast:
        like = usual(curve, self.pasts_)
        left = lasting(self.hazards(curve, like))
        final = final_points(curve, ROWS[kind_of(curve)], learnt=(like.attenuation, like.attenuation_sd))
        done = p_terminal(curve) * low_enough(curve, final)
        left, weights, final = with_already(left, np.ones(len(left)), final, done)
        return spoken(curve, self.rung, left=left, final=1 + final / 1000, weights=weights, notes=())


def _ridges(matrix: Floats, share: Floats, weight: Floats) -> list[Fit]:
    fits: list[Fit] = []
    for l2 in L2S:
        fits.append(logistic(matrix, share, weight, l2=l2, start=fits[-1] if fits else None, tolerance=1e-5))
    return fits


def log_loss(fit: Fit, matrix: Floats, share: Floats, weight: Floats) -> float:
    """Weighted sum of the log loss."""
    return float(weight @ LOGISTIC.value(fit.score(matrix), share))


def lasting(hazard: Floats) -> Floats:
    """(99,) quantiles of hours left from hazards (100,) of steps of six hours; evenly spread within a step.

    >>> lasting(np.full(100, 0.5)).round(1)[[24, 49, 74]].tolist()
    [3.0, 6.0, 12.0]
    """
    lasts = np.concatenate([[1.0], np.cumprod(1.0 - hazard)])
    inside = np.interp(LEVELS, 1.0 - lasts, EDGES)
    rate = -np.log1p(-max(float(hazard[-_TAIL_STEPS:].mean()), _LEAST_TAIL)) / STEP_H
    beyond = EDGES[-1] + np.log(np.maximum(lasts[-1] / (1.0 - LEVELS), 1.0)) / rate
    return np.asarray(np.where(lasts[-1] > 1.0 - LEVELS, beyond, inside))
