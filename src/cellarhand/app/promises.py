"""The ledger as pages, the API and the command line show it: read from what is kept, counted here."""

from collections.abc import Sequence
from dataclasses import replace
from statistics import median

from sqlalchemy import Connection

from cellarhand.app.findings import outcome_of, rungs_of
from cellarhand.app.ledger import Clerk
from cellarhand.app.plan import BATCH, RUNGS
from cellarhand.domain import Learned, Ledger, Outcome, Promise, Rungs, Tally
from cellarhand.metrics import wilson
from cellarhand.store import Store, findings, lookup

NEEDS = (("hazard", 15), ("crosses", 30))
CUTS = ("24 h", "48 h", "75 %", "1 readings", "3 readings", "6 readings")


class Promises:
    """Fulfils the pages' port of the same name. Blocking: called from the server's threads."""

    def __init__(self, store: Store, clerk: Clerk) -> None:
        self._store, self._clerk = store, clerk

    def ledger(self) -> Ledger:
        """Every promise, and how far the replaying is."""
        with self._store.read() as conn:
            found = ledger_of(conn)
        done, total = self._clerk.progress
        return replace(found, done=done, total=total)

    def rungs(self) -> Rungs:
        """How the rungs stand."""
        with self._store.read() as conn:
            return replace(kept_rungs(conn), working=self._clerk.working)


def ledger_of(conn: Connection) -> Ledger:
    """The ledger as it is kept."""
    names = {b.id: b for b in lookup.list_batches(conn)}
    kept = {int(i): f for i, f in findings.findings_of(conn, BATCH).items()}
    outcomes = []
    for i, finding in kept.items():
        if i in names:
            outcome = outcome_of(finding.data)
            outcomes.append(replace(outcome, tank=names[i].tank, beer=names[i].name))
    return counted(outcomes, waiting=sum(b.ended_at is not None and i not in kept for i, b in names.items()))


def kept_rungs(conn: Connection) -> Rungs:
    """How the rungs stand, as it is kept; with nothing learnt before the first finished batch."""
    found = findings.findings_of(conn, RUNGS).get("")
    if found is None:
        return Rungs(seen=0, learned=tuple(Learned(rung=rung, needs=needs) for rung, needs in NEEDS))
    return rungs_of(found.data)


def counted(outcomes: Sequence[Outcome], *, waiting: int = 0) -> Ledger:
    """The ledger of these batches: those with a known end are judged.

    >>> counted([]).overall is None
    True
    """
    judged = [o for o in outcomes if o.after is not None]
    pairs = [(o, p) for o in judged for p in o.promises]
    groups = {(hand, cut): [(o, p) for o, p in pairs if (o.by_hand, p.cut) == (hand, cut)]
              for hand in (False, True) for cut in CUTS}  # fmt: skip
    return Ledger(
        outcomes=tuple(judged),
        overall=_tally("", False, pairs) if pairs else None,
        tallies=tuple(_tally(cut, hand, found) for (hand, cut), found in groups.items() if found),
        judged=len(judged),
        early=sum(o.early_at is not None for o in judged),
        open=len(outcomes) - len(judged),
        waiting=waiting,
    )


def _tally(cut: str, by_hand: bool, pairs: Sequence[tuple[Outcome, Promise]]) -> Tally:
    """The band counts beers: three promises about one beer are not three trials. Each beer weighs alike."""
    by_beer: dict[int, list[bool]] = {}
    for outcome, promise in pairs:
        by_beer.setdefault(outcome.batch_id, []).append(promise.held)
    shares = [sum(held) / len(held) for held in by_beer.values()]
    low, high = wilson(sum(shares), len(shares))
    off = [abs(p.off_h) for _, p in pairs if p.off_h is not None]
    return Tally(
        cut=cut,
        by_hand=by_hand,
        n=len(pairs),
        beers=len(shares),
        held=sum(p.held for _, p in pairs),
        share=sum(shares) / len(shares),
        low=low,
        high=high,
        off_h=median(off) if off else None,
    )
