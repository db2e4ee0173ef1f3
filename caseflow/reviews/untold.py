"""Who has to be told what: due for telling, and no row in the ledger. Never equality of dates,
so that a day on which nothing ran is caught up by the next run."""

import uuid
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, literal, not_, or_, select
from sqlalchemy.orm import aliased

from caseflow.access.permissions import Role
from caseflow.cases.lifecycle import TERMINAL, Stage
from caseflow.cases.models import Case, Conflict, NamedAccess
from caseflow.cases.visibility import is_restricted
from caseflow.kernel.database import db, words
from caseflow.people.models import Person
from caseflow.reviews.cadence import OVERDUE_HOURS, is_too_new_for_warning, shifted
from caseflow.reviews.models import DueItem, Told
from caseflow.reviews.rules import (
    AFTER_ENDING,
    STEP_DAYS,
    SUPERVISED,
    WHILE_PAUSED,
    DueKind,
    DueState,
    Step,
)
from caseflow.staff.models import Cover, User

Tellings = Select[*tuple[Any, ...]]


class Telling(NamedTuple):
    """One thing one person has to be told: the step that holds now, not those slept through."""

    item_id: uuid.UUID
    kind: DueKind
    due_at: datetime
    made_at: datetime
    case_id: uuid.UUID
    recipient_id: uuid.UUID
    step: Step


def untold(now: datetime, recipient_id: uuid.UUID | None = None) -> list[Telling]:
    """Whatever is due for telling and has no row in the ledger, for everybody or for one."""
    week = shifted(now, -STEP_DAYS[Step.EARLY])
    asked = (
        _to_worker(now, week),
        _to_cover(now, week),
        _to_leads(now, week),
        _overdue(now),
        _to_safeguarding(now),
    )
    found = []
    for query in asked:
        only = query if recipient_id is None else query.where(User.id == recipient_id)
        found += [Telling(*row) for row in db.session.execute(only)]
    return [telling for telling in found if not _is_hasty(telling)]


def _to_worker(now: datetime, week: datetime) -> Tellings:
    item = _open_until(week)
    query = _telling(item, _step(item, now), User.id == Case.worker_id)
    return query.where(item.kind.not_in(SUPERVISED))


def _to_cover(now: datetime, week: datetime) -> Tellings:
    item = _open_until(week)
    stands_in = User.id.in_(
        select(Cover.user_id).where(
            Cover.for_id == Case.worker_id,
            Cover.ended_at.is_(None),
            Cover.from_at <= now,
            Cover.until_at > now,
        )
    )
    query = _telling(item, _step(item, now), stands_in)
    return query.where(item.kind.not_in(SUPERVISED), not_(is_restricted()))


def _to_safeguarding(now: datetime) -> Tellings:
    """What waits on a record that the team's supervisors may not know of."""
    item = _open_until(now)
    refused = exists().where(Conflict.person_id == Case.person_id, Conflict.removed_at.is_(None))
    query = _telling(item, literal(Step.OVERDUE, words(Step)), User.role == Role.SAFEGUARDING_LEAD)
    waits = item.kind.in_(SUPERVISED) | Case.worker_id.is_(None)
    late = item.due_at <= shifted(now, -STEP_DAYS[Step.OVERDUE])
    return query.where(or_(is_restricted(), refused), waits | late)


def _to_leads(now: datetime, week: datetime) -> Tellings:
    """What waits for a supervisor, and what nobody holds who could be told."""
    item, holder = _open_until(week), aliased(User)
    unheld = Case.worker_id.is_(None) | not_(_can_hold(holder))
    query = _telling(item, _step(item, now), _leads())
    return query.outerjoin(holder, holder.id == Case.worker_id).where(
        item.kind.in_(SUPERVISED) | unheld
    )


def _overdue(now: datetime) -> Tellings:
    item = _open_until(now)
    by_risk = [
        (Case.risk == risk) & (item.due_at <= now - timedelta(hours=hours))
        for risk, hours in OVERDUE_HOURS.items()
    ]
    late = or_(item.due_at <= shifted(now, -STEP_DAYS[Step.OVERDUE]), *by_risk)
    return _telling(item, literal(Step.OVERDUE, words(Step)), _leads()).where(late)


def _open_until(instant: datetime) -> type[DueItem]:
    """Looked up first, by its index: else SQLite begins with the staff, and reads every open
    item of their cases at each tick (a second for 100,000 of them)."""
    near = select(DueItem).where(DueItem.state == DueState.OPEN, DueItem.due_at <= instant)
    return aliased(DueItem, near.cte().prefix_with("MATERIALIZED"))


def _step(item: type[DueItem], now: datetime) -> ColumnElement[Any]:
    """The step that holds now."""
    return case(
        (item.due_at <= now, literal(Step.TODAY, words(Step))),
        (item.due_at <= shifted(now, -STEP_DAYS[Step.TOMORROW]), Step.TOMORROW),
        else_=Step.EARLY,
    )


def _is_hasty(telling: Telling) -> bool:
    early = telling.step is Step.EARLY
    return early and is_too_new_for_warning(telling.due_at, telling.made_at)


def _can_be_told() -> ColumnElement[bool]:
    works = User.role.in_([Role.YOUTH_WORKER, Role.SUPERVISOR, Role.SAFEGUARDING_LEAD])
    return and_(User.disabled_at.is_(None), works, _has_no_conflict())


def _can_hold(user: type[User]) -> ColumnElement[bool]:
    return user.disabled_at.is_(None) & user.role.in_([Role.YOUTH_WORKER, Role.SUPERVISOR])


def _leads() -> ColumnElement[bool]:
    """A restricted record is known to those of them who are on its list."""
    is_lead = (User.role == Role.SUPERVISOR) | User.deputises
    named = exists().where(
        NamedAccess.person_id == Case.person_id,
        NamedAccess.user_id == User.id,
        NamedAccess.ended_at.is_(None),
    )
    return and_(User.team_id == Case.team_id, is_lead, or_(not_(is_restricted()), named))


def _has_no_conflict() -> ColumnElement[bool]:
    return not_(
        exists().where(
            Conflict.person_id == Case.person_id,
            Conflict.user_id == User.id,
            Conflict.removed_at.is_(None),
        )
    )


def _still_matters(item: type[DueItem]) -> ColumnElement[bool]:
    """Nobody is reminded of somebody who died, nor of a case that has ended or stands still."""
    return and_(
        Person.died_on.is_(None),
        Case.stage != Stage.DECEASED,
        Case.stage.not_in(TERMINAL) | item.kind.in_(AFTER_ENDING),
        Case.paused_at.is_(None) | item.kind.in_(WHILE_PAUSED),
    )


def _telling(
    item: type[DueItem], step: ColumnElement[Any], audience: ColumnElement[bool]
) -> Tellings:
    """Each item with everybody in the audience who has no row for this step and date."""
    in_ledger = exists().where(
        Told.item_id == item.id,
        Told.step == step,
        Told.due_at == item.due_at,
        Told.recipient_id == User.id,
        Told.channel == "inbox",
    )
    return (
        select(item.id, item.kind, item.due_at, item.made_at, item.case_id, User.id, step)
        .join(Case, Case.id == item.case_id)
        .join(Person, Person.id == Case.person_id)
        .join(User, audience)
        .where(_still_matters(item), _can_be_told(), not_(in_ledger))
        .order_by(item.due_at, item.id)
    )


def count_untellable(now: datetime) -> int:
    """Due, and nobody at all has been told: a team without a supervisor. Must be 0."""
    item = _open_until(now)
    anybody = exists().where(Told.item_id == item.id, Told.due_at == item.due_at)
    query = (
        select(func.count(item.id))
        .join(Case, Case.id == item.case_id)
        .join(Person, Person.id == Case.person_id)
        .where(_still_matters(item), not_(anybody))
    )
    return db.session.scalar(query) or 0
