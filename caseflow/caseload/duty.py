"""The duty board: who can be met now, and who waits to be reached; least time first."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, or_, select

from caseflow.caseload.rules import STAY_DAYS, Tap, next_tap
from caseflow.cases.lifecycle import TERMINAL, Stage
from caseflow.cases.models import Allocation, Case
from caseflow.cases.queries import visible_cases
from caseflow.intake.clocks import moments_of
from caseflow.intake.models import Referral
from caseflow.intake.moment import Moment, State
from caseflow.kernel import clock
from caseflow.kernel.database import db
from caseflow.people.rules import Safe
from caseflow.staff import queries as staff
from caseflow.staff import rota
from caseflow.staff.models import User

BEFORE_APPROACH = (Stage.RECEIVED, Stage.TRIAGED, Stage.ELIGIBLE, Stage.ATTEMPTING)
MOST = 100
FAR = timedelta(days=3660)


@dataclass(frozen=True)
class HandedOver:
    by: str
    words: str
    at: datetime


@dataclass(frozen=True)
class Line:
    """One young person on the board, as one reader sees them."""

    case: Case
    referral: Referral | None
    moment: Moment
    tap: Tap | None
    handed: HandedOver | None

    @property
    def place(self) -> str:
        parts = (self.referral.site, self.referral.ward) if self.referral else ()
        return ", ".join(part for part in parts if part)

    @property
    def since(self) -> datetime:
        attended = self.referral.attended_at if self.referral else None
        return attended or self.case.received_at

    @property
    def is_seen(self) -> bool:
        return self.moment.state in (State.MET, State.MISSED)


@dataclass(frozen=True)
class Board:
    there: list[Line]
    to_reach: list[Line]
    on_shift: list[User]
    opens_at: datetime | None
    """When the service opens next; None while it is open."""

    @property
    def lines(self) -> list[Line]:
        return [*self.there, *self.to_reach]


def board_for(user: User, now: datetime) -> Board:
    cases = db.session.scalars(
        visible_cases(user)
        .where(_ours(user), _may_wait(now))
        .order_by(Case.received_at)
        .limit(MOST)
    ).all()
    found = moments_of(cases, now)
    handed = _handed_over([case.id for case in cases])
    lines = [
        Line(case, referral, moment, _tap(user, case, moment), handed.get(case.id))
        for (case, referral), moment in found.values()
    ]
    there = [line for line in lines if line.moment.is_there and _is_believed(line)]
    to_reach = [line for line in lines if line not in there and _waits(line)]
    calendar = staff.service_calendar()
    return Board(
        there=sorted(there, key=_by_time_left),
        to_reach=sorted(to_reach, key=_by_time_left),
        on_shift=rota.on_shift(user.team_id, now) if user.team_id else [],
        opens_at=None if calendar.is_open(now) else calendar.next_opening(now),
    )


def _ours(user: User) -> ColumnElement[bool]:
    return or_(Case.team_id == user.team_id, Case.worker_id.in_([user.id, *user.covers]))


def _may_wait(now: datetime) -> ColumnElement[bool]:
    still_there = select(Referral.id).where(
        Referral.case_id == Case.id,
        Referral.is_still_there == Safe.YES,
        or_(Referral.discharge_at.is_(None), Referral.discharge_at > now),
        Referral.received_at > now - timedelta(days=STAY_DAYS),
    )
    return or_(
        Case.stage.in_(BEFORE_APPROACH), and_(Case.stage.not_in(TERMINAL), still_there.exists())
    )


def _is_believed(line: Line) -> bool:
    """Nobody is thought to be in the hospital for ever, nor once seen without being said to be."""
    received = line.referral.received_at if line.referral else line.case.received_at
    is_fresh = received > clock.now() - timedelta(days=STAY_DAYS)
    is_said = line.referral is not None and line.referral.is_still_there is Safe.YES
    return is_fresh and (is_said or not line.is_seen)


def _waits(line: Line) -> bool:
    return line.case.stage in BEFORE_APPROACH and line.moment.next is not None


def _by_time_left(line: Line) -> tuple[bool, timedelta, datetime, uuid.UUID]:
    left = FAR if line.moment.left is None else line.moment.left
    return line.is_seen, left, line.case.received_at, line.case.id


def _tap(user: User, case: Case, moment: Moment) -> Tap | None:
    mine = case.worker_id in {user.id, *user.covers}
    return next_tap(
        case.stage, is_there=moment.is_there, is_free=case.worker_id is None, is_mine=mine
    )


def _handed_over(case_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, HandedOver]:
    """The words that came with the latest change of hands."""
    rows = db.session.execute(
        select(Allocation, User.name)
        .join(User, User.id == Allocation.by_id)
        .where(Allocation.case_id.in_(case_ids))
        .order_by(Allocation.at)
    )
    latest = {found.case_id: (found, name) for found, name in rows}
    return {
        case_id: HandedOver(name, found.reason, found.at)
        for case_id, (found, name) in latest.items()
        if found.by_id != found.worker_id
    }
