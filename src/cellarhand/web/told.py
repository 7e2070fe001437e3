"""What a card says first: when, how sure, and what is wrong. Words only; a page and the API say the same."""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta

from cellarhand.domain import Cycle, Forecast
from cellarhand.web.ports import TankNow
from cellarhand.web.show import Taste, ago, grain, percent, span

SURE = 0.9
FAR_H = 24.0 * 45
SILENT_TIMES, SILENT_LEAST, SILENT_BY_HAND = 4.0, timedelta(minutes=45), timedelta(hours=60)


@dataclass(frozen=True)
class Headline:
    """The answer, its 80 % interval, and whether it is old news."""

    big: str
    small: str
    stale: bool = False


@dataclass(frozen=True)
class Alert:
    """Something that a person should look at: a shape, a word, never colour alone."""

    mark: str
    level: str
    text: str


def hours_since(view: TankNow, now: datetime) -> float:
    """Hours from the forecast's as-of to now: what was expected by then may have come."""
    if view.forecast is None or view.forecast.as_of_at is None:
        return 0.0
    return max((now - view.forecast.as_of_at) / timedelta(hours=1), 0.0)


def p_done_now(view: TankNow, now: datetime) -> float | None:
    """P(done) at this moment, from what was said at the newest reading."""
    if view.forecast is None:
        return None
    return float(view.forecast.hours_left.cdf(hours_since(view, now)))


def headline(view: TankNow, now: datetime, taste: Taste) -> Headline:
    """The largest words on the card. Where there is no honest answer, it says so in the same place."""
    if view.batch is None:
        since = f"since {taste.when(view.tank.cycle_since, now)}" if view.tank.cycle_since else "not filled yet"
        return Headline(view.tank.cycle.capitalize() if view.tank.cycle is not Cycle.EMPTY else "Empty", since)
    if view.forecast is None:
        return Headline("…", "the forecast is being made")
    stale = silent_for(view, now) is not None
    if stuck(view):
        return Headline("No end in sight", "it stands still far above where such beer ends", stale)
    forecast, said = view.forecast, Said(view.forecast, now, taste, view.by_hand)
    done = p_done_now(view, now) or 0.0
    if done >= SURE:
        began = forecast.p_done < 0.5
        since = f"since about {said.edge(0.5, reached='')}" if began else f"still for {span(still_for(view))}"
        return Headline("Done", f"{percent(done)} sure · {since}", stale)
    median = forecast.done_at(0.5)
    if median is None or float(forecast.hours_left.quantile(0.5)) > FAR_H:
        return Headline("No end in sight", "less than half such beers end within six weeks", stale)
    if median <= now:
        return Headline("Probably done", f"{percent(done)} sure · 90 % {said.by}", stale)
    return Headline(said.median, f"80 %: {said.interval}", stale)


@dataclass(frozen=True)
class Said:
    """One forecast in words, seen from now: times no finer than they were known, as shifts where a hand types."""

    forecast: Forecast
    now: datetime
    taste: Taste
    shift: bool = False

    @property
    def median(self) -> str:
        """When it is done, as likely earlier as later."""
        return self._words(self.forecast.done_at(0.5), lower=False)

    @property
    def interval(self) -> str:
        """The 80 % interval."""
        return f"{self.edge(0.1)} – {self.edge(0.9)}"

    @property
    def by(self) -> str:
        """The time by which it is done nine times in ten."""
        return "not within sight" if self.forecast.done_at(0.9) is None else f"by {self.edge(0.9, reached='now')}"

    def edge(self, share: float, reached: str = "already") -> str:
        """The time by which it is done with that probability; `reached` where that is behind us."""
        at = self.forecast.done_at(share)
        return reached if at is not None and at <= self.now and reached else self._words(at, lower=True)

    @property
    def then(self) -> tuple[str, str]:
        """What it said when it was made: the answer and its 80 % interval, not what is known since."""
        if self.forecast.p_done >= SURE:
            return "done", f"{percent(self.forecast.p_done)} sure"
        if self.forecast.done_at(0.5) is None:
            return "no end in sight", "open"
        low = "already" if self.forecast.p_done >= 0.1 else self._words(self.forecast.done_at(0.1), lower=True)
        high = self._words(self.forecast.done_at(0.9), lower=True)
        return ("probably done" if self.forecast.p_done >= 0.5 else self.median), f"{low} – {high}"

    def _words(self, at: datetime | None, *, lower: bool) -> str:
        if at is None:
            return "open"
        low, high = (self.forecast.done_at(p) for p in (0.1, 0.9))
        fine = grain(high - low if low and high else None)
        return self.taste.when(at, self.now, grain=fine, shift=self.shift, lower=lower)


def answered(view: TankNow, forecast: Forecast, now: datetime, taste: Taste) -> tuple[str, str]:
    """What a forecast of this tank said when it was made; of a tank that is stuck, standing still is not being done."""
    if stuck(view) and forecast.p_done >= SURE:
        return "no end in sight", "standing still"
    return Said(forecast, now, taste, view.by_hand).then


def state(view: TankNow, now: datetime) -> str:
    """The word beside the tank's name: what the beer does, or that nothing more is expected of it."""
    if view.batch is None:
        return str(view.tank.cycle)
    if stuck(view):
        return "standing still"
    if (p_done_now(view, now) or 0.0) >= SURE:
        return "at rest"
    if view.by_hand and view.phase == "fermentation":
        return "typed by hand"
    return str(view.phase or view.tank.cycle)


def still_for(view: TankNow) -> float:
    """Hours for which gravity has stayed within one point of where it is."""
    if view.curve is None or not len(view.curve.smooth):
        return 0.0
    away = abs(view.curve.smooth - view.curve.smooth[-1]) > 0.001
    moved = view.curve.hours[away]
    return float(view.curve.now - (moved[-1] if len(moved) else view.curve.hours[0]))


RUNGS = {
    "flat": "the brewer's rule, two days without change",
    "typical": "what such beers usually take",
    "curvefit": "a curve laid through this batch's readings",
    "hazard": "what this brewery's own beers teach, hour by hour",
    "crosses": "the same, with inputs taken two at a time",
    "neural": "a small net taught on simulated breweries",
    "blend": "what such beers take, the curve and the net together",
}


def spoke(rung: str) -> str:
    """A rung in a brewer's words."""
    return RUNGS.get(rung, rung)


def silent_for(view: TankNow, now: datetime) -> timedelta | None:
    """How long nothing has been heard, where that is longer than usual; None while all is well."""
    if view.newest is None or view.batch is None:
        return None
    limit = SILENT_BY_HAND if view.by_hand else SILENT_LEAST
    if view.every_h is not None:
        limit = max(limit, timedelta(hours=min(SILENT_TIMES * view.every_h, 96.0)))
    quiet = now - view.newest
    return quiet if quiet > limit else None


def stuck(view: TankNow) -> bool:
    """It stands still, far from where it was expected to end."""
    return "stuck or lag" in view.stable and view.curve is not None and view.curve.elapsed > 48.0


def alerts(view: TankNow, now: datetime, taste: Taste) -> list[Alert]:
    """What is wrong, worst first."""
    found = []
    if stuck(view) and view.curve is not None:
        level = taste.sg(view.curve.level)
        found.append(
            Alert("■", "bad", f"standing still at {level}, {percent(view.curve.attenuation)}: yeast or sensor?")
        )
    quiet = silent_for(view, now)
    if quiet is not None and view.newest is not None:
        who = f" · {view.sources[0]}" if len(view.sources) == 1 else ""
        found.append(Alert("▲", "warn", f"no reading since {taste.when(view.newest, now, lower=True)}{who}"))
    if view.proposals:
        found.append(Alert("◆", "note", "a hand reading disagrees with the float: a correction is proposed"))
    found += [Alert("◆", "note", note) for note in view.notes]
    return found


def short(view: TankNow, found: list[Alert]) -> list[Alert]:
    """What of it a card has room for: what is wrong, and that there are notes; the tank's page has their words."""
    n = len(view.notes)
    notes = [Alert("◆", "note", f"{n} notes on its readings" if n > 1 else "a note on its readings")] if n else []
    return [alert for alert in found if alert.text not in view.notes][:2] + notes


def last_seen(view: TankNow, now: datetime) -> str:
    """When the newest reading was observed."""
    if view.newest is None:
        return "no reading yet: this is what such beers usually do"
    quiet = silent_for(view, now)
    return f"silent for {span(quiet / timedelta(hours=1))}" if quiet else ago(now - view.newest)


def final_words(forecast: Forecast, taste: Taste) -> str:
    """Final gravity with its 80 % interval."""
    low, middle, high = (float(forecast.final_gravity.quantile(p)) for p in (0.1, 0.5, 0.9))
    return f"final {taste.sg(middle)} ({taste.sg(low)} – {taste.sg(high)})"


def finite(value: float | None) -> float | None:
    """A number for JSON: None for nan and infinities."""
    return None if value is None or not math.isfinite(value) else value
