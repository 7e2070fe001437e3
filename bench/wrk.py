"""Load from `wrk`, never from a Python client; its Lua is made for each run."""

import re
import shutil
import subprocess
from pathlib import Path

BODY = '{"sg": 1.0481, "temp_c": 19.5}'


def available() -> bool:
    """Whether wrk is installed."""
    return shutil.which("wrk") is not None


def script(folder: Path, paths: list[str], delay_ms: int | None = None) -> Path:
    """Posts to the paths in turn; with a delay, each connection sends once in that time, from a random start."""
    lines = [
        "wrk.method = 'POST'",
        "wrk.headers['Content-Type'] = 'application/json'",
        "local paths = {" + ",".join(f"'{p}'" for p in paths) + "}",
        "local n = 0",
        "request = function() n = n + 1; return wrk.format(nil, paths[n % #paths + 1], nil, '" + BODY + "') end",
    ]
    if delay_ms is not None:
        lines.append(f"delay = function() return math.random({delay_ms} * 0.8, {delay_ms} * 1.2) end")
    file = folder / f"load-{len(paths)}-{delay_ms}.lua"
    file.write_text("\n".join(lines))
    return file


def load(url: str, lua: Path, *, connections: int, seconds: int) -> dict[str, float]:
    """Requests a second, p50 and p99 in ms, and how many were not answered with 2xx."""
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency", "-s", str(lua), url]
    text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    wrong = re.search(r"Non-2xx or 3xx responses: (\d+)", text)
    errors = re.search(r"Socket errors: (.*)", text)
    if errors and any(int(n) for n in re.findall(r"\d+", errors.group(1))):
        print("  socket errors:", errors.group(1))
    return {
        "rate": float(re.search(r"Requests/sec:\s+([\d.]+)", text).group(1)),
        "p50": _ms(re.search(r"^\s+50%\s+(\S+)", text, re.M).group(1)),
        "p99": _ms(re.search(r"^\s+99%\s+(\S+)", text, re.M).group(1)),
        "wrong": float(wrong.group(1)) if wrong else 0.0,
    }


def _ms(text: str) -> float:
    number, unit = re.match(r"([\d.]+)(\w+)", text).groups()
    return float(number) * {"us": 1e-3, "ms": 1.0, "s": 1e3, "m": 6e4}[unit]
