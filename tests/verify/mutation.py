"""``python -m tests.verify.mutation``: take each protection out, one at a time; a test must go red.

The code is what is committed, in copies of its own; the tests are those near to what is gone, the
nearest first, until one fails. ``build/mutants.jsonl`` keeps what was found, so a run goes on where
the last one stopped: what was caught stays so while its file is unchanged, what survived is tried
again. At the end each test that caught something is run on the code as it is, where it must pass.
"""

import argparse
import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any, NoReturn

import pytest

from tests.verify import mutants
from tests.verify.mutants import HOME, KINDS, Mutant
from tests.verify.near import tests_near

KEPT = HOME / "build" / "mutants.jsonl"
LONGEST = 240  # seconds for one mutant
PARTS = ["caseflow", "docs", "migrations", "static", "templates", "tests", "setup.cfg",
         "pyproject.toml", "wsgi.py", "Makefile", "README.md", "THIRD_PARTY.md", "requirements",
         "ruff.toml"]  # fmt: skip
LEFT_BEHIND = shutil.ignore_patterns("__pycache__", "axe-core")
BROKEN = ("SyntaxError", "ImportError", "ModuleNotFoundError", "IndentationError")
WARM = ("flask_login", "flask_migrate", "flask_wtf", "lxml.html", "sqlalchemy.orm",
        "wtforms", "playwright.sync_api", "webauthn", "cryptography.hazmat.primitives.ciphers.aead",
        "govuk_frontend_jinja.templates")  # fmt: skip


def copy(to: Path, commit: str | None) -> Path:
    """The commit's tree; or, without one, the files as they lie here."""
    to.mkdir(parents=True)
    if commit is None:
        for source in (HOME / name for name in PARTS):
            if source.is_dir():
                shutil.copytree(source, to / source.name, ignore=LEFT_BEHIND)
            elif source.exists():
                shutil.copy(source, to)
    else:
        archive = subprocess.Popen(["git", "archive", commit], cwd=HOME, stdout=subprocess.PIPE)
        subprocess.run(["tar", "-x", "-C", str(to)], stdin=archive.stdout, check=True)
        archive.wait()
    # Compiled by what the source says, not by when it was written: a mutant is never overlooked.
    subprocess.run(
        [sys.executable, "-m", "compileall", "-q", "--invalidation-mode", "checked-hash",
         str(to / "caseflow"), str(to / "migrations")], check=False,
    )  # fmt: skip
    return to


class Seen:
    """A pytest plugin: what failed first, and why; and whatever else did."""

    def __init__(self) -> None:
        self.test, self.why, self.passed = "", "", 0
        self.failed: list[str] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.passed += report.when == "call" and report.passed
        self._note(report)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        self._note(report)

    def _note(self, report: pytest.TestReport | pytest.CollectReport) -> None:
        if report.failed and not self.test:
            self.test, self.why = report.nodeid, _last_line(str(report.longrepr))
        if report.failed:
            self.failed.append(report.nodeid)


def _last_line(text: str) -> str:
    lines = [line for line in text.strip().splitlines() if line.startswith("E ")]
    return (lines[-1] if lines else text.strip()[-200:])[:200]


@dataclass
class Run:
    """One mutant under test, in a process of its own."""

    mutant: Mutant
    tree: Path
    tests: list[list[str]]  # in turn
    options: list[str] = field(default_factory=list)
    before: str = ""
    pid: int = 0
    began: float = 0.0

    @property
    def file(self) -> Path:
        return self.tree / self.mutant.path

    @property
    def said(self) -> Path:
        return self.tree.with_suffix(".json")

    def start(self) -> None:
        self.before = self.file.read_text(encoding="utf-8")
        self.file.write_text(self.mutant.applied(self.before), encoding="utf-8")
        self.began = time.monotonic()
        self._next()

    def _next(self) -> None:
        self.said.unlink(missing_ok=True)
        tests = self.tests.pop(0)
        self.pid = os.fork()
        if not self.pid:
            _child(self.tree, tests, self.said, "-x", *self.options)

    def outcome(self) -> dict[str, Any] | None:
        """None while it runs. The nearest tests have passed: then the next nearest."""
        pid, status = os.waitpid(self.pid, os.WNOHANG)
        took = time.monotonic() - self.began
        if not pid and took < LONGEST:
            return None
        if not pid:
            os.killpg(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        found = self._seen()
        outcome = _judged(os.waitstatus_to_exitcode(status) if pid else None, found)
        if outcome == "survived" and self.tests:
            self._next()
            return None
        self.file.write_text(self.before, encoding="utf-8")
        return {
            "id": self.mutant.id,
            "kind": self.mutant.kind,
            "place": self.mutant.place,
            "says": self.mutant.says,
            "outcome": outcome,
            "seconds": round(took, 1),
            "file": _hash(self.before),
            **found,
        }

    def _seen(self) -> dict[str, Any]:
        if self.said.exists():
            return dict(json.loads(self.said.read_text()))
        return {"test": "", "why": self.tree.with_suffix(".log").read_text()[-600:]}


def _hash(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:12]


def _judged(code: int | None, found: dict[str, Any]) -> str:
    if code is None:
        return "no time"
    if code in (0, 5):
        return "survived"
    is_broken = code != 1 or any(f" {name}" in found["why"] for name in BROKEN)
    return "broken" if is_broken else "caught"


def _test_in(tree: Path, tests: list[str], said: Path, *options: str) -> int:
    """In the child: nothing of this tree's own code may be imported already."""
    os.setsid()
    with tree.with_suffix(".log").open("w") as log:
        os.dup2(log.fileno(), 1)
        os.dup2(log.fileno(), 2)
    os.chdir(tree)
    others = [one for one in sys.path if Path(one or ".").resolve() not in (HOME, tree)]
    sys.path[:] = [str(tree), *others]
    for name in [name for name in sys.modules if name.split(".")[0] in ("tests", "caseflow")]:
        del sys.modules[name]
    seen = Seen()
    plain = ["-q", "-m", "not browser and not shared", "-p", "no:cacheprovider", "-p", "no:xdist"]
    code = int(pytest.main([*plain, *options, *tests], plugins=[seen]))
    caseflow = sys.modules.get("caseflow")
    if caseflow is None or not str(caseflow.__file__).startswith(str(tree)):
        seen.why, code = "the tests ran on other code than the mutant's", 3
    said.write_text(json.dumps(seen.__dict__))
    sys.stdout.flush()
    return code


def without_mutants(tests: list[str], tree: Path) -> list[str]:
    """Of the tests that caught something, those that fail on the code as it is: they prove
    nothing."""
    said = tree.with_suffix(".json")
    said.unlink(missing_ok=True)
    if not tests:
        return []
    if not (pid := os.fork()):
        _child(tree, tests, said)
    os.waitpid(pid, 0)
    failed = json.loads(said.read_text())["failed"] if said.exists() else tests
    return [str(one) for one in failed]


def _child(tree: Path, tests: list[str], said: Path, *options: str) -> NoReturn:
    code = 3
    try:
        code = _test_in(tree, tests, said, *options)
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(code)  # nothing of the parent's is tidied up here


# --- all of them ---

Choice = Callable[[Mutant], list[list[str]]]


@dataclass
class Results:
    path: Path
    by_id: dict[str, dict[str, Any]] = field(default_factory=dict)

    @classmethod
    def read(cls, path: Path) -> "Results":
        lines = path.read_text().splitlines() if path.exists() else []
        return cls(path, {record["id"]: record for record in map(json.loads, lines)})

    def add(self, record: dict[str, Any]) -> None:
        self.path.parent.mkdir(exist_ok=True)
        self.by_id[record["id"]] = record
        with self.path.open("a") as file:
            file.write(json.dumps(record) + "\n")

    def is_settled(self, mutant: Mutant, tree: Path) -> bool:
        record = self.by_id.get(mutant.id)
        text = (tree / mutant.path).read_text(encoding="utf-8")
        return bool(record) and record["outcome"] == "caught" and (
            record["file"] == _hash(text)
        )  # fmt: skip


def run_all(
    wanted: list[Mutant],
    trees: list[Path],
    choose: Choice,
    results: Results,
    *,
    until: float,
    options: Sequence[str] = (),
) -> None:
    for name in WARM:
        with contextlib.suppress(ImportError):
            __import__(name)
    tick = threading.Event()
    waiting, free, running = list(wanted), list(trees), list[Run]()
    while running or (waiting and time.time() < until):
        while free and waiting and time.time() < until:
            mutant = waiting.pop(0)
            run = Run(mutant, free.pop(), choose(mutant), list(options))
            run.start()
            running.append(run)
        for run in list(running):
            if (record := run.outcome()) is not None:
                running.remove(run)
                free.append(run.tree)
                results.add(record)
                print(f"{record['outcome']:>10} {record['seconds']:5.1f} s  {record['place']} "
                      f"{record['says'][:90]}  ← {record['test']}", flush=True)  # fmt: skip
        tick.wait(0.05)


def table(every: Iterable[Mutant], results: Results) -> str:
    """Per kind: how many there are, were tried, were caught; and each that was not."""
    counts: dict[str, Counter[str]] = {kind: Counter() for kind in KINDS}
    open_ones = []
    for mutant in every:
        record = results.by_id.get(mutant.id)
        outcome = record["outcome"] if record else "not tried"
        counts[mutant.kind][outcome] += 1
        counts[mutant.kind]["all"] += 1
        if outcome in ("survived", "broken", "no time"):
            open_ones.append(f"{outcome}: {mutant.place} ({mutant.id}) {mutant.says}")
    names = ["all", "caught", "no time", "survived", "broken", "not tried"]
    lines = [f"{'':12}" + "".join(f"{name:>12}" for name in names)]
    for kind, count in [*counts.items(), ("together", sum(counts.values(), Counter()))]:
        lines.append(f"{kind:12}" + "".join(f"{count[name]:>12}" for name in names))
    return "\n".join([*lines, "", *open_ones])


def _until(words: str | None) -> float:
    if not words:
        return float("inf")
    hour, minute = map(int, words.split(":"))
    return time.mktime((*time.localtime()[:3], hour, minute, 0, 0, 0, -1))


def _asked(words: list[str] | None) -> argparse.Namespace:
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--kinds", default=",".join(KINDS), help="by commas; " + ", ".join(KINDS))
    ask.add_argument("--only", default="", help="ids of mutants, by commas")
    ask.add_argument("--tests", nargs="*", help="these, and not those that reach the mutant")
    ask.add_argument("--jobs", type=int, default=2)
    ask.add_argument("--commit", default="HEAD")
    ask.add_argument("--until", help="begin nothing after this time, like 22:05")
    ask.add_argument("--without", nargs="*", default=[], help="tests that fail as it is")
    ask.add_argument("--turns", type=int, default=4, help="how far from the mutant tests are run")
    ask.add_argument("--limit", type=int, default=10_000)
    ask.add_argument("--kept", type=Path, default=KEPT)
    ask.add_argument("--list", action="store_true", help="say what there is, and test nothing")
    ask.add_argument(
        "--early", action="store_true", help="one of each kind, of the files as they lie here"
    )
    return ask.parse_args(words)


def main(words: list[str] | None = None) -> int:
    told = _asked(words)
    commit = None if told.early else told.commit
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="mutants-", dir=memory) as directory:
        trees = [copy(Path(directory) / f"tree{n}", commit) for n in range(told.jobs)]
        every = mutants.find(trees[0])
        for stale in mutants.gone(trees[0]):
            print(f"by_hand.py is behind the code: {stale}")
        if told.list:
            print(*(f"{one.id} {one.kind:10} {one.place} {one.says}" for one in every), sep="\n")
            return 0
        if told.early:
            tests = {mutant.id: tests for mutant, tests in mutants.early(every)}
            every = [one for one in every if one.id in tests]
            results = Results(Path(directory) / "early.jsonl")
            run_all(every, trees, lambda one: [list(tests[one.id])], results, until=_until(None))
        else:
            results = Results.read(told.kept)
            wanted = _wanted(every, results, trees[0], told)
            options = [f"--deselect={test}" for test in told.without]
            run_all(
                wanted,
                trees,
                _choice(told, trees[0]),
                results,
                until=_until(told.until),
                options=options,
            )
            every = [one for one in every if one.kind in told.kinds.split(",")]
        return _say(every, results, trees[0]) or bool(mutants.gone(trees[0]))


def _wanted(
    every: list[Mutant], results: Results, tree: Path, told: argparse.Namespace
) -> list[Mutant]:
    only = told.only.split(",") if told.only else []
    return [
        one
        for kind in told.kinds.split(",")
        for one in every
        if one.kind == kind and (one.id in only if only else not results.is_settled(one, tree))
    ][: told.limit]


def _choice(told: argparse.Namespace, tree: Path) -> Choice:
    if told.tests:
        return lambda _: [list(told.tests)]
    return lambda mutant: tests_near(mutant, tree)[: told.turns]


def _say(every: list[Mutant], results: Results, tree: Path) -> int:
    records = [results.by_id[one.id] for one in every if one.id in results.by_id]
    catching = sorted({one["test"] for one in records if one["outcome"] == "caught"})
    print(table(every, results))
    if doubtful := without_mutants(catching, tree):
        print("These fail on the code as it is, so what they caught is not proved:", *doubtful)
    all_caught = len(records) == len(every) and all(one["outcome"] == "caught" for one in records)
    return 0 if all_caught and not doubtful else 1


if __name__ == "__main__":
    sys.exit(main())
