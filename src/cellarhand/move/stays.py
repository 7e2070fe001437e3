"""Beer in a tank, from filling to empty, out of a historian's rows and the states they were read as."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby, pairwise

from cellarhand.domain import PhaseName
from cellarhand.move.filling import Step, steps
from cellarhand.move.held import changes, longest, real
from cellarhand.move.stamps import HOUR
from cellarhand.move.statuses import State, is_glitch, least_beer
from cellarhand.move.wide import TankRows
from cellarhand.units import sg_from_plato

_FILLS_FOR_US = 48 * HOUR
_ROWS_BEFORE = 6
_BROKEN_US = 2 * HOUR  # rows this far apart tell nothing of the time between
_LEAVES = 0.02
Phase = tuple[PhaseName, int, int | None]


@dataclass(frozen=True, slots=True)
class Stay:
    """Beer in the tank, rows `first` up to but without `end`; times in UTC microseconds, `og` SG."""

    first: int
    end: int
    started_us: int
    ended_us: int | None
    started_before: bool
    brand: str | None
    source_id: str | None
    og: float | None
    phases: list[Phase] = field(default_factory=list)
    fills: list[Step] = field(default_factory=list)

    @property
    def full_us(self) -> int | None:
        """When the last brew was in; None where that wasn't seen."""
        return self.fills[-1].ended_us if self.fills else None


def stays(rows: TankRows, found: Sequence[State]) -> list[Stay]:
    """All batches of a tank, in time order."""
    out: list[Stay] = []
    at = 0
    for holds_beer, same in groupby(found, key=lambda state: state.phase is not None):
        end = at + len(list(same))
        if holds_beer:
            cuts = [at, *_anew(rows, found, at, end), end]
            out += [_stay(rows, found, a, b) for a, b in pairwise(cuts)]
        at = end
    return out


def _anew(rows: TankRows, found: Sequence[State], first: int, end: int) -> Iterator[int]:
    """Rows at which another beer begins without an Empty between: filled from nothing, or another brand after a gap."""
    volume, least = rows.numbers["volume"], least_beer(rows.numbers["volume"])
    last = None
    for i in range(first, end):
        brand = _brand(rows.texts["brand"][i])
        if i > first:
            begins = found[i].phase is PhaseName.FILLING and found[i - 1].phase is not PhaseName.FILLING
            level = volume[i]
            other = brand is not None and last is not None and brand != last
            if (begins and level is not None and level < least) or (other and _gap(rows.us, i)):
                yield i
        last = brand or last


def _gap(us: Sequence[int], i: int) -> bool:
    return i > 0 and us[i] - us[i - 1] > _BROKEN_US


def _stay(rows: TankRows, found: Sequence[State], first: int, end: int) -> Stay:
    plato = longest(rows.numbers["full plato"][first:end])
    level = rows.numbers["volume"][first]
    filling = found[first].phase is PhaseName.FILLING
    had_beer = not filling if level is None else level >= least_beer(rows.numbers["volume"])
    before = had_beer and (first == 0 or _gap(rows.us, first))
    stay = Stay(
        first=first,
        end=end,
        started_us=rows.us[first],
        ended_us=rows.us[end] if end < len(rows.us) else None,
        started_before=before,
        brand=_most(_brand(text) for text in rows.texts["brand"][first:end]),
        source_id=_most(None if is_glitch(text) else text.strip() for text in rows.texts["id"][first:end]),
        og=None if plato is None else round(sg_from_plato(plato), 6),
    )
    stay.phases.extend(_phases(rows.us, found, stay))
    if filling or not before:
        stay.fills.extend(_fills(rows, found, stay))
    return stay


def _phases(us: Sequence[int], found: Sequence[State], stay: Stay) -> Iterator[Phase]:
    at = stay.first
    for phase, same in groupby(found[stay.first : stay.end], key=lambda state: state.phase):
        end = at + len(list(same))
        if phase is not None:
            yield phase, us[at], us[end] if end < stay.end else stay.ended_us
        at = end


def _fills(rows: TankRows, found: Sequence[State], stay: Stay) -> list[Step]:
    """The brews, from an hour before Status says so until beer leaves: Status may run ahead of the filling's end."""
    volume = rows.numbers["volume"]
    first, least = stay.first, least_beer(volume)
    while first > max(stay.first - _ROWS_BEFORE, 0) and not _gap(rows.us, first) and found[first - 1].phase is None:
        first -= 1
    end, top = first, 0.0
    while end < stay.end and rows.us[end] - stay.started_us <= _FILLS_FOR_US:
        level = volume[end]
        if found[end].phase is PhaseName.EMPTYING or (top >= least and _leaves(volume, end, top)):
            break
        top = max(top, level or 0.0)
        end += 1
    return steps(rows.us[first:end], volume[first:end])


def _leaves(volume: Sequence[float | None], i: int, top: float) -> bool:
    """True where this level and the next are both well under the highest so far."""
    levels = [v for v in volume[i : i + 2] if v is not None]
    return bool(levels) and max(levels) < top * (1.0 - _LEAVES)


def _brand(text: str) -> str | None:
    text = text.strip()
    return None if is_glitch(text) or text in ("0", "0.0", "254", "254.0") else text


def _most(texts: Iterator[str | None]) -> str | None:
    counts = Counter(text for text in texts if text is not None)
    return counts.most_common(1)[0][0] if counts else None


def hand_readings(rows: TankRows, there: Sequence[Stay]) -> tuple[list[int], list[float], list[int]]:
    """The gravities that were entered while there was beer: times, SG, and the times of old values of unknown age.

    What is held when a batch begins was entered for the one before it, or, where the batch is older than the export,
    at some time before: kept then, as doubtful. A value entered for a tank without beer isn't one of beer.
    """
    held, volume, least = rows.numbers["plato"], rows.numbers["volume"], least_beer(rows.numbers["volume"])
    us: list[int] = []
    sg: list[float] = []
    doubtful: list[int] = []
    for stay in there:
        for i in changes(held[stay.first : stay.end]):
            row = stay.first + i
            plato, level = real(held[row]), volume[row]
            if plato is None or (level is not None and level < least) or (i == 0 and not stay.started_before):
                continue
            us.append(rows.us[row])
            sg.append(round(sg_from_plato(plato), 6))
            doubtful += [rows.us[row]] if i == 0 else []
    return us, sg, doubtful
