"""A whole header: which kind of log it is, and what each of its columns holds."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from cellarhand.domain import Refused
from cellarhand.move.headers import Column, Role, column, folded, key_and_unit, slug, stamp_rank

KNOWN = {
    "cellarhand": "observed_at, sg | plato, temp_c | temp_f, ph, pressure_bar, …",
    "tilt": "Time | Timestamp, Timepoint, Temp, SG, Beer, Color, Comment",
    "fermentrack": "log_time, gravity, temp, temp_format or Log Time, Specific Gravity, Temp",
    "series": "timestamp, hours, sg, temp_c, x_…",
    "batches": "batch, brand, timestamp, hours, plato, sg",
    "brewfather": "Time, Temp, SG",
    "sheet": "a date, a gravity (SG or °P), a temperature (°C or °F), pH, notes",
}
MOST_OTHERS = 100
_CLOCKS = ("time", "timeofday", "uhrzeit", "heure")
_MEASURED = {Role.GRAVITY, Role.TEMPERATURE, Role.PH, Role.PRESSURE}
_GRAVITY_ORDER = {"sg": 0, "plato": 1, "?": 2}
_OWN = {"sg": Role.GRAVITY, "plato": Role.GRAVITY, "temp_c": Role.TEMPERATURE, "temp_f": Role.TEMPERATURE}


@dataclass(frozen=True, slots=True)
class Layout:
    """A recognised header. `stamp` is the column of time, `clock` the time of day where the date stands alone,
    `serial` a spreadsheet's day number of the same moment, `plato` a column of °P, whether it is the gravity or not."""

    kind: str
    columns: tuple[Column, ...]
    stamp: Column
    clock: Column | None = None
    serial: Column | None = None
    plato: Column | None = None

    @property
    def header(self) -> tuple[str, ...]:
        """The header as it was written."""
        return tuple(c.header for c in self.columns)

    @property
    def of_tilts(self) -> bool:
        """True where Tilts speak, whose firmware packets such logs hold: temperature 999, gravity the version."""
        return self.kind in ("tilt", "fermentrack") or self.one(Role.COLOUR) is not None

    def of(self, *roles: Role) -> tuple[Column, ...]:
        """The columns with one of these roles, in the file's order."""
        return tuple(c for c in self.columns if c.role in roles)

    def one(self, role: Role) -> Column | None:
        """The first column with this role."""
        return next(iter(self.of(role)), None)

    def fitted(self, rows: list[list[str]]) -> tuple[list[list[str]], list[int]]:
        """All rows as wide as the header, and which of them were wider with something in the surplus.

        A float's log may write "2/26/2018, 7:47:33 PM" without quotes: its two cells are put together again.
        """
        width = len(self.columns)
        if {len(row) for row in rows} <= {width}:
            return rows, []
        fitted, misfits = [], []
        for i, row in enumerate(rows):
            if len(row) == width + 1 and self.kind == "tilt":
                at = self.stamp.index
                row = [*row[:at], f"{row[at]}, {row[at + 1]}", *row[at + 2 :]]
            if len(row) > width and any(row[width:]):
                misfits.append(i)
            fitted.append(row[:width] + [""] * (width - len(row)))
        return fitted, misfits


def recognise(header: Sequence[str]) -> Layout:
    """The layout of a header; raises `Refused` with what was seen and what is known.

    >>> recognise(["Time", "Timepoint", "Temp", "SG", "Beer", "Color"]).kind
    'tilt'
    """
    keys = [key_and_unit(h)[0] for h in header]
    kind = _kind(keys, header)
    columns = [_own(i, h) if kind == "cellarhand" else column(i, h) for i, h in enumerate(header)]
    stamp, clock = _times(columns, keys)
    columns = _one_of_each(columns)
    if stamp is None or not (kind == "cellarhand" or any(c.role in _MEASURED for c in columns)):
        raise _unknown(header, keys)
    serial = next((columns[i] for i, key in enumerate(keys) if key == "timepoint" and i != stamp.index), None)
    plato = next((c for c, key in zip(columns, keys, strict=True) if key in ("plato", "xplato") or _is_plato(c)), None)
    times = {c.index: Role.SKIP for c in columns if stamp_rank(c.header) is not None}
    times |= {c.index: Role.STAMP for c in (stamp, serial) if c} | ({clock.index: Role.CLOCK} if clock else {})
    columns = [replace(c, role=times.get(c.index, c.role)) for c in columns]
    if kind == "tilt":
        columns = [replace(c, unit="F") if c.role is Role.TEMPERATURE and c.unit == "?" else c for c in columns]
    return Layout(kind, _at_most(columns), columns[stamp.index], clock, serial, plato)


def _at_most(columns: list[Column]) -> tuple[Column, ...]:
    """The columns, of which those that mean nothing here are kept up to a hundred: each becomes a channel."""
    surplus = {c.index for c in [c for c in columns if c.role is Role.OTHER][MOST_OTHERS:]}
    return tuple(replace(c, role=Role.SKIP) if c.index in surplus else c for c in columns)


def _is_plato(c: Column) -> bool:
    return c.role is Role.GRAVITY and c.unit == "plato"


def _kind(keys: Sequence[str], header: Sequence[str]) -> str:
    has = set(keys)
    if "observed_at" in {folded(h) for h in header}:
        return "cellarhand"
    if "timepoint" in has:
        return "tilt"
    if "logtime" in has:
        return "fermentrack"
    if {"batch", "timestamp"} <= has:
        return "batches"
    if {"timestamp", "hours"} <= has:
        return "series"
    return "brewfather" if "time" in has and "date" not in has else "sheet"


def _own(index: int, header: str) -> Column:
    """Our own export: an x_ column keeps its name, whatever it sounds like."""
    name = folded(header)
    if name.startswith("x_"):
        return Column(index, header, Role.OTHER, slug(header))
    found = column(index, header)
    return replace(found, channel=name) if found.role is Role.OTHER and name.isidentifier() else found


def _times(columns: list[Column], keys: Sequence[str]) -> tuple[Column | None, Column | None]:
    ranked = sorted((rank, c.index) for c in columns if (rank := stamp_rank(c.header)) is not None)
    if not ranked:
        return next((c for c, key in zip(columns, keys, strict=True) if key == "timepoint"), None), None
    stamp = columns[ranked[0][1]]
    alone = keys[stamp.index] in ("date", "logdate", "datum")
    clock = next((c for c, key in zip(columns, keys, strict=True) if key in _CLOCKS), None) if alone else None
    return stamp, clock


def _one_of_each(columns: list[Column]) -> list[Column]:
    """One column a quantity: the surest gravity, the first of the others. What is left keeps its own name."""
    best: dict[Role, int] = {}
    for c in sorted(columns, key=lambda c: _GRAVITY_ORDER.get(c.unit, 0) if c.role is Role.GRAVITY else 0):
        best.setdefault(c.role, c.index)
    kept = [
        replace(c, role=Role.OTHER, channel=slug(c.header), unit="")
        if c.role in _MEASURED and best[c.role] != c.index
        else c
        for c in columns
    ]
    seen: dict[str, int] = {}
    for i, c in enumerate(kept):
        if c.role is Role.OTHER:
            seen[c.channel] = seen.get(c.channel, 0) + 1
            if seen[c.channel] > 1:
                kept[i] = replace(c, channel=f"{c.channel}_{seen[c.channel]}")
    return kept


def _unknown(header: Sequence[str], keys: Sequence[str]) -> Refused:
    seen = ", ".join(h for h in header if h)[:200]
    if "toptic" in "".join(keys) or {"fvfullplato", "status"} <= set(keys):
        return Refused("a log has one series a batch", seen, "it is a historian's export; import it as that")
    known = "; ".join(f"{kind}: {columns}" for kind, columns in KNOWN.items())
    return Refused("a log's header names a time and a gravity or temperature", seen, f"known are {known}")
