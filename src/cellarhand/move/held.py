"""A historian's held value: it stands from one reading by hand to the next, so only its changes are readings."""

from collections import Counter
from collections.abc import Sequence

from cellarhand.units import PLATO

_BLEND = 0.011  # medians of two values, rounded to two decimals


def real(value: float | None) -> float | None:
    """The °P that can be wort or beer; 0 and 254 stand for "nothing yet" and "no signal".

    >>> real(12.4), real(0.0), real(254.0)
    (12.4, None, None)
    """
    return value if value is not None and value != 0.0 and PLATO.holds(value) else None


def changes(held: Sequence[float | None]) -> list[int]:
    """The rows at which a new value was entered; `held` as read, shape (n,).

    The first row counts where it holds a value: how old that is, nobody knows. A row that is the mean of its two
    neighbours is a median over the change, not a reading. A value that comes back after a sentinel is the same one.

    >>> changes([0.0, 0.0, 12.4, 12.4, 254.0, 12.4, 12.0, 11.6, 11.6])
    [2, 7]
    """
    found: list[int] = []
    last: float | None = None
    for i, value in enumerate(held):
        now = real(value)
        if now is not None and now != last and not _is_blend(held, i):
            found.append(i)
            last = now
    return found


def longest(held: Sequence[float | None]) -> float | None:
    """The real value that stood for most of the rows; None where there is none."""
    counts = Counter(now for value in held if (now := real(value)) is not None)
    return counts.most_common(1)[0][0] if counts else None


def _is_blend(held: Sequence[float | None], i: int) -> bool:
    if not 0 < i < len(held) - 1:
        return False
    before, now, after = held[i - 1], held[i], held[i + 1]
    if before is None or now is None or after is None or before == now or now == after:
        return False
    return abs(now - (before + after) / 2.0) <= _BLEND
