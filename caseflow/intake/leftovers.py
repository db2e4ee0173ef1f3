"""What the sender said that no field took: every remaining word, under the place it stood."""

import re
from collections.abc import Callable, Iterator

from caseflow.intake.draft import Said
from caseflow.intake.message import Message
from caseflow.intake.parts import moment_of, tail
from caseflow.intake.tree import Node, Text, Value, clean, clean_line, first, nodes, texts, word

# Addresses of things, and the machinery of the format.
_MACHINERY = frozenset(
    {
        "resourceType", "id", "meta", "fullUrl", "reference", "system", "url", "versionId",
        "version", "profile", "linkId", "definition", "endpoint", "implicitRules", "status",
        "statusHistory", "statusReason", "intent", "use", "rank", "active", "preferred",
        "experimental", "required", "namespace", "eventCoding", "event", "focus",
        "userSelected", "questionnaire", "gender", "language", "mode",
        "instantiatesCanonical", "instantiatesUri", "assigner",
        "valuePositiveInt",
    }
)  # fmt: skip
# Forms without answers, and descriptions of the format itself.
_NOT_SAID = frozenset({"Questionnaire", "StructureDefinition", "MessageDefinition", "Provenance"})


def sender_said(m: Message) -> tuple[Said, ...]:
    found: list[Said] = []
    for entry in m.entries:
        if entry.kind not in _NOT_SAID:
            found += _in(m, entry.kind or "resource", entry.node)
    return tuple(dict.fromkeys(found))


def _in(m: Message, where: str, node: Node) -> Iterator[Said]:
    for key, held in node.items():
        if key in _MACHINERY:
            continue
        for value in held:
            yield from _said(m, _under(where, key), key, value)


def _under(where: str, key: str) -> str:
    """``valueString`` and its like say nothing of their own."""
    return where if key.startswith("value") and key != "value" else f"{where} · {key.lstrip('_')}"


def _said(m: Message, where: str, key: str, value: Value) -> Iterator[Said]:
    if isinstance(value, Text):
        if value.strip() and not m.is_used(value) and not _is_plain_time(key, value):
            yield from _lines(where, value)
    elif "data" in value and "contentType" in value:
        m.problem(where.replace(" · ", "."), "an attachment was sent; it is not read here")
        yield Said(where, f"[attachment, {clean_line(first(value, 'contentType') or '')}]")
    elif key == "item":
        yield from _answers(m, where, value)
    elif key == "contained":
        yield from _in(m, f"{where} · {first(value, 'resourceType') or ''}", value)
    elif key in ("extension", "modifierExtension"):
        name = tail(first(value, "url") or "")
        yield from _in(m, f"{where.removesuffix(f' · {key}')} · {name}", value)
    elif key == "payload":
        yield from _in(m, where.removesuffix(" · payload"), value)
    else:
        yield from _one_phrase(m, where, value) or _in(m, where, value)


def _lines(where: str, value: Text) -> Iterator[Said]:
    said = clean(value)
    if said:
        yield Said(where, said)


def _is_plain_time(key: str, value: Text) -> bool:
    """Time stamps of the record-keeping; an answer that is a date is kept."""
    moment = moment_of(value)
    return not key.startswith("value") and moment.day is not None and "-" in value


def _one_phrase(m: Message, where: str, node: Node) -> list[Said]:
    """Data types that read best whole: codes, quantities, identifiers, periods, names."""
    if m.is_used(node):
        return []
    phrase = _phrase(node)
    return [Said(where, phrase)] if phrase else []


def _phrase(node: Node) -> str:
    keys = {key for key in node if not key.startswith("_")}
    for needs, allows, phrase in _SHAPES:
        if keys & needs and keys <= allows:
            return phrase(node)
    return ""


def _text(node: Node, key: str) -> str:
    return clean_line(first(node, key) or "")


def _concept(node: Node) -> str:
    parts = [_text(node, "text"), *(_coding(coding) for coding in nodes(node, "coding"))]
    return " — ".join(dict.fromkeys(filter(None, parts)))


def _coding(node: Node) -> str:
    code, label, system = _text(node, "code"), _text(node, "display"), _text(node, "system")
    if label and code:
        return f"{label} ({code})"
    return label or (f"{code} ({tail(system)})" if system else code)


def _quantity(node: Node) -> str:
    unit = _text(node, "unit") or _text(node, "code")
    return " ".join(filter(None, (_text(node, "comparator"), _text(node, "value"), unit)))


def _identified(node: Node) -> str:
    """An identifier or a telephone number, and what kind it is."""
    kind = tail(word(node, "system")) or _text(node, "use")
    return f"{_text(node, 'value')} ({kind})" if kind else _text(node, "value")


def _period(node: Node) -> str:
    start, end = _text(node, "start"), _text(node, "end")
    return " ".join(filter(None, (f"from {start}" if start else "", f"to {end}" if end else "")))


def _person(node: Node) -> str:
    held = (texts(node, "prefix"), texts(node, "given"), texts(node, "family"))
    return " ".join(clean_line(text) for texts_ in held for text in texts_) or _text(node, "text")


# (one of these keys, none but these keys, how it reads)
_SHAPES: tuple[tuple[frozenset[str], frozenset[str], Callable[[Node], str]], ...] = tuple(
    (frozenset(needs.split()), frozenset(f"{needs} {allows}".split()), phrase)
    for needs, allows, phrase in (
        ("family given", "use text prefix suffix period id", _person),
        ("coding text", "id", _concept),
        ("unit", "value system code comparator id", _quantity),
        ("value", "system use rank type period assigner id", _identified),
        ("value", "system code comparator id", _quantity),
        ("code display", "system version userSelected id", _coding),
        ("start end", "id", _period),
    )
)


def _answers(m: Message, where: str, item: Node) -> Iterator[Said]:
    """Questions with their answers; the form's own numbering stands in for a missing question."""
    question = _text(item, "text") or _text(item, "linkId")
    label = f"{re.sub(r'( · item)+$', '', where)} · {question}" if question else where
    for answer in nodes(item, "answer"):
        for key, held in answer.items():
            for value in held:
                if key == "item":
                    yield from _said(m, f"{label} · item", "item", value)
                elif isinstance(value, Text):
                    yield from _lines(label, value)
                else:
                    yield from _one_phrase(m, label, value) or _in(m, label, value)
    for inner in nodes(item, "item"):
        yield from _said(m, f"{label} · item", "item", inner)


def headed(m: Message, said: tuple[Said, ...]) -> tuple[Said, ...]:
    """A Communication's topic labels its words, as it does in the sender's own log."""
    topics = {
        clean(text): clean_line(topic)
        for node in m.all("Communication")
        for topic in texts(node, "topic.text")
        for text in texts(node, "payload.contentString")
    }
    kept = [s for s in said if not s.where.startswith("Communication · topic")]
    return tuple(
        Said(f"Communication · {topics[s.text]}", s.text)
        if s.where == "Communication · contentString" and s.text in topics
        else s
        for s in (kept if topics else said)
    )
