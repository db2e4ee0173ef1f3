import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from caseflow.cases.models import Case
from caseflow.kernel.database import db
from caseflow.people.models import Person
from caseflow.people.queries import consent_in_force
from caseflow.people.rules import ConsentPurpose
from caseflow.plans.models import Action, Goal, GoalRating, OnwardReferral, OnwardStatusChange
from caseflow.plans.rules import TAKEN_UP, rating_words


@dataclass(frozen=True)
class GoalSoFar:
    """A goal and every rating the young person has given it, earliest first."""

    goal: Goal
    ratings: tuple[GoalRating, ...]

    @property
    def first(self) -> int | None:
        return self.ratings[0].rating if self.ratings else None

    @property
    def latest(self) -> int | None:
        return self.ratings[-1].rating if self.ratings else None

    @property
    def words(self) -> str:
        return rating_words(self.first, self.latest)


def goals_of(case: Case) -> list[GoalSoFar]:
    """Live ones first, each in the order they were set."""
    goals = db.session.scalars(select(Goal).where(Goal.case_id == case.id)).all()
    ratings: dict[uuid.UUID, list[GoalRating]] = defaultdict(list)
    for rating in db.session.scalars(
        select(GoalRating)
        .where(GoalRating.goal_id.in_([goal.id for goal in goals]))
        .order_by(GoalRating.at)
    ):
        ratings[rating.goal_id].append(rating)
    ordered = sorted(goals, key=lambda goal: (goal.ended_at is not None, goal.set_at))
    return [GoalSoFar(goal, tuple(ratings[goal.id])) for goal in ordered]


def live_goals(case: Case) -> list[Goal]:
    return [one.goal for one in goals_of(case) if one.goal.ended_at is None]


def goal_in(case: Case, goal_id: uuid.UUID) -> Goal | None:
    return db.session.scalar(select(Goal).where(Goal.id == goal_id, Goal.case_id == case.id))


def actions_of(case: Case) -> Sequence[Action]:
    """What is still to do by its date, undated last; then what was done, latest first."""
    found = db.session.scalars(select(Action).where(Action.case_id == case.id)).all()
    to_do = [one for one in found if one.done_at is None]
    done = [one for one in found if one.done_at is not None]
    to_do.sort(key=lambda one: (one.due_on is None, one.due_on or one.made_at.date(), one.made_at))
    done.sort(key=lambda one: one.done_at or one.made_at, reverse=True)
    return [*to_do, *done]


def action_in(case: Case, action_id: uuid.UUID) -> Action | None:
    return db.session.scalar(
        select(Action).where(Action.id == action_id, Action.case_id == case.id)
    )


def onward_of(case: Case) -> Sequence[OnwardReferral]:
    """Latest first."""
    return db.session.scalars(
        select(OnwardReferral)
        .where(OnwardReferral.case_id == case.id)
        .options(joinedload(OnwardReferral.service), joinedload(OnwardReferral.by))
        .order_by(OnwardReferral.made_at.desc(), OnwardReferral.id)
    ).all()


def onward_in(case: Case, onward_id: uuid.UUID) -> OnwardReferral | None:
    return db.session.scalar(
        select(OnwardReferral).where(
            OnwardReferral.id == onward_id, OnwardReferral.case_id == case.id
        )
    )


def status_changes(onward: OnwardReferral) -> Sequence[OnwardStatusChange]:
    return db.session.scalars(
        select(OnwardStatusChange)
        .where(OnwardStatusChange.referral_id == onward.id)
        .order_by(OnwardStatusChange.at, OnwardStatusChange.id)
    ).all()


def services_taken_up(case: Case) -> list[OnwardReferral]:
    """Those at which the young person was seen, whatever came after; earliest first."""
    seen = set(
        db.session.scalars(
            select(OnwardStatusChange.referral_id)
            .join(OnwardReferral, OnwardReferral.id == OnwardStatusChange.referral_id)
            .where(OnwardReferral.case_id == case.id, OnwardStatusChange.status.in_(TAKEN_UP))
        )
    )
    return [one for one in reversed(onward_of(case)) if one.id in seen]


def may_share_with(person: Person, agency: str) -> bool:
    """Their agreement to share with this agency is recorded and in force."""
    return consent_in_force(person, ConsentPurpose.SHARE, agency) is not None
