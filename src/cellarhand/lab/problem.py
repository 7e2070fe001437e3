"""A table with a target: what is told, from which columns, and which rows belong together."""

from collections.abc import Hashable, Iterator
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from cellarhand.lab.cells import Column, TableError
from cellarhand.lab.dice import Floats
from cellarhand.lab.table import Table
from cellarhand.ladder import Split, group_folds, time_folds

MOST_LEVELS = 20
Rows = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Problem:
    """Columns (n,) to tell `y` (n,) from; `yes` says that y is 0 or 1. Rows of one group are never parted."""

    columns: dict[str, Floats]
    y: Floats
    yes: bool
    groups: tuple[Hashable, ...]
    times: Floats | None = None
    words: tuple[str, str] = ("no", "yes")
    grouped: bool = False
    notes: tuple[str, ...] = ()
    unused: dict[str, Floats] = field(default_factory=dict)

    @property
    def n(self) -> int:
        """Rows."""
        return len(self.y)

    def pick(self, rows: Rows) -> "Problem":
        """The problem of some rows."""
        return replace(
            self,
            columns={k: v[rows] for k, v in self.columns.items()},
            y=self.y[rows],
            groups=tuple(self.groups[i] for i in rows),
            times=None if self.times is None else self.times[rows],
            unused={k: v[rows] for k, v in self.unused.items()},
        )

    def folds(self, count: int, seed: int = 0) -> Iterator[Split]:
        """Splits that part no group; with times, later groups are judged by what came before."""
        if self.times is not None:
            return time_folds(self.groups, self.times, self.times, count)
        return group_folds(self.groups, count, seed)

    def by_group(self, rows: Rows, losses: Floats) -> dict[Hashable, float]:
        """Mean loss of each group over some of the rows."""
        sums: dict[Hashable, list[float]] = {}
        for i, loss in zip(rows.tolist(), losses.tolist(), strict=True):
            sums.setdefault(self.groups[i], []).append(loss)
        return {g: float(np.mean(v)) for g, v in sums.items()}


def problem_of(table: Table, target: str, *, group: str | None = None, time: str | None = None) -> Problem:
    """The problem of telling `target` from all other columns; group and time are kept out of the model.

    Words become one column of 0 and 1 a level; one with more than 20 levels is left out and named in the notes.
    """
    y, yes, words = _target(table.column(target))
    kept = {target, group, time}
    columns: dict[str, Floats] = {}
    notes: list[str] = []
    for name, column in table.columns.items():
        if name in kept:
            continue
        if column.kind == "words" and len(column.levels) > MOST_LEVELS:
            notes.append(f"“{name}” has {len(column.levels)} different words and is left out.")
        elif column.kind == "words":
            columns |= {f"{name} = {w}": _level(column, k) for k, w in enumerate(column.levels)}
        else:
            columns[name] = column.values
    if not columns:
        raise TableError("no column is left to tell the target from", column=target)
    groups = range(table.rows) if group is None else _groups(table.column(group))
    times = None if time is None else _times(table.column(time))
    return Problem(columns, y, yes, tuple(groups), times, words, group is not None, tuple(notes))


def _level(column: Column, k: int) -> Floats:
    return np.where(np.isnan(column.values), np.nan, (column.values == k).astype(float))


def _target(column: Column) -> tuple[Floats, bool, tuple[str, str]]:
    gaps = np.flatnonzero(np.isnan(column.values))
    if len(gaps):
        raise TableError("the target is missing here; it may be nowhere", row=int(gaps[0]) + 2, column=column.name)
    found = np.unique(column.values)
    if len(found) < 2:
        raise TableError("the target is the same in every row", column=column.name)
    if column.kind == "yes/no":
        return column.values, True, ("no", "yes")
    if column.kind == "words":
        if len(column.levels) > 2:
            raise TableError(
                f"a target is yes or no, or a number; this one has {len(column.levels)} words", column=column.name
            )
        return column.values, True, (column.levels[0], column.levels[1])
    if set(found) == {0.0, 1.0} or set(found) == {-1.0, 1.0}:
        return (column.values > 0).astype(float), True, ("no", "yes")
    return column.values, False, ("", "")


def _groups(column: Column) -> list[Hashable]:
    gaps = np.flatnonzero(np.isnan(column.values))
    if len(gaps):
        raise TableError("a row must say which group it is of", row=int(gaps[0]) + 2, column=column.name)
    if len(np.unique(column.values)) < 2:
        raise TableError("all rows are of one group: nothing could be held out", column=column.name)
    found: list[Hashable] = column.values.tolist()
    return found


def _times(column: Column) -> Floats:
    gaps = np.flatnonzero(np.isnan(column.values))
    if len(gaps) or column.kind in ("words", "yes/no"):
        row = int(gaps[0]) + 2 if len(gaps) else 2
        raise TableError("a time is a number or a date like 2026-03-01T08:00", row=row, column=column.name)
    return column.values
