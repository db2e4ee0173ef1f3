import uuid
from datetime import date, datetime

from sqlalchemy import Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from caseflow.access.predicates import Held
from caseflow.cases.lifecycle import Stage, is_open
from caseflow.cases.rules import Arm, GlassFinding, GlassReason, Risk, Stream
from caseflow.kernel.database import Base, key, refers, words
from caseflow.kernel.sealed_fields import SealedText, sealed_column
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

    # Set on the one record a request asks for: only an emergency opening shows it; it is
    # restricted, and its reader is on the list.
    by_glass = False
    is_named = False

    @property
    def held(self) -> Held:
        return Held(
            holder_id=self.worker_id,
            team_id=self.team_id,
            is_open=self.is_open,
            by_glass=self.by_glass,
            is_focused_deterrence=self.stream is Stream.FOCUSED_DETERRENCE,
            is_named=self.is_named,
        )


class Pause(Base):
    """While the clock of a case stood still: no promise to the young person ran on."""

    __tablename__ = "pause"

    id: Mapped[uuid.UUID] = key()
    case_id: Mapped[uuid.UUID] = refers("episode")
    from_at: Mapped[datetime]
    until_at: Mapped[datetime | None]


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


class Restriction(Base):
    """Only the holder, the safeguarding lead and named people may know of this young person."""

    __tablename__ = "restriction"
    __table_args__ = (
        Index(
            "uq_restriction_person_id",
            "person_id",
            unique=True,
            sqlite_where=text("lifted_at IS NULL"),
            postgresql_where=text("lifted_at IS NULL"),
        ),
    )

    id: Mapped[uuid.UUID] = key()
    person_id: Mapped[uuid.UUID] = refers("person", index=False)
    why: Mapped[str] = mapped_column(String(300))
    at: Mapped[datetime]
    by_id: Mapped[uuid.UUID] = refers("staff_user", index=False)
    lifted_at: Mapped[datetime | None]
    lifted_by_id: Mapped[uuid.UUID | None] = refers("staff_user", index=False)
    lifted_why: Mapped[str] = mapped_column(String(300), default="")


class NamedAccess(Base):
    """Somebody on the list of a restricted record."""

    __tablename__ = "named_access"
    __table_args__ = (Index("ix_named_access_user_id_person_id", "user_id", "person_id"),)

    id: Mapped[uuid.UUID] = key()
    person_id: Mapped[uuid.UUID] = refers("person")
    user_id: Mapped[uuid.UUID] = refers("staff_user", index=False)
    at: Mapped[datetime]
    by_id: Mapped[uuid.UUID] = refers("staff_user", index=False)
    ended_at: Mapped[datetime | None]

    user: Mapped[User] = relationship(foreign_keys=[user_id])


class Conflict(Base):
    """A cousin, a neighbour, a rival's sister: for this user the young person does not exist."""

    __tablename__ = "conflict"
    __table_args__ = (Index("ix_conflict_user_id_person_id", "user_id", "person_id"),)

    id: Mapped[uuid.UUID] = key()
    person_id: Mapped[uuid.UUID] = refers("person")
    user_id: Mapped[uuid.UUID] = refers("staff_user", index=False)
    at: Mapped[datetime]
    by_id: Mapped[uuid.UUID] = refers("staff_user", index=False)
    removed_at: Mapped[datetime | None]
    removed_by_id: Mapped[uuid.UUID | None] = refers("staff_user", index=False)
    removed_why: Mapped[str] = mapped_column(String(300), default="")

    user: Mapped[User] = relationship(foreign_keys=[user_id])


class KeepApart(Base):
    """Two young people who must not meet. ``why`` may speak of both, so it is sealed."""

    __tablename__ = "keep_apart"

    id: Mapped[uuid.UUID] = key()
    person_id: Mapped[uuid.UUID] = refers("person")
    other_id: Mapped[uuid.UUID] = refers("person")
    why_sealed: Mapped[bytes] = sealed_column()
    why = SealedText()
    at: Mapped[datetime]
    by_id: Mapped[uuid.UUID] = refers("staff_user", index=False)
    ended_at: Mapped[datetime | None]
    ended_by_id: Mapped[uuid.UUID | None] = refers("staff_user", index=False)
    ended_why_sealed: Mapped[bytes] = sealed_column()
    ended_why = SealedText()

    def other_than(self, person_id: uuid.UUID) -> uuid.UUID:
        return self.other_id if self.person_id == person_id else self.person_id

    def is_between(self, one: Case, other: Case) -> bool:
        return {self.person_id, self.other_id} == {one.person_id, other.person_id}


class BreakGlass(Base):
    """An emergency opening: to read one case, for an hour, with a reason that is reviewed.

    ``reference`` is its own: notices outside say it, and it leads nobody to the case.
    """

    __tablename__ = "break_glass"
    __table_args__ = (Index("ix_break_glass_user_id_until_at", "user_id", "until_at"),)

    id: Mapped[uuid.UUID] = key()
    reference: Mapped[str] = mapped_column(String(12), unique=True)
    case_id: Mapped[uuid.UUID] = refers("episode")
    user_id: Mapped[uuid.UUID] = refers("staff_user", index=False)
    code: Mapped[GlassReason] = mapped_column(words(GlassReason))
    reason: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]
    until_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    review_by: Mapped[datetime] = mapped_column(index=True)
    escalated_at: Mapped[datetime | None]
    reviewed_at: Mapped[datetime | None]
    reviewed_by_id: Mapped[uuid.UUID | None] = refers("staff_user", index=False)
    finding: Mapped[GlassFinding | None] = mapped_column(words(GlassFinding))
    review_note: Mapped[str] = mapped_column(Text, default="")

    case: Mapped[Case] = relationship()
    user: Mapped[User] = relationship(foreign_keys=[user_id])
    reviewed_by: Mapped[User | None] = relationship(foreign_keys=[reviewed_by_id])

    @property
    def held(self) -> Held:
        return self.case.held

    def is_live(self, now: datetime) -> bool:
        return self.ended_at is None and now < self.until_at

    def is_late(self, now: datetime) -> bool:
        return self.reviewed_at is None and self.review_by <= now
