"""The network again, one seed, plain numbers, no arrays: the order of arithmetic that the page's engine follows.

The stacked engine is held against this one in the tests and by `cellarhand lab check`: 1e-12 a step, 1e-9 after fifty
epochs. Slow on purpose; nothing else uses it.
"""

import math
from collections.abc import Callable
from typing import Any

from cellarhand.lab.net import Net
from cellarhand.lab.shape import Shape

Rows = list[list[float]]


def _sigmoid(z: float) -> float:
    e = math.exp(-abs(z))
    return (1.0 if z >= 0 else e) / (1.0 + e)


_Of = Callable[[float], float]
_Slope = Callable[[float, float], float]
_OF: dict[str, _Of] = {
    "tanh": math.tanh,
    "relu": lambda z: max(z, 0.0),
    "sigmoid": _sigmoid,
    "linear": lambda z: z,
}
_SLOPE: dict[str, _Slope] = {
    "tanh": lambda z, a: 1.0 - a * a,
    "relu": lambda z, a: 1.0 if z > 0 else 0.0,
    "sigmoid": lambda z, a: a * (1.0 - a),
    "linear": lambda z, a: 1.0,
}


class Plain:
    """`w[layer][to][from]`, `b[layer][to]` and `alive[layer][to][from]`."""

    def __init__(self, shape: Shape, w: list[Rows], b: Rows, alive: list[list[list[bool]]]) -> None:
        self.shape, self.w, self.b, self.alive = shape, w, b, alive
        self.names = [f.name for f in shape.by_layer]

    @classmethod
    def of(cls, net: Net, seed: int = 0) -> "Plain":
        """One of the stacked nets, by its place."""
        return cls(
            net.shape,
            [w[seed].T.tolist() for w in net.weights],
            [b[seed, 0].tolist() for b in net.biases],
            [d[seed].T.tolist() for d in net.living],
        )

    def forward(self, x: list[float]) -> tuple[Rows, Rows]:
        """z and f(z) of every layer: z = b + w₀x₀ + w₁x₁ + …, added in that order."""
        sums: Rows = []
        outs: Rows = []
        a = x
        for w, b, name in zip(self.w, self.b, self.names, strict=True):
            z = []
            for row, bias in zip(w, b, strict=True):
                total = bias
                for weight, value in zip(row, a, strict=True):
                    total += weight * value
                z.append(total)
            a = [_OF[name](v) for v in z]
            sums.append(z)
            outs.append(a)
        return sums, outs

    def step(self, rows: Rows, labels: list[float]) -> None:
        """One batch: derivatives summed example by example, divided by their number, then the penalty's part."""
        by_w = [[[0.0] * len(row) for row in w] for w in self.w]
        by_b = [[0.0] * len(b) for b in self.b]
        for x, label in zip(rows, labels, strict=True):
            self._add(x, label, by_w, by_b)
        n, s = len(rows), self.shape
        for k, w in enumerate(self.w):
            for j, row in enumerate(w):
                self.b[k][j] -= s.learning_rate * (by_b[k][j] / n)
                for i, old in enumerate(row):
                    if self.alive[k][j][i]:
                        row[i] = self._moved(k, j, i, old, s.learning_rate * (by_w[k][j][i] / n))

    def _moved(self, k: int, j: int, i: int, old: float, down: float) -> float:
        pull = self.shape.learning_rate * self.shape.rate
        if self.shape.penalty == "none" or pull == 0:
            return old - down
        if self.shape.penalty == "L2":
            return old - (down + pull * old)
        moved = old - down
        pulled = moved - pull * ((old > 0) - (old < 0))
        if moved * pulled < 0:
            self.alive[k][j][i] = False
            return 0.0
        return pulled

    def _add(self, x: list[float], label: float, by_w: list[Rows], by_b: Rows) -> None:
        sums, outs = self.forward(x)
        log = self.shape.loss == "log"
        off = outs[-1][0] - ((label + 1.0) / 2.0 if log else label)
        delta = [off if log else off * _SLOPE[self.names[-1]](sums[-1][0], outs[-1][0])]
        for k in range(len(self.w) - 1, -1, -1):
            before = outs[k - 1] if k else x
            for j, d in enumerate(delta):
                by_b[k][j] += d
                for i, value in enumerate(before):
                    by_w[k][j][i] += d * value
            if k:
                back = []
                for i in range(len(before)):
                    total = 0.0
                    for j, d in enumerate(delta):
                        total += self.w[k][j][i] * d
                    back.append(total * _SLOPE[self.names[k - 1]](sums[k - 1][i], outs[k - 1][i]))
                delta = back

    def epoch(self, rows: Rows, labels: list[float]) -> None:
        """One pass in the order given."""
        size = self.shape.batch
        for at in range(0, len(rows), size):
            self.step(rows[at : at + size], labels[at : at + size])

    def state(self) -> dict[str, Any]:
        """Weights, biases and dead links as plain lists, copied."""
        return {
            "weights": [[list(row) for row in w] for w in self.w],
            "biases": [list(b) for b in self.b],
            "dead": [
                [k, j, i] for k, w in enumerate(self.alive) for j, r in enumerate(w) for i, d in enumerate(r) if not d
            ],
        }
