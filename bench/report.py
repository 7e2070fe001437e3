"""`make report`: replays every real log there is into docs/forecast-skill.md and build/report.json.

Skill is 1 − CRPS / CRPS of `clock` (other people's durations, given "not yet"), by batch; bands are 90 % by resampling
batches.
"""

import json
import sys
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np

from bench.honesty import ablation_lines, done_lines, fell_lines
from cellarhand.app.judging import read_logs, run
from cellarhand.forecasting import RUNGS, Forecaster
from cellarhand.forecasting.backtest import CLOCK, SHOWN, Log, Row, skill
from cellarhand.metrics import wilson

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared" / "data" / "fermentations"
KINDS, HISTORIES = ("dense", "manual"), ("none", "history")
SURE, STEP_H, PATIENCE_H = 0.9, 2.0, 96.0
Found = dict[str, list[Row]]
INTRODUCTION = """# How wrong it is

Written by `make report` from {dense} series of sensors and {manual} logs kept by hand whose end was seen; nothing in it
is typed. Most sensor series are IPAs of one university's pilot brewery, all logs are of one craft brewery: nothing is
claimed beyond those kinds. Each batch is replayed through the live path as of earlier hours. Skill is 1 − CRPS / CRPS
of `clock` (other people's durations, given “not yet”) with 90 % bands by resampling batches; above 0 is better than
`clock`. `shown` is what a page shows: the rung that the gate lets speak. The 80 % share is 80 % for a perfect
forecaster.
"""
FELL = """Of `shown`, checks before the end. 20 % each for a perfect forecaster; more in the middle is too wide a
forecast, more at both ends too narrow a one, more in the last fifth one that is too early."""
CANNOT = """Untested for want of real series with a seen end: lagers and kveik by sensor, mixed, STA1, cider and mead
altogether, beer of more than two breweries. The checks before the end stop at the end: a log that looks done and goes
on counts against whoever said "done", one that looked done and was is only asked about once."""
COLUMNS = ("rung", "skill", "log score, skill", "80 % share", "Winkler ÷ clock's", "final gravity off at {}, points")
HEAD = "| " + " | ".join((*COLUMNS, "done too early", "done once done")) + " |"


def delay_h(log: Log) -> float:
    """Hours from the true end until P(done) ≥ 0.9 is said, looked at every two hours; inf where it is never said."""
    assert log.ending is not None
    model = Forecaster().fit([])
    for now in np.arange(log.ending.by, min(log.ending.by + PATIENCE_H, float(log.hours[-1])), STEP_H):
        if model.predict([log.curve(float(now))])[0].p_done >= SURE:
            return float(now) - log.ending.by
    return float("inf")


def of_who(rows: Iterable[Row], who: str, kind: str) -> list[Row]:
    """One forecaster's checks of one kind."""
    return [r for r in rows if r["who"] == who and r["kind"] == kind]


def premature(rows: Sequence[Row]) -> tuple[int, int]:
    """(batches called done, P ≥ 0.95, at a time known to be before the end; batches)."""
    early = {r["id"] for r in rows if r["sure"] == r["sure"] and r["sure"] >= 0.95}
    return len(early), len({r["id"] for r in rows})


def figures(found: Found, whos: Sequence[str], delays: Sequence[float]) -> dict[str, Any]:
    """What build/report.json holds: skill, log score, 80 % share, gravity at 48 h, premature ends, delay."""
    out: dict[str, Any] = {
        n: {} for n in ("skill", "log_score", "cover80", "winkler_ratio", "fg_48h", "premature", "after90")
    }
    for kind in KINDS:
        for history, rows in found.items():
            for who in whos:
                mine = of_who(rows, who, kind)
                if not mine:
                    continue
                for name, value in (("skill", "crps"), ("log_score", "logp")):
                    band = skill(rows, who, value=value)[kind]
                    _put(out[name], kind, history, who, [band.value, band.low, band.high, band.n])
                _put(out["cover80"], kind, history, who, round(float(np.mean([r["cov"] for r in mine])), 3))
                clock = float(np.mean([r["win"] for r in of_who(rows, CLOCK, kind)]))
                ours = float(np.mean([r["win"] for r in mine]))
                _put(out["winkler_ratio"], kind, history, who, round(ours / clock, 3))
                at_48 = [r["fg_err"] for r in mine if r["cut"] == ("48 h" if kind == "dense" else "2 readings")]
                _put(out["fg_48h"], kind, history, who, round(float(np.median(at_48)), 2))
                _put(out["premature"], kind, history, who, list(premature(mine)))
                after = [r["p_done"] >= SURE for r in mine if r["done"]]
                _put(out["after90"], kind, history, who, [sum(after), len(after)])
    said = [d for d in delays if np.isfinite(d)]
    out["delay_h"] = {"median": _share(delays, 0.5), "p90": _share(delays, 0.9), "said": len(said), "n": len(delays)}
    return out


def _put(table: dict[str, Any], kind: str, history: str, who: str, value: Any) -> None:
    table.setdefault(kind, {}).setdefault(history, {})[who] = value


def _share(values: Sequence[float], share: float) -> float | None:
    found = float(np.quantile(values, share, method="inverted_cdf")) if len(values) else float("inf")
    return found if np.isfinite(found) else None


def cut_lines(rows: Sequence[Row], kind: str, whos: Sequence[str]) -> list[str]:
    """A table: one line a cut, each forecaster's median error and 80 % share with its Wilson band."""
    cuts = list(dict.fromkeys(r["cut"] for r in rows if r["kind"] == kind))
    order = sorted(
        cuts,
        key=lambda c: (c == "after", not c[0].isdigit(), c.endswith("%"), int(c.split()[0]) if c[0].isdigit() else 0),
    )
    lines = ["| cut | batches | " + " | ".join(f"{w}: h off · 80 % share" for w in whos) + " |"]
    lines.append("|---|--:|" + "--:|" * len(whos))
    for cut in order:
        cells = []
        for who in whos:
            mine = [r for r in of_who(rows, who, kind) if r["cut"] == cut]
            held = float(np.sum([r["cov"] for r in mine]))
            low, high = wilson(round(held), len(mine))
            cells.append(f"{np.median([r['err'] for r in mine]):.0f} · {held / len(mine):.0%} ({low:.0%} – {high:.0%})")
        n = len([r for r in of_who(rows, whos[0], kind) if r["cut"] == cut])
        lines.append(f"| {cut} | {n} | " + " | ".join(cells) + " |")
    return lines


def told(out: dict[str, Any], found: Found, whos: Sequence[str], logs: Sequence[Log]) -> str:
    """docs/forecast-skill.md."""
    dense = len({r["id"] for r in found["none"] if r["kind"] == "dense"})
    manual = len({r["id"] for r in found["none"] if r["kind"] == "manual"})
    lines = [INTRODUCTION.format(dense=dense, manual=manual)]
    names = {"none": "no history", "history": "the brewery's earlier batches as history"}
    for kind in KINDS:
        for history in found:
            lines += [f"## {'Sensors' if kind == 'dense' else 'Logs by hand'}, {names[history]}", ""]
            lines.append(HEAD.format("48 h" if kind == "dense" else "2 readings"))
            lines.append("|---|--:|--:|--:|--:|--:|--:|--:|")
            for who in out["skill"].get(kind, {}).get(history, {}):
                s, g = out["skill"][kind][history][who], out["log_score"][kind][history][who]
                early, n = out["premature"][kind][history][who]
                after = out["after90"][kind][history][who]
                share, ratio, fg = (out[name][kind][history][who] for name in ("cover80", "winkler_ratio", "fg_48h"))
                lines.append(
                    f"| `{who}` | {_band(s)} | {_band(g)} | {share:.0%} | {ratio:.2f} | {fg:.1f} | {early} of {n} "
                    f"| {after[0]} of {after[1]} |"
                )
            lines.append("")
    d = out["delay_h"]
    lines += [
        "## From the true end to “done”", "",
        f"Sensors, looked at every 2 h: P(done) ≥ 0.9 was said for {d['said']} of {d['n']} batches; median delay "
        f"{_hours(d['median'])}, 90 % of them within {_hours(d['p90'])}. The three-day rule takes 72 h and more.", "",
    ]  # fmt: skip
    lines += ["## Where in what was said the end fell", "", *fell_lines(found, SHOWN), "", FELL, ""]
    lines += ["## Said to be done, and was it?", "", *done_lines(found["none"], SHOWN), ""]
    lines += ["## What the net makes of its inputs", "", *ablation_lines(logs), "", CANNOT, ""]
    for kind in KINDS:
        lines += [f"## By cut, no history: {kind}", "", *cut_lines(found["none"], kind, [CLOCK, *whos]), ""]
    return "\n".join(lines)


def _band(v: Sequence[float]) -> str:
    v = [round(x, 2) + 0.0 for x in v[:3]] + [v[3]]
    return f"{v[0]:.2f} ({v[1]:.2f} … {v[2]:.2f}), n={v[3]}"


def _hours(value: float | None) -> str:
    return "not within four days" if value is None else f"{value:.0f} h"


def main() -> int:
    """0 when both files are written."""
    if not SHARED.is_dir():
        print("make report needs the folder of real logs beside the checkout: nothing was measured.", file=sys.stderr)
        return 2
    logs = read_logs(sorted(SHARED.glob("*__*.csv")), "UTC")
    whos = [*(r for r, make in RUNGS.items() if not hasattr(make, "needs")), SHOWN]  # learned rungs: by `backtest`
    found: Found = {h: run(logs, whos, h == "history", 0) for h in HISTORIES}
    ended = [log for log in logs if log.ending is not None and not log.manual]
    with ProcessPoolExecutor(mp_context=get_context("spawn")) as pool:
        delays = list(pool.map(delay_h, ended))
    out = figures(found, whos, delays)
    (ROOT / "build").mkdir(exist_ok=True)
    (ROOT / "build" / "report.json").write_text(json.dumps(out, indent=1) + "\n")
    (ROOT / "docs").mkdir(exist_ok=True)
    (ROOT / "docs" / "forecast-skill.md").write_text(told(out, found, whos, logs))
    print("written to docs/forecast-skill.md and build/report.json")
    return 0


if __name__ == "__main__":
    sys.exit(main())
