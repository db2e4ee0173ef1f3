"""Readers of how to reach the young person, and of who is named beside them."""

import re

from caseflow.intake.codes import relation_of
from caseflow.intake.draft import Address, Email, Related, Telephone
from caseflow.intake.message import Message
from caseflow.intake.parts import postcode_in, postcode_of
from caseflow.intake.person import is_oneself, is_over, name_of, relationships
from caseflow.intake.tree import Node, clean_line, first, nodes, word
from caseflow.kernel.phones import read_phone
from caseflow.people.rules import Relation


def addresses(m: Message) -> tuple[Address, ...]:
    held = nodes(m.patient, "address")
    for contact in nodes(m.patient, "contact"):
        if is_oneself(contact):
            held += nodes(contact, "address")
    return tuple(dict.fromkeys(address_of(m, node, "Patient.address") for node in held))


def address_of(m: Message, node: Node, where: str) -> Address:
    use = "old" if is_over(m, node) else word(node, "use")
    text = m.line(node, "text")
    m.take(node, "type")
    m.take(node, "country")
    return Address(
        use=use,
        lines=m.lines(node, "line"),
        city=m.line(node, "city"),
        district=m.line(node, "district"),
        postcode=_postcode(m, node, text, where),
        text=text,
    )


def _postcode(m: Message, node: Node, text: str, where: str) -> str:
    written = m.line(node, "postalCode")
    if not written:
        return postcode_in(text) or ""
    read = postcode_of(written)
    if read is None:
        what = f"“{written[:20]}” does not look like a postcode; kept as written"
        m.problem(f"{where}.postalCode", what, first(node, "postalCode"))
    return read or written


def phones(m: Message) -> tuple[Telephone, ...]:
    """The person's own, wherever the sender put them: on the patient, or under ONESELF."""
    return tuple(_merged([t for t in _own_telecoms(m) if isinstance(t, Telephone)]))


def emails(m: Message) -> tuple[Email, ...]:
    return tuple(dict.fromkeys(t for t in _own_telecoms(m) if isinstance(t, Email)))


def _own_telecoms(m: Message) -> list[Telephone | Email]:
    own = telecoms_of(m, nodes(m.patient, "telecom"), "Patient.telecom")
    for contact in nodes(m.patient, "contact"):
        whose = _whose(contact)
        if whose:
            for concept in nodes(contact, "relationship"):
                m.use(concept)
            where = "Patient.contact.telecom"
            own += telecoms_of(m, nodes(contact, "telecom"), where, whose=whose)
    return own


def telecoms_of(
    m: Message, held: list[Node], where: str, *, whose: str = "self"
) -> list[Telephone | Email]:
    found: list[Telephone | Email] = []
    for node in held:
        system, value = word(node, "system"), clean_line(first(node, "value") or "")
        if not value or system in ("fax", "pager", "url", "other"):
            continue  # stays among what the sender said
        m.use(node)
        rank = first(node, "rank")
        place = int(rank) if rank and re.fullmatch("[0-9]{1,3}", rank) else None
        use = "old" if is_over(m, node) else word(node, "use")
        if system == "email" or "@" in value:
            found.append(Email(value.removeprefix("mailto:"), use, place, whose))
            continue
        number = read_phone(value)
        if not number.is_readable:
            what = f"“{value[:40]}” is not a number that can be dialled; kept as written"
            m.problem(where, what, first(node, "value"))
        found.append(Telephone(number, use, place, whose))
    return found


def _merged(found: list[Telephone]) -> list[Telephone]:
    """One line a number, the first telling; a telling as their own outweighs one that is not."""
    once: dict[str, Telephone] = {}
    for phone in sorted(found, key=lambda phone: phone.whose != "self"):
        once.setdefault(phone.number.e164 or phone.number.text, phone)
    return list(once.values())


# --- people named beside them ---


def _whose(contact: Node) -> str | None:
    """ "self", "not_stated" (no relationship, nobody named: nothing says whose), or None."""
    if is_oneself(contact):
        return "self"
    is_bare = not relationships(contact)
    names_nobody = not nodes(contact, "name") and not nodes(contact, "organization")
    return "not_stated" if is_bare and names_nobody else None


def related(m: Message) -> tuple[Related, ...]:
    held = [contact for contact in nodes(m.patient, "contact") if _whose(contact) is None]
    found = [_related(m, node, "Patient.contact") for node in held]
    found += [_related(m, node, "RelatedPerson") for node in m.all("RelatedPerson")]
    if any(_whose(contact) == "not_stated" for contact in nodes(m.patient, "contact")):
        what = "does not say whose these numbers are; taken as the young person's own, to check"
        m.problem("Patient.contact", what)
    return tuple(found)


def _related(m: Message, node: Node, where: str) -> Related:
    said = relationships(node)
    m_names = [name_of(m, name) for name in nodes(node, "name")]
    for concept in nodes(node, "relationship"):
        m.use(concept)
    telecoms = telecoms_of(m, nodes(node, "telecom"), f"{where}.telecom", whose="related")
    relations = [relation_of(r.code, r.label) for r in said]
    known = [relation for relation in relations if relation is not Relation.OTHER]
    return Related(
        relation=known[0] if known else Relation.OTHER,
        sender_word=", ".join(dict.fromkeys(r.label for r in said)),
        name=m_names[0] if m_names else None,
        phones=tuple(t for t in telecoms if isinstance(t, Telephone)),
        emails=tuple(t for t in telecoms if isinstance(t, Email)),
        addresses=tuple(address_of(m, a, f"{where}.address") for a in nodes(node, "address")),
    )
