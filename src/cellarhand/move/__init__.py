"""Moving in and out: log files and historians' exports into batches of readings, and batches into our own format."""

from cellarhand.move.export import write_log
from cellarhand.move.found import LogBatch, LogFile, RefusedRow
from cellarhand.move.historian import Historian, HistorianTank, TankBatch, TankSource, open_historian
from cellarhand.move.logs import kind_of, open_log

__all__ = [
    "Historian",
    "HistorianTank",
    "LogBatch",
    "LogFile",
    "RefusedRow",
    "TankBatch",
    "TankSource",
    "kind_of",
    "open_historian",
    "open_log",
    "write_log",
]
