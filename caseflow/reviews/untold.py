"""Who has to be told what: due for telling, and no row in the ledger. Never equality of dates,
so that a day on which nothing ran is caught up by the next run."""

import uuid
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, literal, not_, or_, select
from sqlalchemy.orm import aliased

from caseflow.access.permissions import Role
from caseflow.cases.lifecycle import TERMINAL, Stage
from caseflow.cases.models import Case
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
from caseflow.staff.models import User


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
    holder = aliased(User)
    for_lead = DueItem.kind.in_(SUPERVISED) | Case.worker_id.is_(None) | not_(_can_hold(holder))
    step: ColumnElement[Any] = case(
        (DueItem.due_at <= now, literal(Step.TODAY, words(Step))),
        (DueItem.due_at <= shifted(now, -STEP_DAYS[Step.TOMORROW]), Step.TOMORROW),
        else_=Step.EARLY,
    )
    soon = DueItem.due_at <= shifted(now, -STEP_DAYS[Step.EARLY])
    worker, lead = User.id == Case.worker_id, _leads()
    overdue = literal(Step.OVERDUE, words(Step))
    asked = (
        _telling(step, worker).where(soon, DueItem.kind.not_in(SUPERVISED)),
        _telling(step, lead).outerjoin(holder, holder.id == Case.worker_id).where(soon, for_lead),
        _telling(overdue, lead).where(_is_overdue(now)),
    )
    found = []
    for query in asked:
        only = query if recipient_id is None else query.where(User.id == recipient_id)
        found += [Telling(*row) for row in db.session.execute(only)]
    return [telling for telling in found if not _is_hasty(telling)]


def _is_hasty(telling: Telling) -> bool:
    early = telling.step is Step.EARLY
    return early and is_too_new_for_warning(telling.due_at, telling.made_at)


def _can_hold(user: type[User]) -> ColumnElement[bool]:
    return user.disabled_at.is_(None) & user.role.in_([Role.YOUTH_WORKER, Role.SUPERVISOR])


def _leads() -> ColumnElement[bool]:
    is_lead = (User.role == Role.SUPERVISOR) | User.deputises
    return (User.team_id == Case.team_id) & is_lead


def _is_overdue(now: datetime) -> ColumnElement[bool]:
    by_risk = [
        (Case.risk == risk) & (DueItem.due_at <= now - timedelta(hours=hours))
        for risk, hours in OVERDUE_HOURS.items()
    ]
    return or_(DueItem.due_at <= shifted(now, -STEP_DAYS[Step.OVERDUE]), *by_risk)


def _still_matters() -> ColumnElement[bool]:
    """Nobody is reminded of somebody who died, nor of a case that has ended or stands still."""
    return and_(
        DueItem.state == DueState.OPEN,
        Person.died_on.is_(None),
        Case.stage != Stage.DECEASED,
        Case.stage.not_in(TERMINAL) | DueItem.kind.in_(AFTER_ENDING),
        Case.paused_at.is_(None) | DueItem.kind.in_(WHILE_PAUSED),
    )


def _telling(step: ColumnElement[Any], audience: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    """Open items, each with everybody in the audience who has no row for this step and date."""
    in_ledger = exists().where(
        Told.item_id == DueItem.id,
        Told.step == step,
        Told.due_at == DueItem.due_at,
        Told.recipient_id == User.id,
        Told.channel == "inbox",
    )
    return (
        select(
            DueItem.id,
            DueItem.kind,
            DueItem.due_at,
            DueItem.made_at,
            DueItem.case_id,
            User.id,
            step,
        )
        .join(Case, Case.id == DueItem.case_id)
        .join(Person, Person.id == Case.person_id)
        .join(User, audience)
        .where(
            _still_matters(),
            _can_hold(User),
            not_(in_ledger),
        )
        .order_by(DueItem.due_at, DueItem.id)
    )


def count_untellable(now: datetime) -> int:
    """Due, and nobody at all has been told: a team without a supervisor. Must be 0."""
    anybody = exists().where(Told.item_id == DueItem.id, Told.due_at == DueItem.due_at)
    query = (
        select(DueItem.id)
        .join(Case, Case.id == DueItem.case_id)
        .join(Person, Person.id == Case.person_id)
        .where(DueItem.due_at <= now, _still_matters(), not_(anybody))
    )
    return db.session.scalar(select(func.count()).select_from(query.subquery())) or 0
