"""Everything that is said of a classifier at one threshold: nothing here picks a threshold of its own.

What can't be said is None ("undefined"), never 0: precision where nobody was called a yes, recall where there was none.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cellarhand.metrics import counts_at_thresholds

Floats = NDArray[np.float64]
EPS = float(np.finfo(np.float64).eps)
PARADOX = 0.8  # from this share of the larger class on, accuracy says little


@dataclass(frozen=True)
class Scorecard:
    """A classifier at a threshold ("yes" where said ≥ threshold), and what has no threshold beside it."""

    threshold: float
    true_positive: int
    false_positive: int
    false_negative: int
    true_negative: int
    accuracy: float | None
    no_information_rate: float | None
    beats_no_information: float | None
    precision: float | None
    recall: float | None
    specificity: float | None
    balanced_accuracy: float | None
    f1: float | None
    mcc: float | None
    log_loss: float | None
    brier: float | None
    auc: float | None
    average_precision: float | None
    prevalence: float | None

    @property
    def n(self) -> int:
        """How many cases."""
        return self.true_positive + self.false_positive + self.false_negative + self.true_negative

    @property
    def matrix(self) -> tuple[tuple[int, int], tuple[int, int]]:
        """Rows are what was (no, yes), columns what was said (no, yes)."""
        return (self.true_negative, self.false_positive), (self.false_negative, self.true_positive)

    @property
    def paradox(self) -> bool:
        """True where accuracy flatters: classes are uneven, and always saying the commoner does about as well."""
        rate, p = self.no_information_rate, self.beats_no_information
        return rate is not None and rate >= PARADOX and (p is None or p > 0.05)

    def sentence(self) -> str:
        """Accuracy as it should be told: beside what always saying the commoner class would give.

        >>> scorecard([0.1] * 100, [True] + [False] * 99, 0.5).sentence()
        '99.0 % right, no better than always saying the commoner (99.0 %): the accuracy paradox.'
        """
        if self.accuracy is None or self.no_information_rate is None:
            return "Nothing to judge."
        told, base = f"{100 * self.accuracy:.1f} % right", f"{100 * self.no_information_rate:.1f} %"
        p = self.beats_no_information
        if p is not None and p <= 0.05:
            return f"{told}, more than always saying the commoner ({base}; p = {p:.2g})."
        end = ": the accuracy paradox." if self.paradox else "."
        return f"{told}, no better than always saying the commoner ({base}){end}"


def _over(a: float, b: float) -> float | None:
    return a / b if b else None


def scorecard(said: ArrayLike, happened: ArrayLike, threshold: float = 0.5) -> Scorecard:
    """Judges probabilities `said` (n,) against what `happened` (n,) at one threshold.

    `beats_no_information` is the chance of so many right ones or more if each were right with the share of the
    commoner class (one-sided exact binomial; Kuhn & Johnson 2013, §11.2). Log loss keeps probabilities off 0 and 1
    by a double's eps, as scikit-learn does.

    >>> card = scorecard([0.9, 0.2, 0.6, 0.4], [True, False, False, False])
    >>> card.matrix, card.precision, card.recall
    (((2, 1), (0, 1)), 0.5, 1.0)
    >>> scorecard([0.1, 0.2], [True, False]).precision is None
    True
    """
    p, y = np.asarray(said, float), np.asarray(happened, bool)
    yes = p >= threshold
    tp, fp = int((yes & y).sum()), int((yes & ~y).sum())
    fn, tn = int((~yes & y).sum()), int((~yes & ~y).sum())
    n, pos, neg = tp + fp + fn + tn, tp + fn, tn + fp
    common = max(pos, neg)
    recall, specificity = _over(tp, pos), _over(tn, neg)
    both = None if recall is None or specificity is None else (recall + specificity) / 2
    spread = math.sqrt(tp + fp) * math.sqrt(pos) * math.sqrt(neg) * math.sqrt(tn + fn)
    return Scorecard(
        threshold, tp, fp, fn, tn,
        accuracy=_over(tp + tn, n),
        no_information_rate=_over(common, n),
        beats_no_information=_at_least(tp + tn, n, common / n) if n else None,
        precision=_over(tp, tp + fp),
        recall=recall,
        specificity=specificity,
        balanced_accuracy=both,
        f1=_over(2 * tp, 2 * tp + fp + fn),
        mcc=(tp * tn - fp * fn) / spread if spread else None,
        log_loss=log_loss(p, y) if n else None,
        brier=float(np.mean((p - y) ** 2)) if n else None,
        auc=auc(p, y),
        average_precision=average_precision(p, y),
        prevalence=_over(pos, n),
    )  # fmt: skip


def log_loss(said: Floats, happened: NDArray[np.bool_]) -> float:
    """−mean(y·ln p + (1 − y)·ln(1 − p)), p kept within [eps, 1 − eps]."""
    p = np.clip(said, EPS, 1.0 - EPS)
    return float(-np.mean(np.where(happened, np.log(p), np.log(1.0 - p))))


def auc(said: ArrayLike, happened: ArrayLike) -> float | None:
    """P(a yes is said more than a no), ties half: the area under the ROC curve. It has no threshold, and no map that
    keeps the order changes it. None where a class is empty.

    >>> auc([0.9, 0.5, 0.5, 0.1], [True, True, False, False])
    0.875
    """
    c = counts_at_thresholds(said, happened)
    if not c.positives or not c.negatives:
        return None
    tp, fp = np.concatenate([[0.0], c.true_positive]), np.concatenate([[0.0], c.false_positive])
    area = float(np.sum(np.diff(fp) * (tp[1:] + tp[:-1])) / 2.0)
    return area / (c.positives * c.negatives)


def average_precision(said: ArrayLike, happened: ArrayLike) -> float | None:
    """Σ (recall step) × precision from the highest threshold down; None without a yes."""
    c = counts_at_thresholds(said, happened)
    if not c.positives:
        return None
    steps = np.diff(c.true_positive, prepend=0.0) / c.positives
    return float(steps @ (c.true_positive / (c.true_positive + c.false_positive)))


def _at_least(right: int, n: int, rate: float) -> float:
    """P(X ≥ right) of a binomial (n, rate), summed in logs."""
    if rate >= 1.0:
        return 1.0
    k = np.arange(right, n + 1)
    steps = np.log(np.arange(1, n + 1))
    logs = np.concatenate([[0.0], np.cumsum(steps)])
    terms = logs[n] - logs[k] - logs[n - k] + k * math.log(rate) + (n - k) * math.log1p(-rate)
    return float(min(np.exp(terms).sum(), 1.0))
