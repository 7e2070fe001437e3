"""What was said of a batch's end, and what came of it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

HOUR = timedelta(hours=1)


@dataclass(frozen=True, kw_only=True)
class Promise:
    """One forecast of an end that is known by now: as of `said_at`, by the rung that spoke.

    `low`, `median` and `high` are its 80 % range and its middle; None is "not in sight". The end lies in
    (`after`, `by`]: between two readings. `live`: said to the crew then; else replayed later from what was known then.
    """

    cut: str
    live: bool
    rung: str
    said_at: datetime
    low: datetime | None
    median: datetime | None
    high: datetime | None
    p_done: float
    after: datetime
    by: datetime

    @property
    def ended(self) -> datetime:
        """The middle of the interval that the end lies in, where one time must do."""
        return self.after + (self.by - self.after) / 2

    @property
    def held(self) -> bool:
        """Whether the end lies in the 80 % range."""
        return self.low is not None and self.low <= self.ended and (self.high is None or self.ended <= self.high)

    @property
    def miss_h(self) -> float | None:
        """Hours by which the end lies outside the range, late (+) or early (−); 0 where held, None where no end was in
        sight at all.

        >>> from datetime import UTC
        >>> t = datetime(2026, 1, 1, tzinfo=UTC)
        >>> p = Promise(cut="24 h", live=True, rung="flat", said_at=t, low=t + 4 * HOUR, median=t + 5 * HOUR,
        ...             high=t + 8 * HOUR, p_done=0.0, after=t + 9 * HOUR, by=t + 11 * HOUR)
        >>> p.held, p.miss_h, p.off_h
        (False, 2.0, 5.0)
        """
        if self.low is None:
            return None
        if self.held or self.high is None:
            return 0.0 if self.held else (self.ended - self.low) / HOUR
        return (self.ended - (self.low if self.ended < self.low else self.high)) / HOUR

    @property
    def off_h(self) -> float | None:
        """Hours from the middle of what was said to the end: late (+), early (−); None where no end was in sight."""
        return None if self.median is None else (self.ended - self.median) / HOUR


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """One batch in the ledger. `early_at`: when it was first called done, 95 % sure, before it was; `early_live`:
    whether the crew was told so. `after` and `by` are None where its readings show no end.
    """

    batch_id: int
    tank: str
    beer: str
    by_hand: bool
    after: datetime | None
    by: datetime | None
    early_at: datetime | None = None
    early_live: bool = False
    promises: tuple[Promise, ...] = ()

    @property
    def ended(self) -> datetime | None:
        """The middle of the interval that the end lies in."""
        return None if self.after is None or self.by is None else self.after + (self.by - self.after) / 2

    @property
    def worst(self) -> tuple[float, float]:
        """How far off its worst promise was: hours outside the range, then hours from the middle; inf for no end."""
        far = float("inf")
        both = [
            (far if p.miss_h is None else abs(p.miss_h), far if p.off_h is None else abs(p.off_h))
            for p in self.promises
        ]
        return max(both, default=(0.0, 0.0))


@dataclass(frozen=True, kw_only=True)
class Tally:
    """How promises fared that were made at one point of a batch: `held` of `n`, with the 90 % Wilson band of the share.

    `beers` is how many batches they are of. `off_h` is the median distance in hours between the middle of what was said
    and the end, whichever way; None of nothing.
    """

    cut: str
    by_hand: bool
    n: int
    beers: int
    held: int
    share: float
    low: float
    high: float
    off_h: float | None


@dataclass(frozen=True, kw_only=True)
class Ledger:
    """All that was promised and what came of it. `overall` is None before the first promise that can be judged.

    `judged` are batches with a known end, `early` those called done too early, `open` those whose readings show no end;
    `waiting` how many are still to be replayed, `done` of `total` in the run that is under way (0 of 0: none is).
    """

    outcomes: tuple[Outcome, ...] = ()
    overall: Tally | None = None
    tallies: tuple[Tally, ...] = ()
    judged: int = 0
    early: int = 0
    open: int = 0
    waiting: int = 0
    done: int = 0
    total: int = 0
