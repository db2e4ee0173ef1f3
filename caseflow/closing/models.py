import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from caseflow.cases.models import Case
from caseflow.cases.rules import Risk
from caseflow.closing.rules import ClosureState, Ending, NoExit
from caseflow.kernel.database import Base, key, refers, words
from caseflow.people.rules import Safe
from caseflow.staff.models import User


class Closure(Base):
    """A request to end support and what the supervisor said. One row a request."""

    __tablename__ = "closure"

    id: Mapped[uuid.UUID] = key()
    case_id: Mapped[uuid.UUID] = refers("episode")
    ending: Mapped[Ending] = mapped_column(words(Ending))
    is_planned: Mapped[bool]
    reason: Mapped[str] = mapped_column(String(300))
    goals_reviewed: Mapped[bool] = mapped_column(default=False)
    no_exit: Mapped[NoExit | None] = mapped_column(words(NoExit))
    risk_at_exit: Mapped[Risk] = mapped_column(words(Risk))
    handover_to: Mapped[str] = mapped_column(String(200), default="")
    handover_person: Mapped[str] = mapped_column(String(120), default="")
    handover_accepted_on: Mapped[date | None]
    handover_attended: Mapped[Safe] = mapped_column(words(Safe), default=Safe.NOT_ASKED)
    may_follow_up: Mapped[Safe] = mapped_column(words(Safe), default=Safe.NOT_ASKED)
    follow_up_how: Mapped[str] = mapped_column(String(200), default="")
    felt_listened: Mapped[int | None]
    felt_safer: Mapped[int | None]
    would_recommend: Mapped[int | None]
    their_words: Mapped[str] = mapped_column(Text, default="")
    learning: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[ClosureState] = mapped_column(words(ClosureState), default=ClosureState.ASKED)
    asked_at: Mapped[datetime]
    asked_by_id: Mapped[uuid.UUID] = refers("staff_user", index=False)
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[uuid.UUID | None] = refers("staff_user", index=False)
    decision_note: Mapped[str] = mapped_column(Text, default="")

    case: Mapped[Case] = relationship()
    asked_by: Mapped[User] = relationship(foreign_keys=[asked_by_id])
    decided_by: Mapped[User | None] = relationship(foreign_keys=[decided_by_id])


class Summary(Base):
    """An outcome summary as it was made: the frozen values, the file and its hash."""

    __tablename__ = "summary"

    id: Mapped[uuid.UUID] = key()
    case_id: Mapped[uuid.UUID] = refers("episode")
    number: Mapped[int]
    frozen: Mapped[dict[str, Any]] = mapped_column(JSON)
    sha256: Mapped[str] = mapped_column(String(64))
    pdf: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    made_at: Mapped[datetime]
    by_id: Mapped[uuid.UUID | None] = refers("staff_user", index=False)

    case: Mapped[Case] = relationship()
