"""Readers of the Patient: who the message is about."""

import re
from dataclasses import replace

from caseflow.intake.codes import ONESELF, SEX, ethnicity_of
from caseflow.intake.draft import Coded, EthnicityFound, LocalId, Name, Organisation
from caseflow.intake.message import Message, word_kind
from caseflow.intake.parts import (
    born_of,
    coding_of,
    concept_of,
    moment_of,
)
from caseflow.intake.tree import Node, clean_line, first, nodes, texts, word
from caseflow.kernel.nhs_number import NhsNumber, Verdict, read_nhs_number
from caseflow.kernel.partial_date import PartialDate
from caseflow.people.rules import Sex

# --- names ---

_TITLE = re.compile(r"^(?:mr|mrs|miss|ms|mx|master|dr|rev)\.?\s+", re.I)
_NOBODY = re.compile(
    r"^(?:unknown|unidentified|not known|unk|trauma|anonymous|john doe|jane doe)\b", re.I
)


def names(m: Message) -> tuple[Name, ...]:
    found = [name_of(m, node) for node in nodes(m.patient, "name")]
    for contact in nodes(m.patient, "contact"):
        if is_oneself(contact):
            found += [replace(name_of(m, n), use="") for n in nodes(contact, "name")]
    if not found and not m.patient:
        found += _named_in_reference(m)
    return tuple(dict.fromkeys(name for name in found if name.full))


def _named_in_reference(m: Message) -> list[Name]:
    """No patient of its own, but ``subject.display`` may still say who."""
    shown = m.line(m.request, "subject.display")
    return [_from_text(Name("", text=shown))] if shown else []


def name_of(m: Message, node: Node) -> Name:
    use = word(node, "use")
    if use not in ("old", "maiden") and is_over(m, node):
        use = "old"
    m.take(node, "text")
    name = Name(
        use=use,
        family=_family(m, node),
        given=m.lines(node, "given"),
        prefix=" ".join(m.lines(node, "prefix")),
        suffix=" ".join(m.lines(node, "suffix")),
        text=clean_line(first(node, "text") or ""),
    )
    return _from_text(name)


def _family(m: Message, node: Node) -> str:
    """STU3 senders still repeat it."""
    return " ".join(m.lines(node, "family"))


def _from_text(name: Name) -> Name:
    """A name that came as one text is split, its title apart; "Unknown male" is nobody's name."""
    if _NOBODY.match(name.full):
        return Name("anonymous", text=name.text or name.full)
    if name.given or name.family or not name.text:
        return name
    words = _TITLE.sub("", name.text).split()
    if len(words) < 2:
        return replace(name, given=tuple(words))
    return replace(name, given=tuple(words[:-1]), family=words[-1])


def relationships(contact: Node) -> list[Coded]:
    found = []
    for concept in nodes(contact, "relationship"):
        held = nodes(concept, "coding")
        found += [coding_of(coding) for coding in held] or [concept_of(concept)]
        found += [Coded("", clean_line(text)) for text in texts(concept, "text")]
    return [said for said in found if said.code or said.label]


def is_oneself(contact: Node) -> bool:
    """The trap of these messages: the patient's own numbers under ``contact``, marked ONESELF."""
    said = relationships(contact)
    return any(r.code.lower() in ONESELF or r.label.lower() in ONESELF for r in said)


def is_over(m: Message, node: Node) -> bool:
    end = moment_of(clean_line(first(node, "period.end") or "")).day
    return end is not None and end.latest < m.today


# --- birth, death, sex, ethnicity ---


def birth_date(m: Message) -> PartialDate | None:
    found = first(m.patient, "birthDate")
    if found is None:
        return None
    born = born_of(clean_line(found), m.today)
    if born.problem:
        m.problem("Patient.birthDate", f"“{clean_line(found)[:40]}”: {born.problem}", found)
    m.use(found)
    return born.date


def birth_date_text(m: Message) -> str | None:
    return m.line(m.patient, "birthDate") or None


def died(m: Message) -> str | None:
    """The date, or "yes"; None where the message does not say so."""
    when = m.line(m.patient, "deceasedDateTime")
    said_dead = m.line(m.patient, "deceasedBoolean") == "true"
    return when or ("yes" if said_dead else None)


def sex(m: Message) -> Sex | None:
    for extension in _extensions(m.patient, "BirthSex"):
        code = word(extension, "valueCodeableConcept.coding.code") or word(extension, "valueCode")
        if code in SEX:
            m.use(extension)
            return SEX[code]
    code = word(m.patient, "gender")
    if code and code not in SEX:
        m.problem("Patient.gender", f"“{code[:40]}” is not a code that is known")
    return SEX.get(code)


def gender(m: Message) -> str | None:
    return m.line(m.patient, "gender") or None


def ethnicity(m: Message) -> EthnicityFound | None:
    for extension in _extensions(m.patient, "EthnicCategory"):
        for concept in nodes(extension, "valueCodeableConcept"):
            coded = concept_of(concept)
            if coded.code or coded.label:
                m.use(extension)
                group = ethnicity_of(coded.code, coded.label)
                if group is None:
                    what = f"“{coded.label[:60]}” is in none of the 19 groups; ask"
                    m.problem("Patient.extension[EthnicCategory]", what)
                return EthnicityFound(group, coded.code, coded.label)
    return None


def religion(m: Message) -> Coded | None:
    for extension in _extensions(m.patient, "religion"):
        for concept in nodes(extension, "valueCodeableConcept"):
            m.use(extension)
            return concept_of(concept)
    return None


def _extensions(node: Node, ending: str) -> list[Node]:
    """Extensions whose URL says this word, at any depth inside ``node.extension``."""
    found: list[Node] = []
    for extension in nodes(node, "extension"):
        if ending.lower() in (first(extension, "url") or "").lower():
            found.append(extension)
        found += _extensions(extension, ending)
    return found


# --- identifiers ---

_NHS_OID = "2.16.840.1.113883.2.1.4.1"


def _is_nhs_number(identifier: Node) -> bool:
    system = word(identifier, "system")
    return "nhs-number" in system or "nhsnumber" in system or system.endswith(_NHS_OID)


def _nhs_identifiers(m: Message) -> list[tuple[Node, NhsNumber]]:
    """Those that can be identity first; the file's order otherwise."""
    held = nodes(m.patient, "identifier") + nodes(m.request, "subject.identifier")
    read = [
        (node, read_nhs_number(clean_line(first(node, "value") or "")))
        for node in held
        if _is_nhs_number(node) and first(node, "value")
    ]
    return sorted(read, key=lambda pair: not pair[1].is_identity)


def nhs_number(m: Message) -> NhsNumber | None:
    found = _nhs_identifiers(m)
    if not found:
        return None
    node, number = found[0]
    m.use(node)
    if number.verdict is not Verdict.VALID:
        m.problem("Patient.identifier[nhs-number]", _flagged(number), node)
    different = {other.digits or other.text for _, other in found}
    if len(different) > 1:
        m.problem("Patient.identifier[nhs-number]", "more than one NHS number is given", node)
    return number


def _flagged(number: NhsNumber) -> str:
    why = {
        Verdict.FAILS_CHECK: "fails its check digit",
        Verdict.PLACEHOLDER: "is one digit repeated, a placeholder",
        Verdict.NOT_TEN_DIGITS: "is not ten digits",
    }[number.verdict]
    return f"the NHS number {why}; kept, and not used to recognise anybody"


def nhs_number_status(m: Message) -> Coded | None:
    for node, _ in _nhs_identifiers(m)[:1]:
        for extension in _extensions(node, "VerificationStatus"):
            for concept in nodes(extension, "valueCodeableConcept"):
                return concept_of(concept)
    return None


def local_ids(m: Message) -> tuple[LocalId, ...]:
    chosen = [node for node, _ in _nhs_identifiers(m)[:1]]
    found = []
    for node in nodes(m.patient, "identifier"):
        value = m.line(node, "value")
        if value and not any(node is taken for taken in chosen):
            m.use(node)
            system = clean_line(first(node, "system") or "")
            assigner = first(node, "assigner.display") or first(node, "assigner.identifier.value")
            found.append(LocalId(value, system, clean_line(assigner or "")))
    return tuple(found)


# --- language and general practice ---


def language(m: Message) -> Coded | None:
    held = nodes(m.patient, "communication")
    preferred = [node for node in held if word(node, "preferred") == "true"]
    for node in preferred + held:
        for concept in nodes(node, "language"):
            m.use(concept)
            return concept_of(concept)
    return None


def interpreter_needed(m: Message) -> bool | None:
    for node in [m.patient, *nodes(m.patient, "communication")]:
        for extension in _extensions(node, "interpreterRequired"):
            said = m.take(extension, "valueBoolean")
            if said in ("true", "false"):
                return said == "true"
    return None


def organisation_of(m: Message, node: Node) -> Organisation:
    """From an Organization, or from a reference that only carries its identifier."""
    code = None
    for identifier in nodes(node, "identifier"):
        system = word(identifier, "system")
        value = clean_line(first(identifier, "value") or "")
        if value and re.search(r"ods-?(?:organi[sz]ation|site)?-?code|/ods", system):
            m.use(identifier)
            code = value.upper()
            break
    return Organisation(m.line(node, "name") or m.line(node, "display") or None, code)


def _practices(m: Message) -> list[Node]:
    """What ``generalPractitioner`` leads to; the bare reference where it leads nowhere."""
    held = nodes(m.patient, "generalPractitioner") or nodes(m.patient, "careProvider")
    return [m.resolve(reference, m.patient) or reference for reference in held]


def gp(m: Message) -> Organisation | None:
    for node in _practices(m):
        if word_kind(node) == "PractitionerRole":
            for held in m.follow(node, "organization"):
                return organisation_of(m, held)
        elif word_kind(node) != "Practitioner":
            practice = organisation_of(m, node)
            if practice.name or practice.code:
                return practice
    for node in m.follow(m.patient, "managingOrganization"):
        return organisation_of(m, node)
    return None


def gp_practitioner(m: Message) -> str | None:
    for node in _practices(m):
        held = m.follow(node, "practitioner") if word_kind(node) == "PractitionerRole" else [node]
        for practitioner in held:
            if word_kind(practitioner) == "Practitioner":
                return practitioner_name(m, practitioner)
    return None


def practitioner_name(m: Message, node: Node) -> str | None:
    for name in nodes(node, "name"):
        read = name_of(m, name)
        return " ".join(part for part in (read.prefix, read.full) if part) or None
    return None
