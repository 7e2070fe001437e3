"""Parts of the skill report on honesty: where in the forecast the end fell, whether "done" was done, and ablations."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from cellarhand.forecasting.backtest import Log, Row, backtest, skill
from cellarhand.metrics import calibration

FIFTHS = np.linspace(0.0, 1.0, 6)
ABLATED = "neural"


def where_it_fell(rows: Sequence[Row], who: str, kind: str) -> list[float]:
    """Shares of the checks before the end whose end fell in each fifth of what was said; an end known as an interval
    is spread over the shares that it covers. 20 % each for a perfect forecaster.
    """
    found = np.zeros(5)
    mine = [r for r in rows if r["who"] == who and r["kind"] == kind and not r["done"]]
    for row in mine:
        low, high = row["before"], max(row["by"], row["before"] + 1e-9)
        inside = np.clip(np.minimum(high, FIFTHS[1:]) - np.maximum(low, FIFTHS[:-1]), 0.0, None)
        found += inside / max(inside.sum(), 1e-12)
    return [float(x) for x in found / max(len(mine), 1)]


def fell_lines(found: dict[str, list[Row]], who: str) -> list[str]:
    """The table of `where_it_fell`."""
    lines = ["| series | history | first fifth | second | third | fourth | last |", "|---|---|--:|--:|--:|--:|--:|"]
    for kind in ("dense", "manual"):
        for history, rows in found.items():
            cells = " | ".join(f"{x:.0%}" for x in where_it_fell(rows, who, kind))
            lines.append(f"| {kind} | {history} | {cells} |")
    return lines


def done_lines(rows: Sequence[Row], who: str) -> list[str]:
    """P(done) as said, by equal counts, beside how often it was done, with Wilson bands."""
    lines = ["| series | P(done) said | was done | 90 % band | checks |", "|---|--:|--:|--:|--:|"]
    for kind in ("dense", "manual"):
        mine = [r for r in rows if r["who"] == who and r["kind"] == kind and (r["done"] or r["sure"] == r["sure"])]
        for b in calibration([r["p_done"] for r in mine], [r["done"] for r in mine], 6):
            lines.append(f"| {kind} | {b.said:.2f} | {b.happened:.2f} | {b.low:.2f} … {b.high:.2f} | {b.count} |")
    return lines


def ablation_lines(logs: Sequence[Log]) -> list[str]:
    """What the net's skill is without an input: temperature taken away, the pitch untold."""
    changed = {
        "all that was read": list(logs),
        "without temperature": [replace(log, temp_c=np.full(len(log.hours), np.nan)) for log in logs],
        "only the first reading's hour as pitch": [replace(log, pitched_at=float(log.hours[0])) for log in logs],
        "without brand and style": [replace(log, brand=None, style=None) for log in logs],
    }
    lines = ["| `neural` is told | sensors | logs by hand | sensors, history | logs by hand, history |"]
    lines.append("|---|--:|--:|--:|--:|")
    for name, some in changed.items():
        cells = []
        for history in (False, True):
            by_kind = skill(backtest(some, [ABLATED], history=history), ABLATED)
            cells += [
                f"{by_kind[k].value:.2f} ({by_kind[k].low:.2f} … {by_kind[k].high:.2f})" for k in ("dense", "manual")
            ]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return lines
