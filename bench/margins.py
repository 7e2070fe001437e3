"""Margins of the prior beside those of real fermentations, by kind of log: `python -m bench.margins --name before`.

Both are measured with the outside definition of the end (`scoring/score.py` beside the real series): the simulated logs
go through the very same function, reading by reading. Only quantiles of a whole group are compared, never one series,
and of real logs nothing else is kept.
Each run is kept in bench/margins.json by its name; the table in docs/prior.md shows real, before, after and again.
"""

import argparse
import csv
import importlib.util
import json
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import numpy as np

from cellarhand.domain import Kind
from cellarhand.simulate.prior import DEVICES, Fermentations, draw
from cellarhand.simulate.prior.document import page

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared"
KEPT = ROOT / "bench" / "margins.json"
PAGE = ROOT / "docs" / "prior.md"
BEGIN, END = "<!-- margins: begin -->", "<!-- margins: end -->"
LEVELS = (0.05, 0.5, 0.95)
BEERS = (Kind.ALE, Kind.LAGER, Kind.KETTLE_SOUR, Kind.LOW_ALCOHOL, Kind.STA1)
WEIGHTS = {Kind.ALE: 15, Kind.LAGER: 3, Kind.KETTLE_SOUR: 2, Kind.LOW_ALCOHOL: 1, Kind.STA1: 1}  # in batches drawn
NAMES = {
    "duration": "pitch to end, h",
    "attenuation": "attenuation at the end",
    "half": "half the drop ÷ duration",
    "ninety": "90 % of the drop ÷ duration",
    "tail": "log goes on after the end, h",
    "creep": "points lost after the end",
    "noise": "noise of a reading, points",
    "gap": "longest gap, h",
    "per_day": "readings a day",
    "seen": "end seen, share of logs",
}


def definitions() -> ModuleType:
    """The outside definition of truth, as code."""
    spec = importlib.util.spec_from_file_location("score", SHARED / "scoring" / "score.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


Series = tuple[np.ndarray, np.ndarray, float]  # hours, sg, pitched_at


def real(score: ModuleType) -> Iterator[Series]:
    """Every real series with the pitch in its own hours."""
    with (SHARED / "data" / "INDEX.csv").open() as file:
        for row in csv.DictReader(file):
            hours, sg, _ = score.read(SHARED / "data" / "fermentations" / f"{row['id']}.csv")
            yield hours, sg, float(row.get("pitch_at_h") or 0.0)


def simulated(score: ModuleType, seed: int) -> Iterator[Series]:
    """Logs of beers by each device, on the clock of their first reading, as the real ones are kept."""
    rng = np.random.default_rng(seed)
    for device in DEVICES[:3]:  # the real manual logs are a density meter's
        for kind in BEERS:
            yield from logs(draw(rng, breweries=5 * WEIGHTS[kind], brands=3, batches=1, kinds=[kind],
                                 finest_h=0.25, device=device))  # fmt: skip


def logs(f: Fermentations) -> Iterator[Series]:
    """Each batch's log without the glass beside a sensor."""
    for k in range(len(f)):
        r = f.readings.of(k)
        r = r.where(r.by_hand == f.sensors.by_hand[k])
        if len(r.hours) >= 4:
            pitch = 0.0 if r.precision_h[0] else max(f.pitched_at[k] - r.hours[0], -48.0)
            yield r.hours - r.hours[0], r.sg, pitch


def measured(hours: np.ndarray, sg: np.ndarray, pitch: float, score: ModuleType) -> dict[str, float]:
    """What one series adds to the margins."""
    points = (sg - 1.0) * 1000.0
    step = np.diff(hours)
    found = {"per_day": 24.0 * len(hours) / max(hours[-1] - hours[0], 24.0), "gap": float(step.max())}
    if not score.is_manual(hours):
        bend = np.diff(points, 2)
        found["noise"] = float(1.4826 * np.median(np.abs(bend - np.median(bend))) / np.sqrt(6.0))
    end = score.truth(hours, sg)
    found["seen"] = float(end is not None)
    if end is None:
        return found
    a, b, fg = end
    final = (fg - 1.0) * 1000.0
    top = float(points[:3].max() if score.is_manual(hours) else np.median(points[:3]))
    duration = max((a + b) / 2.0 - pitch, 1.0)
    half, ninety = (float(hours[np.argmax(points <= top - x * (top - final))]) - pitch for x in (0.5, 0.9))
    late = points[hours >= b]
    found |= {"duration": duration, "half": half / duration, "ninety": ninety / duration}
    found |= {"attenuation": (top - final) / top, "tail": float(hours[-1] - b)}
    found["creep"] = float(np.median(late[:3]) - np.median(late[-3:]))
    return found


def margins(series: Iterator[Series], score: ModuleType) -> dict[str, dict[str, list[float]]]:
    """Quantiles by kind of log and margin, with the count last; `seen` is a mean."""
    groups: dict[str, list[dict[str, float]]] = {"dense": [], "manual": []}
    for hours, sg, pitch in series:
        groups["manual" if score.is_manual(hours) else "dense"].append(measured(hours, sg, pitch, score))
    out: dict[str, dict[str, list[float]]] = {}
    for kind, rows in groups.items():
        out[kind] = {}
        for name in NAMES:
            values = np.array([row[name] for row in rows if name in row])
            if len(values):
                middle = [values.mean()] if name == "seen" else np.quantile(values, LEVELS)
                out[kind][name] = [*(round(float(v), 4) for v in middle), len(values)]
    return out


def table(kept: dict[str, dict[str, dict[str, list[float]]]]) -> str:
    """5 % · median · 95 % of each margin, side by side."""
    runs = [name for name in ("real", "before", "after", "again") if name in kept]
    lines = [f"| log | margin | {' | '.join(runs)} |", "|---|---|" + "---|" * len(runs)]
    for kind in ("dense", "manual"):
        for name, words in NAMES.items():
            cells = [_cell(kept[run][kind][name]) if name in kept[run].get(kind, {}) else "–" for run in runs]
            lines.append(f"| {kind} | {words} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _cell(v: list[float]) -> str:
    return " · ".join(f"{x:.3g}" for x in v[:-1]) + f" (n={v[-1]:.0f})"


def main() -> None:
    """Measures, keeps by name, writes the page; with `--name none` only the page, from what is kept."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--name", choices=["before", "after", "again", "none"], default="again")
    parser.add_argument("--seed", type=int, default=20)
    given = parser.parse_args()
    kept = json.loads(KEPT.read_text()) if KEPT.exists() else {}
    if given.name != "none":
        score = definitions()
        kept = {"real": margins(real(score), score)} | kept
        kept[given.name] = margins(simulated(score, given.seed), score)
        KEPT.write_text(json.dumps(kept, indent=1) + "\n")
    text = PAGE.read_text()
    before, rest = text.split(BEGIN)
    text = f"{before}{BEGIN}\n\n{table(kept)}\n\n{END}{rest.split(END)[1]}"
    PAGE.write_text(page(text))
    print(table(kept))


if __name__ == "__main__":
    main()
