"""Rung `crosses`: the hazard with feature crosses, and L1, which drops the inputs that this brewery does not need."""

from collections.abc import Mapping

import numpy as np

from cellarhand.domain import Floats
from cellarhand.forecasting.hazard import Hazard, log_loss
from cellarhand.forecasting.landmarks import Table
from cellarhand.ladder import Buckets, Fit, crossed, elastic_net, group_folds, largest_l1, path, products

PAIRS = (
    ("clock", "clock"),
    ("pace", "pace"),
    ("clock", "pace"),
    ("clock", "drop left"),
    ("clock", "temperature"),
    ("drop left", "temperature"),
    ("original gravity", "drop left"),
)
GRID = (("clock", "drop left"), ("hours ahead", "drop left"), ("hours ahead", "fall"))
RANGES = 4
SHARES = (0.1, 0.03, 0.01, 3e-3, 1e-3)  # of the l1 at which nothing is left
L2 = 1e-3
_ROUGH, _FINE = 1e-4, 1e-6


class Crosses(Hazard):
    """Products and crossed ranges of the hazard's inputs, elastic net, from 30 past batches with a seen end on."""

    rung = "crosses"
    needs = 30

    def dropped(self) -> list[str]:
        """The inputs that L1 left out here: their weight is exactly 0."""
        return sorted(name for name, weight in self.coefficients() if weight == 0.0)

    def _prepare(self, table: Table) -> None:
        names = sorted({name for pair in GRID for name in pair})
        self.buckets_ = {name: Buckets.of(name, table.columns[name], RANGES) for name in names}

    def _widened(self, columns: Mapping[str, Floats]) -> Mapping[str, Floats]:
        wide = {**columns, **products(columns, PAIRS)}
        for a, b in GRID:
            wide.update(crossed(self.buckets_[a], self.buckets_[b], columns))
        return wide

    def _solve(self, table: Table, matrix: Floats) -> tuple[float, Fit]:
        share, weight = table.events / table.trials, table.weight * table.trials
        l1s = largest_l1(matrix, share, weight) * np.array(SHARES)
        losses = np.zeros(len(l1s))
        for split in group_folds(table.batch.tolist(), self.folds):
            learn, judge = split.learn, split.judge
            fits = path(matrix[learn], share[learn], weight[learn], l1s=l1s.tolist(), l2=L2, tolerance=_ROUGH)
            losses += [log_loss(f, matrix[judge], share[judge], weight[judge]) for f in fits]
        l1 = float(l1s[int(np.argmin(losses))])
        return l1, elastic_net(matrix, share, weight, l1=l1, l2=L2, tolerance=_FINE)
