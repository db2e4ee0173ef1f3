import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, Integer, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from caseflow.cases.models import Case
from caseflow.intake.moment import WhyMissed
from caseflow.intake.rules import PublicState, Source, Urgency
from caseflow.kernel.database import Base, key, refers, words
from caseflow.kernel.sealed_fields import SealedBytes, SealedJSON, SealedText, sealed_column
from caseflow.people.rules import Safe
from caseflow.staff.models import User


class Referral(Base):
    """How an episode reached us. A message is known again by its sender and its focus.

    ``reasons``: [{reason, basis, evidence, where}]; ``sender_said``: [{where, text}];
    ``problems``: [{where, what}].
    """

    __tablename__ = "referral"
    __table_args__ = (
        UniqueConstraint("sender", "focus"),
        Index("ix_referral_received_at", "received_at"),
    )

    id: Mapped[uuid.UUID] = key()
    case_id: Mapped[uuid.UUID] = refers("episode")
    source: Mapped[Source] = mapped_column(words(Source))
    received_at: Mapped[datetime]
    referrer_name: Mapped[str] = mapped_column(String(200), default="")
    referrer_role: Mapped[str] = mapped_column(String(200), default="")
    referrer_phone_sealed: Mapped[bytes] = sealed_column()
    referrer_phone = SealedText()
    sender: Mapped[str | None] = mapped_column(String(200))
    sender_name: Mapped[str] = mapped_column(String(200), default="")
    focus: Mapped[str | None] = mapped_column(String(400))
    attended_at: Mapped[datetime | None]
    discharge_at: Mapped[datetime | None]
    site: Mapped[str] = mapped_column(String(120), default="")
    ward: Mapped[str] = mapped_column(String(120), default="")
    is_still_there: Mapped[Safe] = mapped_column(words(Safe), default=Safe.NOT_ASKED)
    urgency: Mapped[Urgency] = mapped_column(words(Urgency), default=Urgency.ROUTINE)
    reason: Mapped[str] = mapped_column(Text, default="")
    reasons: Mapped[list[Any]] = mapped_column(JSON, default=list)
    knows: Mapped[Safe] = mapped_column(words(Safe), default=Safe.NOT_ASKED)
    agrees: Mapped[Safe] = mapped_column(words(Safe), default=Safe.NOT_ASKED)
    police_involved: Mapped[Safe] = mapped_column(words(Safe), default=Safe.NOT_ASKED)
    operation_code: Mapped[str] = mapped_column(String(40), default="")
    sender_said_sealed: Mapped[bytes] = sealed_column()
    sender_said = SealedJSON(list)
    problems: Mapped[list[Any]] = mapped_column(JSON, default=list)
    withdrawn_at: Mapped[datetime | None]
    withdrawn_because: Mapped[str] = mapped_column(String(200), default="")

    case: Mapped[Case] = relationship()


class Message(Base):
    """A hospital message that was read: the digest knows a replay, the order knows the latest.

    ``draft`` is all it said; ``changes``: [{where, was, text}], what it changed when it came. A
    parked one changed nothing: a person decides what it is about.
    """

    __tablename__ = "referral_message"

    id: Mapped[uuid.UUID] = key()
    referral_id: Mapped[uuid.UUID] = refers("referral")
    sha256: Mapped[str] = mapped_column(String(64), unique=True)
    updated_at: Mapped[datetime | None]
    arrived_at: Mapped[datetime]
    outcome: Mapped[str] = mapped_column(String(20))
    draft_sealed: Mapped[bytes] = sealed_column()
    draft = SealedJSON(dict)
    changes_sealed: Mapped[bytes] = sealed_column()
    changes = SealedJSON(list)
    parked_because: Mapped[str] = mapped_column(String(300), default="")
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[uuid.UUID | None] = refers("staff_user", index=False)

    referral: Mapped[Referral] = relationship()

    @property
    def is_waiting(self) -> bool:
        """Parked, and nobody has decided yet."""
        return bool(self.parked_because) and self.decided_at is None


class SendingSystem(Base):
    """A hospital's own system that may send messages, and the organisations it speaks for."""

    __tablename__ = "sending_system"

    id: Mapped[uuid.UUID] = key()
    name: Mapped[str] = mapped_column(String(120), unique=True)
    ods_codes: Mapped[list[str]] = mapped_column(JSON, default=list)
    added_at: Mapped[datetime]
    added_by_id: Mapped[uuid.UUID | None] = refers("staff_user", index=False)
    revoked_at: Mapped[datetime | None]
    window_at: Mapped[datetime | None]
    in_window: Mapped[int] = mapped_column(Integer, default=0)

    @property
    def is_active(self) -> bool:
        return self.revoked_at is None


class SystemSecret(Base):
    """The hash of what a system shows. While one is replaced, the old one holds for some days."""

    __tablename__ = "system_secret"

    id: Mapped[uuid.UUID] = key()
    system_id: Mapped[uuid.UUID] = refers("sending_system")
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    made_at: Mapped[datetime]
    ends_at: Mapped[datetime | None]

    system: Mapped[SendingSystem] = relationship()


class Delivery(Base):
    """What came to a door, whole, and what was answered; refused ones too, for some days.

    ``door`` keeps apart who brought it: each system has its own.
    """

    __tablename__ = "delivery"
    __table_args__ = (
        UniqueConstraint("sha256", "door"),
        Index("ix_delivery_outcome_arrived_at", "outcome", "arrived_at"),
        Index("ix_delivery_sender_focus", "sender", "focus"),
    )

    id: Mapped[uuid.UUID] = key()
    door: Mapped[str] = mapped_column(String(60))
    system_id: Mapped[uuid.UUID | None] = refers("sending_system")
    referral_id: Mapped[uuid.UUID | None] = refers("referral")
    sha256: Mapped[str] = mapped_column(String(64))
    arrived_at: Mapped[datetime]
    size: Mapped[int] = mapped_column(Integer)
    outcome: Mapped[str] = mapped_column(String(20))
    sender: Mapped[str] = mapped_column(String(200), default="")
    focus: Mapped[str] = mapped_column(String(400), default="")
    raw_sealed: Mapped[bytes] = sealed_column()
    raw = SealedBytes()
    answer_sealed: Mapped[bytes] = sealed_column()
    answer = SealedJSON(dict)

    system: Mapped[SendingSystem | None] = relationship()
    referral: Mapped[Referral | None] = relationship()


class MissedMoment(Base):
    """A young person left, or the time to see them passed, before anybody met them face to face.

    ``arrived_at``: from when they could have been met. ``suggested``: what the calendar and the
    rota say why; ``why`` is what a person says.
    """

    __tablename__ = "missed_moment"
    __table_args__ = (Index("ix_missed_moment_arrived_at", "arrived_at"),)

    id: Mapped[uuid.UUID] = key()
    case_id: Mapped[uuid.UUID] = refers("episode")
    referral_id: Mapped[uuid.UUID] = refers("referral", unique=True)
    arrived_at: Mapped[datetime]
    missed_at: Mapped[datetime]
    has_left: Mapped[bool]
    made_at: Mapped[datetime]
    suggested: Mapped[WhyMissed | None] = mapped_column(words(WhyMissed))
    why: Mapped[WhyMissed | None] = mapped_column(words(WhyMissed))
    in_words: Mapped[str] = mapped_column(String(300), default="")
    confirmed_at: Mapped[datetime | None]
    confirmed_by_id: Mapped[uuid.UUID | None] = refers("staff_user", index=False)

    case: Mapped[Case] = relationship()
    referral: Mapped[Referral] = relationship()
    confirmed_by: Mapped[User | None] = relationship()


class Likeness(Base):
    """When a referral was saved, its young person was very like somebody we know: said to whoever
    may know of both, and to nobody else."""

    __tablename__ = "likeness"

    id: Mapped[uuid.UUID] = key()
    case_id: Mapped[uuid.UUID] = refers("episode")
    person_id: Mapped[uuid.UUID] = refers("person")
    score: Mapped[int] = mapped_column(Integer)
    found_at: Mapped[datetime]


class PublicReferral(Base):
    """What somebody wrote on the public page: nobody's record until a worker accepts it.

    ``told`` is what they wrote, emptied once a decision has put it elsewhere or nowhere. The
    indexes find it by its code, by what it says, and by the number or e-mail of who sent it.
    """

    __tablename__ = "public_referral"
    __table_args__ = (Index("ix_public_referral_state_at", "state", "at"),)

    id: Mapped[uuid.UUID] = key()
    at: Mapped[datetime]
    state: Mapped[PublicState] = mapped_column(words(PublicState), default=PublicState.WAITING)
    told_sealed: Mapped[bytes] = sealed_column()
    told = SealedJSON(dict)
    code_sealed: Mapped[bytes] = sealed_column()
    code = SealedText()
    code_index: Mapped[bytes] = mapped_column(LargeBinary(), unique=True)
    waiting_index: Mapped[bytes | None] = mapped_column(LargeBinary(), unique=True)
    phone_index: Mapped[bytes] = mapped_column(LargeBinary(), default=b"")
    email_index: Mapped[bytes] = mapped_column(LargeBinary(), default=b"")
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[uuid.UUID | None] = refers("staff_user", index=False)
    why_sealed: Mapped[bytes] = sealed_column()
    why = SealedText()
    referral_id: Mapped[uuid.UUID | None] = refers("referral")

    referral: Mapped[Referral | None] = relationship()


class SheetLayout(Base):
    """Which of our fields each column of a sender's spreadsheet is, as somebody settled it.

    ``columns``: our field → the place of their column. ``fingerprint`` knows the headings again.
    """

    __tablename__ = "sheet_layout"
    __table_args__ = (UniqueConstraint("sender", "fingerprint"),)

    id: Mapped[uuid.UUID] = key()
    sender: Mapped[str] = mapped_column(String(120))
    fingerprint: Mapped[str] = mapped_column(String(64))
    columns: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)
    settled_at: Mapped[datetime]


class SheetRow(Base):
    """A row that was brought in, so that the same file twice brings nothing twice.

    ``row_key`` knows the row, ``said`` all it said; neither can be read back.
    """

    __tablename__ = "sheet_row"
    __table_args__ = (UniqueConstraint("sender", "row_key"),)

    id: Mapped[uuid.UUID] = key()
    sender: Mapped[str] = mapped_column(String(120))
    row_key: Mapped[str] = mapped_column(String(64))
    said: Mapped[str] = mapped_column(String(64))
    taken_at: Mapped[datetime]
    referral_id: Mapped[uuid.UUID | None] = refers("referral")
