"""What only a look over the column can tell: how its dates are meant, and the unit of a header that names none."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import chain, pairwise

from cellarhand.domain import Refused
from cellarhand.move.cells import loose
from cellarhand.move.headers import UNSURE, Column, Role
from cellarhand.move.layouts import MOST_OTHERS, Layout
from cellarhand.move.source import Chunk, Source
from cellarhand.move.stamps import DAY, SLASHED, Stamps
from cellarhand.units import GRAVITY, HOTTEST_BEER_C

_COOL = (-5.0, 28.0)  # beer in °C, and hardly ever in °F
_WARM = (HOTTEST_BEER_C, 113.0)  # beer in °F, and never in °C
_SG_DECIMALS = 3
_FINE_SERIAL = 4  # decimals of a day number that still tell a minute


@dataclass(frozen=True, slots=True)
class Survey:
    """A layout without anything unsure, how dates are meant (None: none is unsure), and the guesses in sentences."""

    layout: Layout
    day_first: bool | None
    notes: tuple[str, ...]


def survey(source: Source, layout: Layout, day_first: bool | None) -> Survey:
    """Decides from a first chunk and, for dates that it leaves open, from the whole column.

    Raises `Refused` where dates could be meant both ways, with both.
    """
    chunks = source.chunks()
    first = next(chunks, Chunk([], 0))
    rows, _ = layout.fitted(first.rows)
    layout, notes = _units(layout, rows)
    if layout.serial and not _fine(_cells(rows, layout.serial)):
        if day_first is None:
            day_first = _order_by_serial(_cells(rows, layout.stamp), _cells(rows, layout.serial))
        layout = replace(layout, serial=None)
    if layout.serial is None and day_first is None and any(_parts(_cells(rows, layout.stamp))):
        day_first = order_of(cell for chunk in chain([first], chunks) for cell in _cells(chunk.rows, layout.stamp))
    return Survey(layout, day_first, tuple(notes))


def _cells(rows: Sequence[Sequence[str]], column: Column) -> list[str]:
    return [row[column.index] for row in rows if len(row) > column.index]


def _fine(cells: Sequence[str]) -> bool:
    return any(len(cell.strip().partition(".")[2]) >= _FINE_SERIAL for cell in cells[:50])


def _order_by_serial(stamps: Sequence[str], serials: Sequence[str]) -> bool | None:
    """How dates are meant, by the day number beside them where it is too coarse to be the time itself."""
    for stamp, serial in zip(stamps, serials, strict=True):
        for day_first in (True, False):
            at, day = Stamps(day_first=day_first).read([stamp, serial])
            if at is not None and day is not None and abs(at - day) < DAY and SLASHED.fullmatch(stamp.strip()):
                other = Stamps(day_first=not day_first).read([stamp])[0]
                if at != other:
                    return day_first
    return None


def _units(layout: Layout, rows: Sequence[Sequence[str]]) -> tuple[Layout, list[str]]:
    notes: list[str] = []
    columns = list(layout.columns)
    for i, c in enumerate(columns):
        if c.role in (Role.GRAVITY, Role.TEMPERATURE) and c.unit in (UNSURE, "sg", "plato"):
            cells = _cells(rows, c)
            values = [v for v in loose(cells)[0] if v is not None]
            has_format = c.role is Role.TEMPERATURE and layout.one(Role.FORMAT) is not None
            unit, note = _gravity(c, cells, values) if c.role is Role.GRAVITY else _temperature(c, values)
            columns[i] = replace(c, unit=unit)
            notes += [note] if note and not has_format else []
    gravity = next((c for c in columns if c.role is Role.GRAVITY and c.unit == "plato"), None)
    if len(layout.of(Role.OTHER)) == MOST_OTHERS:
        notes.append(f"Of the columns that mean nothing here, the first {MOST_OTHERS} are kept.")
    return replace(layout, columns=tuple(columns), plato=layout.plato or gravity), notes


def _gravity(c: Column, cells: Sequence[str], values: Sequence[float]) -> tuple[str, str]:
    real = sorted(v for v in values if v > 0)
    if c.unit == "plato":
        if not real or not GRAVITY.holds(real[0]) or not GRAVITY.holds(real[-1]) or not _written_as_sg(cells):
            return "plato", ""
        return "sg", f"“{c.header}” was taken as SG: all of it lies between {real[0]:g} and {real[-1]:g}."
    if real and real[0] >= 980.0 and real[-1] <= 1200.0:
        return "sg1000", f"“{c.header}” was taken as SG × 1000."
    if c.unit == UNSURE and real and real[-1] <= 45.0 and real[len(real) // 2] > 1.2:
        return "plato", f"“{c.header}” names no unit and was taken as °P: half of it is above 1.2."
    return "sg", ""


def _written_as_sg(cells: Sequence[str]) -> bool:
    """True where most numbers have three decimals or more: no hydrometer is read so in °P."""
    fine = [len(cell.strip().replace(",", ".").partition(".")[2]) >= _SG_DECIMALS for cell in cells if cell.strip()]
    return sum(fine) * 2 > len(fine)


def _temperature(c: Column, values: Sequence[float]) -> tuple[str, str]:
    warm = [v for v in values if _WARM[0] < v <= _WARM[1]]
    if len(warm) > sum(_COOL[0] <= v < _COOL[1] for v in values):
        return "F", f"“{c.header}” names no unit and was taken as °F: it goes up to {max(warm):g}."
    return "C", f"“{c.header}” names no unit and was taken as °C." if values else ""


def order_of(cells: Iterable[str]) -> bool | None:
    """True where dates like 3/4/2024 have the day first, False where the month, None where there are none.

    A part above 12 decides; so does the order in time, since a log is written forwards (or printed backwards).
    Dates with dots have the day first unless they can't.

    >>> order_of(["3/4/2024", "15/4/2024"]), order_of(["01/30/2024"]), order_of(["2024-01-30"])
    (True, False, None)
    """
    both: list[tuple[int, int, int]] = []  # year, first part, second part: where either reading is a date
    dots = False
    for year, first, second, sign in _parts(cells):
        if first > 12 or second > 12:
            return first > 12
        dots = dots or sign == "."
        if not both or both[-1] != (year, first, second):
            both.append((year, first, second))
    if dots:
        return True
    if not both or all(first == second for _, first, second in both):
        return True if both else None
    day_first = _in_order([(year, second, first) for year, first, second in both])
    month_first = _in_order(both)
    if day_first is month_first:
        raise _ambiguous(*next(d for d in both if d[1] != d[2]))
    return day_first


def _parts(cells: Iterable[str]) -> Iterator[tuple[int, int, int, str]]:
    for cell in cells:
        found = SLASHED.fullmatch(cell.strip())
        if found:
            year = int(found[4]) if len(found[4]) == 4 else 2000 + int(found[4])
            yield year, int(found[1]), int(found[3]), found[2]


def _in_order(dates: Sequence[tuple[int, int, int]]) -> bool:
    steps = [a < b for a, b in pairwise(dates) if a != b]
    return all(steps) or not any(steps)


def _ambiguous(year: int, first: int, second: int) -> Refused:
    day_first = f"{date(2000, second, 1):%B} {first}"
    month_first = f"{date(2000, first, 1):%B} {second}"
    return Refused(
        "a date is meant one way",
        f"{first}/{second}/{year}",
        f"it is {day_first} with the day first and {month_first} with the month first, and no row of the column "
        "decides; say whether the day comes first, or write dates like 2024-04-03",
    )
