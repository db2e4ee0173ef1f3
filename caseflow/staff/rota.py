"""The rota: who works when, set by a supervisor of the team."""

import uuid
from collections.abc import Collection, Sequence
from datetime import date, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from caseflow.audit import actions as audit
from caseflow.audit.rules import Event
from caseflow.kernel import clock
from caseflow.kernel.database import db
from caseflow.kernel.errors import Problem, Stale
from caseflow.staff.models import Shift, User

MOST_WEEKS = 13
A_DAY = timedelta(days=1)


def set_shifts(
    user: User,
    *,
    first: date,
    last: date,
    weekdays: Collection[int],
    starts: time,
    ends: time,
    by: User,
) -> list[Shift]:
    """One shift on each of those days; one that ends no later than it starts ends the next day.
    Days on which they work then already are left as they are."""
    if by.team_id is None or user.team_id != by.team_id:
        raise Problem("Choose somebody of your team.", "user")
    if not user.is_active:
        raise Problem(f"{user.name} can no longer sign in.", "user")
    if last < first:
        raise Problem("The last day must not be before the first.", "last")
    if last - first > timedelta(weeks=MOST_WEEKS):
        raise Problem(f"At most {MOST_WEEKS} weeks at a time.", "last")
    days = [first + A_DAY * n for n in range((last - first).days + 1)]
    spans = [_span(day, starts, ends) for day in days if day.weekday() in weekdays]
    if not spans:
        raise Problem("None of those days is in that time.", "weekdays")
    held = shifts_in(by.team_id, spans[0][0], spans[-1][1], of=user)
    added = [
        Shift(team_id=by.team_id, user=user, from_at=start, until_at=end, set_at=clock.now(),
              set_by_id=by.id)
        for start, end in spans
        if not any(one.from_at < end and start < one.until_at for one in held)
    ]  # fmt: skip
    if not added:
        raise Problem(f"{user.name} is on the rota then already.", "user")
    db.session.add_all(added)
    db.session.flush()
    audit.record(Event.ROTA_SET, user=str(user.id), shifts=len(added),
                 first=first.isoformat(), last=last.isoformat())  # fmt: skip
    return added


def _span(day: date, starts: time, ends: time) -> tuple[datetime, datetime]:
    last = day if ends > starts else day + A_DAY
    return clock.local_instant(day, starts), clock.local_instant(last, ends)


def remove_shift(shift: Shift) -> None:
    """What is past stays: who was there is on record."""
    if shift.removed_at is not None:
        raise Stale("Somebody has removed this shift already.")
    if shift.until_at <= clock.now():
        raise Problem("This shift is over. It stays on record.")
    shift.removed_at = clock.now()
    db.session.flush()
    audit.record(Event.SHIFT_REMOVED, user=str(shift.user_id), shift=str(shift.id))


def shifts_in(
    team_id: uuid.UUID, since: datetime, until: datetime, *, of: User | None = None
) -> Sequence[Shift]:
    """Whatever of the rota lies between two instants, the earliest first."""
    query = select(Shift).where(
        Shift.team_id == team_id,
        Shift.until_at > since,
        Shift.from_at < until,
        Shift.removed_at.is_(None),
    )
    if of is not None:
        query = query.where(Shift.user_id == of.id)
    return db.session.scalars(
        query.options(joinedload(Shift.user)).order_by(Shift.from_at, Shift.id)
    ).all()


def on_shift(team_id: uuid.UUID, now: datetime) -> list[User]:
    now_and_soon = shifts_in(team_id, now, now + A_DAY)
    found = {shift.user_id: shift.user for shift in now_and_soon if shift.from_at <= now}
    return sorted((u for u in found.values() if u.is_active), key=lambda user: user.name)


def keeps_rota(team_id: uuid.UUID, around: datetime) -> bool:
    """Whether anybody of the team is on the rota in the weeks before and after."""
    return bool(shifts_in(team_id, around - timedelta(weeks=1), around + timedelta(weeks=1)))


def shift_in(team_id: uuid.UUID, shift_id: uuid.UUID) -> Shift | None:
    return db.session.scalar(select(Shift).where(Shift.id == shift_id, Shift.team_id == team_id))
