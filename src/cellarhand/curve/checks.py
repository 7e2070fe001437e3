"""What scripts and command line hand in, checked: each refusal is one sentence with rule, value and likely cause."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from cellarhand.curve.doubts import NOT_BEER_C
from cellarhand.curve.merge import Series
from cellarhand.domain import Floats, Kind, Refused
from cellarhand.units import GRAVITY, TEMPERATURE

LONGEST_H = 87_600.0  # ten years: the oldest sour; more is a date or seconds in the place of hours


@dataclass(frozen=True, kw_only=True)
class Context:
    """What a person or the store knows of the batch, times in hours on the curve's clock."""

    pitched_at: float = 0.0
    full_at: float | None = None
    started_at: datetime | None = None
    og: float | None = None
    expected_fg: float | None = None
    kind: Kind | None = None
    brand: str | None = None
    style: str | None = None
    culture: str | None = None
    dry_hops: tuple[float, ...] = ()


def checked_series(
    hours: ArrayLike, sg: ArrayLike, temp_c: ArrayLike | None, *, now: float | None = None, pitched_at: float = 0.0
) -> Series:
    """One series of readings, as far as `now`; what came later isn't looked at. Raises `Refused`.

    >>> checked_series([0, 24], [1.050, None], None).sg.tolist()
    [1.05, nan]
    """
    h, g = numbers("hours", hours), numbers("sg", sg)
    t = np.full(len(h), np.nan) if temp_c is None else numbers("temp_c", temp_c)
    if not len(h) == len(g) == len(t):
        raise Refused(
            "hours, sg and temp_c have one value a reading",
            f"{len(h)}, {len(g)} and {len(t)} values",
            "is a column cut short?",
        )
    _finite("hours", h)
    seen = np.isfinite(h) if now is None else h <= now
    for name, values in (("sg", g[seen]), ("temp_c", t[seen])):
        _finite(name, values)
    _near_the_pitch("hours are", h[seen], pitched_at)
    if now is not None:
        _near_the_pitch("now is", np.array([now]), pitched_at)
    _beer_temperatures(t[seen])
    return Series(source="readings", hours=h[seen], sg=g[seen], temp_c=t[seen])


def checked_context(words: Mapping[str, Any]) -> Context:
    """What was stated of the batch, with numbers as floats and `kind` as a Kind. Raises `Refused`.

    >>> checked_context({"kind": "Lager", "og": 1.048}).kind
    <Kind.LAGER: 'lager'>
    """
    unknown = set(words) - set(Context.__dataclass_fields__)
    if unknown:
        known = ", ".join(Context.__dataclass_fields__)
        raise Refused(f"known words are {known}", sorted(unknown)[0], "is it misspelt?")
    stated = dict(words)
    for name in ("og", "expected_fg"):
        if stated.get(name) is not None:
            stated[name] = _gravity(name, stated[name])
    for name in ("pitched_at", "full_at"):
        if name in stated and (name == "pitched_at" or stated[name] is not None):
            stated[name] = one_hour(name, stated[name])
    for name in ("brand", "style", "culture"):
        if not isinstance(stated.get(name), str | None):
            raise Refused(f"{name} is text", stated[name], "leave it out where it isn't known")
    if stated.get("kind") is not None:
        stated["kind"] = _kind(stated["kind"])
    started = stated.get("started_at")
    if started is not None and (not isinstance(started, datetime) or started.tzinfo is None):
        raise Refused("started_at is a datetime with a zone", started, "add tzinfo=timezone.utc")
    if "dry_hops" in stated:
        stated["dry_hops"] = tuple(numbers("dry_hops", stated["dry_hops"]).tolist())
    context = Context(**stated)
    _in_order(context)
    return context


def numbers(name: str, values: ArrayLike) -> Floats:
    """One list of numbers as floats, nan for None and masked; text, dates and tables are refused.

    >>> numbers("sg", [1.05, None]).tolist()
    [1.05, nan]
    """
    if isinstance(values, Iterator):
        values = list(values)
    if isinstance(values, np.ma.MaskedArray):
        values = np.where(np.ma.getmaskarray(values), np.nan, np.asarray(values, float))
    try:
        given = np.asarray(values)
        if given.ndim == 1 and not len(given):
            return np.empty(0)
        if given.dtype.kind not in "iufO" or _has_text(given):
            raise TypeError
        out = np.asarray(given, dtype=float)
    except (TypeError, ValueError):
        raise Refused(f"{name} are numbers", _first_wrong(values), "is there text or a date among them?") from None
    if out.ndim != 1:
        came = "one value" if values is not None and out.ndim == 0 else "nothing" if out.ndim == 0 else "a table"
        raise Refused(f"{name} is one list of numbers", came, "give one value a reading")
    return out


def one_hour(name: str, value: object) -> float:
    """One finite number of hours on the clock of the readings.

    >>> one_hour("now", 48)
    48.0
    """
    if isinstance(value, bool) or not isinstance(value, int | float | np.integer | np.floating):
        raise Refused(f"{name} is a number of hours", str(value), "is it text, or a date, which is for started_at?")
    hours = float(value)
    if not np.isfinite(hours):
        raise Refused(f"{name} is a time in hours", hours, "is the clock set?")
    return hours


def _has_text(given: np.ndarray) -> bool:
    return given.dtype.kind == "O" and any(isinstance(v, str | bytes | datetime) for v in given.ravel())


def _first_wrong(values: object) -> object:
    """The first value that isn't a number, for the message; the whole where it is no list."""
    if isinstance(values, list | tuple | np.ndarray):
        for value in values:
            if value is not None and not isinstance(value, int | float | np.integer | np.floating):
                return str(value)
    return str(values)


def _finite(name: str, values: Floats) -> None:
    if np.isinf(values).any():
        raise Refused(f"{name} are finite", "inf", "a division by zero?")


def _near_the_pitch(names: str, hours: Floats, pitched_at: float) -> None:
    far = np.abs(hours - pitched_at) > LONGEST_H
    if far.any():
        raise Refused(f"{names} within ten years of the pitch", float(hours[far][0]), "is it a date, or in seconds?")


def _beer_temperatures(temp_c: Floats) -> None:
    """Single wrong ones are a sensor's; where most are warmer than any beer the unit is wrong."""
    known = temp_c[temp_c >= TEMPERATURE.low]
    middle = float(np.median(known)) if len(known) else 0.0
    if middle > NOT_BEER_C:
        cause = "is it in °F?" if middle <= 110.0 else TEMPERATURE.cause(middle)
        raise Refused(f"{TEMPERATURE.low:.0f}..{NOT_BEER_C:.0f} for beer", middle, cause, field="temp_c")


def _gravity(name: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float | np.integer | np.floating):
        raise Refused(f"{name} is a specific gravity", str(value), "is it text from a file?")
    if not GRAVITY.holds(float(value)):
        raise Refused(GRAVITY.rule, float(value), GRAVITY.cause(float(value)), field=name)
    return float(value)


def _kind(value: object) -> Kind:
    for kind in Kind:
        if isinstance(value, str) and value.casefold() == kind.casefold():
            return kind
    raise Refused(f"kind is one of {', '.join(Kind)}", str(value), "is it a style or a brand?")


def _in_order(context: Context) -> None:
    if context.og is not None and context.og <= 1.0:
        raise Refused("og is over 1.000", context.og, "is it the final gravity?")
    if context.og is not None and context.expected_fg is not None and context.expected_fg >= context.og:
        came = f"og {context.og:.3f}, expected_fg {context.expected_fg:.3f}"
        raise Refused("expected_fg is below og", came, "are the two swapped?")
