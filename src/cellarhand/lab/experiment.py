"""A whole experiment, seeds and all, as a record; run over many seeds, since one run of a net says little."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any

import numpy as np

from cellarhand.lab.dice import Floats
from cellarhand.lab.features import PLAIN, inputs
from cellarhand.lab.net import Net
from cellarhand.lab.sets import REGRESSION, Points, points
from cellarhand.lab.shape import LossName, PenaltyName, Shape
from cellarhand.lab.training import Trace, train

Rows = tuple[Floats, Floats]


@dataclass(frozen=True, kw_only=True)
class Experiment:
    """Everything that decides a run but the seeds. Defaults are the playground's."""

    data: str = "circle"
    noise: float = 0.0
    points: int | None = None
    share: float = 0.5
    features: tuple[str, ...] = PLAIN
    scaled: bool = False
    hidden: tuple[int, ...] = ()
    activations: tuple[str, ...] = ("tanh",)
    loss: LossName = "half square"
    penalty: PenaltyName = "none"
    rate: float = 0.0
    learning_rate: float = 0.03
    batch: int = 10
    epochs: int = 1000
    zero: bool = False

    @property
    def shape(self) -> Shape:
        """The network of it; a number to be told ends in a line."""
        same = ("hidden", "activations", "loss", "penalty", "rate", "learning_rate", "batch")
        output = "linear" if self.data in REGRESSION else "tanh"
        return Shape(inputs=len(self.features), output=output, **{n: getattr(self, n) for n in same})

    def rows(self, seeds: Sequence[int], own: Points | None = None) -> tuple[Rows, Rows]:
        """Inputs and labels to train on and to test by; `own` points instead of the named set's."""
        found = own or points(self.data, seeds, n=self.points, noise=self.noise)
        learn, held = found.split(seeds, self.share)
        return self._row(learn), self._row(held)

    def _row(self, found: Points) -> Rows:
        return inputs(found.xy, self.features, scaled=self.scaled), found.label

    def changed(self, **what: Any) -> "Experiment":
        """The same with something else about it."""
        return replace(self, **what)

    def as_json(self) -> dict[str, Any]:
        """A dictionary of plain values; `Experiment.from_json` reads it."""
        return {k: list(v) if isinstance(v, tuple) else v for k, v in asdict(self).items()}

    @classmethod
    def from_json(cls, given: dict[str, Any]) -> "Experiment":
        """The experiment of such a dictionary; refuses words that it doesn't know.

        >>> e = Experiment(hidden=(8, 2), noise=25)
        >>> Experiment.from_json(e.as_json()) == e
        True
        """
        known = {f.name for f in fields(cls)}
        odd = sorted(set(given) - known)
        if odd:
            raise ValueError(f"an experiment has no {odd[0]!r}; it has {', '.join(sorted(known))}")
        values: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in given.items()}
        return cls(**values)


@dataclass(frozen=True, eq=False)
class Runs:
    """What came of an experiment over seeds: final losses and accuracies (seeds,), trained nets, trace."""

    experiment: Experiment
    seeds: tuple[int, ...]
    net: Net
    trace: Trace
    test_loss: Floats
    train_loss: Floats
    accuracy: Floats
    rows: tuple[Rows, Rows] = field(repr=False)

    def good(self, under: float = 0.05) -> int:
        """Runs whose test loss ended under `under`."""
        return int((self.test_loss < under).sum())

    def spread(self) -> tuple[float, float, float]:
        """Median test loss with the 10 % and 90 % quantiles: (low, median, high)."""
        low, middle, high = np.quantile(self.test_loss, [0.1, 0.5, 0.9])
        return float(low), float(middle), float(high)

    def sentence(self, under: float = 0.05) -> str:
        """Success rate and spread, as one line."""
        low, middle, high = self.spread()
        n = len(self.seeds)
        spread = f"median {middle:.3f} (10–90 %: {low:.3f} … {high:.3f})"
        return f"{self.good(under)} of {n} runs end under {under:g}; {spread}."


def run(
    experiment: Experiment,
    seeds: Sequence[int] | int = 100,
    *,
    at: Sequence[int] | None = None,
    own: Points | None = None,
    single: bool = False,
    stop: Callable[[dict[str, Floats]], bool] | None = None,
) -> Runs:
    """Data, weights and training afresh for each seed. One seed alone needs `single`: it is an anecdote.

    >>> run(Experiment(data="gauss", epochs=60), 10).good()
    10
    """
    chosen = tuple(range(seeds)) if isinstance(seeds, int) else tuple(seeds)
    if len(chosen) < 2 and not single:
        raise ValueError("a net is judged over seeds; for a look at one run say single=True")
    learn, held = experiment.rows(chosen, own)
    net = Net.drawn(experiment.shape, chosen, zero=experiment.zero)
    trace = train(net, learn, held, experiment.epochs, at=at, stop=stop)
    last = trace.rows[-1]
    return Runs(
        experiment, chosen, net, trace, last["test_loss"], last["train_loss"], last["test_accuracy"], (learn, held)
    )
