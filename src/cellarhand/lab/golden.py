"""Golden files: what the generator, the sets and the engine give, for the page's engine to be held against."""

import json
from pathlib import Path
from typing import Any

from cellarhand.lab.dice import DATA, Dice
from cellarhand.lab.experiment import Experiment
from cellarhand.lab.net import Net
from cellarhand.lab.plain import Plain

CASES: dict[str, tuple[int, Experiment]] = {
    "xor-relu": (11, Experiment(data="xor", points=60, hidden=(3,), activations=("relu",))),
    "spiral-tanh": (
        12,
        Experiment(data="spiral", noise=20, points=64, hidden=(8, 2), features=("x1", "x2", "sin x1", "sin x2")),
    ),
    "circle-l1-dead": (
        13,
        Experiment(data="circle", noise=25, points=60, hidden=(4, 3), penalty="L1", rate=0.1, batch=7),
    ),
    "gauss-log-l2": (
        14,
        Experiment(
            data="gauss", noise=25, points=60, hidden=(4, 4), activations=("tanh", "sigmoid"), loss="log",
            penalty="L2", rate=0.01, learning_rate=0.1, share=0.7,
        ),
    ),
    "plane-linear": (15, Experiment(data="plane", noise=10, points=50, hidden=(2,), activations=("linear",), batch=10)),
    "bumps-mixed": (
        16,
        Experiment(
            data="multi-gaussian", points=80, hidden=(5, 3, 2), activations=("relu", "tanh", "sigmoid"), batch=30,
            features=("x1", "x2", "x1^2", "x2^2", "x1x2"), scaled=True,
        ),
    ),
}  # fmt: skip
EPOCHS = 50


def case(seed: int, e: Experiment) -> dict[str, Any]:
    """One case in full, by the plain engine: draws, rows, and states at the start, after a step, an epoch and fifty."""
    (x, label), (held, held_label) = e.rows([seed])
    rows, labels = x[0].tolist(), label[0].tolist()
    plain = Plain.of(Net.drawn(e.shape, [seed], zero=e.zero))
    states = {"start": plain.state()}
    plain.step(rows[: e.batch], labels[: e.batch])
    states["step"] = plain.state()
    plain = Plain.of(Net.drawn(e.shape, [seed], zero=e.zero))
    for k in range(1, EPOCHS + 1):
        plain.epoch(rows, labels)
        if k in (1, EPOCHS):
            states[f"epoch {k}"] = plain.state()
    return {
        "seed": seed,
        "experiment": e.as_json(),
        "words": Dice([seed], DATA).words(4)[0].tolist(),
        "train": {"inputs": rows, "labels": labels},
        "test": {"inputs": held[0].tolist(), "labels": held_label[0].tolist()},
        "states": states,
        "outputs": [plain.forward(r)[1][-1][0] for r in held[0].tolist()],
    }


def write(folder: Path) -> list[Path]:
    """Writes all cases as JSON, one file each, numbers to the last bit."""
    folder.mkdir(parents=True, exist_ok=True)
    found = []
    for name, (seed, e) in CASES.items():
        path = folder / f"{name}.json"
        path.write_text(json.dumps(case(seed, e), indent=None, separators=(",", ":")) + "\n", encoding="utf-8")
        found.append(path)
    return found
