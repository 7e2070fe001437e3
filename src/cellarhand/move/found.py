"""What was found in a log file: batches as columns, and everything that was refused, with its line."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from cellarhand.domain import Reading

DATE_ONLY_S = 43_200.0  # a reading of which only the day is known stands at noon, half a day either way
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def moment(us: int) -> datetime:
    """Aware UTC from microseconds since 1970.

    >>> moment(1_500_000).isoformat()
    '1970-01-01T00:00:01.500000+00:00'
    """
    return _EPOCH + timedelta(microseconds=us)


def micros(at: datetime) -> int:
    """Microseconds since 1970 of an aware datetime; the inverse of `moment`."""
    return (at - _EPOCH) // timedelta(microseconds=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class RefusedRow:
    """A row (`whole`), or one cell of a row whose other cells were kept, that broke a rule."""

    line: int
    column: str
    rule: str
    value: str
    cause: str
    whole: bool = True

    def __str__(self) -> str:
        return f"line {self.line}, {self.column}: {self.value!r} breaks the rule {self.rule}; {self.cause}"


@dataclass(frozen=True, kw_only=True, slots=True)
class LogBatch:
    """One batch of a log, in time order, by columns for speed.

    `observed_at_us` are UTC microseconds since 1970, shape (n,); every list in `channels` has shape (n,) with None
    where that row had no such value. `texts` are (UTC microseconds, channel, text). `og` is SG. `precision_s` is how
    far a time may be off: half a day for a log of dates.
    """

    name: str
    brand: str | None = None
    style: str | None = None
    og: float | None = None
    pitched_at: datetime | None = None
    precision_s: float = 0.0
    observed_at_us: list[int] = field(default_factory=list)
    channels: dict[str, list[float | None]] = field(default_factory=dict)
    texts: list[tuple[int, str, str]] = field(default_factory=list)

    def __len__(self) -> int:
        """How many rows, each with at least one value."""
        return len(self.observed_at_us)

    @property
    def values(self) -> int:
        """How many values there are over all channels."""
        return sum(len(column) - column.count(None) for column in self.channels.values())

    def readings(self) -> Iterator[Reading]:
        """The same as records, values row by row and then texts, for those who want few of them."""
        for row, us in enumerate(self.observed_at_us):
            for channel, column in self.channels.items():
                value = column[row]
                if value is not None:
                    yield Reading(channel=channel, observed_at=moment(us), value=value, precision_s=self.precision_s)
        for us, channel, text in self.texts:
            yield Reading(channel=channel, observed_at=moment(us), text=text, precision_s=self.precision_s)


@dataclass(frozen=True, kw_only=True, slots=True)
class LogFile:
    """A whole log file. Every row with a value in it is either in `batches`, or refused, or counted as empty.

    `rows` counts all rows below the header that aren't blank; `refused_rows` and `dropped_cells` count all of them,
    `refused` lists the first thousand. `notes` are the guesses a person should see, in whole sentences.
    """

    kind: str
    columns: tuple[str, ...]
    batches: tuple[LogBatch, ...]
    rows: int
    empty: int = 0
    refused_rows: int = 0
    dropped_cells: int = 0
    refused: tuple[RefusedRow, ...] = ()
    notes: tuple[str, ...] = ()


class Refusals:
    """Counts all refusals and keeps the first thousand: a file of a million bad rows is no reason to fill memory."""

    MOST = 1_000

    def __init__(self) -> None:
        self.kept: list[RefusedRow] = []
        self.rows = self.cells = 0

    @property
    def full(self) -> bool:
        """True when no more are listed, so that nobody need look up their lines."""
        return len(self.kept) >= self.MOST

    def count(self, *, whole: bool) -> None:
        """One more, not listed."""
        if whole:
            self.rows += 1
        else:
            self.cells += 1

    def add(self, row: RefusedRow) -> None:
        """One more, listed while there is room."""
        self.count(whole=row.whole)
        if not self.full:
            self.kept.append(row)
