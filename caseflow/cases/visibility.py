"""The one definition of need-to-know. Lists filter by it; single records are fetched through it.

A conflict of interest beats everything. Then a restricted record is known to who holds it, to the
safeguarding lead and to named people. Any other is known as CASE_VIEW grants, and to whoever
opened it in an emergency, for the hour that lasts.
"""

import uuid
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    exists,
    false,
    func,
    not_,
    or_,
    select,
    true,
)
from sqlalchemy.orm import InstrumentedAttribute

from caseflow.access.grants import GRANTS, Relation
from caseflow.access.permissions import Permission
from caseflow.cases.models import BreakGlass, Case, Conflict, NamedAccess, Restriction
from caseflow.kernel import clock
from caseflow.staff.models import User


def visible_to(user: User) -> ColumnElement[bool]:
    """Cases whose existence this user may know of."""
    return or_(known_to(user), _opened_by(user))


def known_to(user: User) -> ColumnElement[bool]:
    """The same without emergency openings: what somebody may know for longer than an hour."""
    relation = GRANTS[Permission.CASE_VIEW].get(user.role)
    if relation is None or not user.is_active:
        return false()
    return and_(
        or_(
            and_(not_(is_restricted()), _granted(user, relation)),
            and_(is_restricted(), _on_its_list(user, relation)),
        ),
        Case.person_id.not_in(_conflicts_of(user)),
    )


def person_known_to(
    user: User, person_id: ColumnElement[Any] | InstrumentedAttribute[Any]
) -> ColumnElement[bool]:
    """They have a case that this user may know of."""
    of_theirs = select(Case.id).where(Case.person_id == person_id, known_to(user))
    return exists(of_theirs.correlate_except(Case))


def is_kept_from(
    user: User, person_id: ColumnElement[Any] | InstrumentedAttribute[Any]
) -> ColumnElement[bool]:
    """Whom nothing that is counted, sorted or cut short may hint at: restricted records this user
    is not let into, and conflicts of interest. Asked of each row by itself, so that it costs the
    same however many there are."""
    return or_(
        and_(
            exists().where(Restriction.person_id == person_id, Restriction.lifted_at.is_(None)),
            not_(person_known_to(user, person_id)),
        ),
        exists().where(
            Conflict.person_id == person_id,
            Conflict.user_id == user.id,
            Conflict.removed_at.is_(None),
        ),
    )


def is_restricted() -> ColumnElement[bool]:
    return Case.person_id.in_(_restricted())


def is_named_to(user: User) -> ColumnElement[bool]:
    """The record is restricted, and this user is on its list."""
    return and_(is_restricted(), Case.person_id.in_(_named(user)))


def can_be_opened_by(user: User) -> ColumnElement[bool]:
    """What an emergency opening reaches: what is not in sight, not restricted, no conflict."""
    if user.role not in GRANTS[Permission.BREAK_GLASS] or not user.is_active:
        return false()
    # A case with nobody compares as unknown, and unknown must count as "not in sight" here.
    is_in_sight = func.coalesce(visible_to(user), false())
    return and_(
        not_(is_in_sight), not_(is_restricted()), Case.person_id.not_in(_conflicts_of(user))
    )


def _granted(user: User, relation: Relation) -> ColumnElement[bool]:
    if relation is Relation.ANY:
        return true()
    own = Case.worker_id.in_([user.id, *user.covers])
    if relation is Relation.TEAM and user.team_id is not None:
        return or_(own, Case.team_id == user.team_id)
    return own


def _on_its_list(user: User, relation: Relation) -> ColumnElement[bool]:
    """Cover does not reach a restricted record: whoever stands in has to be named."""
    if relation is Relation.ANY:
        return true()
    return or_(Case.worker_id == user.id, Case.person_id.in_(_named(user)))


def _named(user: User) -> Select[uuid.UUID]:
    return select(NamedAccess.person_id).where(
        NamedAccess.user_id == user.id, NamedAccess.ended_at.is_(None)
    )


def _opened_by(user: User) -> ColumnElement[bool]:
    if user.role not in GRANTS[Permission.BREAK_GLASS] or not user.is_active:
        return false()
    opened = select(BreakGlass.case_id).where(
        BreakGlass.user_id == user.id,
        BreakGlass.ended_at.is_(None),
        BreakGlass.until_at > clock.now(),
        BreakGlass.at >= (user.enabled_at or user.added_at),  # none from before they had left
    )
    return and_(
        Case.id.in_(opened),
        not_(is_restricted()),
        Case.person_id.not_in(_conflicts_of(user)),
    )


def _restricted() -> Select[uuid.UUID]:
    return select(Restriction.person_id).where(Restriction.lifted_at.is_(None))


def _conflicts_of(user: User) -> Select[uuid.UUID]:
    return select(Conflict.person_id).where(
        Conflict.user_id == user.id, Conflict.removed_at.is_(None)
    )
