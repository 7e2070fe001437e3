"""Tables into batches: every row finds its batch, and rows without any number are counted."""

from collections.abc import Sequence
from itertools import compress
from pathlib import Path
from typing import TypeVar

from cellarhand.move.cells import loose
from cellarhand.move.export import plain_text
from cellarhand.move.found import LogBatch
from cellarhand.move.headers import Column, Role
from cellarhand.move.layouts import Layout
from cellarhand.move.pile import Pile
from cellarhand.move.source import Chunk
from cellarhand.move.stamps import Stamps
from cellarhand.move.table import Table, Tabler

_ONCE = (Role.BRAND, Role.STYLE, Role.OG, Role.PITCHED_AT, Role.PITCH_HOURS, Role.PRECISION)
_NAMELESS = {"", "untitled", "undefined", "none"}
Key = tuple[str, str]  # what names the batch, and the colour of a float
T = TypeVar("T")


class Gather:
    """Collects the tables of one file, in their order."""

    def __init__(self, layout: Layout, stamps: Stamps, tabler: Tabler) -> None:
        self._layout = layout
        self._stamps = stamps
        self._tabler = tabler
        self._piles: dict[Key, Pile] = {}
        self._name = layout.one(Role.BATCH) or layout.one(Role.BEER) or layout.one(Role.BRAND)
        self._colour = layout.one(Role.COLOUR)
        self._above = ""
        self._own = layout.kind == "cellarhand"
        self.rows = self.empty = 0

    def add(self, table: Table, chunk: Chunk) -> None:
        """The next table."""
        count = len(table.us)
        self.rows += count
        for key, rows in self._groups(table, count).items():
            pile = self._piles.setdefault(key, Pile())
            if self._layout.plato is not None and not pile.has_wort:
                self._await_wort(pile, table, chunk, rows)
            self._say(pile, table, rows)
            if len(rows) == count and not table.refused:
                self._put(pile, table.us, table.values, table.texts, table.hours)
            else:
                self._put_some(pile, table, [i for i in rows if i not in table.refused])

    def batches(self, path: Path) -> tuple[LogBatch, ...]:
        """All batches with anything in them, by their names in the file or else by the file's own."""
        stem = path.name.removesuffix(".gz").removesuffix(".csv").removesuffix(".txt") or path.name
        filled = {key: pile for key, pile in self._piles.items() if pile.us or pile.texts}
        by_brand = self._name is not None and self._name.role is Role.BRAND
        found: list[LogBatch] = []
        for (name, colour), pile in filled.items():
            unnamed = (name.lower() in _NAMELESS and not self._own) or (by_brand and len(filled) == 1)
            said = "" if unnamed else self._text(name)
            shared = sum(other == name for other, _ in filled) > 1
            full = f"{said or stem} {colour}" if shared and colour else said or stem
            found.append(pile.batch(full, self._stamps, midnight_is_day=not self._own))
        return tuple(found)

    def _groups(self, table: Table, count: int) -> dict[Key, Sequence[int]]:
        if self._name is None and self._colour is None:
            return {("", ""): range(count)}
        names, colours = self._names(table, count), _column(table, self._colour, count)
        if len(set(names)) == len(set(colours)) == 1:
            return {(names[0], colours[0]): range(count)}
        groups: dict[Key, list[int]] = {}
        for i, key in enumerate(zip(names, colours, strict=True)):
            groups.setdefault(key, []).append(i)
        return dict(groups)

    def _names(self, table: Table, count: int) -> list[str]:
        """The name in each row; a blank one means the name above it, save in a float's log."""
        names = _column(table, self._name, count)
        if self._layout.kind == "tilt":
            return names
        for i, name in enumerate(names):
            names[i] = self._above = name or self._above
        return names

    def _await_wort(self, pile: Pile, table: Table, chunk: Chunk, rows: Sequence[int]) -> None:
        """0 °P before a batch's first true reading is a missing value: no wort has it."""
        column = self._layout.plato
        assert column is not None
        values, _ = loose([table.cells[column.index][i] for i in rows])
        waiting = []
        for i, value in zip(rows, values, strict=True):
            if value:
                pile.has_wort = True
                break
            if value == 0.0:
                waiting.append(i)
        self._tabler.refuse_waiting(table, chunk, waiting)

    def _say(self, pile: Pile, table: Table, rows: Sequence[int]) -> None:
        """Looks up what a batch says once: brand, style, original gravity, pitch."""
        for c in self._layout.of(*_ONCE):
            if c.role not in pile.said:
                cells = table.cells[c.index]
                first = next((i for i in rows if cells[i].strip()), None)
                if first is not None:
                    pile.said[c.role] = (table.us[first], self._text(cells[first].strip()), c.unit)

    def _text(self, text: str) -> str:
        return plain_text(text) if self._own else text

    def _put_some(self, pile: Pile, table: Table, rows: Sequence[int]) -> None:
        def some(column: Sequence[T]) -> list[T]:
            return [column[i] for i in rows]

        values = {channel: some(column) for channel, column in table.values.items()}
        texts = {channel: some(column) for channel, column in table.texts.items()}
        self._put(pile, some(table.us), values, texts, None if table.hours is None else some(table.hours))

    def _put(
        self,
        pile: Pile,
        us: list[int | None],
        values: dict[str, list[float | None]],
        texts: dict[str, list[str]],
        hours: list[float | None] | None,
    ) -> None:
        for channel, column in texts.items():
            said = [(at, self._text(text)) for at, text in zip(us, column, strict=True)]
            pile.add_texts(channel, said, every=self._own, forget=channel == "note")
        if any(None not in column for column in values.values()) and None not in us:
            pile.extend([at for at in us if at is not None], values, hours or [])
            return
        keep = [any(v is not None for v in row) for row in zip(*values.values(), strict=True)] or [False] * len(us)
        keep = [has and at is not None for has, at in zip(keep, us, strict=True)]
        self.empty += keep.count(False)
        times = [at for at in compress(us, keep) if at is not None]
        kept = {channel: list(compress(column, keep)) for channel, column in values.items()}
        pile.extend(times, kept, list(compress(hours, keep)) if hours else [])


def _column(table: Table, column: Column | None, count: int) -> list[str]:
    return [""] * count if column is None else [cell.strip() for cell in table.cells[column.index]]
