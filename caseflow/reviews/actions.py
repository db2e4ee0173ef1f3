"""What falls due, kept true. recompute_case and recompute_person are called on every change."""

import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import update

from caseflow.audit import actions as audit
from caseflow.audit.rules import Event
from caseflow.cases import actions as cases
from caseflow.cases.lifecycle import Stage
from caseflow.cases.models import Case
from caseflow.cases.rules import Risk
from caseflow.kernel import clock
from caseflow.kernel.database import db
from caseflow.kernel.errors import Problem, Refused
from caseflow.people.models import Person
from caseflow.reviews import cadence, queries
from caseflow.reviews.cadence import Due
from caseflow.reviews.models import DueItem, Heartbeat, Review
from caseflow.reviews.rules import (
    AFTER_ENDING,
    LAPSE_DAYS,
    LAPSING,
    MOVABLE,
    DueKind,
    DueState,
)
from caseflow.reviews.wanted import Wanted, review_rule, wanted_on
from caseflow.staff.models import User
from caseflow.staff.queries import service_calendar

SCHEDULER = "scheduler"
SILENT_AFTER = timedelta(minutes=5)
FURTHEST = timedelta(days=366)

# --- What any room may call --------------------------------------------------------------------


def set_due(
    case: Case,
    *,
    kind: DueKind,
    subject: uuid.UUID,
    due_at: datetime,
    why: str,
    what: str = "",
) -> DueItem | None:
    """One open item for each kind and subject of a case: made, or given its new date.

    None, and nothing, when the case has ended and no such thing can fall due on it any more.
    A date that somebody moved stays until the date asked for here is another than before.
    """
    if not _can_fall_due(case, kind):
        return None
    item = queries.open_item(case, kind, subject)
    due = Due(cadence.steady(due_at), why)
    return _place(case, item, kind, subject, due, what)


def finish_due(kind: DueKind, subject: uuid.UUID, *, by: User | None) -> None:
    """The thing itself was done."""
    for item in queries.open_about(kind, subject):
        _end(item, DueState.DONE, by=by)


def cancel_due(kind: DueKind, subject: uuid.UUID) -> None:
    for item in queries.open_about(kind, subject):
        _end(item, DueState.CANCELLED)


def _can_fall_due(case: Case, kind: DueKind) -> bool:
    if case.person.died_on is not None or case.stage is Stage.DECEASED:
        return False
    return case.is_open or kind in AFTER_ENDING


def _place(
    case: Case, item: DueItem | None, kind: DueKind, subject: uuid.UUID, due: Due, what: str = ""
) -> DueItem:
    if item is None:
        item = DueItem(
            case_id=case.id,
            kind=kind,
            subject=subject,
            due_at=due.at,
            rule_at=due.at,
            state=DueState.OPEN,
            made_at=clock.now(),
            moved_reason="",
        )
        db.session.add(item)
    elif item.rule_at != due.at:
        item.due_at, item.rule_at, item.moved_reason = due.at, due.at, ""
    item.why, item.what = due.why[:300], what[:200]
    db.session.flush()
    return item


def _end(item: DueItem, state: DueState, *, by: User | None = None) -> None:
    item.state, item.done_at = state, clock.now()
    item.done_by_id = by.id if by else None
    db.session.flush()
    if state is DueState.DONE:
        audit.record(
            Event.DUE_ITEM_DONE, case_id=item.case_id, item=str(item.id), kind=item.kind.value
        )


# --- Recomputed from the facts, on every change ------------------------------------------------

# Kinds whose items follow from a case or a person alone; nobody else sets them.
BY_RULE = frozenset(
    {
        DueKind.TRIAGE,
        DueKind.TRIAGE_CONFIRM,
        DueKind.FIRST_APPROACH,
        DueKind.NEEDS_ASSESSMENT,
        DueKind.REVIEW,
        *LAPSING,
    }
)
# Gone from the facts means done: the referral was triaged, the young person was met.
DONE_WHEN_GONE = frozenset({DueKind.TRIAGE, DueKind.TRIAGE_CONFIRM, DueKind.FIRST_APPROACH})


def recompute_case(case: Case) -> None:
    """Sets, moves and ends what follows from the case and its young person as they are now."""
    items = queries.open_items(case)
    if not case.is_open or case.person.died_on is not None:
        _end_with_case(case, items)
        items = [item for item in items if item.state is DueState.OPEN]
    wanted = [w for w in wanted_on(case, items) if _can_fall_due(case, w.kind)]
    for want in wanted:
        _place_by_rule(case, _same(items, want), want)
    kept = {(want.kind, want.subject) for want in wanted}
    for item in items:
        if item.kind in BY_RULE and (item.kind, item.subject) not in kept:
            _end_gone(case, item)


def recompute_person(person: Person) -> None:
    for case in queries.cases_with_items(person.id):
        recompute_case(case)


def _end_with_case(case: Case, items: Iterable[DueItem]) -> None:
    for item in items:
        if not _can_fall_due(case, item.kind):
            _end_gone(case, item)


def _end_gone(case: Case, item: DueItem) -> None:
    is_done = item.kind in DONE_WHEN_GONE and case.is_open
    _end(item, DueState.DONE if is_done else DueState.CANCELLED)


def _same(items: Iterable[DueItem], want: Wanted) -> DueItem | None:
    return next((i for i in items if (i.kind, i.subject) == (want.kind, want.subject)), None)


def _place_by_rule(case: Case, item: DueItem | None, want: Wanted) -> None:
    if item is None and not (want.kind is DueKind.REVIEW and _was_standing_still(case)):
        _place(case, None, want.kind, want.subject, want.due)
    elif item is None:
        _start_again(case, want)
    elif item.rule_at == want.due.at:
        item.why = want.due.why[:300]
    elif _stays(item, want.due):
        item.rule_at = want.due.at
    elif want.kind is DueKind.REVIEW and want.due.at < clock.now():
        _count_from_now(case, item, want)
    else:
        _place(case, item, want.kind, want.subject, want.due)


def _stays(item: DueItem, due: Due) -> bool:
    """A rule never puts off what a person promised, nor makes a late review timely."""
    is_late = item.kind is DueKind.REVIEW and item.is_late(clock.now())
    return bool(item.moved_reason or is_late) and item.due_at <= due.at


def _count_from_now(case: Case, item: DueItem, want: Wanted) -> None:
    """Nobody missed it: the risk rose, or the rule changed, and the new date is past already."""
    fresh = review_rule(case, held_at=clock.now(), risk=case.risk).at
    before = item.due_at
    _place(case, item, want.kind, want.subject, want.due)
    item.due_at = min(fresh, before)
    if fresh < before:
        item.moved_reason = f"Counted from {_today()}, when the risk or the rule changed"


def _start_again(case: Case, want: Wanted) -> None:
    """The case stood still. What fell due meanwhile is due on the next working day, not late."""
    item = _place(case, None, want.kind, want.subject, want.due)
    if want.due.at < clock.now():
        item.due_at = one_working_day_after(clock.now())
        item.moved_reason = f"The clock started again on {_today()}"


def _today() -> str:
    return cadence.in_words(clock.today())


def _was_standing_still(case: Case) -> bool:
    before = queries.latest_item(case, DueKind.REVIEW)
    return before is not None and before.state is DueState.CANCELLED


def end_lapsed(now: datetime) -> None:
    """Birthdays and expiries that are long past leave the lists; nobody can do them."""
    db.session.execute(
        update(DueItem)
        .where(
            DueItem.state == DueState.OPEN,
            DueItem.kind.in_(LAPSING),
            DueItem.due_at < cadence.shifted(now, -LAPSE_DAYS),
        )
        .values(state=DueState.CANCELLED, done_at=now)
    )


# --- Done and decided by people ----------------------------------------------------------------


def hold_review(
    case: Case,
    *,
    by: User,
    risk: Risk,
    risk_reason: str,
    what_changed: str,
    their_words: str,
    decision: str,
    next_due_at: datetime | None = None,
    next_reason: str = "",
    item: DueItem | None = None,
) -> Review:
    """Finishes the review that was due, early or late, and sets the next one by the cadence.

    ``next_due_at`` chooses another day than the rule's, and then needs ``next_reason``.
    """
    _check_review(case, risk=risk, risk_reason=risk_reason, decision=decision)
    due = item or queries.open_item(case, DueKind.REVIEW, case.id)
    review = Review(
        case_id=case.id,
        item_id=due.id if due else None,
        held_at=clock.now(),
        was_due_at=due.due_at if due else None,
        by=by,
        risk=risk,
        risk_reason=risk_reason.strip(),
        what_changed=what_changed.strip(),
        their_words=their_words.strip(),
        decision=decision.strip(),
    )
    db.session.add(review)
    db.session.flush()
    finish_due(DueKind.REVIEW, case.id, by=by)
    cases.set_risk(case, risk)
    following = queries.open_item(case, DueKind.REVIEW, case.id)
    if following is not None:
        _choose_next(following, next_due_at, next_reason)
        review.next_due_at = following.due_at
    db.session.flush()
    audit.record(
        Event.REVIEW_HELD,
        case_id=case.id,
        person_id=case.person_id,
        review=str(review.id),
        risk=risk.value,
        late=review.was_late,
    )
    return review


def check_open(case: Case) -> None:
    if not case.is_open:
        raise Refused("This case is closed: there is nothing left to review.")


def _check_review(case: Case, *, risk: Risk, risk_reason: str, decision: str) -> None:
    check_open(case)
    if risk is Risk.NOT_ASSESSED:
        raise Problem("Say how high the risk is now.", "risk")
    needs_reason = risk is not case.risk or risk in cadence.OVERDUE_HOURS
    if needs_reason and not risk_reason.strip():
        raise Problem("Say why the risk is at this level.", "risk_reason")
    if not decision.strip():
        raise Problem("Write what was decided.", "decision")


def _choose_next(item: DueItem, at: datetime | None, reason: str) -> None:
    if at is None or clock.local(at).date() == clock.local(item.due_at).date():
        return
    if not reason.strip():
        raise Problem("Say why the next review is on another day than the rule’s.", "next_reason")
    _move(item, at, reason, field="next_on")


def reschedule(item: DueItem, *, by: User, due_at: datetime, reason: str) -> None:
    """A new date and why. Everybody who would be told is told again before the new date."""
    check_movable(item)
    if not reason.strip():
        raise Problem("Say why the date moves.", "reason")
    before = item.due_at
    _move(item, due_at, reason, field="day")
    audit.record(
        Event.REVIEW_RESCHEDULED,
        case_id=item.case_id,
        item=str(item.id),
        kind=item.kind.value,
        before=before.isoformat(),
        after=item.due_at.isoformat(),
        actor_id=by.id,
    )


def check_movable(item: DueItem) -> None:
    if item.state is not DueState.OPEN:
        raise Problem("This is done or cancelled already.")
    if item.kind not in MOVABLE:
        raise Refused("This date follows from the record. Change it where it is recorded.")


def _move(item: DueItem, at: datetime, reason: str, *, field: str) -> None:
    if at <= clock.now():
        raise Problem("The new date must be in the future.", field)
    if at > clock.now() + FURTHEST:
        raise Problem("The new date must be within a year.", field)
    item.due_at, item.moved_reason = cadence.steady(at), reason.strip()[:300]
    db.session.flush()


def one_working_day_after(instant: datetime, count: int = 1) -> datetime:
    """09:00 on the next working day, or the ``count``-th one."""
    day = service_calendar().working_days_after(clock.local(instant).date(), count)
    return cadence.on_day(day)


def scheduler_is_silent() -> bool:
    """It has ticked before, and not in the last five minutes."""
    last = queries.last_beat(SCHEDULER)
    return last is not None and clock.now() - last > SILENT_AFTER


def beat(name: str, now: datetime) -> None:
    """The scheduler says that it is alive."""
    row = db.session.get(Heartbeat, name)
    if row is None:
        db.session.add(Heartbeat(name=name, at=now))
    else:
        row.at = now
    db.session.flush()
