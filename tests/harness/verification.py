"""The long checks: resumed where they stopped, and written down with the day and the machine."""

import json
import os
import platform
import re
import sqlite3
import subprocess
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

from caseflow.kernel import clock

HOME = Path(__file__).parents[2]
RESULTS = HOME / "docs" / "verification"


def git(*words: str) -> str:
    ran = subprocess.run(["git", *words], cwd=HOME, capture_output=True, text=True, check=False)
    return ran.stdout.strip()


def commit() -> str:
    """The commit, and whether the code on disk is really it; results do not count."""
    changed = git("status", "--porcelain", "--", ".", ":!docs/verification")
    return (git("rev-parse", "--short", "HEAD") or "no commit") + ("-changed" if changed else "")


class Verification:
    """A pytest plugin: one record a check, one page a name when all of its checks are in."""

    def __init__(self) -> None:
        self.commit = commit()
        self._kept = HOME / "build" / "verify" / f"{self.commit}.jsonl"
        self._kept.parent.mkdir(parents=True, exist_ok=True)
        self._names: dict[str, str] = {}
        self._done = {
            record["test"]: record for record in self._earlier() if record["outcome"] == "passed"
        }

    def _earlier(self) -> list[dict[str, Any]]:
        """Nothing is taken over from code that has changed since."""
        if self.commit.endswith("-changed"):
            self._kept.unlink(missing_ok=True)
        lines = self._kept.read_text().splitlines() if self._kept.exists() else []
        return [json.loads(line) for line in lines]

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        if not items:
            raise pytest.UsageError("there is no check of that name")
        for item in items:
            mark = item.get_closest_marker("verify")
            self._names[item.nodeid] = str(mark.args[0]) if mark and mark.args else "other"
        items[:] = [item for item in items if item.nodeid not in self._done]

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when != "call" and report.passed:
            return
        record = {
            "test": report.nodeid,
            "outcome": report.outcome,
            "seconds": round(report.duration, 1),
            "found": dict(report.user_properties),
        }
        self._done[report.nodeid] = record
        with self._kept.open("a") as file:
            file.write(json.dumps(record) + "\n")

    def pytest_sessionfinish(self) -> None:
        pages: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for test, name in self._names.items():
            if test in self._done:
                pages[name].append(self._done[test])
        RESULTS.mkdir(parents=True, exist_ok=True)
        for name, records in pages.items():
            path = RESULTS / f"{clock.today()}-{re.sub(r'[^A-Za-z0-9]+', '-', name)}.md"
            path.write_text(self._page(name, records))
            print(f"\nWritten: {path.relative_to(HOME)}")

    def _page(self, name: str, records: list[dict[str, Any]]) -> str:
        passed = sum(record["outcome"] == "passed" for record in records)
        lines = [
            f"# {name}: {passed} of {len(records)} passed",
            "",
            f"{clock.local(clock.now()):%Y-%m-%d %H:%M}, commit {self.commit}. {_machine()}.",
            f"To repeat: `make verify T={name}`.",
            "",
            "| Check | Outcome | Seconds | Found |",
            "|---|---|---|---|",
        ]
        for record in records:
            found = "; ".join(f"{key}: {value}" for key, value in record["found"].items())
            lines.append(
                f"| {record['test']} | {record['outcome']} | {record['seconds']} | {found} |"
            )
        return "\n".join(lines) + "\n"


def _machine() -> str:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1024**3
    return (
        f"{len(os.sched_getaffinity(0))} cores, {memory:.0f} GB, {platform.platform(terse=True)}, "
        f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}"
    )
