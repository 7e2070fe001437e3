"""Writes the tables of docs/second-simulator.md from the constants, so that page and code can't disagree."""

from cellarhand.simulate.cellar import logs, tank
from cellarhand.simulate.cellar.constants import SUGARS, TORO, Arrhenius
from cellarhand.simulate.cellar.variation import TRAITS, Trait

BEGIN, END = "<!-- written from the constants: begin -->", "<!-- written from the constants: end -->"


def tables() -> str:
    """All constants, traits, plans and sensors as Markdown.

    >>> "| growth | 108.31 | 31934 | 1/h |" in tables()
    True
    """
    parts = [
        "### Law of de Andrés-Toro: k(T) = exp(a − b/T)\n\n" + _laws(TORO),
        "### Law of three sugars: k(T) = exp(a − b/T)\n\n" + _laws(SUGARS),
        "### What varies\n\n" + _traits(),
        "### Tank and crew\n\n" + _listed(tank, TANK),
        "### Sensors and hands\n\n" + _listed(logs, LOGS),
    ]
    return "\n\n".join(parts)


def page(text: str) -> str:
    """`text` of the page with what stands between the marks written anew."""
    before, rest = text.split(BEGIN)
    return f"{before}{BEGIN}\n\n{tables()}\n\n{END}{rest.split(END)[1]}"


TANK = {
    "SET_C": "set temperature: mean, sd (°C), ale and lager",
    "PLAN_SHARES": "shares of constant, free rise and ramp, ale and lager",
    "RISE_K": "rise from … to (K), ale and lager",
    "RISE_AT": "begins at this share of the drop",
    "RAMP_K_PER_H": "pace of a ramp, K/h",
    "COOLS_PER_H": "pull of the jacket, 1/h",
    "WARMS_PER_H": "pull of the room, 1/h",
    "QUIET_POINTS_A_DAY": "quiet: points a day or less",
    "QUIET_H": "hours of quiet before the crew calls it",
    "MATURE_H": "hours from the call to packaging, ale and lager",
}
LOGS = {
    "INTERVALS_H": "hours between a sensor's readings, with equal weight",
    "BY_HAND": "share of breweries that read by hand, on working days",
    "NOISE": "white noise from … to (points, sd), sensor and hand",
    "OFFSET": "offset (points, sd), sensor and hand",
    "DRIFT": "drift of a sensor (points a day, sd)",
    "FINE": "resolution in points of one half",
    "COARSE": "and of the other half",
    "MISSED_BY_HAND": "share of working days without a reading",
}


def _laws(laws: dict[str, Arrhenius]) -> str:
    lines = [f"| {name} | {k.a:g} | {k.b:.0f} | {k.unit} | {k.means} |" for name, k in laws.items()]
    return "\n".join(["| constant | a | b, K | unit | meaning |", "|---|--:|--:|---|---|", *lines])


def _traits() -> str:
    head = "| trait | unit | meaning | ale | lager | brewery · brand · batch | source |"
    return "\n".join([head, "|---|---|---|---|---|---|---|", *(_trait(t) for t in TRAITS)])


def _trait(t: Trait) -> str:
    shares = " · ".join(f"{100 * s:.0f}" for s in (t.brewery, t.brand, 1.0 - t.brewery - t.brand)) + " %"
    ale, lager = (f"{a:g} ×/÷ e^{b:g}" if t.times else f"{a:g} ± {b:g}" for a, b in (t.ale, t.lager))
    by_law = "; ".join(f"{value:g} of it for a {kind} by {law}" for (law, kind), value in (t.by_law or {}).items())
    return (
        f"| `{t.name}` | {t.unit} | {t.means}{'; ' * bool(by_law)}{by_law} | {ale} | {lager} | {shares} | {t.source} |"
    )


def _listed(module: object, names: dict[str, str]) -> str:
    lines = [f"| {means} | {_plain(getattr(module, name))} |" for name, means in names.items()]
    return "\n".join(["| what | value |", "|---|---|", *lines])


def _plain(value: object) -> str:
    if isinstance(value, tuple):
        nested = any(isinstance(v, tuple) for v in value)
        return ("; " if nested else ", ").join(_plain(v) for v in value)
    return f"{value:.3g}" if isinstance(value, float) else str(value)
