"""Cells of one column into numbers: quickly where all are plain, patiently where some are not."""

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from cellarhand.units import (
    BAR_PER_KPA,
    BAR_PER_PSI,
    FIRMWARE,
    GRAVITY,
    PH,
    PLATO,
    PRESSURE,
    TEMPERATURE,
    WAKING,
    Range,
    c_from_f,
    c_from_k,
    sg_from_plato,
)

MISSING = frozenset({"", "-", "--", "---", "–", "—", "nan", "null", "none", "n/a", "na", "#n/a", "nil", "?"})
_UNIT = re.compile(r"\s*(?:°\s*)?(?:sg|plato|bar|psi|[cfkp%])$", re.IGNORECASE)
_TRUTH = {"true": 1.0, "false": 0.0}


@dataclass(frozen=True, slots=True)
class Wrong:
    """A cell that can't be what its column says."""

    index: int
    rule: str
    value: str
    cause: str


@dataclass(frozen=True, slots=True)
class Measure:
    """How numbers of one unit become the house's, and between which limits they are believed.

    `limits` holds converted values; `sent` holds the numbers as written, where the unit has limits of its own.
    `waking` is the one number as written that a sensor says before it has measured.
    """

    limits: Range
    convert: Callable[[float], float] | None = None
    sent: Range | None = None
    waking: float | None = None


_HINTS_F = ((999.0, 999.0, FIRMWARE), (-196.7, -196.5, "is the probe unplugged?"))
_FAHRENHEIT = Range("temp_f", 14.0, 221.0, ".0f", _HINTS_F)
_KELVIN = Range("temp_k", 263.15, 378.15, ".0f", ((-50.0, 110.0, "is it in °C?"), (999.0, 999.0, FIRMWARE)))
GRAVITIES = {
    "sg": Measure(GRAVITY),
    "sg1000": Measure(GRAVITY, lambda v: v / 1000.0),
    "plato": Measure(GRAVITY, lambda v: round(sg_from_plato(v), 6), PLATO),
}
TEMPERATURES = {
    "C": Measure(TEMPERATURE, waking=85.0),
    "F": Measure(TEMPERATURE, lambda v: round(c_from_f(v), 4), _FAHRENHEIT, waking=185.0),
    "K": Measure(TEMPERATURE, lambda v: round(c_from_k(v), 4), _KELVIN, waking=358.15),
}
PRESSURES = {
    "bar": Measure(PRESSURE),
    "psi": Measure(PRESSURE, lambda v: round(v * BAR_PER_PSI, 6)),
    "kpa": Measure(PRESSURE, lambda v: round(v * BAR_PER_KPA, 6)),
}
ACIDITY = Measure(PH)


def number(cell: str) -> float | None:
    """The number in a cell, None where it is missing; raises ValueError where it is no number.

    A comma counts as the decimal point where there is no other, and a unit may follow.

    >>> number("1,050"), number("20.5 °C"), number("n/a"), number("TRUE")
    (1.05, 20.5, None, 1.0)
    """
    text = cell.strip()
    if text.lower() in MISSING:
        return None
    if text.lower() in _TRUTH:
        return _TRUTH[text.lower()]
    text = _UNIT.sub("", text).replace("−", "-")
    if "_" in text:
        raise ValueError(text)
    if "," in text and "." not in text:
        text = text.replace(",", ".", 1)
    value = float(text)
    if math.isinf(value):
        raise ValueError(text)
    return None if math.isnan(value) else value


def plain(cells: Sequence[str]) -> list[float] | None:
    """All cells as numbers where every one is plainly a finite number, else None. Much faster than `number`."""
    try:
        values = list(map(float, cells))
    except ValueError:
        return None
    return values if math.isfinite(sum(values)) and "_" not in "".join(cells) else None


def loose(cells: Sequence[str]) -> tuple[list[float | None], list[int]]:
    """The numbers in the cells, and which cells hold something else; shapes (n,) and (any,)."""
    quick = plain(cells)
    if quick is not None:
        return list(quick), []
    values: list[float | None] = []
    others: list[int] = []
    for i, cell in enumerate(cells):
        try:
            values.append(number(cell))
        except ValueError:
            values.append(None)
            others.append(i)
    return values, others


def measured(cells: Sequence[str], measure: Measure) -> tuple[list[float | None], list[Wrong]]:
    """The values of a column in the house's unit, shape (n,), None where missing or wrong; and what is wrong.

    >>> measured(["1.050", "48", ""], GRAVITIES["sg"])
    ([1.05, None, None], [Wrong(index=1, rule='0.980..1.200', value='48', cause='is it in points or °P?')])
    """
    quick = plain(cells)
    if quick is not None and measure.waking not in quick:
        within = measure.sent or measure.limits
        if quick and within.low <= min(quick) and max(quick) <= within.high:
            if measure.convert is None:
                return list(quick), []
            done = list(map(measure.convert, quick))
            if measure.limits.low <= min(done) and max(done) <= measure.limits.high:
                return list(done), []
    return _one_by_one(cells, measure)


def _one_by_one(cells: Sequence[str], measure: Measure) -> tuple[list[float | None], list[Wrong]]:
    values: list[float | None] = []
    wrong: list[Wrong] = []
    for i, cell in enumerate(cells):
        value: float | None = None
        try:
            value = number(cell)
        except ValueError:
            wrong.append(Wrong(i, "a number", cell.strip()[:80], "is it a note in the wrong column?"))
        if value is not None and value == measure.waking:
            wrong.append(Wrong(i, "a temperature that was measured", cell.strip()[:80], WAKING))
            value = None
        if value is not None:
            fault = _outside(value, measure)
            if fault is None:
                value = measure.convert(value) if measure.convert else value
            else:
                wrong.append(Wrong(i, fault.rule, cell.strip()[:80], fault.cause(value)))
                value = None
        values.append(value)
    return values, wrong


def _outside(value: float, measure: Measure) -> Range | None:
    if measure.sent is not None and not measure.sent.holds(value):
        return measure.sent
    converted = measure.convert(value) if measure.convert else value
    return None if measure.limits.holds(converted) else measure.limits
