"""One log file as one batch: for `cellarhand forecast` and the back-test."""

import csv
import gzip
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from cellarhand.curve import Curve
from cellarhand.domain import Curve as CurveRecord
from cellarhand.domain import Floats, Forecast, Refused
from cellarhand.forecasting.backtest import Log
from cellarhand.move import LogBatch, open_log
from cellarhand.store.times import moment
from cellarhand.units import sg_from_plato

_HOUR_US = 3_600_000_000.0


def read_log(path: Path, zone: str = "UTC") -> Log:
    """The one batch of a log. Raises Refused for a file that is missing, has several batches, or no gravity."""
    if not path.is_file():
        raise Refused("a log file exists", str(path), "is the path right?")
    plain = _with_hours(path, zone)
    if plain is not None:
        return plain
    found = open_log(path, zone=zone)
    batches = [b for b in found.batches if len(b)]
    if len(batches) != 1:
        names = ", ".join(b.name for b in batches[:5]) or "none with a value in it"
        raise Refused("a forecast is of one batch", f"{len(batches)} batches", f"the file has {names}")
    return _from_batch(path, batches[0])


def _from_batch(path: Path, batch: LogBatch) -> Log:
    if "sg" not in batch.channels:
        raise Refused("a log has a gravity", ", ".join(batch.channels), "is the column named sg, plato or gravity?")
    at = np.array(batch.observed_at_us, float)
    zero = moment(int(at[0]))
    pitched = 0.0 if batch.pitched_at is None else max((batch.pitched_at - zero) / timedelta(hours=1), 0.0)
    sg = _column(batch.channels["sg"])
    return Log(
        id=path.name.removesuffix(".gz").removesuffix(".csv"),
        brewery=path.name.split("__")[0],
        hours=(at - at[0]) / _HOUR_US,
        sg=sg,
        temp_c=_column(batch.channels.get("temp_c", [None] * len(at))),
        pitched_at=pitched,
        started_at=zero,
        brand=batch.brand,
        style=batch.style,
        words={"og": batch.og} if batch.og is not None else {},
    )


def _column(values: Iterable[float | None]) -> Floats:
    return np.array([np.nan if v is None else v for v in values], float)


def _with_hours(path: Path, zone: str) -> Log | None:
    """A log that has its own hours: they are taken as they stand, to the last digit. None for any other."""
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8", errors="replace", newline="") as handle:
        rows = csv.DictReader(handle)
        names = {n.strip().lower() for n in rows.fieldnames or ()}
        if not {"hours"} <= names or not names & {"sg", "plato"}:
            return None
        table = [_named(row, rows.line_num) for row in rows]
    hours = _numbers(table, "hours")
    sg = _numbers(table, "sg") if "sg" in names else np.array([sg_from_plato(p) for p in _numbers(table, "plato")])
    keep = np.isfinite(hours) & np.isfinite(sg)
    temp = _numbers(table, "temp_c")
    first = next((row for row in table if row.get("timestamp")), {})
    return Log(
        id=path.name.removesuffix(".gz").removesuffix(".csv"),
        brewery=path.name.split("__")[0],
        hours=hours[keep],
        sg=sg[keep],
        temp_c=temp[keep],
        pitched_at=_pitch(table, hours),
        started_at=_zero(first.get("timestamp", ""), hours, zone),
        brand=_first(table, "x_product") or _first(table, "brand"),
        style=_first(table, "x_style") or _first(table, "style"),
    )


def _named(row: dict[str | Any, Any], line: int) -> dict[str, str]:
    """A row's cells by column; Refused where it has more of them than the header."""
    surplus = row.get(None)
    if surplus and any(surplus):
        raise Refused("a row has as many cells as the header", ", ".join(surplus)[:40], f"line {line} has more")
    return {name.strip().lower(): (value or "").strip() for name, value in row.items() if name is not None}


def _numbers(table: list[dict[str, str]], name: str) -> Floats:
    out = np.full(len(table), np.nan)
    for i, row in enumerate(table):
        text = row.get(name, "")
        if text:
            try:
                out[i] = float(text)
            except ValueError:
                raise Refused(f"{name} is a number", text, f"line {i + 2} has something else") from None
    return out


def _pitch(table: list[dict[str, str]], hours: Floats) -> float:
    """The hour of the pitch, where the log counts hours from it in a column of their own; else 0."""
    since = _numbers(table, "x_hours_from_pitch")
    known = np.flatnonzero(np.isfinite(since) & np.isfinite(hours))
    return max(float(hours[known[0]] - since[known[0]]), 0.0) if len(known) else 0.0


def _zero(stamp: str, hours: Floats, zone: str) -> datetime | None:
    from zoneinfo import ZoneInfo

    if not stamp or not len(hours):
        return None
    try:
        at = datetime.fromisoformat(stamp)
    except ValueError:
        return None
    at = at.replace(tzinfo=ZoneInfo(zone)) if at.tzinfo is None else at
    return at.astimezone(UTC) - timedelta(hours=float(hours[0]) if np.isfinite(hours[0]) else 0.0)


def _first(table: list[dict[str, str]], name: str) -> str | None:
    return next((row[name] for row in table if row.get(name)), None)


def curve_of_log(
    path: Path, *, now: float | None, pitched_at: float | None, zone: str, stated: dict[str, Any]
) -> CurveRecord:
    """The curve of a log as of `now`, with what was stated on the command line over what the file says."""
    log = read_log(path, zone)
    words = {**log.words, **{k: v for k, v in stated.items() if v is not None}}
    return Curve.from_readings(
        log.hours,
        log.sg,
        log.temp_c,
        now=now,
        pitched_at=log.pitched_at if pitched_at is None else pitched_at,
        started_at=log.started_at,
        brand=log.brand,
        style=log.style,
        **words,
    )


def past_of_logs(paths: Iterable[Path], zone: str) -> list[CurveRecord]:
    """Past batches."""
    return [read_log(path, zone).curve() for path in paths]


def tell_forecast(curve: CurveRecord, said: Forecast) -> str:
    """A forecast in a few lines of text."""
    low, median, high = (float(x) for x in said.hours_left.quantile([0.1, 0.5, 0.9]))
    fg = [float(x) for x in said.final_gravity.quantile([0.1, 0.5, 0.9])]
    at = said.done_at(0.5)
    when = f" ({at:%a %d %b %H:%M} UTC)" if at else ""
    share = "–" if curve.attenuation is None else f"{curve.attenuation:.0%}"
    level = "no reading" if curve.level is None else f"{curve.level:.4f}, {share} attenuated"
    lines = [
        f"as of hour {said.as_of:.1f}: {level}",
        f"hours left: {median:.0f}{when}; 80 %: {low:.0f} – {high:.0f}",
        f"already done: {said.p_done:.0%}",
        f"final gravity: {fg[1]:.4f}; 80 %: {fg[0]:.4f} – {fg[2]:.4f}",
        f"rung: {said.rung}",
    ]
    aside = len(curve.set_aside)
    if aside:
        lines.append(f"set aside: {aside} readings ({', '.join(sorted({a.reason for a in curve.set_aside}))})")
    return "\n".join([*lines, *said.notes, *curve.notes])


def draw_forecast(curve: CurveRecord, said: Forecast, path: Path) -> None:
    """Curve and fan as a picture."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    figure, axis = plt.subplots(figsize=(9, 4.5))
    ahead = np.linspace(0, max(float(np.nan_to_num(said.hours_left.quantile(0.9), posinf=200.0)) * 1.2, 24.0), 60)
    fan = said.gravity_at(ahead).quantile([0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975])
    for k, shade in ((0, 0.15), (1, 0.22), (2, 0.3)):
        axis.fill_between(curve.now + ahead, fan[:, k], fan[:, 6 - k], color="#c9741a", alpha=shade, linewidth=0)
    axis.plot(curve.hours, curve.sg, ".", color="#b4640c", markersize=3, alpha=0.4)
    axis.plot(curve.hours, curve.smooth, color="#b4640c")
    axis.plot(curve.now + ahead, fan[:, 3], "--", color="#b4640c")
    aside = curve.set_aside
    axis.plot([a.hours for a in aside], [a.sg for a in aside], "x", color="#888888", markersize=4)
    axis.axvline(curve.now, color="#555555", linestyle=":", linewidth=1)
    axis.set(xlabel="hours", ylabel="gravity, SG", title=f"rung {said.rung}: gravity so far and expected (50/80/95 %)")
    figure.tight_layout()
    try:
        figure.savefig(path, dpi=130)
    except (OSError, ValueError) as error:
        raise Refused("a picture can be written", str(path), str(error)) from None
    finally:
        plt.close(figure)
