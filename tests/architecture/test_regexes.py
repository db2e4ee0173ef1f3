"""Patterns that meet what people type: none of them can be made to think for ever."""

import ast
import re
import time
import warnings
from pathlib import Path
from typing import Any

import pytest

HOME = Path(__file__).parents[2]
USES = {"compile", "match", "fullmatch", "search", "sub", "split", "findall", "finditer"}
LONGEST_NOTE = 5_000
MANY = 20


def patterns() -> list[tuple[str, str]]:
    """(where, pattern) of each one written in the code; parts filled in count as one letter."""
    found = []
    for path in sorted((HOME / "caseflow").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and _is_re(node.func) and node.args:
                text = _text(node.args[0])
                if text:
                    found.append((f"{path.relative_to(HOME)}:{node.lineno}", text))
    return found


def _is_re(called: ast.expr) -> bool:
    return (
        isinstance(called, ast.Attribute)
        and called.attr in USES
        and isinstance(called.value, ast.Name)
        and called.value.id == "re"
    )


def _text(node: ast.expr) -> str:
    if isinstance(node, ast.JoinedStr):
        return "".join(str(p.value) if isinstance(p, ast.Constant) else "x" for p in node.values)
    if isinstance(node, ast.Constant):
        value = node.value
        return value.decode("latin-1") if isinstance(value, bytes) else str(value)
    return ""


def nested(pattern: str) -> bool:
    """A repetition without a near end inside another one."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from re import _parser as parser
    return _search(list(parser.parse(pattern)), inside=False)


def _search(items: list[Any], *, inside: bool) -> bool:
    for operation, said in items:
        name = str(operation)
        if name in ("MAX_REPEAT", "MIN_REPEAT"):
            _, most, part = said
            repeats = int(most) > MANY
            if (repeats and inside) or _search(list(part), inside=inside or repeats):
                return True
        elif any(_search(part, inside=inside) for part in _parts(said)):
            return True
    return False


def _parts(said: Any) -> list[list[Any]]:
    """The patterns that an operation holds, wherever it keeps them."""
    if hasattr(said, "data"):
        return [list(said)]
    if isinstance(said, tuple | list):
        return [part for one in said for part in _parts(one)]
    return []


def test_the_search_finds_what_it_is_for() -> None:
    for pattern in (r"(a+)+$", r"(?:\s*x*)*", r"((a|b{1,50})c)*", r"(?=(a*)*)x"):
        assert nested(pattern), pattern
    for pattern in (r"(ab?)+", r"[0-9]{10}|[0-9]{3} x", r"a+b+", r"(?:\.0+)?x*"):
        assert not nested(pattern), pattern
    assert len(patterns()) > 40


def test_no_repetition_holds_another() -> None:
    bad = [f"{where} {pattern}" for where, pattern in patterns() if nested(pattern)]
    assert not bad, f"write it without a repetition in a repetition: {bad}"


@pytest.mark.parametrize("letter", [" ", "0", "a", "-", ".", "(", "\t", "é", "01", "a ", "+4"])
def test_no_pattern_takes_long_over_the_longest_note(letter: str) -> None:
    """What grows faster than the square of the length would be seen here."""
    text = (letter * LONGEST_NOTE)[:LONGEST_NOTE] + "!"
    slow = {}
    for where, pattern in patterns():
        began = time.process_time()
        compiled = re.compile(pattern)
        compiled.fullmatch(text), compiled.search(text)
        if (took := time.process_time() - began) > 1:
            slow[where] = round(took, 1)
    assert not slow
