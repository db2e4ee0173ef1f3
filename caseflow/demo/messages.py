"""Synthetic hospital messages in the shape of the Booking and Referral Standard.

Everybody in them is made up: telephone numbers are from Ofcom's ranges for drama, NHS numbers from
the 999 test range. ``caseflow/demo/data/*.xml`` are written by ``write_examples``.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

from caseflow.intake.fhir_text import Resource, as_json_text, as_xml_text, whole

NHS = "https://fhir.nhs.uk"
UKCORE = "https://fhir.hl7.org.uk"
SNOMED = "http://snomed.info/sct"

REQUEST = "urn:uuid:5e1f0a52-9a6e-4a3c-8a2b-0c1d2e3f4a5b"
EXAMPLES = Path(__file__).parent / "data"


def bars_referral(
    *,
    reason: str | None = "new",
    status: str = "active",
    event: str = "servicerequest-request",
    category: str | None = "referral",
    request_url: str = REQUEST,
    last_updated: str | None = "2026-11-20T22:05:00+00:00",
    sender_code: str | None = "RWE",
    sender_name: str | None = "University Hospitals of Leicester NHS Trust",
    given: Sequence[str] = ("Jaden",),
    family: str | None = "Testerton",
    nickname: str | None = "Jay",
    birth_date: str | None = "2010-05-14",
    nhs_number: str | None = "9990000018",
    nhs_number_status: str = "number-present-and-verified",
    hospital_number: str | None = "S1234567",
    gender: str | None = "male",
    ethnicity: tuple[str, str] | None = ("P", "Any other Black background"),
    address: Sequence[str] | None = ("1 Example Street", "Leicester"),
    postcode: str | None = "LE2 0AA",
    phones: Sequence[str] = ("07700 900123",),
    phones_under_contact: bool = True,
    email: str | None = "jay@example.org",
    parent: tuple[str, str, str] | None = ("Marcia", "Testerton", "07700 900456"),
    language: tuple[str, str] | None = ("en", "English"),
    interpreter: bool | None = None,
    complaint: str | None = "Knife wound to the left thigh",
    reason_code: tuple[str, str] | None = ("242880008", "Assault by stabbing with knife"),
    priority: str | None = "urgent",
    arrived_at: str | None = "2026-11-20T20:40:00+00:00",
    happened_at: str | None = "2026-11-20T20:10:00+00:00",
    place: str | None = "Example Park",
    position: tuple[str, str] | None = ("52.63686", "-1.13320"),
    scene: str | None = "U",
    safeguarding: tuple[str, str] | None = (
        "836881000000105",
        "Child is cause for safeguarding concern (finding)",
    ),
    note: str | None = "Says it was a kitchen knife. Mother is at the bedside.",
    as_json: bool = False,
) -> bytes:
    """One message; None leaves a piece out. ``position`` is (latitude, longitude)."""
    told = dict(locals())
    as_json = told.pop("as_json")
    bundle = whole(_bundle(told))
    return as_json_text(bundle) if as_json else as_xml_text(bundle)


def write_examples(folder: Path = EXAMPLES) -> None:
    """The messages that ship with the demo: a referral, and the update that fills it in."""
    new = bars_referral(nhs_number=None, birth_date="2010", address=None, postcode=None)
    update = bars_referral(reason="update", last_updated="2026-11-20T22:40:00+00:00")
    folder.joinpath("1-knife-wound-new.xml").write_bytes(new)
    folder.joinpath("2-knife-wound-update.xml").write_bytes(update)


# --- the bundle ------------------------------------------------------------------------------

_PATIENT, _ENCOUNTER, _PLACE = (
    "urn:uuid:7a0c5a1e-0001-4f7e-9d57-5f2f5a6b7c8d",
    "urn:uuid:7a0c5a1e-0002-4f7e-9d57-5f2f5a6b7c8d",
    "urn:uuid:7a0c5a1e-0003-4f7e-9d57-5f2f5a6b7c8d",
)
_SENDER, _RECEIVER, _SERVICE, _NURSE, _ROLE, _PRACTICE, _PLAN = (
    f"urn:uuid:7a0c5a1e-00{number}-4f7e-9d57-5f2f5a6b7c8d" for number in range(10, 17)
)


def _bundle(told: Resource) -> Resource:
    return {
        "resourceType": "Bundle",
        "id": "caseflow-demo-message",
        "meta": {"lastUpdated": told["last_updated"]},
        "type": "message",
        "timestamp": told["last_updated"],
        "entry": [{"fullUrl": url, "resource": resource} for url, resource in _resources(told)],
    }


def _resources(told: Resource) -> Iterator[tuple[str, Resource]]:
    yield "urn:uuid:7a0c5a1e-0000-4f7e-9d57-5f2f5a6b7c8d", _header(told)
    yield told["request_url"], _request(told)
    yield _PATIENT, _patient(told)
    yield _ENCOUNTER, _encounter(told)
    yield from _organisations(told)
    yield from _people()
    if told["complaint"]:
        yield "urn:uuid:7a0c5a1e-0020-4f7e-9d57-5f2f5a6b7c8d", _condition(told)
    if told["place"] or told["position"]:
        yield _PLACE, _location(told)
    yield from _flags(told)
    if told["note"]:
        yield "urn:uuid:7a0c5a1e-0040-4f7e-9d57-5f2f5a6b7c8d", _note(told)


def _header(told: Resource) -> Resource:
    return {
        "resourceType": "MessageHeader",
        "eventCoding": _code(f"{NHS}/CodeSystem/message-events-bars", told["event"]),
        "destination": [{"endpoint": f"{NHS}/Id/dos-service-id|1", "receiver": _ref(_RECEIVER)}],
        "sender": _ref(_SENDER),
        "source": {"name": "Emergency department", "endpoint": f"{NHS}/Id/dos-service-id|2"},
        "reason": _concept(f"{NHS}/CodeSystem/message-reason-bars", told["reason"]),
        "focus": [_ref(told["request_url"])],
    }


def _request(told: Resource) -> Resource:
    system = f"{NHS}/CodeSystem/message-category-servicerequest"
    code, label = told["reason_code"] or (None, None)
    return {
        "resourceType": "ServiceRequest",
        "status": told["status"],
        "intent": "plan",
        "category": _some(_concept(system, told["category"])),
        "priority": told["priority"],
        "subject": _ref(_PATIENT),
        "encounter": _ref(_ENCOUNTER),
        "authoredOn": told["last_updated"],
        "requester": _ref(_NURSE),
        "performer": [_ref(_SERVICE)],
        "reasonCode": _some(_concept(SNOMED, code, label)),
        "locationReference": [_ref(_PLACE)] if told["place"] or told["position"] else None,
    }


def _patient(told: Resource) -> Resource:
    own = [_telecom(number, "mobile") for number in told["phones"]]
    if told["email"]:
        own.append({"system": "email", "value": told["email"]})
    under_contact = told["phones_under_contact"]
    return {
        "resourceType": "Patient",
        "extension": _some(_ethnicity(told), _interpreter(told)),
        "identifier": _some(_nhs_number(told), _hospital_number(told)),
        "name": _some(
            {"use": "official", "family": told["family"], "given": list(told["given"])},
            {"use": "nickname", "given": [told["nickname"]]} if told["nickname"] else None,
        ),
        "telecom": None if under_contact else own,
        "gender": told["gender"],
        "birthDate": told["birth_date"],
        "address": _some(_address(told)),
        "contact": _some(_oneself(own) if under_contact and own else None, _parent(told)),
        "communication": _some(_language(told)),
        "generalPractitioner": [_ref(_PRACTICE)],
    }


def _ethnicity(told: Resource) -> Resource | None:
    if not told["ethnicity"]:
        return None
    return {
        "url": f"{UKCORE}/StructureDefinition/Extension-UKCore-EthnicCategory",
        "valueCodeableConcept": _concept(
            f"{UKCORE}/CodeSystem/UKCore-EthnicCategory", *told["ethnicity"]
        ),
    }


def _interpreter(told: Resource) -> Resource | None:
    if told["interpreter"] is None:
        return None
    url = "http://hl7.org/fhir/StructureDefinition/patient-interpreterRequired"
    return {"url": url, "valueBoolean": told["interpreter"]}


def _nhs_number(told: Resource) -> Resource | None:
    if not told["nhs_number"]:
        return None
    status = _concept(
        f"{UKCORE}/CodeSystem/UKCore-NHSNumberVerificationStatus", told["nhs_number_status"]
    )
    url = f"{UKCORE}/StructureDefinition/Extension-UKCore-NHSNumberVerificationStatus"
    return {
        "extension": [{"url": url, "valueCodeableConcept": status}],
        "system": f"{NHS}/Id/nhs-number",
        "value": told["nhs_number"],
    }


def _hospital_number(told: Resource) -> Resource | None:
    number = told["hospital_number"]
    system = "https://hospital.example.org/Id/hospital-number"
    return {"system": system, "value": number} if number else None


def _address(told: Resource) -> Resource | None:
    if not told["address"]:
        return None
    *lines, city = told["address"]
    return {"use": "home", "line": lines, "city": city, "postalCode": told["postcode"]}


def _oneself(telecom: list[Resource]) -> Resource:
    system = "http://terminology.hl7.org/CodeSystem/v3-RoleCode"
    return {"relationship": [_concept(system, "ONESELF", "self")], "telecom": telecom}


def _parent(told: Resource) -> Resource | None:
    if not told["parent"]:
        return None
    given, family, phone = told["parent"]
    system = "http://terminology.hl7.org/CodeSystem/v3-RoleCode"
    return {
        "relationship": [_concept(system, "MTH", "mother")],
        "name": {"family": family, "given": [given]},
        "telecom": [_telecom(phone, "mobile")],
    }


def _language(told: Resource) -> Resource | None:
    if not told["language"]:
        return None
    system = f"{UKCORE}/CodeSystem/UKCore-HumanLanguage"
    return {"language": _concept(system, *told["language"]), "preferred": True}


def _encounter(told: Resource) -> Resource:
    return {
        "resourceType": "Encounter",
        "identifier": [{"system": "https://hospital.example.org/Id/case-number", "value": "ED-1"}],
        "status": "in-progress",
        "class": _code("http://terminology.hl7.org/CodeSystem/v3-ActCode", "EMER", "emergency"),
        "subject": _ref(_PATIENT),
        "period": {"start": told["arrived_at"]} if told["arrived_at"] else None,
        "serviceProvider": _ref(_SENDER),
    }


def _organisations(told: Resource) -> Iterator[tuple[str, Resource]]:
    yield _SENDER, _organisation(told["sender_name"], told["sender_code"])
    yield _RECEIVER, _organisation("CaseFlow demonstration service", None)
    yield _PRACTICE, _organisation("Example Surgery", "C00000")
    service = {"resourceType": "HealthcareService", "name": "Youth violence service"}
    yield _SERVICE, {**service, "providedBy": _ref(_RECEIVER)}


def _organisation(name: str | None, code: str | None) -> Resource:
    system = f"{NHS}/Id/ods-organization-code"
    identifier = [{"system": system, "value": code}] if code else None
    return {"resourceType": "Organization", "identifier": identifier, "name": name}


def _people() -> Iterator[tuple[str, Resource]]:
    yield (
        _NURSE,
        {
            "resourceType": "Practitioner",
            "name": [{"family": "Examplewell", "given": ["Nadia"]}],
            "telecom": [_telecom("0116 496 0999", "work")],
        },
    )
    yield (
        _ROLE,
        {
            "resourceType": "PractitionerRole",
            "practitioner": _ref(_NURSE),
            "organization": _ref(_SENDER),
            "code": [_concept(SNOMED, "224535009", "Registered nurse")],
        },
    )


def _condition(told: Resource) -> Resource:
    return {
        "resourceType": "Condition",
        "category": [_concept(SNOMED, "33962009", "Presenting complaint")],
        "code": {"text": told["complaint"]},
        "subject": _ref(_PATIENT),
        "onsetDateTime": told["happened_at"],
    }


def _location(told: Resource) -> Resource:
    latitude, longitude = told["position"] or (None, None)
    system = f"{NHS}/CodeSystem/location-types-bars"
    return {
        "resourceType": "Location",
        "name": told["place"],
        "type": [_concept(system, "ILOC", "Incident Location")],
        "address": {"city": "Leicester", "country": "UK"},
        "position": {"longitude": longitude, "latitude": latitude} if latitude else None,
    }


def _flags(told: Resource) -> Iterator[tuple[str, Resource]]:
    scenes = {"S": "The Scene is safe", "U": "The Scene is unsafe", "UNK": "Unknown"}
    if told["scene"]:
        code = (told["scene"], scenes.get(told["scene"]))
        yield (
            "urn:uuid:7a0c5a1e-0030-4f7e-9d57-5f2f5a6b7c8d",
            _flag("SS", "Scene Safety", "scene-safety-codes-bars", code, _PLACE),
        )
    if told["safeguarding"]:
        yield (
            "urn:uuid:7a0c5a1e-0031-4f7e-9d57-5f2f5a6b7c8d",
            _flag(
                "SG",
                "Safeguarding Concern",
                "safeguarding-codes-bars",
                told["safeguarding"],
                _PATIENT,
            ),
        )


def _flag(
    category: str, label: str, system: str, code: tuple[str, str | None], about: str
) -> Resource:
    return {
        "resourceType": "Flag",
        "status": "active",
        "category": [_concept(f"{NHS}/CodeSystem/flag-categories-bars", category, label)],
        "code": _concept(f"{NHS}/CodeSystem/{system}", *code),
        "subject": _ref(about),
    }


def _note(told: Resource) -> Resource:
    return {
        "resourceType": "Communication",
        "status": "completed",
        "topic": {"text": "Nursing note"},
        "sent": told["last_updated"],
        "payload": [{"contentString": told["note"]}],
    }


# --- the pieces ------------------------------------------------------------------------------


def _ref(url: str) -> Resource:
    return {"reference": url}


def _code(system: str, code: str | None, display: str | None = None) -> Resource:
    return {"system": system, "code": code, "display": display}


def _concept(system: str, code: str | None, display: str | None = None) -> Resource | None:
    return {"coding": [_code(system, code, display)]} if code else None


def _telecom(value: str, use: str) -> Resource:
    return {"system": "phone", "value": value, "use": use}


def _some(*pieces: Resource | None) -> list[Resource]:
    return [piece for piece in pieces if piece]
