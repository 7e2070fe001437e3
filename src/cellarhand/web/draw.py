"""Curves and fans as shapes: SVG paths for the cards, series for the large chart."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from cellarhand.domain import Floats
from cellarhand.units import f_from_c, plato_from_sg
from cellarhand.web.ports import TankNow
from cellarhand.web.show import Taste
from cellarhand.web.told import finite, stuck

BANDS = (0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975)
WIDTH, HEIGHT, FLOOR = 346.0, 96.0, 112.0
MOST_POINTS = 160


@dataclass(frozen=True)
class Spark:
    """SVG path data of a card: observed line, latest reading, fan, expected line, and when it will be done."""

    observed: str = ""
    latest: str = ""
    bands: tuple[str, str, str] = ("", "", "")
    expected: str = ""
    when: str = ""
    now_x: float = 0.0
    words: str = ""
    low: float = 1.0
    high: float = 1.05
    marks: tuple[tuple[float, str], ...] = field(default=())


def spark(view: TankNow, taste: Taste) -> Spark:
    """The card's picture; empty for a tank without beer."""
    curve, forecast = view.curve, view.forecast
    if curve is None or forecast is None:
        return Spark()
    ahead = _ahead(view)
    fan = forecast.gravity_at(ahead).quantile(np.array(BANDS))
    seen_h, seen = _thin(curve.hours, curve.smooth)
    start = min(float(seen_h[0]) if len(seen_h) else 0.0, curve.pitched_at)
    end = curve.now + float(ahead[-1])
    top = max(float(seen.max()) if len(seen) else 0.0, float(fan[:, 3].max()), curve.og or 0.0) + 0.002
    bottom = min(float(fan[:, 0].min()), float(seen.min()) if len(seen) else 2.0) - 0.002

    def x(hours: Floats) -> Floats:
        return np.asarray((hours - start) / max(end - start, 1.0) * WIDTH)

    def y(sg: Floats) -> Floats:
        return np.asarray((top - sg) / max(top - bottom, 0.004) * HEIGHT)

    at = x(curve.now + ahead)
    bands = [_band(at, y(fan[:, k]), y(fan[:, 6 - k])) for k in range(3)]
    density = _density(view, ahead)
    bell = FLOOR - 14.0 * density / max(float(density.max()), 1e-9)
    over = forecast.p_done > 0.9 or stuck(view)  # nothing to wait for
    return Spark(
        observed=_line(x(seen_h), y(seen)),
        latest=_dot(float(x(seen_h)[-1]), float(y(seen)[-1])) if len(seen) else "",
        bands=(bands[0], bands[1], bands[2]),
        expected=_line(at, y(fan[:, 3])),
        when="" if over else _line(at, bell) + f"L{at[-1]:.1f},{FLOOR}L{at[0]:.1f},{FLOOR}Z",
        now_x=float(x(np.array([curve.now]))[0]),
        words=f"gravity from {taste.sg(float(seen[0]) if len(seen) else curve.og)} to {taste.sg(curve.level)}",
        low=bottom,
        high=top,
    )


def _ahead(view: TankNow) -> Floats:
    """Hours ahead that the picture shows: to just past the 90 % edge, at least a third of what is behind."""
    assert view.curve is not None and view.forecast is not None
    far = float(view.forecast.hours_left.quantile(0.9))
    behind = max(view.curve.elapsed, 24.0)
    until = float(np.clip(1.15 * (far if np.isfinite(far) else behind), 0.35 * behind, max(3.0 * behind, 240.0)))
    return np.linspace(0.0, until, 40)


def _density(view: TankNow, ahead: Floats) -> Floats:
    assert view.forecast is not None
    mass = view.forecast.hours_left.cdf(ahead)
    density = np.gradient(mass, ahead)
    x = np.arange(-6, 7)
    kernel = np.exp(-0.5 * (x / 2.2) ** 2)
    return np.asarray(np.convolve(np.pad(density, 6, mode="edge"), kernel / kernel.sum(), mode="valid"))


def _thin(hours: Floats, values: Floats) -> tuple[Floats, Floats]:
    step = max(len(hours) // MOST_POINTS, 1)
    keep = (
        np.unique(np.concatenate([np.arange(0, len(hours), step), [len(hours) - 1]]))
        if len(hours)
        else np.empty(0, int)
    )
    return hours[keep.astype(int)], values[keep.astype(int)]


def _line(x: Floats, y: Floats) -> str:
    return "M" + "L".join(f"{a:.1f},{b:.1f}" for a, b in zip(x, y, strict=True)) if len(x) else ""


def _dot(x: float, y: float) -> str:
    return f"M{x:.1f},{y:.1f}l0.1,0.1"  # a round cap makes a dot of it, round whatever the card's width


def _band(x: Floats, low: Floats, high: Floats) -> str:
    return _line(np.concatenate([x, x[::-1]]), np.concatenate([low, high[::-1]])) + "Z"


def chart(view: TankNow, said: list[Any], events: list[dict[str, Any]], taste: Taste) -> dict[str, Any]:
    """Series of the large chart in the viewer's units; times are seconds since 1970, gaps are null."""
    curve, forecast = view.curve, view.forecast
    if curve is None or forecast is None or curve.started_at is None:
        return {"empty": True}
    zero = curve.started_at.timestamp()
    ahead = _ahead(view)

    def times(hours: Floats) -> list[int]:
        return [round(zero + 3600.0 * float(h)) for h in hours]

    def gravities(values: Floats) -> list[float | None]:
        return [None if not np.isfinite(v) else round(_gravity(float(v), taste), 5) for v in values]

    fan = forecast.gravity_at(ahead).quantile(np.array(BANDS))
    temps = [
        None if not np.isfinite(t) else round(f_from_c(t) if taste.temperature == "F" else t, 2) for t in curve.temp_c
    ]
    return {
        "seen": {
            "at": times(curve.hours),
            "level": gravities(curve.smooth),
            "cell": gravities(curve.sg),
            "temp": temps,
        },
        "aside": [
            {"at": round(zero + 3600.0 * a.hours), "level": _gravity(a.sg, taste), "why": a.reason}
            for a in curve.set_aside
        ],
        "fan": {"at": times(curve.now + ahead), "bands": [gravities(fan[:, k]) for k in range(len(BANDS))]},
        "when": [0.0 if stuck(view) else round(float(d), 6) for d in _density(view, ahead)],
        "now": round(zero + 3600.0 * curve.now),
        "events": [{"at": round(e["at"].timestamp()), "kind": e["kind"]} for e in events],
        "said": [_said(f) for f in _spread(said)],
        "unit": {"gravity": "°P" if taste.gravity == "plato" else "SG", "temp": f"°{taste.temperature}"},
        "zone": str(taste.zone),
    }


def _gravity(sg: float, taste: Taste) -> float:
    return plato_from_sg(sg) if taste.gravity == "plato" else sg


def _said(forecast: Any) -> dict[str, Any]:
    edges = [forecast.done_at(p) for p in (0.1, 0.5, 0.9)]
    return {
        "as_of": round(forecast.as_of_at.timestamp()) if forecast.as_of_at else None,
        "done": [round(e.timestamp()) if e else None for e in edges],
        "p_done": finite(round(forecast.p_done, 3)),
    }


def _spread(said: list[Any], most: int = 60) -> list[Any]:
    step = max(len(said) // most, 1)
    return [f for i, f in enumerate(said) if i % step == 0 or i == len(said) - 1]


def ladder_of(said: list[Any], zero: datetime) -> list[tuple[str, Any]]:
    """What it said when: at 24, 48, 72 … hours and now, newest first."""
    picked: list[tuple[str, Any]] = []
    for hours in (24, 48, 72, 96, 120, 168, 240, 336):
        before = [f for f in said if f.as_of_at and f.as_of_at <= zero + timedelta(hours=hours)]
        if before and before[-1] is not said[-1] and (not picked or before[-1] is not picked[-1][1]):
            picked.append((f"{hours} h" if hours < 120 else f"{hours // 24} days", before[-1]))
    return picked + ([("now", said[-1])] if said else [])


@dataclass(frozen=True)
class Row:
    """One line of the chart's table twin."""

    at: datetime
    sg: float
    se: float
    rate: float
    temp: float


def rows(view: TankNow, most: int = 120) -> list[Row]:
    """The chart as a table, newest first."""
    c = view.curve
    if c is None or c.started_at is None:
        return []
    step = max(len(c.hours) // most, 1)
    zero, hour = c.started_at, timedelta(hours=1)
    columns = zip(c.hours, c.smooth, c.se, c.rate, c.temp_c, strict=True)
    found = [Row(zero + float(h) * hour, float(s), float(e), float(r), float(t)) for h, s, e, r, t in columns]
    return found[::-1][::step]
