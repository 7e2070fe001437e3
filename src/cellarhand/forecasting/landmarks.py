"""Past batches as a table of "did it end within these hours?": landmarks in each batch, steps ahead of each landmark.

Landmarking (van Houwelingen 2007, Scand. J. Stat. 34) with discrete-time hazards (Allison 1982, Sociol. Methodol. 13).
An end is known only as an interval between readings: it is spread evenly over it, so a row's events and trials are
shares. A batch whose end was not seen gives trials up to its last reading and no event: censoring for free.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cellarhand.domain import Curve, Floats
from cellarhand.forecasting.ending import Ending, find_ending, last_level
from cellarhand.forecasting.features import ahead, snapshot, stacked
from cellarhand.forecasting.past import Past, as_known_at
from cellarhand.forecasting.usual import usual

STEP_H, HORIZON_H = 6.0, 600.0
STEPS = int(HORIZON_H / STEP_H)
EDGES: Floats = STEP_H * np.arange(STEPS + 1, dtype=float)
SINGLE, TOGETHER = 8, 4  # the first two days step by step, then four steps in one row of four trials
_STARTS = np.concatenate([np.arange(SINGLE), np.arange(SINGLE, STEPS, TOGETHER)])
_MIDDLES: Floats = np.array([EDGES[a : b + 1].mean() for a, b in zip(_STARTS, [*_STARTS[1:], STEPS], strict=True)])
JUST_AFTER_H = 0.01
# Hours since the pitch, the same for every batch: at each, all that still ran weigh alike. Landmarks set by a batch's
# own readings would let the short ones speak louder early on.
LANDMARKS: Floats = np.array([0.0, 12, 24, 36, 48, 60, 72, 96, 120, 144, 192, 240, 312, 408, 528]) + JUST_AFTER_H


@dataclass(frozen=True, eq=False)
class Table:
    """Rows (n,): named columns, trials and events among them, what a row weighs, and which batch it is of."""

    columns: dict[str, Floats]
    trials: Floats
    events: Floats
    weight: Floats
    batch: NDArray[np.intp]


def landmarks(curve: Curve, last: float) -> Floats:
    """The hours of the curve's clock at which it is looked at: those of `LANDMARKS` up to `last`."""
    hours = curve.pitched_at + LANDMARKS
    return np.asarray(hours[hours <= last + JUST_AFTER_H])


def outcome(after: float, by: float | None) -> tuple[Floats, Floats]:
    """(trials, events) of each step of six hours ahead, for an end in (`after`, `by`] hours ahead; None: not seen.

    >>> trials, events = outcome(6.0, 18.0)
    >>> trials[:4].tolist(), events[:4].tolist()
    ([1.0, 1.0, 0.5, 0.0], [0.0, 0.5, 0.5, 0.0])
    """
    if by is None:
        return (EDGES[1:] <= after).astype(float), np.zeros(STEPS)
    start = min(max(after, 0.0), by - JUST_AFTER_H)
    before = np.clip((EDGES - start) / (by - start), 0.0, 1.0)
    return 1.0 - before[:-1], np.diff(before)


def table_of(curves: Sequence[Curve], pasts: Sequence[Past | None]) -> Table:
    """The table of past curves, `pasts` being their summaries; what is usual for each is learnt from the others."""
    known = [p for p in pasts if p is not None]
    snaps: list[dict[str, float]] = []
    trials: list[Floats] = []
    events: list[Floats] = []
    weight: list[float] = []
    batch: list[int] = []
    for k, (curve, own) in enumerate(zip(curves, pasts, strict=True)):
        if own is None or not (own.observed or own.moved):
            continue
        end = _ending(curve) if own.observed else None
        last = end.after if end else float(curve.hours[-1])
        others = [p for p in known if p is not own]
        for hour in landmarks(curve, last):
            then = as_known_at(curve, float(hour))
            tried, ended = outcome(last - hour, None if end is None else end.by - hour)
            snaps.append(snapshot(then, usual(then, others)))
            trials.append(np.add.reduceat(tried, _STARTS))
            events.append(np.add.reduceat(ended, _STARTS))
            weight.append(own.trust if own.observed else 1.0)
            batch.append(k)
    return _rows(snaps, np.array(trials), np.array(events), np.array(weight), np.array(batch, np.intp))


def _ending(curve: Curve) -> Ending | None:
    return find_ending(curve.hours, curve.sg) or last_level(curve.hours, curve.sg)


def _rows(
    snaps: list[dict[str, float]], trials: Floats, events: Floats, weight: Floats, batch: NDArray[np.intp]
) -> Table:
    """One row a landmark and block of steps that has trials."""
    row, block = np.nonzero(trials > 1e-9)
    now = {name: column[row] for name, column in stacked(snaps).items()}
    return Table(ahead(now, _MIDDLES[block]), trials[row, block], events[row, block], weight[row], batch[row])
