from collections.abc import Sequence

from sqlalchemy import func, select

from caseflow.kernel.database import db
from caseflow.notices.models import InboxItem
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


def inbox_of(user: User, *, limit: int = 100) -> Sequence[InboxItem]:
    return db.session.scalars(
        select(InboxItem)
        .where(InboxItem.user_id == user.id)
        .order_by(InboxItem.seen_at.is_not(None), InboxItem.at.desc())
        .limit(limit)
    ).all()
