"""Lessons for the net: drawn breweries, seen through the live path at random hours, with what came of them.

Each lesson is what the program would have known (the curve at `now`, the words told, the brewery's batches before it),
and the end by the same definition that real batches are judged by.
"""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from cellarhand.curve import Curve
from cellarhand.domain import CellarhandError, Floats
from cellarhand.domain import Curve as CurveRecord
from cellarhand.forecasting.ending import LEAST_DROP, Ending, find_ending
from cellarhand.forecasting.neural.heads import AHEAD
from cellarhand.forecasting.neural.inputs import inputs
from cellarhand.forecasting.neural.memory import Memory
from cellarhand.forecasting.past import Past, summary
from cellarhand.simulate.prior import Fermentations, draw

SIZES = ((40, 3, 7), (90, 2, 4), (10, 6, 14), (20, 4, 10))  # breweries, brands, batches; small ones and large
LOOKS = 6  # lessons a batch
TOLD_KIND, TOLD_STYLE, TOLD_BRAND, TOLD_OG, TOLD_FG, TOLD_HOPS, TOLD_PITCH = 0.6, 0.5, 0.8, 0.5, 0.2, 0.5, 0.7
FG_OFF, OG_OFF = 1.5, 0.5  # points by which what is stated is off
NO_PAST = 0.4  # chance that a look is without any past
SEEN_AFTER_H = 48.0  # an end is known this long after it
JUST_AFTER_H = 0.01
FINEST_H = 0.25
EXACT_H = 2.0
HAND_H, AFTERWARDS_H = 24, 60


@dataclass(frozen=True, kw_only=True, eq=False)
class Lessons:
    """m lessons: `x` (m, inputs); the end lies within (`low`, `high`] hours from now; `fall` (m, 1 + len(AHEAD)) points
    still to fall to the end, and by each hour of `AHEAD`; `brewery` (m,) tells breweries apart.
    """

    x: Floats
    low: Floats
    high: Floats
    fall: Floats
    brewery: Floats
    hand: Floats


@dataclass(frozen=True, eq=False)
class _Batch:
    """A drawn batch as a brewery would keep it. All hours count from its first reading."""

    index: int
    began: float
    curve: CurveRecord
    hours: Floats
    end: Ending | None
    stuck: bool
    terminal: float
    until: float
    past: Past | None
    zero: float


def lessons(seed: tuple[int, ...]) -> Lessons:
    """One pack of lessons, the same for the same seed: some 5,000, in about ten seconds."""
    rng = np.random.default_rng(seed)
    breweries, brands, batches = SIZES[int(rng.integers(len(SIZES)))]
    f = draw(rng, breweries=breweries, brands=brands, batches=batches, finest_h=FINEST_H)
    found: list[tuple[Floats, float, float, Floats, int, bool]] = []
    for brewery in range(breweries):
        members = np.flatnonzero(f.who.brewery == brewery)
        told = (rng.random() < TOLD_BRAND, rng.random() < TOLD_STYLE)
        kept = [b for k in members if (b := _kept(f, int(k), told, rng)) is not None]
        for batch in kept:
            found += _looks(f, batch, kept, rng)
    x, low, high, fall, owners, hand = zip(*found, strict=True)
    return Lessons(
        x=np.array(x, np.float32),
        low=np.array(low, np.float32),
        high=np.array(high, np.float32),
        fall=np.array(fall, np.float32),
        brewery=np.array(owners, np.int32),
        hand=np.array(hand, bool),
    )


def _kept(f: Fermentations, k: int, told: tuple[bool, bool], rng: np.random.Generator) -> _Batch | None:
    """The log of one batch with the words that somebody told; None where nothing of use was read."""
    r = f.readings.of(k)
    r = r.where(r.by_hand == f.sensors.by_hand[k])
    if len(r.hours) < 2:
        return None
    zero = float(r.hours[0])
    hours = r.hours - zero
    pitch = float(f.pitched_at[k]) - zero
    dated = bool(r.precision_h[0])
    kind = f.kind(k)
    end = find_ending(hours, r.sg) if len(hours) >= 5 else None
    hops = f.truth.dry_hops[k]
    words: dict[str, Any] = {
        "pitched_at": pitch if not dated and pitch > -48.0 and rng.random() < TOLD_PITCH else 0.0,
        "kind": kind if rng.random() < TOLD_KIND else None,
        "brand": f"brand {f.who.brand[k]}" if told[0] else None,
        "style": f"{kind} {f.who.culture[k] % 3}" if told[1] else None,
        "og": float(f.og[k] + rng.normal(0, OG_OFF) / 1000) if rng.random() < TOLD_OG else None,
        "expected_fg": _expected(f, k, end, rng),
        "dry_hops": tuple((hops[np.isfinite(hops)] - zero).tolist()) if rng.random() < TOLD_HOPS else (),
    }
    try:
        curve = Curve.from_readings(hours, r.sg, r.temp_c, **words)
    except CellarhandError:
        return None
    drop = float(f.og[k] - f.truth.sg_final[k]) / float(f.og[k] - 1.0)
    past = summary(replace(curve, ended=True))
    end = end or _unseen_end(f, k, zero)
    return _Batch(
        index=k,
        began=float(f.who.started_h[k]) + zero,
        curve=curve,
        hours=hours,
        end=end,
        stuck=end is None and drop < min(LEAST_DROP, 0.6 * float(f.parameters["attenuation"][k])),
        terminal=float(f.truth.terminal_h[k]) - zero,
        until=float(hours[-1]),
        past=past,
        zero=zero,
    )


def _unseen_end(f: Fermentations, k: int, zero: float) -> Ending | None:
    """The end that a log would have shown, had it gone on to the end: by the same definition, from the truth."""
    every = HAND_H if f.sensors.by_hand[k] else 1
    stop = int(f.truth.packaged_h[k]) + AFTERWARDS_H
    hours, sg = f.truth.hours[:stop:every] - zero, f.truth.sg[k, :stop:every]
    return find_ending(hours[hours >= 0.0], sg[hours >= 0.0])


def _expected(f: Fermentations, k: int, end: Ending | None, rng: np.random.Generator) -> float | None:
    fg = end.fg if end else float(f.truth.sg_final[k])
    off = rng.normal(0, FG_OFF) / 1000
    return float(np.clip(fg + off, 0.985, 1.12)) if rng.random() < TOLD_FG else None


def _looks(
    f: Fermentations, batch: _Batch, kept: list[_Batch], rng: np.random.Generator
) -> list[tuple[Floats, float, float, Floats, int, bool]]:
    found = []
    after, by = (batch.end.after, batch.end.by) if batch.end else (batch.terminal - EXACT_H, batch.terminal + EXACT_H)
    for now in _moments(batch, max(by, 12.0), rng):
        assert batch.curve.recut is not None
        try:
            curve = batch.curve.recut(now)
        except CellarhandError:
            continue
        x = inputs(curve, Memory(_remembered(batch, kept, now, rng)))
        low, high = max(after - now, 0.0), max(by - now, 0.0)
        if batch.stuck:
            low, high = np.inf, np.inf
        fall = _falls(f, batch, curve, now)
        found.append((x, low, high, fall, int(f.who.brewery[batch.index]), curve.manual))
    return found


def _moments(batch: _Batch, by: float, rng: np.random.Generator) -> list[float]:
    """Hours to look at: on the whole way, in the first days, and after the end; mostly just after a reading."""
    way = rng.uniform(0.0, 1.0, LOOKS) * by
    early = np.exp(rng.uniform(np.log(1.0), np.log(100.0), LOOKS))
    late = by + rng.exponential(40.0, LOOKS)
    pick = rng.choice(3, size=LOOKS, p=[0.5, 0.25, 0.25])
    nows = np.minimum(np.choose(pick, [way, early, late]), batch.until + rng.choice([0.0, 60.0], LOOKS, p=[0.9, 0.1]))
    hours = batch.hours
    last = hours[np.maximum(np.searchsorted(hours, nows, side="right") - 1, 0)]
    snap = rng.random(LOOKS) < (0.8 if batch.curve.manual else 0.3)
    return [float(t) for t in np.where(snap, last + JUST_AFTER_H, nows)]


def _remembered(batch: _Batch, kept: list[_Batch], now: float, rng: np.random.Generator) -> list[Past]:
    """The brewery's earlier batches as far as they were known by then; often only some, or none."""
    if rng.random() < NO_PAST:
        return []
    share = rng.random()
    found = []
    for other in kept:
        if other.past is None or other.began >= batch.began or other.index == batch.index or rng.random() > share:
            continue
        known = batch.began + now - other.began
        past: Past | None = other.past
        if other.end is not None and known < other.end.by + SEEN_AFTER_H:
            past = _running(other.past, known)
        if past is not None:
            found.append(past)
    return found


def _running(past: Past, known: float) -> Past | None:
    seen = past.course_h <= known
    if seen.sum() < 2:
        return None
    return replace(
        past,
        duration=max(float(past.course_h[seen][-1]), 1.0),
        observed=False,
        fg=None,
        attenuation=float(past.course[seen][-1]),
        course_h=past.course_h[seen],
        course=past.course[seen],
    )


def _falls(f: Fermentations, batch: _Batch, curve: CurveRecord, now: float) -> Floats:
    """Points still to fall to the end as this sensor shows it, and truly fallen by each hour of `AHEAD`."""
    k = batch.index
    level = float(f.og[k]) if curve.level is None else curve.level
    fg = batch.end.fg if batch.end else float(f.truth.sg_final[k])
    at = np.clip(batch.zero + now + np.array([0.0, *AHEAD]), 0.0, f.truth.hours[-1])
    sg = np.interp(at, f.truth.hours, f.truth.sg[k])
    return np.concatenate([[(level - fg) * 1000.0], (sg[0] - sg[1:]) * 1000.0])
