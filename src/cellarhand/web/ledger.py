"""The promise ledger and the rungs: pages, the weekly sheet on paper, and the same as JSON."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import timedelta
from typing import Any, Literal

from fastapi import Request
from starlette.responses import Response

from cellarhand.domain import Promise, Role
from cellarhand.web import promised
from cellarhand.web.guard import P, Routes
from cellarhand.web.render import page, taste_of

ledger_pages = Routes(include_in_schema=False)
ledger_api = Routes(prefix="/api", tags=["promises"])
V = Role.VIEWER
By = Literal["miss", "date"]
MOST_AT_ONCE = 40
MOST_ON_PAPER = 22  # of two lines each on A4


@ledger_pages.on("GET", "/promises", who=V)
def promises(request: Request, ports: P, by: By = "miss", whole: bool = False) -> Response:
    """What was said of each beer, and what came of it; of a long ledger its head, unless the whole is asked for."""
    return page(request, "promises.html", seq=ports.cellar.newest_change(), **_shown(ports, by, whole))


@ledger_pages.on("GET", "/promises/now", who=V)
def promises_now(request: Request, ports: P, by: By = "miss", whole: bool = False) -> Response:
    """What changes on that page."""
    return page(request, "_promises.html", **_shown(ports, by, whole))


def _shown(ports: P, by: By, whole: bool) -> dict[str, Any]:
    ledger = ports.promises.ledger()
    outcomes = promised.sorted_by(ledger.outcomes, by)
    return {
        "ledger": ledger,
        "outcomes": outcomes if whole else outcomes[:MOST_AT_ONCE],
        "order": by,
        "whole": whole,
        "reach": promised.reach(outcomes),
        "promised": promised,
    }


@ledger_pages.on("GET", "/promises/week", who=V)
def week(request: Request, ports: P, of: str | None = None) -> Response:
    """One sheet of A4: the batches that ended in a week, misses first."""
    taste, now = taste_of(request), ports.cellar.now()
    monday = promised.week_of(of, now, taste)
    found = promised.within(ports.promises.ledger(), monday, taste)
    lines = [(o, p) for o in found for p in o.promises]
    lines.sort(key=lambda line: (line[1].held, -_size(line[1])))
    return page(
        request, "week.html", name=promised.week_name(monday), monday=monday, sunday=monday + timedelta(days=6),
        outcomes=found, lines=lines[:MOST_ON_PAPER], left=lines[MOST_ON_PAPER:], promised=promised,
    )  # fmt: skip


def _size(promise: Promise) -> float:
    found = promise.off_h if promise.held else promise.miss_h
    return float("inf") if found is None else abs(found)


@ledger_pages.on("GET", "/rungs", who=V)
def rungs(request: Request, ports: P) -> Response:
    """What the learned rungs have learnt here, and which rung may speak."""
    found = ports.promises.rungs()
    heaviest = max((abs(w) for x in found.learned for _, w in x.inputs), default=1.0)
    return page(request, "rungs.html", seq=ports.cellar.newest_change(), rungs=found, heaviest=heaviest, parted=parted)


def parted(inputs: Sequence[str]) -> tuple[list[str], list[str]]:
    """Inputs by their own names, and those that are ranges of two crossed.

    >>> parted(["pace", "clock < 0.1 and fall ≥ 2"])
    (['pace'], ['clock < 0.1 and fall ≥ 2'])
    """
    ranges = [name for name in inputs if " and " in name]
    return [name for name in inputs if name not in ranges], ranges


@ledger_api.on("GET", "/promises", who=V)
def promises_json(ports: P, by: By = "miss") -> dict[str, Any]:
    """Every promise and what came of it, with the counts over all: the figures of the page. `share` is the mean over
    beers of the share that held, `low` and `high` its 90 % Wilson band; hours are late (+) or early (−).
    """
    return promised.as_json(ports.promises.ledger(), by)


@ledger_api.on("GET", "/rungs", who=V)
def rungs_json(ports: P) -> dict[str, Any]:
    """How the rungs stand: what the learned ones learnt, their bias, the gate's verdicts, the advice."""
    return asdict(ports.promises.rungs())
