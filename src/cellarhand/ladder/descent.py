"""Minibatch gradient descent out of core: never more than a chunk of the table in memory.

Steps by the expected Lipschitz bound of a minibatch's gradient (Gower et al. 2019, ICML, Prop. 3.8), falling with the
passes (Bottou, Curtis & Nocedal 2018, SIAM Review 60, §4), or Adagrad (Duchi, Hazan & Singer 2011, JMLR 12). The
answer is the mean of the later passes' weights (Polyak & Juditsky 1992), which takes out what is left of the noise.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from cellarhand.ladder.loss import Certificate, Fit, Floats, Loss


@dataclass(frozen=True, eq=False)
class Chunk:
    """Some rows of a table: (n, p), (n,) and weights (n,) or None for ones."""

    matrix: Floats
    y: Floats
    weight: Floats | None = None


SLOWING = 0.25  # a step after 40 passes is an eleventh of the first
Read = Callable[[], Iterable[Chunk]]


@dataclass(frozen=True)
class _Sums:
    """What one pass over the table finds: its total weight, its rows, the largest eigenvalue of their mean outer
    product, and the largest weighted square length of a row.
    """

    weight: float
    rows: int
    widest: float
    longest: float


def descend(
    read: Read,
    loss: Loss,
    *,
    l2: float = 0.0,
    passes: int = 60,
    batch: int = 64,
    rule: Literal["lipschitz", "adagrad"] = "lipschitz",
    step: float | None = None,
    seed: int = 0,
    tolerance: float = 1e-3,
) -> Fit:
    """Minimises weighted mean loss + ½·l2·‖b‖² over the chunks that `read()` gives afresh each pass.

    Rows are shuffled within a chunk (seeded), chunks are taken in the order given. Columns should be standardised.
    `step` is the first step: by default 1/L for "lipschitz", with L that of the whole table plus that of its longest
    row over the size of a batch, and 0.5 for "adagrad". The certificate is the largest component of the gradient
    over the whole table, at the end.

    >>> rng = np.random.default_rng(1)
    >>> x = rng.normal(size=(400, 1))
    >>> from cellarhand.ladder.loss import SQUARED
    >>> fit = descend(lambda: [Chunk(x[:200], 3 * x[:200, 0]), Chunk(x[200:], 3 * x[200:, 0])], SQUARED)
    >>> round(float(fit.weights[0]), 3)
    3.0
    """
    sums, p = _survey(read)
    rng = np.random.default_rng(seed)
    beta, mean = np.zeros(p + 1), np.zeros(p + 1)
    squares = np.full(p + 1, 1e-12)
    penalty = np.concatenate([[0.0], np.full(p, l2)])
    usual = sums.weight / sums.rows
    first = step or (1.0 / (loss.bend * (sums.widest + sums.longest / batch) + l2) if rule == "lipschitz" else 0.5)
    averaged = 0
    for pass_ in range(passes):
        size = first / (1.0 + SLOWING * pass_)
        for chunk in read():
            order = rng.permutation(len(chunk.y))
            for at in range(0, len(order), batch):
                pick = order[at : at + batch]
                x, w = chunk.matrix[pick], _weight(chunk)[pick] / usual
                off = w * (loss.mean(beta[0] + x @ beta[1:]) - chunk.y[pick]) / batch
                part = len(pick) / batch  # a short batch takes a short step, so that every row counts alike
                gradient = np.concatenate([[off.sum()], x.T @ off]) + part * penalty * beta
                if rule == "adagrad":
                    squares += gradient**2
                    beta = beta - size * gradient / np.sqrt(squares)
                else:
                    beta = beta - size * gradient
                if pass_ >= passes // 2:
                    averaged += 1
                    mean += (beta - mean) / averaged
    off_by = _gradient(read, loss, mean, penalty, sums.weight)
    return Fit(float(mean[0]), mean[1:], Certificate(off_by, passes, off_by < tolerance))


def _weight(chunk: Chunk) -> Floats:
    return np.ones(len(chunk.y)) if chunk.weight is None else chunk.weight


def _survey(read: Read) -> tuple[_Sums, int]:
    weight, rows, p, longest = 0.0, 0, 0, 0.0
    moments: Floats | None = None
    for chunk in read():
        w = _weight(chunk)
        x = np.column_stack([np.ones(len(w)), chunk.matrix])
        part = (x * w[:, None]).T @ x
        moments = part if moments is None else moments + part
        longest = max(longest, float((w * (x**2).sum(1)).max(initial=0.0)))
        weight, rows, p = weight + float(w.sum()), rows + len(w), chunk.matrix.shape[1]
    assert moments is not None, "a table has at least one chunk"
    return _Sums(weight, rows, float(np.linalg.eigvalsh(moments / weight)[-1]), longest * rows / weight), p


def _gradient(read: Read, loss: Loss, beta: Floats, penalty: Floats, weight: float) -> float:
    whole = penalty * beta
    for chunk in read():
        off = _weight(chunk) * (loss.mean(beta[0] + chunk.matrix @ beta[1:]) - chunk.y) / weight
        whole = whole + np.concatenate([[off.sum()], chunk.matrix.T @ off])
    return float(np.abs(whole).max())
