"""What has been read of one batch so far, and how that becomes a batch: in time order, dates at noon."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from cellarhand.move.cells import number
from cellarhand.move.found import DATE_ONLY_S, LogBatch, moment
from cellarhand.move.headers import Role
from cellarhand.move.stamps import DAY, HOUR, SECOND, Stamps
from cellarhand.units import GRAVITY, sg_from_plato

MOST_ROWS_A_DAY = 2.5
_MINUTE = 60 * SECOND
_LONGEST_H = 20_000.0  # more than two years since the pitch is no batch's hours
Said = tuple[int | None, str, str]  # the row's time, the cell, the column's unit


class Pile:
    """The rows of one batch, by columns."""

    def __init__(self) -> None:
        self.us: list[int] = []
        self.values: dict[str, list[float | None]] = {}
        self.hours: list[float | None] = []
        self.texts: list[tuple[int, str, str]] = []
        self.said: dict[Role, Said] = {}
        self.has_wort = False
        self._last: dict[str, str] = {}

    def extend(self, us: Sequence[int], values: dict[str, list[float | None]], hours: Sequence[float | None]) -> None:
        """Appends rows; a channel that comes or goes is missing elsewhere."""
        before = len(self.us)
        self.us += us
        self.hours += hours
        for channel, column in values.items():
            self.values.setdefault(channel, [None] * before).extend(column)
        for column in self.values.values():
            column += [None] * (len(self.us) - len(column))

    def add_texts(self, channel: str, texts: Iterable[tuple[int | None, str]], *, every: bool, forget: bool) -> None:
        """Appends texts: each of them (`every`), or those that differ from the last; `forget`: a blank lies between."""
        last = self._last.get(channel, "")
        for us, text in texts:
            if text and us is not None and (every or text != last):
                self.texts.append((us, channel, text))
            if text or forget:
                last = text
        self._last[channel] = last

    def batch(self, name: str, stamps: Stamps, *, midnight_is_day: bool = True) -> LogBatch:
        """The batch. `stamps` knows by now whether the file told any times of day; where all of them are midnight and
        a day has a row or two, they are dates (`midnight_is_day`)."""
        us, texts, precision = self.us, self.texts, 0.0
        days = len({at // DAY for at in us})
        few = midnight_is_day and len(us) <= MOST_ROWS_A_DAY * days
        if not stamps.timed and us and (few or not stamps.clocked):
            us, precision = self._at_noon(stamps), DATE_ONLY_S
            texts = [(stamps.noon(at), channel, text) for at, channel, text in texts]
        us, values = _in_order(us, self.values)
        return LogBatch(
            name=name,
            brand=self._text(Role.BRAND),
            style=self._text(Role.STYLE),
            og=self._og(),
            pitched_at=self._pitched_at(stamps),
            precision_s=self._precision(precision),
            observed_at_us=us,
            channels={channel: column for channel, column in values.items() if column.count(None) < len(column)},
            texts=sorted(texts, key=lambda t: t[0]),
        )

    def _at_noon(self, stamps: Stamps) -> list[int]:
        """Noon of each day, or as far apart as the file's own hours say; a day's further rows a minute later each."""
        noons = [stamps.noon(at) for at in self.us]
        hours = [h for h in self.hours if h is not None]
        if len(hours) == len(noons):
            spaced = [noons[0] + round((h - hours[0]) * HOUR) for h in hours]
            if all(abs(a - b) < DAY for a, b in zip(spaced, noons, strict=True)):
                return spaced
        seen: dict[int, int] = {}
        for i, noon in enumerate(noons):
            seen[noon] = seen.get(noon, -1) + 1
            noons[i] = noon + seen[noon] * _MINUTE
        return noons

    def _text(self, role: Role) -> str | None:
        return self.said[role][1] if role in self.said else None

    def _number(self, role: Role) -> float | None:
        try:
            return number(self.said[role][1]) if role in self.said else None
        except ValueError:
            return None

    def _og(self) -> float | None:
        """Original gravity in SG, of a number that may be SG, °P or SG × 1000; None where it is none of them."""
        value = self._number(Role.OG)
        if value is None:
            return None
        if self.said[Role.OG][2] == "plato" or 1.2 < value <= 45.0:
            value = round(sg_from_plato(value), 6) if 0.0 < value <= 45.0 else 0.0
        elif value >= 980.0:
            value /= 1000.0
        return value if GRAVITY.holds(value) else None

    def _pitched_at(self, stamps: Stamps) -> datetime | None:
        at: int | None = None
        since = self._number(Role.PITCH_HOURS)
        if since is not None and abs(since) <= _LONGEST_H:
            row = self.said[Role.PITCH_HOURS][0]
            at = None if row is None else row - round(since * HOUR)
        elif Role.PITCHED_AT in self.said:
            at = stamps.again().read([self.said[Role.PITCHED_AT][1]])[0]
        return None if at is None else moment(at)

    def _precision(self, seen: float) -> float:
        said = self._number(Role.PRECISION)
        return max(seen, said) if said is not None and 0.0 <= said <= 30 * DAY / SECOND else seen


def _in_order(us: list[int], values: dict[str, list[float | None]]) -> tuple[list[int], dict[str, list[float | None]]]:
    if all(map(int.__le__, us, us[1:])):
        return us, values
    order = sorted(range(len(us)), key=us.__getitem__)
    return [us[i] for i in order], {channel: [column[i] for i in order] for channel, column in values.items()}
