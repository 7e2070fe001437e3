"""What to do next, by what it is worth: the tanks that want a person, the costliest hours first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from cellarhand.web import told
from cellarhand.web.ports import TankNow
from cellarhand.web.show import span


@dataclass(frozen=True)
class Todo:
    """One line: the tank, what to do at it, and what it costs to leave it."""

    tank: str
    words: str
    worth: str
    hours: float


def worklist(views: Sequence[TankNow], now: datetime) -> list[Todo]:
    """What wants a person, worth most first."""
    found = [line for view in views if view.batch for line in [_line(view, now)] if line]
    return sorted(found, key=lambda line: -line.hours)


def _line(view: TankNow, now: datetime) -> Todo | None:
    name, quiet = view.tank.name, told.silent_for(view, now)
    if quiet is not None:
        hours = quiet / timedelta(hours=1)
        who = view.sources[0] if len(view.sources) == 1 else "its sensors"
        words = "type a reading: the last one is old" if view.by_hand else f"look at {who}: battery, lid, network"
        return Todo(name, words, f"silent for {span(hours)}", hours)
    still = told.still_for(view)
    if told.stuck(view):
        return Todo(name, "check the gravity by hand: yeast or sensor?", f"still for {span(still)}", still)
    if (told.p_done_now(view, now) or 0.0) >= told.SURE:
        return Todo(name, "at rest: taste it, test VDK, then cool or empty it", f"{still:.0f} tank-hours", still)
    if view.proposals:
        return Todo(name, "hand and float disagree: correct the float, or leave it", "waits for your yes", 0.5)
    return None
