"""JSON to a tree in one pass with the limits in it; the standard parser knows none of them."""

import re
from json.decoder import JSONDecodeError, scanstring  # type: ignore[attr-defined]

from caseflow.intake.tree import (
    MAX_DEPTH,
    MAX_ELEMENTS,
    MAX_WHOLE,
    Node,
    Text,
    UnreadableError,
    Value,
    checked,
)


def read_json(text: str) -> Node:
    if not text.lstrip().startswith(("{", "[")):
        start = " ".join(text.split())[:30]
        raise UnreadableError(f"Neither XML nor JSON: the file begins “{start}”.")
    return _JsonReader(text).read()


_SPACE = re.compile(r"[ \t\r\n]*")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?")
_CONSTANT = re.compile(r"-?(?:NaN|Infinity)")
_LITERAL = re.compile(r"true|false|null")


class _JsonReader:
    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._line = 1
        self._lined = 0
        self._count = 0

    def read(self) -> Node:
        tree = self._value(0)
        self._skip()
        if self._at < len(self._text):
            raise self._wrong("there is more after its end")
        if not isinstance(tree, dict):
            raise UnreadableError("The JSON is a list, not one FHIR message.")
        return tree

    def _wrong(self, what: str) -> UnreadableError:
        return UnreadableError(f"Line {self._here()}: not well-formed JSON ({what}).")

    def _here(self) -> int:
        self._line += self._text.count("\n", self._lined, self._at)
        self._lined = max(self._lined, self._at)
        return self._line

    def _skip(self) -> str:
        match = _SPACE.match(self._text, self._at)
        self._at = match.end() if match else self._at
        return self._text[self._at : self._at + 1]

    def _value(self, depth: int) -> Value | list[Value] | None:
        char = self._skip()
        self._count += 1
        if self._count > MAX_ELEMENTS:
            raise UnreadableError(f"Line {self._here()}: more than {MAX_ELEMENTS:,} elements.")
        if depth > MAX_DEPTH:
            raise UnreadableError(f"Line {self._here()}: nested more than {MAX_DEPTH} deep.")
        if char == "{":
            return self._object(depth)
        if char == "[":
            return self._array(depth)
        if char == '"':
            return self._string()
        return self._scalar(char)

    def _object(self, depth: int) -> Node:
        node: Node = {}
        self._at += 1
        if self._skip() == "}":
            self._at += 1
            return node
        while True:
            if self._skip() != '"':
                raise self._wrong("a name in quotation marks is missing")
            key = self._string()
            if key in node:
                raise UnreadableError(f"Line {self._here()}: “{key[:60]}” is given twice.")
            if self._skip() != ":":
                raise self._wrong(f"a colon is missing after “{key[:60]}”")
            self._at += 1
            node[key] = _listed(self._value(depth + 1))
            if self._ended("}"):
                return {key: values for key, values in node.items() if values}

    def _array(self, depth: int) -> list[Value]:
        values: list[Value] = []
        self._at += 1
        if self._skip() == "]":
            self._at += 1
            return values
        while True:
            values += _listed(self._value(depth + 1))
            if self._ended("]"):
                return values

    def _ended(self, closing: str) -> bool:
        char = self._skip()
        if char not in (",", closing) or not char:
            raise self._wrong("a comma is missing" if char else "it stops before its end")
        self._at += 1
        return char == closing

    def _string(self) -> Text:
        line = self._here()
        try:
            value, self._at = scanstring(self._text, self._at + 1, True)
        except JSONDecodeError as error:
            self._at = max(self._at, min(error.pos, len(self._text)))
            what = error.msg.split(" starting")[0].rstrip(" at").lower()
            raise self._wrong(what) from None
        return checked(value, line)

    def _scalar(self, char: str) -> Text | None:
        if not char:
            raise self._wrong("it stops before its end")
        if _CONSTANT.match(self._text, self._at):
            raise self._wrong("NaN and Infinity are not numbers")
        number = _NUMBER.match(self._text, self._at)
        if number:
            self._at = number.end()
            return self._number(number)
        literal = _LITERAL.match(self._text, self._at)
        if not literal:
            shown = " ".join(self._text[self._at : self._at + 20].split()[:1])
            raise self._wrong(f"“{shown}” is no value")
        self._at = literal.end()
        return None if literal.group() == "null" else Text(literal.group(), self._here())

    def _number(self, number: re.Match[str]) -> Text:
        fraction, exponent = number.group(1), number.group(2)
        digits = number.group().lstrip("-")
        if not fraction and not exponent and (len(digits) > 16 or int(digits) > MAX_WHOLE):
            raise UnreadableError(f"Line {self._here()}: the number {digits[:20]} is too large.")
        return checked(number.group(), self._here())


def _listed(value: "Value | list[Value] | None") -> list[Value]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]
