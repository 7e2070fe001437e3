"""A trained net as something to keep or to take away: JSON, an equation, Python without any library."""

import json
from typing import Any

import numpy as np

from cellarhand.lab.experiment import Experiment, Runs
from cellarhand.lab.net import Net

FORMAT = "cellarhand-lab-1"
_SPOKEN = {"tanh": "tanh({})", "relu": "max(0, {})", "sigmoid": "1 / (1 + exp(-({})))", "linear": "({})"}
_PYTHON = {
    "tanh": "math.tanh(z)",
    "relu": "max(z, 0.0)",
    "sigmoid": "(1.0 if z >= 0 else math.exp(z)) / (1.0 + math.exp(-abs(z)))",
    "linear": "z",
}
_COLUMNS = {
    "x1": "x1", "x2": "x2", "x1^2": "x1 * x1", "x2^2": "x2 * x2", "x1x2": "x1 * x2",
    "sin x1": "math.sin(x1)", "sin x2": "math.sin(x2)",
}  # fmt: skip


def to_json(runs: Runs, place: int = 0) -> str:
    """The experiment, the seed, and the net of one of its seeds: what `from_json` and the page read.

    `weights[layer][to][from]`, `biases[layer][to]`, `dead` as [layer, to, from]; numbers to the last bit.
    """
    net, seed = runs.net, runs.seeds[place]
    dead = [[k, *map(int, at[::-1])] for k, d in enumerate(net.living) for at in np.argwhere(~d[place])]
    state: dict[str, Any] = {
        "format": FORMAT,
        "experiment": runs.experiment.as_json(),
        "seed": seed,
        "epoch": runs.trace.epochs[-1],
        "weights": [w[place].T.tolist() for w in net.weights],
        "biases": [b[place, 0].tolist() for b in net.biases],
        "dead": dead,
    }
    return json.dumps(state)


def from_json(text: str) -> tuple[Experiment, int, Net]:
    """The experiment, its seed and its net, of text written by `to_json` or by the page."""
    state = json.loads(text)
    if not isinstance(state, dict) or state.get("format") != FORMAT:
        raise ValueError(f"a net of the lab is JSON with format {FORMAT!r}")
    experiment = Experiment.from_json(state["experiment"])
    widths = experiment.shape.widths
    weights = [np.array(w, float).T[None].copy() for w in state["weights"]]
    for k, (w, above, below) in enumerate(zip(weights, widths[:-1], widths[1:], strict=True), 1):
        if w.shape != (1, above, below):
            raise ValueError(f"layer {k}: {below} neurons of {above} weights are expected; got {w.shape[:0:-1]}")
    living = [np.ones(w.shape, bool) for w in weights]
    for k, to, source in state["dead"]:
        living[k][0, source, to] = False
    biases = [np.array(b, float)[None, None] for b in state["biases"]]
    return experiment, int(state["seed"]), Net(experiment.shape, weights, biases, living)


def equation(net: Net, names: tuple[str, ...], place: int = 0) -> str:
    """The net as lines of "h1_1 = tanh(0.1 + 0.25·x1 …)"; links of exactly 0 are left out.

    >>> from cellarhand.lab.shape import Shape
    >>> net = Net.drawn(Shape(inputs=1, output="linear"), [1])
    >>> net.weights[0][:] = 0.25
    >>> equation(net, ("x1",))
    'y = (0.1 + 0.25·x1)'
    """
    lines = []
    before = list(names)
    for k, (w, b, f) in enumerate(zip(net.weights, net.biases, net.shape.by_layer, strict=True), 1):
        last = k == len(net.weights)
        here = ["y"] if last else [f"h{k}_{j + 1}" for j in range(w.shape[2])]
        for j, name in enumerate(here):
            terms = [f"{float(b[place, 0, j])!r}"]
            terms += [f"{float(v)!r}·{source}" for v, source in zip(w[place, :, j], before, strict=True) if v != 0]
            lines.append(f"{name} = {_SPOKEN[f.name].format(' + '.join(terms))}")
        before = here
    return "\n".join(lines)


def to_python(runs: Runs, place: int = 0) -> str:
    """A module with one function, `tell(x1, x2)`, that says what the net says; it imports math alone."""
    net, e = runs.net, runs.experiment
    from cellarhand.lab.features import SPANS

    columns = [f"({_COLUMNS[n]}) / {SPANS[n] if e.scaled else 1.0}" for n in e.features]
    layers = []
    for w, b, f in zip(net.weights, net.biases, net.shape.by_layer, strict=True):
        layers.append(f"    ({w[place].T.tolist()!r}, {b[place, 0].tolist()!r}, lambda z: {_PYTHON[f.name]}),")
    return "\n".join(
        [
            f'"""A net of the lab: {e.data}, hidden {list(e.hidden)}, seed {runs.seeds[place]}."""',
            "",
            "import math",
            "",
            "LAYERS = [  # weights[to][from], biases[to], activation",
            *layers,
            "]",
            "",
            "",
            "def tell(x1, x2):",
            f"    a = [{', '.join(columns)}]",
            "    for weights, biases, f in LAYERS:",
            "        a = [f(b + sum(w * v for w, v in zip(row, a))) for row, b in zip(weights, biases)]",
            "    return a[0]",
            "",
        ]
    )
