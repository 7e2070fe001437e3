"""One column of text cells into numbers: what it is (number, yes/no, date, words), or which row is odd and why."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np

from cellarhand.lab.dice import Floats

MISSING = {"", "na", "n/a", "nan", "null", "none", "-", "?"}
YES, NO = {"yes", "true", "y", "t"}, {"no", "false", "n", "f"}
NEARLY = 0.8  # from this share of numbers (or dates) on, the other cells are mistakes and not words


class TableError(ValueError):
    """A table that can't be used: where (row of the file, from 1, the header being 1; column) and why.

    >>> str(TableError("'abc' is no number, as the others are", row=3, column="sg"))
    "row 3, column “sg”: 'abc' is no number, as the others are"
    """

    def __init__(self, reason: str, *, row: int | None = None, column: str | None = None) -> None:
        self.reason, self.row, self.column = reason, row, column
        where = [f"row {row}"] if row is not None else []
        where += [f"column “{column}”"] if column is not None else []
        super().__init__(f"{', '.join(where)}: {reason}" if where else reason)


@dataclass(frozen=True, eq=False)
class Column:
    """A column: kind "number", "yes/no", "date" (hours since the earliest) or "words" (places in `levels`).

    Values (n,), nan where missing.
    """

    name: str
    kind: str
    values: Floats
    levels: tuple[str, ...] = ()


def number(text: str, comma: bool) -> float | None:
    """A number, or None; `comma` reads 1,5 as one and a half."""
    try:
        return float(text.replace(",", ".") if comma else text)
    except ValueError:
        return None


def _date(text: str) -> float | None:
    if len(text) < 8:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp() / 3600.0


def column_of(name: str, cells: Sequence[str], *, comma: bool = False) -> Column:
    """Reads a column; refuses the odd cell of one that is otherwise all numbers or all dates.

    >>> column_of("done", ["yes", "no", ""]).values.tolist()
    [1.0, 0.0, nan]
    """
    known = [c for c in cells if c.lower() not in MISSING]
    if not known:
        return Column(name, "number", np.full(len(cells), np.nan))
    lower = {c.lower() for c in known}
    if lower <= YES | NO:
        return Column(name, "yes/no", _each(cells, lambda c: float(c.lower() in YES)))
    for kind, read in (("number", lambda c: number(c, comma)), ("date", _date)):
        found = sum(read(c) is not None for c in known)
        if found == len(known) or (found >= NEARLY * len(known) and found >= 3):
            values = _each(cells, lambda c, r=read: _demand(r(c)))
            return _checked(Column(name, kind, values), cells)
    levels = tuple(sorted(set(known)))
    place = {level: float(k) for k, level in enumerate(levels)}
    return Column(name, "words", _each(cells, lambda c: place[c]), levels)


def _demand(value: float | None) -> float:
    return np.inf if value is None else value


def _each(cells: Sequence[str], read: "object") -> Floats:
    assert callable(read)
    return np.array([np.nan if c.lower() in MISSING else read(c) for c in cells])


def _checked(column: Column, cells: Sequence[str]) -> Column:
    odd = np.flatnonzero(np.isinf(column.values))
    if len(odd):
        row, what = int(odd[0]), "number" if column.kind == "number" else "date"
        infinite = "inf" in cells[row].lower()
        why = f"{cells[row][:40]!r} is infinite" if infinite else f"{cells[row][:40]!r} is no {what}, as the others are"
        raise TableError(why, row=row + 2, column=column.name)
    if column.kind == "date":
        return Column(column.name, "date", column.values - np.nanmin(column.values))
    return column
