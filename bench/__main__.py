"""`make bench`: measures, prints a table with the limits, writes build/bench.json."""

import json
import os
import platform
import sys
import tempfile
from pathlib import Path

from bench import figures
from bench.wrk import available

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared" / "data" / "fermentations"


def logs(folder: Path) -> list[Path]:
    """Logs for the back-test that runs beside the load: the shared ones, else made-up beer."""
    if SHARED.is_dir():
        return sorted(SHARED.glob("*__*.csv"))
    import numpy as np

    from cellarhand.simulate.demo import CELLAR, seen

    made = []
    for k, tank in enumerate(CELLAR * 5):
        hours = np.arange(0, 250, 0.5)
        sg, temp = seen(tank, hours, np.random.default_rng(k))
        made.append(folder / f"demo__{k}.csv")
        rows = [f"{h},{g:.5f},{t:.2f}" for h, g, t in zip(hours, sg, temp, strict=True)]
        made[-1].write_text("hours,sg,temp_c\n" + "\n".join(rows))
    return made


def measure() -> dict[str, object]:
    """All figures, one after another."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        found: dict[str, object] = {}
        say("start"), found.update(start_s=round(figures.start_seconds(folder), 2))
        say("forecasts"), found.update(forecast_ms=figures.forecasts())
        say("raw rows"), found.update(raw_rows_per_s=round(figures.raw_rows(folder)))
        say("bulk"), found.update(bulk_rows_per_s=round(figures.bulk_rows(folder)))
        say("bare handler"), found.update(bare_posts_per_s=round(figures.bare_posts(folder)))
        say("fifty tanks")
        running, doors = figures.furnished(folder)
        try:
            page = figures.to_page(running, doors)
            found.update(to_page_ms=round(page["median"]), to_page_worst_ms=round(page["worst"]))
            found.update(pss_mb=round(figures.pss_mb(running), 1))
            say("open loop")
            opened = figures.open_loop(running, doors, folder, logs(folder))
            found.update(open_p99_ms=round(opened["p99"], 1), open_p50_ms=round(opened["p50"], 1))
            found.update(open_rate=round(opened["rate"]), open_wrong=int(opened["wrong"]))
            say("closed loop")
            closed = figures.closed_loop(running, doors, folder)
            found.update(posts_per_s=round(closed["rate"]), posts_p99_ms=round(closed["p99"], 1))
            found.update(posts_wrong=int(closed["wrong"]), pss_after_mb=round(figures.pss_mb(running), 1))
        finally:
            running.stop()
    return found


def say(what: str) -> None:
    """Progress on the error stream."""
    print(f"  {what} …", file=sys.stderr, flush=True)


PAGE = """# How fast it is

Written by `make bench`, which measures each promise beside what limits it, in one run. Load comes from `wrk` over 32
connections (300 in the open loop), on the machine that the server runs on; forecasts run on one core.

| promise | measured | limit | |
|---|--:|--:|---|
{rows}

Beside it, in the same run: {limits}.
"""
Row = tuple[str, str, str, bool]


def table(found: dict[str, object]) -> list[Row]:
    """(figure, measured, limit, held) of each promise."""
    f = found["forecast_ms"]
    assert isinstance(f, dict)
    others = max(v for k, v in f.items() if k != "curvefit")
    beside = f"open loop at {found['open_rate']}/s beside a back-test and 5 pages, p99"
    of_bare, of_raw = (
        f"({found[ours] / found[limit]:.0%} of {name})"
        for ours, limit, name in (
            ("posts_per_s", "bare_posts_per_s", "bare"),
            ("bulk_rows_per_s", "raw_rows_per_s", "raw"),
        )
    )
    return [
        _least("durable posts a second, 32 connections", found["posts_per_s"], 1500, "", of_bare),
        _most(beside, found["open_p99_ms"], 60, " ms"),
        _least("readings a second from CSV", found["bulk_rows_per_s"], 60_000, "", of_raw),
        _most("forecast of 3,000 readings, curvefit", f["curvefit"], 150, " ms"),
        _most("forecast of 3,000 readings, others", others, 10, " ms"),
        _most("reading accepted → forecast on the open page, 50 tanks", found["to_page_ms"], 1000, " ms",
              f"worst {found['to_page_worst_ms']}"),
        _most("memory of all processes (PSS), 50 tanks", found["pss_mb"], 300, " MB",
              f"{found['pss_after_mb']} after load"),
        _most("server start", found["start_s"], 1.5, " s"),
    ]  # fmt: skip


def _least(name: str, value: float, limit: float, unit: str, more: str = "") -> Row:
    return name, f"{value}{unit} {more}".strip(), f"≥ {limit}{unit}", value >= limit


def _most(name: str, value: float, limit: float, unit: str, more: str = "") -> Row:
    return name, f"{value}{unit} {more}".strip(), f"≤ {limit}{unit}", value <= limit


def as_page(rows: list[Row], limits: str) -> str:
    """docs/bench.md."""
    lines = [
        f"| {name} | {measured} | {limit} | {'held' if held else '**not held**'} |"
        for name, measured, limit, held in rows
    ]
    return PAGE.format(rows="\n".join(lines), limits=limits)


def main() -> int:
    """Exit code 1 where a promise is not held."""
    if not available():
        print("make bench needs wrk, which is not installed here: nothing was measured.", file=sys.stderr)
        return 2
    found = measure()
    rows = table(found)
    wide = max(len(r[0]) for r in rows)
    limits = (
        f"bare handler {found['bare_posts_per_s']} posts/s, raw sqlite3 {found['raw_rows_per_s']} rows/s; "
        f"{platform.machine()}, {os.cpu_count()} cores, {platform.system()} {platform.release()}"
    )
    for name, measured, limit, held in rows:
        print(f"{name.ljust(wide)}  {measured.rjust(28)}  {limit.rjust(10)}  {'held' if held else 'NOT HELD'}")
    print(limits)
    out = ROOT / "build" / "bench.json"
    out.parent.mkdir(exist_ok=True)
    out.write_text(json.dumps(found, indent=1) + "\n")
    told = ROOT / "docs" / "bench.md"
    told.write_text(as_page(rows, limits))
    print(f"written to {out.relative_to(ROOT)} and {told.relative_to(ROOT)}")
    return 0 if all(r[3] for r in rows) and not found["posts_wrong"] and not found["open_wrong"] else 1


if __name__ == "__main__":
    sys.exit(main())
