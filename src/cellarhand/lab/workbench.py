"""Any table up the ladder: baseline first, every rung judged on held-out groups, the gate and the advisor over them."""

import time
from collections.abc import Callable, Collection, Hashable
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace

import numpy as np

from cellarhand.lab.cells import TableError
from cellarhand.lab.dice import Floats
from cellarhand.lab.problem import Problem
from cellarhand.lab.rivals import SEEDS, rival_rungs
from cellarhand.lab.rungs import Rung, Told, linear_rungs, row_losses
from cellarhand.ladder import Advice, Judged, Split, Verdict, advise, promotion
from cellarhand.ladder.gate import RISK

Clock = Callable[[], float]
Tell = Callable[[str], None]
MARGIN = 0.01  # of the baseline's loss: a rung must gain that much more to be worth its complexity


@dataclass(frozen=True, eq=False)
class Row:
    """A rung on the leaderboard: mean loss over held-out groups with its standard error, and what it costs.

    `spread` is the loss of the best and the worst seed; `said` (seeds, n) are the held-out tellings, nan where a row
    was never judged.
    """

    rung: Rung
    told: Told
    loss: float
    error: float
    spread: tuple[float, float]
    fit_s: float
    predict_us: float
    said: Floats = field(repr=False)
    losses: dict[Hashable, float] = field(repr=False)
    gate: Verdict | None = None

    @property
    def bytes(self) -> int:
        """To keep it: eight a parameter."""
        return 8 * self.told.parameters

    @property
    def deep(self) -> bool:
        """Two hidden layers or more."""
        return len(self.told.hidden) >= 2


@dataclass(frozen=True, eq=False)
class Board:
    """The rungs as judged, baseline first; what the gate lets through, what the advisor says, and the taken rung."""

    rows: tuple[Row, ...]
    champion: str
    advice: Advice
    taken: str
    reason: str

    def row(self, name: str) -> Row:
        """A rung by its name."""
        return next(r for r in self.rows if r.rung.name == name)


def rungs_for(p: Problem, names: Collection[str] | None = None) -> list[Rung]:
    """The rungs that fit the problem, from simple to complex; those of `names` alone where given."""
    return [r for r in linear_rungs(p) + rival_rungs() if names is None or r.name in names]


def climb(
    p: Problem,
    *,
    seed: int = 0,
    folds: int = 5,
    names: Collection[str] | None = None,
    net_seeds: int = SEEDS,
    executor: Executor | None = None,
    clock: Clock = time.perf_counter,
    tell: Tell | None = None,
) -> Board:
    """Judges every rung of the problem. With an executor the fits spread over it and give the same numbers.

    `tell` is given the count of fits and their likely time before they begin.
    """
    splits = _splits(p, folds, seed)
    wholes = [_whole(p, replace(rung, seeds=min(rung.seeds, net_seeds)), seed, clock) for rung in rungs_for(p, names)]
    if tell is not None:
        fits = sum(w[0].seeds for w in wholes) * len(splits)
        tell(f"{fits} fits, about {len(splits) * sum(w[0].seeds * w[2] for w in wholes):.0f} s on one core")
    jobs = [(w[0].name, s) for w in wholes for s in range(seed, seed + w[0].seeds)]
    run = executor.map if executor is not None else map
    found = list(run(held_out, [p] * len(jobs), [n for n, _ in jobs], [s for _, s in jobs], [splits] * len(jobs)))
    rows = []
    for rung, told, fit_s, predict_us in wholes:
        said = np.stack([f for (name, _), f in zip(jobs, found, strict=True) if name == rung.name])
        rows.append(_row(p, rung, told, said, fit_s, predict_us))
    return _board(rows)


def _splits(p: Problem, folds: int, seed: int) -> list[Split]:
    found = list(p.folds(folds, seed))
    if not found:
        raise TableError("no group ends before another begins; is the time counted from each group's own start?")
    found = [s for s in found if not p.yes or len(np.unique(p.y[s.learn])) == 2]
    if not found:
        raise TableError("no split leaves both answers to learn from: too few groups have one of them")
    return found


def held_out(p: Problem, name: str, seed: int, splits: list[Split]) -> Floats:
    """(n,) what a rung says of each row when it has not learnt from the row's group; nan where never judged."""
    rung = next(r for r in rungs_for(p) if r.name == name)
    said = np.full(p.n, np.nan)
    for split in splits:
        said[split.judge] = rung.learn(p.pick(split.learn), seed).predict(p.pick(split.judge))
    return said


def _whole(p: Problem, rung: Rung, seed: int, clock: Clock) -> tuple[Rung, Told, float, float]:
    began = clock()
    told = rung.learn(p, seed)
    learnt = clock()
    told.predict(p)
    return rung, told, learnt - began, 1e6 * (clock() - learnt) / p.n


def _row(p: Problem, rung: Rung, told: Told, said: Floats, fit_s: float, predict_us: float) -> Row:
    rows = np.flatnonzero(np.isfinite(said[0]))
    part = p.pick(rows)
    each = np.stack([row_losses(part, s[rows]) for s in said])
    losses = p.by_group(rows, each.mean(0))
    values = np.array(list(losses.values()))
    error = float(values.std(ddof=1) / np.sqrt(len(values))) if len(values) > 1 else float("inf")
    by_seed = each.mean(1)
    spread = (float(by_seed.min()), float(by_seed.max()))
    return Row(rung, told, float(values.mean()), error, spread, fit_s, predict_us, said, losses)


def _board(rows: list[Row]) -> Board:
    champion = rows[0]
    judged = [rows[0]]
    risk = RISK / max(sum(r.rung.on_ladder for r in rows) - 1, 1)  # of promoting anything where nothing is to be found
    for row in rows[1:]:
        against = champion if row.rung.on_ladder else rows[0]
        verdict = promotion(against.losses, row.losses, risk=risk)
        judged.append(Row(**{**vars(row), "gate": verdict}))
        if row.rung.on_ladder and verdict.promoted:
            champion = judged[-1]
    ladder = [r for r in judged if r.rung.on_ladder]
    advice = advise([Judged(r.rung.name, r.losses) for r in ladder], margin=MARGIN * rows[0].loss)
    order = [r.rung.name for r in ladder]
    taken = min(champion.rung.name, advice.rung, key=order.index)
    return Board(tuple(judged), champion.rung.name, advice, taken, _reason(judged, champion, advice, taken))


def _reason(rows: list[Row], champion: Row, advice: Advice, taken: str) -> str:
    if taken == rows[0].rung.name:
        tried = next((r for r in rows if r.rung.name == advice.rung and r.gate is not None), None)
        why = f" {tried.gate.reason}" if tried is not None and tried.gate is not None else ""
        return f"Stay with the baseline: nothing beat it by more than chance.{why}"
    rival = next((r for r in rows if r.rung.name == "boosted trees"), None)
    own = next(r for r in rows if r.rung.name == taken)
    more = rival is not None and own.loss - rival.loss > MARGIN * rows[0].loss
    beaten = more and rival is not None and promotion(own.losses, rival.losses).promoted
    held = f" The gate held {advice.rung} back." if advice.rung != taken else ""
    return advice.reason + held + (" Boosted trees, off the ladder, beat it by more than chance." if beaten else "")
