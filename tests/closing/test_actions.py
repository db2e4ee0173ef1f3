"""A worker asks, a supervisor decides, and what follows is booked."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from caseflow.assessments.rules import Point
from caseflow.audit.models import AuditRow
from caseflow.audit.rules import Event
from caseflow.cases import actions as cases
from caseflow.cases import queries as case_queries
from caseflow.cases.lifecycle import Stage
from caseflow.cases.rules import NeedDomain, Risk
from caseflow.closing import actions, queries
from caseflow.closing.rules import ClosureState, Ending, NoExit
from caseflow.kernel.errors import Problem, Refused, Stale
from caseflow.notices import queries as notices
from caseflow.people import actions as people
from caseflow.people.rules import Safe
from caseflow.reviews import queries as reviews
from caseflow.reviews.models import DueItem
from caseflow.reviews.rules import FOLLOW_UPS, DueKind, DueState
from tests import builders
from tests.closing.conftest import REQUEST

LONDON = ZoneInfo("Europe/London")


def due_days(case) -> dict[DueKind, date]:
    return {i.kind: i.due_at.astimezone(LONDON).date() for i in reviews.open_items(case)}


def test_asking_leaves_support_going_and_gives_the_supervisor_five_working_days(ask, case) -> None:
    closure = ask()
    assert case.stage is Stage.LONG_TERM
    item = reviews.open_item(case, DueKind.SIGN_OFF, closure.id)
    assert item.due_at == datetime(2026, 11, 10, 9, 0, tzinfo=LONDON)
    assert "5 working days" in item.why


@pytest.mark.parametrize("stage", [Stage.AGREED, Stage.BRIEF, Stage.LONG_TERM])
def test_support_may_end_once_it_is_agreed(ana, sam, stage) -> None:
    case = builders.case_at(stage, held_by=ana)
    closure = actions.ask_to_close(case, by=ana, **REQUEST)
    actions.approve_closure(closure, by=sam)
    assert case.stage is Stage.COMPLETED


@pytest.mark.parametrize(
    "stage", [Stage.RECEIVED, Stage.ATTEMPTING, Stage.APPROACHED, Stage.DECLINED, Stage.MOVED]
)
def test_without_support_there_is_nothing_to_close(ana, stage) -> None:
    case = builders.case_at(stage, held_by=ana)
    with pytest.raises(Problem, match="no support to end"):
        actions.ask_to_close(case, by=ana, **REQUEST)


def test_one_request_waits_at_a_time(ask) -> None:
    ask()
    with pytest.raises(Problem, match="waiting for sign-off already"):
        ask()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"reason": "  "}, "reason"),
        ({"reason": "x" * 301}, "reason"),
        ({"is_planned": False}, "is_planned"),
        ({"goals_reviewed": False}, "goals_reviewed"),
        ({"no_exit": None}, "no_exit"),
        ({"no_exit": NoExit.DIED}, "no_exit"),
        ({"risk_at_exit": Risk.NOT_ASSESSED}, "risk_at_exit"),
        ({"ending": Ending.TRANSFERRED}, "handover_to"),
        ({"handover_accepted_on": date(2026, 11, 1)}, "handover_person"),
        (
            {"handover_to": "CAMHS", "handover_accepted_on": date(2026, 11, 1)},
            "handover_person",
        ),
        (
            {
                "handover_to": "CAMHS",
                "handover_person": "A. Nurse",
                "handover_accepted_on": date(2026, 11, 4),
            },
            "handover_accepted_on",
        ),
        ({"follow_up_how": ""}, "follow_up_how"),
        ({"felt_safer": 6}, "felt_safer"),
        ({"felt_listened": 0}, "felt_listened"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(ask, case, changes, field) -> None:
    with pytest.raises(Problem) as problem:
        ask(**changes)
    assert problem.value.field == field
    assert queries.requests_of(case) == []


def test_an_exit_assessment_needs_no_excuse(ask, assess) -> None:
    assess(Point.BASELINE, {NeedDomain.SAFETY: 4})
    assess(Point.EXIT, {NeedDomain.SAFETY: 1})
    assert ask(no_exit=None).no_exit is None


def test_an_unplanned_ending_needs_no_goals(ask) -> None:
    closure = ask(ending=Ending.DISENGAGED, is_planned=False, goals_reviewed=False)
    assert closure.state is ClosureState.ASKED


def test_after_a_death_only_what_happened_is_asked(case, ana, sam) -> None:
    closure = actions.ask_to_close(
        case, by=ana, ending=Ending.DECEASED, is_planned=False, reason="He died on Sunday."
    )
    actions.approve_closure(closure, by=sam)
    assert case.stage is Stage.DECEASED
    assert closure.no_exit is NoExit.DIED
    assert reviews.open_items(case) == []


# --- deciding ----------------------------------------------------------------------------------


def test_returned_then_approved(ask, case, ana, sam) -> None:
    first = ask()
    actions.return_closure(first, by=sam, note="The safety plan has run out.")
    assert (case.stage, first.state) == (Stage.LONG_TERM, ClosureState.RETURNED)
    assert reviews.open_item(case, DueKind.SIGN_OFF, first.id) is None
    assert [item.case_id for item in notices.inbox_of(ana)] == [case.id]

    second = ask()
    actions.approve_closure(second, by=sam)
    assert (case.stage, second.state) == (Stage.COMPLETED, ClosureState.APPROVED)
    assert second.decided_by == sam
    assert queries.approved_request(case) == second
    reasons = {change.to_stage: change.reason for change in case_queries.stage_changes(case)}
    assert reasons[Stage.COMPLETED] == REQUEST["reason"]
    assert len(notices.inbox_of(ana)) == 2


def test_a_return_says_what_is_missing(ask, sam) -> None:
    closure = ask()
    with pytest.raises(Problem) as problem:
        actions.return_closure(closure, by=sam, note=" ")
    assert problem.value.field == "note"
    assert closure.state is ClosureState.ASKED


def test_the_risk_on_record_is_the_one_at_which_support_ended(ask, case, sam) -> None:
    closure = ask(risk_at_exit=Risk.LOW)
    actions.approve_closure(closure, by=sam)
    assert case.risk is Risk.LOW


def test_nobody_approves_their_own_request(ask, case, sam, lee) -> None:
    closure = ask(by=sam)
    for decide in (
        lambda: actions.approve_closure(closure, by=sam),
        lambda: actions.return_closure(closure, by=sam, note="No."),
    ):
        with pytest.raises(Refused, match="somebody else decides"):
            decide()
    actions.approve_closure(closure, by=lee)
    assert case.stage is Stage.COMPLETED


def test_the_second_of_two_supervisors_is_told_who_was_first(ask, case, sam, lee) -> None:
    closure = ask()
    actions.approve_closure(closure, by=sam)
    with pytest.raises(Stale, match="Sam Okafor has approved"):
        actions.return_closure(closure, by=lee, note="Not yet.")
    assert closure.state is ClosureState.APPROVED


def test_a_closed_case_asks_for_nothing_more(ask, sam) -> None:
    actions.approve_closure(ask(), by=sam)
    with pytest.raises(Problem, match="no support to end"):
        ask()


def test_the_case_does_not_close_without_an_approval(case, sam) -> None:
    with pytest.raises(Problem, match="supervisor approves"):
        cases.move(case, Stage.COMPLETED, by=sam, reason="Done.", facts=cases.Facts())


# --- follow-ups --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("closed", "expected"),
    [
        ("2026-11-03", [date(2027, 2, 3), date(2027, 5, 3), date(2027, 11, 3)]),
        ("2027-08-31", [date(2027, 11, 30), date(2028, 2, 29), date(2028, 8, 31)]),
        ("2026-08-31", [date(2026, 11, 30), date(2027, 2, 28), date(2027, 8, 31)]),
    ],
)
def test_follow_ups_stay_open_at_3_6_and_12_months(session, clock, closed, expected) -> None:
    clock(f"{closed} 16:00")
    ana, sam = builders.worker(), builders.supervisor()
    case = builders.case_at(Stage.LONG_TERM, held_by=ana)
    closure = actions.ask_to_close(case, by=ana, **REQUEST)
    actions.approve_closure(closure, by=sam)
    found = due_days(case)
    assert [found[kind] for kind in actions.FOLLOW_UP_KINDS.values()] == expected
    assert set(found) == FOLLOW_UPS
    people.changed(case.person)
    cases.changed(case)
    assert set(due_days(case)) == FOLLOW_UPS


def test_the_sign_off_is_done_not_cancelled(ask, session, sam) -> None:
    closure = ask()
    actions.approve_closure(closure, by=sam)
    item = session.scalar(select(DueItem).where(DueItem.subject == closure.id))
    found = session.scalars(select(DueItem).where(DueItem.kind == DueKind.SIGN_OFF)).one()
    assert item is not None
    assert (found.state, found.done_by_id) == (DueState.DONE, sam.id)


@pytest.mark.parametrize(
    "changes",
    [
        {"may_follow_up": Safe.NO},
        {"ending": Ending.NO_LONGER_SAFE, "may_follow_up": Safe.NOT_ASKED},
    ],
)
def test_no_follow_up_against_their_wish_or_where_it_may_harm(ask, case, sam, changes) -> None:
    actions.approve_closure(ask(**changes), by=sam)
    assert reviews.open_items(case) == []


def test_each_step_is_in_the_trail_without_a_word_of_the_reason(ask, session, sam) -> None:
    actions.return_closure(ask(), by=sam, note="The plan.")
    actions.approve_closure(ask(), by=sam)
    rows = session.scalars(select(AuditRow).order_by(AuditRow.at)).all()
    closures = [row for row in rows if row.event.startswith("closure_")]
    assert [row.event for row in closures] == [
        Event.CLOSURE_ASKED,
        Event.CLOSURE_RETURNED,
        Event.CLOSURE_ASKED,
        Event.CLOSURE_APPROVED,
    ]
    assert "college" not in str([row.facts for row in rows])


# --- what is still missing ---------------------------------------------------------------------


def test_readiness_names_what_is_missing_until_it_is_there(case, assess, ana) -> None:
    def missing():
        return [check.what for check in queries.readiness(case) if not check.is_done]

    assert missing() == ["Exit assessment", "Goals rated", "Safety plan in date", "Risk looked at"]
    assess(Point.BASELINE, {NeedDomain.SAFETY: 4})
    assess(Point.EXIT, {NeedDomain.SAFETY: 1})
    assert "Exit assessment" not in missing()


def test_supervisors_find_what_waits_for_them(ask, case, sam) -> None:
    closure = ask()
    assert list(queries.waiting_in_team(case.team_id)) == [closure]
    actions.approve_closure(closure, by=sam)
    assert list(queries.waiting_in_team(case.team_id)) == []
