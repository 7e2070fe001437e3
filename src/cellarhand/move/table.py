"""A chunk of rows into columns of times, values and texts, with everything that breaks a rule set aside."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from cellarhand.move.cells import ACIDITY, GRAVITIES, PRESSURES, TEMPERATURES, Measure, Wrong, loose, measured
from cellarhand.move.found import Refusals, RefusedRow
from cellarhand.move.headers import Column, Role
from cellarhand.move.layouts import Layout
from cellarhand.move.source import Chunk
from cellarhand.move.stamps import Stamps
from cellarhand.units import FIRMWARE

_BEFORE_WORT = "0 °P where nothing else was read before is a missing value"


@dataclass(slots=True)
class Table:
    """One chunk by columns, each of shape (n,): rows are still together, wrong cells are None.

    `refused` are the rows that mustn't be kept, `cells` the raw texts by column for those who look up names.
    """

    us: list[int | None]
    values: dict[str, list[float | None]]
    texts: dict[str, list[str]]
    cells: Sequence[Sequence[str]]
    hours: list[float | None] | None = None
    refused: set[int] = field(default_factory=set)


class Tabler:
    """Turns the chunks of one file into tables; what it refuses is told to `refusals` with line and cause."""

    def __init__(self, layout: Layout, stamps: Stamps, refusals: Refusals) -> None:
        self._layout = layout
        self._stamps = stamps
        self._refusals = refusals

    def table(self, chunk: Chunk) -> Table:
        """The next chunk as columns."""
        rows, misfits = self._layout.fitted(chunk.rows)
        cells = list(zip(*rows, strict=True)) if rows else [()] * len(self._layout.columns)
        times = self._times(cells)
        table = Table(self._stamps.read(times), {}, {}, cells)
        for i in misfits:
            self._tell(table, chunk, self._layout.stamp, _misfit(i, rows[i]))
        for c in self._layout.columns:
            self._fill(table, chunk, c)
        if None in table.us:
            self._refuse_timeless(table, chunk, times)
        return table

    def _times(self, cells: Sequence[Sequence[str]]) -> Sequence[str]:
        stamps = cells[self._layout.stamp.index]
        if self._layout.serial:
            serials = cells[self._layout.serial.index]
            return [serial or stamp for serial, stamp in zip(serials, stamps, strict=True)]
        if self._layout.clock:
            clocks = cells[self._layout.clock.index]
            return [f"{day} {clock}".strip() for day, clock in zip(stamps, clocks, strict=True)]
        return stamps

    def _fill(self, table: Table, chunk: Chunk, c: Column) -> None:
        cells = table.cells[c.index]
        if c.role is Role.HOURS:
            table.hours = None if self._stamps.timed else loose(cells)[0]
        elif c.role is Role.OTHER:
            values, others = loose(cells)
            if any(v is not None for v in values):
                table.values[c.channel] = values
            if others:
                texts = table.texts[c.channel] = [""] * len(cells)
                for i in others:
                    texts[i] = cells[i].strip()
        elif c.role is Role.NOTE:
            table.texts[c.channel] = [cell.strip() for cell in cells]
        elif c.role in (Role.GRAVITY, Role.TEMPERATURE, Role.PH, Role.PRESSURE):
            values, wrong = self._measured(table, c)
            table.values[c.channel] = values
            for fault in wrong:
                self._tell(table, chunk, c, fault, whole=self._costs_its_row(c, fault))

    def _costs_its_row(self, c: Column, fault: Wrong) -> bool:
        """An impossible gravity does; so does a Tilt's firmware packet, whose gravity is the version."""
        if c.role is Role.GRAVITY:
            return fault.rule != "a number"
        return fault.cause == FIRMWARE and self._layout.of_tilts

    def _measured(self, table: Table, c: Column) -> tuple[list[float | None], list[Wrong]]:
        cells = table.cells[c.index]
        form = self._layout.one(Role.FORMAT)
        if c.role is Role.TEMPERATURE and form is not None:
            return _by_row(cells, table.cells[form.index], c.unit)
        return measured(cells, _measure(c))

    def _refuse_timeless(self, table: Table, chunk: Chunk, times: Sequence[str]) -> None:
        for i, us in enumerate(table.us):
            if us is None and self._says_something(table, i):
                cause = (
                    "is it a date like 2024-05-16 or 2024-05-16 14:30?" if times[i].strip() else "no time is written"
                )
                self._tell(
                    table, chunk, self._layout.stamp, Wrong(i, "a time from 1990 to 2100", times[i].strip(), cause)
                )

    def _says_something(self, table: Table, i: int) -> bool:
        return any(values[i] is not None for values in table.values.values())

    def _tell(self, table: Table, chunk: Chunk, c: Column, wrong: Wrong, *, whole: bool = True) -> None:
        """Sets aside a row or a cell, once: of a row that is refused nothing more is told."""
        if wrong.index in table.refused:
            return
        if whole:
            table.refused.add(wrong.index)
        if self._refusals.full:
            self._refusals.count(whole=whole)
            return
        line = chunk.line(wrong.index)
        self._refusals.add(
            RefusedRow(line=line, column=c.header, rule=wrong.rule, value=wrong.value, cause=wrong.cause, whole=whole)
        )

    def refuse_waiting(self, table: Table, chunk: Chunk, rows: Sequence[int]) -> None:
        """Refuses rows that stand before a batch's first reading with 0 °P."""
        c = self._layout.plato
        for i in rows:
            if c is not None:
                cell = table.cells[c.index][i].strip()
                self._tell(table, chunk, c, Wrong(i, _BEFORE_WORT, cell, "was it measured later, or never?"))


def _measure(c: Column) -> Measure:
    if c.role is Role.GRAVITY:
        return GRAVITIES[c.unit]
    if c.role is Role.TEMPERATURE:
        return TEMPERATURES[c.unit]
    return ACIDITY if c.role is Role.PH else PRESSURES[c.unit]


def _by_row(cells: Sequence[str], forms: Sequence[str], other: str) -> tuple[list[float | None], list[Wrong]]:
    """Temperatures whose unit stands beside each of them; `other` is the unit where none does."""
    units = [form.strip(" °")[:1].upper() or other for form in forms]
    values: list[float | None] = [None] * len(cells)
    wrong: list[Wrong] = []
    for unit in set(units):
        rows = [i for i, u in enumerate(units) if u == unit]
        got, faults = measured([cells[i] for i in rows], TEMPERATURES.get(unit, TEMPERATURES["C"]))
        for i, value in zip(rows, got, strict=True):
            values[i] = value
        wrong += [Wrong(rows[f.index], f.rule, f.value, f.cause) for f in faults]
    return values, wrong


def _misfit(index: int, row: Sequence[str]) -> Wrong:
    return Wrong(index, "as many cells as the header", ",".join(row)[:80], "is there a comma in a number or a note?")
