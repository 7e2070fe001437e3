"""One header cell: what quantity a column holds and in which unit, whatever the spelling."""

import re
import unicodedata
from dataclasses import dataclass
from enum import Enum, auto


class Role(Enum):
    """What a column is for."""

    STAMP = auto()
    CLOCK = auto()  # the time of day beside a date
    GRAVITY = auto()
    TEMPERATURE = auto()
    PH = auto()
    PRESSURE = auto()
    OTHER = auto()  # numbers become an x_ channel, anything else a text of that name
    NOTE = auto()
    BATCH = auto()
    BEER = auto()
    BRAND = auto()
    STYLE = auto()
    OG = auto()
    PITCHED_AT = auto()
    PITCH_HOURS = auto()
    HOURS = auto()
    PRECISION = auto()
    COLOUR = auto()
    FORMAT = auto()  # the unit of this row's temperature
    SKIP = auto()


UNSURE = "?"

_ROLES: dict[str, Role] = {
    **dict.fromkeys(("note", "notes", "comment", "comments", "xnotes", "xnote", "remark", "remarks"), Role.NOTE),
    **dict.fromkeys(("batch", "batchname", "batchid", "batchno", "batchnumber"), Role.BATCH),
    **dict.fromkeys(("beer", "beername"), Role.BEER),
    **dict.fromkeys(("brand", "product", "xbrand", "xproduct"), Role.BRAND),
    **dict.fromkeys(("style", "xstyle", "beerstyle"), Role.STYLE),
    **dict.fromkeys(("pitchedat", "pitched", "pitchdate"), Role.PITCHED_AT),
    **dict.fromkeys(("hoursfrompitch", "xhoursfrompitch"), Role.PITCH_HOURS),
    **dict.fromkeys(("color", "colour"), Role.COLOUR),
    **dict.fromkeys(("tempformat", "tempunit", "tempunits", "temperatureunit"), Role.FORMAT),
    **dict.fromkeys(("logid", "tempisestimate", "templatest", ""), Role.SKIP),
    "hours": Role.HOURS,
    "precisions": Role.PRECISION,
    "ph": Role.PH,
    "xph": Role.PH,
}
_STAMPS = [
    "observedat",
    "timestamp",
    "logtime",
    "datetime",
    "dateandtime",
    "datetimeutc",
    "createdat",
    "created",
    "createdon",
    "recordedat",
    "loggedat",
    "date",
    "logdate",
    "datum",
    "time",
]
_SG = frozenset(["sg", "specificgravity", "sgvalue", "beersg", "currentsg"])
_GRAVITY = frozenset(["gravity", "currentgravity", "beergravity", "dichte", "densite", "density"])
_PLATO = frozenset(
    [
        "plato",
        "degplato",
        "degreesplato",
        "extract",
        "apparentextract",
        "floatplato",
        "extrakt",
        "extrait",
        "xplato",
    ]
)
_OG = frozenset(["og", "originalgravity", "startinggravity", "xog", "xogplato", "ogplato", "originalextract"])
_TEMPERATURE = re.compile(
    r"(?:beer|tank|wort|fermenter|liquid|current|avg|mean)?t(?:emp(?:erature|eratur)?)?"
    r"(?:in)?(?:deg(?:rees?)?)?(c|f|k|celsius|fahrenheit|kelvin)?"
)
_PRESSURE = re.compile(r"x?(?:head|tank)?pressure(bar|psi|kpa)?")
_BRACKET = re.compile(r"[(\[]([^)\]]*)[)\]]")
_DEGREE = re.compile(r"°\s*(plato|[cfkp])\b")
_ODD = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a log: where it stands, its header, what it is for, the channel and the unit of its numbers."""

    index: int
    header: str
    role: Role
    channel: str = ""
    unit: str = ""


def folded(header: str) -> str:
    """Lower case without accents: the same header in many spellings."""
    text = unicodedata.normalize("NFKD", header.replace("º", "°").replace("˚", "°")).casefold()
    return "".join(c for c in text if not unicodedata.combining(c)).strip()


def key_and_unit(header: str) -> tuple[str, str]:
    """The letters and digits of a header without its unit, and the unit's.

    >>> key_and_unit("Temp (°F)"), key_and_unit("log_time"), key_and_unit("°P")
    (('temp', 'f'), ('logtime', ''), ('', 'p'))
    """
    text, unit = folded(header), ""
    for pattern in (_BRACKET, _DEGREE):
        found = pattern.search(text)
        if found:
            unit = _ODD.sub("", found[1]).removeprefix("deg")
            text = text[: found.start()] + text[found.end() :]
            break
    return _ODD.sub("", text), "p" if unit == "plato" else unit


def slug(header: str) -> str:
    """The name of the channel that keeps a column which means nothing special here.

    >>> slug("Fridge Temp"), slug("x_do_mg_l"), slug("Battery [V]")
    ('x_fridge_temp', 'x_do_mg_l', 'x_battery_v')
    """
    name = _ODD.sub("_", folded(header)).strip("_")
    return (name if name.startswith("x_") else f"x_{name}")[:40].rstrip("_")


def stamp_rank(header: str) -> int | None:
    """How good a column is as the time of its row, 0 the best; None where it is no time."""
    key, _ = key_and_unit(header)
    return _STAMPS.index(key) if key in _STAMPS else None


def column(index: int, header: str) -> Column:
    """What a header says of its column, times apart.

    >>> column(0, "Temperature [°C]").unit, column(1, "Extract").unit, column(2, "gravity").unit
    ('C', 'plato', '?')
    """
    key, unit = key_and_unit(header)
    if key in _OG:
        return Column(index, header, Role.OG, unit="plato" if unit == "p" or "plato" in key else UNSURE)
    if (gravity := _gravity_unit(key, unit)) is not None:
        return Column(index, header, Role.GRAVITY, "sg", gravity)
    found = _TEMPERATURE.fullmatch(key)
    if found and unit in ("", "c", "f", "k", "celsius", "fahrenheit", "kelvin") and (key != "t" or unit):
        return Column(index, header, Role.TEMPERATURE, "temp_c", (unit or found[1] or UNSURE)[0].upper())
    found = _PRESSURE.fullmatch(key)
    if found and (unit or found[1]) in ("bar", "psi", "kpa"):
        return Column(index, header, Role.PRESSURE, "pressure_bar", unit or found[1])
    role = _ROLES.get(key, Role.OTHER)
    return Column(index, header, role, {Role.PH: "ph", Role.NOTE: "note"}.get(role) or slug(header))


def _gravity_unit(key: str, unit: str) -> str | None:
    if (key in _PLATO and unit in ("", "p")) or (key in _GRAVITY | {""} and unit == "p"):
        return "plato"
    if key in _SG or (key in _GRAVITY and unit == "sg"):
        return "sg"
    return UNSURE if key in _GRAVITY and not unit else None
