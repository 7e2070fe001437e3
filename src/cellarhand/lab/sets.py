"""The playground's data sets: points in a plane with a label of ±1, or a number to be told from −1 to 1.

Described in docs/lab-engine.md; noise is in percent (0 … 50), as on the page. In `circle`, `xor`, `plane` and
`multi-gaussian` noise moves the label and not the point, in `spiral` and `gauss` the point.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from cellarhand.lab.dice import DATA, SPLIT, Dice, Floats

TAU = 2.0 * np.pi
CENTRES = ((-4.0, 2.5, 1.0), (0.0, 2.5, -1.0), (4.0, 2.5, 1.0), (-4.0, -2.5, -1.0), (0.0, -2.5, 1.0), (4.0, -2.5, -1.0))


@dataclass(frozen=True, eq=False)
class Points:
    """Points (seeds, n, 2) in [−6, 6]² or so, and what is to be told of each (seeds, n)."""

    xy: Floats
    label: Floats

    def split(self, seeds: Sequence[int], share: float) -> tuple["Points", "Points"]:
        """Shuffled by seed and parted: the first round(share·n) train, the others test; half rounds up."""
        n = self.label.shape[1]
        order = Dice(seeds, SPLIT).order(n)
        xy = np.take_along_axis(self.xy, order[:, :, None], 1)
        label = np.take_along_axis(self.label, order, 1)
        cut = min(max(int(share * n + 0.5), 1), n - 1)
        return Points(xy[:, :cut], label[:, :cut]), Points(xy[:, cut:], label[:, cut:])


def _sides(score: Floats) -> Floats:
    return np.where(score >= 0, 1.0, -1.0)


def _halves(seeds: int, n: int) -> Floats:
    """The first n − ⌊n/2⌋ are +1, the others −1."""
    return np.tile(np.where(np.arange(n) < n - n // 2, 1.0, -1.0), (seeds, 1))


def circle(dice: Dice, n: int, noise: float) -> Points:
    """A disc of radius 2.5 within a ring of 3.5 … 5; four draws a point: radius, angle, noise in x, noise in y."""
    u = dice.uniform(4 * n).reshape(-1, n, 4)
    inner = _halves(len(u), n) > 0
    r = np.where(inner, 2.5 * u[..., 0], 3.5 + 1.5 * u[..., 0])
    xy = np.stack([r * np.sin(TAU * u[..., 1]), r * np.cos(TAU * u[..., 1])], -1)
    moved = xy + (10.0 * u[..., 2:] - 5.0) * (noise / 100.0)
    return Points(xy, np.where(np.sqrt(moved[..., 0] ** 2 + moved[..., 1] ** 2) < 2.5, 1.0, -1.0))


def xor(dice: Dice, n: int, noise: float) -> Points:
    """A square of side 10, pushed 0.3 off both axes; +1 where x·y ≥ 0; draws as in `circle`, with x and y first."""
    u = 10.0 * dice.uniform(4 * n).reshape(-1, n, 4) - 5.0
    xy = u[..., :2] + np.where(u[..., :2] > 0, 0.3, -0.3)
    moved = xy + u[..., 2:] * (noise / 100.0)
    return Points(xy, _sides(moved[..., 0] * moved[..., 1]))


def gauss(dice: Dice, n: int, noise: float) -> Points:
    """Normal clouds round (2, 2) and (−2, −2) of variance 0.5 + 7·noise/100; two draws a point (Box & Muller)."""
    u = dice.uniform(2 * n).reshape(-1, n, 2)
    label = _halves(len(u), n)
    reach = np.sqrt(-2.0 * np.log(1.0 - u[..., 0])) * np.sqrt(0.5 + 7.0 * noise / 100.0)
    around = np.stack([np.cos(TAU * u[..., 1]), np.sin(TAU * u[..., 1])], -1)
    return Points(reach[..., None] * around + 2.0 * label[..., None], label)


def spiral(dice: Dice, n: int, noise: float) -> Points:
    """Two arms of 1.75 turns out to radius 5; two draws a point, its noise in x and y."""
    u = dice.uniform(2 * n).reshape(-1, n, 2)
    label = _halves(len(u), n)
    first = n - n // 2
    i = np.concatenate([np.arange(first) / first, np.arange(n // 2) / max(n // 2, 1)])
    r, t = 5.0 * i, 1.75 * TAU * i + np.where(label > 0, 0.0, np.pi)
    xy = np.stack([r * np.sin(t), r * np.cos(t)], -1)
    return Points(xy + (2.0 * u - 1.0) * (noise / 100.0), label)


def plane(dice: Dice, n: int, noise: float) -> Points:
    """(x + y) / 10 on [−6, 6]², a number to be told; draws as in `xor`."""
    u = 12.0 * dice.uniform(4 * n).reshape(-1, n, 4) - 6.0
    moved = u[..., :2] + u[..., 2:] * (noise / 100.0)
    return Points(u[..., :2], (moved[..., 0] + moved[..., 1]) / 10.0)


def multi_gaussian(dice: Dice, n: int, noise: float) -> Points:
    """Six bumps of alternating sign on [−6, 6]²: sign·max(0, 1 − distance/2) of the nearest; draws as in `plane`."""
    u = 12.0 * dice.uniform(4 * n).reshape(-1, n, 4) - 6.0
    moved = u[..., :2] + u[..., 2:] * (noise / 100.0)
    label = np.zeros(u.shape[:2])
    for x, y, sign in CENTRES:
        d = np.sqrt((moved[..., 0] - x) ** 2 + (moved[..., 1] - y) ** 2)
        bump = sign * np.clip(1.0 - d / 2.0, 0.0, 1.0)
        label = np.where(np.abs(bump) > np.abs(label), bump, label)
    return Points(u[..., :2], label)


SETS: dict[str, Callable[[Dice, int, float], Points]] = {
    "circle": circle,
    "xor": xor,
    "gauss": gauss,
    "spiral": spiral,
    "plane": plane,
    "multi-gaussian": multi_gaussian,
}
REGRESSION = ("plane", "multi-gaussian")


def points(name: str, seeds: Sequence[int], *, n: int | None = None, noise: float = 0.0) -> Points:
    """Points of a set, afresh for each seed; 500 of a classification, 1200 of a regression unless said.

    >>> points("gauss", [1, 2]).xy.shape, points("plane", [1]).label.shape
    ((2, 500, 2), (1, 1200))
    """
    if name not in SETS:
        raise ValueError(f"a set is one of {', '.join(SETS)}; got {name!r}")
    return SETS[name](Dice(seeds, DATA), n or (1200 if name in REGRESSION else 500), noise)
