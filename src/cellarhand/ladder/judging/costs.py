"""Which threshold: from what the two mistakes cost, beside the ones that other rules would pick."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from cellarhand.metrics import counts_at_thresholds

FEWEST_EVENTS = 50  # under that a threshold tuned on the data is tuned to its noise


@dataclass(frozen=True)
class Costs:
    """What a false alarm and a miss cost, in any one unit."""

    false_positive: float
    false_negative: float

    def __post_init__(self) -> None:
        if not (self.false_positive > 0 and self.false_negative > 0):
            raise ValueError(f"both mistakes cost something; got {self.false_positive:g}:{self.false_negative:g}")

    @property
    def threshold(self) -> float:
        """C_fp / (C_fp + C_fn): say yes where a miss would be dearer on average (Elkan 2001, IJCAI, Theorem 1).

        >>> Costs(1, 10).threshold == 1 / 11, Costs(10, 1).threshold == 10 / 11
        (True, True)
        """
        return self.false_positive / (self.false_positive + self.false_negative)


@dataclass(frozen=True)
class Rule:
    """A rule for the threshold, what it picks (None where the data are too few), and what a case then costs."""

    name: str
    threshold: float | None
    cost: float | None


@dataclass(frozen=True)
class CostPanel:
    """The threshold in force, by the cost formula, and the other rules side by side; the reason as a sentence."""

    in_force: float
    rules: tuple[Rule, ...]
    events: int
    tuned: bool
    reason: str


def cost_panel(said: ArrayLike, happened: ArrayLike, costs: Costs, *, fewest: int = FEWEST_EVENTS) -> CostPanel:
    """Thresholds by costs, Youden's J, F1, accuracy and least cost seen, each with its cost a case.

    The one in force is always the formula's, which needs probabilities that mean what they say. With fewer than
    `fewest` held-out events (cases of the rarer class) no threshold is tuned at all.

    >>> cost_panel([0.9, 0.1], [True, False], Costs(1, 10)).reason
    '1 held-out events; 50 are needed to tune a threshold, so it comes from the costs: 0.091.'
    """
    p, y = np.asarray(said, float), np.asarray(happened, bool)
    c = counts_at_thresholds(p, y)
    events = min(c.positives, c.negatives)
    tuned = events >= fewest
    formula = costs.threshold
    picked: dict[str, float | None] = {"costs": formula, "always 0.5": 0.5}
    tp, fp = c.true_positive, c.false_positive
    if tuned:
        fn, tn = c.positives - tp, c.negatives - fp
        scores = {
            "Youden": tp / c.positives - fp / c.negatives,
            "F1": 2 * tp / (2 * tp + fp + fn),
            "accuracy": tp + tn,
            "least cost seen": -(fp * costs.false_positive + fn * costs.false_negative),
        }
        picked |= {name: float(c.thresholds[int(np.argmax(s))]) for name, s in scores.items()}
    else:
        picked |= dict.fromkeys(("Youden", "F1", "accuracy", "least cost seen"))
    rules = tuple(
        Rule(name, t, None if t is None or not len(p) else _cost(p, y, t, costs)) for name, t in picked.items()
    )
    start = "" if tuned else f"{events} held-out events; {fewest} are needed to tune a threshold, so it "
    end = f"comes from the costs: {formula:.3f}."
    return CostPanel(formula, rules, events, tuned, start + end if start else f"The threshold {end}")


def _cost(p: np.ndarray[tuple[int, ...], np.dtype[np.float64]], y: ArrayLike, t: float, costs: Costs) -> float:
    yes, was = p >= t, np.asarray(y, bool)
    return float(np.mean(costs.false_positive * (yes & ~was) + costs.false_negative * (~yes & was)))
