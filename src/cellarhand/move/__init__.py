"""Moving in and out: log files and historians' exports into batches of readings, and batches into our own format."""

from cellarhand.move.export import write_log
from cellarhand.move.found import LogBatch, LogFile, RefusedRow
from cellarhand.move.historian import Historian, HistorianTank, TankBatch, TankSource, open_historian
from cellarhand.move.logs import kind_of, open_log
from cellarhand.move.names import file_name, tank_name
from cellarhand.move.trim import beer_from, until

__all__ = [
    "Historian",
    "HistorianTank",
    "LogBatch",
    "LogFile",
    "RefusedRow",
    "TankBatch",
    "TankSource",
    "beer_from",
    "file_name",
    "kind_of",
    "open_historian",
    "open_log",
    "tank_name",
    "until",
    "write_log",
]
