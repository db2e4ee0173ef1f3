"""Figures count moves, and stay what they were."""

import pytest

from caseflow.access.permissions import Role
from caseflow.cases import actions as cases
from caseflow.cases.lifecycle import Stage
from caseflow.cases.rules import Stream
from caseflow.contacts import actions as contacts
from caseflow.contacts.rules import Mode, Outcome, Purpose, With
from caseflow.evaluation import queries
from caseflow.evaluation.rules import Quarter, Step, last_quarters
from caseflow.kernel import clock as kernel_clock
from tests import builders

SPRING, SUMMER = Quarter(2026, 2), Quarter(2026, 3)


def talk(case, by, outcome=Outcome.MET):
    return contacts.log_contact(
        case,
        by=by,
        happened_at=kernel_clock.now(),
        outcome=outcome,
        mode=Mode.F2F_COMMUNITY,
        people=[With.YOUNG_PERSON],
        purposes=[Purpose.MENTORING],
        minutes=30,
        note="",
    )


def test_two_episodes_of_one_person_are_two_episodes_and_one_person(session, clock) -> None:
    clock("2026-05-04 10:00")
    worker, young = builders.worker(), builders.person()
    case = builders.case_at(Stage.LONG_TERM, held_by=worker, of=young)
    builders.case_at(Stage.DECLINED, held_by=worker, of=young)
    clock.forward(days=1)
    talk(case, worker)
    found = queries.funnel(SPRING)
    assert found[Step.REFERRED, None] == queries.Count(episodes=2, people=1)
    assert found[Step.AGREED, None] == queries.Count(1, 1)
    assert found[Step.ENGAGED, None] == queries.Count(1, 1)


def test_a_decline_reopened_next_quarter_leaves_this_quarter_as_it_was(session, clock) -> None:
    clock("2026-06-20 10:00")
    worker = builders.worker()
    case = builders.case_at(Stage.DECLINED, held_by=worker)
    before = queries.funnel(SPRING)
    clock("2026-07-10 10:00")
    for stage in (Stage.ATTEMPTING, Stage.APPROACHED):
        cases.move(case, stage, by=worker, reason="asked again", facts=builders.ALL)
    builders.consent(case.person, by=worker)
    cases.move(case, Stage.AGREED, by=worker, reason="", facts=builders.ALL)
    after = queries.funnel(SPRING)
    assert after == before
    assert queries.funnel(SUMMER)[Step.AGREED, None].episodes == 1
    assert queries.funnel(SUMMER)[Step.APPROACHED, None].episodes == 0


def test_the_funnel_counts_moves_not_todays_stage(session, clock) -> None:
    clock("2026-05-04 10:00")
    builders.case_at(Stage.COMPLETED)
    found = queries.funnel(SPRING)
    for step in (Step.REFERRED, Step.ELIGIBLE, Step.APPROACHED, Step.AGREED, Step.COMPLETED):
        assert found[step, None].episodes == 1
    assert found[Step.ENGAGED, None].episodes == 0


def test_a_withdrawn_contact_engages_nobody(session, clock) -> None:
    clock("2026-05-04 10:00")
    worker = builders.worker()
    case = builders.case_at(Stage.LONG_TERM, held_by=worker)
    clock.forward(days=1)
    contact = talk(case, worker)
    assert queries.funnel(SPRING)[Step.ENGAGED, None].episodes == 1
    contacts.withdraw_contact(contact, by=worker, reason="wrong person")
    assert queries.funnel(SPRING)[Step.ENGAGED, None].episodes == 0


def test_streams_are_apart_and_add_up(session, clock) -> None:
    clock("2026-05-04 10:00")
    builders.received_case(stream=Stream.CUSTODY)
    builders.received_case(stream=Stream.HOSPITAL)
    found = queries.funnel(SPRING)
    assert found[Step.REFERRED, Stream.CUSTODY].episodes == 1
    assert found[Step.REFERRED, None].episodes == 2


def test_a_quarter_ends_at_local_midnight(session, clock) -> None:
    clock("2026-06-30 23:30")  # 22:30 UTC: still June in Leicester
    builders.received_case()
    clock("2026-07-01 00:30")  # 23:30 UTC on 30 June: July in Leicester
    builders.received_case()
    assert queries.funnel(SPRING)[Step.REFERRED, None].episodes == 1
    assert queries.funnel(SUMMER)[Step.REFERRED, None].episodes == 1


def test_quarters_follow_each_other_over_the_year() -> None:
    assert Quarter(2026, 4).next == Quarter(2027, 1)
    assert Quarter(2027, 1).previous == Quarter(2026, 4)
    assert [str(q) for q in last_quarters(SPRING.first_day, 3)] == ["2026-Q2", "2026-Q1", "2025-Q4"]


@pytest.mark.parametrize("text", ["", "2026", "2026-Q5", "٢٠٢٦-Q1", "9999-Q1", "x-Q1", "2026-Q"])
def test_a_strange_quarter_is_none(text: str) -> None:
    assert Quarter.parse(text) is None


def test_the_programme_page_names_nobody(session, sign_in, clock) -> None:
    clock("2026-05-04 10:00")
    person = builders.person(first_name="CANARY", last_name="NAME")
    case = builders.case_at(Stage.LONG_TERM, of=person)
    me = sign_in(builders.user(Role.PROGRAMME_MANAGER))
    page = me.get("/programme?quarter=2026-Q2")
    assert page.status_code == 200
    assert "CANARY" not in page.text
    assert case.reference not in page.text
    assert me.get(f"/cases/{case.id}").status_code == 404


def test_only_the_programme_manager_sees_the_programme(session, sign_in) -> None:
    for role in (Role.YOUTH_WORKER, Role.SUPERVISOR, Role.POLICE_LIAISON, Role.ADMINISTRATOR):
        user = builders.user(role, in_team=builders.team())
        assert sign_in(user).get("/programme").status_code == 403


def test_the_programme_page_has_no_accessibility_faults(
    session, page, browser_sign_in, axe
) -> None:
    builders.case_at(Stage.LONG_TERM)
    manager = builders.user(Role.PROGRAMME_MANAGER)
    session.commit()
    browser_sign_in(page, manager)
    axe(page)
