import uuid
from datetime import datetime

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from caseflow.kernel.database import Base, key, refers


class InboxItem(Base):
    """What CaseFlow tells a member of staff inside the app; ``cause`` is told once a recipient."""

    __tablename__ = "inbox_item"

    id: Mapped[uuid.UUID] = key()
    user_id: Mapped[uuid.UUID] = refers("staff_user")
    cause: Mapped[str] = mapped_column(String(200), unique=True)
    case_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    text: Mapped[str] = mapped_column(String(300))
    at: Mapped[datetime]
    seen_at: Mapped[datetime | None]


class Outgoing(Base):
    """One e-mail waiting, sent or given up. ``message_id`` is made from the cause, so a copy
    sent twice is recognisably the same letter."""

    __tablename__ = "outgoing"

    id: Mapped[uuid.UUID] = key()
    user_id: Mapped[uuid.UUID] = refers("staff_user")
    message_id: Mapped[str] = mapped_column(String(200), unique=True)
    subject: Mapped[str] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(Text)
    queued_at: Mapped[datetime]
    next_try_at: Mapped[datetime] = mapped_column(index=True)
    tries: Mapped[int] = mapped_column(default=0)
    sent_at: Mapped[datetime | None]
    problem: Mapped[str] = mapped_column(String(300), default="")
