"""`cellarhand train`: lessons over all cores, the net, its weights; every stage goes on where it stopped."""

import os
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from cellarhand.app.processes import pool
from cellarhand.domain import Refused
from cellarhand.forecasting.neural import packs
from cellarhand.forecasting.neural.net import saved
from cellarhand.forecasting.neural.training import HELD_OUT, Course, Told, train

LARGEST_MB = 8.0
err = Console(stderr=True, highlight=False)


def teach(course: Course, folder: Path, weights: Path, workers: int) -> None:
    """Lessons, then training, then the file; a line of log each 500 steps in `folder`/training.log."""
    if course.packs < 2 * HELD_OUT:
        raise Refused(f"training takes {2 * HELD_OUT} packs or more", course.packs, "six are held out to judge by")
    if not weights.parent.is_dir():
        raise Refused("weights are written into a folder that exists", str(weights), "is the path right?")
    err.print(
        f"prior {packs.prior_version()}, seed {course.seed}: {course.packs} packs of some 5,000 lessons in {folder}"
    )
    bars = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*bars, console=err, transient=True) as bar:
        task = bar.add_task("packs", total=course.packs)
        with pool(workers or os.cpu_count() or 1, nice=10) as executor:
            total = packs.make_all(folder, course.seed, course.packs, executor, lambda n: bar.advance(task))
        err.print(f"{total:,} lessons")
        task = bar.add_task("steps", total=None)
        with (folder / "training.log").open("a") as log:

            def say(told: Told) -> None:
                at, of, learnt, judged = told
                bar.update(task, completed=at, total=of)
                line = f"step {at} of {of}: loss {_three(learnt)}, held out {_three(judged)} (end, final, falls; nats)"
                log.write(line + "\n")
                log.flush()
                err.print(line)

            net = train(course, folder, say)
    raw = saved(net)
    if len(raw) > LARGEST_MB * 1e6:
        raise Refused(f"weights take at most {LARGEST_MB:g} MB", f"{len(raw) / 1e6:.1f} MB", "is the net too wide?")
    weights.write_bytes(raw)
    err.print(f"weights: {weights}, {len(raw) / 1e6:.1f} MB")


def _three(parts: tuple[float, float, float]) -> str:
    return " ".join(f"{p:.3f}" for p in parts)
