"""The named inputs of the learned rungs: what is known of a curve at its `now`, and of an hour ahead of it.

One place makes them for learning and for speaking, so that the two can't drift apart.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from cellarhand.curve import flat_for
from cellarhand.domain import Curve, Floats
from cellarhand.forecasting.usual import Usual

SOON_H = 24.0  # what is seen now fades as a guide to the hours ahead
LEAST_FALL = 0.3  # points a day: slower says nothing about when it will be done
RECENT_H = 48.0
_FEW = 2

# At `now`: shares, points, hours, °C, yes = 1. nan is "unknown".
NOW = ("elapsed", "usual", "to go", "attenuation", "drop left", "fall", "flat", "age", "temperature", "by hand", "og")


def snapshot(curve: Curve, like: Usual) -> dict[str, float]:
    """`NOW` by name, for a curve at its `now` and what is usual for such a beer.

    >>> from cellarhand.forecasting.usual import usual
    >>> bare = Curve(now=12.0)
    >>> found = snapshot(bare, usual(bare, []))
    >>> found["elapsed"], found["attenuation"], tuple(found) == NOW
    (12.0, nan, True)
    """
    unknown = float("nan")
    og = unknown if curve.og is None else (curve.og - 1.0) * 1000.0
    level = unknown if curve.level is None else (curve.level - 1.0) * 1000.0
    after = int((curve.hours >= curve.pitched_at).sum())
    share = unknown if curve.attenuation is None else float(np.clip(curve.attenuation, -0.2, 1.2))
    whole = max(og - like.final, 2.0)
    return {
        "elapsed": max(curve.elapsed, 0.0),
        "usual": like.hours,
        "to go": level - like.final,
        "attenuation": share,
        "drop left": float(np.clip((level - like.final) / whole, -0.5, 1.2)),
        "fall": float(np.clip(-curve.rate[-1], 0.0, 40.0)) if after >= _FEW else unknown,
        "flat": min(flat_for(curve), max(curve.elapsed, 0.0), 96.0) if after >= _FEW else unknown,
        "age": curve.now - float(curve.hours[-1]) if len(curve.hours) else unknown,
        "temperature": _warmth(curve),
        "by hand": float(curve.manual),
        "og": og,
    }


def _warmth(curve: Curve) -> float:
    recent = curve.temp_c[(curve.hours > curve.now - RECENT_H) & np.isfinite(curve.temp_c)]
    return float(np.median(recent)) if len(recent) else float("nan")


def stacked(snapshots: Sequence[Mapping[str, float]]) -> dict[str, Floats]:
    """Snapshots (n) as columns by name, each (n,)."""
    return {name: np.array([s[name] for s in snapshots], float) for name in NOW}


def ahead(now: Mapping[str, Floats], hours: Floats) -> dict[str, Floats]:
    """Columns of the hazard at `hours` (n,) after rows of `NOW` (n,): what the linear score is a sum of.

    The clock is the log of hours since the pitch over what is usual; the pace is the log of hours ahead over how long
    the points to go take at the present fall. Both may bend, so that the hazard can rise and level off.
    """
    clock = np.log(np.maximum(now["elapsed"] + hours, 1.0) / now["usual"])
    drop, fall = now["drop left"], np.log1p(now["fall"])
    last = np.log1p(np.maximum(now["to go"] - 1.0, 0.0))
    needed = 24.0 * np.maximum(now["to go"], 1.0) / np.maximum(now["fall"], LEAST_FALL)
    pace = np.clip(np.log((hours + 3.0) / needed), -5.0, 3.0)
    soon = np.exp(-hours / SOON_H)
    return {
        "clock": clock,
        "clock past half": np.maximum(clock + np.log(2.0), 0.0),
        "clock past usual": np.maximum(clock, 0.0),
        "clock past double": np.maximum(clock - np.log(2.0), 0.0),
        "hours ahead": np.log1p(hours / SOON_H),
        "soon": soon,
        "elapsed": np.log1p(now["elapsed"] / 24.0),
        "elapsed × soon": np.log1p(now["elapsed"] / 24.0) * soon,
        "pace": pace,
        "pace past due": np.maximum(pace, 0.0),
        "points left": last,
        "drop left": drop,
        "attenuation": now["attenuation"],
        "fall": fall,
        "flat": now["flat"],
        "reading age": np.log1p(np.clip(now["age"], 0.0, 240.0)),
        "temperature": now["temperature"],
        "by hand": now["by hand"],
        "original gravity": now["og"],
        "usual hours": np.log(now["usual"]),
        "points left × soon": last * soon,
        "drop left × soon": drop * soon,
        "fall × soon": fall * soon,
        "flat × soon": now["flat"] * soon,
        "by hand × soon": now["by hand"] * soon,
    }
