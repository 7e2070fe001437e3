"""A historian's Status, row by row, into the states of a tank: glitches carried over, flips ignored, volume trusted."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from cellarhand.domain import Cycle, PhaseName
from cellarhand.move.headers import key_and_unit
from cellarhand.move.stamps import HOUR

LEAST_BEER_L = 20.0  # an empty tank's level drifts by as much
LEAST_SHARE = 0.01
_LONG_US = 12 * HOUR
GLITCHES = frozenset(  # what historians write for "no value"
    ("bad input", "bad", "no data", "i/o timeout", "pt created", "calc failed", "comm fail", "shutdown", "not connect")
) | {"", "nan", "none", "null"}


@dataclass(frozen=True, slots=True)
class State:
    """What a Status says of the tank, and of the beer where there is one."""

    cycle: Cycle
    phase: PhaseName | None = None


_EMPTY = State(Cycle.EMPTY)
KNOWN = {
    "empty": _EMPTY,
    "clean": _EMPTY,
    "cip": State(Cycle.CIP),
    "blowndown": State(Cycle.CIP),
    "sanitized": State(Cycle.SANITISED),
    "sanitised": State(Cycle.SANITISED),
    "outofservice": State(Cycle.OUT_OF_SERVICE),
    "filling": State(Cycle.FILLING, PhaseName.FILLING),
    "lag": State(Cycle.IN_USE, PhaseName.LAG),
    "fermentation": State(Cycle.IN_USE, PhaseName.FERMENTATION),
    "freerise": State(Cycle.IN_USE, PhaseName.FREE_RISE),
    "diacetylrest": State(Cycle.IN_USE, PhaseName.DIACETYL_REST),
    "cooling": State(Cycle.IN_USE, PhaseName.COOLING),
    "maturation": State(Cycle.IN_USE, PhaseName.MATURATION),
    "readytotransfer": State(Cycle.IN_USE, PhaseName.READY),
    "emptying": State(Cycle.EMPTYING, PhaseName.EMPTYING),
}


def is_glitch(text: str) -> bool:
    """True for what a historian writes where it has no value.

    >>> is_glitch("Bad Input"), is_glitch(""), is_glitch("5450")
    (True, True, False)
    """
    return text.strip().lower() in GLITCHES


def least_beer(volume: Sequence[float | None]) -> float:
    """The volume in litres under which this tank counts as empty."""
    return max(LEAST_SHARE * max((v for v in volume if v is not None), default=0.0), LEAST_BEER_L)


def states(us: Sequence[int], status: Sequence[str], volume: Sequence[float | None]) -> list[State]:
    """The state in each row, shape (n,).

    Glitches and unknown words carry the state before them on. A single row between two equal states is ignored.
    Beer without a volume is ignored too: a tank that holds none doesn't ferment, whatever its Status says; only where
    the volume is never known, or stays empty for half a day of a tank whose level never moves, the Status is believed.

    >>> [s.cycle.value for s in states([0, 1, 2], ["Empty", "Bad Input", "CIP"], [None] * 3)]
    ['empty', 'empty', 'CIP']
    """
    return _with_volume(us, _without_flips(_carried(status)), volume)


def unknown(status: Sequence[str]) -> dict[str, int]:
    """The words that are no known Status and no glitch, with how many rows have them."""
    words = Counter(text.strip() for text in status if not is_glitch(text))
    return {word: count for word, count in words.items() if key_and_unit(word)[0] not in KNOWN}


def _carried(status: Sequence[str]) -> list[State]:
    meaning = {text: KNOWN.get(key_and_unit(text)[0]) for text in set(status)}
    found = [meaning[text] for text in status]
    now = next((state for state in found if state is not None), _EMPTY)
    out: list[State] = []
    for state in found:
        now = state or now
        out.append(now)
    return out


def _without_flips(found: list[State]) -> list[State]:
    out = list(found)
    for i in range(1, len(out) - 1):
        if out[i] != out[i - 1] and out[i - 1] == out[i + 1]:
            out[i] = out[i - 1]
    return out


def _with_volume(us: Sequence[int], found: list[State], volume: Sequence[float | None]) -> list[State]:
    least = least_beer(volume)
    level_moves = any(v is not None and v >= least for v in volume)
    out, at = list(found), 0
    for holds_beer, rows in groupby(found, key=lambda state: state.phase is not None):
        end = at + len(list(rows))
        if holds_beer:
            seen = [v for v in volume[at:end] if v is not None]
            short = us[end - 1] - us[at] < _LONG_US
            only_begun = end == len(found) and found[at].phase is PhaseName.FILLING
            void = end if seen and max(seen) < least and (level_moves or short) and not only_begun else at
            if level_moves and void == at:
                void += _not_yet(found[at:end], volume[at:end], least)
            out[at:void] = [out[at - 1] if at else _EMPTY] * (void - at)
        at = end
    return out


def _not_yet(found: Sequence[State], volume: Sequence[float | None], least: float) -> int:
    """How many rows at the head of a batch ferment before anything was filled in."""
    rows = 0
    for state, level in zip(found, volume, strict=True):
        if state.phase is PhaseName.FILLING or level is None or level >= least:
            break
        rows += 1
    return rows
