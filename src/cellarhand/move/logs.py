"""A log file into batches of readings: recognised by its header, read in one go, refusing what can't be.

Known are our own export, Tilt and Tilt Pi, Fermentrack, Brewfather, logs with `timestamp,hours,sg`, logs of several
batches, and a brewer's own sheet with a date, a gravity and a temperature; see `layouts.KNOWN`.
"""

from collections.abc import Callable
from pathlib import Path

from cellarhand.move.found import LogFile, Refusals
from cellarhand.move.gather import Gather
from cellarhand.move.layouts import recognise
from cellarhand.move.source import open_source
from cellarhand.move.stamps import Stamps
from cellarhand.move.survey import survey
from cellarhand.move.table import Tabler
from cellarhand.move.wide import is_historian


def kind_of(path: Path) -> str:
    """Which kind of file it is by its header: "historian" or one of `layouts.KNOWN`; raises `Refused` for any other."""
    with open_source(path) as source:
        return "historian" if is_historian(source.header) else recognise(source.header).kind


def open_log(
    path: Path,
    *,
    zone: str = "UTC",
    day_first: bool | None = None,
    on_rows: Callable[[int], None] | None = None,
) -> LogFile:
    """Reads a whole log file, plain or .gz; naive times are in `zone`.

    `day_first` says how dates like 3/4/2024 are meant; without it the column decides. `on_rows` is called about every
    2,000 rows with the bytes read so far, compressed ones where the file is. A bad time or an impossible gravity
    refuses its row, any other impossible value only its cell. Raises `Refused` where the header isn't known, where
    dates could be meant both ways, and where the file is empty, binary or broken.
    """
    with open_source(path) as source:
        surveyed = survey(source, recognise(source.header), day_first)
    refusals = Refusals()
    stamps = Stamps(zone, surveyed.day_first)
    tabler = Tabler(surveyed.layout, stamps, refusals)
    gather = Gather(surveyed.layout, stamps, tabler)
    with open_source(path) as source:
        for chunk in source.chunks():
            gather.add(tabler.table(chunk), chunk)
            if on_rows is not None:
                on_rows(source.position)
    return LogFile(
        kind=surveyed.layout.kind,
        columns=surveyed.layout.header,
        batches=gather.batches(path),
        rows=gather.rows,
        empty=gather.empty,
        refused_rows=refusals.rows,
        dropped_cells=refusals.cells,
        refused=tuple(sorted(refusals.kept, key=lambda row: row.line)),
        notes=surveyed.notes,
    )
