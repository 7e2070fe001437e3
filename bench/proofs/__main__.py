"""`make proofs`: all four proofs by two processes, each with its own seed, into build/proofs.json and the page."""

import argparse
import json
import os
import platform
import sys
import time
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from bench.proofs import page
from bench.proofs.jobs import PROOFS, job
from cellarhand.simulate.cellar import document

ROOT = Path(__file__).parents[2]


def measured(names: list[str], processes: int) -> dict[str, Any]:
    """Every proof's figures; the longest begins first."""
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        waiting = {pool.submit(job, name): name for name in names}
        return {waiting[done]: done.result() for done in as_completed(waiting)}


def main() -> int:
    """Writes the page; with `--page` only the pages, from what was measured before."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--page", action="store_true", help="only write the pages anew")
    parser.add_argument("--only", choices=list(PROOFS), action="append", help="measure these, keep the others")
    parser.add_argument("--processes", type=int, default=2)
    given = parser.parse_args()
    about = ROOT / "docs" / "second-simulator.md"
    about.write_text(document.page(about.read_text()))
    out = ROOT / "build" / "proofs.json"
    found = json.loads(out.read_text()) if out.exists() else {}
    if not given.page:
        start = time.monotonic()
        found |= measured(given.only or list(PROOFS), given.processes)
        found["machine"] = f"{platform.machine()}, {os.cpu_count()} cores, {platform.system()} {platform.release()}"
        print(f"measured in {(time.monotonic() - start) / 60.0:.1f} minutes")
        out.parent.mkdir(exist_ok=True)
        out.write_text(json.dumps(found, indent=1) + "\n")
    if set(PROOFS) <= set(found):
        (ROOT / "docs" / "forecast-proofs.md").write_text(page.told(found, found["machine"]))
        print("written to docs/forecast-proofs.md and build/proofs.json")
    return 0


if __name__ == "__main__":
    sys.exit(main())
