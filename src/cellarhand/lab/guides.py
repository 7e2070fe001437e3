"""Ways to a good small net, each recorded step by step: presets, smallest net for a target, shrink search.

Every figure is over seeds. A search says how many nets it will train, and how long that takes, before it starts.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from cellarhand.lab.experiment import Experiment, run
from cellarhand.lab.net import Net
from cellarhand.lab.training import epoch


@dataclass(frozen=True)
class Tried:
    """A setting tried: what, its parameters, the share of seeds that reached the target, the median test loss."""

    what: str
    parameters: int
    share: float
    median: float
    kept: bool


@dataclass(frozen=True)
class Plan:
    """What a search will cost: nets to train in all, and seconds at the pace measured here."""

    nets: int
    seconds: float

    def __str__(self) -> str:
        return f"{self.nets} nets at most, about {self.seconds:.0f} s"


def mean_rule(inputs: int, outputs: int = 1) -> tuple[int, ...]:
    """One hidden layer, as wide as the mean of inputs and outputs, rounded up: a start, not an answer.

    >>> mean_rule(4)
    (3,)
    """
    return (-(-(inputs + outputs) // 2),)


def taper(first: int, layers: int) -> tuple[int, ...]:
    """Layers that halve from `first`, never wider than the one before.

    >>> taper(8, 3)
    (8, 4, 2)
    """
    return tuple(max(first >> k, 1) for k in range(layers))


PRESETS: dict[str, dict[str, object]] = {
    "mean rule": {"hidden": mean_rule(2)},
    "taper": {"hidden": taper(8, 3)},
    "big + regularise": {"hidden": (8, 8, 8), "penalty": "L2", "rate": 0.03},
}


def preset(name: str, experiment: Experiment) -> Experiment:
    """The experiment with a preset's layers; "mean rule" by its own number of features."""
    if name == "mean rule":
        return experiment.changed(hidden=mean_rule(len(experiment.features)))
    return experiment.changed(**PRESETS[name])


def seconds_an_epoch(experiment: Experiment, seeds: int, clock: Callable[[], float] = time.perf_counter) -> float:
    """How long one epoch of all seeds takes on this machine: the faster of two, after one to warm up."""
    chosen = range(seeds)
    rows, _ = experiment.rows(chosen)
    net = Net.drawn(experiment.shape, chosen)
    epoch(net, *rows)
    spans = []
    for _ in range(2):
        began = clock()
        epoch(net, *rows)
        spans.append(clock() - began)
    return min(spans)


def plan(experiments: Sequence[Experiment], seeds: int) -> Plan:
    """The count and the time of a search over all of these."""
    return Plan(len(experiments) * seeds, sum(e.epochs * seconds_an_epoch(e, seeds) for e in experiments))


_WIDTHS = ((1,), (2,), (3,), (4,), (5,), (6,), (8,), (3, 3, 2), (8, 2), (8, 8))
_PLAIN: list[dict[str, object]] = [{"features": ("x1", "x2")}, {"features": ("x1", "x2", "x1x2")}]
_LAYERED: list[dict[str, object]] = [{"hidden": h} for h in _WIDTHS]
CANDIDATES = [*_PLAIN, *_LAYERED]


def smallest(
    start: Experiment,
    target: float,
    *,
    share: float = 0.9,
    seeds: int = 50,
    candidates: Sequence[dict[str, object]] = CANDIDATES,
) -> Iterator[Tried]:
    """Tries candidates from few parameters to many and stops at the first that reaches `target` test loss in `share`
    of the seeds. A candidate that fails in most of the first fifth of the seeds is dropped there.
    """
    ordered = sorted((start.changed(**c) for c in candidates), key=lambda e: (e.shape.parameters, e.hidden))
    for e in ordered:
        tried = judged(e, target, share, max(seeds // 5, 2))
        if tried.share >= 0.5:
            tried = judged(e, target, share, seeds)
        yield tried
        if tried.kept:
            return


def judged(e: Experiment, target: float, share: float, seeds: int | Sequence[int]) -> Tried:
    """An experiment over seeds, held against a target loss; kept where `share` of the seeds reach it."""
    runs = run(e, seeds, at=())
    reached = runs.good(target) / len(runs.seeds)
    return Tried(told(e), e.shape.parameters, reached, runs.spread()[1], reached >= share)


def told(e: Experiment) -> str:
    """The net in a few words.

    >>> told(Experiment(hidden=(8, 2), activations=("relu",)))
    'x1, x2 → 8 → 2 relu'
    """
    layers = "".join(f" → {h}" for h in e.hidden)
    return f"{', '.join(e.features)}{layers}{' ' + '/'.join(e.activations) if e.hidden else ' alone'}"


def shrink(
    start: Experiment, *, tolerance: float = 0.01, factor: float = 0.8, seeds: int = 20, most: int = 12
) -> Iterator[Tried]:
    """From large to small by `factor` a step, as long as the median test loss stays within `tolerance` of the start's.

    `share` is that of the seeds within the tolerance. The last one yielded is the first that isn't kept.
    """
    limit: float | None = None
    e = start
    for _ in range(most):
        runs = run(e, seeds, at=())
        median = runs.spread()[1]
        limit = median + tolerance if limit is None else limit
        kept = median <= limit
        yield Tried(told(e), e.shape.parameters, runs.good(limit) / seeds, median, kept)
        smaller = tuple(max(int(h * factor), 1) for h in e.hidden)
        if not kept or smaller == e.hidden:
            return
        e = e.changed(hidden=smaller)
