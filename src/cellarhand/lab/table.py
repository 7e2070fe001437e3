"""A table from CSV or Parquet, with the row, the column and the reason where it can't be read."""

import csv
import hashlib
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from cellarhand.lab.cells import Column, TableError, column_of

FEWEST_ROWS = 10


@dataclass(frozen=True, eq=False)
class Table:
    """Columns by name, how many rows, and a digest of the file they came from."""

    columns: dict[str, Column]
    rows: int
    digest: str

    def column(self, name: str) -> Column:
        """A column by its name; a name that isn't there is refused with those that are."""
        if name not in self.columns:
            raise TableError(f"there is no such column; there are {', '.join(list(self.columns)[:12])}", column=name)
        return self.columns[name]


def read_table(path: Path) -> Table:
    """Reads `.parquet` by its own types, anything else as CSV (comma, semicolon or tab; UTF-8; one header row)."""
    raw = path.read_bytes()
    digest = hashlib.sha256(raw).hexdigest()
    arrow = path.suffix.lower() in {".parquet", ".pq"} or raw[:4] == b"PAR1"
    columns = _parquet(raw) if arrow else _csv(_text(raw))
    rows = len(next(iter(columns.values())).values) if columns else 0
    if rows < FEWEST_ROWS:
        raise TableError(f"a table has at least {FEWEST_ROWS} rows below its header; this one has {rows}")
    return Table(columns, rows, digest)


def _text(raw: bytes) -> str:
    if b"\0" in raw[:4096]:
        raise TableError("this is no text: is it a spreadsheet? Save it as CSV", row=1)
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = raw[: error.start].count(b"\n") + 1
        raise TableError("a byte isn't UTF-8: was it saved in an older encoding?", row=row) from None


def _csv(text: str) -> dict[str, Column]:
    delimiter = delimiter_of(text.split("\n", 1)[0])
    rows = rows_of(io.StringIO(text, newline=""), delimiter)
    names = header(next(rows, []))
    body = list(rows)
    turned: Sequence[Sequence[str]] = list(zip(*body, strict=True)) if body else [[] for _ in names]
    comma = delimiter == ";"
    return {name: column_of(name, cells, comma=comma) for name, cells in zip(names, turned, strict=True)}


def delimiter_of(first: str) -> str:
    """The commonest of comma, semicolon and tab in the header.

    >>> delimiter_of("a;b;c")
    ';'
    """
    return max(",;\t", key=first.count)


def rows_of(lines: Any, delimiter: str) -> Iterator[list[str]]:
    """Rows of a CSV, stripped, blank ones left out; refuses the first of another length than the header."""
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    width: int | None = None
    try:
        for row in reader:
            if not any(cell.strip() for cell in row):
                continue
            if width is None:
                width = len(row)
            if len(row) != width:
                raise TableError(f"{len(row)} cells where the header has {width}", row=reader.line_num)
            yield [cell.strip() for cell in row]
    except csv.Error as error:
        raise TableError(f"{error}: is a quote left open?", row=reader.line_num) from None


def header(names: Sequence[str]) -> list[str]:
    """The names of the columns; refuses none, an empty one and one that is there twice."""
    if not names or all(not n for n in names):
        raise TableError("there is no header", row=1)
    if all(_numeric(n) for n in names):
        raise TableError("the first row is all numbers: a table starts with its columns' names", row=1)
    for k, name in enumerate(names):
        if not name:
            raise TableError(f"column {k + 1} has no name", row=1)
        if name in names[:k]:
            raise TableError("the name is there twice", row=1, column=name)
    return list(names)


def _numeric(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _parquet(raw: bytes) -> dict[str, Column]:
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError:
        raise TableError("Parquet needs pyarrow: pip install 'cellarhand[parquet]', or save it as CSV") from None
    try:
        table = pq.read_table(io.BytesIO(raw))
    except (pa.ArrowInvalid, OSError) as error:
        raise TableError(f"it isn't Parquet: {str(error)[:80]}") from None
    names = header(table.column_names)
    return {name: _arrow(name, table.column(name).to_pylist()) for name in names}


def _arrow(name: str, values: Sequence[Any]) -> Column:
    if any(isinstance(v, list | dict | bytes) for v in values):
        row = next(k for k, v in enumerate(values) if isinstance(v, list | dict | bytes))
        raise TableError("a cell holds one value, not a list", row=row + 1, column=name)
    if all(v is None or (isinstance(v, int | float) and not isinstance(v, bool)) for v in values):
        found = np.array([np.nan if v is None else float(v) for v in values])
        infinite = np.flatnonzero(np.isinf(found))
        if len(infinite):
            raise TableError("the value is infinite", row=int(infinite[0]) + 1, column=name)
        return Column(name, "number", found)
    return column_of(name, ["" if v is None else str(v) for v in values])
