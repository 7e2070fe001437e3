"""A table beyond memory: spooled once to plain numbers on disk, then learnt by gradient descent chunk by chunk.

The rule is in bytes: exact as long as 8·(n·d + d²) fits the budget, else this. Memory stays at one chunk whatever n.
"""

import tempfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import numpy as np

from cellarhand.lab.cells import MISSING, NO, YES, TableError, number
from cellarhand.lab.dice import Floats
from cellarhand.lab.table import delimiter_of, header, rows_of
from cellarhand.ladder import LOGISTIC, SQUARED, Chunk, Fit, descend

CHUNK = 8192
HELD = 20  # % of the groups that are judged by
_PASSES = 12


@dataclass(frozen=True, eq=False)
class Spool:
    """Rows on disk: columns in order, the target, and 1 where a row is held out; (n, d + 2) doubles in `path`."""

    path: Path
    names: tuple[str, ...]
    rows: int
    notes: tuple[str, ...]

    def chunks(self, held: bool) -> Iterator[tuple[Floats, Floats]]:
        """Columns (m, d) and target (m,), at most a chunk at a time, of the rows held out or of the others."""
        width = len(self.names) + 2
        with self.path.open("rb") as file:
            while len(part := np.fromfile(file, np.float64, CHUNK * width)):
                table = part.reshape(-1, width)
                table = table[(table[:, -1] > 0) == held]
                if len(table):
                    yield table[:, :-2], table[:, -2]


@dataclass(frozen=True)
class LargeOutcome:
    """What came of it: held-out loss of the mean and of the fit, weights per standard deviation, the certificate."""

    rows: int
    yes: bool
    baseline: float
    loss: float
    weights: dict[str, float]
    fit: Fit
    notes: tuple[str, ...]


def too_large(path: Path, budget: int) -> tuple[bool, str]:
    """Whether exact solvers would pass the budget in bytes, judged from the file's size and first rows; a sentence."""
    size = path.stat().st_size
    with path.open("rb") as file:
        first = file.readline()
        sample = file.read(65536)
    lines = max(sample.count(b"\n"), 1)
    n = int((size - len(first)) / max(len(sample) / lines, 1))
    d = first.count(delimiter_of(first.decode("utf-8", "replace")).encode()) + 1
    need = 8 * (n * d + d * d)
    verdict = "more than" if need > budget else "within"
    said = f"About {n} rows × {d} columns need {need / 2**20:.0f} MB, {verdict} the {budget / 2**20:.0f} MB given."
    return need > budget, said


@contextmanager
def spooled(path: Path, target: str, group: str | None = None) -> Iterator[Spool]:
    """Reads a CSV once, row by row; columns of words are left out and named. Numbers and yes/no only."""
    with tempfile.TemporaryDirectory() as folder, path.open(encoding="utf-8-sig", newline="") as lines:
        delimiter = delimiter_of(lines.readline())
        lines.seek(0)
        rows = rows_of(lines, delimiter)
        names = header(next(rows, []))
        if target not in names:
            raise TableError(f"there is no such column; there are {', '.join(names[:12])}", column=target)
        yield _spool(rows, names, (target, group), Path(folder) / "rows", delimiter == ";")


def _spool(rows: Iterator[list[str]], names: list[str], who: tuple[str, str | None], out: Path, comma: bool) -> Spool:
    first = next(rows, None)
    if first is None:
        raise TableError("there are no rows below the header")
    used = [k for k, n in enumerate(names) if n not in who and (_cell(first[k], comma) is not None)]
    notes = tuple(
        f"“{n}” holds words and is left out of a table this large."
        for k, n in enumerate(names) if n not in who and k not in used
    )  # fmt: skip
    goal, group = names.index(who[0]), None if who[1] is None else names.index(who[1])
    count, block = 0, []
    with out.open("wb") as file:
        for k, row in enumerate(chain([first], rows)):
            block.append(_numbers(row, names, used, goal, group, k, comma))
            if len(block) == CHUNK:
                np.array(block).tofile(file)
                count, block = count + len(block), []
        if block:
            np.array(block).tofile(file)
    return Spool(out, tuple(names[k] for k in used), count + len(block), notes)


def _cell(text: str, comma: bool) -> float | None:
    low = text.lower()
    if low in MISSING:
        return float("nan")
    return float(low in YES) if low in YES | NO else number(text, comma)


def _numbers(
    row: list[str], names: list[str], used: list[int], goal: int, group: int | None, k: int, comma: bool
) -> list[float]:
    found = []
    for at in (*used, goal):
        value = _cell(row[at], comma)
        if value is None or np.isinf(value):
            raise TableError(f"{row[at][:40]!r} is no number, as the first row's is", row=k + 2, column=names[at])
        found.append(value)
    if np.isnan(found[-1]):
        raise TableError("the target is missing here; it may be nowhere", row=k + 2, column=names[goal])
    key = str(k) if group is None else row[group]
    return [*found, float(zlib.crc32(key.encode()) % 100 < HELD)]


def fit_large(
    path: Path, target: str, *, group: str | None = None, seed: int = 0, l2: float = 1e-4,
    tell: Callable[[str], None] | None = None,
) -> LargeOutcome:  # fmt: skip
    """Least squares or logistic regression by gradient descent out of core; a fifth of the groups is held out."""
    with spooled(path, target, group) as spool:
        if tell is not None:
            tell(f"{spool.rows} rows spooled; {_PASSES} passes follow")
        mean, scale, rate, yes = _survey(spool)
        loss = LOGISTIC if yes else SQUARED

        def standard(x: Floats) -> Floats:
            return np.nan_to_num((x - mean) / scale, nan=0.0)

        def read() -> Iterator[Chunk]:
            return (Chunk(standard(x), y) for x, y in spool.chunks(False))

        fit = descend(read, loss, l2=l2, passes=_PASSES, seed=seed, tolerance=1e-2)
        totals, base, n = 0.0, 0.0, 0
        for x, y in spool.chunks(True):
            totals += float(loss.value(fit.score(standard(x)), y).sum())
            base += float(loss.value(np.full(len(y), loss.link(rate)), y).sum())
            n += len(y)
        twice = 1.0 if yes else 2.0  # a squared error is told whole, not half
        weights = dict(zip(spool.names, fit.weights.tolist(), strict=True))
        return LargeOutcome(
            spool.rows, yes, twice * base / max(n, 1), twice * totals / max(n, 1), weights, fit, spool.notes
        )


def _survey(spool: Spool) -> tuple[Floats, Floats, float, bool]:
    """Mean and spread of each column (d,), the target's mean, and whether it is 0 or 1 throughout."""
    d = len(spool.names)
    count, sums, squares = np.zeros(d), np.zeros(d), np.zeros(d)
    total, n, yes = 0.0, 0, True
    for x, y in spool.chunks(False):
        known = np.isfinite(x)
        count += known.sum(0)
        sums += np.where(known, x, 0.0).sum(0)
        total, n, yes = total + float(y.sum()), n + len(y), yes and bool(((y == 0) | (y == 1)).all())
    mean = sums / np.maximum(count, 1)
    for x, _ in spool.chunks(False):
        squares += np.where(np.isfinite(x), (x - mean) ** 2, 0.0).sum(0)
    spread = np.sqrt(squares / np.maximum(count, 1))
    if not n:
        raise TableError("no row is left to learn from: all groups are held out")
    return mean, np.where(spread > 0, spread, 1.0), total / n, yes
