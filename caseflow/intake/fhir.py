"""One hospital message, NHS Booking and Referral Standard or UK Core FHIR, becomes a draft.

``TABLE`` is the whole mapping: what each field of the draft is read from. It is printed into the
documentation, and a test holds it to the fields of ``Draft``.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from caseflow.intake import events, hints, person, reach, sender
from caseflow.intake.draft import WITHDRAWING, Draft, Kind, Reading
from caseflow.intake.leftovers import headed, sender_said
from caseflow.intake.message import Message, word_kind
from caseflow.intake.reading import read_tree
from caseflow.intake.tree import Node, UnreadableError, clean_line, first, nodes, word
from caseflow.kernel import clock


@dataclass(frozen=True)
class Row:
    """A field of the draft, where in the message it is, how it is read, and what to know."""

    field: str
    path: str
    read: Callable[[Message], Any]
    notes: str = ""


TABLE: tuple[Row, ...] = (
    Row("sender", "MessageHeader.sender → Organization", sender.sender,
        "ODS code and name; else the requester's organisation, else MessageHeader.source.name"),
    Row("sender_key", "the same", sender.sender_key,
        "half of the identity: the ODS code, else the name"),
    Row("request_url", "MessageHeader.focus → entry.fullUrl", sender.request_url,
        "the other half; never the Bundle's or a resource's id"),
    Row("message_id", "Bundle.id", sender.message_id, "for the log only"),
    Row("last_updated", "Bundle.meta.lastUpdated", sender.last_updated,
        "orders messages; else Bundle.timestamp, said as a problem"),
    Row("reason", "MessageHeader.reason.coding.code", sender.reason, "new, update or delete"),
    Row("status", "ServiceRequest.status", sender.status,
        "revoked or entered-in-error withdraws"),
    Row("category", "ServiceRequest.category [message-category-servicerequest]", sender.category,
        "an active validation request is refused"),
    Row("use_case", "ServiceRequest.category [usecases-categories-bars]", sender.use_case),
    Row("priority", "ServiceRequest.priority", sender.priority),
    Row("urgency", "CarePlan.activity.outcomeCodeableConcept [arp-priority-codes]",
        sender.urgency, "else the Pathways disposition (pathways-dx-codes)"),
    Row("authored_on", "ServiceRequest.authoredOn", sender.authored_on,
        "else dateSent or date, as it was called before"),
    Row("receiver", "ServiceRequest.performer → providedBy", sender.receiver,
        "else MessageHeader.destination.receiver"),
    Row("receiver_service", "ServiceRequest.performer → HealthcareService.name",
        sender.receiver_service),
    Row("names", "Patient.name", person.names,
        "every use kept; ended ones become old; a name under contact[ONESELF] is an alias"),
    Row("birth_date", "Patient.birthDate", person.birth_date,
        "year, month or day; impossible, ambiguous or future: a problem and no date"),
    Row("birth_date_text", "Patient.birthDate", person.birth_date_text, "as it was written"),
    Row("died", "Patient.deceasedDateTime, deceasedBoolean", person.died),
    Row("nhs_number", "Patient.identifier [nhs-number]", person.nhs_number,
        "kept and flagged when its check digit fails; one digit repeated is not identity"),
    Row("nhs_number_status", "… extension [NHSNumberVerificationStatus]",
        person.nhs_number_status),
    Row("local_ids", "Patient.identifier, all others", person.local_ids),
    Row("sex", "Patient.extension [BirthSex], else Patient.gender", person.sex),
    Row("gender", "Patient.gender", person.gender, "as sent"),
    Row("ethnicity", "Patient.extension [EthnicCategory]", person.ethnicity,
        "NHS A to Z to the 19 groups; the sender's word is kept beside it"),
    Row("religion", "Patient.extension [patient-religion]", person.religion),
    Row("language", "Patient.communication.language", person.language, "preferred first"),
    Row("interpreter_needed", "extension [interpreterRequired]", person.interpreter_needed),
    Row("addresses", "Patient.address, contact[ONESELF].address", reach.addresses,
        "home, temp, old; a postcode is found in address.text where it has no field"),
    Row("phones", "Patient.telecom, contact[ONESELF].telecom", reach.phones,
        "also a contact that names nobody: whose = not_stated, said as a problem"),
    Row("emails", "the same", reach.emails),
    Row("related", "Patient.contact (not ONESELF), RelatedPerson", reach.related,
        "v3-RoleCode and v2-0131 to our relations; the sender's word is kept"),
    Row("gp", "Patient.generalPractitioner → Organization", person.gp,
        "or through PractitionerRole; else managingOrganization; before STU3: careProvider"),
    Row("gp_practitioner", "Patient.generalPractitioner → Practitioner",
        person.gp_practitioner),
    Row("referrer", "ServiceRequest.requester → Practitioner, PractitionerRole",
        sender.referrer, "name, role, telephone, organisation; STU3: requester.agent, onBehalfOf"),
    Row("attendance", "ServiceRequest.encounter → Encounter", events.attendance,
        "arrived, left, case number, setting, site"),
    Row("presenting_complaints", "ServiceRequest.reasonCode, Condition [presenting complaint]",
        events.presenting_complaints,
        "and the Encounter's reason; else conditions pointed to, else Pathways chief complaint"),
    Row("incident", "Location [ILOC]", events.incident,
        "time: Condition.onset, else Encounter at the place; swapped coordinates are offered"),
    Row("scene_safety", "Flag [SS].code", events.scene_safety, "unsafe outweighs safe"),
    Row("scene_safety_text", "Flag [SS].code.text", events.scene_safety_text),
    Row("safeguarding", "Flag [SG]", events.safeguarding,
        "“no safeguarding issues identified” is not one"),
    Row("other_flags", "Flag, all others", events.other_flags),
    Row("consents", "Consent", events.consents, "what the sender recorded; not our consent"),
    Row("appointments", "Appointment", events.appointments),
)  # fmt: skip

# Read last, from what the rows above have left.
LAST: tuple[tuple[str, str, str], ...] = (
    ("sender_said", "every other resource", "each remaining word under its path; nothing is lost"),
    ("reasons", "ServiceRequest.reasonCode, Condition, Observation, Flag codes; then the words",
     "basis “words” is a hint for triage: negated clauses do not count"),
    ("weapons", "the same", "“Reports of a knife on scene” in a crew note"),
)  # fmt: skip


def mapping() -> list[tuple[str, str, str]]:
    """(field, FHIR path, notes) for the documentation."""
    return [(row.field, row.path, row.notes) for row in TABLE] + list(LAST)


def read(data: bytes, *, name: str, today: date | None = None) -> Reading:
    """What one file is, and its draft. Never raises: a fault of ours is a refusal that says so,
    with the fault's name in ``Reading.fault`` for the log."""
    try:
        return read_strictly(data, name=name, today=today or clock.today())
    except Exception as fault:
        reason = "The file could not be read; the fault is ours and has been noted."
        return Reading(name, Kind.REFUSED, reason, fault=type(fault).__name__)


def read_strictly(data: bytes, *, name: str, today: date) -> Reading:
    """As ``read``, but a fault of ours is raised: what tests call."""
    try:
        tree = read_tree(data)
    except UnreadableError as why:
        return Reading(name, Kind.REFUSED, str(why), is_malformed=True)
    try:
        bundle = _bundle_of(tree)
        message = Message(bundle, today)
        kind = _kind_of(message)
    except UnreadableError as why:
        return Reading(name, Kind.REFUSED, str(why))
    draft = _draft_of(message)
    header_id = clean_line(first(message.header, "id") or "")
    problems = tuple(dict.fromkeys(message.problems))
    return Reading(name, kind, "", draft, problems, header_id=header_id)


def _draft_of(m: Message) -> Draft:
    _look_over(m)
    fields = {row.field: row.read(m) for row in TABLE}
    said = headed(m, sender_said(m))
    found = hints.all_hints(m, said, fields["presenting_complaints"])
    return Draft(
        **fields, sender_said=said, reasons=hints.reasons(found), weapons=hints.weapons(found)
    )


# --- what is a referral, and what is refused -------------------------------------------------

_MODELS = {"List": "a work list", "OperationOutcome": "an error answer"}


def _bundle_of(tree: Node) -> Node:
    kind = word_kind(tree)
    held = nodes(tree, "parameter.resource") if kind == "Parameters" else [tree]
    for node in held:
        if word_kind(node) == "Bundle" and not first(node, "namespace"):
            return node
    raise UnreadableError(_not_a_bundle(tree, kind))


def _not_a_bundle(tree: Node, kind: str) -> str:
    namespace = first(tree, "namespace")
    if namespace == "urn:hl7-org:v3":
        return "This is an HL7 version 3 or CDA document, not a FHIR message."
    if namespace or "namespace" in tree:
        return f"This is XML but not FHIR (its first element is {kind[:60]})."
    if not kind:
        return "This is JSON but not FHIR: it has no resourceType."
    return f"This is {_MODELS.get(kind, f'a single {kind[:60]}')}, not a referral message."


def _kind_of(m: Message) -> Kind:
    _refuse_other_bundles(m)
    _refuse_other_events(m)
    if m.request_entry is None:
        raise UnreadableError("The message has no service request that its header leads to.")
    if len(sender.request_url(m)) > 400:
        raise UnreadableError("The address of the service request is longer than 400 characters.")
    if not sender.request_url(m):
        raise UnreadableError("The service request has no address (fullUrl) to know it by again.")
    status, reason = sender.status(m), sender.reason(m)
    if status in WITHDRAWING or reason == "delete":
        return Kind.WITHDRAWAL
    _refuse_validation(m)
    return Kind.REFERRAL_UPDATE if reason == "update" else Kind.REFERRAL_NEW


def _refuse_other_bundles(m: Message) -> None:
    kind = word(m.bundle, "type")
    if kind not in ("message", ""):
        raise UnreadableError(f"This is a {kind[:40]} bundle ({_holds(m)}), not a message.")
    if not m.header:
        raise UnreadableError(f"This bundle ({_holds(m)}) has no MessageHeader: it asks nothing.")


def _holds(m: Message) -> str:
    kinds = list(dict.fromkeys(entry.kind for entry in m.entries if entry.kind))
    more = ", …" if len(kinds) > 4 else ""
    return f"it holds {', '.join(kinds[:4])}{more}" if kinds else "it is empty"


def _refuse_other_events(m: Message) -> None:
    event, label = _event(m)
    if "response" in event.lower() or "response" in m.header:
        raise UnreadableError(f"This is a response ({event}), not a request for a referral.")
    if event.lower() == "servicerequest-request":
        return
    if m.request_entry is not None and m.request_entry.kind == "ReferralRequest":
        return
    shown = " ".join(filter(None, (event, f"“{label}”" if label else "")))
    raise UnreadableError(f"The message's event is {shown or 'not given'}, not a referral request.")


def _event(m: Message) -> tuple[str, str]:
    for path in ("eventCoding", "event"):
        for coding in nodes(m.header, path):
            code = clean_line(first(coding, "code") or "")
            return code[:80], clean_line(first(coding, "display") or "")[:80]
    uri = clean_line(first(m.header, "eventUri") or "")
    return uri.replace("#", "/").rsplit("/", 1)[-1][:80], ""


def _refuse_validation(m: Message) -> None:
    definition = word(m.header, "definition")
    if sender.category(m) == "validation" or definition.endswith("request-validation"):
        raise UnreadableError("This asks to validate a call (category validation), not to refer.")


def _look_over(m: Message) -> None:
    """What a person should know before they rely on the draft."""
    sender.check_sender(m)
    if "namespace" in m.bundle:
        m.problem("Bundle", "is not in the FHIR namespace; read as FHIR all the same")
    if not m.patient:
        m.problem("ServiceRequest.subject", "the message carries no patient")
    if sender.reason(m) is None:
        m.problem("MessageHeader.reason", "does not say new or update; taken as new")
    status = sender.status(m)
    if status not in ("active", "revoked", "entered-in-error"):
        m.problem("ServiceRequest.status", f"is “{status or 'missing'}”, not active")
    if sender.category(m) not in (None, "referral", "validation"):
        m.problem("ServiceRequest.category", f"is “{sender.category(m)}”, not referral")


__all__ = ["TABLE", "Row", "mapping", "read", "read_strictly"]
