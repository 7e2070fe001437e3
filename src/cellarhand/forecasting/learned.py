"""How the rungs stand in one brewery: what the learned ones learnt, their bias, and what gate and advisor say."""

from collections.abc import Sequence

import numpy as np

from cellarhand.domain import Advised, Curve, Gate, Learned, Rungs, Said, TooFewBatches
from cellarhand.forecasting.backtest import Row
from cellarhand.forecasting.crosses import Crosses
from cellarhand.forecasting.hazard import Hazard
from cellarhand.forecasting.past import summary
from cellarhand.forecasting.promises import JUDGED
from cellarhand.forecasting.promotion import advised, judged
from cellarhand.metrics import calibration, prediction_bias

PAIRS = (("typical", "curvefit"), ("typical", "hazard"), ("hazard", "crosses"))
BUCKETS = 6
_HABITS = {"dense": False, "manual": True}


def rungs_of(past: Sequence[Curve], rows: Sequence[Row]) -> Rungs:
    """All that a brewery's past batches and their replayed checks tell of its rungs.

    >>> rungs_of([], []).seen, [x.needs for x in rungs_of([], []).learned]
    (0, [15, 30])
    """
    summaries = [summary(c) for c in past]
    return Rungs(
        seen=sum(p is not None and p.observed and p.trust == 1.0 for p in summaries),
        learned=tuple(_learned(rung, past, rows) for rung in (Hazard(), Crosses())),
        gates=tuple(_gate(rows, kind, *pair) for kind in _HABITS for pair in PAIRS if _any(rows, kind, pair)),
        advised=tuple(_advised(rows, kind) for kind in _HABITS if _any(rows, kind, PAIRS[0])),
    )


def _any(rows: Sequence[Row], kind: str, pair: tuple[str, str]) -> bool:
    return all(any(r["who"] == who and r["kind"] == kind for r in rows) for who in pair)


def _learned(model: Hazard, past: Sequence[Curve], rows: Sequence[Row]) -> Learned:
    own = [r for r in rows if r["who"] == model.rung]
    said, came = [float(r["p_day"]) for r in own], [bool(r["day"]) for r in own]
    try:
        inputs = model.fit(past).coefficients()
    except TooFewBatches:
        return Learned(rung=model.rung, needs=model.needs)
    return Learned(
        rung=model.rung,
        needs=model.needs,
        inputs=tuple((name, weight) for name, weight in inputs if weight != 0.0),
        dropped=tuple(sorted(name for name, weight in inputs if weight == 0.0)),
        buckets=tuple(Said(**vars(b)) for b in calibration(said, came, BUCKETS)) if own else (),
        bias=prediction_bias(said, came) if own else None,
        checks=len(own),
        batches=len({r["id"] for r in own}),
    )


def _gate(rows: Sequence[Row], kind: str, simple: str, other: str) -> Gate:
    """Both at the same checks: one that could not speak yet lends no check to the other."""
    verdict = judged(_shared(rows, kind, (simple, other)), simple, other, kind=kind)
    band = verdict.gain
    gain, low, high = (None if not np.isfinite(x) else float(x) for x in (band.value, band.low, band.high))
    return Gate(
        by_hand=_HABITS[kind], simple=simple, other=other, promoted=verdict.promoted, gain=gain, low=low, high=high,
        n=band.n, reason=verdict.reason,
    )  # fmt: skip


def _advised(rows: Sequence[Row], kind: str) -> Advised:
    present = [rung for rung in JUDGED if any(r["who"] == rung and r["kind"] == kind for r in rows)]
    advice = advised(_shared(rows, kind, present), present, kind=kind)
    return Advised(by_hand=_HABITS[kind], rung=advice.rung, reason=advice.reason)


def _shared(rows: Sequence[Row], kind: str, rungs: Sequence[str]) -> list[Row]:
    at: dict[tuple[object, object], set[object]] = {}
    for r in rows:
        if r["kind"] == kind:
            at.setdefault((r["id"], r["cut"]), set()).add(r["who"])
    return [r for r in rows if r["kind"] == kind and at[r["id"], r["cut"]] >= set(rungs)]
