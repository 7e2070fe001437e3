"""The promotion gate and the advisor, fed from a back-test: batches are the groups, CRPS in hours is the loss."""

from collections.abc import Sequence

from cellarhand.forecasting.backtest import Row
from cellarhand.ladder import Advice, Judged, Verdict, advise, promotion
from cellarhand.metrics import by_batch


def losses(rows: Sequence[Row], who: str, *, kind: str | None = None, value: str = "crps") -> dict[str, float]:
    """Mean CRPS (h) of each batch over its checks before the end, of one forecaster; of one habit where named.

    >>> rows = [{"id": "a", "who": "flat", "kind": "manual", "done": False, "crps": h} for h in (2.0, 4.0)]
    >>> losses(rows, "flat")
    {'a': 3.0}
    """
    return by_batch([r for r in rows if r["who"] == who and not r["done"] and kind in (None, r["kind"])], value)


def judged(rows: Sequence[Row], simple: str, other: str, *, kind: str | None = None) -> Verdict:
    """Whether `other` may speak in the place of `simple`: both replayed on the same batches, which neither had seen."""
    return promotion(losses(rows, simple, kind=kind), losses(rows, other, kind=kind))


def advised(rows: Sequence[Row], rungs: Sequence[str], *, kind: str | None = None) -> Advice:
    """The lowest of `rungs`, which rise, that is as good as the best of them."""
    return advise([Judged(rung, losses(rows, rung, kind=kind)) for rung in rungs])
