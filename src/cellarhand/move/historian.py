"""A historian's wide export (one row a tank every ten minutes) into tanks, their batches and their readings.

The story such an export tells: Status says what the tank does, Volume whether there is beer in it, Plato holds the
last reading by hand until the next one, FV Full Plato the original extract once the tank is full. Status, Brand and
values switch on different rows, "Bad Input" rows are glitches, 0 and 254 are no values. A batch lasts from the start of
Filling to Empty, however often it is partly emptied between.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import compress, groupby
from pathlib import Path

from cellarhand.domain import Brew, Cycle, PhaseName, Quality, Reading
from cellarhand.move.found import RefusedRow, moment
from cellarhand.move.stamps import SECOND
from cellarhand.move.statuses import State, states, unknown
from cellarhand.move.stays import Stay, hand_readings, stays
from cellarhand.move.wide import HEIGHTS, TankRows, read_wide


@dataclass(frozen=True, kw_only=True, slots=True)
class TankSource:
    """One source of readings in a tank, by columns as in `LogBatch`; `doubtful_us` are the times of old held values.

    `name` is top, middle, bottom (probes, with their cooling as `x_cooling_pct`), level (`x_volume_l`) or hand (`sg`).
    """

    name: str
    height: str = ""
    precision_s: float = 0.0
    observed_at_us: list[int] = field(default_factory=list)
    channels: dict[str, list[float | None]] = field(default_factory=dict)
    doubtful_us: frozenset[int] = frozenset()

    def readings(self) -> Iterator[Reading]:
        """The same as records."""
        for row, us in enumerate(self.observed_at_us):
            quality = Quality.DOUBTFUL if us in self.doubtful_us else Quality.GOOD
            for channel, column in self.channels.items():
                value = column[row]
                if value is not None:
                    yield Reading(
                        channel=channel,
                        observed_at=moment(us),
                        value=value,
                        precision_s=self.precision_s,
                        quality=quality,
                    )


@dataclass(frozen=True, kw_only=True, slots=True)
class TankBatch:
    """A stay of beer in the tank. `started_before`: it was there when the export begins. `og` is SG, `source_id` the
    historian's own name for it; `full_at` None where the end of filling wasn't seen; a phase's end None while it lasts.
    """

    name: str
    brand: str | None
    source_id: str | None
    og: float | None
    started_at: datetime
    started_before: bool
    full_at: datetime | None
    ended_at: datetime | None
    phases: tuple[tuple[PhaseName, datetime, datetime | None], ...]
    fills: tuple[Brew, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class HistorianTank:
    """One tank: the most it held in litres, its cycle from each time on, its batches and its readings."""

    name: str
    volume_l: float | None
    cycles: tuple[tuple[datetime, Cycle], ...]
    batches: tuple[TankBatch, ...]
    sources: tuple[TankSource, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Historian:
    """A whole export. `notes` say in sentences what wasn't understood."""

    tanks: tuple[HistorianTank, ...]
    rows: int
    refused_rows: int = 0
    refused: tuple[RefusedRow, ...] = ()
    notes: tuple[str, ...] = ()


def open_historian(path: Path, *, zone: str = "UTC", on_rows: Callable[[int], None] | None = None) -> Historian:
    """Reads a wide export, plain or .gz; naive times are in `zone`, `on_rows` as in `open_log`.

    Volumes are US barrels and temperatures °F unless the header says otherwise. Raises `Refused` where the header has
    no tank, time and Status, and where the file is empty, binary or broken.
    """
    wide = read_wide(path, zone, on_rows)
    tanks = tuple(_tank(name, rows) for name, rows in sorted(wide.tanks.items()))
    notes = [
        f"{name}: Status “{word}” isn't known; its {count} rows were read as the Status before them."
        for name, rows in sorted(wide.tanks.items())
        for word, count in unknown(rows.texts["status"]).items()
    ]
    return Historian(
        tanks=tanks,
        rows=wide.rows,
        refused_rows=wide.refusals.rows,
        refused=tuple(wide.refusals.kept),
        notes=tuple(notes),
    )


def _tank(name: str, rows: TankRows) -> HistorianTank:
    found = states(rows.us, rows.texts["status"], rows.numbers["volume"])
    there = stays(rows, found)
    most = max((v for v in rows.numbers["volume"] if v is not None), default=None)
    return HistorianTank(
        name=name,
        volume_l=None if most is None else round(most, 1),
        cycles=tuple((moment(at), cycle) for at, cycle in _cycles(rows.us, found)),
        batches=tuple(_batch(name, stay) for stay in there),
        sources=_sources(rows, there),
    )


def _cycles(us: list[int], found: list[State]) -> Iterator[tuple[int, Cycle]]:
    at = 0
    for cycle, same in groupby(found, key=lambda state: state.cycle):
        yield us[at], cycle
        at += len(list(same))


def _batch(tank: str, stay: Stay) -> TankBatch:
    started = moment(stay.started_us)
    when = f"before {started:%Y-%m-%d}" if stay.started_before else f"{started:%Y-%m-%d}"
    return TankBatch(
        name=f"{stay.brand or tank} {when}",
        brand=stay.brand,
        source_id=stay.source_id,
        og=stay.og,
        started_at=started,
        started_before=stay.started_before,
        full_at=_maybe(stay.full_us),
        ended_at=_maybe(stay.ended_us),
        phases=tuple((phase, moment(a), _maybe(b)) for phase, a, b in stay.phases),
        fills=tuple(
            Brew(
                volume_l=round(step.volume_l, 1),
                og=None,
                started_at=moment(step.started_us),
                ended_at=_maybe(step.ended_us),
                name=f"brew {number}",
            )
            for number, step in enumerate(stay.fills, start=1)
        ),
    )


def _maybe(us: int | None) -> datetime | None:
    return None if us is None else moment(us)


def _sources(rows: TankRows, there: list[Stay]) -> tuple[TankSource, ...]:
    found = []
    for height in HEIGHTS:
        channels = {"temp_c": rows.numbers[f"{height} c"], "x_cooling_pct": rows.numbers[f"{height} out"]}
        found.append(_source(height, height, rows.us, channels))
    found.append(_source("level", "", rows.us, {"x_volume_l": rows.numbers["volume"]}))
    us, sg, doubtful = hand_readings(rows, there)
    step = min((b - a for a, b in zip(rows.us, rows.us[1:], strict=False)), default=0)
    hand = TankSource(
        name="hand",
        precision_s=step / SECOND,
        observed_at_us=us,
        channels={"sg": list(sg)},
        doubtful_us=frozenset(doubtful),
    )
    return tuple(source for source in (*found, hand) if source.observed_at_us)


def _source(name: str, height: str, us: list[int], channels: dict[str, list[float | None]]) -> TankSource:
    """The rows that have any value, and the channels that have any."""
    filled = {channel: column for channel, column in channels.items() if any(v is not None for v in column)}
    keep = [any(v is not None for v in row) for row in zip(*filled.values(), strict=True)] or [False] * len(us)
    return TankSource(
        name=name,
        height=height,
        observed_at_us=list(compress(us, keep)),
        channels={channel: list(compress(column, keep)) for channel, column in filled.items()},
    )
