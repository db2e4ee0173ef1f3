import uuid
from datetime import date, datetime

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from caseflow.cases.models import Case
from caseflow.cases.rules import NeedDomain
from caseflow.kernel.database import Base, key, refers, words
from caseflow.plans.rules import OnwardStatus, Owner
from caseflow.services.models import Service
from caseflow.staff.models import User


class Goal(Base):
    """A goal in the young person's own words; rated by them 0 to 10, higher being better."""

    __tablename__ = "goal"

    id: Mapped[uuid.UUID] = key()
    case_id: Mapped[uuid.UUID] = refers("episode")
    their_words: Mapped[str] = mapped_column(String(300))
    set_at: Mapped[datetime]
    by_id: Mapped[uuid.UUID] = refers("staff_user", index=False)
    ended_at: Mapped[datetime | None]

    case: Mapped[Case] = relationship()


class GoalRating(Base):
    __tablename__ = "goal_rating"

    id: Mapped[uuid.UUID] = key()
    goal_id: Mapped[uuid.UUID] = refers("goal")
    rating: Mapped[int]
    at: Mapped[datetime]
    by_id: Mapped[uuid.UUID] = refers("staff_user", index=False)


class Action(Base):
    __tablename__ = "plan_action"

    id: Mapped[uuid.UUID] = key()
    case_id: Mapped[uuid.UUID] = refers("episode")
    goal_id: Mapped[uuid.UUID | None] = refers("goal", index=False)
    what: Mapped[str] = mapped_column(String(300))
    owner: Mapped[Owner] = mapped_column(words(Owner))
    due_on: Mapped[date | None]
    made_at: Mapped[datetime]
    by_id: Mapped[uuid.UUID] = refers("staff_user", index=False)
    done_at: Mapped[datetime | None]

    case: Mapped[Case] = relationship()


class OnwardReferral(Base):
    """ "Made" is not an outcome: the status rows say whether anybody was helped."""

    __tablename__ = "onward_referral"

    id: Mapped[uuid.UUID] = key()
    case_id: Mapped[uuid.UUID] = refers("episode")
    service_id: Mapped[uuid.UUID] = refers("service")
    domain: Mapped[NeedDomain] = mapped_column(words(NeedDomain))
    made_at: Mapped[datetime]
    by_id: Mapped[uuid.UUID] = refers("staff_user", index=False)
    method: Mapped[str] = mapped_column(String(120), default="")
    status: Mapped[OnwardStatus] = mapped_column(words(OnwardStatus))
    status_at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(Text, default="")

    case: Mapped[Case] = relationship()
    service: Mapped[Service] = relationship()
    by: Mapped[User] = relationship()


class OnwardStatusChange(Base):
    __tablename__ = "onward_status_change"

    id: Mapped[uuid.UUID] = key()
    referral_id: Mapped[uuid.UUID] = refers("onward_referral")
    status: Mapped[OnwardStatus] = mapped_column(words(OnwardStatus))
    at: Mapped[datetime]
    by_id: Mapped[uuid.UUID] = refers("staff_user", index=False)
    reason: Mapped[str] = mapped_column(Text, default="")
