"""A historian's wide export, one row a tank and moment, into the columns of each tank."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from cellarhand.domain import Refused
from cellarhand.move.cells import TEMPERATURES, Wrong, loose, measured
from cellarhand.move.found import Refusals, RefusedRow
from cellarhand.move.headers import key_and_unit
from cellarhand.move.source import Chunk, open_source
from cellarhand.move.stamps import Stamps
from cellarhand.units import LITRES_PER_HL, LITRES_PER_US_BARREL, LITRES_PER_US_GALLON

HEIGHTS = ("top", "middle", "bottom")
_NUMBERS = ("volume", "plato", "full plato", *(f"{h} c" for h in HEIGHTS), *(f"{h} out" for h in HEIGHTS))
_TEXTS = ("brand", "status", "id")
_NAMES = {
    **dict.fromkeys(("vessel", "tank", "fermenter", "fv"), "tank"),
    **dict.fromkeys(("timestamp", "time", "datetime"), "at"),
    **dict.fromkeys(("volume", "level"), "volume"),
    **dict.fromkeys(("fvfullplato", "fullplato"), "full plato"),
    **dict.fromkeys(("fermentationid", "batchid"), "id"),
    "plato": "plato",
    "brand": "brand",
    "status": "status",
}
_ZONE = re.compile(r"(top|middle|bottom)tic(pv|out)")
_LITRES = {"": LITRES_PER_US_BARREL, "bbl": LITRES_PER_US_BARREL, "hl": LITRES_PER_HL, "l": 1.0}
_LITRES["gal"] = LITRES_PER_US_GALLON
_PROBES = {unit: replace(measure, waking=None) for unit, measure in TEMPERATURES.items()}  # a plant's, no DS18B20


@dataclass(slots=True)
class TankRows:
    """All rows of one tank in time order, columns of shape (n,): volumes in litres, temperatures in °C, °P as read."""

    us: list[int] = field(default_factory=list)
    numbers: dict[str, list[float | None]] = field(default_factory=lambda: {name: [] for name in _NUMBERS})
    texts: dict[str, list[str]] = field(default_factory=lambda: {name: [] for name in _TEXTS})

    def in_order(self) -> None:
        """Sorts by time and keeps the last row of each moment."""
        if all(a < b for a, b in zip(self.us, self.us[1:], strict=False)):
            return
        order = sorted({at: i for i, at in enumerate(self.us)}.items())
        self.us = [at for at, _ in order]
        rows = [i for _, i in order]
        self.numbers = {name: [column[i] for i in rows] for name, column in self.numbers.items()}
        self.texts = {name: [column[i] for i in rows] for name, column in self.texts.items()}


@dataclass(slots=True)
class Wide:
    """The whole export: `tanks` by name, and what was refused of it."""

    tanks: dict[str, TankRows]
    rows: int
    refusals: Refusals


def read_wide(path: Path, zone: str, on_rows: Callable[[int], None] | None = None) -> Wide:
    """Reads the export; raises `Refused` where its header has no tank, time and Status."""
    wide = Wide({}, 0, Refusals())
    stamps = Stamps(zone, day_first=False)
    with open_source(path) as source:
        places = _places(source.header)
        for chunk in source.chunks():
            _add(wide, chunk, places, stamps, source.header)
            if on_rows is not None:
                on_rows(source.position)
    for tank in wide.tanks.values():
        tank.in_order()
    return wide


def is_historian(header: Sequence[str]) -> bool:
    """True for the header of a wide export.

    >>> is_historian(["vessel", "Timestamp", "Top TIC PV", "Status"]), is_historian(["Time", "SG"])
    (True, False)
    """
    return {"tank", "at", "status"} <= _found(header).keys()


def _found(header: Sequence[str]) -> dict[str, tuple[int, str]]:
    places: dict[str, tuple[int, str]] = {}
    for i, cell in enumerate(header):
        key, unit = key_and_unit(cell)
        zone = _ZONE.fullmatch(key)
        name = _NAMES.get(key) or (f"{zone[1]} {'c' if zone[2] == 'pv' else 'out'}" if zone else None)
        if name:
            places.setdefault(name, (i, unit))
    return places


def _places(header: Sequence[str]) -> dict[str, tuple[int, str]]:
    places = _found(header)
    missing = [name for name in ("tank", "at", "status") if name not in places]
    if missing:
        known = "vessel, Timestamp, Volume, Top TIC PV, …, Plato, FV Full Plato, Brand, Status"
        raise Refused("a historian's export names tank, time and status", ", ".join(header)[:80], f"known is {known}")
    unit = places.get("volume", (0, ""))[1]
    if unit not in _LITRES:
        raise Refused(f"a volume in {', '.join(u for u in _LITRES if u)}", unit, "is the header's unit right?")
    return places


def _add(wide: Wide, chunk: Chunk, places: dict[str, tuple[int, str]], stamps: Stamps, header: Sequence[str]) -> None:
    width = len(header)
    rows = [row[:width] + [""] * (width - len(row)) for row in chunk.rows]
    wide.rows += len(rows)
    cells = list(zip(*rows, strict=True))
    times = stamps.read(cells[places["at"][0]])
    numbers = {name: _numbers(name, cells, places, len(rows)) for name in _NUMBERS}
    texts = {name: _texts(name, cells, places, len(rows)) for name in _TEXTS}
    by_tank: dict[str, list[int]] = {}
    for i, (at, name) in enumerate(zip(times, cells[places["tank"][0]], strict=True)):
        if at is None or not name.strip():
            wrong = Wrong(i, "a tank and a time", cells[places["at"][0]][i], "is it a line of another table?")
            wide.refusals.add(_refused(chunk, header[places["at"][0]], wrong))
        else:
            by_tank.setdefault(name.strip(), []).append(i)
    for name, indices in by_tank.items():
        tank = wide.tanks.setdefault(name, TankRows())
        tank.us += [at for i in indices if (at := times[i]) is not None]
        for channel, column in numbers.items():
            tank.numbers[channel] += [column[i] for i in indices]
        for channel, words in texts.items():
            tank.texts[channel] += [words[i] for i in indices]


def _refused(chunk: Chunk, column: str, wrong: Wrong) -> RefusedRow:
    line = chunk.line(wrong.index)
    return RefusedRow(line=line, column=column, rule=wrong.rule, value=wrong.value, cause=wrong.cause)


def _numbers(
    name: str, cells: Sequence[Sequence[str]], places: dict[str, tuple[int, str]], count: int
) -> list[float | None]:
    """A column of numbers; glitches ("Bad Input", a number that no beer has) are missing, as everywhere there."""
    if name not in places:
        return [None] * count
    index, unit = places[name]
    if name.endswith(" c"):
        return measured(cells[index], _PROBES["C" if unit == "c" else "F"])[0]
    values, _ = loose(cells[index])
    if name != "volume":
        return values
    return [None if v is None or v < 0.0 else round(v * _LITRES[unit], 2) for v in values]


def _texts(name: str, cells: Sequence[Sequence[str]], places: dict[str, tuple[int, str]], count: int) -> Sequence[str]:
    return cells[places[name][0]] if name in places else [""] * count
