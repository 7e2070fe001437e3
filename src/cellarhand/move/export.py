"""Our own log format: what `write_log` writes, `open_log` reads back as it was, and a spreadsheet opens safely."""

import csv
import io
from collections.abc import Iterator

from cellarhand.move.found import LogBatch, moment

_SIGNS = frozenset("=+-@\t\r\n＝＋－＠")  # what a spreadsheet may take for the start of a formula
_ABOUT = ("batch", "brand", "style", "og", "pitched_at", "precision_s")


def safe_text(text: str) -> str:
    """A text that no spreadsheet takes for a formula: an apostrophe before the sign, as OWASP advises.

    >>> safe_text("=1+1"), safe_text("dry hop"), safe_text("'=1")
    ("'=1+1", 'dry hop', "''=1")
    """
    text = text.replace("\0", "")
    opens = text[:1] in _SIGNS or (text[:1] == "'" and (text[1:2] in _SIGNS or text[1:2] == "'"))
    return f"'{text}" if text and opens else text


def plain_text(cell: str) -> str:
    """The text that `safe_text` made safe.

    >>> plain_text("'=1+1"), plain_text("'twas")
    ('=1+1', "'twas")
    """
    guarded = cell[:1] == "'" and len(cell) > 1 and (cell[1] in _SIGNS or cell[1] == "'")
    return cell[1:] if guarded else cell


def write_log(batch: LogBatch) -> Iterator[str]:
    """The batch as lines of CSV: ISO times in UTC, house units, what is said once on the first row.

    Numbers are written so that they read back exactly; texts can't start a formula. `open_log` gives the same batch,
    save that blank texts are left out and the space around texts goes.

    >>> batch = LogBatch(name="IPA", observed_at_us=[0], channels={"sg": [1.05]})
    >>> "".join(write_log(batch)).splitlines()
    ['observed_at,sg,batch', '1970-01-01T00:00:00Z,1.05,IPA']
    """
    about = _about(batch)
    texts = sorted({channel for _, channel, text in batch.texts if text.strip()} - set(batch.channels))
    header = ["observed_at", *batch.channels, *texts, *about]
    line = _Line()
    yield line.of(header)
    once = list(about.values())
    for us, cells in _rows(batch, header[1 : len(header) - len(about)]):
        yield line.of([_iso(us), *cells, *once])
        once = [""] * len(about)


def _about(batch: LogBatch) -> dict[str, str]:
    pitched = "" if batch.pitched_at is None else batch.pitched_at.isoformat()
    og = "" if batch.og is None else repr(batch.og)
    precision = repr(batch.precision_s) if batch.precision_s else ""
    said = (safe_text(batch.name), safe_text(batch.brand or ""), safe_text(batch.style or ""), og, pitched, precision)
    return {name: cell for name, cell in zip(_ABOUT, said, strict=True) if cell}


def _rows(batch: LogBatch, channels: list[str]) -> Iterator[tuple[int, list[str]]]:
    """All rows in time order: values first, then each text on a row of its own unless a free cell waits there."""
    texts = sorted((t for t in batch.texts if t[2].strip()), key=lambda t: t[0])
    waiting = 0
    for row, us in enumerate(batch.observed_at_us):
        while waiting < len(texts) and texts[waiting][0] < us:
            yield texts[waiting][0], _text_row(channels, *texts[waiting][1:])
            waiting += 1
        cells = ["" if column[row] is None else repr(column[row]) for column in batch.channels.values()]
        yield us, cells + [""] * (len(channels) - len(cells))
    for us, channel, text in texts[waiting:]:
        yield us, _text_row(channels, channel, text)


def _text_row(channels: list[str], channel: str, text: str) -> list[str]:
    return [safe_text(text.strip()) if name == channel else "" for name in channels]


def _iso(us: int) -> str:
    return moment(us).isoformat().replace("+00:00", "Z")


class _Line:
    """One line of CSV at a time."""

    def __init__(self) -> None:
        self._buffer = io.StringIO()
        self._writer = csv.writer(self._buffer, lineterminator="\r\n")

    def of(self, cells: list[str]) -> str:
        self._writer.writerow(cells)
        line = self._buffer.getvalue()
        self._buffer.seek(0)
        self._buffer.truncate()
        return line
