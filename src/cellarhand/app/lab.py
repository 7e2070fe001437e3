"""What the lab's commands do: run it, keep the record, show the table."""

import json
import os
import sys
from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from cellarhand.app.processes import pool
from cellarhand.domain import CellarhandError, Refused
from cellarhand.lab.fitting import READABLE, Outcome, as_json, fit_table
from cellarhand.lab.large import LargeOutcome, fit_large, too_large
from cellarhand.lab.record import Settings, differences, keep, read_record
from cellarhand.ladder import Verdict

out = Console(highlight=False)
err = Console(stderr=True, highlight=False)


@contextmanager
def one_sentence() -> Iterator[None]:
    """What the lab says no to, as an error of the house; a library that isn't there, as what to install."""
    try:
        yield
    except ValueError as error:
        raise CellarhandError(str(error)) from None
    except ModuleNotFoundError as error:
        raise CellarhandError(f"the lab needs {error.name}: pip install 'cellarhand[lab]'") from None


def _hands(workers: int) -> Executor | None:
    count = workers or len(os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else range(os.cpu_count() or 1))
    return pool(count, nice=5) if count > 1 else None


def settings_of(
    target: str, group: str | None, time: str | None, costs: str, rule: str | None, seed: int, folds: int
) -> Settings:
    """The words of the command as settings; costs like 10:1."""
    try:
        alarm, miss = (float(c) for c in costs.split(":"))
    except ValueError:
        raise Refused("costs are two numbers, false alarm to miss, like 10:1", costs, "is the colon missing?") from None
    if not (0 < alarm < float("inf") and 0 < miss < float("inf")):
        raise Refused("both mistakes cost something", costs, "like 10:1")
    return Settings(
        target=target, group=group, time=time, rule=rule, false_positive_cost=alarm, false_negative_cost=miss,
        seed=seed, folds=folds,
    )  # fmt: skip


def fit_file(
    table: Path, settings: Settings, *, memory: int, workers: int, runs: Path, report: Path | None, as_json: bool
) -> None:
    """Takes a table up the ladder and says what came of it; keeps the record; writes the report where asked for."""
    if report is not None and not report.parent.is_dir():
        raise Refused("a report is written into a folder that exists", str(report), "is the path right?")
    with one_sentence():
        big, said = too_large(table, memory)
        if big and table.suffix.lower() not in {".parquet", ".pq"}:
            err.print(f"{said} Gradient descent, out of core.", soft_wrap=True)
            outcome = fit_large(table, settings.target, group=settings.group, seed=settings.seed, tell=_tell)
            _show_large(outcome, as_json)
            return
        hands = _hands(workers)
        try:
            done = fit_table(table, settings, executor=hands, tell=_tell)
        finally:
            if hands is not None:
                hands.shutdown()
        kept = keep(done.record, runs)
    _show(done, as_json)
    err.print(f"record: {kept}", soft_wrap=True)
    if report is not None:
        from cellarhand.lab.report import html_report

        report.write_text(html_report(done), encoding="utf-8")
        err.print(f"report: {report}", soft_wrap=True)


def _tell(text: str) -> None:
    err.print(text, soft_wrap=True)


def _show(done: Outcome, json_too: bool) -> None:
    if json_too:
        sys.stdout.write(json.dumps(as_json(done), ensure_ascii=False) + "\n")
        return
    j, p = done.judgement, done.problem
    name = "log loss" if p.yes else "squared error"
    table = Table("rung", f"held-out {name}", "parameters", "zeros", "fit s", "to read", "gate", box=None)
    for r in j.board.rows:
        mark = "→ " if r.rung.name == j.board.taken else "  "
        star = "" if r.rung.on_ladder else " *"
        zeros = "" if r.told.zeros is None else str(r.told.zeros)
        deep = " deep" if r.deep else ""
        gate = "" if r.gate is None else told_gate(r.gate)
        table.add_row(
            mark + r.rung.name + star, f"{r.loss:.4f} ± {r.error:.4f}", f"{r.told.parameters}{deep}", zeros,
            f"{r.fit_s:.2f}", READABLE[r.rung.readable], gate,
        )  # fmt: skip
    out.print(table)
    for line in [j.board.reason, *_lines(done)]:
        out.print(escape(line), soft_wrap=True)


def told_gate(verdict: Verdict) -> str:
    """The gate in few words.

    >>> from cellarhand.metrics import Band
    >>> told_gate(Verdict(True, Band(0.3, 0.1, 0.5, 20), "Better"))
    'passed, +30 % (10 … 50)'
    """
    gain = verdict.gain
    if gain.value != gain.value:
        return f"{gain.n} groups: too few"
    word = "passed" if verdict.promoted else "held"
    return f"{word}, {100 * gain.value:+.0f} % ({100 * gain.low:.0f} … {100 * gain.high:.0f})"


def _lines(done: Outcome) -> list[str]:
    j, c = done.judgement, done.judgement.classifier
    found = [*done.problem.notes]
    if j.separable:
        found.append(j.diverging.sentence() if j.diverging else "A plane parts the classes: no hidden layer is needed.")
    if c is not None:
        (tn, fp), (fn, tp) = c.card.matrix
        no, yes = done.problem.words
        found += [
            c.costs.reason,
            f"At it: said {yes} and was {tp}, said {yes} and wasn't {fp}, said {no} and was {yes} {fn}, said {no} and "
            f"was {tn}. {c.card.sentence()}",
            c.bias.reason,
            *(f"{p.cause}: {p.reason}" for p in c.probes if p.found),
        ]
    return [*found, *([] if j.learning is None else [j.learning.reason])]


def _show_large(outcome: LargeOutcome, json_too: bool) -> None:
    if json_too:
        record = {k: v for k, v in vars(outcome).items() if k != "fit"}
        record |= {"certificate": asdict(outcome.fit.certificate), "notes": list(outcome.notes)}
        sys.stdout.write(json.dumps(record, ensure_ascii=False) + "\n")
        return
    name = "log loss" if outcome.yes else "squared error"
    out.print(f"{outcome.rows} rows; held-out {name} {outcome.loss:.4f}, the mean alone {outcome.baseline:.4f}.")
    out.print(
        f"Largest slope left: {outcome.fit.certificate.violation:.1e} after {outcome.fit.certificate.rounds} passes."
    )
    for column, weight in sorted(outcome.weights.items(), key=lambda pair: -abs(pair[1]))[:20]:
        out.print(escape(f"  {weight:+.4f}  {column}"))
    for note in outcome.notes:
        out.print(escape(note), soft_wrap=True)


def repeat(record: Path, table: Path) -> None:
    """Does a kept run again; ends with 1 where other scores come out."""
    with one_sentence():
        kept = read_record(record)
        done = fit_table(table, Settings(**kept["settings"]))
        found = differences(kept, done.record)
    if found:
        for line in found:
            out.print(escape(line), soft_wrap=True)
        sys.exit(1)
    out.print(f"The same {len(kept['scores'])} scores came out.")


def many_seeds(given: dict[str, Any], count: int, under: float, json_too: bool) -> None:
    """Trains a net from many seeds, and says success rate, spread and lints."""
    from cellarhand.lab.experiment import Experiment, run
    from cellarhand.lab.lints import lint

    with one_sentence():
        experiment = Experiment.from_json(given)
        runs = run(experiment, count, at=())
    lints = lint(runs)
    if json_too:
        low, median, high = runs.spread()
        record = {
            "experiment": experiment.as_json(), "parameters": experiment.shape.parameters,
            "deep": experiment.shape.deep, "seeds": count, "good": runs.good(under), "under": under, "median": median,
            "p10": low, "p90": high, "accuracy": float(runs.accuracy.mean()), "lints": [asdict(x) for x in lints],
        }  # fmt: skip
        sys.stdout.write(json.dumps(record) + "\n")
        return
    deep = ", deep" if experiment.shape.deep else ""
    out.print(f"{experiment.shape.parameters} parameters{deep}. {runs.sentence(under)}", soft_wrap=True)
    for x in lints:
        out.print(f"{x.name}: {x.runs} of {x.of} runs; {x.reason}.", soft_wrap=True)


def check_all(quick: bool, workers: int, json_too: bool) -> None:
    """Measures every claim; ends with 1 where one is out of its band."""
    from cellarhand.lab.check import JOBS, QUICK, check

    count = len(QUICK) if quick else len(JOBS)
    seen: list[str] = []

    def done(name: str) -> None:
        seen.append(name)
        if err.is_terminal:
            err.print(f"{len(seen)} of {count}: {name}")

    with one_sentence():
        hands = _hands(workers)
        try:
            findings = check(quick=quick, executor=hands, done=done)
        finally:
            if hands is not None:
                hands.shutdown()
    if json_too:
        for f in findings:
            sys.stdout.write(json.dumps(f.as_json(), ensure_ascii=False) + "\n")
    else:
        table = Table("", "claim", "band", "measured", "", box=None)
        for f in findings:
            table.add_row("" if f.held else "OUT", escape(f.claim), f.band, f"{f.measured:.4g}", escape(f.said))
        out.print(table)
        held = sum(f.held for f in findings)
        out.print(f"{held} of {len(findings)} within their bands.")
    sys.exit(0 if all(f.held for f in findings) else 1)
