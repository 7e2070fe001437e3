"""Several forecasts of one beer as one: whole distributions are pooled, and "done" is pooled apart from "when".

A linear pool of distributions is never worse than the mean of its members' CRPS. P(done) has its own weights: averaged
with a rung that can't see an end, it would never be sure of one.
"""

from collections.abc import Sequence

import numpy as np

from cellarhand.domain import LEVELS, Curve, Distribution, Fan, Floats, Forecast
from cellarhand.domain.distribution import weighted_quantiles


def pooled(
    curve: Curve, rung: str, said: Sequence[Forecast], when: Floats, done: Floats, notes: tuple[str, ...] = ()
) -> Forecast:
    """One forecast of n, with weights (n,) for when it ends and how low, and for P(done). Weights sum to 1."""
    times = np.unique(np.concatenate([one.fan.times for one in said]))
    grids = [one.gravity_at(times).grid for one in said]
    return Forecast(
        as_of=curve.now,
        as_of_at=curve.at(curve.now),
        rung=rung,
        hours_left=_hours([one.hours_left for one in said], when, done),
        final_gravity=Distribution(mixed([one.final_gravity.grid for one in said], when)),
        fan=Fan(times, np.stack([mixed([g[k] for g in grids], when) for k in range(len(times))])),
        notes=notes,
    )


def mixed(grids: Sequence[Floats], weights: Floats) -> Floats:
    """(99,) quantiles of the mixture of distributions given by 99 quantiles each.

    >>> flat = np.linspace(0.0, 1.0, 99)
    >>> bool(np.allclose(mixed([flat, flat], np.array([0.5, 0.5])), flat, atol=0.01))
    True
    """
    heard = [k for k in range(len(grids)) if weights[k] > 0]
    if len(heard) == 1:
        return grids[heard[0]]
    values = np.concatenate([grids[k] for k in heard])
    return weighted_quantiles(values, np.repeat([weights[k] for k in heard], len(LEVELS)), LEVELS)


def _hours(said: Sequence[Distribution], when: Floats, done: Floats) -> Distribution:
    already = float(sum(w * d.already for w, d in zip(done, said, strict=True)))
    # given "not yet", each member speaks with its own weight, whatever it said about "already"
    open_ = [max(1.0 - d.already, 1e-9) for d in said]
    never = float(sum(w * d.never / o for w, d, o in zip(when, said, open_, strict=True)))
    inner = when * np.array([1.0 - d.never / o for d, o in zip(said, open_, strict=True)])
    grid = mixed([d.grid for d in said], inner / max(float(inner.sum()), 1e-12))
    return Distribution(np.maximum(grid, 0.0), already=already, never=(1.0 - already) * min(never, 1.0))
