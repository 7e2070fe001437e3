"""Packs of lessons on disk: made once each from a seed and a number, over as many processes as there are; resumable."""

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


def path_of(folder: Path, seed: int, pack: int) -> Path:
    """Where one pack is kept: another prior is another file."""
    return folder / f"{prior_version()}-{seed}-{pack:05d}.npz"


def make(folder: Path, seed: int, pack: int) -> int:
    """Makes one pack unless it is there, whole or not at all. Returns how many lessons it has."""
    path = path_of(folder, seed, pack)
    if not path.exists():
        made = lessons((seed, pack))
        half = path.with_suffix(".half.npz")
        np.savez(half, allow_pickle=False, **{name: getattr(made, name) for name in COLUMNS})
        half.rename(path)
    with np.load(path, allow_pickle=False) as held:
        return len(held["low"])


def make_all(
    folder: Path, seed: int, packs: int, executor: Executor, on_done: Callable[[int], None] = lambda n: None
) -> int:
    """All packs; `on_done` is told of each with its number of lessons. Returns how many lessons there are."""
    folder.mkdir(parents=True, exist_ok=True)
    total = 0
    for future in as_completed([executor.submit(make, folder, seed, pack) for pack in range(packs)]):
        total += future.result()
        on_done(future.result())
    return total


def read(folder: Path, seed: int, packs: Sequence[int]) -> Lessons:
    """Several packs as one."""
    held = [np.load(path_of(folder, seed, pack), allow_pickle=False) for pack in packs]
    return Lessons(**{name: np.concatenate([pack[name] for pack in held]) for name in COLUMNS})
