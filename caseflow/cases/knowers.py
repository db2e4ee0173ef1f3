"""Who may know of a young person: the restriction, its list, conflicts of interest. Reads only."""

import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import joinedload

from caseflow.access.grants import GRANTS
from caseflow.access.permissions import Permission, Role
from caseflow.cases.models import Case, Conflict, NamedAccess, Restriction
from caseflow.cases.visibility import known_to
from caseflow.kernel.database import db
from caseflow.staff import queries as staff
from caseflow.staff.models import Cover, User

CASE_WORKERS = tuple(GRANTS[Permission.CASE_VIEW])


def restriction_of(case: Case) -> Restriction | None:
    return db.session.scalars(
        select(Restriction).where(
            Restriction.person_id == case.person_id, Restriction.lifted_at.is_(None)
        )
    ).first()


def names_of(case: Case) -> Sequence[NamedAccess]:
    """Who is on the list of a restricted record."""
    return db.session.scalars(
        select(NamedAccess)
        .where(NamedAccess.person_id == case.person_id, NamedAccess.ended_at.is_(None))
        .options(joinedload(NamedAccess.user))
        .order_by(NamedAccess.at, NamedAccess.id)
    ).all()


def name_in(case: Case, name_id: uuid.UUID) -> NamedAccess | None:
    return next((name for name in names_of(case) if name.id == name_id), None)


def conflicts_about(case: Case) -> Sequence[Conflict]:
    return db.session.scalars(
        select(Conflict)
        .where(Conflict.person_id == case.person_id, Conflict.removed_at.is_(None))
        .options(joinedload(Conflict.user))
        .order_by(Conflict.at, Conflict.id)
    ).all()


def conflict_in(case: Case, conflict_id: uuid.UUID) -> Conflict | None:
    return next((one for one in conflicts_about(case) if one.id == conflict_id), None)


def strangers_to(person_ids: Iterable[uuid.UUID]) -> set[tuple[uuid.UUID, uuid.UUID]]:
    """(young person, user) for whom they do not exist; one query."""
    rows = db.session.execute(
        select(Conflict.person_id, Conflict.user_id).where(
            Conflict.person_id.in_(list(person_ids)), Conflict.removed_at.is_(None)
        )
    )
    return {(person_id, user_id) for person_id, user_id in rows}


def in_conflict(person_id: uuid.UUID, user_ids: Iterable[uuid.UUID]) -> set[uuid.UUID]:
    """Those of the users for whom this young person does not exist; one query."""
    return set(
        db.session.scalars(
            select(Conflict.user_id).where(
                Conflict.person_id == person_id,
                Conflict.removed_at.is_(None),
                Conflict.user_id.in_(list(user_ids)),
            )
        )
    )


def may_know(user: User, case: Case) -> bool:
    """For longer than an hour: what a notice about the case asks before it is sent."""
    found = db.session.scalar(select(Case.id).where(Case.id == case.id, known_to(user)))
    return found is not None


def leads_who_may_know(case: Case) -> list[User]:
    """The team's supervisors, as far as they may know; without one, the safeguarding leads."""
    leads = [lead for lead in staff.supervisors_of(case.team_id) if may_know(lead, case)]
    return leads or safeguarding_leads_for(case)


def safeguarding_leads_for(case: Case) -> list[User]:
    leads = staff.active_in(Role.SAFEGUARDING_LEAD)
    return [lead for lead in leads if may_know(lead, case)]


def is_kept_by_somebody(case: Case) -> bool:
    """A holder, a supervisor or a safeguarding lead may know of the restricted record."""
    keepers = or_(
        User.role == Role.SAFEGUARDING_LEAD,
        and_(User.role == Role.SUPERVISOR, User.id.in_(_named(case))),
        and_(User.role.in_(CASE_WORKERS), User.id.in_(_holders(case))),
    )
    found = select(User.id).where(User.disabled_at.is_(None), keepers, _free_of_conflict(case))
    return db.session.scalar(found.limit(1)) is not None


def _named(case: Case) -> Select[Any]:
    return select(NamedAccess.user_id).where(
        NamedAccess.person_id == case.person_id, NamedAccess.ended_at.is_(None)
    )


def _holders(case: Case) -> Select[Any]:
    return select(Case.worker_id).where(
        Case.person_id == case.person_id, Case.worker_id.is_not(None)
    )


def _free_of_conflict(case: Case) -> ColumnElement[bool]:
    return User.id.not_in(
        select(Conflict.user_id).where(
            Conflict.person_id == case.person_id, Conflict.removed_at.is_(None)
        )
    )


def who_stands_in(case: Case, now: datetime) -> Cover | None:
    """Who covers for the holder now, as far as cover reaches this case."""
    if case.worker_id is None or restriction_of(case) is not None:
        return None
    covers = db.session.scalars(
        select(Cover)
        .where(Cover.for_id == case.worker_id, Cover.from_at <= now, Cover.until_at > now)
        .where(Cover.ended_at.is_(None))
        .options(joinedload(Cover.user))
        .order_by(Cover.until_at.desc())
    ).all()
    refused = in_conflict(case.person_id, [cover.user_id for cover in covers])
    return next((cover for cover in covers if cover.user_id not in refused), None)
