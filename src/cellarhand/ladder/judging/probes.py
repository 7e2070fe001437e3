"""Probes for the causes of prediction bias, one each: missing feature, curvature, noise, skew, sample, shrinkage."""

import math
from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cellarhand.ladder.crosses import products
from cellarhand.ladder.exact import logistic
from cellarhand.ladder.judging.bias import Probe, strongest

Floats = NDArray[np.float64]
LEVEL = 0.01  # of each probe: six of them together cry wolf in about one table of twenty
_APART = 1e-6


def probes(
    said: ArrayLike,
    happened: ArrayLike,
    used: Mapping[str, Floats],
    *,
    unused: Mapping[str, Floats] | None = None,
    learnt: Mapping[str, Floats] | None = None,
    learnt_y: ArrayLike | None = None,
) -> list[Probe]:
    """Looks for each cause on held-out rows: probabilities (n,), truth (n,), the columns used and those left out.

    `learnt` are the used columns as they were when the model learnt, `learnt_y` the truth then. Missing
    values are taken at the mean. A cause that can't be looked for (nothing given) isn't in the list.

    >>> rng = np.random.default_rng(0)
    >>> x = rng.normal(size=2000)
    >>> y = rng.random(2000) < 1 / (1 + np.exp(-(x * x - 1)))
    >>> [p.cause for p in probes(np.full(2000, y.mean()), y, {"x": x}) if p.found]
    ['curvature']
    """
    p, y = np.clip(np.asarray(said, float), _APART, 1 - _APART), np.asarray(happened, float)
    found = {k: _standard(v) for k, v in used.items()}
    matrix = np.column_stack([*found.values(), np.log(p / (1 - p))])
    tried: list[Callable[[], Probe | None]] = [
        lambda: _missing(p, y, matrix, {k: _standard(v) for k, v in (unused or {}).items()}),
        lambda: _curved(p, y, matrix, found),
        lambda: _noise(y, np.column_stack(list(found.values())) if found else np.empty((len(y), 0)), p),
        lambda: _skew(used, learnt),
        lambda: _sample(y, learnt_y),
        lambda: _shrunk(p, y),
    ]
    return [probe for look in tried if (probe := look()) is not None]


def _standard(column: Floats) -> Floats:
    v = np.where(np.isfinite(column), column, np.nan)
    known = v[np.isfinite(v)]
    if not len(known) or known.std() == 0:
        return np.zeros(len(v))
    return np.asarray(np.nan_to_num((v - known.mean()) / known.std(), nan=0.0))


def _missing(p: Floats, y: Floats, matrix: Floats, unused: Mapping[str, Floats]) -> Probe | None:
    if not unused:
        return None
    name, z, chance = strongest(y - p, p * (1 - p), unused, matrix)
    found = chance < LEVEL
    return Probe(
        "missing feature", found, z,
        f"{name} explains what is left over (z = {z:.1f}); give it to the model." if found
        else "No column left out explains what is left over.",
    )  # fmt: skip


def _curved(p: Floats, y: Floats, matrix: Floats, used: Mapping[str, Floats]) -> Probe | None:
    if not used:
        return None
    names = list(used)[:20]
    pairs = [(a, b) for i, a in enumerate(names) for b in names[i:]]
    name, z, chance = strongest(y - p, p * (1 - p), products(used, pairs), matrix)
    found = chance < LEVEL
    return Probe(
        "curvature", found, z,
        f"{name} explains what is left over (z = {z:.1f}): add squares and crosses." if found
        else "No square or cross explains what is left over.",
    )  # fmt: skip


def _noise(y: Floats, matrix: Floats, p: Floats, most: int = 2000) -> Probe | None:
    """Nearest neighbours that disagree more than the model's own probabilities allow for speak of noisy labels only
    where the model is sure; the figure is the share of confident calls (≥ 0.9 either way) that were wrong.
    """
    sure = np.abs(p - 0.5) > 0.4
    n = int(sure.sum())
    if n < 30:
        return None
    wrong = int(((p[sure] > 0.5) != (y[sure] > 0.5)).sum())
    expected = float(np.minimum(p[sure], 1 - p[sure]).sum())
    spread = math.sqrt(max(float((p[sure] * (1 - p[sure])).sum()), 1e-9))
    z = (wrong - expected) / spread
    found = z > 2.6 and wrong >= 5
    return Probe(
        "noise", found, wrong / n,
        f"{wrong} of {n} confident calls were wrong where {expected:.0f} are expected: labels or readings are noisy."
        if found else f"Confident calls were wrong as often as they said ({wrong} of {n}).",
    )  # fmt: skip


def _skew(used: Mapping[str, Floats], learnt: Mapping[str, Floats] | None) -> Probe | None:
    """The two-sample Kolmogorov–Smirnov distance of each column, judged at its asymptotic level."""
    if not learnt:
        return None
    worst, gap, chance = "", 0.0, 1.0
    for name, now in used.items():
        a, b = np.sort(now[np.isfinite(now)]), np.sort(learnt[name][np.isfinite(learnt[name])])
        if len(a) < 5 or len(b) < 5:
            continue
        both = np.concatenate([a, b])
        far = float(
            np.abs(np.searchsorted(a, both, "right") / len(a) - np.searchsorted(b, both, "right") / len(b)).max()
        )
        here = min(2.0 * math.exp(-2.0 * far**2 * len(a) * len(b) / (len(a) + len(b))) * len(used), 1.0)
        if here < chance or not worst:
            worst, gap, chance = name, far, here
    found = chance < LEVEL
    return Probe(
        "pipeline skew", found, gap,
        f"{worst} isn't distributed as when the model learnt (distance {gap:.2f}): other unit, clock or sensor?"
        if found else "Columns are distributed as when the model learnt.",
    )  # fmt: skip


def _sample(y: Floats, then: ArrayLike | None) -> Probe | None:
    before = np.asarray([] if then is None else then, float)
    if len(before) < 5:
        return None
    rate, whole = float(before.mean()), float(np.concatenate([before, y]).mean())
    error = math.sqrt(whole * (1 - whole) * (1 / len(y) + 1 / len(before)))
    z = (float(y.mean()) - rate) / error if error else 0.0
    found = math.erfc(abs(z) / math.sqrt(2.0)) < LEVEL
    return Probe(
        "biased sample", found, float(y.mean()) - rate,
        f"{100 * y.mean():.0f} % happened where {100 * rate:.0f} % had when the model learnt." if found
        else "As much happened as when the model learnt.",
    )  # fmt: skip


def _shrunk(p: Floats, y: Floats) -> Probe | None:
    """Cox 1958: the slope of the truth on the log odds that were said; above 1 they are too timid."""
    z = np.log(p / (1 - p))
    if z.std() < 1e-6 or len(y) < 20 or len(np.unique(y)) < 2:
        return None
    fit = logistic(z[:, None], y, l2=1e-9, tolerance=1e-7)
    slope = float(fit.weights[0])
    q = 1.0 / (1.0 + np.exp(-np.clip(fit.score(z[:, None]), -30, 30)))
    bend = q * (1 - q)
    centre = float(bend @ z / bend.sum())
    error = 1.0 / math.sqrt(max(float(bend @ (z - centre) ** 2), 1e-12))
    found = (slope - 1.0) / error > 2.6
    return Probe(
        "too much regularisation", found, slope,
        f"Log odds should be {slope:.1f} times as bold: penalise less, and never the intercept." if found
        else "Probabilities are as bold as they may be.",
    )  # fmt: skip
