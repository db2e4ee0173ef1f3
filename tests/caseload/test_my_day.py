"""My day: who waits, what was promised, what is begun, what the week holds."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from caseflow.access.permissions import Role
from caseflow.assessments.actions import start_assessment
from caseflow.assessments.models import Assessment
from caseflow.assessments.rules import Point
from caseflow.audit.models import AuditRow
from caseflow.audit.rules import Event
from caseflow.caseload.queries import day_of
from caseflow.cases import actions as cases
from caseflow.cases.lifecycle import Stage
from caseflow.contacts.actions import log_contact
from caseflow.contacts.rules import Mode, Outcome, With
from caseflow.intake.models import Referral
from caseflow.intake.rules import Source
from caseflow.kernel import clock as kernel_clock
from caseflow.people import actions as people
from caseflow.people.rules import ContactKind, Safe
from caseflow.staff import actions as staff
from tests import builders
from tests.casefile.counting import statements


@pytest.fixture
def now(session, clock):
    """A Tuesday morning."""
    clock("2026-11-24 09:00")
    return kernel_clock.now


@pytest.fixture
def ana(now):
    return builders.worker(name="Ana")


def refer(case, **fields) -> Referral:
    usual = {
        "source": Source.ED_CLINICIAN,
        "site": "Leicester Royal Infirmary",
        "ward": "Majors",
        "is_still_there": Safe.YES,
    }
    referral = Referral(case_id=case.id, received_at=case.received_at, **(usual | fields))
    builders.cases.db.session.add(referral)
    builders.cases.db.session.flush()
    return referral


def contact(case, outcome=Outcome.NO_ANSWER, **fields):
    return log_contact(
        case,
        by=case.worker,
        happened_at=kernel_clock.now(),
        outcome=outcome,
        mode=Mode.PHONE,
        people=[With.YOUNG_PERSON],
        minutes=5,
        **fields,
    )


def waiting(user) -> list:
    return [entry.case for entry in day_of(user).now]


def test_a_new_referral_waits_for_the_whole_team(ana) -> None:
    case = builders.received_case()
    assert waiting(ana) == waiting(builders.worker()) == waiting(builders.supervisor()) == [case]
    assert waiting(builders.worker(builders.team("Other team", ()))) == []


def test_a_case_somebody_holds_waits_for_them_alone(ana) -> None:
    case = builders.case_at(Stage.ATTEMPTING, held_by=ana)
    assert waiting(ana) == [case]
    assert waiting(builders.worker()) == []


def test_once_tried_it_leaves_the_top_unless_they_are_still_there(ana, clock) -> None:
    tried = builders.case_at(Stage.ATTEMPTING, held_by=ana)
    inside = builders.case_at(Stage.ATTEMPTING, held_by=ana)
    refer(inside)
    clock.forward(minutes=5)
    for case in (tried, inside):
        contact(case)
    assert waiting(ana) == [inside]
    [entry] = day_of(ana).now
    assert (entry.tries, entry.heard_at) == (1, None)


@pytest.mark.parametrize(
    ("fields", "shown"),
    [
        ({}, True),
        ({"is_still_there": Safe.NO}, False),
        ({"is_still_there": Safe.NOT_ASKED}, False),
    ],
)
def test_whoever_is_still_in_the_hospital_stays(ana, fields, shown) -> None:
    case = builders.case_at(Stage.LONG_TERM, held_by=ana)
    refer(case, **fields)
    assert (waiting(ana) == [case]) is shown


def test_whoever_has_gone_home_is_no_longer_waiting(ana, clock) -> None:
    case = builders.case_at(Stage.APPROACHED, held_by=ana)
    refer(case, discharge_at=kernel_clock.now() + timedelta(hours=2))
    assert waiting(ana) == [case]
    clock.forward(hours=3)
    assert waiting(ana) == []


def test_an_old_still_there_is_not_believed_for_ever(ana, clock) -> None:
    case = builders.case_at(Stage.LONG_TERM, held_by=ana)
    refer(case)
    clock.forward(days=15)
    assert waiting(ana) == []


def test_least_time_comes_first_and_the_unseen_before_the_seen(ana, clock) -> None:
    relaxed = builders.received_case()
    leaving = builders.received_case()
    seen = builders.case_at(Stage.ATTEMPTING, held_by=ana)
    refer(relaxed)
    refer(leaving, discharge_at=kernel_clock.now() + timedelta(hours=1))
    refer(seen, discharge_at=kernel_clock.now() + timedelta(minutes=30))
    contact(seen, Outcome.TALKED)
    assert waiting(ana) == [leaving, relaxed, seen]


def test_where_and_since_when_and_one_button(session, sign_in, ana) -> None:
    case = builders.received_case()
    refer(case, attended_at=kernel_clock.now() - timedelta(hours=3))
    page = sign_in(ana).get("/my-day")
    assert "Leicester Royal Infirmary, Majors, since Tue 24 Nov, 06:00 (today)" in page.words
    assert "Not seen yet" in page.words
    buttons = page.html.xpath("//li[contains(@class, 'cf-job--now')]//*[@data-module]")
    assert [b.text_content().split()[0] for b in buttons] == ["Triage"]


def test_take_it_from_my_day(session, sign_in, ana) -> None:
    case = builders.case_at(Stage.ELIGIBLE)
    client = sign_in(ana)
    client.submit("/my-day", form=f"/cases/{case.id}/take")
    assert case.worker is ana
    assert "Log a contact" in client.get("/my-day").words


def test_a_promise_carries_the_number_that_is_safe(session, sign_in, ana, clock) -> None:
    case = builders.case_at(Stage.LONG_TERM, held_by=ana)
    for value, safe in (("07700 900111", Safe.NO), ("07700 900222", Safe.YES)):
        people.save_contact_point(
            case.person, kind=ContactKind.PHONE, value=value, safe_to_call=safe
        )
    contact(
        case,
        Outcome.TALKED,
        next_step="Ring about college",
        next_step_at=kernel_clock.now() + timedelta(hours=7),
    )
    page = sign_in(ana).get("/my-day")
    assert "Ring about college, Tue 24 Nov, 16:00 (today)" in page.words
    assert "07700 900222" in page.words
    assert "07700 900111" not in page.words
    [promise] = day_of(ana).promised
    assert promise.item.what == "Ring about college"


def test_tomorrows_promise_is_in_the_week_and_yesterdays_is_late(session, sign_in, ana, clock):
    case = builders.case_at(Stage.LONG_TERM, held_by=ana)
    contact(
        case,
        Outcome.TALKED,
        next_step="Ring him",
        next_step_at=kernel_clock.now() + timedelta(days=1),
    )
    day = day_of(ana)
    assert (day.promised, [i.what for i in day.week if i.what]) == ([], ["Ring him"])
    clock.forward(days=2)
    assert [p.item.what for p in day_of(ana).promised] == ["Ring him"]


def test_a_review_is_in_the_week_it_falls_due(session, sign_in, ana, clock) -> None:
    case = builders.case_at(Stage.LONG_TERM, held_by=ana)
    assert [i for i in day_of(ana).week if i.kind == "review"] == []
    clock.forward(days=23)
    assert [i.case for i in day_of(ana).week if i.kind == "review"] == [case]


def test_what_was_begun_is_to_be_finished(session, sign_in, ana) -> None:
    case = builders.case_at(Stage.LONG_TERM, held_by=ana)
    assert "Write up" not in sign_in(ana).get("/my-day").words
    session.add(
        Assessment(
            case_id=case.id, point=Point.BASELINE, started_at=kernel_clock.now(), by_id=ana.id
        )
    )
    page = sign_in(ana).get("/my-day")
    assert "Write up" in page.words
    assert "Finish it" in page.words


def test_an_empty_day_says_what_comes_next(session, sign_in, ana) -> None:
    page = sign_in(ana).get("/my-day")
    assert "Nobody is waiting." in page.words
    for heading in ("Promised", "Write up", "This week"):
        assert heading not in page.words
    case = builders.case_at(Stage.LONG_TERM, held_by=ana)
    contact(
        case,
        Outcome.TALKED,
        next_step="Coffee",
        next_step_at=kernel_clock.now() + timedelta(days=2, hours=1),
    )
    assert "Nobody is waiting. Next: Thu 26 Nov, 10:00." in sign_in(ana).get("/my-day").words


def test_a_paused_case_waits_too(session, ana) -> None:
    case = builders.case_at(Stage.LONG_TERM, held_by=ana)
    contact(
        case,
        Outcome.TALKED,
        next_step="Ring",
        next_step_at=kernel_clock.now() + timedelta(hours=1),
    )
    assert len(day_of(ana).promised) == 1
    cases.pause(case, reason="Remand")
    assert day_of(ana).promised == []


def test_everybody_named_is_on_record(session, sign_in, ana) -> None:
    case = builders.received_case()
    sign_in(ana).get("/my-day")
    row = session.scalars(select(AuditRow).where(AuditRow.event == Event.LISTED)).one()
    assert row.facts == {"cases": [str(case.id)]}


def test_the_number_of_queries_does_not_grow_with_the_day(session, sign_in, ana) -> None:
    def fill(count: int) -> None:
        for _ in range(count):
            refer(builders.received_case())
            case = builders.case_at(Stage.LONG_TERM, held_by=ana)
            contact(
                case,
                Outcome.TALKED,
                next_step="Ring",
                next_step_at=kernel_clock.now() + timedelta(hours=1),
            )

    client = sign_in(ana)
    fill(2)
    session.commit()
    with statements() as few:
        client.get("/my-day")
    fill(10)
    session.commit()
    with statements() as many:
        client.get("/my-day")
    assert len(many) == len(few)


@pytest.mark.parametrize("role", [r for r in Role if r not in ("youth_worker", "supervisor")])
def test_others_have_no_day(session, sign_in, role) -> None:
    assert sign_in(builders.user(role, in_team=builders.team())).get("/my-day").status_code == 403


def test_what_was_begun_in_another_team_is_no_longer_shown(ana) -> None:
    case = builders.case_at(Stage.LONG_TERM, held_by=ana)
    start_assessment(case, by=ana, point=Point.BASELINE)
    assert len(day_of(ana).unfinished) == 1
    colleague = builders.worker()
    cases.allocate(case, colleague, by=colleague)
    staff.change_user(
        ana, name="Ana", role=ana.role, team=builders.team("Elsewhere", ()), deputises=False
    )
    assert day_of(ana).unfinished == []
