"""Emergency openings as they are read: which is under way, which waits for its review."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Select, case, false, func, select, true
from sqlalchemy.orm import joinedload

from caseflow.access.grants import GRANTS
from caseflow.access.permissions import Permission, Role
from caseflow.audit.models import AuditRow
from caseflow.audit.rules import Event
from caseflow.cases.lifecycle import TERMINAL
from caseflow.cases.models import BreakGlass, Case
from caseflow.cases.visibility import can_be_opened_by, is_named_to, known_to
from caseflow.kernel import clock
from caseflow.kernel.database import db
from caseflow.kernel.names import fold
from caseflow.people.models import Person
from caseflow.people.rules import BornPrecision
from caseflow.staff.models import User

MOST_LISTED = 200


@dataclass(frozen=True)
class Wanted:
    """Whom somebody asks for: by the case's reference, or by exact name and date of birth."""

    reference: str = ""
    first_name: str = ""
    last_name: str = ""
    born_on: date | None = None


def meant_by(wanted: Wanted) -> list[Case]:
    """Every episode that fits, whoever asks."""
    if wanted.reference:
        return list(db.session.scalars(select(Case).where(Case.reference == wanted.reference)))
    if wanted.born_on is None:
        return []
    born_then = db.session.scalars(
        select(Case)
        .join(Person, Person.id == Case.person_id)
        .where(Person.born_on == wanted.born_on, Person.born_precision == BornPrecision.DAY)
        .options(joinedload(Case.person))
    )
    name = (fold(wanted.first_name), fold(wanted.last_name))
    return [found for found in born_then if _name_of(found.person) == name]


def _name_of(person: Person) -> tuple[str, str]:
    return fold(person.first_name), fold(person.last_name)


def one_to_open(user: User, meant: Sequence[Case]) -> Case | None:
    """The episode an emergency opening shows: of one young person only, the open one, else the
    latest. None when there is none, when it is in sight already, and when it may never be."""
    if len({found.person_id for found in meant}) > 1:
        meant = []
    return db.session.scalars(
        select(Case)
        .where(Case.id.in_([found.id for found in meant]), can_be_opened_by(user))
        .order_by(Case.stage.in_(TERMINAL), Case.received_at.desc())
        .limit(1)
    ).first()


def attempts_today(user: User) -> int:
    """The trail is the counter, so that no attempt goes uncounted."""
    return (
        db.session.scalar(
            select(func.count())
            .select_from(AuditRow)
            .where(
                AuditRow.actor_id == user.id,
                AuditRow.event.in_([Event.GLASS_BROKEN, Event.GLASS_REFUSED]),
                AuditRow.at >= clock.start_of(clock.today()),
            )
        )
        or 0
    )


def under_way(user: User, case: Case) -> BreakGlass | None:
    """This user's own opening of the case, while it lasts."""
    return db.session.scalars(
        _live().where(BreakGlass.user_id == user.id, BreakGlass.case_id == case.id)
    ).first()


def under_way_about(case: Case, of: User | None = None) -> Sequence[BreakGlass]:
    """Whoever reads any episode of this young person by an opening now."""
    query = _live().where(
        BreakGlass.case_id.in_(select(Case.id).where(Case.person_id == case.person_id))
    )
    if of is not None:
        query = query.where(BreakGlass.user_id == of.id)
    return db.session.scalars(query).all()


def _live() -> Select[BreakGlass]:
    return select(BreakGlass).where(
        BreakGlass.ended_at.is_(None), BreakGlass.until_at > clock.now()
    )


def register_for(user: User) -> Sequence[BreakGlass]:
    """What waits longest for its review first; then what was reviewed, newest first."""
    waits = BreakGlass.reviewed_at.is_(None)
    return db.session.scalars(
        select(BreakGlass)
        .join(Case, Case.id == BreakGlass.case_id)
        .where(_may_review(user))
        .options(
            joinedload(BreakGlass.user),
            joinedload(BreakGlass.reviewed_by),
            joinedload(BreakGlass.case).joinedload(Case.person),
            joinedload(BreakGlass.case).joinedload(Case.worker),
        )
        .order_by(
            waits.desc(),
            case((waits, BreakGlass.review_by), else_=None).asc(),
            BreakGlass.at.desc(),
        )
        .limit(MOST_LISTED)
    ).all()


def opening_for(user: User, opening_id: uuid.UUID) -> BreakGlass | None:
    found = db.session.execute(
        select(BreakGlass, is_named_to(user))
        .join(Case, Case.id == BreakGlass.case_id)
        .where(BreakGlass.id == opening_id, _may_review(user))
    ).first()
    if found is None:
        return None
    opening: BreakGlass = found[0]
    opening.case.is_named = bool(found[1])
    return opening


def cases_in_sight_of(user: User, listed: Sequence[BreakGlass]) -> set[uuid.UUID]:
    """Information governance reads the register, and nothing of the cases."""
    ids = [opening.case_id for opening in listed]
    return set(db.session.scalars(select(Case.id).where(Case.id.in_(ids), known_to(user))))


def sees_case_of(user: User, opening: BreakGlass) -> bool:
    return bool(cases_in_sight_of(user, [opening]))


def waiting_count(user: User) -> int:
    return (
        db.session.scalar(
            select(func.count())
            .select_from(BreakGlass)
            .join(Case, Case.id == BreakGlass.case_id)
            .where(
                _may_review(user),
                BreakGlass.reviewed_at.is_(None),
                BreakGlass.user_id != user.id,
            )
        )
        or 0
    )


def _may_review(user: User) -> ColumnElement[bool]:
    if user.role not in GRANTS[Permission.GLASS_REVIEW] or not user.is_active:
        return false()
    if user.role is Role.INFORMATION_GOVERNANCE:
        return true()
    return known_to(user)


def looked_at(opening: BreakGlass) -> Sequence[AuditRow]:
    """What the trail says this user did with the case while it was open to them."""
    end = min(moment for moment in (opening.ended_at, opening.until_at) if moment is not None)
    return db.session.scalars(
        select(AuditRow)
        .where(
            AuditRow.case_id == opening.case_id,
            AuditRow.actor_id == opening.user_id,
            AuditRow.at >= opening.at,
            AuditRow.at <= end,
        )
        .order_by(AuditRow.seq)
    ).all()


def late_for_review(now: datetime) -> Sequence[BreakGlass]:
    """Not reviewed in time, and nobody above has been told yet."""
    return db.session.scalars(
        select(BreakGlass)
        .where(
            BreakGlass.reviewed_at.is_(None),
            BreakGlass.review_by <= now,
            BreakGlass.escalated_at.is_(None),
        )
        .order_by(BreakGlass.review_by)
        .with_for_update(skip_locked=True)
    ).all()
