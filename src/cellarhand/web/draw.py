"""Curves and fans as shapes: SVG paths for the cards, series for the large chart."""

from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any

import numpy as np

from cellarhand.domain import Floats, Forecast
from cellarhand.units import f_from_c, plato_from_sg
from cellarhand.web.ports import TankNow
from cellarhand.web.show import Taste
from cellarhand.web.told import SURE, stuck

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
    words: str = ""
    ends: str = ""
    days: tuple[tuple[float, str], ...] = field(default=())


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
    return Spark(
        observed=_line(x(seen_h), y(seen)),
        latest=_dot(float(x(seen_h)[-1]), float(y(seen)[-1])) if len(seen) else "",
        bands=(bands[0], bands[1], bands[2]),
        expected=_line(at, y(fan[:, 3])),
        when="" if _over(view) else _line(at, bell) + f"L{at[-1]:.1f},{FLOOR}L{at[0]:.1f},{FLOOR}Z",
        words=f"gravity from {taste.sg(float(seen[0]) if len(seen) else curve.og)} to {taste.sg(curve.level)}",
        ends=taste.sg(float(forecast.final_gravity.quantile(0.5))),
        days=_days(curve.at(start), curve.at(end), taste),
    )


def _over(view: TankNow) -> bool:
    """Nothing is waited for: it is at rest, or stands still."""
    return stuck(view) or (view.forecast is not None and view.forecast.p_done >= SURE)


def _days(start: datetime | None, end: datetime | None, taste: Taste, most: int = 5) -> tuple[tuple[float, str], ...]:
    """Midnights of the viewer's zone as shares of the width, in per cent, with their dates: not more than `most`."""
    if start is None or end is None:
        return ()
    first, whole = taste.local(start).date() + timedelta(days=1), (end - start) / timedelta(days=1)
    step = next((d for d in (1, 2, 3, 7, 14, 28) if whole / d <= most), 91)
    found = []
    for k in range(0, int(whole) + 2, step):
        midnight = datetime.combine(first + timedelta(days=k), time(), taste.zone)
        share = 100.0 * ((midnight - start) / (end - start))
        if 6.0 <= share <= 94.0:
            found.append((round(share, 2), f"{midnight:%a} {midnight.day}"))
    return tuple(found)


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


def chart(view: TankNow, said: list[Forecast], events: list[dict[str, Any]], taste: Taste) -> dict[str, Any]:
    """Series of the large chart in the viewer's units; times are seconds since 1970, gaps are null."""
    curve, forecast = view.curve, view.forecast
    if curve is None or forecast is None or curve.started_at is None or view.batch is None:
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
        "when": [0.0 if _over(view) else round(float(d), 6) for d in _density(view, ahead)],
        "over": ("no end in sight" if stuck(view) else "at rest: nothing left to wait for") if _over(view) else "",
        "born": view.batch.id,
        "now": round(zero + 3600.0 * curve.now),
        "events": [{"at": round(e["at"].timestamp()), "kind": e["kind"]} for e in events],
        "said": [_said(name, f, taste, stuck(view)) for name, f in ladder_of(said, view.batch.hour_zero)[:-1][-4:]],
        "unit": {"gravity": "°P" if taste.gravity == "plato" else "SG", "temp": f"°{taste.temperature}"},
        "zone": str(taste.zone),
    }


def _gravity(sg: float, taste: Taste) -> float:
    return plato_from_sg(sg) if taste.gravity == "plato" else sg


def _said(name: str, forecast: Forecast, taste: Taste, still: bool) -> dict[str, Any]:
    """An earlier forecast: when it spoke, the 80 % interval that it gave, and the gravity that it expected."""
    at, hours = forecast.as_of_at, forecast.fan.times
    edges = [forecast.done_at(p) for p in (0.1, 0.5, 0.9)]
    expected = forecast.gravity_at(hours).quantile(0.5)
    return {
        "name": name,
        "as_of": round(at.timestamp()) if at else None,
        "done": [round(e.timestamp()) if e else None for e in edges],
        "over": ("standing still" if still else "done") if forecast.p_done >= SURE else "",
        "path": [
            [round((at + timedelta(hours=float(h))).timestamp()), round(_gravity(float(g), taste), 5)]
            for h, g in zip(hours, expected, strict=True)
            if at
        ],
    }


def ladder_of(said: list[Forecast], zero: datetime) -> list[tuple[str, Forecast]]:
    """What it said when: after one day, two, three … and now."""
    picked: list[tuple[str, Forecast]] = []
    for days in (1, 2, 3, 4, 5, 7, 10, 14):
        before = [f for f in said if f.as_of_at and f.as_of_at <= zero + timedelta(days=days)]
        if before and before[-1] is not said[-1] and (not picked or before[-1] is not picked[-1][1]):
            picked.append((f"day {days}", before[-1]))
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


@dataclass(frozen=True)
class Ahead:
    """One line of the fan's table twin: the median and both edges of the 80 % interval."""

    at: datetime
    sg: float
    low: float
    high: float


def rows_ahead(view: TankNow, most: int = 12) -> list[Ahead]:
    """The fan as a table, soonest first."""
    if view.forecast is None or view.forecast.as_of_at is None:
        return []
    hours = _ahead(view)[:: max(len(_ahead(view)) // most, 1)]
    said = view.forecast.gravity_at(hours).quantile(np.array([0.5, 0.1, 0.9]))
    zero = view.forecast.as_of_at
    return [Ahead(zero + timedelta(hours=float(h)), *map(float, row)) for h, row in zip(hours, said, strict=True)]
