import uuid
from datetime import datetime

from sqlalchemy import Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from caseflow.cases.models import Case
from caseflow.cases.rules import Risk
from caseflow.kernel.database import Base, key, refers, words
from caseflow.reviews.cadence import is_late
from caseflow.reviews.rules import DueKind, DueState, Step
from caseflow.staff.models import User


class DueItem(Base):
    """Something that must be done by an instant. ``subject`` is the record it is about, so that
    a safety plan has one open item however often it is saved; ``why`` says which rule and date.

    ``rule_at`` is what the rule said when the date was last set. It differs from ``due_at`` when
    somebody moved the item (``moved_reason``), and tells whether the facts have changed since."""

    __tablename__ = "due_item"
    __table_args__ = (
        Index("ix_due_item_state_due_at", "state", "due_at"),
        Index("ix_due_item_case_id_state_due_at", "case_id", "state", "due_at"),
        Index("ix_due_item_subject", "subject"),
    )

    id: Mapped[uuid.UUID] = key()
    case_id: Mapped[uuid.UUID] = refers("episode", index=False)
    kind: Mapped[DueKind] = mapped_column(words(DueKind))
    subject: Mapped[uuid.UUID]
    due_at: Mapped[datetime]
    rule_at: Mapped[datetime]
    what: Mapped[str] = mapped_column(String(200), default="")
    why: Mapped[str] = mapped_column(String(300))
    state: Mapped[DueState] = mapped_column(words(DueState), default=DueState.OPEN)
    made_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    done_by_id: Mapped[uuid.UUID | None] = refers("staff_user", index=False)
    moved_reason: Mapped[str] = mapped_column(String(300), default="")

    case: Mapped[Case] = relationship()

    def is_late(self, now: datetime) -> bool:
        return self.state is DueState.OPEN and is_late(self.due_at, now)

    @property
    def was_late(self) -> bool:
        """Done after its day; it stays on record as late."""
        return self.done_at is not None and is_late(self.due_at, self.done_at)


class Told(Base):
    """The ledger of reminders: one row for each telling, so none is told twice."""

    __tablename__ = "told"
    __table_args__ = (UniqueConstraint("item_id", "step", "due_at", "recipient_id", "channel"),)

    id: Mapped[uuid.UUID] = key()
    item_id: Mapped[uuid.UUID] = refers("due_item", index=False)
    step: Mapped[Step] = mapped_column(words(Step))
    due_at: Mapped[datetime]
    recipient_id: Mapped[uuid.UUID] = refers("staff_user")
    channel: Mapped[str] = mapped_column(String(10))
    at: Mapped[datetime]


class Review(Base):
    """A review that was held: risk and what was decided. Scores are in the assessment it names."""

    __tablename__ = "review"

    id: Mapped[uuid.UUID] = key()
    case_id: Mapped[uuid.UUID] = refers("episode")
    item_id: Mapped[uuid.UUID | None] = refers("due_item")
    held_at: Mapped[datetime]
    was_due_at: Mapped[datetime | None]
    by_id: Mapped[uuid.UUID] = refers("staff_user", index=False)
    risk: Mapped[Risk] = mapped_column(words(Risk))
    risk_reason: Mapped[str] = mapped_column(Text, default="")
    what_changed: Mapped[str] = mapped_column(Text, default="")
    their_words: Mapped[str] = mapped_column(Text, default="")
    decision: Mapped[str] = mapped_column(Text, default="")
    next_due_at: Mapped[datetime | None]

    by: Mapped[User] = relationship()

    @property
    def was_late(self) -> bool:
        return self.was_due_at is not None and is_late(self.was_due_at, self.held_at)


class Heartbeat(Base):
    """When the scheduler last ticked; one row a process name."""

    __tablename__ = "heartbeat"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    at: Mapped[datetime]
