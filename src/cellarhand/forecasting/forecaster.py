"""The rungs, which of them speaks, and the past cut at the running batch's own now."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from cellarhand.domain import Curve, Estimator, Forecast, Refused, TooFewBatches
from cellarhand.forecasting.blend import Blend
from cellarhand.forecasting.crosses import Crosses
from cellarhand.forecasting.curvefit import CurveFit
from cellarhand.forecasting.flat import Flat
from cellarhand.forecasting.hazard import Hazard
from cellarhand.forecasting.neural import Neural
from cellarhand.forecasting.past import known_at, moment_of
from cellarhand.forecasting.typical import Typical

RUNGS: dict[str, Callable[[], Estimator]] = {
    "flat": Flat,
    "typical": Typical,
    "curvefit": CurveFit,
    "hazard": Hazard,
    "crosses": Crosses,
    "neural": Neural,
    "blend": Blend,
}
SIMPLER = {"crosses": "hazard", "hazard": "typical"}  # who speaks where the past is too short for a learned rung

_REMEMBERED = 64
_HELD_BACK = "The rung “typical” speaks: on logs kept by hand none has beaten it by more than chance."


class Forecaster:
    """All rungs together; the simplest that none has beaten on held-out batches is the one that speaks.

    `rung` names one to speak whatever the gate says. `fit` remembers: the same past is not worked through twice.
    """

    def __init__(self, rung: str | None = None) -> None:
        if rung is not None and rung not in RUNGS:
            raise Refused(f"a rung is one of {', '.join(RUNGS)}", rung, "is it misspelt, or not on this ladder yet?")
        self.rung = rung

    def fit(self, curves: Iterable[Curve]) -> "Forecaster":
        """Past batches, finished or not, dated where known. Returns self.

        >>> Forecaster().fit([]).predict([Curve(now=0.0)])[0].rung
        'typical'
        """
        self.past_ = _curves("history", curves)
        self._fitted: dict[tuple[object, ...], Estimator] = {}
        return self

    def predict(self, curves: Sequence[Curve]) -> list[Forecast]:
        """One forecast a curve: whole distributions, never silent. The past is cut at each curve's own date of now:
        what had not ended then is censored, what had not begun is unseen.
        """
        if not hasattr(self, "past_"):
            self.fit([])
        return [self._speak(c) for c in _curves("predict", curves)]

    def _speak(self, curve: Curve) -> Forecast:
        name, note = (self.rung, None) if self.rung else promoted(curve)
        notes = [] if note is None else [note]
        moment = moment_of(curve)
        while True:
            try:
                spoken = self._model(name, moment).predict([curve])[0]
            except TooFewBatches as few:
                name = SIMPLER[name]
                notes.append(f"{few}; the rung “{name}” is asked instead.")
                continue
            return replace(spoken, notes=(*spoken.notes, *notes)) if notes else spoken

    def _model(self, name: str, moment: datetime | None) -> Estimator:
        pairs = [(c, known_at(c, moment)) for c in self.past_]
        known = [k for _, k in pairs if k is not None]
        key = (name, tuple((id(c), k.ended, min(k.now, c.now)) for c, k in pairs if k is not None))
        if key not in self._fitted:
            if len(self._fitted) >= _REMEMBERED:
                self._fitted.clear()
            self._fitted[key] = RUNGS[name]().fit(known)
        return self._fitted[key]


def _curves(name: str, given: object) -> list[Curve]:
    """A list of curves, or the refusal of anything else."""
    rule, cause = f"{name} takes a list of curves", "make each with cellarhand.Curve.from_readings"
    if isinstance(given, Curve | str) or not isinstance(given, Iterable):
        raise Refused(rule, f"one {type(given).__name__}", cause if given is None else "put it into a list")
    found = list(given)
    for one in found:
        if not isinstance(one, Curve):
            raise Refused(rule, f"a {type(one).__name__} among them", cause)
    return found


def promoted(curve: Curve) -> tuple[str, str | None]:
    """The rung that the built-in gate lets speak of this curve, and what to say where a higher one is held back.

    Settled by the promotion gate on the development series, until a brewery's own beers decide: `blend` beats `typical`
    on sensors, and on logs kept by hand nothing does. The figures are in docs/forecast-skill.md.
    """
    if curve.manual:
        return "typical", _HELD_BACK if curve.readings >= 3 else None
    return "blend", None
