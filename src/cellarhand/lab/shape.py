"""What a small network is: layers, activation by layer, loss, penalty, step. Checked when made, told by layer."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from cellarhand.lab.dice import Floats


@dataclass(frozen=True, eq=False)
class Activation:
    """f(z), and its derivative from z and f(z)."""

    name: str
    of: Callable[[Floats], Floats]
    slope: Callable[[Floats, Floats], Floats]


def sigmoid(z: Floats) -> Floats:
    """1 / (1 + e^−z), whole: the formula without brackets gives 2 at z = 0.

    >>> sigmoid(np.array([0.0, -1e4])).tolist()
    [0.5, 0.0]
    """
    e = np.exp(-np.abs(z))
    return np.asarray(np.where(z >= 0, 1.0, e) / (1.0 + e))


ACTIVATIONS = {
    "tanh": Activation("tanh", np.tanh, lambda z, a: 1.0 - a * a),
    "relu": Activation("relu", lambda z: np.maximum(z, 0.0), lambda z, a: (z > 0.0).astype(np.float64)),
    "sigmoid": Activation("sigmoid", sigmoid, lambda z, a: a * (1.0 - a)),
    "linear": Activation("linear", lambda z: z, lambda z, a: np.ones_like(z)),
}
LossName = Literal["half square", "log"]
PenaltyName = Literal["none", "L1", "L2"]


@dataclass(frozen=True, kw_only=True)
class Shape:
    """A network and how it learns. `hidden` and `activations` go layer by layer; one activation stands for all.

    `log` loss ends in a sigmoid (a probability) and takes ±1 as yes and no; `half square` is ½(o − t)² and ends in
    tanh, or in a line where a number is told (`output`).

    >>> Shape(inputs=2, hidden=(8, 2)).parameters, Shape(inputs=2, hidden=(8, 2)).deep
    (45, True)
    """

    inputs: int
    hidden: tuple[int, ...] = ()
    activations: tuple[str, ...] = ("tanh",)
    loss: LossName = "half square"
    output: str = "tanh"
    penalty: PenaltyName = "none"
    rate: float = 0.0
    learning_rate: float = 0.03
    batch: int = 10

    def __post_init__(self) -> None:
        if self.inputs < 1:
            raise ValueError(f"layer 0: a network needs an input; got {self.inputs}")
        for k, width in enumerate(self.hidden, 1):
            if width < 1:
                raise ValueError(f"layer {k}: a layer has at least one neuron; got {width}")
        if len(self.activations) not in (1, len(self.hidden)):
            raise ValueError(f"one activation for all or one a layer ({len(self.hidden)}); got {len(self.activations)}")
        for k, name in enumerate((*self.activations, self.output), 1):
            if name not in ACTIVATIONS:
                raise ValueError(f"layer {k}: an activation is one of {', '.join(ACTIVATIONS)}; got {name!r}")
        if self.loss == "log" and self.output != "sigmoid":
            object.__setattr__(self, "output", "sigmoid")
        if self.batch < 1 or not self.learning_rate > 0 or self.rate < 0:
            raise ValueError("a batch is at least 1, the learning rate above 0, a penalty's rate not below 0")

    @property
    def widths(self) -> tuple[int, ...]:
        """Neurons a layer, inputs first and the one output last."""
        return (self.inputs, *self.hidden, 1)

    @property
    def by_layer(self) -> tuple[Activation, ...]:
        """The activation of each layer after the inputs."""
        hidden = self.activations * len(self.hidden) if len(self.activations) == 1 else self.activations
        return tuple(ACTIVATIONS[n] for n in (*hidden[: len(self.hidden)], self.output))

    @property
    def parameters(self) -> int:
        """Weights and biases."""
        return sum((a + 1) * b for a, b in zip(self.widths, self.widths[1:], strict=False))

    @property
    def deep(self) -> bool:
        """Two hidden layers or more."""
        return len(self.hidden) >= 2
