"""What truly happened: gravity and temperature on whole hours, packaging, the end, and what the crew put in."""

from dataclasses import dataclass

import numpy as np

from cellarhand.domain import Floats
from cellarhand.simulate.prior.kinetics import CHARGES, Hour
from cellarhand.simulate.prior.rows import Ints

HORIZON_H = 2400  # a hundred days: the longest lagers and mixed beers are at their end by day 90
WITHIN = 0.001  # SG; "done" is within a point of the final level, for good
NEVER = float("nan")


@dataclass(frozen=True, kw_only=True, eq=False)
class Truth:
    """The true course of n batches. `hours` has shape (t,), from 0 by 1: the clock starts with the first wort.

    `sg` and `temp_c` have shape (n, t); after packaging they stand still. `packaged_h`, `terminal_h`, `sg_final` and
    `added_at` (fruit or sugar, nan without) have shape (n,), `dry_hops` (n, 3) with nan where there was none.
    """

    hours: Floats
    sg: Floats
    temp_c: Floats
    packaged_h: Floats
    terminal_h: Floats
    sg_final: Floats
    dry_hops: Floats
    added_at: Floats


def terminal(hours: Floats, sg: Floats, sg_final: Floats) -> Floats:
    """First of `hours` from which each row of `sg` stays within a point of its final level; shape (n,).

    >>> terminal(np.arange(4.0), np.array([[1.050, 1.012, 1.0105, 1.010]]), np.array([1.010])).tolist()
    [2.0]
    """
    away = np.abs(sg - sg_final[:, None]) > WITHIN + 1e-9
    last = away.shape[1] - np.argmax(away[:, ::-1], axis=1)  # the hour after the last one away
    return np.asarray(hours[np.minimum(np.where(away.any(axis=1), last, 0), len(hours) - 1)])


def truth(course: Hour, p: dict[str, Floats], hours: Floats) -> Truth:
    """Reads the truth off a course of shape (t, n); what is not packaged by the last hour is packaged then."""
    out = np.argmax(course.called >= p["mature_h"], axis=0)
    packed: Ints = np.where((course.called >= p["mature_h"]).any(axis=0), out, len(hours) - 1)
    held = np.minimum(np.arange(len(hours)), packed[:, None])  # (n, t)
    row = np.arange(len(packed))[:, None]
    sg = 1.0 + course.points.T[row, held] / 1000.0
    return Truth(
        hours=hours,
        sg=sg,
        temp_c=course.temp_c.T[row, held],
        packaged_h=hours[packed],
        sg_final=sg[:, -1],
        terminal_h=terminal(hours, sg, sg[:, -1]),
        dry_hops=_charges(course.hopped, p, hours[packed], hours),
        added_at=_first(course.sweetened, hours, hours[packed]),
    )


def _charges(hopped: Floats, p: dict[str, Floats], until: Floats, hours: Floats) -> Floats:
    """Hours of each charge before packaging, shape (n, 3)."""
    first = _first(hopped + 1.0, hours, until)
    k = np.arange(CHARGES)
    at = first[:, None] + np.floor(k * p["hop_gap"][:, None])
    return np.where((k < p["hop_charges"][:, None]) & (at < until[:, None]), at, NEVER)


def _first(happened: Floats, hours: Floats, until: Floats) -> Floats:
    """The hour in which something first happened: it shows in the state one hour later."""
    index = np.argmax(happened > 0, axis=0)
    at = hours[np.maximum(index - 1, 0)]
    return np.where((happened > 0).any(axis=0) & (at < until), at, NEVER)
