import uuid
from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import select

from caseflow.audit import queries as trail
from caseflow.audit.models import AuditRow
from caseflow.audit.rules import Event
from caseflow.cases.models import Case
from caseflow.kernel import clock
from caseflow.kernel.database import db
from caseflow.rights.rules import Asked
from caseflow.staff.models import User


def actors_of(rows: Iterable[AuditRow]) -> Mapping[uuid.UUID, str]:
    """Who did what is shown by the name of the member of staff; young people stay ids."""
    return names_of(row.actor_id for row in rows if row.actor_id)


def names_of(user_ids: Iterable[uuid.UUID]) -> Mapping[uuid.UUID, str]:
    found = db.session.execute(select(User.id, User.name).where(User.id.in_(set(user_ids))))
    return {row.id: row.name for row in found}


def references_of(rows: Iterable[AuditRow]) -> Mapping[uuid.UUID, str]:
    return references(row.case_id for row in rows if row.case_id)


def references(case_ids: Iterable[uuid.UUID]) -> Mapping[uuid.UUID, str]:
    found = db.session.execute(select(Case.id, Case.reference).where(Case.id.in_(set(case_ids))))
    return {row.id: row.reference for row in found}


def found(asked: Asked, *, before: int, limit: int) -> Sequence[AuditRow]:
    """Nothing, where what was asked for cannot be read or there is no such case."""
    case_id = db.session.scalar(select(Case.id).where(Case.reference == asked.reference))
    if asked.problems or (asked.reference and case_id is None):
        return []
    return trail.search(
        actor_id=asked.actor_id,
        case_id=case_id,
        event=Event.REFUSED if asked.refused else asked.event,
        since=clock.start_of(asked.first) if asked.first else None,
        until=clock.end_of(asked.last) if asked.last else None,
        before=before,
        limit=limit,
    )
