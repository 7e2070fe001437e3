"""Stacked engine against the plain one that the page follows, derivatives against finite differences, and formulas."""

from itertools import pairwise

import numpy as np

from cellarhand.lab.claims.finding import Finding
from cellarhand.lab.golden import CASES, EPOCHS
from cellarhand.lab.net import Net
from cellarhand.lab.plain import Plain
from cellarhand.lab.shape import sigmoid
from cellarhand.lab.training import epoch, gradient_gap, step
from cellarhand.ladder.judging import Costs, cost_panel, scorecard


def apart(net: Net, plain: Plain) -> float:
    """Largest difference between the first of the stacked nets and the plain one."""
    ours = [*(w[0].T for w in net.weights), *(b[0, 0] for b in net.biases)]
    theirs = [np.array(v) for v in (*plain.w, *plain.b)]
    return max(float(np.abs(a - b).max()) for a, b in zip(ours, theirs, strict=True))


def agreement() -> list[Finding]:
    """The golden cases by both engines, from equal weights."""
    a_step, fifty, slopes = 0.0, 0.0, 0.0
    for seed, e in CASES.values():
        (x, label), _ = e.rows([seed])
        net = Net.drawn(e.shape, [seed])
        plain, rows, labels = Plain.of(net), x[0].tolist(), label[0].tolist()
        slopes = max(slopes, gradient_gap(net.copy(), x, label))
        first = net.copy()
        step(first, x[:, : e.batch], label[:, : e.batch])
        for k in range(EPOCHS):
            if k == 0:
                other = Plain.of(net)
                other.step(rows[: e.batch], labels[: e.batch])
                a_step = max(a_step, apart(first, other))
            epoch(net, x, label)
            plain.epoch(rows, labels)
        fifty = max(fifty, apart(net, plain))
    return [
        Finding("two engines, six golden cases: difference after a step", a_step, None, 1e-12),
        Finding("two engines, six golden cases: difference after 50 epochs", fifty, None, 1e-9),
        Finding("derivatives against finite differences: largest difference", slopes, None, 1e-7),
    ]


def thresholds() -> list[Finding]:
    """On 200 sets: does recall ever rise with the threshold, and how often does precision fall?"""
    rises, falls, steps = 0, 0, 0
    for k in range(200):
        rng = np.random.default_rng(k)
        y = rng.random(100) < 0.3
        p = sigmoid(y + rng.normal(size=100) - 0.8)
        cards = [scorecard(p, y, float(t)) for t in np.sort(p)]
        for a, b in pairwise(cards):
            rises += (b.recall or 0.0) > (a.recall or 0.0) + 1e-12
            if a.precision is not None and b.precision is not None:
                steps += 1
                falls += b.precision < a.precision - 1e-12
    said = f"“Raising the threshold raises precision” is false at {100 * falls / steps:.0f} % of single steps: usually."
    return [
        Finding("a higher threshold raises recall: steps of 200 sets", rises, 0, 0),
        Finding("a higher threshold lowers precision: % of single steps", 100 * falls / steps, 1, 40, said),
    ]


def dear_mistakes() -> list[Finding]:
    """Type-two errors aren't always the dear ones: the cheapest threshold at 10:1 and at 1:10, 20,000 sound cases."""
    rng = np.random.default_rng(0)
    p = rng.beta(1, 1, 20_000)
    y = rng.random(20_000) < p
    seen = []
    for costs in (Costs(10, 1), Costs(1, 10)):
        rules = {r.name: r.threshold for r in cost_panel(p, y, costs).rules}
        seen.append(rules["least cost seen"] or 0.0)
    said = (
        "“Misses are always dearer” is false where a false alarm drains a tank: the threshold then goes up, not down."
    )
    return [
        Finding("costs 10:1, false alarm the dear one: cheapest threshold (10/11)", seen[0], 0.87, 0.95, said),
        Finding("costs 1:10, miss the dear one: cheapest threshold (1/11)", seen[1], 0.05, 0.13),
    ]


def formulas() -> list[Finding]:
    """y = 1 / 1 + e^−σ as the notes write it, against what is meant, at 0."""
    literal = 1 / 1 + float(np.exp(-0.0))
    said = f"As written, without brackets, it gives {literal:g} at 0."
    return [Finding("1 / (1 + e^−z) at z = 0", float(sigmoid(np.zeros(1))[0]), 0.5, 0.5, said)]
