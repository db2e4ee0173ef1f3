"""The trail. Rows hold plain ids and no foreign keys, so that nothing can cascade into it."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from caseflow.audit.rules import Event
from caseflow.kernel.database import Base, words

Number = BigInteger().with_variant(Integer, "sqlite")


class AuditRow(Base):
    """Numbered without a gap and chained when its transaction commits: see ``writing``."""

    __tablename__ = "audit"
    __table_args__ = (
        Index("ix_audit_case_id_seq", "case_id", "seq"),
        Index("ix_audit_person_id_seq", "person_id", "seq"),
        Index("ix_audit_actor_id_seq", "actor_id", "seq"),
        Index("ix_audit_actor_id_event_at", "actor_id", "event", "at"),
    )

    seq: Mapped[int] = mapped_column(Number, primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    event: Mapped[Event] = mapped_column(words(Event))
    actor_id: Mapped[uuid.UUID | None]
    case_id: Mapped[uuid.UUID | None]
    person_id: Mapped[uuid.UUID | None]
    endpoint: Mapped[str] = mapped_column(String(80))
    request_id: Mapped[str] = mapped_column(String(36))
    session_id: Mapped[str] = mapped_column(String(64), default="")
    source: Mapped[str] = mapped_column(String(64), default="")
    facts: Mapped[dict[str, Any]] = mapped_column(JSON)
    mac: Mapped[str] = mapped_column(String(64))


class Listed(Base):
    """A case that a row's facts name among others: an index of ``facts["cases"]``, no more."""

    __tablename__ = "audit_listed"
    __table_args__ = (Index("ix_audit_listed_case_id_seq", "case_id", "seq"),)

    seq: Mapped[int] = mapped_column(Number, primary_key=True, autoincrement=False)
    case_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
