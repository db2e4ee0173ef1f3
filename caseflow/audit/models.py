"""The trail. Rows hold plain ids and no foreign keys, so that nothing can cascade into it."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from caseflow.audit.rules import Event
from caseflow.kernel.database import Base, words


class AuditRow(Base):
    __tablename__ = "audit"
    __table_args__ = (
        Index("ix_audit_case_id_seq", "case_id", "seq"),
        Index("ix_audit_actor_id_seq", "actor_id", "seq"),
    )

    seq: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True
    )
    at: Mapped[datetime]
    event: Mapped[Event] = mapped_column(words(Event))
    actor_id: Mapped[uuid.UUID | None]
    case_id: Mapped[uuid.UUID | None]
    person_id: Mapped[uuid.UUID | None]
    endpoint: Mapped[str] = mapped_column(String(80))
    request_id: Mapped[str] = mapped_column(String(36))
    facts: Mapped[dict[str, Any]] = mapped_column(JSON)
