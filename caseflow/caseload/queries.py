"""One worker's day: a fixed number of queries, however many cases."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import joinedload

from caseflow.assessments.models import Assessment
from caseflow.caseload.rules import PROMISES, STAY_DAYS, WAITS, time_left
from caseflow.cases.lifecycle import TERMINAL, Stage
from caseflow.cases.models import Case
from caseflow.cases.queries import visible_cases
from caseflow.cases.visibility import known_to
from caseflow.contacts.models import Contact
from caseflow.contacts.queries import last_heard_at_for
from caseflow.intake.models import Referral
from caseflow.kernel import clock
from caseflow.kernel.database import db
from caseflow.people.models import ContactPoint
from caseflow.people.rules import Safe
from caseflow.reviews.models import DueItem
from caseflow.reviews.queries import due_for_worker
from caseflow.reviews.rules import SUPERVISED, DueState
from caseflow.staff.models import User

NEW = (Stage.RECEIVED, Stage.TRIAGED, Stage.ELIGIBLE)
MOST_WAITING = 60
MOST_UNFINISHED = 20


@dataclass(frozen=True)
class Waiting:
    """Somebody who waits for us, and how long there is."""

    case: Case
    referral: Referral | None
    due: DueItem | None
    heard_at: datetime | None
    tries: int

    @property
    def leaves_at(self) -> datetime | None:
        return self.referral.discharge_at if self.referral else None

    @property
    def until(self) -> datetime | None:
        return time_left(self.due.due_at if self.due else None, self.leaves_at)

    @property
    def is_still_there(self) -> bool:
        return self.referral is not None and self.referral.is_still_there is Safe.YES

    @property
    def place(self) -> str:
        parts = (self.referral.site, self.referral.ward) if self.referral else ()
        return ", ".join(part for part in parts if part)

    @property
    def since(self) -> datetime:
        return (self.referral and self.referral.attended_at) or self.case.received_at


@dataclass(frozen=True)
class Promise:
    item: DueItem
    points: list[ContactPoint]


@dataclass(frozen=True)
class Day:
    now: list[Waiting]
    promised: list[Promise]
    unfinished: Sequence[Assessment]
    week: list[DueItem]
    next: DueItem | None

    @property
    def cases(self) -> set[uuid.UUID]:
        """Everybody who is named on the page, for the audit trail."""
        return {
            *(waiting.case.id for waiting in self.now),
            *(promise.item.case_id for promise in self.promised),
            *(assessment.case_id for assessment in self.unfinished),
            *(item.case_id for item in self.week),
        }


def day_of(user: User) -> Day:
    today = clock.today()
    now = waiting_for(user)
    at_the_top = {waiting.case.id for waiting in now}
    items = [
        item
        for item in due_for_worker(user, clock.end_of(today + timedelta(days=6)))
        if item.kind not in SUPERVISED and not (item.kind in WAITS and item.case_id in at_the_top)
    ]
    due_now = clock.end_of(today)
    promised = [item for item in items if item.kind in PROMISES and item.due_at < due_now]
    week = [item for item in items if item not in promised]
    return Day(
        now=now,
        promised=_with_numbers(promised),
        unfinished=_unfinished(user),
        week=week,
        next=next((i for i in week if i.due_at >= clock.now()), None) or _next_after(user),
    )


def waiting_for(user: User) -> list[Waiting]:
    """Whoever has not been tried yet, and whoever is still in the hospital; least time first."""
    cases = db.session.scalars(
        visible_cases(user)
        .where(or_(_unallocated(user), _mine_and_waiting(user)))
        .order_by(Case.received_at)
        .limit(MOST_WAITING)
    ).all()
    ids = [case.id for case in cases]
    referrals, dues = _referrals(ids), _waits(ids)
    heard, tries = last_heard_at_for(ids), _tries(ids)
    found = [
        Waiting(
            case, referrals.get(case.id), dues.get(case.id), heard.get(case.id),
            tries.get(case.id, 0),
        )
        for case in cases
    ]  # fmt: skip
    return sorted(found, key=_by_time_left)


def _by_time_left(waiting: Waiting) -> tuple[bool, datetime, datetime]:
    """Unseen before seen; then whoever has least time; then whoever has waited longest."""
    until = waiting.until or clock.now() + timedelta(days=365)
    return waiting.heard_at is not None, until, waiting.case.received_at


def _unallocated(user: User) -> ColumnElement[bool]:
    return and_(Case.team_id == user.team_id, Case.worker_id.is_(None), Case.stage.in_(NEW))


def _mine_and_waiting(user: User) -> ColumnElement[bool]:
    tried = select(Contact.id).where(Contact.case_id == Case.id, Contact.withdrawn_at.is_(None))
    still_there = select(Referral.id).where(
        Referral.case_id == Case.id,
        Referral.is_still_there == Safe.YES,
        or_(Referral.discharge_at.is_(None), Referral.discharge_at > clock.now()),
        Referral.received_at > clock.now() - timedelta(days=STAY_DAYS),
    )
    return and_(
        Case.worker_id.in_([user.id, *user.covers]),
        or_(
            Case.stage.in_(NEW),
            and_(Case.stage == Stage.ATTEMPTING, ~tried.exists()),
            and_(Case.stage.not_in(TERMINAL), still_there.exists()),
        ),
    )


def _referrals(case_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Referral]:
    """The latest of each case."""
    found = db.session.scalars(
        select(Referral).where(Referral.case_id.in_(case_ids)).order_by(Referral.received_at)
    )
    return {referral.case_id: referral for referral in found}


def _waits(case_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, DueItem]:
    found = db.session.scalars(
        select(DueItem)
        .where(
            DueItem.case_id.in_(case_ids),
            DueItem.kind.in_(WAITS),
            DueItem.state == DueState.OPEN,
        )
        .order_by(DueItem.due_at.desc())
    )
    return {item.case_id: item for item in found}


def _tries(case_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, int]:
    rows = db.session.execute(
        select(Contact.case_id, func.count())
        .where(Contact.case_id.in_(case_ids), Contact.withdrawn_at.is_(None))
        .group_by(Contact.case_id)
    )
    return {row[0]: row[1] for row in rows}


def _with_numbers(items: list[DueItem]) -> list[Promise]:
    people = {item.case.person_id for item in items}
    points: dict[uuid.UUID, list[ContactPoint]] = {person: [] for person in people}
    found = db.session.scalars(
        select(ContactPoint).where(
            ContactPoint.person_id.in_(people), ContactPoint.removed_at.is_(None)
        )
    )
    for point in sorted(found, key=lambda point: (point.kind, point.value)):
        points[point.person_id].append(point)
    return [Promise(item, points[item.case.person_id]) for item in items]


def _unfinished(user: User) -> Sequence[Assessment]:
    """What this worker began to write down and did not complete."""
    return db.session.scalars(
        select(Assessment)
        .join(Case, Case.id == Assessment.case_id)
        .where(
            known_to(user),
            Assessment.by_id == user.id,
            Assessment.completed_at.is_(None),
            Case.stage.not_in(TERMINAL),
        )
        .options(joinedload(Assessment.case).joinedload(Case.person))
        .order_by(Assessment.started_at)
        .limit(MOST_UNFINISHED)
    ).all()


def _next_after(user: User) -> DueItem | None:
    return db.session.scalars(
        select(DueItem)
        .join(Case, Case.id == DueItem.case_id)
        .where(
            known_to(user),
            Case.worker_id.in_([user.id, *user.covers]),
            DueItem.state == DueState.OPEN,
            DueItem.kind.not_in(SUPERVISED),
            DueItem.due_at >= clock.now(),
        )
        .order_by(DueItem.due_at)
        .limit(1)
    ).first()
