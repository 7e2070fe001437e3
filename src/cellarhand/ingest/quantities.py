"""Numbers as devices write them, brought into SG, °C and bar and held against what is physically possible.

A missing number is None and never 0. Sentinels, the numbers that a device sends when it has none, are refused with
their cause before any conversion, since 999 °F converted is an ordinary-looking 537.2 °C.
"""

import math
import re

from cellarhand.domain import Refused
from cellarhand.units import (
    BAR_PER_KPA,
    BAR_PER_PSI,
    GRAVITY,
    PLATO,
    PRESSURE,
    TEMPERATURE,
    WAKING,
    Range,
    c_from_f,
    c_from_k,
    sg_from_plato,
)

MISSING = frozenset(
    {"", "null", "nan", "n/a", "na", "none", "-", "--", "---", "undefined", "unknown", "unavailable", "nil"}
)
BOUNDS = {  # channels beside the beer's own: a value outside doesn't become the channel, and doesn't refuse the frame
    "angle_deg": (-180.0, 180.0),
    "battery_v": (0.0, 60.0),
    "battery_pct": (0.0, 100.0),
    "rssi_dbm": (-150.0, 20.0),
    "velocity": (-300.0, 300.0),
    "corr_sg": (GRAVITY.low, GRAVITY.high),
}
_TEMPERATURE_UNITS = {"C": "C", "CELSIUS": "C", "F": "F", "FAHRENHEIT": "F", "K": "K", "KELVIN": "K"}
_GRAVITY_UNITS = {"sg": "sg", "G": "sg", "SG": "sg", "P": "plato", "PLATO": "plato", "POINTS": "points"}
_PRESSURE_UNITS = {"BAR": "bar", "PSI": "psi", "KPA": "kPa"}
_BAR_PER = {"bar": 1.0, "psi": BAR_PER_PSI, "kPa": BAR_PER_KPA}
_DS18B20 = {"C": (85.0, -127.0), "F": (185.0, -196.6), "K": (358.15, 146.15)}  # before it has measured; unplugged
_DIGITS = re.compile(r"[+-]?(?:0|[1-9][0-9]{0,14})(?:[.,][0-9]{1,15})?")
_LONGEST = 64
_TOO_LARGE = 10**300


def number(raw: object, name: str) -> float | None:
    """The finite number of a field, None where it is missing; raises `Refused` on anything else.

    >>> number(" 68.0 ", "temp"), number("1,012", "sg"), number("--", "sg")
    (68.0, 1.012, None)
    """
    if isinstance(raw, float):
        return _finite(raw, name)
    if raw is None:
        return None
    if isinstance(raw, str):
        return _from_text(raw, name)
    if isinstance(raw, bool) or not isinstance(raw, int):
        raise Refused(f"{name} must be a number", type(raw).__name__, "leave out or send null what is not known")
    try:
        value = float(raw)
    except OverflowError:
        value = math.inf
    return _finite(value, name)


def _from_text(raw: str, name: str) -> float | None:
    text = raw.strip()
    if text.lower() in MISSING:
        return None
    if len(text) > _LONGEST or "_" in text:
        raise Refused(f"{name} must be a number", text, "is it another field's text?")
    try:
        return _finite(float(text if "." in text else text.replace(",", ".", 1)), name)
    except ValueError:
        raise Refused(f"{name} must be a number", text, "send digits with a point, without a unit") from None


def _finite(value: float, name: str) -> float | None:
    if math.isnan(value):
        return None
    if math.isinf(value):
        raise Refused(f"{name} must be a finite number", value, "did a division by zero happen in the device?")
    return value


def loose(raw: object) -> float | None:
    """The number of a field that nobody insists on: None instead of a refusal. A string counts only where it is
    plain digits, so that "2E6753" (a chip), "0012" and "1.2.3" stay texts.

    >>> loose("12.5"), loose("2E6753"), loose(True), loose([1])
    (12.5, None, None, None)
    """
    if isinstance(raw, float):
        return raw if math.isfinite(raw) else None
    if isinstance(raw, str):
        text = raw[:_LONGEST].strip()
        return float(text.replace(",", ".", 1)) if _DIGITS.fullmatch(text) else None
    if isinstance(raw, bool) or not isinstance(raw, int):
        return None
    return float(raw) if abs(raw) < _TOO_LARGE else None


def _unit(raw: str, known: dict[str, str], name: str) -> str:
    unit = known.get(raw) or known.get(raw.strip(" °º").upper())
    if unit is None:
        raise Refused(f"{name} must be one of {', '.join(dict.fromkeys(known.values()))}", raw, "is it misspelt?")
    return unit


def _checked(limits: Range, value: float, sent: str = "") -> float:
    """`value` where `limits` hold it. `sent` names what came where it was converted, so that the cause doesn't guess
    at a unit that is known."""
    if limits.holds(value):
        return value
    if not sent:
        raise Refused.outside(limits, value)
    raise Refused(limits.rule, value, f"{sent} was sent; is that the right unit?", field=limits.name)


def temperature(value: float | None, unit: str = "C") -> float | None:
    """°C of a temperature sent in `unit` (C, F, K in any writing). The two error codes of a DS18B20 are refused
    whatever sent them: scripts and bridges pass them on, and no beer is at exactly 85 °C.

    >>> temperature(68.0, "F"), temperature(293.15, "K"), temperature(None)
    (20.0, 20.0, None)
    """
    if value is None:
        return None
    unit = _unit(unit, _TEMPERATURE_UNITS, "the temperature's unit")
    if value == 999.0:  # a Tilt's firmware packet says major = 999 (facts: tilt-ble, Fermentrack #386)
        raise Refused.outside(TEMPERATURE, value)
    _no_ds18b20_code(value, unit)
    if unit == "C":
        return _checked(TEMPERATURE, value)
    if unit == "F":
        return _checked(TEMPERATURE, c_from_f(value), f"{value:g} °F")
    if value == 0.0:
        raise Refused(TEMPERATURE.rule, c_from_k(0.0), "0 K is what a device sends with no reading", field="temp_c")
    return _checked(TEMPERATURE, c_from_k(value), f"{value:g} K")


def _no_ds18b20_code(value: float, unit: str) -> None:
    waking, unplugged = _DS18B20[unit]
    if abs(value - waking) < 0.005:
        raise Refused("a temperature that was measured", f"{value:g} {unit}", WAKING)
    if abs(value - unplugged) < 0.005:
        raise Refused.outside(TEMPERATURE, -127.0)


def gravity_unit(written: str) -> str:
    """ "sg", "plato" or "points", however a device writes it.

    >>> gravity_unit("G"), gravity_unit("°P")
    ('sg', 'plato')
    """
    return _unit(written, _GRAVITY_UNITS, "the gravity's unit")


def gravity(value: float | None, unit: str = "sg") -> float | None:
    """SG of a gravity sent in `unit` (sg or G, plato or P, points).

    >>> gravity(1.048), round(gravity(12.0, "P"), 4), gravity(48, "points")
    (1.048, 1.0484, 1.048)
    """
    if value is None:
        return None
    unit = gravity_unit(unit)
    if unit == "sg":
        return _checked(GRAVITY, value)
    if unit == "points":
        return _checked(GRAVITY, 1.0 + value / 1000.0, f"{value:g} points")
    return _checked(GRAVITY, sg_from_plato(_checked(PLATO, value)), f"{value:g} °P")


def float_gravity(value: float | None, unit: str, *, thousands: bool = False) -> float | None:
    """SG of what a float sent: 0 in any unit is its way to say "none"; with `thousands` 1050 means 1.050.

    >>> float_gravity(1050.3, "sg", thousands=True)
    1.0503
    """
    if value == 0.0:
        raise Refused.outside(GRAVITY, 0.0)
    if thousands and value is not None and value >= 900.0:
        value, unit = value / 1000.0, "sg"
    return gravity(value, unit)


def pressure(value: float | None, unit: str) -> float | None:
    """Bar of a pressure over atmosphere sent in `unit` (bar, psi, kPa). No default: a guess would be off by 14.

    >>> round(pressure(14.5, "PSI"), 3), round(pressure(100, "kPa"), 3)
    (1.0, 1.0)
    """
    if value is None:
        return None
    unit = _unit(unit, _PRESSURE_UNITS, "the pressure's unit")
    return _checked(PRESSURE, value * _BAR_PER[unit], "" if unit == "bar" else f"{value:g} {unit}")
