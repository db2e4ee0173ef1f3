import uuid
from datetime import date, datetime

from sqlalchemy import String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from caseflow.assessments.rules import Point
from caseflow.cases.models import Case
from caseflow.cases.rules import NeedDomain, Risk
from caseflow.kernel.database import Base, key, refers, words
from caseflow.kernel.sealed_fields import SealedText, sealed_column
from caseflow.staff.models import User


class Assessment(Base):
    """One use of the needs and strengths tool; may take several sittings, then is completed."""

    __tablename__ = "assessment"

    id: Mapped[uuid.UUID] = key()
    case_id: Mapped[uuid.UUID] = refers("episode")
    point: Mapped[Point] = mapped_column(words(Point))
    started_at: Mapped[datetime]
    completed_at: Mapped[datetime | None]
    by_id: Mapped[uuid.UUID] = refers("staff_user", index=False)
    their_words: Mapped[str] = mapped_column(Text, default="")
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}

    case: Mapped[Case] = relationship()
    by: Mapped[User] = relationship()


class DomainScore(Base):
    """``need`` is 0 to 4, lower is better; None means it was not discussed."""

    __tablename__ = "domain_score"
    __table_args__ = (UniqueConstraint("assessment_id", "domain"),)

    id: Mapped[uuid.UUID] = key()
    assessment_id: Mapped[uuid.UUID] = refers("assessment", index=False)
    domain: Mapped[NeedDomain] = mapped_column(words(NeedDomain))
    need: Mapped[int | None]
    is_strength: Mapped[bool] = mapped_column(default=False)
    is_priority: Mapped[bool] = mapped_column(default=False)
    note: Mapped[str] = mapped_column(Text, default="")


class RiskAssessment(Base):
    __tablename__ = "risk_assessment"

    id: Mapped[uuid.UUID] = key()
    case_id: Mapped[uuid.UUID] = refers("episode")
    level: Mapped[Risk] = mapped_column(words(Risk))
    evidence_sealed: Mapped[bytes] = sealed_column()
    evidence = SealedText()
    protective_sealed: Mapped[bytes] = sealed_column()
    protective = SealedText()
    plan_sealed: Mapped[bytes] = sealed_column()
    plan = SealedText()
    at: Mapped[datetime]
    by_id: Mapped[uuid.UUID] = refers("staff_user", index=False)
    review_by: Mapped[datetime]

    by: Mapped[User] = relationship()


class SafetyPlan(Base):
    """The plan as agreed on one day. A change is a new row; the latest is in force."""

    __tablename__ = "safety_plan"

    id: Mapped[uuid.UUID] = key()
    case_id: Mapped[uuid.UUID] = refers("episode")
    avoid_sealed: Mapped[bytes] = sealed_column()
    avoid = SealedText()
    travel_sealed: Mapped[bytes] = sealed_column()
    travel = SealedText()
    safe_people_sealed: Mapped[bytes] = sealed_column()
    safe_people = SealedText()
    if_followed_sealed: Mapped[bytes] = sealed_column()
    if_followed = SealedText()
    online_sealed: Mapped[bytes] = sealed_column()
    online = SealedText()
    school_sealed: Mapped[bytes] = sealed_column()
    school = SealedText()
    home_sealed: Mapped[bytes] = sealed_column()
    home = SealedText()
    worker_number_sealed: Mapped[bytes] = sealed_column()
    worker_number = SealedText()
    copy_held_by: Mapped[str] = mapped_column(String(300), default="")
    paper_is_safe: Mapped[bool] = mapped_column(default=False)
    agreed_with: Mapped[str] = mapped_column(String(200), default="")
    at: Mapped[datetime]
    by_id: Mapped[uuid.UUID] = refers("staff_user", index=False)
    review_on: Mapped[date]

    case: Mapped[Case] = relationship()
    by: Mapped[User] = relationship()
