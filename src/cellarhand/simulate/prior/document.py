"""Writes the tables of `docs/prior.md` from the rows, so that page and code can't disagree."""

from collections.abc import Sequence

from cellarhand.simulate.prior.beer import CELLS, MISHAPS, WORT
from cellarhand.simulate.prior.cellar_rows import ENDING, FILLING, HOPS, WARMTH
from cellarhand.simulate.prior.rows import Law, Row
from cellarhand.simulate.prior.sensors import INTERVALS_H, LOGGING, QUICK, SLOW
from cellarhand.simulate.prior.sources import SOURCES

BEGIN, END = "<!-- written from the tables: begin -->", "<!-- written from the tables: end -->"
PARTS: tuple[tuple[str, Sequence[Row]], ...] = (
    ("Wort", WORT),
    ("Yeast", CELLS),
    ("Mishaps and additions", MISHAPS),
    ("Filling", FILLING),
    ("Temperature", WARMTH),
    ("Dry hops", HOPS),
    ("When the crew calls it done", ENDING),
    ("Sensors: slow faults", SLOW),
    ("Sensors: each reading", QUICK),
    ("Logging habits", LOGGING),
)


def tables() -> str:
    """All rows and sources as Markdown.

    >>> "| `og` | points |" in tables()
    True
    """
    parts = [f"### {title}\n\n{_table(rows)}" for title, rows in PARTS]
    intervals = "\n".join(
        f"| {device} | {', '.join(f'{h:.3g}' for h in hours)} |" for device, hours in INTERVALS_H.items()
    )
    parts.append(f"### Hours between readings, with equal weight\n\n| device | hours |\n|---|---|\n{intervals}")
    listed = "\n".join(f"- **{name}**: {text}" for name, text in SOURCES.items())
    return "\n\n".join([*parts, f"### Sources\n\n{listed}"])


def page(text: str) -> str:
    """`text` of the page with what stands between the marks written anew."""
    before, rest = text.split(BEGIN)
    return f"{before}{BEGIN}\n\n{tables()}\n\n{END}{rest.split(END)[1]}"


def _table(rows: Sequence[Row]) -> str:
    head = "| parameter | unit | meaning | law and range | held inside | brewery · culture · brand · own | source |"
    return "\n".join([head, "|---|---|---|---|---|---|---|", *(_line(row) for row in rows)])


def _line(row: Row) -> str:
    others = "; ".join(f"{group} {_pair(row.law, pair)}" for group, pair in row.by.items())
    ranges = f"{row.law.name.lower()} {_pair(row.law, row.usual)}" + (f"; {others}" if others else "")
    s = row.shares
    shares = " · ".join(f"{100 * part:.0f}" for part in (s.brewery, s.culture, s.brand, s.own)) + " %"
    return (
        f"| `{row.name}` | {row.unit} | {row.means} | {ranges} | {row.low:g} … {row.high:g} | {shares} | {row.source} |"
    )


def _pair(law: Law, pair: tuple[float, float]) -> str:
    a, b = pair
    if law is Law.CHANCE:
        return f"{a:g}"
    if law is Law.LOGNORMAL:
        return f"{a:g} ×/÷ e^{b:g}"
    if law is Law.UNIFORM:
        return f"{a:g} … {b:g}"
    return f"{a:g} ± {b:g}"
