"""Who stands in for whom: written by a supervisor of the team, with an end."""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from caseflow.audit import actions as audit
from caseflow.audit.rules import Event
from caseflow.kernel import clock
from caseflow.kernel.database import db
from caseflow.kernel.errors import Problem, Stale
from caseflow.kernel.settings import setting
from caseflow.staff.models import Cover, User

MOST_DAYS = 31


def most_days() -> int:
    """How long one cover may last: a setting, and never more than 31 days."""
    chosen: Any = setting("cover_days", MOST_DAYS)
    is_number = isinstance(chosen, int) and not isinstance(chosen, bool)
    return min(max(chosen, 1), MOST_DAYS) if is_number else MOST_DAYS


def set_cover(user: User, of: User, *, from_at: datetime, until_at: datetime, by: User) -> Cover:
    """``user`` gets what ``of`` gets as the holder of their cases, from then until then."""
    if user.id == of.id:
        raise Problem("Choose two people.", "user")
    for somebody, field in ((user, "user"), (of, "of")):
        if by.team_id is None or somebody.team_id != by.team_id:
            raise Problem("Choose somebody of your team.", field)
    if not user.is_active:
        raise Problem(f"{user.name} can no longer sign in.", "user")
    if until_at <= max(from_at, clock.now()):
        raise Problem("The end must be after the beginning, and not be past.", "until")
    if until_at - from_at > timedelta(days=most_days()):
        raise Problem(f"At most {most_days()} days. Set it anew when it ends.", "until")
    if _overlapping(user, of, from_at, until_at):
        raise Problem(f"{user.name} covers for {of.name} in that time already.", "user")
    cover = Cover(
        user=user, of=of, from_at=from_at, until_at=until_at, set_at=clock.now(), set_by_id=by.id
    )
    db.session.add(cover)
    db.session.flush()
    db.session.expire(user, ["covering"])
    audit.record(Event.COVER_SET, user=str(user.id), of=str(of.id), until=until_at.isoformat())
    return cover


def end_cover(cover: Cover) -> None:
    if cover.ended_at is not None:
        raise Stale("Somebody has ended this already.")
    cover.ended_at = clock.now()
    db.session.flush()
    db.session.expire(cover.user, ["covering"])
    audit.record(Event.COVER_ENDED, user=str(cover.user_id), of=str(cover.for_id))


def covers_in(team_id: uuid.UUID) -> Sequence[Cover]:
    """In force or to come, soonest end first."""
    return db.session.scalars(
        select(Cover)
        .join(User, User.id == Cover.for_id)
        .where(User.team_id == team_id, Cover.ended_at.is_(None), Cover.until_at > clock.now())
        .options(joinedload(Cover.user), joinedload(Cover.of))
        .order_by(Cover.until_at, Cover.id)
    ).all()


def _overlapping(user: User, of: User, from_at: datetime, until_at: datetime) -> bool:
    found = db.session.scalar(
        select(Cover.id)
        .where(
            Cover.user_id == user.id,
            Cover.for_id == of.id,
            Cover.ended_at.is_(None),
            Cover.from_at < until_at,
            Cover.until_at > from_at,
        )
        .limit(1)
    )
    return found is not None
