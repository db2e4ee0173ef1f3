"""Writing down a conversation, and what follows from it."""

from collections.abc import Sequence
from datetime import date, datetime

from caseflow.audit import actions as audit
from caseflow.audit.rules import Event
from caseflow.cases import actions as cases
from caseflow.cases.lifecycle import Facts, Stage, obstacles
from caseflow.cases.models import Case
from caseflow.cases.safeguarding import may_be_a_child
from caseflow.contacts import queries
from caseflow.contacts.models import Contact
from caseflow.contacts.rules import (
    ATTENDED,
    BEFORE_REFERRAL,
    CLOCKS_DIFFER,
    LONGEST_MINUTES,
    NOTE_LENGTH,
    THEIR_WORDS_LENGTH,
    TRY_AGAIN,
    TWO_WAY,
    Mode,
    Outcome,
    Purpose,
    With,
    Worry,
    a_closed_case_takes,
    counts_as_attempt,
    is_done_by,
    is_two_way,
    likeliest_follow_up,
)
from caseflow.kernel import clock
from caseflow.kernel.database import db
from caseflow.kernel.errors import Problem
from caseflow.reviews import actions as reviews
from caseflow.reviews import queries as due
from caseflow.reviews.models import DueItem
from caseflow.reviews.rules import FOLLOW_UPS, DueKind
from caseflow.staff.models import User


def log_contact(
    case: Case,
    *,
    by: User,
    happened_at: datetime,
    outcome: Outcome,
    mode: Mode,
    people: Sequence[With] = (),
    purposes: Sequence[Purpose] = (),
    minutes: int = 0,
    note: str = "",
    their_words: str = "",
    worry: Worry = Worry.NONE,
    next_step: str = "",
    next_step_at: datetime | None = None,
    second_worker: User | None = None,
) -> Contact:
    """One conversation, tried or held. A step with a date and no words is "Try again"."""
    contact = Contact(
        case=case,
        by=by,
        second_worker=second_worker,
        happened_at=happened_at,
        recorded_at=clock.now(),
        outcome=outcome,
        mode=mode,
        people=[who.value for who in people or (With.YOUNG_PERSON,)],
        purposes=[purpose.value for purpose in purposes],
        minutes=minutes if outcome in TWO_WAY else 0,
        note=note.strip(),
        their_words=their_words.strip(),
        worry=worry,
        next_step=next_step.strip() or (TRY_AGAIN if next_step_at else ""),
        next_step_at=next_step_at,
    )
    _check(contact)
    db.session.add(contact)
    db.session.flush()
    _finish_what_it_did(contact)
    _set_what_follows(contact)
    _move_on(contact)
    audit.record(
        Event.CONTACT_LOGGED,
        actor_id=by.id,
        case_id=case.id,
        person_id=case.person_id,
        contact=str(contact.id),
        outcome=outcome,
        mode=mode,
        minutes=contact.minutes,
        late=contact.is_late,
    )
    return contact


def withdraw_contact(contact: Contact, *, by: User, reason: str) -> None:
    """It stays to be read, struck through, and counts for nothing. Stages stay as they are."""
    if contact.withdrawn_at is not None:
        raise Problem("This entry has been withdrawn already.")
    if not reason.strip():
        raise Problem("Say why the entry is withdrawn.", "reason")
    contact.withdrawn_at, contact.withdrawn_reason = clock.now(), reason.strip()
    for kind in (DueKind.NEXT_STEP, DueKind.SAFEGUARDING_CHASE):
        reviews.cancel_due(kind, contact.id)
    db.session.flush()
    audit.record(
        Event.CONTACT_WITHDRAWN,
        actor_id=by.id,
        case_id=contact.case_id,
        person_id=contact.case.person_id,
        contact=str(contact.id),
    )


def _check(contact: Contact) -> None:
    case, now = contact.case, clock.now()
    if not case.is_open and not a_closed_case_takes(contact.outcome, contact.purposes):
        raise Problem(
            "This case is closed. It takes a follow-up, or “they got in touch”.", "purposes"
        )
    if contact.happened_at > now + CLOCKS_DIFFER:
        raise Problem("The time of the contact must be now or in the past.", "happened_at")
    if contact.happened_at < case.received_at - BEFORE_REFERRAL:
        raise Problem(
            "The contact is more than a day before the referral. Check the date.", "happened_at"
        )
    _check_next_step(contact)
    _check_who(contact)
    _check_words(contact)


def _check_next_step(contact: Contact) -> None:
    if contact.next_step_at is None:
        return
    if not contact.case.is_open:
        raise Problem("A closed case has no next step: only its follow-ups fall due.", "next_step")
    if contact.next_step_at <= clock.now() - CLOCKS_DIFFER:
        raise Problem("The next step must be in the future.", "next_step_at")


def _check_who(contact: Contact) -> None:
    if contact.mode is Mode.MULTI_AGENCY and With.YOUNG_PERSON in contact.people:
        raise Problem(
            "A multi-agency meeting is without the young person. Say who was there.", "people"
        )
    if contact.outcome in ATTENDED and not 1 <= contact.minutes <= LONGEST_MINUTES:
        raise Problem("Say how many minutes it took: 1 or more.", "minutes")
    if not 0 <= contact.minutes <= LONGEST_MINUTES:
        raise Problem("A contact lasts a day at most.", "minutes")
    if contact.second_worker is not None and contact.second_worker.id == contact.by.id:
        raise Problem("The second worker is somebody else than you.", "second_worker")


def _check_words(contact: Contact) -> None:
    if contact.worry is not Worry.NONE and not contact.note:
        raise Problem("Write in the note what worries you.", "note")
    for name, text, longest in (
        ("note", contact.note, NOTE_LENGTH),
        ("their_words", contact.their_words, THEIR_WORDS_LENGTH),
        ("next_step", contact.next_step, 300),
    ):
        if len(text) > longest:
            over = f"You have {len(text) - longest:,} too many."
            raise Problem(f"Write {longest:,} characters or fewer. {over}", name)


def _move_on(contact: Contact) -> None:
    """The first try and the first answer move the case; what follows is for people to decide."""
    heard = is_two_way(contact.outcome, contact.people)
    if heard or counts_as_attempt(contact.outcome, contact.mode):
        _move_if_free(contact, Stage.ELIGIBLE, Stage.ATTEMPTING)
    if heard:
        _move_if_free(contact, Stage.ATTEMPTING, Stage.APPROACHED)


def _move_if_free(contact: Contact, start: Stage, end: Stage) -> None:
    case = contact.case
    if case.stage is not start:
        return
    if start is Stage.ELIGIBLE:  # which asks only who holds the case
        facts = Facts(is_allocated=case.worker_id is not None)
    else:
        facts = queries.facts_for_move(case)
    if not obstacles(start, end, reason="", facts=facts):
        cases.move(case, end, by=contact.by, facts=facts)


def _finish_what_it_did(contact: Contact) -> None:
    """Earlier promises are kept by doing them. Reaching somebody ends the approach by the move."""
    for item in due.open_items(contact.case):
        if item.kind is DueKind.NEXT_STEP and _keeps_promise(contact, item):
            reviews.finish_due(item.kind, item.subject, by=contact.by)
    heard = is_two_way(contact.outcome, contact.people)
    if heard and not contact.case.is_open and Purpose.FOLLOW_UP in contact.purposes:
        _finish_follow_up(contact)


def _keeps_promise(contact: Contact, item: DueItem) -> bool:
    promised = queries.contact_in(contact.case, item.subject)
    if promised is None or promised.happened_at >= contact.happened_at:
        return False
    return is_done_by(item.what, due_on=_day(item.due_at), contact_on=_day(contact.happened_at))


def _day(instant: datetime) -> date:
    return clock.local(instant).date()


def _finish_follow_up(contact: Contact) -> None:
    items = {item.kind: item for item in due.open_items(contact.case) if item.kind in FOLLOW_UPS}
    booked = {kind: item.due_at for kind, item in items.items()}
    if kind := likeliest_follow_up(booked, contact.happened_at):
        reviews.finish_due(kind, items[kind].subject, by=contact.by)


def _set_what_follows(contact: Contact) -> None:
    said_on = f"{clock.local(contact.happened_at):%-d %B}"
    if contact.next_step_at is not None:
        reviews.set_due(
            contact.case,
            kind=DueKind.NEXT_STEP,
            subject=contact.id,
            due_at=contact.next_step_at,
            why=f"Promised in the contact of {said_on}",
            what=contact.next_step[:200],
        )
    if contact.worry is Worry.REFERRED and may_be_a_child(contact.case):
        reviews.set_due(
            contact.case,
            kind=DueKind.SAFEGUARDING_CHASE,
            subject=contact.id,
            due_at=reviews.one_working_day_after(contact.happened_at),
            why=f"Social care answers a referral (made {said_on}) within one working day",
            what="Chase the safeguarding referral",
        )
