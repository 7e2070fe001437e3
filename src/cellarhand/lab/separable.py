"""Can a plane part the two classes? By linear programming; and what logistic regression does where one can."""

from dataclasses import dataclass

import numpy as np

from cellarhand.lab.dice import Floats
from cellarhand.ladder import LOGISTIC

MOST_ROWS = 20_000


def separable(x: Floats, y: Floats) -> bool:
    """True where some plane has all yeses on one side and all noes on the other, with room: rows (n, p), y (n,) 0/1.

    Feasibility of s·(x·w + b) ≥ 1 with s = ±1, by HiGHS. A class that is empty is parted by any plane.

    >>> square = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    >>> separable(square, np.array([0, 0, 0, 1.0])), separable(square, np.array([0, 1, 1, 0.0]))
    (True, False)
    """
    from scipy.optimize import linprog

    if len(np.unique(y)) < 2:
        return True
    if len(y) > MOST_ROWS:
        x, y = x[:MOST_ROWS], y[:MOST_ROWS]
    sign = np.where(y > 0.5, 1.0, -1.0)[:, None]
    rows = -sign * np.column_stack([x, np.ones(len(y))])
    found = linprog(np.zeros(rows.shape[1]), A_ub=rows, b_ub=-np.ones(len(y)), bounds=(None, None), method="highs")
    return bool(found.status == 0)


@dataclass(frozen=True)
class Diverging:
    """Logistic regression by gradient descent without a penalty, at some steps, and its two cures."""

    steps: tuple[int, ...]
    norms: tuple[float, ...]
    learnt: tuple[float, ...]
    held: tuple[float, ...]
    best_step: int
    best_held: float
    cured_norm: float
    cured_held: float

    def sentence(self) -> str:
        """What happened and what cures it."""
        return (
            f"Classes can be parted, so weights grow without end: ‖w‖ {self.norms[0]:.2f} → {self.norms[-1]:.2f} from "
            f"step {self.steps[0]} to {self.steps[-1]}, log loss {self.learnt[-1]:.2g} where learnt and "
            f"{self.held[-1]:.2f} held out. Stopped at step {self.best_step}: {self.best_held:.2f}. With L2: "
            f"‖w‖ {self.cured_norm:.2f}, {self.cured_held:.2f}."
        )


def diverging(
    learn: tuple[Floats, Floats],
    held: tuple[Floats, Floats],
    *,
    l2: float = 0.1,
    steps: int = 10_000,
    rate: float = 1.0,
) -> Diverging:
    """Shows it on standardised rows (n, p): full-batch descent for `steps`, watched on held-out rows."""
    looks = {int(k) for k in np.geomspace(1, steps, 40)} | {10**k for k in range(9)}
    w, b = np.zeros(learn[0].shape[1]), 0.0
    seen: list[tuple[int, float, float, float]] = []
    for k in range(1, steps + 1):
        w, b = _down(learn, w, b, rate, 0.0)
        if k in looks:
            seen.append((k, float(np.linalg.norm(w)), _loss(learn, w, b), _loss(held, w, b)))
    best = min(seen, key=lambda s: s[3])
    v, c = np.zeros_like(w), 0.0
    for _ in range(min(steps, 2000)):
        v, c = _down(learn, v, c, rate, l2)
    shown = [s for s in seen if s[0] in {seen[0][0], *(10**k for k in range(9)), steps}]
    return Diverging(
        steps=tuple(s[0] for s in shown),
        norms=tuple(s[1] for s in shown),
        learnt=tuple(s[2] for s in shown),
        held=tuple(s[3] for s in shown),
        best_step=best[0],
        best_held=best[3],
        cured_norm=float(np.linalg.norm(v)),
        cured_held=_loss(held, v, c),
    )


def _down(rows: tuple[Floats, Floats], w: Floats, b: float, rate: float, l2: float) -> tuple[Floats, float]:
    x, y = rows
    off = (LOGISTIC.mean(b + x @ w) - y) / len(y)
    return w - rate * (x.T @ off + l2 * w), b - rate * float(off.sum())


def _loss(rows: tuple[Floats, Floats], w: Floats, b: float) -> float:
    x, y = rows
    return float(LOGISTIC.value(b + x @ w, y).mean())
