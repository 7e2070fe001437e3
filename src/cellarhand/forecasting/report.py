"""A back-test as a page: tables with counts, and pictures. Drawing lives here, numbers come from elsewhere."""

import html
import io
from collections.abc import Sequence
from typing import Any

import numpy as np

from cellarhand.forecasting.backtest import CLOCK, Row, skill
from cellarhand.metrics import calibration

_COLUMNS = (
    "kind",
    "cut",
    "who",
    "batches",
    "h left",
    "median err",
    "CRPS",
    "log",
    "Winkler",
    "80 % share",
    "fg err",
    "P(done)",
)
_STYLE = (
    "body{font:16px/1.5 system-ui;max-width:70rem;margin:2rem auto;padding:0 1rem;background:#f7f5f1;color:#1d2226}"
    "table{border-collapse:collapse;font-variant-numeric:tabular-nums}"
    "td,th{padding:.2rem .8rem .2rem 0;text-align:right;border-bottom:1px solid #ddd}"
    "td:nth-child(-n+3),th:nth-child(-n+3){text-align:left}svg{max-width:100%;height:auto}"
)


def table_of(rows: Sequence[Row]) -> list[list[str]]:
    """One line a kind, cut and forecaster: medians and means over batches, with how many batches there are."""
    groups: dict[tuple[str, str, str], list[Row]] = {}
    for row in rows:
        groups.setdefault((row["kind"], row["cut"], row["who"]), []).append(row)

    def mean(found: Sequence[Row], name: str) -> float:
        return float(np.mean([r[name] for r in found]))

    def median(found: Sequence[Row], name: str) -> float:
        return float(np.median([r[name] for r in found]))

    return [
        [
            kind, cut, who, str(len(found)), f"{median(found, 'left'):.0f}", f"{median(found, 'err'):.1f}",
            f"{mean(found, 'crps'):.1f}", f"{mean(found, 'logp'):.2f}", f"{mean(found, 'win'):.0f}",
            f"{mean(found, 'cov'):.2f}", f"{median(found, 'fg_err'):.1f}", f"{mean(found, 'p_done'):.2f}",
        ]
        for (kind, cut, who), found in sorted(groups.items(), key=lambda g: _order(rows, g[0]))
    ]  # fmt: skip


def _order(rows: Sequence[Row], key: tuple[str, str, str]) -> tuple[int, int, int]:
    kinds = list(dict.fromkeys(r["kind"] for r in rows))
    whos = list(dict.fromkeys(r["who"] for r in rows))
    return kinds.index(key[0]), _cut_order(key[1]), whos.index(key[2])


def _cut_order(cut: str) -> int:
    if cut == "after":
        return 9_999
    number, unit = cut.split(" ", 1)
    return int(number) + {"h": 0, "%": 1_000, "readings": 0}[unit]


def html_report(rows: Sequence[Row], rungs: Sequence[str], *, history: bool) -> str:
    """One self-contained page: skill with bands, the table, reliability of P(done), error by cut."""
    said = "with the brewery's earlier batches as history" if history else "without history"
    parts = [
        "<!doctype html><html lang=en><meta charset=utf-8><title>Back-test</title>",
        f"<style>{_STYLE}</style>",
        f"<h1>Back-test, {said}</h1>",
        "<p>Finished batches replayed through the live path as of earlier hours. Skill is 1 − CRPS / CRPS of other "
        "batches' durations given “not yet”; bands are 90 % by resampling batches.</p>",
        _skill_table(rows, rungs),
        f"<h2>Error by cut</h2>{_error_picture(rows, rungs)}",
        f"<h2>Said to be done, and was it?</h2>{_reliability_picture(rows, rungs)}",
        f"<h2>Every cut</h2>{_html_table(_COLUMNS, table_of(rows))}",
    ]
    return "\n".join(parts)


def _skill_table(rows: Sequence[Row], rungs: Sequence[str]) -> str:
    lines = []
    for who in rungs:
        crps, logp = skill(rows, who), skill(rows, who, value="logp")
        for kind in crps:
            cov = [float(r["cov"]) for r in rows if r["who"] == who and r["kind"] == kind]
            lines.append([who, kind, str(crps[kind]), str(logp[kind]), f"{np.mean(cov):.0%}"])
    return _html_table(("rung", "kind", "skill, CRPS", "log score", "80 % share"), lines)


def _html_table(head: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    def cells(tag: str, line: Sequence[str]) -> str:
        return "<tr>" + "".join(f"<{tag}>{html.escape(c)}</{tag}>" for c in line) + "</tr>"

    return "<table>" + cells("th", head) + "".join(cells("td", line) for line in lines) + "</table>"


def _picture(draw: Any, panels: int) -> str:
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(1, panels, figsize=(5.5 * panels, 3.6), squeeze=False)
    draw(axes[0])
    figure.tight_layout()
    out = io.StringIO()
    figure.savefig(out, format="svg")
    plt.close(figure)
    return out.getvalue()[out.getvalue().index("<svg") :]


def _error_picture(rows: Sequence[Row], rungs: Sequence[str]) -> str:
    kinds = list(dict.fromkeys(str(r["kind"]) for r in rows))

    def draw(axes: Any) -> None:
        for axis, kind in zip(axes, kinds, strict=True):
            names = sorted({str(r["cut"]) for r in rows if r["kind"] == kind}, key=_cut_order)
            for who in (CLOCK, *rungs):
                means = [
                    np.mean([r["crps"] for r in rows if (r["kind"], r["cut"], r["who"]) == (kind, c, who)])
                    for c in names
                ]
                axis.plot(names, means, "o-", label=who, linewidth=1.2, markersize=4)
            axis.set(title=f"{kind}: CRPS in hours", ylim=(0, None))
            axis.tick_params(axis="x", rotation=40)
            axis.legend(fontsize=8)

    return _picture(draw, len(kinds))


def _reliability_picture(rows: Sequence[Row], rungs: Sequence[str]) -> str:
    def draw(axes: Any) -> None:
        axes[0].plot([0, 1], [0, 1], color="#999999", linewidth=1)
        for who in rungs:
            known = [r for r in rows if r["who"] == who and (r["done"] or r["sure"] == r["sure"])]
            found = calibration([r["p_done"] for r in known], [r["done"] for r in known], 6)
            axes[0].errorbar(
                [b.said for b in found], [b.happened for b in found],
                yerr=[[b.happened - b.low for b in found], [b.high - b.happened for b in found]],
                fmt="o-", capsize=2, linewidth=1, markersize=4, label=f"{who}, n={len(known)}",
            )  # fmt: skip
        axes[0].set(xlabel="P(done) said", ylabel="was done", xlim=(0, 1), ylim=(0, 1))
        axes[0].legend(fontsize=8)

    return _picture(draw, 1)
