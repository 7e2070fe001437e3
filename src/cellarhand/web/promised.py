"""What was promised and what came of it, in words and as bars. Times are told on the viewer's clock."""

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any

from cellarhand.domain import Ledger, Outcome, Promise, Refused, Tally
from cellarhand.web.show import Taste, grain, percent, span

FEWEST = 9  # an 80 % range can't be judged by fewer beers
PROMISED = 0.8
SURE = 0.9
_DAY, _HOUR = timedelta(days=1), timedelta(hours=1)
_MIDDLE, _HALF = 100.0, 96.0
_WEEK = re.compile(r"(\d{4})-W(\d{1,2})")


def cut_words(cut: str) -> str:
    """When it was said.

    >>> [cut_words(c) for c in ("24 h", "75 %", "1 readings", "3 readings")]
    ['At 24 h', 'At 75 % of the way', 'After 1 reading', 'After 3 readings']
    """
    if cut.endswith("readings"):
        return f"After {cut.removesuffix('s')}" if cut == "1 readings" else f"After {cut}"
    return f"At {cut} of the way" if cut.endswith("%") else f"At {cut}"


def when(at: datetime | None, end: datetime, taste: Taste, fine: timedelta) -> str:
    """A time beside the end that it is told of: the weekday where that is near, else the date; the hour where known."""
    if at is None:
        return "open"
    here = taste.local(at if fine >= _DAY else at + fine / 2)
    near = abs((here.date() - taste.local(end).date()).days) <= 3
    text = f"{here:%a}" if near else f"{here:%a} {here.day} {here:%b}"
    if fine >= _DAY:
        return text
    step = fine.total_seconds()
    past = (here.minute * 60 + here.second) % step
    return f"{text} {here - timedelta(seconds=past):%H:%M}"


def said(promise: Promise, taste: Taste) -> tuple[str, str]:
    """What was said, and its 80 % range: no finer than it was known."""
    if promise.p_done >= SURE:
        return "done", f"{percent(promise.p_done)} sure"
    low, high = promise.low, promise.high
    fine = grain(high - low if low and high else None)
    words = [when(at, promise.ended, taste, fine) for at in (promise.median, low, high)]
    if promise.median is None:
        words[0] = "no end in sight"
    if low is not None and low <= promise.said_at + _HOUR / 60:
        words[1] = "already"
    return words[0], f"80 %: {words[1]} – {words[2]}"


def ended(outcome: Outcome, now: datetime, taste: Taste) -> str:
    """When it was done, as far as its readings tell."""
    assert outcome.after is not None and outcome.by is not None and outcome.ended is not None
    here = taste.local(outcome.ended)
    year = "" if here.year == taste.local(now).year else f" {here.year}"
    if outcome.by - outcome.after > 3 * _HOUR:
        half = (outcome.by - outcome.after) / _HOUR / 2
        return f"{here:%a} {here.day} {here:%b}{year} {here:%H:%M} ± {span(half)}"
    return f"{here:%a} {here.day} {here:%b}{year} {here:%H:%M}"


def came(promise: Promise) -> str:
    """What came of it, in one phrase."""
    if promise.held:
        return "held"
    if promise.miss_h is None:
        return "missed: it did end"
    half = (promise.by - promise.after) / _HOUR / 2
    doubt = f" ± {span(half)}" if half > abs(promise.miss_h) else ""
    return f"missed: {hours(abs(promise.miss_h))}{doubt} {'later' if promise.miss_h > 0 else 'sooner'}"


def hours(number: float | None) -> str:
    """A length of time, never less than it is; "–" where there is none.

    >>> hours(0.3), hours(30.0), hours(None)
    ('under 1 h', '30 h', '–')
    """
    if number is None:
        return "–"
    return "under 1 h" if number < 0.95 else span(number)


def band(tally: Tally) -> str:
    """The share that held with its band, or that there are too few beers to judge."""
    if tally.beers < FEWEST:
        return "too few to judge"
    return f"{percent(tally.share)} ({percent(tally.low)[:-2]} – {percent(tally.high)})"


def verdict(tally: Tally) -> str:
    """What the share says beside the 80 % that were promised."""
    if tally.beers < FEWEST:
        return f"Too few to judge: {tally.beers} beer{'s' * (tally.beers != 1)} so far, {FEWEST} are needed."
    if tally.high < PROMISED:
        return "Fewer than the 80 % that a range of 80 % should hold: it was too sure of itself."
    if tally.low > PROMISED:
        return "More than the 80 % that a range of 80 % should hold: its ranges were wider than need be."
    return "In keeping with the 80 % that a range of 80 % should hold."


def sorted_by(outcomes: Sequence[Outcome], by: str) -> list[Outcome]:
    """The largest miss first, or the newest end."""
    if by == "date":
        return sorted(outcomes, key=lambda o: (o.ended is not None, o.ended, o.batch_id), reverse=True)
    return sorted(outcomes, key=lambda o: (*o.worst, o.ended), reverse=True)


@dataclass(frozen=True)
class Bar:
    """A promise as a bar on a line of 200 × 20 whose middle is the end that came: x of the range, its middle, and what
    is known of the end. `beyond`: the whole range lies off the line, before it (−1) or after it (1)."""

    low: float
    width: float
    median: float | None
    after: float
    known: float
    beyond: int


def reach(outcomes: Sequence[Outcome]) -> float:
    """How many hours to each side the bars show: most ranges whole, the longest cut."""
    far = sorted(
        abs((at - p.ended) / _HOUR) for o in outcomes for p in o.promises for at in (p.low, p.high) if at is not None
    )
    return min(max(far[int(0.9 * (len(far) - 1))] if far else 24.0, 24.0), 336.0)


def bar(promise: Promise, to: float) -> Bar:
    """The bar of a promise, `to` hours to each side."""

    def x(at: datetime | None) -> float:
        away = to if at is None else (at - promise.ended) / _HOUR
        return round(_MIDDLE + _HALF * min(max(away / to, -1.0), 1.0), 1)

    low, high, after, by = x(promise.low), x(promise.high), x(promise.after), x(promise.by)
    beyond = -1 if high <= _MIDDLE - _HALF else 1 if low >= _MIDDLE + _HALF else 0
    median = None if promise.median is None else x(promise.median)
    return Bar(low, max(round(high - low, 1), 1.5), median, after, max(round(by - after, 1), 1.5), beyond)


def week_of(text: str | None, now: datetime, taste: Taste) -> date:
    """The Monday of an ISO week like 2026-W47; of last week where none is named."""
    if not text:
        today = taste.local(now).date()
        return today - timedelta(days=today.weekday() + 7)
    found = _WEEK.fullmatch(text)
    try:
        return date.fromisocalendar(int(found[1]), int(found[2]), 1) if found else date.fromisocalendar(0, 0, 0)
    except ValueError:
        raise Refused("a week is an ISO week", text, "like 2026-W47") from None


def week_name(monday: date) -> str:
    """The ISO name of a week.

    >>> week_name(date(2026, 11, 16))
    '2026-W47'
    """
    year, week, _ = monday.isocalendar()
    return f"{year}-W{week:02d}"


def within(ledger: Ledger, monday: date, taste: Taste) -> list[Outcome]:
    """The batches that ended in that week on the viewer's clock, misses first."""
    days = {monday + timedelta(days=k) for k in range(7)}
    found = [o for o in ledger.outcomes if o.ended is not None and taste.local(o.ended).date() in days]
    return sorted_by(found, "miss")


def as_json(ledger: Ledger, by: str) -> dict[str, Any]:
    """The ledger for the API: the figures of the page."""
    names = ("judged", "early", "open", "waiting", "done", "total")
    return {
        "overall": None if ledger.overall is None else asdict(ledger.overall),
        "by_cut": [asdict(t) for t in ledger.tallies],
        **{name: getattr(ledger, name) for name in names},
        "batches": [_outcome(o) for o in sorted_by(ledger.outcomes, by)],
    }


def _outcome(outcome: Outcome) -> dict[str, Any]:
    def told(p: Promise) -> dict[str, Any]:
        own = {k: v for k, v in asdict(p).items() if k not in ("after", "by")}
        return {**own, "held": p.held, "miss_h": p.miss_h, "off_h": p.off_h}

    return {**asdict(outcome), "ended": outcome.ended, "promises": [told(p) for p in outcome.promises]}
