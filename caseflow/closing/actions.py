"""A worker asks, a supervisor decides, the case closes, and the summary is kept."""

import hashlib
from datetime import date
from typing import Any

from caseflow.audit import actions as audit
from caseflow.audit.rules import Event
from caseflow.cases import actions as cases
from caseflow.cases.models import Case
from caseflow.cases.rules import Risk
from caseflow.closing import document, queries, rules, summary
from caseflow.closing.models import Closure, Summary
from caseflow.closing.rules import ClosureState, Ending, NoExit
from caseflow.contacts import queries as contacts
from caseflow.kernel import clock
from caseflow.kernel.database import db, lock
from caseflow.kernel.errors import Problem, Refused, Stale
from caseflow.notices import actions as notices
from caseflow.people.rules import Safe
from caseflow.reviews import actions as reviews
from caseflow.reviews import cadence
from caseflow.reviews.rules import DueKind
from caseflow.staff.models import User
from caseflow.staff.queries import service_calendar

FOLLOW_UP_KINDS = {
    3: DueKind.FOLLOW_UP_3,
    6: DueKind.FOLLOW_UP_6,
    12: DueKind.FOLLOW_UP_12,
}

# --- Asking ------------------------------------------------------------------------------------


def ask_to_close(
    case: Case,
    *,
    by: User,
    ending: Ending,
    is_planned: bool,
    reason: str,
    risk_at_exit: Risk = Risk.NOT_ASSESSED,
    goals_reviewed: bool = False,
    no_exit: NoExit | None = None,
    handover_to: str = "",
    handover_person: str = "",
    handover_accepted_on: date | None = None,
    handover_attended: Safe = Safe.NOT_ASKED,
    may_follow_up: Safe = Safe.NOT_ASKED,
    follow_up_how: str = "",
    felt_listened: int | None = None,
    felt_safer: int | None = None,
    would_recommend: int | None = None,
    their_words: str = "",
    learning: str = "",
) -> Closure:
    """Support goes on until a supervisor has approved."""
    lock(case)
    _must_be_closable(case)
    closure = Closure(
        case=case,
        ending=ending,
        is_planned=is_planned,
        reason=reason.strip(),
        goals_reviewed=goals_reviewed,
        no_exit=NoExit.DIED if ending is Ending.DECEASED else no_exit,
        risk_at_exit=risk_at_exit,
        handover_to=handover_to.strip(),
        handover_person=handover_person.strip(),
        handover_accepted_on=handover_accepted_on,
        handover_attended=handover_attended,
        may_follow_up=may_follow_up,
        follow_up_how=follow_up_how.strip(),
        felt_listened=felt_listened,
        felt_safer=felt_safer,
        would_recommend=would_recommend,
        their_words=their_words.strip(),
        learning=learning.strip(),
        state=ClosureState.ASKED,
        asked_at=clock.now(),
        asked_by=by,
        decision_note="",
    )
    _check(closure, has_exit=queries.exit_assessment(case) is not None)
    db.session.add(closure)
    db.session.flush()
    _ask_for_sign_off(closure)
    _record(Event.CLOSURE_ASKED, closure, ending=ending.value)
    return closure


def _must_be_closable(case: Case) -> None:
    if case.stage not in rules.MAY_BE_CLOSED:
        raise Problem(
            f"A case at “{case.stage.label}” has no support to end. "
            "It can be closed once they have agreed to support."
        )
    if queries.waiting_request(case) is not None:
        raise Problem("A request to close this case is waiting for sign-off already.")


def _check(closure: Closure, *, has_exit: bool) -> None:
    if not closure.reason:
        raise Problem("Enter why support ends", "reason")
    if len(closure.reason) > rules.REASON_LENGTH:
        raise Problem(f"The reason must be {rules.REASON_LENGTH} characters or fewer", "reason")
    if closure.ending is not Ending.DECEASED:
        _check_leaving(closure, has_exit=has_exit)
    _check_handover(closure)
    if closure.may_follow_up is Safe.YES and not closure.follow_up_how:
        raise Problem("Enter a safe way to reach them", "follow_up_how")
    for name in rules.FEEDBACK:
        if (given := getattr(closure, name)) is not None and given not in rules.FEEDBACK_WORDS:
            raise Problem("Feedback is 1 to 5", name)


def _check_leaving(closure: Closure, *, has_exit: bool) -> None:
    if closure.ending is Ending.COMPLETED:
        _check_completed(closure)
    if closure.no_exit is NoExit.DIED:
        raise Problem("Select why there is no exit assessment", "no_exit")
    if not has_exit and closure.no_exit is None:
        raise Problem("Finish the exit assessment, or select why there is none", "no_exit")
    if has_exit:
        closure.no_exit = None
    if closure.risk_at_exit is Risk.NOT_ASSESSED:
        raise Problem("Select the risk as support ends", "risk_at_exit")


def _check_completed(closure: Closure) -> None:
    if not closure.is_planned:
        raise Problem(
            "Completed means the ending was planned. Choose another reason if it was not",
            "is_planned",
        )
    if not closure.goals_reviewed:
        raise Problem(
            "Look at the goals together first: completed means they were reviewed",
            "goals_reviewed",
        )


def _check_handover(closure: Closure) -> None:
    if closure.ending is Ending.TRANSFERRED and not closure.handover_to:
        raise Problem("Enter which service takes over", "handover_to")
    accepted = closure.handover_accepted_on
    if accepted is None:
        return
    if not closure.handover_to or not closure.handover_person:
        raise Problem(
            "A handover counts when a named person accepts it. Enter who", "handover_person"
        )
    if accepted > clock.today():
        raise Problem(
            "The day it was accepted must be today or in the past", "handover_accepted_on"
        )


def _ask_for_sign_off(closure: Closure) -> None:
    asked = clock.today()
    days = rules.SIGN_OFF_WORKING_DAYS
    reviews.set_due(
        closure.case,
        kind=DueKind.SIGN_OFF,
        subject=closure.id,
        due_at=cadence.on_day(service_calendar().working_days_after(asked, days)),
        why=f"closure asked for on {cadence.in_words(asked)}: decided within {days} working days",
    )


# --- Deciding ----------------------------------------------------------------------------------


def approve_closure(closure: Closure, *, by: User, note: str = "") -> None:
    """The case closes, and the follow-ups are booked."""
    _begin_deciding(closure, by=by)
    case, ending = closure.case, closure.ending
    _decide(closure, ClosureState.APPROVED, by=by, note=note)
    facts = contacts.facts_for_move(case, closure_approved=True)
    cases.set_risk(case, closure.risk_at_exit)
    cases.move(case, ending.stage, by=by, reason=closure.reason, facts=facts)
    _book_follow_ups(closure)
    _tell(closure, "A closure you asked for is approved.")
    _record(Event.CLOSURE_APPROVED, closure, ending=ending.value)


def return_closure(closure: Closure, *, by: User, note: str) -> None:
    """Support goes on; whoever asked is told what is missing."""
    _begin_deciding(closure, by=by)
    if not note.strip():
        raise Problem("Say what is missing, so that it can be put right", "note")
    _decide(closure, ClosureState.RETURNED, by=by, note=note)
    _tell(closure, "A closure you asked for was sent back. The case says what is missing.")
    _record(Event.CLOSURE_RETURNED, closure)


def _begin_deciding(closure: Closure, *, by: User) -> None:
    """The second of two supervisors waits here, and is then told."""
    lock(closure)
    if closure.state is not ClosureState.ASKED:
        raise Stale(already_decided(closure))
    if closure.asked_by_id == by.id:
        raise Refused("You asked for this closure, so somebody else decides it.")


def already_decided(closure: Closure) -> str:
    who = closure.decided_by.name if closure.decided_by else "Somebody"
    verb = "approved" if closure.state is ClosureState.APPROVED else "returned"
    return f"{who} has {verb} this closure already. Nothing of yours was saved."


def _decide(closure: Closure, state: ClosureState, *, by: User, note: str) -> None:
    closure.state, closure.decision_note = state, note.strip()
    closure.decided_at, closure.decided_by = clock.now(), by
    db.session.flush()
    # Before the case moves: closing a case cancels what is still open on it.
    reviews.finish_due(DueKind.SIGN_OFF, closure.id, by=by)


def _tell(closure: Closure, text: str) -> None:
    """Whoever asked, in the inbox; the text names nobody."""
    notices.put_in_inbox(
        closure.asked_by,
        cause=f"closure:{closure.id}:{closure.state.value}",
        text=text,
        case_id=closure.case_id,
    )


def _book_follow_ups(closure: Closure) -> None:
    if not rules.books_follow_ups(closure.ending, closure.may_follow_up):
        return
    closed = clock.today()
    for months in rules.FOLLOW_UP_MONTHS:
        reviews.set_due(
            closure.case,
            kind=FOLLOW_UP_KINDS[months],
            subject=closure.id,
            due_at=cadence.on_day(rules.months_after(closed, months)),
            why=f"{months} months after support ended on {cadence.in_words(closed)}",
        )


# --- The outcome summary -----------------------------------------------------------------------


def make_summary(case: Case, *, by: User | None) -> Summary:
    """A new version, or the last one when nothing in it has changed since."""
    lock(case)
    last = next(iter(queries.summaries_of(case)), None)
    number = last.number + 1 if last else 1
    frozen = summary.freeze(case, number=number)
    if last is not None and last.frozen | {"number": number} == frozen.as_plain():
        return last
    made = document.render(frozen)
    kept = Summary(
        case=case,
        number=number,
        frozen=frozen.as_plain(),
        sha256=hashlib.sha256(made).hexdigest(),
        pdf=made,
        made_at=clock.now(),
        by_id=by.id if by else None,
    )
    db.session.add(kept)
    db.session.flush()
    audit.record(
        Event.SUMMARY_MADE,
        case_id=case.id,
        person_id=case.person_id,
        summary=str(kept.id),
        number=number,
        sha256=kept.sha256,
    )
    return kept


def _record(event: Event, closure: Closure, **facts: Any) -> None:
    case = closure.case
    audit.record(event, case_id=case.id, person_id=case.person_id, closure=str(closure.id), **facts)
