import uuid
from datetime import datetime

from sqlalchemy import JSON, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from caseflow.cases.models import Case
from caseflow.contacts.rules import Mode, Outcome, Purpose, With, Worry, is_late
from caseflow.kernel.database import Base, key, refers, words
from caseflow.staff.models import User


class Contact(Base):
    """One conversation, attempted or held. ``people`` and ``purposes`` hold the stored words."""

    __tablename__ = "contact"
    __table_args__ = (Index("ix_contact_case_id_happened_at", "case_id", "happened_at"),)

    id: Mapped[uuid.UUID] = key()
    case_id: Mapped[uuid.UUID] = refers("episode", index=False)
    by_id: Mapped[uuid.UUID] = refers("staff_user")
    second_worker_id: Mapped[uuid.UUID | None] = refers("staff_user", index=False)
    happened_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    outcome: Mapped[Outcome] = mapped_column(words(Outcome))
    mode: Mapped[Mode] = mapped_column(words(Mode))
    people: Mapped[list[str]] = mapped_column(JSON, default=list)
    purposes: Mapped[list[str]] = mapped_column(JSON, default=list)
    minutes: Mapped[int] = mapped_column(default=0)
    note: Mapped[str] = mapped_column(Text, default="")
    their_words: Mapped[str] = mapped_column(Text, default="")
    worry: Mapped[Worry] = mapped_column(words(Worry), default=Worry.NONE)
    next_step: Mapped[str] = mapped_column(String(300), default="")
    next_step_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_reason: Mapped[str] = mapped_column(String(300), default="")

    case: Mapped[Case] = relationship()
    by: Mapped[User] = relationship(foreign_keys=[by_id])
    second_worker: Mapped[User | None] = relationship(foreign_keys=[second_worker_id])

    @property
    def is_late(self) -> bool:
        return is_late(self.happened_at, self.recorded_at)

    @property
    def purpose_labels(self) -> list[str]:
        return [Purpose(word).label for word in self.purposes]

    @property
    def people_labels(self) -> list[str]:
        return [With(word).label for word in self.people]

    @property
    def has_worry(self) -> bool:
        return self.worry is not Worry.NONE

    @property
    def headline(self) -> str:
        """The entry in one line: what happened, how, how long."""
        length = f"{self.minutes} min" if self.minutes else ""
        return " · ".join(part for part in (self.outcome.label, self.mode.label, length) if part)
