"""What a sending system is answered: a response message, or an OperationOutcome that says what to
mend. Both follow from the message alone, never from whom we know, and name nobody.

The statuses and codes are those of the Booking and Referral Standard: REC_ says that the fault was
found by the receiver.
"""

import re
import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from caseflow.intake.deliveries import Why
from caseflow.intake.draft import Problem
from caseflow.intake.fhir_text import Resource, as_json_text, as_xml_text, whole
from caseflow.intake.messages import Received

NHS = "https://fhir.nhs.uk"
JSON, XML = "application/fhir+json", "application/fhir+xml"
MOST_ISSUES = 50

STATUS = {
    Why.TAKEN: 200,
    Why.MALFORMED: 400,
    Why.NOT_THEIRS: 403,
    Why.NOT_ONE: 422,
    Why.NEVER_HAD: 422,
    Why.OURS: 503,
}
ISSUE = {
    Why.MALFORMED: "structure",
    Why.NOT_THEIRS: "forbidden",
    Why.NOT_ONE: "not-supported",
    Why.NEVER_HAD: "not-found",
    Why.OURS: "transient",
}
# Status → the standard's code, FHIR's kind of issue, and what to do about it.
CODES = {
    400: ("REC_BAD_REQUEST", "structure", "What was sent cannot be read."),
    401: ("REC_UNAUTHORIZED", "login", "Send this system’s own secret: Authorization: Bearer …"),
    403: ("REC_FORBIDDEN", "forbidden", "This is not allowed for this system."),
    404: ("REC_NOT_FOUND", "not-found", "There is nothing here. Send to /fhir/$process-message."),
    405: ("REC_METHOD_NOT_ALLOWED", "not-supported", "Only POST is understood here."),
    406: ("REC_NOT_ACCEPTABLE", "not-supported", f"Accept {JSON} or {XML}."),
    409: ("REC_CONFLICT", "conflict", "Another message came at the same moment. Send it again."),
    413: ("REC_BAD_REQUEST", "too-long", "The message is longer than 2 MiB."),
    415: ("REC_UNSUPPORTED_MEDIA_TYPE", "not-supported", f"Send {JSON} or {XML}, uncompressed."),
    422: ("REC_UNPROCESSABLE_ENTITY", "processing", "This is not a referral that can be taken."),
    429: ("REC_TOO_MANY_REQUESTS", "throttled", "Too many messages within a minute. Wait."),
    500: ("REC_SERVER_ERROR", "exception", "The fault is ours and has been noted."),
    503: ("REC_SERVICE_UNAVAILABLE", "transient", "Not possible just now. Send it again."),
}


@dataclass(frozen=True)
class Answer:
    """Plain values: the same for the same message, whenever it is asked for again."""

    status: int
    body: Resource


def answer_to(received: Received, *, address: str) -> Answer:
    status = STATUS[received.why]
    if received.why is not Why.TAKEN:
        (first, *_) = received.problems
        return Answer(status, outcome(status, masked(first.what), ISSUE[received.why]))
    return Answer(status, _response(received, address))


def refusal(status: int) -> Answer:
    known = status if status in CODES else 400
    return Answer(status, outcome(known, CODES[known][2]))


def outcome(status: int, diagnostics: str, kind: str = "") -> Resource:
    code, usual, _ = CODES[status]
    severity = "fatal" if status == 400 else "error"
    return {
        "resourceType": "OperationOutcome",
        "issue": [_issue(severity, kind or usual, diagnostics, code)],
    }


def _issue(severity: str, kind: str, diagnostics: str, code: str = "") -> Resource:
    coding = {"system": f"{NHS}/CodeSystem/http-error-codes", "code": code}
    return {
        "severity": severity,
        "code": kind,
        "details": {"coding": [coding]} if code else None,
        "diagnostics": diagnostics,
    }


_QUOTED = re.compile("“[^”]*”")


def masked(words: str) -> str:
    """What the sender wrote is in the sender's hands; an answer goes into logs on the way."""
    return _QUOTED.sub("“…”", words)


def _response(received: Received, address: str) -> Resource:
    delivery = received.delivery
    if delivery is None:
        raise ValueError("what is taken is kept")
    header, warnings = (_url(delivery.id, part) for part in ("header", "warnings"))
    entries: list[tuple[str, Resource]] = [
        (
            header,
            {
                "resourceType": "MessageHeader",
                "id": header.removeprefix("urn:uuid:"),
                "eventCoding": {
                    "system": f"{NHS}/CodeSystem/message-events-bars",
                    "code": "servicerequest-response",
                },
                "source": {"name": "CaseFlow", "endpoint": address},
                "response": {
                    "identifier": _identifier(delivery.answer.get("to", "")),
                    "code": "ok",
                    "details": {"reference": warnings} if received.told else None,
                },
            },
        )
    ]
    if received.told:
        entries.append((warnings, _warnings(warnings, received.told)))
    at = _instant(delivery.arrived_at)
    return {
        "resourceType": "Bundle",
        "id": str(delivery.id),
        "meta": {"lastUpdated": at},
        "type": "message",
        "timestamp": at,
        "entry": [{"fullUrl": url, "resource": resource} for url, resource in entries],
    }


def _warnings(url: str, told: tuple[Problem, ...]) -> Resource:
    """Something to mend next time; nothing of it was lost."""
    said = [f"{problem.where}: {masked(problem.what)}"[:400] for problem in told[:MOST_ISSUES]]
    return {
        "resourceType": "OperationOutcome",
        "id": url.removeprefix("urn:uuid:"),
        "issue": [_issue("warning", "value", masked(words)) for words in said],
    }


def _url(of: uuid.UUID, part: str) -> str:
    return f"urn:uuid:{uuid.uuid5(of, part)}"


def _identifier(said: str) -> str:
    return said if re.fullmatch(r"[A-Za-z0-9.-]{1,64}", said) else "not-given"


def _instant(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds")


# --- in which format ---

_TYPES = {
    JSON: JSON,
    XML: XML,
    "application/json": JSON,
    "text/json": JSON,
    "application/json+fhir": JSON,
    "application/xml": XML,
    "text/xml": XML,
    "application/xml+fhir": XML,
}
_ANY = ("*/*", "application/*", "text/*")
_TELLS_NOTHING = ("", "text/plain", "application/octet-stream")


def is_readable(content_type: str) -> bool:
    """Which of the two it is, its first character says: many senders say the wrong one."""
    return content_type.lower() in (*_TYPES, *_TELLS_NOTHING)


def wanted(accept: list[str], content_type: str) -> str | None:
    """The first format asked for that can be written; None when there is none."""
    as_sent = _TYPES.get(content_type.lower(), JSON)
    for one in (kind.lower() for kind in accept):
        if one in _TYPES:
            return _TYPES[one]
        if one in _ANY:
            return as_sent
    return None if accept else as_sent


def written(body: Resource, media: str) -> bytes:
    plain: Any = whole(body)
    return as_xml_text(plain) if media == XML else as_json_text(plain)
