"""Gradient descent on a stack of nets, batch by batch in the order given, and the trace of what happened."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from cellarhand.lab.dice import Floats
from cellarhand.lab.net import Net, accuracy, data_loss, penalty, target_of

Gradients = tuple[list[Floats], list[Floats]]


def gradients(net: Net, x: Floats, label: Floats) -> Gradients:
    """Derivatives of the mean loss, without penalty, by weights and by biases: shapes of the net's own.

    Backpropagation (Rumelhart, Hinton & Williams 1986, Nature 323); held against finite differences by `gradient_gap`.
    """
    sums, outs = net.forward(x)
    t = target_of(net.shape, label)[..., None]
    n = x.shape[1]
    layers = net.shape.by_layer
    last = outs[-1] - t
    delta = last if net.shape.loss == "log" else last * layers[-1].slope(sums[-1], outs[-1])
    by_weight: list[Floats] = [np.empty(0)] * len(layers)
    by_bias: list[Floats] = [np.empty(0)] * len(layers)
    for k in range(len(layers) - 1, -1, -1):
        before = outs[k - 1] if k else x
        by_weight[k] = (before.swapaxes(1, 2) @ delta) / n
        by_bias[k] = delta.sum(1, keepdims=True) / n
        if k:
            delta = (delta @ net.weights[k].swapaxes(1, 2)) * layers[k - 1].slope(sums[k - 1], outs[k - 1])
    return by_weight, by_bias


def step(net: Net, x: Floats, label: Floats) -> None:
    """One step on one batch, in place: down the loss, then down the penalty with its slope at the old weight.

    L1: a weight that the penalty's part carries over 0 is 0 and dead for ever (the playground's rule).
    """
    by_weight, by_bias = gradients(net, x, label)
    lr, rate, kind = net.shape.learning_rate, net.shape.rate, net.shape.penalty
    for k, (w, b) in enumerate(zip(net.weights, net.biases, strict=True)):
        b -= lr * by_bias[k]
        if kind == "none" or rate == 0:
            w -= lr * by_weight[k]
        elif kind == "L2":
            w -= lr * by_weight[k] + (lr * rate) * w
        else:
            alive = net.living[k]
            moved = w - lr * by_weight[k]
            pulled = moved - (lr * rate) * np.sign(w)
            dies = alive & (moved * pulled < 0)
            np.copyto(w, np.where(alive & ~dies, pulled, 0.0))
            alive &= ~dies


def epoch(net: Net, x: Floats, label: Floats) -> None:
    """One pass over the rows in their order; a short batch at the end counts by its own size."""
    size = net.shape.batch
    for at in range(0, x.shape[1], size):
        step(net, x[:, at : at + size], label[:, at : at + size])


def gradient_sizes(net: Net, x: Floats, label: Floats) -> Floats:
    """Root mean square of the loss's derivatives by the weights of each layer: (seeds, layers)."""
    by_weight, _ = gradients(net, x, label)
    return np.stack([np.sqrt((g * g).mean((1, 2))) for g in by_weight], -1)


def gradient_gap(net: Net, x: Floats, label: Floats, *, h: float = 1e-6) -> float:
    """Largest difference between a derivative and its central finite difference, over all weights and biases.

    Truncation is of order h², rounding of order 1e-16/h: some 1e-10 where activations are smooth.

    >>> from cellarhand.lab.shape import Shape
    >>> net = Net.drawn(Shape(inputs=2, hidden=(3, 2)), [7])
    >>> gradient_gap(net, np.array([[[1.0, -2.0], [0.5, 0.3]]]), np.array([[1.0, -1.0]])) < 1e-8
    True
    """

    def loss() -> Floats:
        sums, outs = net.forward(x)
        return data_loss(net.shape, sums[-1][..., 0], outs[-1][..., 0], label)

    worst = 0.0
    for values, slopes in zip((net.weights, net.biases), gradients(net, x, label), strict=True):
        for v, g in zip(values, slopes, strict=True):
            for at in np.ndindex(v.shape[1:]):
                here = (slice(None), *at)
                kept = v[here].copy()
                v[here] = kept + h
                up = loss()
                v[here] = kept - h
                down = loss()
                v[here] = kept
                worst = max(worst, float(np.abs((up - down) / (2 * h) - g[here]).max()))
    return worst


@dataclass(eq=False)
class Trace:
    """What was seen at some epochs: (seeds, k) each, `gradient` (seeds, k, layers). Loss is data + penalty."""

    epochs: list[int] = field(default_factory=list)
    rows: list[dict[str, Floats]] = field(default_factory=list)

    def __getitem__(self, name: str) -> Floats:
        return np.stack([r[name] for r in self.rows], 1)


def look(net: Net, train: tuple[Floats, Floats], test: tuple[Floats, Floats]) -> dict[str, Floats]:
    """Losses, penalty, accuracies and gradient sizes at this moment."""
    found: dict[str, Floats] = {}
    for name, (x, label) in (("train", train), ("test", test)):
        sums, outs = net.forward(x)
        z, out = sums[-1][..., 0], outs[-1][..., 0]
        found[f"{name}_loss"] = data_loss(net.shape, z, out, label)
        found[f"{name}_accuracy"] = accuracy(z, label)
    return found | {"penalty": penalty(net), "gradient": gradient_sizes(net, *train)}


def train(
    net: Net,
    rows: tuple[Floats, Floats],
    held: tuple[Floats, Floats],
    epochs: int,
    *,
    at: Sequence[int] | None = None,
    stop: Callable[[dict[str, Floats]], bool] | None = None,
) -> Trace:
    """Trains in place and looks at epochs `at` (by default the start and the end); `stop` may end it at a look.

    `rows` and `held`: inputs (seeds, n, inputs) with labels (seeds, n).
    """
    looks = set((0, epochs) if at is None else at) | {epochs}
    trace = Trace()
    for e in range(epochs + 1):
        if e:
            epoch(net, *rows)
        if e in looks:
            trace.epochs.append(e)
            trace.rows.append(look(net, rows, held))
            if stop is not None and stop(trace.rows[-1]):
                break
    return trace
