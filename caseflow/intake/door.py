"""``POST /fhir/$process-message``: the door for hospitals' own systems, and no other way in.

Nobody is signed in here and no cookie is looked at: the system shows its secret each time.
"""

import base64
import binascii
import logging
import math
from collections import deque
from datetime import datetime, timedelta

from flask import Response, g, request
from werkzeug.datastructures import WWWAuthenticate

from caseflow.audit import actions as audit
from caseflow.audit.rules import Event
from caseflow.intake import answers, systems
from caseflow.intake.answers import Answer
from caseflow.intake.deliveries import Brought, by_system
from caseflow.intake.fhir import read
from caseflow.intake.messages import receive_reading, taken_before
from caseflow.kernel import clock
from caseflow.kernel.database import db, writing

FHIR = "/fhir/"
MOST_DENIED_A_MINUTE = 20
AGAIN_IN = "60"
log = logging.getLogger(__name__)
_denied: deque[datetime] = deque(maxlen=MOST_DENIED_A_MINUTE)


def admit() -> Response | None:
    """None when the secret shown is one that holds. The gate asks before the view runs."""
    with writing(False):
        system = systems.system_showing(_shown())
        g.system_id = system.id if system else None
        g.brought = by_system(system) if system else None
        db.session.rollback()
    if g.brought is None:
        _note_denial()
        response = error(401)
        response.www_authenticate = WWWAuthenticate("bearer", {"realm": "CaseFlow"})
        return response
    source = (request.remote_addr or "")[:64]
    audit.origin.set(
        audit.Origin(
            endpoint=request.endpoint or "",
            request_id=g.request_id,
            session_id=f"system {g.system_id}",
            source=source,
        )
    )
    return None


def _shown() -> str:
    """Bearer, or Basic whose user name may be anything."""
    kind, _, shown = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() == "bearer":
        return shown.strip()
    if kind.lower() != "basic":
        return ""
    try:
        return base64.b64decode(shown.strip(), validate=True).decode().partition(":")[2]
    except (binascii.Error, ValueError):
        return ""


def _note_denial() -> None:
    """On record, though not a thousand times: a row each would fill the trail for anybody."""
    now = clock.now()
    if len(_denied) == MOST_DENIED_A_MINUTE and now - _denied[0] < timedelta(minutes=1):
        return
    _denied.append(now)
    with writing():
        audit.record(Event.REFUSED, status=401, why="no secret that holds")
        db.session.commit()


def process() -> Response:
    brought: Brought = g.brought
    media = _wanted()
    if media is None:
        return error(406)
    if not answers.is_readable(request.mimetype):
        return error(415)
    wait = systems.count_one(g.system_id)
    if wait is not None:
        response = error(429)
        response.headers["Retry-After"] = str(math.ceil(wait.total_seconds()))
        return response
    return _sent(_answer(request.get_data(), brought), media)


def _answer(data: bytes, brought: Brought) -> Answer:
    """Reading takes longest, and nobody waits for it: no transaction is open then."""
    with writing(False):
        before = taken_before(data, name="message", brought=brought)
        known = answers.answer_to(before, address=_address()) if before else None
        db.session.rollback()
    if known is not None:
        return known
    reading = read(data, name="message")
    if reading.fault:
        log.error("a message could not be read", extra={"fault": reading.fault})
    received = receive_reading(data, reading, by=None, brought=brought)
    return answers.answer_to(received, address=_address())


def _address() -> str:
    return request.base_url


def _wanted() -> str | None:
    accept = [kind for kind, quality in request.accept_mimetypes if quality > 0]
    return answers.wanted(accept, request.mimetype)


def error(status: int) -> Response:
    return _sent(answers.refusal(status), _wanted() or answers.JSON)


def _sent(answer: Answer, media: str) -> Response:
    body = answers.written(answer.body, media)
    response = Response(body, answer.status, content_type=f"{media}; charset=utf-8")
    if answer.status == 503:
        response.headers["Retry-After"] = AGAIN_IN
    return response
