"""What keeps a record from who may not see it, taken out of the code piece by piece.

Each mutant is one such piece: where it stands, a sentence that says what is gone, and the text
that stands there instead. ``tests.verify.mutation`` puts one in at a time, and a test must go red.
"""

import ast
import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.verify.by_hand import BY_HAND, EARLY

HOME = Path(__file__).parents[2]
KINDS = {
    "visibility": "need-to-know: each filter, and each branch of its one definition",
    "child": "a child is looked for inside its case, or its owner's",
    "gate": "the gate, sessions, throttle and same-site checks",
    "predicate": "the truth table's own rules",
    "check": "a check inside a view, query or action",
    "audit": "a row of the trail",
    "policy": "the permission a view declares",
}
VISIBILITY = "caseflow/cases/visibility.py"
FILTERS = {"visible_to", "known_to", "is_named_to", "can_be_opened_by", "is_restricted"}
CHECKS = {"may", "is_whole", "may_know"}
BY_ID = re.compile(r"\.id == \w*id\b")
BEGINNINGS = {"visible_cases", "cases_to_open"}
NOT_LOOKED_AT = ("caseflow/demo/", "caseflow/kernel/rotation.py", "caseflow/notices/mail.py")
TRUE, FALSE = '__import__("sqlalchemy").true()', '__import__("sqlalchemy").false()'
NO_FILTER = "(lambda asked: asked.__dict__.update(_where_criteria=()) or asked)({})"


@dataclass(frozen=True)
class Mutant:
    kind: str
    path: str
    function: str
    line: int
    last_line: int
    says: str
    start: int
    end: int
    was: str
    becomes: str
    nth: int = 0

    @property
    def id(self) -> str:
        """The same wherever in its file the piece has moved to."""
        words = (self.kind, self.path, self.function, self.was, self.becomes, str(self.nth))
        return hashlib.sha256("|".join(words).encode()).hexdigest()[:10]

    @property
    def place(self) -> str:
        return f"{self.path}:{self.line}"

    def applied(self, source: str) -> str:
        if source[self.start : self.end] != self.was:
            raise ValueError(f"{self.place} has changed")
        return source[: self.start] + self.becomes + source[self.end :]


def find(home: Path = HOME) -> list[Mutant]:
    """Every mutant of the tree at ``home``, in the order of its files."""
    found: list[Mutant] = []
    for path in sorted((home / "caseflow").rglob("*.py")):
        name = str(path.relative_to(home))
        if not name.startswith(NOT_LOOKED_AT):
            found += _in_file(name, path.read_text(encoding="utf-8"))
    return found


def gone(home: Path = HOME) -> list[str]:
    """What by_hand.py looks for and the code does not say any more, or says twice."""
    return [
        f"{name}: {was!r} ({says})"
        for _, name, was, _, says in BY_HAND
        if not (path := home / name).exists() or path.read_text("utf-8").count(was) != 1
    ]


def _in_file(name: str, source: str) -> Iterator[Mutant]:
    seen: Counter[tuple[str, str, str, str]] = Counter()
    file = File(name, source)
    for mutant in sorted(file.mutants(), key=lambda one: (one.start, one.end, one.becomes)):
        same = (mutant.kind, mutant.function, mutant.was, mutant.becomes)
        yield Mutant(**(mutant.__dict__ | {"nth": seen[same]}))
        seen[same] += 1


class File:
    def __init__(self, name: str, source: str) -> None:
        self.name, self.source = name, source
        self.tree = ast.parse(source)
        lines = source.splitlines(keepends=True)
        self._starts = [0]
        for line in lines:
            self._starts.append(self._starts[-1] + len(line))
        self._lines = lines
        self.functions: dict[ast.AST, str] = {}
        self.parents: dict[ast.AST, ast.AST] = {}
        self._note(self.tree, "")

    def _note(self, node: ast.AST, function: str) -> None:
        for child in ast.iter_child_nodes(node):
            inner = function
            if isinstance(child, ast.FunctionDef | ast.ClassDef):
                inner = f"{function}.{child.name}".strip(".")
            self.functions[child], self.parents[child] = inner, node
            self._note(child, inner)

    def _at(self, line: int, column: int) -> int:
        """ast counts bytes, we count letters."""
        text = self._lines[line - 1].encode()[:column].decode()
        return self._starts[line - 1] + len(text)

    def mutant(self, kind: str, node: ast.expr | ast.stmt, becomes: str, says: str) -> Mutant:
        start = self._at(node.lineno, node.col_offset)
        end = self._at(node.end_lineno or node.lineno, node.end_col_offset or 0)
        was = self.source[start:end]
        return Mutant(
            kind, self.name, self.functions[node] or "the module", node.lineno,
            node.end_lineno or node.lineno, says, start, end, was, becomes,
        )  # fmt: skip

    def text(self, node: ast.AST) -> str:
        return " ".join((ast.get_source_segment(self.source, node) or "").split())

    def mutants(self) -> Iterator[Mutant]:
        nodes = list(ast.walk(self.tree))
        yield from self._policies(nodes)
        if self.name == VISIBILITY:
            yield from self._branches(nodes)
        else:
            yield from self._filters(nodes)
            yield from self._owned(nodes)
        yield from self._checks(nodes)
        yield from self._audited(nodes)
        yield from self._by_hand()

    # --- what a view declares ---

    def _policies(self, nodes: Iterable[ast.AST]) -> Iterator[Mutant]:
        for node in nodes:
            if not isinstance(node, ast.FunctionDef):
                continue
            for mark in node.decorator_list:
                if _name(mark) == "requires" and isinstance(mark, ast.Call):
                    needs = self.text(mark.args[0])
                    yield self._policy(mark, needs)
                elif _name(mark) == "passive":
                    yield self.mutant("gate", mark, "(lambda view: view)",
                                      f"{node.name} keeps a session alive")  # fmt: skip

    def _policy(self, mark: ast.Call, needs: str) -> Mutant:
        if needs == "Permission.OWN_ACCOUNT":
            public = '(lambda view: setattr(view, "needs_permission", "public") or view)'
            return self.mutant("policy", mark, public, "open to anybody, signed in or not")
        loose = mark.args[0]
        says = f"needs no {needs.removeprefix('Permission.')} any more"
        return self.mutant("policy", loose, "Permission.OWN_ACCOUNT", says)

    # --- need-to-know ---

    def _filters(self, nodes: Iterable[ast.AST]) -> Iterator[Mutant]:
        for node in nodes:
            if not isinstance(node, ast.Call):
                continue
            name = _name(node)
            if name in BEGINNINGS:
                yield self.mutant("visibility", node, NO_FILTER.format(self._whole(node)),
                                  "the list begins at every case there is")  # fmt: skip
            elif name in FILTERS and not name.startswith("is_"):
                yield self.mutant("visibility", node, TRUE, f"{self.text(node)} filters nothing")
            elif name in FILTERS:
                yield self.mutant("visibility", node, FALSE, f"{self.text(node)} is never so")

    def _whole(self, node: ast.expr) -> str:
        return ast.get_source_segment(self.source, node) or ""

    def _branches(self, nodes: Iterable[ast.AST]) -> Iterator[Mutant]:
        for node in nodes:
            if isinstance(node, ast.If) and self._returns(node, "false()"):
                for part in _parts(node.test):
                    yield self.mutant("visibility", part, "False", f"without: {self.text(part)}")
            if not isinstance(node, ast.Call):
                continue
            for part in node.args if _name(node) in ("and_", "where") else ():
                yield self.mutant("visibility", part, TRUE, f"without: {self.text(part)}")
            for part in node.args if _name(node) == "or_" else ():
                yield self.mutant("visibility", part, FALSE, f"nobody by: {self.text(part)}")
            if self.text(node) == "Case.person_id.in_(_restricted())":
                yield self.mutant("visibility", node, FALSE, "no record is ever restricted")

    def _returns(self, node: ast.If, *words: str) -> bool:
        last = node.body[-1]
        return isinstance(last, ast.Return) and (self.text(last).removeprefix("return").strip()
                                                 in words)  # fmt: skip

    # --- children, and what belongs to somebody ---

    def _owned(self, nodes: Iterable[ast.AST]) -> Iterator[Mutant]:
        """In whatever looks one record up by its id: each other condition that it has to meet."""
        for function in (node for node in nodes if isinstance(node, ast.FunctionDef)):
            conditions = [
                part
                for call in ast.walk(function)
                if isinstance(call, ast.Call) and _name(call) in ("where", "filter")
                for part in call.args
            ]
            others = [one for one in conditions if not BY_ID.search(self.text(one))]
            if len(others) < len(conditions):
                for part in (one for one in others if _name(one) not in FILTERS):
                    yield self.mutant("child", part, TRUE, f"without: {self.text(part)}")
        for function in self._loaders(nodes):
            for part, becomes in self._conditions(function):
                says = f"without: {self.text(part)}"
                yield self.mutant("child", part, becomes, says)

    def _loaders(self, nodes: Iterable[ast.AST]) -> list[ast.FunctionDef]:
        """The functions the gate loads records with."""
        named = {
            self.text(value)
            for node in nodes
            if isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(node.value, ast.Dict)
            if "LOADERS" in self.text(node).split("=")[0]
            for value in node.value.values
        }
        return [n for n in nodes if isinstance(n, ast.FunctionDef) and n.name in named]

    def _conditions(self, loader: ast.FunctionDef) -> Iterator[tuple[ast.expr, str]]:
        """Each that a record has to meet beside its id, and what it becomes without."""
        for node in ast.walk(loader):
            if isinstance(node, ast.IfExp):
                parts = [one for one in _parts(node.test) if not isinstance(one, ast.Name)]
                yield from ((one, "True") for one in parts if "None" not in self.text(one))
            elif isinstance(node, ast.If) and self._returns(node, "None"):
                yield node.test, "False"
            elif isinstance(node, ast.comprehension):
                yield from ((one, "True") for one in node.ifs if ".id ==" not in self.text(one))

    # --- checks ---

    def _checks(self, nodes: Iterable[ast.AST]) -> Iterator[Mutant]:
        if self.name in ("caseflow/access/predicates.py", VISIBILITY):
            return
        for node in nodes:
            if isinstance(node, ast.Call) and _name(node) in CHECKS and node.args:
                yield self.mutant("check", node, "True", f"always so: {self.text(node)}")
            elif isinstance(node, ast.If) and "views" in self.name and self._aborts(node):
                says = f"not refused: {self.text(node.test)}"
                yield self.mutant("check", node.test, "False", says)
            elif isinstance(node, ast.If) and self._returns(node, "false()"):
                for part in (one for one in _parts(node.test) if "user" in self.text(one)):
                    yield self.mutant("check", part, "False", f"without: {self.text(part)}")

    def _aborts(self, node: ast.If) -> bool:
        last = node.body[-1]
        return isinstance(last, ast.Expr) and _name(last.value) == "abort"

    # --- the trail ---

    def _audited(self, nodes: Iterable[ast.AST]) -> Iterator[Mutant]:
        passing_on = {
            node.name
            for node in nodes
            if isinstance(node, ast.FunctionDef)
            and any(arg.arg == "event" for arg in [*node.args.args, *node.args.kwonlyargs])
            and "audit.record(event" in self.text(node).replace("( ", "(")
        }
        if self.name.startswith("caseflow/audit/") or self.name == "caseflow/gate.py":
            return  # The gate's are said by hand.
        for node in nodes:
            call = node.value if isinstance(node, ast.Expr) else None
            if not isinstance(call, ast.Call):
                continue
            name = self.text(call.func)
            if name in ("audit.record", "audit.shown", "audit.noted") or name in passing_on:
                what = self.text(call.args[0]) if call.args else self.text(call)
                yield self.mutant("audit", call, "None", f"no {name.rsplit('.')[-1]}: {what[:80]}")

    # --- one by one ---

    def _by_hand(self) -> Iterator[Mutant]:
        for kind, name, was, becomes, says in BY_HAND:
            if name != self.name:
                continue
            start = self.source.find(was)
            if start < 0 or self.source.find(was, start + 1) >= 0:
                continue  # see ``gone``
            line = self.source.count("\n", 0, start) + 1
            last = line + was.count("\n")
            function = max(
                (self.functions[node] for node in ast.walk(self.tree)
                 if isinstance(node, ast.stmt)
                 and node.lineno <= last and line <= (node.end_lineno or 0)), key=len,
            )  # fmt: skip
            yield Mutant(kind, name, function or "the module", line, last, says, start,
                         start + len(was), was, becomes)  # fmt: skip


def _name(node: ast.AST) -> str:
    """Of what is called, without what it is called on."""
    target = node.func if isinstance(node, ast.Call) else node
    if isinstance(target, ast.Attribute):
        return target.attr
    return target.id if isinstance(target, ast.Name) else ""


def _parts(test: ast.expr) -> list[ast.expr]:
    return test.values if isinstance(test, ast.BoolOp) else [test]


def early(mutants: Iterable[Mutant]) -> list[tuple[Mutant, tuple[str, ...]]]:
    """One mutant of each kind, with the tests that catch it soonest: for the ordinary suite."""
    every = list(mutants)
    return [
        (next(one for one in every if one.kind == kind and one.path == path and words in one.says),
         tests)
        for kind, path, words, tests in EARLY
    ]  # fmt: skip
