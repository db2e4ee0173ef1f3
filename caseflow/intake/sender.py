"""Readers of the envelope: who sends, to whom, about which request, when, and in what state."""

import re
from dataclasses import replace
from datetime import datetime

from caseflow.intake.draft import Coded, Organisation, Referrer
from caseflow.intake.message import Message, word_kind
from caseflow.intake.parts import coding_of, concept_of
from caseflow.intake.person import organisation_of, practitioner_name
from caseflow.intake.tree import Node, clean_line, first, nodes, word
from caseflow.kernel.phones import PhoneNumber, read_phone

_ODS = re.compile(r"[A-Z0-9]{3,10}")


def sender(m: Message) -> Organisation:
    """MessageHeader.sender; else the requester's organisation; else the sending system's name."""
    for path in ("sender", "responsible"):
        for reference in nodes(m.header, path):
            found = organisation_of(m, m.resolve(reference, m.header) or reference)
            if found.code or found.name:
                return found
    found = referrer(m).organisation
    if not (found.code or found.name):
        found = Organisation(m.line(m.header, "source.name") or None)
    return found


def check_sender(m: Message) -> None:
    organisation = sender(m)
    where = "MessageHeader.sender"
    if organisation.code is None:
        what = "carries no ODS code; the organisation's name stands in for it"
        m.problem(where, what if organisation.name else "the sender is not named")
    elif not _ODS.fullmatch(organisation.code):
        m.problem(where, f"“{organisation.code[:20]}” does not look like an ODS code")


def sender_key(m: Message) -> str:
    organisation = sender(m)
    name = " ".join((organisation.name or "not named").casefold().split())
    return (organisation.code or f"name:{name}")[:200]


def request_url(m: Message) -> str:
    """The address of the request's entry; else what MessageHeader.focus calls it."""
    entry = m.request_entry
    named = [clean_line(first(ref, "reference") or "") for ref in nodes(m.header, "focus")]
    url = entry.url if entry and entry.url else next(iter(filter(None, named)), "")
    return url.lower() if url.lower().startswith("urn:uuid:") else url


def last_updated(m: Message) -> datetime | None:
    """Bundle.meta.lastUpdated orders messages; the next best where it is missing."""
    for node, path in (
        (m.bundle, "meta.lastUpdated"),
        (m.bundle, "timestamp"),
        (m.header, "timestamp"),
        (m.header, "meta.lastUpdated"),
        (m.request, "meta.lastUpdated"),
    ):
        at, _ = m.moment(node, path)
        if at is not None:
            if path != "meta.lastUpdated" or node is not m.bundle:
                m.problem("Bundle.meta.lastUpdated", f"is missing; ordered by {path} instead")
            return at
    m.problem("Bundle.meta.lastUpdated", "is missing; ordered by arrival")
    return None


def reason(m: Message) -> str | None:
    for coding in nodes(m.header, "reason.coding"):
        m.use(coding)
    return word(m.header, "reason.coding.code") or None


def status(m: Message) -> str | None:
    return word(m.request, "status") or None


def _categories(m: Message, system: str) -> list[Coded]:
    found = []
    for coding in nodes(m.request, "category.coding"):
        if system in word(coding, "system"):
            m.take(coding, "code")
            found.append(coding_of(coding))
    return found


def category(m: Message) -> str | None:
    for coded in _categories(m, "message-category"):
        return coded.code.lower()
    return None


def use_case(m: Message) -> Coded | None:
    for coding in nodes(m.request, "category.coding"):
        if "usecase" in word(coding, "system"):
            m.use(coding)
    return next(iter(_categories(m, "usecase")), None)


def priority(m: Message) -> str | None:
    return m.line(m.request, "priority").lower() or None


_URGENCY_SYSTEMS = ("arp-priority", "pathways-dx")


def urgency(m: Message) -> Coded | None:
    """The ambulance response category; else the Pathways disposition."""
    concepts = [
        concept
        for plan in m.all("CarePlan")
        for concept in nodes(plan, "activity.outcomeCodeableConcept")
    ]
    for system in _URGENCY_SYSTEMS:
        for concept in concepts:
            for coding in nodes(concept, "coding"):
                if system in word(coding, "system"):
                    m.use(coding)
                    return coding_of(coding)
    return None


def authored_on(m: Message) -> datetime | None:
    sent = (m.moment(m.request, path)[0] for path in ("authoredOn", "dateSent", "date"))
    return next((at for at in sent if at is not None), None)


def message_id(m: Message) -> str | None:
    return clean_line(first(m.bundle, "id") or "") or None


# --- the other end, and the person who referred ---


def receiver(m: Message) -> Organisation:
    for node in m.follow(m.request, "performer") + m.follow(m.request, "recipient"):
        if word_kind(node) == "HealthcareService":
            for provider in m.follow(node, "providedBy"):
                return organisation_of(m, provider)
        if word_kind(node) == "Organization":
            return organisation_of(m, node)
    for node in m.follow(m.header, "destination.receiver") + m.follow(m.header, "receiver"):
        return organisation_of(m, node)
    return Organisation()


def receiver_service(m: Message) -> str | None:
    for node in m.follow(m.request, "performer") + m.follow(m.request, "recipient"):
        if word_kind(node) == "HealthcareService":
            return m.line(node, "name") or None
    return None


def referrer(m: Message) -> Referrer:
    """``requester`` may be a practitioner, a role or an organisation; STU3 puts it in ``agent``."""
    found = _asker(m)
    if found.organisation == Organisation():
        for employer in m.follow(m.request, "requester.onBehalfOf"):
            return replace(found, organisation=organisation_of(m, employer))
    return found


def _asker(m: Message) -> Referrer:
    for path in ("requester", "requester.agent"):
        for reference in nodes(m.request, path):
            node = m.resolve(reference, m.request)
            if node is not None:
                return _referrer(m, node)
            shown = m.line(reference, "display")
            if shown:
                return Referrer(name=shown)
    return Referrer()


def _referrer(m: Message, node: Node) -> Referrer:
    kind = word_kind(node)
    if kind == "Organization":
        return Referrer(organisation=organisation_of(m, node), phone=_phone(m, node))
    role = node if kind == "PractitionerRole" else _role_of(m, node)
    person = next(iter(m.follow(node, "practitioner")), {}) if role is node else node
    employers = m.follow(role, "organization")
    return Referrer(
        name=practitioner_name(m, person),
        role=_role_name(m, role),
        phone=_phone(m, person) or _phone(m, role),
        organisation=organisation_of(m, employers[0]) if employers else Organisation(),
    )


def _role_of(m: Message, practitioner: Node) -> Node:
    for role in m.all("PractitionerRole"):
        if any(held is practitioner for held in m.follow(role, "practitioner")):
            return role
    return {}


def _role_name(m: Message, role: Node) -> str | None:
    for path in ("code", "specialty"):
        for concept in nodes(role, path):
            m.use(concept)
            return concept_of(concept).label or None
    return None


def _phone(m: Message, node: Node) -> PhoneNumber | None:
    for telecom in nodes(node, "telecom"):
        if word(telecom, "system") in ("phone", "sms", "") and first(telecom, "value"):
            m.use(telecom)
            return read_phone(clean_line(first(telecom, "value") or ""))
    return None
