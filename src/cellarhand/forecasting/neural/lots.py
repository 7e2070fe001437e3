"""Lots of lessons on disk: made once each from a seed and a number, over as many processes as there are; resumable."""

from collections.abc import Callable, Sequence
from concurrent.futures import Executor, as_completed
from dataclasses import fields
from hashlib import sha256
from pathlib import Path

import numpy as np

from cellarhand.forecasting.neural import lessons as school
from cellarhand.forecasting.neural.lessons import Lessons, lessons
from cellarhand.simulate.prior import version

COLUMNS = tuple(field.name for field in fields(Lessons))


def prior_version() -> str:
    """Twelve hex digits that change with any row of the prior or any constant of the lessons.

    >>> len(prior_version())
    12
    """
    constants = {name: value for name, value in vars(school).items() if name.isupper()}
    return sha256(f"{version()} {sorted(constants.items())}".encode()).hexdigest()[:12]


def path_of(folder: Path, seed: int, lot: int) -> Path:
    """Where one lot is kept: another prior is another file."""
    return folder / f"{prior_version()}-{seed}-{lot:05d}.npz"


def make(folder: Path, seed: int, lot: int) -> int:
    """Makes one lot unless it is there, whole or not at all. Returns how many lessons it has: a job for an executor."""
    path = path_of(folder, seed, lot)
    if not path.exists():
        made = lessons((seed, lot))
        half = path.with_suffix(".half.npz")
        np.savez(half, allow_pickle=False, **{name: getattr(made, name) for name in COLUMNS})
        half.rename(path)
    with np.load(path, allow_pickle=False) as held:
        return len(held["low"])


def make_all(
    folder: Path, seed: int, lots: int, executor: Executor, on_done: Callable[[int], None] = lambda n: None
) -> int:
    """All lots; `on_done` is told of each with its number of lessons. Returns how many lessons there are."""
    folder.mkdir(parents=True, exist_ok=True)
    total = 0
    for future in as_completed([executor.submit(make, folder, seed, lot) for lot in range(lots)]):
        total += future.result()
        on_done(future.result())
    return total


def read(folder: Path, seed: int, lots: Sequence[int]) -> Lessons:
    """Several lots as one."""
    held = [np.load(path_of(folder, seed, lot), allow_pickle=False) for lot in lots]
    return Lessons(**{name: np.concatenate([lot[name] for lot in held]) for name in COLUMNS})
