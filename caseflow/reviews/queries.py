import uuid
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime

from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import joinedload

from caseflow.cases.lifecycle import TERMINAL, Stage
from caseflow.cases.models import Case, StageChange
from caseflow.cases.visibility import known_to
from caseflow.kernel import clock
from caseflow.kernel.database import db
from caseflow.people.models import Consent, Flag
from caseflow.reviews.models import DueItem, Heartbeat, Review, Told
from caseflow.reviews.rules import (
    WHILE_PAUSED,
    DueKind,
    DueState,
)
from caseflow.staff.models import User

# --- One case ----------------------------------------------------------------------------------


def open_items(case: Case) -> Sequence[DueItem]:
    """What is due on a case, soonest first."""
    return db.session.scalars(
        select(DueItem)
        .where(DueItem.case_id == case.id, DueItem.state == DueState.OPEN)
        .order_by(DueItem.due_at, DueItem.id)
    ).all()


def next_due(case: Case) -> DueItem | None:
    return next(iter(open_items(case)), None)


def open_item(case: Case, kind: DueKind, subject: uuid.UUID) -> DueItem | None:
    return db.session.scalars(
        select(DueItem)
        .where(
            DueItem.subject == subject,
            DueItem.kind == kind,
            DueItem.case_id == case.id,
            DueItem.state == DueState.OPEN,
        )
        .limit(1)
    ).first()


def open_about(kind: DueKind, subject: uuid.UUID) -> Sequence[DueItem]:
    return db.session.scalars(
        select(DueItem).where(
            DueItem.subject == subject, DueItem.kind == kind, DueItem.state == DueState.OPEN
        )
    ).all()


def latest_item(case: Case, kind: DueKind) -> DueItem | None:
    """The newest of its kind on the case that has ended, done or cancelled."""
    return db.session.scalars(
        select(DueItem)
        .where(DueItem.case_id == case.id, DueItem.kind == kind, DueItem.state != DueState.OPEN)
        .order_by(DueItem.done_at.desc())
        .limit(1)
    ).first()


def item_in(case: Case, item_id: uuid.UUID) -> DueItem | None:
    return db.session.scalar(
        select(DueItem).where(DueItem.id == item_id, DueItem.case_id == case.id)
    )


def past_items(case: Case, *, limit: int = 50) -> Sequence[DueItem]:
    """What is no longer open, newest first."""
    return db.session.scalars(
        select(DueItem)
        .where(DueItem.case_id == case.id, DueItem.state == DueState.DONE)
        .order_by(DueItem.done_at.desc())
        .limit(limit)
    ).all()


def reviews_of(case: Case) -> Sequence[Review]:
    return db.session.scalars(
        select(Review)
        .where(Review.case_id == case.id)
        .options(joinedload(Review.by))
        .order_by(Review.held_at.desc())
    ).all()


def last_review(case: Case) -> Review | None:
    return db.session.scalars(
        select(Review).where(Review.case_id == case.id).order_by(Review.held_at.desc()).limit(1)
    ).first()


def became_approachable_at(case: Case) -> datetime | None:
    """When the time to a first approach began; None when they have been approached."""
    changes = db.session.execute(
        select(StageChange.from_stage, StageChange.to_stage, StageChange.at)
        .where(StageChange.case_id == case.id)
        .order_by(StageChange.at, StageChange.id)
    ).all()
    if any(to is Stage.APPROACHED for _, to, _ in changes):
        return None
    starts = [
        at
        for start, to, at in changes
        if to is Stage.ELIGIBLE or (to is Stage.ATTEMPTING and start in TERMINAL)
    ]
    return max(starts, default=None)


def tellings_of(items: Iterable[DueItem]) -> dict[uuid.UUID, list[tuple[Told, str]]]:
    """Who has been told about each item as it stands, and their name; one query."""
    dates = {item.id: item.due_at for item in items}
    told = db.session.execute(
        select(Told, User.name)
        .join(User, User.id == Told.recipient_id)
        .where(Told.item_id.in_(dates), Told.channel == "inbox")
        .order_by(Told.at)
    ).all()
    found: dict[uuid.UUID, list[tuple[Told, str]]] = {key: [] for key in dates}
    for row, name in told:
        if row.due_at == dates[row.item_id]:
            found[row.item_id].append((row, name))
    return found


# --- One young person --------------------------------------------------------------------------


def cases_with_items(person_id: uuid.UUID) -> Sequence[Case]:
    """Open ones, and ended ones on which something is still due."""
    has_items = exists().where(DueItem.case_id == Case.id, DueItem.state == DueState.OPEN)
    return db.session.scalars(
        select(Case).where(Case.person_id == person_id, Case.stage.not_in(TERMINAL) | has_items)
    ).all()


def expiring_flags(person_id: uuid.UUID, since: date) -> Sequence[Flag]:
    """Flags with an end no earlier than ``since`` that nobody removed, newest first."""
    return db.session.scalars(
        select(Flag)
        .where(Flag.person_id == person_id, Flag.removed_at.is_(None), Flag.expires_on >= since)
        .order_by(Flag.set_at.desc())
    ).all()


def decisions_about(person_id: uuid.UUID) -> Sequence[Consent]:
    """Consent decisions, newest first."""
    return db.session.scalars(
        select(Consent).where(Consent.person_id == person_id).order_by(Consent.decided_at.desc())
    ).all()


# --- Many cases --------------------------------------------------------------------------------


def _open_on_running_cases() -> Select[DueItem]:
    """Open items that count: a paused case waits, except for what a pause does not silence."""
    return (
        select(DueItem)
        .join(Case, Case.id == DueItem.case_id)
        .where(
            DueItem.state == DueState.OPEN,
            Case.paused_at.is_(None) | DueItem.kind.in_(WHILE_PAUSED),
        )
    )


def due_for_cases(case_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, DueItem]:
    """The next thing due on each case that has one; one query."""
    found: dict[uuid.UUID, DueItem] = {}
    rows = db.session.scalars(
        select(DueItem)
        .where(DueItem.case_id.in_(list(case_ids)), DueItem.state == DueState.OPEN)
        .order_by(DueItem.due_at, DueItem.id)
    )
    for item in rows:
        found.setdefault(item.case_id, item)
    return found


def due_for_worker(user: User, until: datetime) -> Sequence[DueItem]:
    """What is due on the cases a worker holds or stands in for, late or by ``until``, soonest
    first."""
    return db.session.scalars(
        _open_on_running_cases()
        .where(Case.worker_id.in_([user.id, *user.covers]), known_to(user), DueItem.due_at < until)
        .options(joinedload(DueItem.case).joinedload(Case.person))
        .order_by(DueItem.due_at, DueItem.id)
    ).all()


def overdue_for_team(team_id: uuid.UUID, now: datetime) -> Sequence[DueItem]:
    """What is late in a team, the longest wait first. Due today at 09:00 is late tomorrow."""
    due = db.session.scalars(
        _open_on_running_cases()
        .where(Case.team_id == team_id, DueItem.due_at <= now)
        .options(
            joinedload(DueItem.case).joinedload(Case.person),
            joinedload(DueItem.case).joinedload(Case.worker),
        )
        .order_by(DueItem.due_at, DueItem.id)
    )
    return [item for item in due if item.is_late(now)]


def due_counts_by_day(team_id: uuid.UUID, start: date, end: date) -> dict[date, int]:
    """How many things fall due in a team on each day from ``start`` to ``end``, both included."""
    instants = db.session.scalars(
        _open_on_running_cases()
        .with_only_columns(DueItem.due_at)
        .where(
            Case.team_id == team_id,
            DueItem.due_at >= clock.start_of(start),
            DueItem.due_at < clock.end_of(end),
        )
    )
    return dict(Counter(clock.local(at).date() for at in instants))


def count_due(now: datetime) -> int:
    query = select(func.count()).select_from(
        _open_on_running_cases().where(DueItem.due_at <= now).subquery()
    )
    return db.session.scalar(query) or 0


def last_beat(name: str) -> datetime | None:
    return db.session.scalar(select(Heartbeat.at).where(Heartbeat.name == name))
