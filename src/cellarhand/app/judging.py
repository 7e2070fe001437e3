"""`cellarhand backtest`: reads the logs, replays them over all cores, and tells how wrong it would have been."""

import json
import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from cellarhand.app.logbook import read_log
from cellarhand.app.processes import pool
from cellarhand.domain import CellarhandError, Refused
from cellarhand.forecasting import RUNGS
from cellarhand.forecasting.backtest import CLOCK, SHOWN, Log, Row, backtest, skill
from cellarhand.forecasting.report import html_report, table_of

err = Console(stderr=True, highlight=False)


def judge(
    files: Sequence[Path], rungs: list[str], history: bool, report: Path | None, as_json: bool, workers: int, zone: str
) -> None:
    """Prints the table, or JSON lines; writes the report where one is asked for."""
    rungs = _known(rungs)
    if report is not None and not report.parent.is_dir():
        raise Refused("a report is written into a folder that exists", str(report), "is the path right?")
    logs = read_logs(files, zone)
    rows = run(logs, rungs, history, workers)
    if not rows:
        ended = sum(log.ending is not None for log in logs)
        came = f"{ended} of {len(logs)} with an end"
        raise Refused("a back-test needs two logs of one habit with an end", came, "do they stop while gravity falls?")
    if as_json:
        for row in rows:
            sys.stdout.write(json.dumps({k: None if v != v else v for k, v in row.items()}) + "\n")
    else:
        show(rows, rungs)
    if report is not None:
        try:
            report.write_text(html_report(rows, rungs, history=history), encoding="utf-8")
        except OSError as error:
            raise Refused("a report can be written", str(report), str(error.strerror)) from None
        err.print(f"report: {report}", soft_wrap=True)


def _known(rungs: Sequence[str]) -> list[str]:
    """The rungs, each once; refuses those not on the ladder, and none at all."""
    known = ", ".join((*RUNGS, SHOWN))
    for rung in rungs or [""]:
        if rung not in (*RUNGS, SHOWN):
            raise Refused(f"a rung is one of {known}", rung, "is it misspelt, or not on this ladder yet?")
    return list(dict.fromkeys(rungs))


def read_logs(files: Sequence[Path], zone: str) -> list[Log]:
    """All logs, each file once; one that can't be read is told and left out, as long as any can. Files of one name in
    several folders are told apart by their folder.
    """
    logs: list[Log] = []
    wrong = []
    for file in {path.resolve(): path for path in files}.values():
        try:
            log = read_log(file, zone)
        except CellarhandError as error:
            wrong.append(f"{file.name}: {error}")
            continue
        clash = log.id in {other.id for other in logs}
        logs.append(replace(log, id=str(file)) if clash else log)
    if not logs:
        raise Refused("a back-test needs logs", f"{len(files)} files", wrong[0] if wrong else "none was given")
    for line in wrong:
        err.print(f"left out: {line}", markup=False, soft_wrap=True)
    return logs


def run(logs: Sequence[Log], rungs: Sequence[str], history: bool, workers: int) -> list[Row]:
    """The back-test over processes, with a progress bar on the error stream."""
    cores = workers or os.cpu_count() or 1
    finished = sum(log.ending is not None for log in logs)
    parts = max(min(4 * cores, finished), 1)
    columns = (TextColumn("back-test"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=err, transient=True) as bar:
        task = bar.add_task("", total=finished)

        def on_done(n: int) -> None:
            bar.advance(task, n)

        if cores == 1 or finished < 4:
            return backtest(logs, rungs, history=history, parts=parts, on_done=on_done)
        with pool(cores, nice=0) as executor:
            return backtest(logs, rungs, history=history, executor=executor, parts=parts, on_done=on_done)


def show(rows: Sequence[Row], rungs: Sequence[str]) -> None:
    """The table by kind, cut and rung, and below it the skill against `clock` with its band."""
    out = Console(highlight=False, width=None if sys.stdout.isatty() else 140)
    table = Table(box=None, pad_edge=False)
    head = (
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
    for name in head:
        table.add_column(name, justify="left" if name in head[:3] else "right")
    for line in table_of(rows):
        table.add_row(*line)
    out.print(table)
    for who in rungs:
        for kind, band in skill(rows, who).items():
            log = skill(rows, who, value="logp")[kind]
            cov = [float(r["cov"]) for r in rows if r["who"] == who and r["kind"] == kind]
            share = sum(cov) / len(cov)
            out.print(
                f"{who}, {kind}: skill against {CLOCK} {band}; log score {log}; 80 % share {share:.0%}", soft_wrap=True
            )
