"""Nothing is written about a young person that the trail does not know of.

The made-up service of the demo does what teams do, through the same actions as the screens: so as
many rows as there are in a table, as many rows of its event there are in the trail.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from caseflow.audit.models import AuditRow
from caseflow.audit.rules import Event
from caseflow.cases import actions as cases
from caseflow.cases import glass, need_to_know
from caseflow.cases.lifecycle import Stage
from caseflow.cases.models import (
    Allocation,
    BreakGlass,
    Case,
    Conflict,
    NamedAccess,
    Restriction,
    StageChange,
    Triage,
)
from caseflow.cases.openings import Wanted
from caseflow.cases.rules import GlassReason
from caseflow.closing.models import Closure
from caseflow.contacts.actions import log_contact, withdraw_contact
from caseflow.contacts.models import Contact
from caseflow.contacts.rules import Mode, Outcome, With
from caseflow.demo import load
from caseflow.demo.messages import bars_referral
from caseflow.incidents.models import Incident
from caseflow.intake.actions import receive_message
from caseflow.intake.models import Referral
from caseflow.kernel import clock
from caseflow.kernel.database import Base
from caseflow.operations.models import Operation, OperationLink
from caseflow.people import actions as people
from caseflow.people.models import Consent, ContactPoint, Flag, Person, RelatedPerson
from caseflow.people.rules import ContactKind, FlagKind, FlagLevel, FlagSource, Relation
from caseflow.plans import actions as plans
from caseflow.plans.models import Action, Goal, GoalRating, OnwardReferral, OnwardStatusChange
from caseflow.plans.rules import Owner
from caseflow.reviews import actions as reviews
from caseflow.reviews.models import DueItem, Review
from caseflow.reviews.reminders import remind
from caseflow.reviews.rules import DueKind, DueState
from caseflow.services.models import Service
from caseflow.staff import actions as staff
from caseflow.staff import cover, devices
from caseflow.staff.models import Cover, User
from tests import builders


def test_as_many_rows_as_there_are_so_many_are_in_the_trail(session) -> None:
    load.load(people=0, seed=1, step=lambda _: None)

    def count(model: type[Base], **by: object) -> int:
        question = select(func.count()).select_from(model).filter_by(**by)
        return session.scalar(question)

    said = Counter(session.scalars(select(AuditRow.event)))
    written = {
        Event.ALLOCATED: count(Allocation),
        Event.CLOSURE_ASKED: count(Closure),
        Event.CONFLICT_SET: count(Conflict),
        Event.CONSENT_RECORDED: count(Consent),
        Event.CONTACT_LOGGED: count(Contact),
        Event.CONTACT_POINT_CHANGED: count(ContactPoint) + count(RelatedPerson),
        Event.COVER_SET: count(Cover),
        Event.DUE_ITEM_DONE: count(DueItem, state=DueState.DONE),
        Event.FLAG_SET: count(Flag),
        Event.GLASS_BROKEN: count(BreakGlass),
        Event.GOAL_RATED: count(GoalRating),
        Event.GOAL_SAVED: count(Goal),
        Event.INCIDENT_RECORDED: count(Incident),
        Event.NAMED: count(NamedAccess),
        Event.ONWARD_REFERRAL_CHANGED: count(OnwardStatusChange) - count(OnwardReferral),
        Event.ONWARD_REFERRAL_MADE: count(OnwardReferral),
        Event.OPERATION_LINKED: count(OperationLink),
        Event.OPERATION_SAVED: count(Operation),
        Event.PERSON_ADDED: count(Person),
        Event.RECORD_RESTRICTED: count(Restriction),
        Event.REFERRAL_RECEIVED: count(Referral),
        Event.REVIEW_HELD: count(Review),
        Event.SERVICE_SAVED: count(Service),
        Event.STAGE_MOVED: count(StageChange) - count(StageChange, from_stage=None),
        Event.TRIAGED: count(Triage),
        Event.USER_ADDED: count(User),
    }
    assert all(written.values()), "the demo does all of it"
    assert {event: said[event] for event in written} == written
    assert said[Event.ACTION_SAVED] > count(Action)  # made, and done
    for event in (Event.NEEDS_ASSESSED, Event.RISK_ASSESSED, Event.SAFETY_PLAN_SAVED,
                  Event.CLOSURE_APPROVED, Event.CLOSURE_RETURNED, Event.GLASS_REVIEWED,
                  Event.SUPPORT_OFFERED, Event.REFERRAL_WITHDRAWN, Event.CASE_PAUSED):  # fmt: skip
        assert said[event], event


@pytest.fixture
def case(session) -> Case:
    boss = builders.supervisor(name="Boss")
    ana = builders.worker(boss.team, name="Ana")
    return builders.case_at(Stage.LONG_TERM, held_by=ana)


def test_what_is_undone_is_in_the_trail_too(session, case: Case, added) -> None:
    ana, person = case.worker, case.person
    ben, boss = builders.worker(case.team, "Ben"), builders.supervisor(case.team, "Second boss")

    goal = plans.add_goal(case, by=ana, their_words="Back at college", rating=4)
    with added(Event.GOAL_SAVED):
        plans.end_goal(goal, by=ana)
    with added(Event.GOAL_SAVED):
        plans.resume_goal(goal, by=ana)

    flag = people.set_flag(
        person, by=ana, kind=FlagKind.TWO_WORKERS, level=next(iter(FlagLevel)),
        source=next(iter(FlagSource)), detail="Never alone",
    )  # fmt: skip
    with added(Event.FLAG_REMOVED):
        people.remove_flag(person, flag, reason="Was about somebody else")

    point = people.save_contact_point(person, kind=ContactKind.PHONE, value="07700 900123")
    with added(Event.CONTACT_POINT_CHANGED):
        people.remove_contact_point(point)

    action = plans.add_action(case, by=ana, what="Ring the college", owner=next(iter(Owner)))
    plans.finish_action(action, by=ana)
    with added(Event.ACTION_SAVED):
        plans.reopen_action(action, by=ana)

    entry = log_contact(
        case, by=ana, happened_at=clock.now(), outcome=next(iter(Outcome)), mode=Mode.PHONE,
        people=[With.YOUNG_PERSON], minutes=5,
    )  # fmt: skip
    with added(Event.CONTACT_WITHDRAWN):
        withdraw_contact(entry, by=ana, reason="About somebody else")

    aunt = people.save_related_person(person, name="Aunt", relation=next(iter(Relation)))
    with added(Event.CONTACT_POINT_CHANGED):
        people.remove_related_person(aunt)
    with added(Event.PERSON_CHANGED):
        people.add_alias(person, "Jay")

    conflict = need_to_know.set_conflict(case, ben, by=boss)
    with added(Event.CONFLICT_REMOVED):
        need_to_know.remove_conflict(case, conflict, by=boss, why="Not the same family")
    need_to_know.restrict(case, by=boss, why="A rival works in the team", names=[boss])
    with added(Event.NAMED):
        named = need_to_know.name(case, ben, by=boss)
    with added(Event.UNNAMED):
        need_to_know.unname(case, named)
    with added(Event.RESTRICTION_LIFTED):
        need_to_know.lift(case, by=boss, why="The rival has left")

    with added(Event.CASE_PAUSED):
        cases.pause(case, reason="Remand")
    with added(Event.CASE_RESUMED):
        cases.resume(case)


def test_what_follows_a_triage_or_an_opening_is_in_the_trail(session, case: Case, added) -> None:
    ana, new = case.worker, builders.received_case()
    cases.triage(
        new, by=ana, is_eligible=True, code="eligible", reason="", rules_said="",
        is_confirmed=False, confirm_by=clock.today(),
    )  # fmt: skip
    with added(Event.TRIAGE_CONFIRMED):
        cases.confirm_triage(
            new, session.scalars(select(Triage).filter_by(case_id=new.id)).one(), by=ana
        )

    away = builders.worker(builders.team("Away", ()))
    wanted = Wanted(reference=case.reference)
    opening = glass.break_glass(
        away, wanted, code=GlassReason.THREAT, reason="He is being followed"
    )
    with added(Event.GLASS_ESCALATED):
        glass.escalate_late(opening.review_by + timedelta(minutes=1))


def test_what_a_message_changes_is_in_the_trail(session, case: Case, added) -> None:
    receive_message(bars_referral(), name="first.xml")
    with added(Event.REFERRAL_UPDATED), added(Event.PERSON_CHANGED):
        receive_message(
            bars_referral(last_updated="2126-11-20T22:40:00+00:00", postcode="LE4 4AA"),
            name="second.xml",
        )  # fmt: skip


def test_what_is_due_is_in_the_trail(session, case: Case, added) -> None:
    item = reviews.set_due(
        case, kind=DueKind.NEXT_STEP, subject=case.id, due_at=clock.now(), why=""
    )
    with added(Event.REVIEW_RESCHEDULED):
        reviews.reschedule(
            item, by=case.worker, due_at=clock.now() + timedelta(days=2), reason="They are away"
        )
    with added(Event.REMINDER_TOLD):
        remind(clock.now() + timedelta(days=3))


def test_what_is_done_to_an_account_is_in_the_trail(session, case: Case, added) -> None:
    ana, now = case.worker, clock.now()
    ben, boss = builders.worker(case.team, "Ben"), builders.supervisor(case.team, "Second boss")
    with added(Event.COVER_SET):
        standing_in = cover.set_cover(
            ben, ana, from_at=now, until_at=now + timedelta(days=3), by=boss
        )
    with added(Event.COVER_ENDED):
        cover.end_cover(standing_in)
    with added(Event.DEVICE_ADDED):
        devices.trust(ben, label="Firefox")
    with added(Event.DEVICE_FORGOTTEN):
        devices.forget(devices.devices_of(ben)[0])
    with added(Event.USER_CHANGED):
        staff.change_user(ben, name="Benjamin", role=ben.role, team=ben.team, deputises=False)
    with added(Event.USER_CHANGED):
        staff.disable_user(ben, by=boss)
    with added(Event.USER_CHANGED):
        staff.enable_user(ben)


@pytest.fixture
def added(session) -> Callable[[Event], AbstractContextManager[None]]:
    """What is done within it leaves exactly one more row of that event."""

    def rows(event: Event) -> int:
        session.flush()
        session.commit()
        question = select(func.count()).select_from(AuditRow).where(AuditRow.event == event)
        return session.scalar(question)

    @contextmanager
    def added(event: Event) -> Iterator[None]:
        before = rows(event)
        yield
        assert rows(event) == before + 1, event

    return added
