"""docs/security.md leaves no requirement out, and every test it names is there."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "security.md"
REQUIREMENTS = [*range(1, 31), 35, *range(41, 46), 59, 60, 63]
TESTS = [*range(1, 8), *range(12, 17), 30, 31, 32, 36, 40]


def rows(page: str) -> dict[str, list[str]]:
    lines = re.findall(r"^\| *([RT]\d+) *\|(.*)\|$", page, re.M)
    return {name: [cell.strip() for cell in rest.split("|")] for name, rest in lines}


@pytest.mark.parametrize(
    "name", [f"R{number}" for number in REQUIREMENTS] + [f"T{number:02d}" for number in TESTS]
)
def test_each_requirement_says_where_it_is_met_or_that_it_is_not(name: str) -> None:
    cells = rows(PAGE.read_text()).get(name)
    assert cells, f"docs/security.md has no row {name}"
    assert all(cells), f"{name} has an empty cell"


def test_every_test_the_page_names_exists() -> None:
    named = re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", PAGE.read_text())
    assert len(named) > 40
    missing = [f"{file}::{name}" for file, name in named if not exists(file, name)]
    assert missing == []


def exists(file: str, name: str) -> bool:
    path = ROOT / file
    if not path.is_file():
        return False
    tree = ast.parse(path.read_text())
    names = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    return not name or name in names
