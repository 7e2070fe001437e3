"""docs/forecast-proofs.md, from the figures alone."""

from collections.abc import Sequence
from typing import Any

HEAD = """# What every rung is held to

Written by `make proofs`; nothing in it is typed. Bands are 90 %, by resampling batches. Log scores are of the interval
of the true hour ± 3 h (floored at −7), the same for whoever is judged.
"""
LIMIT = """## 1. The limit: a filter that is given the true simulator

{batches} batches of the prior asked at {checks} hours between 12 and 120 that don't look at the truth. The world is
restricted so that a filter can follow it: ales, one brew, no dry hops or additions, a float read every hour without
kicks, spikes, humps, krausen lift or froth and of known noise; offset, slope and drift are integrated out; original
gravity and kind are stated, temperature is not read. The filter tempers {particles} particles a question from the prior
to the posterior ({steps:.0f} steps on average; half of the particles stay effective at each; at the end {accepted:.0%}
of moves are accepted and the middle cloud holds {middle:.0f} distinct particles, one in twenty {fewest:.0f} or fewer).
It is sampled, so the limit itself is good to a few percent: asked {again[questions]} questions again with other
particles it scored {again[second]:.2f} for {again[first]:.2f} (correlation {again[alike]:.2f}). A bank of {bank[draws]}
draws of the prior weighed once keeps {bank[middle]:.0f} effective draws in the middle (5 % of the questions: under
{bank[least]:.0f}); on the {bank[questions]} questions where 200 or more stay, and it is exact, the bank scored
{bank[second]:.2f} and the filter {bank[first]:.2f}. The filter's 80 % share should be 80 % and is {cover:.0%}.
Its log score is {log:.2f}, its CRPS {crps:.1f} h. Below, 1 is the limit and more is worse.

| rung | log score | log score ÷ limit | CRPS ÷ limit | 80 % share |
|---|--:|--:|--:|--:|
{lines}
"""
SECOND = """## 2. The second simulator: {title}

{checks} beers by published kinetics ([second-simulator.md](second-simulator.md)), each asked at an hour drawn evenly
over its stay; figures are of those asked before the end. Skill is 1 − score ÷ score of `clock` (how long other
breweries' beers of the kind took, given “not yet”), whose log scores are {clock}.

| rung | habit | skill, CRPS | skill, log score | log score | 80 % share | spoke itself |
|---|---|--:|--:|--:|--:|--:|
{lines}
"""
PERMUTED = """## 3. Permuted pasts

{trials} pasts of {past} batches without information. At the gate, with the losses of `{simple}` and `{other}` dealt to
the two names by a coin on every batch, nothing was promoted in {gate}. {blend}
"""
TAMPER = """## 4. Tampering

In {trials} breweries every reading after the hour of the forecast, of the running batch and of all past ones, was
replaced by nonsense. Forecasts of which a bit changed: {changed}.
"""
HABITS = {"dense": "sensor", "manual": "by hand"}


def told(found: dict[str, Any], machine: str) -> str:
    """The page."""
    parts = [HEAD, _limit(found["limit"])]
    titles = {"none": "no past", "history": "with the brewery's past"}
    parts += [_second(found["second"][name], title) for name, title in titles.items()]
    return "\n".join([*parts, _permuted(found["permuted"]), _tamper(found["tamper"]), f"Measured on {machine}.\n"])


def _limit(f: dict[str, Any]) -> str:
    lines = [
        f"| `{rung}` | {r['log_score']:.2f} | {band(r['log_ratio'])} | {band(r['crps_ratio'])} | {r['cover80']:.0%} |"
        for rung, r in f["rungs"].items()
    ]
    by = f["filter"]
    return LIMIT.format(
        batches=f["batches"], checks=f["checks"], particles=f["particles"], steps=by["steps"], accepted=by["accepted"],
        fewest=by["distinct"][0], middle=by["distinct"][1], cover=by["cover80"], log=by["log_score"], crps=by["crps_h"],
        again=f["again"], bank=f["bank"],
        lines="\n".join(lines),
    )  # fmt: skip


def _second(f: dict[str, Any], title: str) -> str:
    lines = []
    for rung, r in f["rungs"].items():
        for kind, name in HABITS.items():
            if kind in r["crps_skill"]:
                scores = f"{r['log_score'][kind]:.2f} | {r['cover80'][kind]:.0%} | {r['spoke_itself']:.0%}"
                skills = f"{band(r['crps_skill'][kind])} | {band(r['log_skill'][kind])}"
                lines.append(f"| `{rung}` | {name} | {skills} | {scores} |")
    clock = ", ".join(f"{score:.2f} ({HABITS[kind]})" for kind, score in f["clock_log_score"].items())
    return SECOND.format(title=title, checks=f["checks"], clock=clock, lines="\n".join(lines))


def _permuted(f: dict[str, Any]) -> str:
    simple, other = f["pair"]
    blend = "There is no `blend` on the ladder yet."
    if "blend" in f:
        blend = f"`blend` chose what it chooses without a past in {_share(f['blend'])}; 95 % are demanded."
    return PERMUTED.format(
        trials=f["trials"], past=f["past"], simple=simple, other=other, gate=_share(f["gate"]), blend=blend
    )


def _share(f: dict[str, Any]) -> str:
    low, high = f["band"]
    return f"{f['share']:.1%} ({low:.1%} … {high:.1%})"


def _tamper(f: dict[str, Any]) -> str:
    return TAMPER.format(trials=f["trials"], changed=", ".join(f"`{r}` {n}" for r, n in f["changed"].items()))


def band(v: Sequence[float]) -> str:
    """A figure with its band and count."""
    value, low, high = (round(x, 2) + 0.0 for x in v[:3])
    return f"{value:.2f} ({low:.2f} … {high:.2f}), n={v[3]:.0f}"
