"""Every import has a dependency, every dependency a reason in docs/decisions.md, and neither more nor less."""

import ast
import re
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]
ROW = re.compile(r"^\| (?P<packages>[\w, -]+) \| (?P<extra>–|\w+) \| (?P<imports>[\w, –]+) \| (?P<why>.+) \|$", re.M)


def rows(text: str) -> list[tuple[set[str], str, set[str], str]]:
    """(packages, extra, imports, why) of each line of the table."""
    found = []
    for row in ROW.finditer(text):
        extra, names = row["extra"].replace("–", ""), row["imports"].replace("–", "")
        if row["packages"] != "package":
            found.append((set(row["packages"].split(", ")), extra, set(filter(None, names.split(", "))), row["why"]))
    return found


def declared() -> dict[str, set[str]]:
    """Packages by extra, "" for what every install has."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    groups = {"": project["dependencies"], **project["optional-dependencies"]}
    return {extra: {re.split(r"[\s<>=!~;\[]", line)[0] for line in lines} for extra, lines in groups.items()}


def imported() -> set[str]:
    """Top-level modules that the program names, other than the standard library and itself."""
    found = set()
    for path in (ROOT / "src").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                found |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                found.add((node.module or "").split(".")[0])
    return found - set(sys.stdlib_module_names) - {"cellarhand"}


def test_every_dependency_has_its_reason_and_no_reason_is_left_over():
    told: dict[str, set[str]] = {}
    for packages, extra, _, why in rows((ROOT / "docs" / "decisions.md").read_text()):
        assert len(why) > 10
        told.setdefault(extra, set()).update(packages)
    assert told == declared()


def test_every_import_is_in_the_table():
    table = rows((ROOT / "docs" / "decisions.md").read_text())
    known = {name for _, extra, imports, _ in table if extra != "dev" for name in imports}
    assert imported() == known


def test_an_import_that_nobody_gave_a_reason_for_is_found():
    table = rows("| numpy | – | numpy | arrays and more arrays |\n| scipy | dev | – | an oracle for tests |\n")
    assert [(sorted(p), e, sorted(i)) for p, e, i, _ in table] == [(["numpy"], "", ["numpy"]), (["scipy"], "dev", [])]
