"""One check of one forecaster against a known truth, the baseline `clock`, and bands by resampling batches."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from cellarhand.domain import Forecast
from cellarhand.forecasting import RUNGS
from cellarhand.metrics import LEVELS, Band, batch_bootstrap, crps, interval_log_score, share_inside

HALF_H = 3.0  # the truth's interval is its hour ± 3, the same for whoever is judged
LONGEST_H = 2400.0  # a quantile of "never" counts as a hundred days
Row = dict[str, Any]


def answering() -> list[str]:
    """The rungs that answer without a past."""
    return [rung for rung, make in RUNGS.items() if not hasattr(make, "needs")]


def row(batch: str, cut: str, who: str, kind: str, left: float, said: Any) -> Row:
    """A distribution of hours left against the true hours left (negative once it is done)."""
    before = float(said.cdf(left - HALF_H)) if left > HALF_H else 0.0
    by = float(said.cdf(max(left, 0.0) + HALF_H))
    q = np.minimum([float(np.ravel(said.quantile(p))[0]) for p in LEVELS], LONGEST_H)
    return {
        "id": batch,
        "cut": cut,
        "who": who,
        "kind": kind,
        "done": left <= 0.0,
        "left": max(left, 0.0),
        "crps": crps(q, max(left, 0.0)),
        "logp": interval_log_score(before, by),
        "cov": share_inside(before, by),
        "err": abs(float(q[9]) - max(left, 0.0)),
    }


def said_row(batch: str, cut: str, kind: str, left: float, said: Forecast, who: str) -> Row:
    """The same for a forecast, with who truly spoke."""
    return row(batch, cut, who, kind, left, said.hours_left) | {"spoke": said.rung}


def ratio(rows: Sequence[Row], who: str, base: str, value: str) -> Band:
    """Σ value(who) / Σ value(base) over the same checks, batches weighing alike, with a 90 % band."""
    band = batch_bootstrap(pairs(rows, who, base, value))
    return Band(1.0 - band.value, 1.0 - band.high, 1.0 - band.low, band.n)


def pairs(rows: Sequence[Row], who: str, base: str, value: str) -> list[tuple[float, float]]:
    """(who, base) of each batch: means over the checks that both had."""
    table: dict[tuple[str, str], dict[str, float]] = {}
    for r in rows:
        if r["who"] in (who, base):
            table.setdefault((r["id"], r["cut"]), {})[r["who"]] = float(r[value])
    both: dict[str, list[tuple[float, float]]] = {}
    for (batch, _), found in table.items():
        if who in found and base in found:
            both.setdefault(batch, []).append((found[who], found[base]))
    means = [np.mean(checks, axis=0) for checks in both.values()]
    return [(float(a), float(b)) for a, b in means]


def mean_of(rows: Sequence[Row], who: str, value: str) -> float:
    """Mean of a column over one forecaster's checks."""
    return float(np.mean([r[value] for r in rows if r["who"] == who]))
