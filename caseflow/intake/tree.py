"""One plain shape for a FHIR message, whether it came as XML or as JSON, and its limits.

A node is a dict from element name to the list of its values; a value is a node or a Text (a str
that knows its line). ``resourceType`` names a resource. As in FHIR's JSON, what hangs on a
primitive (an extension on a birth date) is under ``_name``.
"""

import re
import unicodedata
from collections.abc import Iterator
from typing import Self

MAX_DEPTH = 32
MAX_ELEMENTS = 5_000
MAX_TEXT = 64 * 1024
MAX_WHOLE = 2**53

_SURROGATE = re.compile("[\ud800-\udfff]")
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


class Text(str):
    """A value as written, with the line of the file it stands on (0 where not known)."""

    line: int

    def __new__(cls, value: str, line: int = 0) -> Self:
        made = super().__new__(cls, value)
        made.line = line
        return made


Node = dict[str, list["Value"]]
Value = Node | Text


class UnreadableError(Exception):
    """Why these bytes are not a message that can be read: one line for a person."""


def checked(value: str, line: int) -> Text:
    if len(value) > MAX_TEXT:
        raise UnreadableError(f"Line {line}: a text is longer than {MAX_TEXT // 1024} KiB.")
    if _SURROGATE.search(value):
        raise UnreadableError(f"Line {line}: half a character (a lone surrogate).")
    if "\x00" in value:
        raise UnreadableError(f"Line {line}: the text holds a NUL character.")
    return Text(value, line)


def values(node: Node, path: str) -> list[Value]:
    """Everything a dotted path reaches, in the order of the file."""
    level: list[Value] = [node]
    for step in path.split("."):
        level = [value for at in level if isinstance(at, dict) for value in at.get(step, ())]
    return level


def nodes(node: Node, path: str) -> list[Node]:
    return [value for value in values(node, path) if isinstance(value, dict)]


def texts(node: Node, path: str) -> list[Text]:
    return [value for value in values(node, path) if isinstance(value, Text) and value.strip()]


def first(node: Node, path: str) -> Text | None:
    return next(iter(texts(node, path)), None)


def word(node: Node, path: str) -> str:
    """The first text there, for comparing: lower case, "" where there is none."""
    return (first(node, path) or "").strip().lower()


def leaves(value: Value) -> Iterator[Text]:
    if isinstance(value, Text):
        yield value
        return
    for held in value.values():
        for inner in held:
            yield from leaves(inner)


def line_of(value: Value) -> int:
    return next((leaf.line for leaf in leaves(value) if leaf.line), 0)


def clean(text: str) -> str:
    """NFC, without control characters; line ends as \\n, no space at either end."""
    plain = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    return _CONTROLS.sub("", plain).strip()


def clean_line(text: str) -> str:
    return " ".join(clean(text).split())
