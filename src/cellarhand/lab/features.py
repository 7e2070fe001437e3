"""The seven features that a net may be given of a point (x1, x2)."""

from collections.abc import Callable, Sequence

import numpy as np

from cellarhand.lab.dice import Floats

FEATURES: dict[str, Callable[[Floats, Floats], Floats]] = {
    "x1": lambda x, y: x,
    "x2": lambda x, y: y,
    "x1^2": lambda x, y: x * x,
    "x2^2": lambda x, y: y * y,
    "x1x2": lambda x, y: x * y,
    "sin x1": lambda x, y: np.sin(x),
    "sin x2": lambda x, y: np.sin(y),
}
SQUARES = ("x1^2", "x2^2", "x1x2")
PLAIN = ("x1", "x2")
ALL = tuple(FEATURES)
# Divided by these where scaling is asked for: each feature then stays within about −1 … 1 on [−6, 6]².
SPANS = {"x1": 6.0, "x2": 6.0, "x1^2": 36.0, "x2^2": 36.0, "x1x2": 36.0, "sin x1": 1.0, "sin x2": 1.0}


def inputs(xy: Floats, names: Sequence[str], *, scaled: bool = False) -> Floats:
    """(…, 2) points to (…, features), in the order of `names`.

    >>> inputs(np.array([[2.0, -3.0]]), ["x1x2", "x1^2"]).tolist()
    [[-6.0, 4.0]]
    """
    unknown = [n for n in names if n not in FEATURES]
    if unknown:
        raise ValueError(f"a feature is one of {', '.join(ALL)}; got {unknown[0]!r}")
    columns = [FEATURES[n](xy[..., 0], xy[..., 1]) / (SPANS[n] if scaled else 1.0) for n in names]
    return np.stack(columns, -1)
