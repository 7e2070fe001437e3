"""A text file of rows, whatever its delimiter, encoding or compression: header first, then rows in chunks."""

import codecs
import csv
import gzip
import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from cellarhand.domain import Refused

CHUNK_ROWS = 2_000
_GZIP = b"\x1f\x8b"
_ARCHIVE = b"PK\x03\x04"
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_DELIMITERS = ",;\t"


def _as_latin1(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("latin-1"), error.end


codecs.register_error("cellarhand-latin1", _as_latin1)


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some rows as they stand in the file; `first_line` is where the first of them begins."""

    raw: list[list[str]]
    first_line: int

    @property
    def rows(self) -> list[list[str]]:
        """Those rows with anything in them."""
        return [row for row in self.raw if any(row)]

    def line(self, index: int) -> int:
        """The line in the file of `rows[index]`; cells may hold line breaks and rows may be blank."""
        line, left = self.first_line, index
        for row in self.raw:
            if any(row):
                if left == 0:
                    break
                left -= 1
            line += 1 + sum(cell.replace("\r\n", "\n").replace("\r", "\n").count("\n") for cell in row)
        return line


class Source:
    """An open file of rows. Made by `open_source`."""

    def __init__(self, raw: io.BufferedReader, text: io.TextIOWrapper) -> None:
        self._raw = raw
        self._text = text  # held, lest it close the file once it is read to the end
        line, self._lines_above = _first_line(text)
        self.delimiter = _delimiter(line)
        self._ended = False
        self._reader = csv.reader(self._lines(line, text), delimiter=self.delimiter, skipinitialspace=True)
        self.header = [cell.strip() for cell in next(self._reader)]

    @property
    def position(self) -> int:
        """Bytes of the file read so far, compressed where the file is."""
        return self._raw.tell()

    def chunks(self, size: int = CHUNK_ROWS) -> Iterator[Chunk]:
        """The rows below the header, `size` at a time."""
        while True:
            first = self._reader.line_num + self._lines_above + 1
            raw = list(islice(self._rows(), size))
            if not raw:
                return
            yield Chunk(raw, first)

    def _lines(self, first: str, text: io.TextIOWrapper) -> Iterator[str]:
        yield first
        yield from text
        self._ended = True

    def _rows(self) -> Iterator[list[str]]:
        """Rows that end where a line does; one that takes the whole rest of the file has a quote that never closes."""
        begins = self._reader.line_num + 1
        for row in self._reader:
            if self._ended:
                line = begins + self._lines_above
                raise Refused("a quote that opens is closed", f"line {line}", "the rest of the file stands in one cell")
            begins = self._reader.line_num + 1
            yield row


@contextmanager
def open_source(path: Path) -> Iterator[Source]:
    """The rows of a CSV file: comma, semicolon or tab; UTF-8 or Latin-1; gzipped or not.

    Raises `Refused` where there is nothing in it, where it isn't text, and where it breaks off or can't be read,
    at whatever row that shows.
    """
    try:
        with path.open("rb") as raw:
            yield Source(raw, _text(raw, path))
    except (EOFError, zlib.error, gzip.BadGzipFile) as broken:
        raise Refused("a .gz file is whole", path.name, f"it breaks off ({broken}); copy it again") from broken
    except csv.Error as broken:
        raise Refused("a log is a table of short cells", path.name, f"is a quote not closed? ({broken})") from broken
    except OSError as broken:
        cause = (broken.strerror or str(broken)).lower()
        raise Refused("a log is a file that can be read", path.name, cause) from broken


def _text(raw: io.BufferedReader, path: Path) -> io.TextIOWrapper:
    head = raw.read(4)
    raw.seek(0)
    if head[:4] == _ARCHIVE:
        raise Refused("a log is a text file", path.name, "it is a spreadsheet or an archive; save the sheet as CSV")
    stream = gzip.GzipFile(fileobj=raw) if head[:2] == _GZIP else raw
    sample = stream.peek(4096)[:4096]
    if not sample:
        raise Refused("a log has a header and rows", path.name, "the file is empty")
    if sample[:2] in _UTF16:
        raise Refused("a log is in UTF-8 or Latin-1", path.name, "it is in UTF-16; save it as CSV UTF-8")
    if b"\0" in sample:
        raise Refused("a log is a text file", path.name, "it is binary; export it as CSV")
    return io.TextIOWrapper(stream, "utf-8-sig", errors="cellarhand-latin1", newline="")


def _first_line(text: io.TextIOWrapper) -> tuple[str, int]:
    """The header's line, and how many lines stand above it: blank ones, and the `sep=;` that spreadsheets write."""
    for above, line in enumerate(text):
        if line.strip(" \t\r\n;,") and not line.lower().startswith("sep="):
            return line, above
    raise Refused("a log has a header and rows", "", "the file holds only blank lines")


def _delimiter(line: str) -> str:
    def cells(delimiter: str) -> int:
        return len(next(csv.reader([line], delimiter=delimiter)))

    return max(_DELIMITERS, key=cells)
