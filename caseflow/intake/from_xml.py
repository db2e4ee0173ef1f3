"""XML to a tree, counting while it reads, so that a bomb is refused at the limit and not after."""

import re
from io import BytesIO
from xml.sax import SAXException, SAXParseException
from xml.sax.handler import ContentHandler, feature_namespaces
from xml.sax.xmlreader import AttributesNSImpl, InputSource, Locator

import defusedxml.sax
from defusedxml.common import DefusedXmlException

from caseflow.intake.tree import (
    MAX_DEPTH,
    MAX_ELEMENTS,
    MAX_TEXT,
    Node,
    Text,
    UnreadableError,
    checked,
)

FHIR = "http://hl7.org/fhir"
XHTML = "http://www.w3.org/1999/xhtml"
_DECLARATION = re.compile(r"\A\s*<\?xml[^>]{0,200}\?>")


def read_xml(text: str) -> Node:
    handler = _TreeBuilder()
    parser = defusedxml.sax.make_parser()
    parser.setFeature(feature_namespaces, True)
    parser.forbid_dtd = True
    parser.setContentHandler(handler)
    source = InputSource()
    declaration = _DECLARATION.match(text)
    blank = "\n" * declaration.group().count("\n") if declaration else ""
    body = blank + text[declaration.end() :] if declaration else text
    source.setByteStream(BytesIO(body.lstrip(" \t\r").encode("utf-8", "surrogatepass")))
    source.setEncoding("utf-8")
    try:
        parser.parse(source)
    except DefusedXmlException:
        raise UnreadableError(
            "The file declares a document type or entities, which are not read here."
        ) from None
    except SAXParseException as error:
        what = _plain(error.getMessage())
        raise UnreadableError(
            f"Line {error.getLineNumber()}: not well-formed XML ({what})."
        ) from None
    except SAXException as error:
        raise UnreadableError(f"Not well-formed XML ({_plain(error.getMessage())}).") from None
    if handler.root is None:
        raise UnreadableError("The file has no XML in it.")
    return handler.root


_PLAINER = {
    "no element found": "it stops before its end",
    "unclosed token": "it stops inside a tag",
    "mismatched tag": "a tag is closed that was not open",
    "junk after document element": "there is more after its end",
    "undefined entity": "an entity that is not defined",
    "not well-formed (invalid token)": "a character that may not stand there",
}


def _plain(message: str) -> str:
    return _PLAINER.get(message, message)


class _TreeBuilder(ContentHandler):
    """Builds the tree while it counts: a bomb is refused at the limit, not after."""

    def __init__(self) -> None:
        super().__init__()
        self.root: Node | None = None
        self._stack: list[tuple[str, Node]] = []
        self._count = 0
        self._prose: list[str] | None = None
        self._prose_depth = 0
        self._prose_length = 0
        self._place: Locator | None = None

    def setDocumentLocator(self, locator: Locator) -> None:  # noqa: N802
        self._place = locator

    @property
    def _line(self) -> int:
        line = self._place.getLineNumber() if self._place else 0
        return line or 0

    def startElementNS(  # noqa: N802
        self,
        name: tuple[str | None, str],
        qname: str | None,
        attrs: AttributesNSImpl,
    ) -> None:
        namespace, tag = name
        self._count += 1
        if self._count > MAX_ELEMENTS:
            raise UnreadableError(f"Line {self._line}: more than {MAX_ELEMENTS:,} elements.")
        if len(self._stack) + self._prose_depth >= MAX_DEPTH:
            raise UnreadableError(f"Line {self._line}: nested more than {MAX_DEPTH} deep.")
        if self._prose is not None:
            self._prose_depth += 1
            return
        if namespace == XHTML:
            self._prose, self._prose_depth, self._prose_length = [], 1, 0
            return
        self._stack.append((tag, self._opened(namespace, tag, attrs)))

    def _opened(self, namespace: str | None, tag: str, attrs: AttributesNSImpl) -> Node:
        node: Node = {}
        for (space, attribute), value in attrs.items():
            if space is None:
                key = "@value" if attribute == "value" else attribute
                node[key] = [checked(value, self._line)]
        if not self._stack or self._stack[-1][0] in ("resource", "contained"):
            if namespace != FHIR and not self._stack:
                node["namespace"] = [Text(namespace or "", self._line)]
            node["resourceType"] = [Text(tag, self._line)]
        return node

    def endElementNS(self, name: tuple[str | None, str], qname: str | None) -> None:  # noqa: N802
        if self._prose is not None:
            self._prose_depth -= 1
            if self._prose_depth == 0:
                words = checked(" ".join("".join(self._prose).split()), self._line)
                self._prose = None
                if self._stack and words:
                    self._stack[-1][1].setdefault("div", []).append(words)
            elif self._prose[-1:] != [" "]:
                self._prose.append(" ")
            return
        tag, node = self._stack.pop()
        if not self._stack:
            self.root = node
            return
        parent = self._stack[-1][1]
        if "resourceType" in node:
            parent.setdefault("", []).append(node)
            return
        wrapped = node.pop("", None)
        if wrapped is not None:
            parent.setdefault(tag, []).extend(wrapped)
            return
        _hang(parent, tag, node)

    def characters(self, content: str) -> None:
        if self._prose is not None:
            self._prose_length += len(content)
            if self._prose_length > MAX_TEXT:
                raise UnreadableError(f"Line {self._line}: a text is longer than 64 KiB.")
            self._prose.append(content)


def _hang(parent: Node, tag: str, node: Node) -> None:
    """A primitive becomes its text; anything else on it goes under ``_tag``."""
    value = node.pop("@value", None)
    if value is None:
        parent.setdefault(tag, []).append(node)
        return
    parent.setdefault(tag, []).extend(value)
    if node:
        parent.setdefault(f"_{tag}", []).append(node)
