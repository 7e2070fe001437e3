"""`cellarhand promises`: what was said and what came of it, in the terminal."""

import json
import sys
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table

from cellarhand.app.clocks import WallClock
from cellarhand.app.findings import outcome_of, plain
from cellarhand.app.ledger import case_of
from cellarhand.app.plan import BATCH, Planner
from cellarhand.app.processes import give_way
from cellarhand.app.promises import ledger_of
from cellarhand.app.remote import Remote
from cellarhand.app.replaying import judge, take
from cellarhand.domain import Refused, Tally
from cellarhand.store import Store, findings, live_server
from cellarhand.web import promised
from cellarhand.web.show import Taste

err = Console(stderr=True, highlight=False)


def tell(path: Path, by: str, *, as_json: bool, zone: str) -> None:
    """Prints the ledger of a store: a running server's answer, or what is kept, after replaying what is still due."""
    if by not in ("miss", "date"):
        raise Refused("the ledger is sorted by miss or date", by, "is it misspelt?")
    found = live_server(path)
    told = Remote(*found).get("/api/promises", by=by) if found else _at_the_desk(path, by)
    if as_json:
        sys.stdout.write(json.dumps(told) + "\n")
        return
    _show(told, Taste(zone=ZoneInfo(zone)))


def _at_the_desk(path: Path, by: str) -> dict[str, Any]:
    if not path.is_file():
        raise Refused("a store exists", str(path), "is the path right, or was nothing imported yet?")
    store = Store(path, WallClock())
    try:
        _replay_here(store)
        with store.read() as conn:
            told: dict[str, Any] = json.loads(json.dumps(promised.as_json(ledger_of(conn), by), default=_iso))
            return told
    finally:
        store.close()


def _iso(value: Any) -> str:
    assert isinstance(value, datetime)
    return value.isoformat()


def _replay_here(store: Store) -> None:
    """Replays what is due; each batch is kept at once, so Ctrl-C loses none that is done."""
    now = WallClock().now()
    with store.read() as conn:
        plan = Planner().plan(conn, now)
    if not plan.due:
        return
    give_way()
    columns = (TextColumn("replaying"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=err, transient=True) as bar:
        task = bar.add_task("", total=len(plan.due))
        for batch in plan.batches:
            case = case_of(store, batch, now)
            if batch.id not in plan.due:
                take(case)
                continue
            _keep(store, f"{BATCH}{batch.id}", plan.keys[batch.id], plain(judge(case)))
            bar.advance(task)


def _keep(store: Store, name: str, key: str, data: Any) -> None:
    store.writer.run(lambda txn: findings.keep_finding(txn, name, key, data))


def _show(told: dict[str, Any], taste: Taste) -> None:
    out = Console(highlight=False, width=None if sys.stdout.isatty() else 160)
    if told["overall"] is None:
        out.print("No beer's end is known yet: once one has stood still for two days, what was said of it stands here.")
        return
    overall = Tally(**told["overall"])
    out.print(f"{overall.held} of {overall.n} promises held. {promised.verdict(overall)}", soft_wrap=True)
    out.print(f"Called done too early (95 % sure before the end): {told['early']} of {told['judged']} beers.")
    for one in told["by_cut"]:
        t = Tally(**one)
        habit = "by hand" if t.by_hand else "sensors"
        share = f"share {promised.band(t)}, median off {promised.hours(t.off_h)}"
        out.print(f"{promised.cut_words(t.cut)} ({habit}): {t.held} of {t.n} held, {share}", soft_wrap=True)
    if told["total"]:
        out.print(f"Replaying: {told['done']} of {told['total']} batches are done.")
    out.print(_table(told, taste))


def _table(told: dict[str, Any], taste: Taste) -> Table:
    table = Table(box=None, pad_edge=False)
    for name in ("beer", "tank", f"done ({taste.zone})", "when", "", "said", "80 %", "came of it"):
        table.add_column(name)
    now = WallClock().now()
    for batch in told["batches"]:
        ended = {"after": batch["after"], "by": batch["by"]}
        known = {"cut", "live", "rung", "said_at", "low", "median", "high", "p_done"}
        lines = [{k: v for k, v in p.items() if k in known} | ended for p in batch["promises"]]
        outcome = outcome_of({**{k: v for k, v in batch.items() if k != "ended"}, "promises": lines})
        for p in outcome.promises:
            middle, interval = promised.said(p, taste)
            table.add_row(
                outcome.beer, outcome.tank, promised.ended(outcome, now, taste), promised.cut_words(p.cut).lower(),
                "live" if p.live else "replayed", middle, interval.removeprefix("80 %: "), promised.came(p),
            )  # fmt: skip
    return table
