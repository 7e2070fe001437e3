"""The one function that others script against; the same path as the server's."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from numpy.typing import ArrayLike

from cellarhand.curve import Curve
from cellarhand.domain import Forecast
from cellarhand.forecasting import Forecaster


def forecast(
    hours: ArrayLike,
    sg: ArrayLike,
    temp_c: ArrayLike | None = None,
    *,
    now: float | None = None,
    started_at: datetime | None = None,
    pitched_at: float = 0.0,
    og: float | None = None,
    expected_fg: float | None = None,
    kind: str | None = None,
    brand: str | None = None,
    style: str | None = None,
    culture: str | None = None,
    history: Iterable[Curve] = (),
    rung: str | None = None,
) -> Forecast:
    """When this batch will be done and how low it will go, as whole distributions.

    `hours`, `now` and `pitched_at` are hours on one clock, `started_at` that clock's zero as a date with zone; `sg` is
    specific gravity, `temp_c` °C with nan for missing. `now` defaults to the last reading; later readings are not
    looked at. `history` are past batches (`Curve.from_readings`); dated ones are cut at this batch's now. `rung` lets
    one rung of the ladder speak. Raises `Refused` (one sentence: rule, value, likely cause) on what can't be.

    >>> import cellarhand
    >>> f = cellarhand.forecast([0, 24, 48, 72], [1.050, 1.036, 1.020, 1.014], og=1.050)
    >>> f.rung, bool(0 < f.hours_left.quantile(.5) < 150), bool(1.005 < f.final_gravity.quantile(.5) < 1.014)
    ('typical', True, True)
    """
    curve = Curve.from_readings(
        hours,
        sg,
        temp_c,
        now=now,
        started_at=started_at,
        pitched_at=pitched_at,
        og=og,
        expected_fg=expected_fg,
        kind=kind,
        brand=brand,
        style=style,
        culture=culture,
    )
    said = Forecaster(rung).fit(history).predict([curve])[0]
    return replace(said, notes=(*said.notes, *curve.notes))
