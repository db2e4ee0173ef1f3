import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select

from caseflow.kernel.database import db
from caseflow.notices.models import InboxItem, Outgoing
from caseflow.notices.rules import MOST_TRIES
from caseflow.staff.models import User


def unseen_count(user: User) -> int:
    return (
        db.session.scalar(
            select(func.count())
            .select_from(InboxItem)
            .where(InboxItem.user_id == user.id, InboxItem.seen_at.is_(None))
        )
        or 0
    )


def was_told(user: User, cause: str) -> bool:
    """By ``notices.actions.tell``."""
    found = select(InboxItem.id).where(InboxItem.cause == f"{cause} {user.id}")
    return db.session.scalar(found) is not None


def inbox_of(user: User, *, limit: int = 100) -> Sequence[InboxItem]:
    return db.session.scalars(
        select(InboxItem)
        .where(InboxItem.user_id == user.id)
        .order_by(InboxItem.seen_at.is_not(None), InboxItem.at.desc())
        .limit(limit)
    ).all()


def letters_waiting(now: datetime, *, limit: int) -> list[uuid.UUID]:
    """The oldest first."""
    return list(
        db.session.scalars(
            select(Outgoing.id)
            .where(
                Outgoing.sent_at.is_(None),
                Outgoing.tries < MOST_TRIES,
                Outgoing.next_try_at <= now,
            )
            .order_by(Outgoing.queued_at, Outgoing.id)
            .limit(limit)
        )
    )


@dataclass(frozen=True)
class PostOffice:
    """For the administrator: how the post stands, in counts."""

    waiting: int
    given_up: int
    last_problem: str


def post_office() -> PostOffice:
    unsent = select(Outgoing).where(Outgoing.sent_at.is_(None))
    given_up = unsent.where(Outgoing.tries >= MOST_TRIES)
    last = db.session.scalars(
        unsent.where(Outgoing.problem != "").order_by(Outgoing.next_try_at.desc()).limit(1)
    ).first()
    return PostOffice(
        waiting=_count(unsent.where(Outgoing.tries < MOST_TRIES)),
        given_up=_count(given_up),
        last_problem=last.problem if last else "",
    )


def _count(query: Select[Outgoing]) -> int:
    return db.session.scalar(select(func.count()).select_from(query.subquery())) or 0
