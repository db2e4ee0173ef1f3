"""Requests to close, summaries, and what is still missing before support ends."""

import uuid
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from caseflow.assessments import queries as assessments
from caseflow.assessments.models import Assessment, RiskAssessment
from caseflow.assessments.rules import Point
from caseflow.cases.models import Case
from caseflow.closing.models import Closure, Summary
from caseflow.closing.rules import RATED_WITHIN_DAYS, Check, ClosureState
from caseflow.kernel import clock
from caseflow.kernel.database import db
from caseflow.kernel.page import day, plural
from caseflow.plans import queries as plans
from caseflow.plans.rules import ENDED, TAKEN_UP

# --- Requests and summaries --------------------------------------------------------------------


def requests_of(case: Case) -> Sequence[Closure]:
    """Newest first: the one that waits or was approved ends the row of those returned."""
    return db.session.scalars(
        select(Closure)
        .where(Closure.case_id == case.id)
        .options(joinedload(Closure.asked_by), joinedload(Closure.decided_by))
        .order_by(Closure.state == ClosureState.RETURNED, Closure.asked_at.desc(), Closure.id)
    ).all()


def request_in(case: Case, closure_id: uuid.UUID) -> Closure | None:
    return db.session.scalar(
        select(Closure).where(Closure.id == closure_id, Closure.case_id == case.id)
    )


def waiting_request(case: Case) -> Closure | None:
    return next((one for one in requests_of(case) if one.state is ClosureState.ASKED), None)


def approved_request(case: Case) -> Closure | None:
    return next((one for one in requests_of(case) if one.state is ClosureState.APPROVED), None)


def waiting_in_team(team_id: uuid.UUID) -> Sequence[Closure]:
    """What the supervisors of a team have to decide, the longest wait first."""
    return db.session.scalars(
        select(Closure)
        .join(Case, Case.id == Closure.case_id)
        .where(Case.team_id == team_id, Closure.state == ClosureState.ASKED)
        .options(joinedload(Closure.case).joinedload(Case.person), joinedload(Closure.asked_by))
        .order_by(Closure.asked_at)
    ).all()


def summaries_of(case: Case) -> Sequence[Summary]:
    """Newest first; the files themselves are not read."""
    return db.session.scalars(
        select(Summary).where(Summary.case_id == case.id).order_by(Summary.number.desc())
    ).all()


def summary_in(case: Case, summary_id: uuid.UUID) -> Summary | None:
    return db.session.scalar(
        select(Summary).where(Summary.id == summary_id, Summary.case_id == case.id)
    )


def last_number(case: Case) -> int:
    query = select(func.max(Summary.number)).where(Summary.case_id == case.id)
    return db.session.scalar(query) or 0


# --- What an ending looks at --------------------------------------------------------


def exit_assessment(case: Case) -> Assessment | None:
    """The latest one that was finished."""
    done = [one for one in assessments.completed(case) if one.point is Point.EXIT]
    return done[-1] if done else None


def first_risk(case: Case) -> RiskAssessment | None:
    return next(reversed(assessments.risk_assessments_of(case)), None)


# --- Readiness ---------------------------------------------------------------------------------


def readiness(case: Case) -> list[Check]:
    """What a good ending has, and whether it is there. Nothing here stops anybody asking."""
    return [
        _exit_done(case),
        _goals_rated(case),
        _safety_in_date(case),
        _risk_looked_at(case),
        _nothing_waiting(case),
        _actions_done(case),
    ]


def _exit_done(case: Case) -> Check:
    door = ("assessments.needs", "Needs")
    done = exit_assessment(case)
    if done is not None:
        return Check("Exit assessment", True, f"Finished {day(done.completed_at)}", *door)
    under_way = assessments.open_assessment(case)
    if under_way is not None and under_way.point is Point.EXIT:
        return Check("Exit assessment", False, "Begun, not finished yet", *door)
    return Check("Exit assessment", False, "Not done", *door)


def _goals_rated(case: Case) -> Check:
    door = ("plans.plan", "Plan")
    goals = [one for one in plans.goals_of(case) if one.goal.ended_at is None]
    since = clock.now() - timedelta(days=RATED_WITHIN_DAYS)
    fresh = [one for one in goals if one.ratings and one.ratings[-1].at >= since]
    if not goals:
        return Check("Goals rated", False, "No goals are set", *door)
    says = f"{len(fresh)} of {plural(len(goals), 'goal')} rated in the last 4 weeks"
    return Check("Goals rated", len(fresh) == len(goals), says, *door)


def _safety_in_date(case: Case) -> Check:
    door = ("assessments.safety", "Safety")
    plan = assessments.safety_plan_in_force(case)
    if plan is None:
        return Check("Safety plan in date", False, "There is no safety plan", *door)
    if plan.review_on < clock.today():
        return Check("Safety plan in date", False, f"Ran out {day(plan.review_on)}", *door)
    return Check("Safety plan in date", True, f"Until {day(plan.review_on)}", *door)


def _risk_looked_at(case: Case) -> Check:
    door = ("assessments.safety", "Safety")
    risk = assessments.latest_risk(case)
    if risk is None:
        return Check("Risk looked at", False, "Not assessed", *door)
    words = f"{risk.level.label}, assessed {day(risk.at)}"
    if risk.review_by < clock.now():
        return Check("Risk looked at", False, f"{words}; due again {day(risk.review_by)}", *door)
    return Check("Risk looked at", True, words, *door)


def _nothing_waiting(case: Case) -> Check:
    door = ("plans.plan", "Plan")
    settled = ENDED | TAKEN_UP
    waiting = [one for one in plans.onward_of(case) if one.status not in settled]
    if waiting:
        says = f"{plural(len(waiting), 'onward referral')} not taken up yet"
        return Check("Onward referrals settled", False, says, *door)
    return Check("Onward referrals settled", True, "None is waiting", *door)


def _actions_done(case: Case) -> Check:
    left = sum(one.done_at is None for one in plans.actions_of(case))
    says = f"{plural(left, 'action')} still open" if left else "None is open"
    return Check("Plan actions done", left == 0, says, "plans.plan", "Plan")


def started_on(case: Case) -> date:
    """The day support began; the day of the referral where it did not."""
    began: datetime = case.support_began_at or case.received_at
    return clock.local(began).date()
