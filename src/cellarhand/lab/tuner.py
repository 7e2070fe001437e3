"""The six-step tuner: layers → learning rate → regularisation → features → activation → again, until a loop gains
too little. Each step keeps what is best over seeds; the end is judged on seeds that no step has seen.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from cellarhand.lab.experiment import Experiment, run
from cellarhand.lab.features import ALL, PLAIN, SQUARES

Options = Callable[[Experiment], list[Experiment]]
RATES = (0.003, 0.01, 0.03, 0.1, 0.3)


def _layers(e: Experiment) -> list[Experiment]:
    return [e.changed(hidden=h) for h in ((4,), (8,), (8, 8), (20, 12))]


def _learning_rate(e: Experiment) -> list[Experiment]:
    return [e.changed(learning_rate=r) for r in RATES]


def _regularisation(e: Experiment) -> list[Experiment]:
    tried = (("L1", 0.0003), ("L2", 0.0003), ("L2", 0.001), ("L2", 0.01))
    return [e.changed(penalty="none", rate=0.0), *(e.changed(penalty=p, rate=r) for p, r in tried)]


def _features(e: Experiment) -> list[Experiment]:
    return [e.changed(features=f) for f in (PLAIN, (*PLAIN, *SQUARES), ALL)]


def _activation(e: Experiment) -> list[Experiment]:
    return [e.changed(activations=(a,)) for a in ("tanh", "relu", "sigmoid")]


STEPS: tuple[tuple[str, Options], ...] = (
    ("layers", _layers),
    ("learning rate", _learning_rate),
    ("regularisation", _regularisation),
    ("features", _features),
    ("activation", _activation),
)


@dataclass(frozen=True)
class Turn:
    """One step of a loop: what was chosen, the median test loss before and after, the roughness of its loss curve."""

    loop: int
    step: str
    chosen: Experiment
    before: float
    after: float
    roughness: float


def roughness(losses: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> float:
    """Mean |second difference| over the later half of loss curves (seeds, epochs): the median over seeds.

    >>> roughness(np.array([[4.0, 3.0, 2.0, 1.0, 0.0, -1.0]]))
    0.0
    """
    half = losses[:, losses.shape[1] // 2 :]
    return float(np.median(np.abs(np.diff(half, 2, axis=1)).mean(1)))


def _median(e: Experiment, seeds: range) -> float:
    found = run(e, seeds, at=()).test_loss
    return float(np.median(np.where(np.isfinite(found), found, np.inf)))


def tune(start: Experiment, *, seeds: int = 10, least: float = 0.01, most: int = 4) -> Iterator[Turn]:
    """Yields each step as it is decided; stops when a whole loop gains less than `least`, or after `most` loops.

    One thing changed at a time can't leave a plateau that needs two: after a loop without gain the next tries every
    option with every activation, and only if that gains nothing either is it over.
    """
    chosen, now = start, _median(start, range(seeds))
    paired = False
    for loop in range(1, most + 1):
        before_loop = now
        for name, options in STEPS:
            tried = options(chosen)
            if paired:
                tried = [with_ for o in tried for with_ in _activation(o)]
            best, loss = min(((o, _median(o, range(seeds))) for o in tried if o != chosen), key=lambda pair: pair[1])
            before = now
            if loss < now:
                chosen, now = best, loss
            yield Turn(loop, name, chosen, before, now, _rough(chosen))
        if before_loop - now < least:
            if paired:
                return
            paired = True


def _rough(e: Experiment) -> float:
    return roughness(run(e, range(3), at=range(e.epochs + 1)).trace["train_loss"])


def fresh(e: Experiment, *, seeds: int = 50, first: int = 10_000) -> float:
    """Median test loss on seeds that no search has seen."""
    return _median(e, range(first, first + seeds))
