"""The figures, one function each. Servers are real processes on free ports, started and ended here."""

import math
import os
import shutil
import socket
import sqlite3
import statistics
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from bench.wrk import load, script
from serving import Running

TANKS = 50


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def bare_posts(folder: Path) -> float:
    """Posts a second of the bare handler."""
    port = free_port()
    process = subprocess.Popen([sys.executable, "-m", "bench.bare", str(folder / "bare.db"), str(port)])
    try:
        for _ in range(100):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        lua = script(folder, ["/in"])
        load(f"http://127.0.0.1:{port}", lua, connections=32, seconds=2)
        return load(f"http://127.0.0.1:{port}", lua, connections=32, seconds=8)["rate"]
    finally:
        process.terminate()
        process.wait()


def raw_rows(folder: Path, rows: int = 400_000) -> float:
    """Rows a second that sqlite3 takes into the same table, in one transaction, from tuples in memory."""
    conn = sqlite3.connect(folder / "raw.db", isolation_level=None)
    conn.execute("PRAGMA journal_mode=WAL")
    conn.execute("PRAGMA synchronous=FULL")
    conn.execute(
        "CREATE TABLE readings (source_id INTEGER, channel_id SMALLINT, observed_at BIGINT, value FLOAT, text TEXT, "
        "precision_s FLOAT, received_at BIGINT, quality SMALLINT, PRIMARY KEY (source_id, channel_id, observed_at)) "
        "WITHOUT ROWID"
    )
    data = [(1, 1, 1_700_000_000_000_000 + i * 1_000_000, 1.05, None, None, 1, None) for i in range(rows)]
    began = time.perf_counter()
    conn.execute("BEGIN")
    conn.executemany("INSERT INTO readings VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING", data)
    conn.execute("COMMIT")
    took = time.perf_counter() - began
    conn.close()
    return rows / took


def bulk_rows(folder: Path, rows: int = 200_000) -> float:
    """Readings a second through `cellarhand import`, from the process's start to its end."""
    file = folder / "bulk.csv"
    start = datetime(2025, 1, 1, tzinfo=UTC)
    with file.open("w") as out:
        out.write("observed_at,sg,temp_c\n")
        for i in range(rows):
            at = start + timedelta(seconds=60 * i)
            out.write(f"{at.isoformat()},{1.01 + 0.04 * math.exp(-i / 9000):.5f},{19.5 + i % 7 / 10:.1f}\n")
    command = [
        sys.executable,
        "-m",
        "cellarhand",
        "import",
        str(file),
        "--tank",
        "FV1",
        "--store",
        str(folder / "bulk.db"),
    ]
    began = time.perf_counter()
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    took = time.perf_counter() - began
    assert f"{2 * rows} readings" in told, told
    return 2 * rows / took


def forecasts() -> dict[str, float]:
    """Milliseconds from 3,000 readings to a forecast, curve and all, on one core; the median of nine."""
    from cellarhand.curve import Curve
    from cellarhand.forecasting import RUNGS

    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(before)})
    rng = np.random.default_rng(0)
    hours = np.arange(3000) * 0.25
    sg = 1.012 + 0.04 / (1 + np.exp((hours - 60) / 14)) + rng.normal(0, 0.0005, 3000)
    temp = np.full(3000, 20.0)
    found = {}
    before_it = [Curve.from_readings(hours[::48], sg[::48], temp[::48]) for _ in range(40)]  # what a learned rung needs
    for rung, make in RUNGS.items():
        model = make().fit(before_it)
        took = []
        for until in [750.0] + [60.0 + 30 * k for k in range(9)]:
            began = time.perf_counter()
            model.predict([Curve.from_readings(hours, sg, temp, now=until)])
            took.append(1e3 * (time.perf_counter() - began))
        found[rung] = round(max(statistics.median(took), took[0]), 1)
    os.sched_setaffinity(0, before)
    return found


def start_seconds(folder: Path) -> float:
    """Seconds from the process's start until it answers; the median of five starts of a store that is there."""
    took = []
    for k in range(6):
        began = time.perf_counter()
        running = Running(folder, store="start.db")
        running.bare.get("/healthz")
        if k:
            took.append(time.perf_counter() - began)
        running.stop()
    return statistics.median(took)


def furnished(folder: Path, tanks: int = TANKS) -> tuple[Running, list[str]]:
    """A server with tanks that have two days of readings each, and their doors."""
    running = Running(folder, store="load.db")
    doors = []
    now = datetime.now(UTC)
    for k in range(tanks):
        name = running.tank(f"FV{k + 1}")
        doors.append(running.device(tank=name))
        body = [
            {"observed_at": (now - timedelta(minutes=15 * (200 - i))).isoformat(),
             "sg": round(1.012 + 0.04 / (1 + math.exp((i / 4 - 30) / 8)), 5), "temp_c": 19.5}
            for i in range(199)
        ]  # fmt: skip
        assert running.post(doors[-1], body).status_code == 201
    running.until(lambda: all(t["forecast"] for t in running.api("GET", "/api/tanks")), seconds=120)
    return running, doors


def closed_loop(running: Running, doors: list[str], folder: Path) -> dict[str, float]:
    """32 connections, each posting as soon as it is answered."""
    lua = script(folder, doors[:8])
    load(running.url, lua, connections=32, seconds=2)
    return load(running.url, lua, connections=32, seconds=10)


def open_loop(running: Running, doors: list[str], folder: Path, files: list[Path]) -> dict[str, float]:
    """300 devices that post once a second whatever the answers, beside a back-test and five live pages."""
    backtest = subprocess.Popen(
        [sys.executable, "-m", "cellarhand", "backtest", *map(str, files), "--workers", "2",
         "--history", "--rungs", "typical,curvefit,hazard"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    pages = LivePages(running)
    try:
        lua = script(folder, doors, delay_ms=1000)
        found = load(running.url, lua, connections=300, seconds=20)
        assert backtest.poll() is None, "the back-test ended before the load did: nothing was measured beside it"
        return found
    finally:
        pages.close()
        backtest.kill()
        backtest.wait()


class LivePages:
    """Five cellar pages in a real browser."""

    def __init__(self, running: Running, count: int = 5):
        from playwright.sync_api import sync_playwright

        link = running.api("POST", "/api/persons", {"name": f"page {time.time_ns()}", "role": "viewer"})["path"]
        self._play = sync_playwright().start()
        chromium = shutil.which("chromium")
        self._browser = self._play.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        context = self._browser.new_context()
        first = context.new_page()
        first.goto(running.url + link)
        first.fill("[name=password]", "ten characters and more")
        first.click("text=Enter")
        self.pages = [first] + [context.new_page() for _ in range(count - 1)]
        for page in self.pages:
            page.goto(running.url + "/")
            page.wait_for_selector(".card")

    def close(self) -> None:
        """Ends the browser."""
        self._browser.close()
        self._play.stop()


def to_page(running: Running, doors: list[str], tries: int = 15) -> dict[str, float]:
    """Milliseconds from a reading's 201 to its new gravity on the open page, by the page's own clock."""
    pages = LivePages(running, 1)
    page, took = pages.pages[0], []
    try:
        for k in range(tries):
            tank, sg = f"FV{k + 20}", 1.0200 + 0.001 * k
            page.evaluate(
                """(tank) => {
                    window.arrived = new Promise((resolve) => {
                        const find = () => [...document.querySelectorAll('.card')].find((c) => c.dataset.tank === tank);
                        const before = find().innerHTML;
                        const look = () => { if (find() && find().innerHTML !== before) resolve(Date.now()); };
                        new MutationObserver(look).observe(document.body, { childList: true, subtree: true });
                    });
                }""",
                tank,
            )
            assert running.post(doors[k + 19], {"sg": sg, "temp_c": 19.5}).status_code == 201
            accepted = time.time() * 1e3
            took.append(page.evaluate("window.arrived") - accepted)
            time.sleep(0.4)
        return {"median": statistics.median(took), "worst": max(took)}
    finally:
        pages.close()


def pss_mb(running: Running) -> float:
    """Sum of the proportional set sizes of the server and all it has started, in MB."""
    total, queue = 0, [running.process.pid]
    while queue:
        pid = queue.pop()
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
        total += int(next(line for line in rollup.splitlines() if line.startswith("Pss:")).split()[1])
        queue += map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split())
    return total / 1024
