"""A small network, the same one for many seeds at once: weights stacked over seeds, one matrix product for all.

The order of arithmetic is written in docs/lab-engine.md; the page's engine follows it to 1e-12 a step.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cellarhand.lab.dice import WEIGHTS, Dice, Floats
from cellarhand.lab.shape import Shape

FIRST_BIAS = 0.1
Living = NDArray[np.bool_]


@dataclass(eq=False)
class Net:
    """Weights (seeds, from, to) and biases (seeds, 1, to) a layer; `living` links (False: dead for ever)."""

    shape: Shape
    weights: list[Floats]
    biases: list[Floats]
    living: list[Living]

    @classmethod
    def drawn(cls, shape: Shape, seeds: Sequence[int], *, zero: bool = False) -> "Net":
        """Weights uniform in [−½, ½) whatever the fan-in, biases 0.1; all 0 where `zero` is asked for.

        Drawn layer by layer, neuron by neuron, link by link from the first neuron before it.

        >>> net = Net.drawn(Shape(inputs=2, hidden=(3,)), [1, 2])
        >>> [w.shape for w in net.weights], bool(abs(net.weights[0]).max() <= 0.5)
        ([(2, 2, 3), (2, 3, 1)], True)
        """
        dice = Dice(seeds, WEIGHTS)
        weights, biases = [], []
        for above, below in zip(shape.widths, shape.widths[1:], strict=False):
            drawn = dice.uniform(above * below, -0.5, 0.5).reshape(-1, below, above)
            weights.append(np.zeros((len(seeds), above, below)) if zero else np.ascontiguousarray(drawn.swapaxes(1, 2)))
            biases.append(np.full((len(seeds), 1, below), 0.0 if zero else FIRST_BIAS))
        return cls(shape, weights, biases, [np.ones(w.shape, bool) for w in weights])

    def copy(self) -> "Net":
        """A net of its own with the same weights: rewind starts from one."""
        return Net(
            self.shape,
            [w.copy() for w in self.weights],
            [b.copy() for b in self.biases],
            [d.copy() for d in self.living],
        )

    def pick(self, seeds: Sequence[int] | NDArray[np.intp]) -> "Net":
        """The nets of some of the seeds, by place."""
        at = np.asarray(seeds, np.intp)
        return Net(
            self.shape, [w[at] for w in self.weights], [b[at] for b in self.biases], [d[at] for d in self.living]
        )

    def forward(self, x: Floats) -> tuple[list[Floats], list[Floats]]:
        """From inputs (seeds, n, inputs): z and f(z) of every layer after them, each (seeds, n, neurons)."""
        if x.shape[-1] != self.shape.inputs:
            raise ValueError(f"layer 0: the net takes {self.shape.inputs} inputs; got {x.shape[-1]}")
        sums, outs = [], []
        a = x
        for w, b, f in zip(self.weights, self.biases, self.shape.by_layer, strict=True):
            z = a @ w + b
            a = f.of(z)
            sums.append(z)
            outs.append(a)
        return sums, outs

    def predict(self, x: Floats) -> Floats:
        """What the net says (seeds, n): a probability under log loss, else −1 … 1 or a number."""
        return np.asarray(self.forward(x)[1][-1][..., 0])

    @property
    def seeds(self) -> int:
        """How many nets are stacked."""
        return len(self.weights[0])


def target_of(shape: Shape, label: Floats) -> Floats:
    """What the output is held against: the label, or under log loss 0 and 1 for −1 and +1."""
    return (label + 1.0) / 2.0 if shape.loss == "log" else label


def data_loss(shape: Shape, z: Floats, out: Floats, label: Floats) -> Floats:
    """Mean loss (seeds,) without penalty, from the last layer's z and f(z) of (seeds, n)."""
    t = target_of(shape, label)
    if shape.loss == "log":
        return np.asarray((np.maximum(z, 0.0) - z * t + np.log1p(np.exp(-np.abs(z)))).mean(-1))
    return np.asarray((0.5 * (out - t) ** 2).mean(-1))


def penalty(net: Net) -> Floats:
    """The penalty (seeds,) that the steps go down: rate·Σ|w| or rate·½Σw²; biases are free."""
    if net.shape.penalty == "none":
        return np.zeros(net.seeds)
    power = [np.abs(w) if net.shape.penalty == "L1" else 0.5 * w * w for w in net.weights]
    return np.asarray(net.shape.rate * np.sum([p.sum((1, 2)) for p in power], axis=0))


def accuracy(z: Floats, label: Floats) -> Floats:
    """Share told right (seeds,): yes where z ≥ 0, whatever the last activation."""
    return np.asarray(((z >= 0) == (label > 0)).mean(-1))
