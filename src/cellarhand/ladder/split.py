"""Splits that keep what belongs together on one side: by group, and by group in the order of time."""

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Rows = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Split:
    """Rows to learn from and rows to judge by, as rising indices."""

    learn: Rows
    judge: Rows


def group_folds(groups: Sequence[Hashable], folds: int, seed: int = 0) -> Iterator[Split]:
    """Each group is judged exactly once and never learnt from in the same split. Folds differ by at most one group.

    >>> [s.judge.tolist() for s in group_folds(["a", "a", "b"], 2)]
    [[0, 1], [2]]
    """
    number = _numbers(groups)
    n = int(number.max(initial=-1)) + 1
    order = np.random.default_rng(seed).permutation(n)
    for part in np.array_split(order, min(folds, n)) if n else []:
        yield _split(np.isin(number, part))


def group_holdout(groups: Sequence[Hashable], share: float, seed: int = 0) -> Split:
    """About `share` of the groups held out, at least one, and at least one left to learn from.

    >>> group_holdout(["a", "a", "b", "b"], 0.5).judge.tolist()
    [0, 1]
    """
    number = _numbers(groups)
    n = int(number.max(initial=-1)) + 1
    if n < 2:
        raise ValueError(f"a hold-out needs two groups; got {n}")
    held = min(max(round(share * n), 1), n - 1)
    return _split(np.isin(number, np.random.default_rng(seed).permutation(n)[:held]))


def time_folds(groups: Sequence[Hashable], begins: ArrayLike, ends: ArrayLike, folds: int) -> Iterator[Split]:
    """Rolling origin: later groups are judged by what had ended when the first of them began.

    `begins` and `ends` (n,) are each row's times; a group lasts from its first begin to its last end. Groups that
    still ran at the cut are on neither side. The earliest of folds + 1 parts is never judged.

    >>> [(s.learn.tolist(), s.judge.tolist()) for s in time_folds("abc", [0, 5, 9], [4, 8, 12], 2)]
    [([0], [1]), ([0, 1], [2])]
    """
    number = _numbers(groups)
    n = int(number.max(initial=-1)) + 1
    first, last = np.full(n, np.inf), np.full(n, -np.inf)
    np.minimum.at(first, number, np.asarray(begins, float))
    np.maximum.at(last, number, np.asarray(ends, float))
    order = np.argsort(first, kind="stable")
    for part in np.array_split(order, min(folds + 1, max(n, 1)))[1:]:
        judged = np.isin(number, part)
        known = np.isin(number, np.flatnonzero(last <= first[part].min()))
        learn = known & ~judged
        if learn.any():
            yield Split(np.flatnonzero(learn), np.flatnonzero(judged))


def _split(judged: NDArray[np.bool_]) -> Split:
    return Split(np.flatnonzero(~judged), np.flatnonzero(judged))


def _numbers(groups: Sequence[Hashable]) -> Rows:
    """Groups as 0 … n−1 in the order in which they first appear."""
    seen: dict[Hashable, int] = {}
    return np.array([seen.setdefault(g, len(seen)) for g in groups], np.intp)
