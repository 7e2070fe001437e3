"""The lab's one written generator: mulberry32, by counter, so that a page and this file draw the same numbers.

The k-th number (k = 1, 2, …) of a stream is out(start + k·0x6D2B79F5) / 2³², all in unsigned 32-bit arithmetic:

    t = (a ^ a >> 15) · (a | 1);  t = (t + (t ^ t >> 7) · (t | 61)) ^ t;  out(a) = t ^ t >> 14

(Tommy Ettinger's mulberry32, public domain.) A stream starts at mix(mix(seed) + purpose) with mix(s) = out(s +
0x6D2B79F5), so data, split and weights of one seed don't share numbers, and another net leaves the data as they were.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Words = NDArray[np.uint32]

DATA, SPLIT, WEIGHTS, SPARE = 1, 2, 3, 4
_STEP = np.uint32(0x6D2B79F5)


def _out(a: Words) -> Words:
    t = (a ^ a >> np.uint32(15)) * (a | np.uint32(1))
    t = (t + (t ^ t >> np.uint32(7)) * (t | np.uint32(61))) ^ t
    return np.asarray(t ^ t >> np.uint32(14))


class Dice:
    """One stream a seed, drawn side by side: every draw has one row a seed."""

    def __init__(self, seeds: Sequence[int], purpose: int) -> None:
        first = np.array([s % 2**32 for s in seeds], np.uint32)
        self.start = _out(_out(first + _STEP) + np.uint32(purpose) + _STEP)
        self.drawn = 0

    def words(self, count: int) -> Words:
        """(seeds, count) unsigned 32-bit words.

        >>> dice = Dice([0], DATA)
        >>> dice.start[:] = 1
        >>> dice.words(3).tolist()
        [[2693262067, 11749833, 2265367787]]
        """
        at = np.arange(self.drawn + 1, self.drawn + count + 1, dtype=np.uint64).astype(np.uint32)
        self.drawn += count
        return _out(self.start[:, None] + at * _STEP)

    def uniform(self, count: int, low: float = 0.0, high: float = 1.0) -> Floats:
        """(seeds, count) numbers low + (high − low)·u, with u in [0, 1) of 32 bits."""
        return np.asarray(low + (high - low) * (self.words(count) / 2.0**32))

    def order(self, n: int) -> NDArray[np.intp]:
        """(seeds, n) a shuffle of 0 … n−1 each: for i = n−1 … 1 swaps places i and ⌊u·(i+1)⌋ (Fisher & Yates).

        >>> sorted(Dice([3], SPLIT).order(5)[0].tolist())
        [0, 1, 2, 3, 4]
        """
        draws = self.uniform(n - 1) if n > 1 else np.empty((len(self.start), 0))
        found = np.tile(np.arange(n), (len(self.start), 1))
        row = np.arange(len(self.start))
        for k, i in enumerate(range(n - 1, 0, -1)):
            j = (draws[:, k] * (i + 1)).astype(np.intp)
            found[row, i], found[row, j] = found[row, j], found[row, i].copy()
        return found
