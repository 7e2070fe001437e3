"""What is wrong with a net, told before it is believed: five lints, each with its power measured by `lab check`."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cellarhand.lab.dice import Floats
from cellarhand.lab.experiment import Runs
from cellarhand.lab.net import Net
from cellarhand.lab.shape import Shape
from cellarhand.lab.training import gradient_sizes

Flags = NDArray[np.bool_]
ALIKE = 0.95  # cosine above which two neurons look the same way
FADING = 1e-3  # first layer's gradient over the last's
STUCK = 0.98  # |output| from which a tanh hardly moves


@dataclass(frozen=True)
class Lint:
    """A lint that fired: its name, in how many of the runs, and why in a sentence."""

    name: str
    runs: int
    of: int
    reason: str


def one_direction_floor(x: Floats, label: Floats, *, directions: int = 90, bins: int = 12) -> float:
    """The least half-square loss of anything that sees one direction of (n, d) inputs only; d = 2 is searched by angle.

    A first hidden layer of one neuron sees one direction. Judged within equal-count bins, corrected for their number.
    """
    n = len(label)
    if x.shape[1] == 2:
        t = np.pi * np.arange(directions) / directions
        looks = np.stack([np.cos(t), np.sin(t)])
    else:
        looks = np.random.default_rng(0).normal(size=(x.shape[1], 8 * directions))
    best = np.inf
    for along in (x @ looks).T:
        parts = np.array_split(label[np.argsort(along, kind="stable")], bins)
        best = min(best, sum(0.5 * ((p - p.mean()) ** 2).sum() for p in parts) / max(n - bins, 1))
    return float(best)


def bottleneck(shape: Shape, x: Floats, label: Floats, *, enough: float = 0.05) -> bool:
    """One neuron in the first hidden layer where one direction of (n, d) inputs can't tell the labels apart."""
    return bool(shape.hidden) and shape.hidden[0] == 1 and one_direction_floor(x, label) > enough


def duplicates(net: Net, *, alike: float = ALIKE) -> Flags:
    """Runs (seeds,) in which two neurons of the first hidden layer look the same way; two opposite ones are no
    duplicates for ReLU, and are where the activation is odd.
    """
    if not net.shape.hidden or net.shape.hidden[0] < 2:
        return np.zeros(net.seeds, bool)
    w = net.weights[0]
    unit = w / np.maximum(np.sqrt((w * w).sum(1, keepdims=True)), 1e-12)
    cosine = unit.swapaxes(1, 2) @ unit
    if net.shape.by_layer[0].name != "relu":
        cosine = np.abs(cosine)
    upper = np.triu(np.ones(cosine.shape[1:], bool), 1)
    return np.asarray((cosine[:, upper] > alike).any(1))


def gradient_ratio(net: Net, x: Floats, label: Floats) -> Floats:
    """Gradient size of the first weight layer over that of the last, (seeds,)."""
    sizes = gradient_sizes(net, x, label)
    return np.asarray(sizes[:, 0] / np.maximum(sizes[:, -1], 1e-300))


def saturated(net: Net, x: Floats, label: Floats, *, share: float = 0.2) -> Flags:
    """Runs (seeds,) in which more than `share` of the points are told wrong by an output that has stopped moving."""
    if net.shape.output == "linear":
        return np.zeros(net.seeds, bool)
    out = net.predict(x)
    signed = 2.0 * out - 1.0 if net.shape.output == "sigmoid" else out
    return np.asarray(((np.abs(signed) > STUCK) & (signed * label < 0)).mean(1) > share)


def cut_off(net: Net) -> Flags:
    """Runs (seeds,) in which dead links leave no way from any input to the output."""
    reach = np.ones((net.seeds, 1, net.shape.inputs))
    for w in net.weights:
        reach = (reach @ (w != 0).astype(float) > 0).astype(float)
    return np.asarray(reach[:, 0, 0] == 0)


def lint(runs: Runs) -> list[Lint]:
    """All lints over the runs of an experiment, at its end; those that fired."""
    (x, label), _ = runs.rows
    net, n = runs.net, len(runs.seeds)
    narrow = [bottleneck(net.shape, x[s], label[s]) for s in range(min(n, 5))]
    fading = gradient_ratio(Net.drawn(net.shape, runs.seeds), x, label) < FADING
    found: Sequence[tuple[str, Flags, str]] = (
        ("bottleneck", np.full(n, all(narrow)), "one neuron in the first layer sees one direction only, however deep"),
        ("duplicates", duplicates(net), "two neurons of the first layer look the same way, so one is wasted"),
        ("vanishing gradient", fading & bool(net.shape.hidden), "at the start the first layer hardly learns"),
        ("saturated output", saturated(net, x, label), "the output is stuck on the wrong side; scale or use log loss"),
        ("cut off", cut_off(net), "dead links leave no way from input to output; only new weights revive it"),
    )
    return [Lint(name, int(flags.sum()), n, why) for name, flags, why in found if flags.any()]
