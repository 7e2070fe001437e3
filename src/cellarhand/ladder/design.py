"""From named columns to a matrix: standardised, missing values marked, constant columns left out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from cellarhand.ladder.loss import Floats, shares

UNKNOWN = " unknown"
_ALIKE = 1e-9


@dataclass(frozen=True, eq=False)
class Design:
    """What was learnt of the columns: their names in the matrix's order; of each, (p,), mean, spread and bounds.

    A column with missing values (nan) gets a second one, "… unknown", of 0 and 1, unless an earlier column is missing
    in the same rows; the gap itself is filled with the mean, which after standardising is 0.
    """

    names: tuple[str, ...]
    mean: Floats
    scale: Floats
    low: Floats
    high: Floats

    @classmethod
    def of(cls, columns: Mapping[str, Floats], weight: ArrayLike | None = None, *, bounded: bool = False) -> "Design":
        """Learns from columns of shape (n,); one that never varies says nothing and is left out.

        `bounded`: a value beyond the lowest or highest learnt from counts as that one: no extrapolation.

        >>> d = Design.of({"warmth": np.array([18.0, 20.0, np.nan]), "always": np.ones(3)})
        >>> d.names, d.matrix({"warmth": np.array([np.nan]), "always": np.ones(1)}).round(3).tolist()
        (('warmth', 'warmth unknown'), [[0.0, 1.414]])
        """
        names: list[str] = []
        mean: list[float] = []
        scale: list[float] = []
        ends: list[tuple[float, float]] = []
        gaps: set[bytes] = set()
        for name, values in _expanded(columns):
            known = np.isfinite(values)
            pattern = values.tobytes() if name.endswith(UNKNOWN) else b""
            if not known.any() or pattern in gaps:
                continue
            gaps |= {pattern} - {b""}
            share = shares(None if weight is None else np.asarray(weight, float)[known], int(known.sum()))
            centre = float(share @ values[known])
            spread = float(np.sqrt(share @ (values[known] - centre) ** 2))
            if spread > _ALIKE * max(abs(centre), 1.0):
                names.append(name)
                mean.append(centre)
                scale.append(spread)
                ends.append((values[known].min(), values[known].max()) if bounded else (-np.inf, np.inf))
        low, high = np.array(ends, float).reshape(-1, 2).T
        return cls(tuple(names), np.array(mean), np.array(scale), low, high)

    def matrix(self, columns: Mapping[str, Floats]) -> Floats:
        """Rows (n, p) of the same columns, seen or unseen, standardised as learnt."""
        found = dict(_expanded(columns))
        raw = np.column_stack([found[name] for name in self.names]) if self.names else np.empty((_rows(columns), 0))
        return np.asarray(np.where(np.isfinite(raw), (np.clip(raw, self.low, self.high) - self.mean) / self.scale, 0.0))

    def raw(self, intercept: float, weights: Floats) -> tuple[float, Floats]:
        """Intercept and weights of standardised columns as those of the columns themselves, per their own unit."""
        own = weights / self.scale
        return float(intercept - own @ self.mean), np.asarray(own)


def _rows(columns: Mapping[str, Floats]) -> int:
    return len(next(iter(columns.values()))) if columns else 0


def _expanded(columns: Mapping[str, Floats]) -> Sequence[tuple[str, Floats]]:
    pairs: list[tuple[str, Floats]] = []
    for name, values in columns.items():
        v = np.asarray(values, float)
        pairs += [(name, v), (name + UNKNOWN, (~np.isfinite(v)).astype(float))]
    return pairs
