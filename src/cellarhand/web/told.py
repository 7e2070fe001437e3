"""What a card says first: when, how sure, and what is wrong. Words only; a page and the API say the same."""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta

from cellarhand.domain import Cycle, Forecast
from cellarhand.web.ports import TankNow
from cellarhand.web.show import Taste, ago, percent, span

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
        since = f"since {taste.when(view.tank.cycle_since, now)}" if view.tank.cycle_since else "no beer in it yet"
        return Headline(view.tank.cycle.capitalize() if view.tank.cycle is not Cycle.EMPTY else "Empty", since)
    if view.forecast is None:
        return Headline("…", "the forecast is being made")
    stale = silent_for(view, now) is not None
    if stuck(view):
        return Headline("No end in sight", "it stands still far above where such beer ends", stale)
    forecast, shift = view.forecast, view.by_hand
    done = p_done_now(view, now) or 0.0
    low, high = forecast.done_at(0.1), forecast.done_at(0.9)
    if done >= SURE:
        by = forecast.done_at(0.5)
        since = f"since about {taste.when(by, now, shift=shift, lower=True)} · " if by and forecast.p_done < 0.5 else ""
        return Headline("Done", f"{since}{percent(done)} sure", stale)
    median = forecast.done_at(0.5)
    if median is None or float(forecast.hours_left.quantile(0.5)) > FAR_H:
        return Headline("No end in sight", "less than half such beers end within six weeks", stale)
    small = f"80 %: {_edge(low, now, taste, shift)} – {_edge(high, now, taste, shift)}"
    if median <= now:
        return Headline("Probably done", f"{percent(done)} sure · {small}", stale)
    return Headline(taste.when(median, now, shift=shift), small, stale)


def _edge(at: datetime | None, now: datetime, taste: Taste, shift: bool) -> str:
    if at is None:
        return "open"
    if at <= now:
        return "already"
    return taste.when(at, now, shift=shift, lower=True)


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
            Alert("■", "bad", f"standing still at {level}, {percent(view.curve.attenuation)}: stuck, or the sensor?")
        )
    quiet = silent_for(view, now)
    if quiet is not None and view.newest is not None:
        who = f" · {view.sources[0]}" if len(view.sources) == 1 else ""
        found.append(Alert("▲", "warn", f"no reading since {taste.when(view.newest, now, lower=True)}{who}"))
    if view.proposals:
        found.append(Alert("◆", "note", "a hand reading disagrees with the float: a correction is proposed"))
    found += [Alert("◆", "note", note) for note in view.notes]
    return found


def last_seen(view: TankNow, now: datetime) -> str:
    """When the newest reading was observed."""
    if view.newest is None:
        return "no reading yet: what such beers usually do"
    quiet = silent_for(view, now)
    return f"silent for {span(quiet / timedelta(hours=1))}" if quiet else ago(now - view.newest)


def final_words(forecast: Forecast, taste: Taste) -> str:
    """Final gravity with its 80 % interval."""
    low, middle, high = (float(forecast.final_gravity.quantile(p)) for p in (0.1, 0.5, 0.9))
    return f"final {taste.sg(middle)} ({taste.sg(low)} – {taste.sg(high)})"


def finite(value: float | None) -> float | None:
    """A number for JSON: None for nan and infinities."""
    return None if value is None or not math.isfinite(value) else value
