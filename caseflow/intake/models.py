import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from caseflow.cases.models import Case
from caseflow.intake.rules import Source, Urgency
from caseflow.kernel.database import Base, key, refers, words
from caseflow.kernel.sealed_fields import SealedJSON, SealedText, sealed_column
from caseflow.people.rules import Safe


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

    ``draft`` is all it said. A parked one changed nothing: a person decides what it is about.
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
    parked_because: Mapped[str] = mapped_column(String(300), default="")
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[uuid.UUID | None] = refers("staff_user", index=False)

    referral: Mapped[Referral] = relationship()

    @property
    def is_waiting(self) -> bool:
        """Parked, and nobody has decided yet."""
        return bool(self.parked_because) and self.decided_at is None
