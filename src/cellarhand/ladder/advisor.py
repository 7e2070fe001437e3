"""The advisor: the lowest rung that is as good as the best, as far as the groups can tell, and why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Judged:
    """A rung with its loss on each held-out group; less is better."""

    rung: str
    losses: Mapping[Any, float]


@dataclass(frozen=True)
class Advice:
    """The rung to take, the one with the least mean loss, and the reason as a sentence."""

    rung: str
    best: str
    reason: str


def advise(ladder: Sequence[Judged], *, margin: float = 0.0) -> Advice:
    """The lowest rung within one standard error of the best; `ladder` rises from simple to complex.

    The rule of Breiman, Friedman, Olshen & Stone 1984, §3.4.3, with the standard error of the difference between the
    two on the same groups: what makes a group hard for both tells nothing about which is better. A rung within `margin`
    of the best, in units of the loss, is as good as the best whatever the error: more skill than that is worth nothing.

    >>> flat = Judged("flat", {"a": 1.00, "b": 3.00, "c": 2.00})
    >>> net = Judged("net", {"a": 1.02, "b": 2.97, "c": 1.99})
    >>> advise([flat, net]).reason
    'Take flat: net has the least loss, but by 0.3 % only, within one standard error (0.7 %) over 3 groups.'
    """
    if not ladder:
        raise ValueError("advice needs at least one rung")
    shared = [g for g in ladder[0].losses if all(g in r.losses for r in ladder)]
    if not shared:
        raise ValueError("the rungs were judged on no group in common")
    table = np.array([[r.losses[g] for g in shared] for r in ladder], float)
    means = table.mean(1)
    top = int(np.argmin(means))
    n = len(shared)
    for k, judged in enumerate(ladder[:top]):
        apart = table[k] - table[top]
        error = float(apart.std(ddof=1) / np.sqrt(n)) if n > 1 else float("inf")
        if apart.mean() <= max(error, margin):
            base = max(abs(float(means[top])), 1e-12)
            least = f"{ladder[top].rung} has the least loss, but"
            if apart.mean() <= error:
                gain, spread = 100 * apart.mean() / base, 100 * error / base
                why = f"{least} by {gain:.1f} % only, within one standard error ({spread:.1f} %) over {n} groups"
            else:
                why = f"{least} the gain is within the margin: too little to pay for it"
            reason = f"Take {judged.rung}: {why}."
            return Advice(judged.rung, ladder[top].rung, reason)
    lower = "no simpler rung is within one standard error of it" if top else "the simplest rung has the least loss"
    return Advice(ladder[top].rung, ladder[top].rung, f"Take {ladder[top].rung}: {lower} over {n} groups.")
