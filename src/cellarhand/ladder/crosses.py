"""Feature crosses: what a linear model can't say of one column at a time, said of two together."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from cellarhand.ladder.loss import Floats


def products(columns: Mapping[str, Floats], pairs: Iterable[tuple[str, str]]) -> dict[str, Floats]:
    """A column "a × b" for each pair of names; a column with itself is its square. Missing stays missing.

    >>> products({"x": np.array([2.0]), "y": np.array([3.0])}, [("x", "y"), ("x", "x")])
    {'x × y': array([6.]), 'x × x': array([4.])}
    """
    return {f"{a} × {b}": np.asarray(columns[a] * columns[b]) for a, b in pairs}


@dataclass(frozen=True)
class Buckets:
    """A column cut into ranges at rising `edges`; a value on an edge belongs to the range above it."""

    name: str
    edges: tuple[float, ...]

    @classmethod
    def of(cls, name: str, values: Floats, count: int) -> "Buckets":
        """At most `count` ranges with about as many known values each.

        >>> Buckets.of("hours", np.arange(1.0, 9.0), 4).edges
        (2.75, 4.5, 6.25)
        """
        known = values[np.isfinite(values)]
        if not len(known):
            return cls(name, ())
        cuts = np.unique(np.quantile(known, np.arange(1, count) / count))
        return cls(name, tuple(float(c) for c in cuts if c > known.min()))

    @property
    def labels(self) -> tuple[str, ...]:
        """One name a range.

        >>> Buckets("hours", (24.0, 48.0)).labels
        ('hours < 24', 'hours 24 … 48', 'hours ≥ 48')
        """
        if not self.edges:
            return (self.name,)
        e = [f"{x:.3g}" for x in self.edges]
        middle = (f"{self.name} {low} … {high}" for low, high in pairwise(e))
        return (f"{self.name} < {e[0]}", *middle, f"{self.name} ≥ {e[-1]}")

    def index(self, values: Floats) -> NDArray[np.intp]:
        """Which range each value is in; −1 where missing. Shape (n,)."""
        found = np.searchsorted(np.array(self.edges), values, side="right")
        return np.where(np.isfinite(values), found, -1).astype(np.intp)

    def columns(self, values: Floats) -> dict[str, Floats]:
        """One column of 0 and 1 a range; all 0 where missing."""
        at = self.index(values)
        return {label: (at == k).astype(float) for k, label in enumerate(self.labels)}


def crossed(a: Buckets, b: Buckets, columns: Mapping[str, Floats]) -> dict[str, Floats]:
    """One column of 0 and 1 for each pair of ranges.

    >>> x, y = Buckets("x", (0.0,)), Buckets("y", (0.0,))
    >>> found = crossed(x, y, {"x": np.array([-1.0, 1.0]), "y": np.array([1.0, 1.0])})
    >>> found["x < 0 and y ≥ 0"].tolist()
    [1.0, 0.0]
    """
    first, second = a.columns(columns[a.name]), b.columns(columns[b.name])
    return {f"{m} and {n}": u * v for m, u in first.items() for n, v in second.items()}
