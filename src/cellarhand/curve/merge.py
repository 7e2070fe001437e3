"""Several sensors and hands in one tank: which gravity leads, which probes are named and left out."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from cellarhand.curve.cells import cell_index, cell_medians
from cellarhand.domain import Floats, PlaceRole

APART_POINTS = 4.0
APART_C = 4.0
SILENT_H, TAKES_OVER_H = 24.0, 6.0
DRIFT_POINTS = 2.0
OUT_OF_LIQUID_SG = 0.990
_ORDER = {PlaceRole.CONTROL: 0, PlaceRole.GUARD: 1, PlaceRole.WATCH: 2}


def _empty() -> Floats:
    return np.empty(0)


@dataclass(frozen=True, kw_only=True, eq=False)
class Series:
    """What one source said: arrays of one shape (n,), nan where a reading lacks a value.

    `steps`: hours at which a person's correction of its gravity sets in or ends; a jump there is no kick.
    """

    source: str
    hours: Floats
    sg: Floats
    temp_c: Floats
    role: PlaceRole = PlaceRole.CONTROL
    by_hand: bool = False
    steps: tuple[float, ...] = ()


@dataclass(frozen=True, kw_only=True, eq=False)
class Merged:
    """One series that leads, temperature from all that agree, and what must be said about the rest."""

    hours: Floats = field(default_factory=_empty)
    sg: Floats = field(default_factory=_empty)
    temp_c: Floats = field(default_factory=_empty)
    source: str = ""
    notes: tuple[str, ...] = ()
    steps: tuple[float, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Drift:
    """A hand reading that a float disagrees with: from that hour on, add `points` to the float."""

    source: str
    from_hours: float
    points: float
    sentence: str


def merge(series: Sequence[Series], *, pitched_at: float) -> Merged:
    """The gravity of the leading float, continued by hand where it fell silent; temperatures of all that agree."""
    if not series:
        return Merged()
    floats = [s for s in series if not s.by_hand and np.isfinite(s.sg).any()]
    hands = [s for s in series if s.by_hand and np.isfinite(s.sg).any()]
    notes: list[str] = []
    floats = _in_liquid(floats, notes)
    lead = _leader(floats, hands, notes)
    parts = _joined(lead, [f for f in floats if f is not lead], hands)
    if not parts:
        parts = [s for s in series if s not in floats]
    hours = np.concatenate([p.hours for p in parts])
    sg = np.concatenate([p.sg for p in parts])
    order = np.argsort(hours, kind="stable")
    own = np.concatenate([p.temp_c for p in parts])
    temp = own if len(series) == len(parts) == 1 else _temperature(series, hours, own, notes)
    source = " and ".join(p.source for p in parts)
    steps = tuple(step for p in parts for step in p.steps)
    return Merged(hours=hours[order], sg=sg[order], temp_c=temp[order], source=source, notes=tuple(notes), steps=steps)


def _joined(lead: Series | None, others: list[Series], hands: list[Series]) -> list[Series]:
    """The lead, and where it was not yet or no longer there, other floats and then hands."""
    parts = [] if lead is None else [lead]
    for more, wait in [(o, TAKES_OVER_H) for o in others] + [(h, SILENT_H) for h in hands]:
        if not parts:
            parts.append(more)
            continue
        known = np.concatenate([p.hours[np.isfinite(p.sg)] for p in parts])
        alone = np.isfinite(more.sg) & ((more.hours > known.max() + wait) | (more.hours < known.min() - wait))
        if more.by_hand and all(p.by_hand for p in parts):
            alone = np.isfinite(more.hours)
        if alone.any():
            parts.append(_take(more, alone))
    return parts


def _take(s: Series, mask: np.ndarray) -> Series:
    return Series(
        source=s.source, hours=s.hours[mask], sg=s.sg[mask], temp_c=s.temp_c[mask], role=s.role, by_hand=s.by_hand
    )


def _in_liquid(floats: list[Series], notes: list[str]) -> list[Series]:
    """Floats whose newest readings are not air; the others are named."""
    kept = []
    for s in floats:
        recent = s.sg[np.isfinite(s.sg)][-5:]
        if np.median(recent) < OUT_OF_LIQUID_SG and len(floats) > 1:
            notes.append(f"{s.source} is left out: {np.median(recent):.3f} looks like air, not beer.")
        else:
            kept.append(s)
    return kept


def _leader(floats: list[Series], hands: list[Series], notes: list[str]) -> Series | None:
    """By role, then those still heard, then by number of readings; those that stand apart from it are named."""
    if not floats:
        return None
    newest = max(s.hours[-1] for s in floats)
    ranked = sorted(floats, key=lambda s: (_ORDER[s.role], newest - s.hours[-1] > SILENT_H, -len(s.hours)))
    if len(ranked) >= 3:
        levels = np.array([_level(s) for s in ranked])
        middle = float(np.median(levels))
        ranked = sorted(ranked, key=lambda s: abs(_level(s) - middle) > APART_POINTS)
    lead = ranked[0]
    for other in ranked[1:]:
        apart = _level(other) - _level(lead)
        if abs(apart) > APART_POINTS:
            side = "above" if apart > 0 else "below"
            notes.append(f"{other.source} is left out: {abs(apart):.1f} points {side} {lead.source}.")
    return lead


def _level(s: Series) -> float:
    return float(np.median((s.sg[np.isfinite(s.sg)][-9:] - 1) * 1000))


def _temperature(series: Sequence[Series], hours: Floats, own: Floats, notes: list[str]) -> Floats:
    """At each hour the median over the sources that agree, by the hour; a probe that stands apart is named."""
    rows, names = [], []
    for s in series:
        warm = np.isfinite(s.temp_c)
        if warm.sum() >= 1:
            index, n = cell_index(s.hours[warm])
            at, value = cell_medians(s.hours[warm], index, n), cell_medians(s.temp_c[warm], index, n)
            near = (
                np.abs(at[np.abs(np.subtract.outer(hours, at)).argmin(1)] - hours) if n < 400 else np.zeros(len(hours))
            )
            row = np.interp(hours, at, value, left=np.nan, right=value[-1])
            rows.append(np.where(near > 12.0, np.nan, row))
            names.append(s.source)
    if not rows:
        return own
    table = np.stack(rows)
    with np.errstate(all="ignore"):
        counted = np.isfinite(table).any(0)
        middle = np.full(len(hours), np.nan)
        middle[counted] = np.nanmedian(table[:, counted], axis=0)
        if len(rows) >= 3:
            off = np.abs(table - middle) > APART_C
            for name, row in zip(names, off, strict=True):
                if row[-1]:
                    notes.append(f"{name}: temperature is left out, more than {APART_C:.0f} °C from the others.")
            table = np.where(off, np.nan, table)
            counted = np.isfinite(table).any(0)
            middle[counted] = np.nanmedian(table[:, counted], axis=0)
    return middle


def drifts(lead: Series, hands: Sequence[Series]) -> list[Drift]:
    """Hand readings more than 2 points off the float of the same hours: each proposes a dated correction.

    Only a proposal: nothing is corrected until a person accepts it, and both lines stay.
    """
    found = []
    good = np.isfinite(lead.sg)
    for hand in hands:
        for h, g in zip(hand.hours, hand.sg, strict=True):
            near = good & (np.abs(lead.hours - h) <= 2.0)
            if not np.isfinite(g) or not near.any():
                continue
            points = float((g - np.median(lead.sg[near])) * 1000)
            if abs(points) > DRIFT_POINTS:
                side = "over" if points < 0 else "under"
                found.append(
                    Drift(
                        source=lead.source,
                        from_hours=float(h),
                        points=points,
                        sentence=f"{lead.source} reads {abs(points):.1f} points {side} the hand reading",
                    )
                )
    return found
