"""What the advisor takes on the seven sets, and what the gate promotes where there is nothing to find."""

import numpy as np

from cellarhand.lab.claims.finding import Finding
from cellarhand.lab.problem import Problem
from cellarhand.lab.sets import REGRESSION, points
from cellarhand.lab.workbench import climb
from cellarhand.ladder import least_squares

LADDER = ("baseline", "linear", "crosses", "neural net")
EXPECTED = {
    "gauss": "linear", "plane": "linear", "line": "linear", "circle": "crosses", "xor": "crosses",
    "spiral": "neural net", "multi-gaussian": "neural net",
}  # fmt: skip


def problem(name: str, seed: int = 1, *, noise: float = 0.0, n: int = 400) -> Problem:
    """A set as a problem of the workbench, x1 and x2 its columns; "line" is six columns, three of which matter."""
    if name == "line":
        rng = np.random.default_rng(seed)
        x = rng.normal(size=(n, 6))
        y = x @ np.array([1.0, -1.0, 0.5, 0.0, 0.0, 0.0]) + rng.normal(size=n)
        return Problem({f"c{k}": x[:, k] for k in range(6)}, y, False, tuple(range(n)))
    found = points(name, [seed], n=n, noise=noise)
    (xy,), (label,) = found.xy, found.label
    yes = name not in REGRESSION
    y = (label + 1) / 2 if yes else label
    return Problem({"x1": xy[:, 0], "x2": xy[:, 1]}, y, yes, tuple(range(n)))


def seven() -> list[Finding]:
    """The rung taken on each of the seven sets."""
    taken = {n: climb(problem(n), names=LADDER, net_seeds=2).taken for n in EXPECTED}
    wrong = [f"{n}: {taken[n]} instead of {want}" for n, want in EXPECTED.items() if taken[n] != want]
    said = "; ".join(wrong) or ", ".join(f"{n} {t}" for n, t in taken.items())
    return [Finding("advisor: right of the seven sets", 7 - len(wrong), 7, 7, said)]


def shuffled(tables: int = 200, first: int = 0) -> list[Finding]:
    """Tables whose labels have nothing to do with their columns: how many promote anything?"""
    promoted = 0
    for k in range(first, first + tables):
        rng = np.random.default_rng(k)
        x = rng.normal(size=(90, 3))
        y = rng.permutation((np.arange(90) % 3 == 0).astype(float))
        groups = tuple(np.repeat(np.arange(30), 3).tolist())
        p = Problem({f"c{j}": x[:, j] for j in range(3)}, y, True, groups, grouped=True)
        promoted += climb(p, seed=k, folds=3, names=LADDER, net_seeds=1).champion != "baseline"
    return [Finding(f"shuffled labels: % of {tables} tables that promote anything", 100 * promoted / tables, None, 5)]


def exact_or_descent() -> list[Finding]:
    """A million rows of twenty columns: our certificate's price over bare normal equations; best of three."""
    import time

    rng = np.random.default_rng(0)
    x = rng.normal(size=(1_000_000, 20))
    y = x @ rng.normal(size=20) + rng.normal(size=1_000_000)
    bare, ours = [], []
    for _ in range(3):
        began = time.perf_counter()
        np.linalg.lstsq(x.T @ x, x.T @ y)
        bare.append(time.perf_counter() - began)
        began = time.perf_counter()
        fit = least_squares(x, y)
        ours.append(time.perf_counter() - began)
    said = f"{min(ours):.2f} s, certificate {fit.certificate.violation:.0e}: “large data needs descent” starts later."
    return [Finding("least squares, 1 M × 20: time over normal equations'", min(ours) / min(bare), None, 3, said)]
