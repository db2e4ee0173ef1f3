"""Every answer in the whole suite: which cases it shows must be on record, and no other case.

A page names a case by its reference. Whatever reference stands in an answer to somebody who is
signed in must belong to a case they may see, and the trail must hold a row of that very request
which names the case (T14). The other way round, a row names no case that was not shown.
"""

import re
import uuid
from collections.abc import Iterable
from typing import Any

import flask
from flask_login import current_user
from sqlalchemy import NullPool, create_engine, select
from sqlalchemy.orm import Session

from caseflow.access.declare import declared
from caseflow.access.permissions import Permission
from caseflow.audit.models import AuditRow
from caseflow.cases.models import Case
from caseflow.cases.visibility import visible_to
from caseflow.kernel.config import Settings
from caseflow.kernel.ids import ALPHABET
from caseflow.staff.models import User

REFERENCE = re.compile(f"CF-[{ALPHABET}]{{4}}-[{ALPHABET}]{{4}}")
SHOWING = frozenset({200, 409, 422})


def watch(app: flask.Flask) -> None:
    settings: Settings = app.extensions["settings"]
    # A door of its own: what the tests count, and what they hold open, stays as it was.
    engine = create_engine(settings.database_url, poolclass=NullPool)

    def check(sender: flask.Flask, response: flask.Response, **_: Any) -> None:
        if response.status_code not in SHOWING or not _is_text(response):
            return
        if not current_user.is_authenticated:
            return
        with Session(engine) as session:
            problem = _problem(session, response.get_data(as_text=True))
        if problem:
            raise AssertionError(
                f"{flask.request.method} {flask.request.endpoint} ({response.status_code}): "
                f"{problem}"
            )

    flask.request_finished.connect(check, app, weak=False)


def _is_text(response: flask.Response) -> bool:
    return response.is_sequence and response.mimetype.startswith("text/")


def _problem(session: Session, body: str) -> str | None:
    there = set(REFERENCE.findall(body))
    shown = there - _typed()
    recorded, listed = _on_record(session) if there or "/cases/" in body else (set(), set())
    found = _references(session, Case.reference.in_(shown)) if shown else {}
    if forgotten := [ref for key, ref in found.items() if key not in recorded]:
        return f"shows {_and(forgotten)} without a row in the trail; say audit.actions.shown(…)"
    if not _reads_the_trail() and (unseen := _out_of_sight(session, found)):
        return f"shows {_and(unseen)}, which this user may not know of"
    extra = _references(session, Case.id.in_(listed)) if listed else {}
    if idle := [ref for key, ref in extra.items() if ref not in there and str(key) not in body]:
        return f"has {_and(idle)} on record and does not show it"
    return None


def _typed() -> set[str]:
    """What the user themselves sent comes back in the form."""
    values = [*flask.request.values.values(), flask.request.path]
    return {found for value in values for found in REFERENCE.findall(value.upper())}


def _on_record(session: Session) -> tuple[set[uuid.UUID], set[uuid.UUID]]:
    """The cases that the rows of this request name: in all, and in lists."""
    rows = session.execute(
        select(AuditRow.case_id, AuditRow.facts).where(AuditRow.request_id == flask.g.request_id)
    ).all()
    listed = {uuid.UUID(key) for _, facts in rows for key in facts.get("cases", ())}
    return listed | {case_id for case_id, _ in rows if case_id is not None}, listed


def _references(session: Session, which: Any) -> dict[uuid.UUID, str]:
    rows = session.execute(select(Case.id, Case.reference).where(which)).all()
    return {row[0]: row[1] for row in rows}


def _out_of_sight(session: Session, found: dict[uuid.UUID, str]) -> list[str]:
    user = session.get_one(User, current_user.id)
    seen = set(session.scalars(select(Case.id).where(Case.id.in_(found), visible_to(user))))
    return [ref for key, ref in found.items() if key not in seen]


def _reads_the_trail() -> bool:
    """Who reads the trail sees references, and no case."""
    view = flask.current_app.view_functions[str(flask.request.endpoint)]
    return declared(view) is Permission.AUDIT_READ


def _and(references: Iterable[str]) -> str:
    return ", ".join(sorted(references))
