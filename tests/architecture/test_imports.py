"""Who may import whom. setup.cfg holds the contracts; here they are run, and shown to bite."""

import ast
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

HOME = Path(__file__).parents[2]
SOURCES = sorted((HOME / "caseflow").rglob("*.py"))
LONGEST = 400

ROOMS = "Rooms import downwards only"
WITHIN = "Within a room"
PURE = "Pure files"
WALL = "The information wall"
BREACHES = {
    "a lower room imports a higher one": (ROOMS, "people/queries.py", "caseflow.cases.models"),
    "rooms on one line import each other": (ROOMS, "contacts/queries.py", "caseflow.plans.models"),
    "nobody placed a room": (ROOMS, "basement/__init__.py", "caseflow.kernel.clock"),
    "operations look at contacts": (WALL, "operations/queries.py", "caseflow.contacts.models"),
    "closing looks at operations": (WALL, "closing/queries.py", "caseflow.operations.models"),
    "intake looks at operations": (WALL, "intake/queries.py", "caseflow.operations.models"),
    "models import queries": (WITHIN, "cases/models.py", "caseflow.cases.queries"),
    "forms import actions": (WITHIN, "contacts/forms.py", "caseflow.contacts.actions"),
    "rules import SQLAlchemy": (PURE, "contacts/rules.py", "sqlalchemy"),
    "rules import it by another file": (PURE, "cases/rules.py", "caseflow.kernel.database"),
    "views import SQLAlchemy": ("Views ask", "contacts/views.py", "sqlalchemy"),
    "two files import WeasyPrint": ("One file imports W", "closing/actions.py", "weasyprint"),
    "two files import APScheduler": ("One file imports A", "reviews/actions.py", "apscheduler"),
}


def lint_imports(place: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache", "--config", "setup.cfg"],
        cwd=place,
        env={"PYTHONPATH": str(place), "LC_ALL": "C.UTF-8", "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("copy")
    shutil.copytree(HOME / "caseflow", place / "caseflow", ignore=lambda *_: ["__pycache__"])
    shutil.copy(HOME / "setup.cfg", place)
    return place


def test_every_contract_is_kept(copy: Path) -> None:
    ran = lint_imports(copy)
    assert ran.returncode == 0, ran.stdout + ran.stderr


@pytest.mark.parametrize("breach", BREACHES)
def test_a_breach_fails_the_build(copy: Path, breach: str) -> None:
    contract, name, module = BREACHES[breach]
    path = copy / "caseflow" / name
    before = path.read_text() if path.exists() else None
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"{before or ''}\nimport {module}\n")
    try:
        ran = lint_imports(copy)
    finally:
        _put_back(path, before)
    broken = [line for line in ran.stdout.splitlines() if " BROKEN" in line]
    assert any(line.startswith(contract) for line in broken), ran.stdout
    assert ran.returncode != 0


def _put_back(path: Path, before: str | None) -> None:
    if before is not None:
        path.write_text(before)
        return
    path.unlink()
    if path.name == "__init__.py":
        path.parent.rmdir()


def imports(tree: ast.AST) -> Iterator[tuple[ast.stmt, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node, "." * node.level + (node.module or "")


def parsed() -> Iterator[tuple[str, ast.Module]]:
    for path in SOURCES:
        yield str(path.relative_to(HOME)), ast.parse(path.read_text())


def test_nobody_imports_the_application_itself() -> None:
    doors = {"caseflow/cli.py", "caseflow/scheduler.py"}
    guilty = [
        f"{name}:{node.lineno}"
        for name, tree in parsed()
        for node, module in imports(tree)
        if module == "caseflow" and _of_itself(node) and name not in doors
    ]
    assert not guilty, f"import the room you need, not caseflow itself: {guilty}"


def _of_itself(node: ast.stmt) -> bool:
    """``from caseflow import x``, where x is not one of its rooms."""
    rooms = {path.stem for path in (HOME / "caseflow").iterdir()}
    return not isinstance(node, ast.ImportFrom) or any(a.name not in rooms for a in node.names)


def test_no_relative_imports() -> None:
    guilty = [
        f"{name}:{node.lineno}"
        for name, tree in parsed()
        for node, module in imports(tree)
        if module.startswith(".")
    ]
    assert not guilty, f"write the whole name, from caseflow on: {guilty}"


def test_no_import_hides_in_a_function_to_dodge_a_circle() -> None:
    guilty = [
        f"{name}:{node.lineno} {module}"
        for name, tree in parsed()
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef)
        for node, module in imports(function)
        if module.startswith("caseflow") and module != "caseflow.kernel.pdf"
    ]
    assert not guilty, f"move what both need down a room, or hand it over in create_app: {guilty}"


def test_no_file_is_two_rooms() -> None:
    long = {
        str(path.relative_to(HOME)): length
        for path in SOURCES
        if (length := len(path.read_text().splitlines())) > LONGEST
    }
    assert not long, f"split by what it is about; {LONGEST} lines is the most: {long}"
