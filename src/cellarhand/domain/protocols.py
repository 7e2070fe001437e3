"""The protocols that join parts: what one part asks of another without knowing it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol, runtime_checkable

from cellarhand.domain.curve import Curve
from cellarhand.domain.forecast import Forecast


class Clock(Protocol):
    """Where "now" comes from. Nothing below `app` reads any other clock."""

    def now(self) -> datetime:
        """Aware UTC."""
        ...


@runtime_checkable
class Estimator(Protocol):
    """A rung of the ladder, by scikit-learn's contract: `__init__` only stores, learned things end in `_`."""

    rung: str

    def fit(self, curves: Sequence[Curve]) -> "Estimator":
        """Learn from past batches, finished or not; an unfinished one is censored, never dropped. Returns self."""
        ...

    def predict(self, curves: Sequence[Curve]) -> list[Forecast]:
        """One forecast a curve, pure: never silent, never looking past `curve.now`.

        A rung that learns from the past alone raises `TooFewBatches` where `fit` was given fewer than it needs.
        """
        ...
