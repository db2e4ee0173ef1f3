"""What falls due, kept true. recompute_case and recompute_person are called on every change."""

import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta

from caseflow.audit import actions as audit
from caseflow.audit.rules import Event
from caseflow.cases.lifecycle import Stage
from caseflow.cases.models import Case
from caseflow.kernel import clock
from caseflow.kernel.database import db
from caseflow.people.models import Person
from caseflow.reviews import cadence, queries
from caseflow.reviews.cadence import Due
from caseflow.reviews.models import DueItem
from caseflow.reviews.rules import (
    AFTER_ENDING,
    LAPSING,
    DueKind,
    DueState,
)
from caseflow.reviews.wanted import Wanted, days_off, review_rule, wanted_on
from caseflow.staff.models import User

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


def one_working_day_after(instant: datetime, count: int = 1) -> datetime:
    """09:00 on the next working day, or the ``count``-th one."""
    day = cadence.working_days_after(clock.local(instant).date(), count, days_off())
    return cadence.on_day(day)


def scheduler_is_silent() -> bool:
    """It has ticked before, and not in the last five minutes."""
    last = queries.last_beat(SCHEDULER)
    return last is not None and clock.now() - last > SILENT_AFTER
