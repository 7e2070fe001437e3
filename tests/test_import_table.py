"""The import table of the house, held against the code: who may know whom."""

import ast
from pathlib import Path

import pytest

SRC = Path(__file__).parents[1] / "src" / "cellarhand"
MAY = {
    "units": set(),
    "domain": {"units"},
    "metrics": set(),
    "store": {"domain"},
    "people": {"domain"},
    "ingest": {"domain", "units"},
    "move": {"domain", "units"},
    "curve": {"domain", "units"},
    "phases": {"domain", "units", "curve"},
    "simulate": {"domain", "units"},
    "ladder": {"metrics"},
    "lab": {"metrics", "ladder"},
    "forecasting": {"domain", "units", "curve", "phases", "metrics", "ladder", "simulate"},
    "web": {"domain", "units"},
}
KNOW_ALL = {"app", "cli", "face", "__init__", "__main__"}


def part_of(path: Path) -> str:
    return path.relative_to(SRC).parts[0].removesuffix(".py")


def imports(source: str) -> list[tuple[int, str]]:
    """Every part of the house that a module names, at any depth, lazily or for types."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports in the house are absolute"
            base = node.module or ""
            names = [f"{base}.{alias.name}" for alias in node.names] if base == "cellarhand" else [base]
        else:
            continue
        found += [(node.lineno, name.split(".")[1]) for name in names if name.startswith("cellarhand.")]
    return found


def offences(part: str, source: str) -> list[str]:
    if part in KNOW_ALL:
        return []
    if part not in MAY:
        return [f"{part} is not in the import table"]
    return [f"{part} imports {name} (line {line})" for line, name in imports(source) if name not in MAY[part] | {part}]


def test_every_module_imports_only_what_the_table_allows():
    wrong = [
        f"{path.relative_to(SRC)}: {offence}"
        for path in sorted(SRC.rglob("*.py"))
        for offence in offences(part_of(path), path.read_text())
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    ("part", "source"),
    [
        ("curve", "from cellarhand.store import engine"),
        ("web", "def f():\n    from cellarhand.forecasting import Forecaster"),
        ("store", "import cellarhand.web.pages"),
        ("units", "from cellarhand import domain"),
        ("ingest", "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from cellarhand.curve import build"),
        ("ladder", "from cellarhand.domain import Curve"),
        ("new_part", "x = 1"),
    ],
)
def test_planted_shortcuts_are_found(part, source):
    assert offences(part, source)


STRANGERS = ("cellarhand.simulate.prior", "cellarhand.simulate.cellar")  # one learns, the other examines


def names(source: str) -> list[str]:
    """Every name from the house that a module imports."""
    found: list[str] = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            found += [f"{node.module}.{alias.name}" for alias in node.names]
    return found


def familiar(module: str, source: str) -> bool:
    """True where one of the two strangers imports the other."""
    for own, other in (STRANGERS, STRANGERS[::-1]):
        if f"{module}.".startswith(f"{own}.") and any(f"{name}.".startswith(f"{other}.") for name in names(source)):
            return True
    return False


def test_the_prior_and_the_simulated_cellar_do_not_know_one_another():
    for path in sorted((SRC / "simulate").rglob("*.py")):
        module = ".".join(path.relative_to(SRC.parent).with_suffix("").parts)
        assert not familiar(module, path.read_text()), module


def test_a_planted_acquaintance_of_the_two_is_found():
    prior, cellar = STRANGERS
    assert familiar(f"{prior}.draw", "from cellarhand.simulate.cellar import plant")
    assert familiar(f"{cellar}.plant", "from cellarhand.simulate import prior")
    assert not familiar("cellarhand.simulate.demo", "from cellarhand.simulate import prior, cellar")


def test_no_file_passes_400_lines_and_no_function_60():
    long = []
    for path in sorted(SRC.rglob("*.py")):
        text = path.read_text()
        if text.count("\n") > 400:
            long.append(f"{path.name}: {text.count(chr(10))} lines")
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                size = (node.end_lineno or 0) - node.lineno + 1
                if size > 60 and "migrations" not in path.parts:  # a migration is a list
                    long.append(f"{path.name}:{node.lineno} {node.name}: {size} lines")
    assert not long, "\n".join(long)


def test_no_part_is_named_for_nothing_in_particular():
    vague = {"utils", "util", "helpers", "common", "manager", "misc"}
    assert not [p for p in SRC.rglob("*") if p.stem in vague]
