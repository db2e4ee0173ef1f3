"""The operating guide's backup and drill, followed to the letter on either database."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from caseflow.demo.messages import bars_referral
from tests.harness.databases import SQLite

GUIDE = Path(__file__).parents[2] / "docs" / "operations.md"
TEAM = ["--role", "supervisor", "--team", "Ward", "--streams", "hospital"]


def commands(name: str) -> str:
    found = re.findall(rf"^```sh {name}\n(.*?)^```", GUIDE.read_text(), re.DOTALL | re.MULTILINE)
    assert len(found) == 1, name
    return str(found[0])


@pytest.fixture
def shell(tmp_path: Path, empty_database):
    """A service of its own, in a directory of its own."""
    data = tmp_path / "data"
    environment = {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "HOME": str(tmp_path),
        "LC_ALL": "C.UTF-8",
        "CASEFLOW_DATA_DIR": str(data),
        "BACKUPS": str(tmp_path / "backups"),
        "MASTER_KEY": str(data / "master.key"),
    }
    if not isinstance(empty_database, SQLite):
        environment["CASEFLOW_DATABASE_URL"] = empty_database.url

    def run(lines: str, **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["bash", "-euo", "pipefail", "-c", lines],
            cwd=tmp_path, env=environment | more, capture_output=True, text=True, check=False,
            stdin=subprocess.DEVNULL,
        )  # fmt: skip

    return run


@pytest.fixture
def place(tmp_path: Path, empty_database):
    if isinstance(empty_database, SQLite):
        yield str(tmp_path / "restored")
        return
    other = empty_database.empty()
    yield other.url
    other.remove()


def test_the_drill_brings_back_what_was_there(shell, place, tmp_path, empty_database) -> None:
    (tmp_path / "message.xml").write_bytes(bars_referral())
    (tmp_path / "backups").mkdir()
    prepared = shell(
        "caseflow init; caseflow user add --email sup@example.org --name Sup "
        f"{' '.join(TEAM)}; caseflow intake message.xml"
    )
    assert prepared.returncode == 0, prepared.stderr
    for name in ("once", "nightly"):
        ran = shell(commands(name))
        assert ran.returncode == 0, ran.stderr
    ran = shell(commands(f"drill-{empty_database.dialect}"), PLACE=place)
    assert ran.returncode == 0, ran.stderr + ran.stdout
    assert ran.stdout.count("✓") >= 7
    assert "in use" in ran.stdout


def test_the_drill_fails_loudly_when_the_backup_was_touched(shell, place, tmp_path, empty_database):
    (tmp_path / "backups").mkdir()
    for lines in ("caseflow init", commands("once"), commands("nightly")):
        assert shell(lines).returncode == 0
    (file,) = (tmp_path / "backups").glob("*.age")
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)
    ran = shell(commands(f"drill-{empty_database.dialect}"), PLACE=place)
    assert ran.returncode == 1
    assert "changed or cut short" in ran.stderr
