"""``POST /fhir/$process-message`` as an OpenAPI document, for whoever makes a system send to it.
It is printed into docs/ from the table of answers, and a test holds the endpoint to it."""

from typing import Any

from caseflow.intake.answers import CODES, JSON, XML
from caseflow.intake.reading import MAX_BYTES
from caseflow.intake.rules import A_MINUTE_FROM_A_SYSTEM
from caseflow.intake.tree import MAX_DEPTH, MAX_ELEMENTS, MAX_TEXT

Schema = dict[str, Any]
WORDS: Schema = {"type": "string", "minLength": 1}
MOMENT: Schema = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00$"}
ID: Schema = {"type": "string", "pattern": "^[A-Za-z0-9.-]{1,64}$"}
URL: Schema = {"type": "string", "pattern": "^urn:uuid:[0-9a-f-]{36}$"}
WITH_RETRY = frozenset({429, 503})
SAID = f"""\
A hospital's own system sends one BaRS / UK Core FHIR R4 (or STU3) message: a Bundle of type message
whose MessageHeader leads to a ServiceRequest. An administrator lets the system in, for its own
organisations by their ODS codes; MessageHeader.sender has to be one of them.

The same message again is answered as the first time. Messages about one request may come in any
order: Bundle.meta.lastUpdated says which is the newest. A withdrawal of a request that never came
is refused with 422, kept, and counts if the request comes after all.

At most {MAX_BYTES // 2**20} MiB, {MAX_DEPTH} deep, {MAX_ELEMENTS:,} elements and
{MAX_TEXT // 1024} KiB a text; no DTD and no entities, no name twice, nothing compressed;
{A_MINUTE_FROM_A_SYSTEM} messages a minute. An answer never repeats what a message said of anybody.
"""


def document() -> dict[str, Any]:
    return {
        "openapi": "3.1.0",
        "info": {"title": "CaseFlow: hospital messages", "version": "1", "description": SAID},
        "paths": {"/fhir/$process-message": {"post": _post()}},
        "components": {
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer"},
                "basic": {
                    "type": "http",
                    "scheme": "basic",
                    "description": "Any user name; the secret as the password.",
                },
            },
            "schemas": {"OperationOutcome": _outcome(), "Response": _response()},
        },
    }


def _post() -> dict[str, Any]:
    whole = {"schema": {"type": "object", "required": ["resourceType"]}}
    refusals = [status for status in CODES if status not in (404, 500)]
    return {
        "operationId": "processMessage",
        "security": [{"bearer": []}, {"basic": []}],
        "requestBody": {"required": True, "content": {JSON: whole, XML: {}}},
        "responses": {
            "200": {"description": "Taken.", "content": _content("Response")},
            **{str(status): _refusal(status) for status in refusals},
        },
    }


def _refusal(status: int) -> dict[str, Any]:
    code, _, words = CODES[status]
    told: dict[str, Any] = {
        "description": f"{code}: {words}",
        "content": _content("OperationOutcome"),
    }
    if status in WITH_RETRY:
        told["headers"] = {"Retry-After": {"required": True, "schema": {"type": "integer"}}}
    if status == 401:
        told["headers"] = {"WWW-Authenticate": {"required": True, "schema": {"type": "string"}}}
    return told


def _content(name: str) -> dict[str, Any]:
    return {JSON: {"schema": {"$ref": f"#/components/schemas/{name}"}}, XML: {}}


def _object(required: dict[str, Any], **optional: Any) -> Schema:
    return {
        "type": "object",
        "required": list(required),
        "properties": required | optional,
        "additionalProperties": False,
    }


def _list(of: Schema, **more: Any) -> Schema:
    return {"type": "array", "items": of, "minItems": 1, **more}


def _outcome() -> Schema:
    coding = _object(
        {
            "system": {"const": "https://fhir.nhs.uk/CodeSystem/http-error-codes"},
            "code": {"enum": sorted({code for code, _, _ in CODES.values()})},
        }
    )
    issue = _object(
        {
            "severity": {"enum": ["fatal", "error", "warning"]},
            "code": WORDS,
            "diagnostics": WORDS,
        },
        details=_object({"coding": _list(coding)}),
    )
    return _object({"resourceType": {"const": "OperationOutcome"}, "issue": _list(issue)}, id=ID)


def _response() -> Schema:
    event = {
        "system": {"const": "https://fhir.nhs.uk/CodeSystem/message-events-bars"},
        "code": {"const": "servicerequest-response"},
    }
    header = _object(
        {
            "resourceType": {"const": "MessageHeader"},
            "id": ID,
            "eventCoding": _object(event),
            "source": _object({"name": WORDS, "endpoint": WORDS}),
            "response": _object(
                {"identifier": ID, "code": {"const": "ok"}},
                details=_object({"reference": URL}),
            ),
        }
    )
    warnings = {"$ref": "#/components/schemas/OperationOutcome"}
    entry = _object({"fullUrl": URL, "resource": {"oneOf": [header, warnings]}})
    return _object(
        {
            "resourceType": {"const": "Bundle"},
            "id": ID,
            "meta": _object({"lastUpdated": MOMENT}),
            "type": {"const": "message"},
            "timestamp": MOMENT,
            "entry": _list(entry, maxItems=2),
        }
    )
