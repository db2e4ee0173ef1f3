"""The plan: goals in their words, who does what by when, and who else is asked to help."""

from datetime import date, timedelta
from typing import Any

from caseflow.audit import actions as audit
from caseflow.audit.rules import Event
from caseflow.cases.models import Case
from caseflow.cases.rules import NeedDomain
from caseflow.kernel import clock
from caseflow.kernel.database import db, lock
from caseflow.kernel.errors import Problem, Stale
from caseflow.plans import queries
from caseflow.plans.models import Action, Goal, GoalRating, OnwardReferral, OnwardStatusChange
from caseflow.plans.rules import (
    CHASE_DAYS,
    HIGHEST_RATING,
    LOWEST_RATING,
    MOST_GOALS,
    ONWARD_MOVES,
    UNCHASED,
    OnwardStatus,
    Owner,
)
from caseflow.reviews import actions as reviews
from caseflow.reviews.cadence import in_words
from caseflow.reviews.rules import DueKind
from caseflow.services.models import Service
from caseflow.staff.models import User

LONGEST = 300
CLOSED = "This case is closed. You can still record a follow-up contact."
ENOUGH = f"{MOST_GOALS} goals at a time are enough. End one first"


# --- goals ---------------------------------------------------------------------------------


def add_goal(case: Case, *, by: User, their_words: str, rating: int | None = None) -> Goal:
    _lock_open(case)
    words = _short(their_words, "their_words", "Enter the goal in their words")
    if len(queries.live_goals(case)) >= MOST_GOALS:
        raise Problem(ENOUGH, "their_words")
    goal = Goal(case=case, their_words=words, set_at=clock.now(), by_id=by.id)
    db.session.add(goal)
    db.session.flush()
    _say(Event.GOAL_SAVED, case, goal=str(goal.id), what="set")
    if rating is not None:
        rate_goal(goal, by=by, rating=rating)
    return goal


def rate_goal(goal: Goal, *, by: User, rating: int) -> GoalRating:
    """Theirs to give; each time is kept."""
    _must_be_open(goal.case)
    if goal.ended_at is not None:
        raise Problem("This goal has ended. Take it up again to rate it.", "rating")
    if not LOWEST_RATING <= rating <= HIGHEST_RATING:
        raise Problem(f"A rating is {LOWEST_RATING} to {HIGHEST_RATING}", "rating")
    row = GoalRating(goal_id=goal.id, rating=rating, at=clock.now(), by_id=by.id)
    db.session.add(row)
    db.session.flush()
    _say(Event.GOAL_RATED, goal.case, goal=str(goal.id), rating=rating)
    return row


def end_goal(goal: Goal, *, by: User) -> None:
    _must_be_open(goal.case)
    if goal.ended_at is None:
        goal.ended_at = clock.now()
        db.session.flush()
        _say(Event.GOAL_SAVED, goal.case, goal=str(goal.id), what="ended", actor_id=by.id)


def resume_goal(goal: Goal, *, by: User) -> None:
    _lock_open(goal.case)
    if goal.ended_at is None:
        return
    if len(queries.live_goals(goal.case)) >= MOST_GOALS:
        raise Problem(ENOUGH)
    goal.ended_at = None
    db.session.flush()
    _say(Event.GOAL_SAVED, goal.case, goal=str(goal.id), what="resumed", actor_id=by.id)


# --- actions -------------------------------------------------------------------------------


def add_action(
    case: Case,
    *,
    by: User,
    what: str,
    owner: Owner,
    due_on: date | None = None,
    goal: Goal | None = None,
) -> Action:
    _must_be_open(case)
    action = Action(
        case=case,
        goal_id=goal.id if goal else None,
        what=_short(what, "what", "Enter what will be done"),
        owner=owner,
        due_on=due_on,
        made_at=clock.now(),
        by_id=by.id,
    )
    db.session.add(action)
    db.session.flush()
    _expect(action)
    _say(Event.ACTION_SAVED, case, action=str(action.id), what="added")
    return action


def finish_action(action: Action, *, by: User) -> None:
    """Pressing twice is once."""
    _must_be_open(action.case)
    if action.done_at is None:
        action.done_at = clock.now()
        db.session.flush()
        reviews.finish_due(DueKind.ACTION, action.id, by=by)
        _say(Event.ACTION_SAVED, action.case, action=str(action.id), what="done")


def reopen_action(action: Action, *, by: User) -> None:
    """It was not done after all."""
    _must_be_open(action.case)
    if action.done_at is not None:
        action.done_at = None
        db.session.flush()
        _expect(action)
        _say(
            Event.ACTION_SAVED, action.case, action=str(action.id), what="reopened", actor_id=by.id
        )


def _expect(action: Action) -> None:
    if action.due_on is None:
        return
    reviews.set_due(
        action.case,
        kind=DueKind.ACTION,
        subject=action.id,
        due_at=clock.local_instant(action.due_on),
        why=f"the plan says by {in_words(action.due_on)}: {action.owner.label.lower()}",
        what=action.what[:200],
    )


# --- onward referrals ----------------------------------------------------------------------


def refer_onward(
    case: Case, *, by: User, service: Service, domain: NeedDomain, method: str = ""
) -> OnwardReferral:
    _must_be_open(case)
    if service.ended_at is not None:
        raise Problem("This service takes no new referrals.")
    if any(_is_same(one, service, domain) for one in queries.onward_of(case)):
        raise Problem("They are referred to this service for this need already.", "domain")
    now = clock.now()
    onward = OnwardReferral(
        case=case,
        service=service,
        domain=domain,
        made_at=now,
        by=by,
        method=method.strip(),
        status=OnwardStatus.SENT,
        status_at=now,
        reason="",
    )
    db.session.add(onward)
    db.session.flush()
    _add_status(onward, by)
    _chase(onward, by)
    _say(Event.ONWARD_REFERRAL_MADE, case, onward=str(onward.id), service=str(service.id))
    return onward


def _is_same(onward: OnwardReferral, service: Service, domain: NeedDomain) -> bool:
    return (
        onward.service_id == service.id
        and onward.domain is domain
        and onward.status not in UNCHASED
    )


def change_status(
    onward: OnwardReferral,
    *,
    by: User,
    status: OnwardStatus,
    reason: str = "",
    was: OnwardStatus | None = None,
) -> None:
    """``was`` is the status the page showed."""
    _must_be_open(onward.case)
    lock(onward)
    if was is not None and was is not onward.status:
        raise Stale(
            f"Somebody has set this to “{onward.status.label}” since you opened the page. "
            "Look again before you save."
        )
    if status not in ONWARD_MOVES[onward.status]:
        raise Problem(f"It cannot go from “{onward.status.label}” to “{status.label}”.", "status")
    if status is OnwardStatus.REFUSED and not reason.strip():
        raise Problem("Enter why they refused", "reason")
    onward.status, onward.status_at, onward.reason = status, clock.now(), reason.strip()
    _add_status(onward, by)
    _chase(onward, by)
    _say(Event.ONWARD_REFERRAL_CHANGED, onward.case, onward=str(onward.id), status=status.value)


def _add_status(onward: OnwardReferral, by: User) -> None:
    db.session.add(
        OnwardStatusChange(
            referral_id=onward.id,
            status=onward.status,
            at=onward.status_at,
            by_id=by.id,
            reason=onward.reason,
        )
    )
    db.session.flush()


def _chase(onward: OnwardReferral, by: User) -> None:
    """28 days after its last news, until the young person has been seen or it has ended."""
    if onward.status in UNCHASED:
        reviews.finish_due(DueKind.ONWARD_REFERRAL, onward.id, by=by)
        return
    since = clock.local(onward.status_at).date()
    reviews.set_due(
        onward.case,
        kind=DueKind.ONWARD_REFERRAL,
        subject=onward.id,
        due_at=clock.local_instant(since + timedelta(days=CHASE_DAYS)),
        why=f"{CHASE_DAYS} days after “{onward.status.label.lower()}” on {in_words(since)}",
        what=onward.service.name,
    )


# --- shared --------------------------------------------------------------------------------


def _must_be_open(case: Case) -> None:
    if not case.is_open:
        raise Problem(CLOSED)


def _lock_open(case: Case) -> None:
    """Two who press at once are counted one after the other."""
    lock(case)
    _must_be_open(case)


def _short(text: str, field: str, absent: str) -> str:
    words = text.strip()
    if not words:
        raise Problem(absent, field)
    if len(words) > LONGEST:
        raise Problem(f"Use {LONGEST} characters or fewer", field)
    return words


def _say(event: Event, case: Case, **facts: Any) -> None:
    audit.record(event, case_id=case.id, person_id=case.person_id, **facts)
