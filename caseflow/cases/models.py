import uuid
from datetime import date, datetime

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from caseflow.access.predicates import Held
from caseflow.cases.lifecycle import Stage, is_open
from caseflow.cases.rules import Arm, Risk, Stream
from caseflow.kernel.database import Base, key, refers, words
from caseflow.people.models import Person
from caseflow.staff.models import Team, User


class Case(Base):
    """One episode: everything from one referral to its ending and the follow-ups after it.

    ``risk`` is the level of the latest risk assessment. ``paused_at`` is set while the clock
    stands still (custody, a long stay in hospital).
    """

    __tablename__ = "episode"
    __table_args__ = (
        Index("ix_episode_team_id_stage", "team_id", "stage"),
        Index("ix_episode_worker_id_stage", "worker_id", "stage"),
    )

    id: Mapped[uuid.UUID] = key()
    reference: Mapped[str] = mapped_column(String(12), unique=True)
    person_id: Mapped[uuid.UUID] = refers("person")
    stream: Mapped[Stream] = mapped_column(words(Stream))
    stage: Mapped[Stage] = mapped_column(words(Stage), default=Stage.RECEIVED, index=True)
    arm: Mapped[Arm | None] = mapped_column(words(Arm))
    risk: Mapped[Risk] = mapped_column(words(Risk), default=Risk.NOT_ASSESSED)
    team_id: Mapped[uuid.UUID] = refers("team", index=False)
    worker_id: Mapped[uuid.UUID | None] = refers("staff_user", index=False)
    received_at: Mapped[datetime] = mapped_column(index=True)
    stage_since: Mapped[datetime]
    support_began_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    paused_at: Mapped[datetime | None]
    pause_reason: Mapped[str] = mapped_column(String(300), default="")
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}

    person: Mapped[Person] = relationship()
    team: Mapped[Team] = relationship()
    worker: Mapped[User | None] = relationship()

    @property
    def is_open(self) -> bool:
        return is_open(self.stage)

    @property
    def held(self) -> Held:
        return Held(holder_id=self.worker_id, team_id=self.team_id, is_open=self.is_open)


class StageChange(Base):
    """Every move is a row. Funnels count these, never today's stage."""

    __tablename__ = "stage_change"
    __table_args__ = (Index("ix_stage_change_to_stage_at", "to_stage", "at"),)

    id: Mapped[uuid.UUID] = key()
    case_id: Mapped[uuid.UUID] = refers("episode")
    from_stage: Mapped[Stage | None] = mapped_column(words(Stage))
    to_stage: Mapped[Stage] = mapped_column(words(Stage))
    at: Mapped[datetime]
    by_id: Mapped[uuid.UUID | None] = refers("staff_user", index=False)
    reason: Mapped[str] = mapped_column(Text, default="")

    by: Mapped[User | None] = relationship()


class Allocation(Base):
    __tablename__ = "allocation"

    id: Mapped[uuid.UUID] = key()
    case_id: Mapped[uuid.UUID] = refers("episode")
    worker_id: Mapped[uuid.UUID] = refers("staff_user")
    at: Mapped[datetime]
    by_id: Mapped[uuid.UUID | None] = refers("staff_user", index=False)
    reason: Mapped[str] = mapped_column(String(300), default="")

    worker: Mapped[User] = relationship(foreign_keys=[worker_id])


class Triage(Base):
    """A triage: what the rules said, what the person decided, and who confirmed it."""

    __tablename__ = "triage"

    id: Mapped[uuid.UUID] = key()
    case_id: Mapped[uuid.UUID] = refers("episode")
    is_eligible: Mapped[bool]
    code: Mapped[str] = mapped_column(String(40))
    reason: Mapped[str] = mapped_column(Text, default="")
    rules_said: Mapped[str] = mapped_column(Text, default="")
    at: Mapped[datetime]
    by_id: Mapped[uuid.UUID] = refers("staff_user", index=False)
    confirm_by: Mapped[date | None]
    confirmed_at: Mapped[datetime | None]
    confirmed_by_id: Mapped[uuid.UUID | None] = refers("staff_user", index=False)
