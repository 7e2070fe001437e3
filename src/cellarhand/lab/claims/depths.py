"""What the notes claim of depth: vanishing gradients, spirals, smoothing, and size with regularisation."""

from itertools import pairwise

import numpy as np

from cellarhand.lab.claims.finding import Finding
from cellarhand.lab.dice import Floats
from cellarhand.lab.experiment import Experiment, run
from cellarhand.lab.features import ALL
from cellarhand.lab.lints import FADING, gradient_ratio, saturated
from cellarhand.lab.net import Net
from cellarhand.lab.tuner import roughness

CIRCLE = Experiment(data="circle")
SPIRAL = Experiment(data="spiral", epochs=2000)


def _ratios(activation: str, depth: int) -> Floats:
    e = CIRCLE.changed(hidden=(8,) * depth, activations=(activation,))
    (x, label), _ = e.rows(range(100))
    return gradient_ratio(Net.drawn(e.shape, range(100)), x, label)


def _fading(activation: str) -> float:
    return float(np.median(_ratios(activation, 6)))


def _flagged(activation: str, depths: tuple[int, ...]) -> float:
    return 100 * float(np.mean([_ratios(activation, d) < FADING for d in depths]))


def gradients() -> list[Finding]:
    """First layer's gradient over the last's, at the start, six layers deep."""
    return [
        Finding("gradient of first over last layer, sigmoid, 6 deep", _fading("sigmoid"), None, 1e-4),
        Finding(
            "gradient of first over last layer, tanh, 6 deep", _fading("tanh"), 0.1, None,
            "The claim that tanh can't be deep is too strong: no warning at depth 6.",
        ),
        Finding("vanishing-gradient lint: % of sigmoid nets, 4–10 deep, flagged", _flagged("sigmoid", (4, 6, 10)), 90),
        Finding("vanishing-gradient lint: % of tanh nets, 1–10 deep, flagged", _flagged("tanh", (1, 6, 10)), None, 5),
    ]  # fmt: skip


def sigmoids() -> list[Finding]:
    """Sigmoid nets of width 8 on the circle, by depth."""
    found = {d: run(CIRCLE.changed(hidden=(8,) * d, activations=("sigmoid",)), 30, at=()).good() for d in (2, 4, 6)}
    return [
        Finding("circle, sigmoid, 2 deep: runs of 30 that succeed", found[2], 30, 30),
        Finding("circle, sigmoid, 4 or 6 deep: runs of 60 that succeed", found[4] + found[6], 0, 0),
    ]


def deep_tanh() -> list[Finding]:
    """Tanh, ten layers deep."""
    good = run(CIRCLE.changed(hidden=(8,) * 10), 30, at=()).good()
    return [Finding("circle, tanh, 10 deep: runs of 30 that succeed", good, 30, 30, "Tanh does learn ten layers deep.")]


def spiral_small() -> list[Finding]:
    """(8, 2) on the spiral, and one layer of 8 with all seven features."""
    small = run(SPIRAL.changed(hidden=(8, 2)), 50, at=())
    features = run(SPIRAL.changed(hidden=(8,), features=ALL), 50, at=())
    said = f"{small.good()} of 50 succeed: (8, 2) is no answer to the spiral; the notes' 0.15 is of noisy XOR."
    return [
        Finding("spiral, [8, 2] tanh: median test loss", small.spread()[1], 0.18, 0.29, said),
        Finding("spiral, [8] tanh with all seven features: median test loss", features.spread()[1], None, 0.05),
    ]


def spiral_large() -> list[Finding]:
    """(20, 12) on the spiral."""
    large = run(SPIRAL.changed(hidden=(20, 12)), 50, at=())
    return [Finding("spiral, [20, 12] tanh: median test loss", large.spread()[1], None, 0.04, large.sentence())]


def smoothing() -> list[Finding]:
    """Lower learning rates smooth the loss curve, until nothing is learnt: smooth is not good."""
    e = SPIRAL.changed(hidden=(8, 8), noise=20.0, epochs=600)
    rough, loss = [], []
    for rate in (0.3, 0.1, 0.03, 0.01, 0.003):
        runs = run(e.changed(learning_rate=rate), 10, at=range(0, e.epochs + 1, 1))
        rough.append(roughness(runs.trace["train_loss"]))
        loss.append(runs.spread()[1])
    falls = max(b / a for a, b in pairwise(rough))
    said = f"At 0.003 the curve is smoothest and the loss {loss[-1]:.2f}, against {min(loss):.2f} at the best rate."
    return [Finding("lower learning rate, smoother loss: largest ratio of neighbours", falls, None, 1.0, said)]


def big_or_small() -> list[Finding]:
    """Few noisy points: a big net with L2 against a small one without."""
    e = CIRCLE.changed(noise=35.0, share=0.2, epochs=1000)
    big: dict[str, object] = {"hidden": (8, 8, 8)}
    nets: dict[str, dict[str, object]] = {"small": {"hidden": (3,)}, "big": big}
    nets["big + L2"] = big | {"penalty": "L2", "rate": 0.03}
    loss = {name: run(e.changed(**what), 50, at=()).spread()[1] for name, what in nets.items()}
    said = ", ".join(f"{k} {v:.3f}" for k, v in loss.items())
    return [
        Finding(
            "big + L2 against small, noisy circle: median loss less", loss["small"] - loss["big + L2"], 0, None, said
        ),
        Finding("big without L2 against small: median loss more", loss["big"] - loss["small"], 0, None, said),
    ]


def stuck_outputs() -> list[Finding]:
    """Unscaled squares through a tanh: the saturated-output lint, and the two cures."""
    e = CIRCLE.changed(features=("x1^2", "x2^2"), epochs=500)
    plain = run(e, 100, at=())
    failed, flagged = plain.test_loss >= 0.05, saturated(plain.net, *plain.rows[0])
    cures = min(run(e.changed(**how), 100, at=()).good() for how in ({"scaled": True, "epochs": 1000}, {"loss": "log"}))
    said = f"{100 - failed.sum()} of 100 succeed on unscaled squares with ½ MSE."
    return [
        Finding(
            "saturated-output lint: % of failing runs flagged", 100 * float(flagged[failed].mean()), 90, None, said
        ),
        Finding("saturated-output lint: % of successful runs flagged", 100 * float(flagged[~failed].mean()), None, 5),
        Finding("circle by squares, scaled or log loss: runs of 100 that succeed", cures, 99),
    ]
