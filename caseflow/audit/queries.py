import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Select, func, or_, select, union

from caseflow.audit.models import AuditRow, Listed
from caseflow.audit.rules import NOT_AMONG_LOOKS, Event
from caseflow.kernel.database import db
from caseflow.kernel.errors import Refused
from caseflow.kernel.settings import setting

HIGHEST = 2**63 - 1  # what the database can number
TRAIL = "audit_trail"  # the setting that holds what the last check found


def search(
    *,
    actor_id: uuid.UUID | None = None,
    case_id: uuid.UUID | None = None,
    event: Event | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    before: int = HIGHEST,
    limit: int = 50,
) -> Sequence[AuditRow]:
    """Newest first. A case is found where it stood in a list, too."""
    query = select(AuditRow).where(AuditRow.seq < before)
    if actor_id is not None:
        query = query.where(AuditRow.actor_id == actor_id)
    if case_id is not None:
        listed = select(Listed.seq).where(Listed.case_id == case_id)
        query = query.where(or_(AuditRow.case_id == case_id, AuditRow.seq.in_(listed)))
    if event is not None:
        query = query.where(AuditRow.event == event)
    if since is not None:
        query = query.where(AuditRow.at >= since)
    if until is not None:
        query = query.where(AuditRow.at < until)
    return db.session.scalars(query.order_by(AuditRow.seq.desc()).limit(limit)).all()


def looks_at(
    case_id: uuid.UUID,
    *,
    person_id: uuid.UUID | None = None,
    before: int = HIGHEST,
    limit: int = 100,
) -> Sequence[AuditRow]:
    """Who has looked at or changed one case, or seen it in a list; newest first.

    With ``person_id`` also what was done to who they are and how they are reached.
    """
    ways = [
        select(AuditRow.seq).where(AuditRow.case_id == case_id),
        select(Listed.seq).where(Listed.case_id == case_id),
    ]
    if person_id is not None:
        of_person = select(AuditRow.seq).where(AuditRow.person_id == person_id)
        ways.append(
            of_person.where(AuditRow.case_id.is_(None), AuditRow.event.not_in(NOT_AMONG_LOOKS))
        )
    seqs = union(*(_newest(way, before, limit) for way in ways)).subquery()
    return db.session.scalars(
        select(AuditRow)
        .where(AuditRow.seq.in_(select(seqs.c.seq)))
        .order_by(AuditRow.seq.desc())
        .limit(limit)
    ).all()


def _newest(way: Select[int], before: int, limit: int) -> Select[int]:
    """Each way by its own index, no further than the page needs."""
    (seq,) = way.selected_columns
    found = way.where(seq < before).order_by(seq.desc()).limit(limit).subquery()
    return select(found.c.seq)


def what_is_wrong() -> str | None:
    """What the last check of the trail found wrong."""
    return setting(TRAIL, {}).get("wrong") or None


def refuse_unless_whole() -> None:
    """For exports: who cannot say who looked does not give away more."""
    if what_is_wrong():
        raise Refused(
            "Exports are stopped: the audit trail is not as it was written. Information governance "
            "has been told."
        )


def moments(actor_id: uuid.UUID, event: Event, *, since: datetime, most: int) -> Sequence[datetime]:
    """When they did this, newest first, ``most`` at most."""
    return db.session.scalars(
        select(AuditRow.at)
        .where(AuditRow.actor_id == actor_id, AuditRow.event == event, AuditRow.at > since)
        .order_by(AuditRow.at.desc())
        .limit(most)
    ).all()


def cases_looked_at(
    actor_id: uuid.UUID, *, since: datetime, most: int
) -> dict[uuid.UUID, datetime]:
    """Different cases, each with the last look at it, newest first."""
    last = func.max(AuditRow.at)
    rows = db.session.execute(
        select(AuditRow.case_id, last)
        .where(
            AuditRow.actor_id == actor_id,
            AuditRow.event == Event.VIEWED,
            AuditRow.at > since,
            AuditRow.case_id.is_not(None),
        )
        .group_by(AuditRow.case_id)
        .order_by(last.desc())
        .limit(most)
    ).all()
    return {case_id: at for case_id, at in rows if case_id is not None}
