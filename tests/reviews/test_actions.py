"""What falls due follows the case: nobody has to remember to set it."""

from datetime import UTC, date, datetime, timedelta

import pytest

from caseflow.audit import queries as audit
from caseflow.audit.rules import Event
from caseflow.cases import actions as cases
from caseflow.cases.lifecycle import Facts, Stage
from caseflow.cases.models import Case
from caseflow.cases.rules import Risk
from caseflow.kernel import clock as time
from caseflow.kernel.errors import Problem, Refused
from caseflow.kernel.settings import change_setting
from caseflow.people import actions as people
from caseflow.people.rules import BornPrecision, FlagKind, FlagLevel, FlagSource
from caseflow.reviews import actions, cadence, queries
from caseflow.reviews.models import DueItem
from caseflow.reviews.rules import DueKind, DueState
from caseflow.staff.models import User
from tests import builders


def due(case: Case, kind: DueKind) -> DueItem | None:
    return next((item for item in queries.open_items(case) if item.kind is kind), None)


def when(case: Case, kind: DueKind) -> str | None:
    item = due(case, kind)
    return f"{time.local(item.due_at):%a %d %b %Y %H:%M}" if item else None


def kinds(case: Case) -> set[DueKind]:
    return {item.kind for item in queries.open_items(case)}


def in_support(stage: Stage = Stage.BRIEF, worker: User | None = None) -> Case:
    case = builders.case_at(stage, held_by=worker)
    actions.finish_due(DueKind.NEEDS_ASSESSMENT, case.id, by=None)
    return case


def hold(case: Case, risk: Risk = Risk.MEDIUM, **more) -> None:
    by = case.worker or builders.worker()
    words = {"risk_reason": "Said so.", "what_changed": "", "their_words": "", "decision": "Go on."}
    actions.hold_review(case, by=by, risk=risk, **(words | more))


# --- Recomputed on every change ----------------------------------------------------------------


def test_a_new_referral_is_triaged_within_a_day(session, clock):
    clock("2026-11-03 10:00")
    case = builders.received_case()
    assert kinds(case) == {DueKind.TRIAGE}
    assert when(case, DueKind.TRIAGE) == "Wed 04 Nov 2026 10:00"


def test_each_stage_has_its_own_promise(session, clock):
    clock("2026-11-06 10:00")
    ana = builders.worker()
    case = builders.case_at(Stage.ELIGIBLE, held_by=ana)
    assert kinds(case) == {DueKind.FIRST_APPROACH}
    assert when(case, DueKind.FIRST_APPROACH) == "Mon 09 Nov 2026 09:00"
    cases.allocate(case, ana, by=ana)
    cases.move(case, Stage.ATTEMPTING, by=ana, facts=builders.ALL)
    assert kinds(case) == {DueKind.FIRST_APPROACH}
    cases.move(case, Stage.APPROACHED, by=ana, facts=builders.ALL)
    assert kinds(case) == set()
    builders.consent(case.person, by=ana)
    cases.move(case, Stage.AGREED, by=ana, facts=builders.ALL)
    assert when(case, DueKind.NEEDS_ASSESSMENT) == "Fri 20 Nov 2026 09:00"
    cases.move(case, Stage.LONG_TERM, by=ana, facts=builders.ALL)
    assert kinds(case) == {DueKind.NEEDS_ASSESSMENT, DueKind.REVIEW}
    assert when(case, DueKind.REVIEW) == "Fri 04 Dec 2026 09:00"
    done = {item.kind: item.state for item in queries.past_items(case)}
    assert done == {
        DueKind.TRIAGE: DueState.DONE,
        DueKind.FIRST_APPROACH: DueState.DONE,
    }


def test_a_provisional_triage_waits_for_a_supervisor_even_when_not_eligible(session, clock):
    clock("2026-11-03 10:00")
    ana, sam = builders.worker(), builders.supervisor()
    case = builders.received_case(in_team=ana.team)
    decision = cases.triage(
        case,
        by=ana,
        is_eligible=False,
        code="age",
        reason="Too old",
        rules_said="",
        is_confirmed=False,
        confirm_by=date(2026, 11, 4),
    )
    assert case.stage is Stage.INELIGIBLE
    assert when(case, DueKind.TRIAGE_CONFIRM) == "Wed 04 Nov 2026 09:00"
    cases.confirm_triage(case, decision, by=sam)
    assert kinds(case) == set()


def test_a_needs_assessment_that_is_done_does_not_fall_due_again(session, clock):
    case = builders.case_at(Stage.AGREED)
    actions.finish_due(DueKind.NEEDS_ASSESSMENT, case.id, by=case.worker)
    actions.recompute_case(case)
    assert kinds(case) == set()


def test_a_first_approach_that_was_tried_does_not_fall_due_again(session):
    ana = builders.worker()
    case = builders.case_at(Stage.ATTEMPTING, held_by=ana)
    actions.finish_due(DueKind.FIRST_APPROACH, case.id, by=ana)
    actions.recompute_case(case)
    assert kinds(case) == set()


def test_trying_again_after_unable_to_contact_promises_an_approach(session, clock):
    clock("2026-11-03 10:00")
    ana = builders.worker()
    case = builders.case_at(Stage.ATTEMPTING, held_by=ana)
    cases.move(case, Stage.UNABLE_TO_CONTACT, by=ana, reason="No answer", facts=builders.ALL)
    assert kinds(case) == set()
    clock.forward(days=30)
    cases.move(case, Stage.ATTEMPTING, by=ana, reason="Their sister rang", facts=Facts())
    assert when(case, DueKind.FIRST_APPROACH) == "Fri 04 Dec 2026 09:00"


def test_recomputing_changes_nothing_when_nothing_changed(session, clock):
    case = in_support(Stage.LONG_TERM)
    before = [(i.id, i.due_at, i.why) for i in queries.open_items(case)]
    clock.forward(days=3)
    actions.recompute_case(case)
    actions.recompute_person(case.person)
    assert [(i.id, i.due_at, i.why) for i in queries.open_items(case)] == before


def test_a_higher_risk_brings_the_review_forward(session, clock):
    clock("2026-11-03 10:00")
    case = in_support()
    clock("2026-11-05 10:00")
    cases.set_risk(case, Risk.HIGH)
    assert when(case, DueKind.REVIEW) == "Tue 10 Nov 2026 09:00"


def test_a_risk_that_rises_late_is_counted_from_then_not_as_missed(session, clock):
    clock("2026-11-03 10:00")
    case = in_support()
    clock("2026-11-20 10:00")
    cases.set_risk(case, Risk.HIGH)
    assert when(case, DueKind.REVIEW) == "Fri 27 Nov 2026 09:00"
    assert "Counted from Fri 20 Nov 2026" in due(case, DueKind.REVIEW).moved_reason
    cases.set_risk(case, Risk.HIGH)
    assert when(case, DueKind.REVIEW) == "Fri 27 Nov 2026 09:00"


def test_a_risk_that_rises_just_before_the_review_leaves_its_date(session, clock):
    clock("2026-11-03 10:00")
    case = in_support()
    clock("2026-11-29 10:00")
    cases.set_risk(case, Risk.HIGH)
    assert when(case, DueKind.REVIEW) == "Tue 01 Dec 2026 09:00"
    assert due(case, DueKind.REVIEW).moved_reason == ""


def test_a_rule_does_not_put_off_what_a_person_brought_forward(session, clock):
    clock("2026-11-03 10:00")
    case = in_support()
    cases.set_risk(case, Risk.HIGH)
    item, sooner = due(case, DueKind.REVIEW), cadence.on_day(date(2026, 11, 6))
    actions.reschedule(item, by=case.worker, due_at=sooner, reason="Court on Monday")
    cases.set_risk(case, Risk.LOW)
    assert when(case, DueKind.REVIEW) == "Fri 06 Nov 2026 09:00"


def test_a_review_that_is_late_stays_late_when_the_risk_falls(session, clock):
    clock("2026-11-03 10:00")
    case = in_support()
    cases.set_risk(case, Risk.HIGH)
    clock("2026-11-14 10:00")
    cases.set_risk(case, Risk.LOW)
    assert when(case, DueKind.REVIEW) == "Tue 10 Nov 2026 09:00"


def test_the_cadence_is_a_setting(session, clock):
    clock("2026-11-03 10:00")
    table = {"review": {"every stream": {"not_assessed": "2 weeks"}}}
    change_setting("review_cadence", table, by_id=None)
    assert when(in_support(), DueKind.REVIEW) == "Tue 17 Nov 2026 09:00"


def test_a_pause_stops_the_reviews_and_what_fell_due_meanwhile_is_due_next(session, clock):
    clock("2026-11-03 10:00")
    case = in_support()
    cases.pause(case, reason="In custody")
    assert kinds(case) == set()
    clock("2026-12-11 10:00")
    cases.resume(case)
    assert when(case, DueKind.REVIEW) == "Mon 14 Dec 2026 09:00"
    cases.set_risk(case, Risk.NOT_ASSESSED)
    assert when(case, DueKind.REVIEW) == "Mon 14 Dec 2026 09:00"


def test_a_short_pause_leaves_the_date_as_it_was(session, clock):
    clock("2026-11-03 10:00")
    case = in_support()
    cases.pause(case, reason="In hospital")
    clock("2026-11-10 10:00")
    cases.resume(case)
    assert when(case, DueKind.REVIEW) == "Tue 01 Dec 2026 09:00"


def test_closing_cancels_everything_but_the_follow_ups(session):
    ana = builders.worker()
    case = builders.case_at(Stage.LONG_TERM, held_by=ana)
    in_90_days = time.now() + timedelta(days=90)
    for kind in (DueKind.FOLLOW_UP_3, DueKind.ACTION, DueKind.SAFETY_PLAN):
        actions.set_due(case, kind=kind, subject=case.id, due_at=in_90_days, why="")
    cases.move(case, Stage.COMPLETED, by=ana, reason="Done", facts=builders.ALL)
    assert kinds(case) == {DueKind.FOLLOW_UP_3}
    asked = actions.set_due(
        case, kind=DueKind.ACTION, subject=case.id, due_at=in_90_days, why="too late"
    )
    assert asked is None
    assert kinds(case) == {DueKind.FOLLOW_UP_3}


def test_nothing_is_due_for_somebody_who_died(session):
    case = builders.case_at(Stage.LONG_TERM)
    actions.set_due(
        case, kind=DueKind.FOLLOW_UP_3, subject=case.id, due_at=time.now(), why="follow-up"
    )
    people.change_person(case.person, died_on=time.today())
    assert kinds(case) == set()
    actions.recompute_case(case)
    assert kinds(case) == set()


# --- The young person --------------------------------------------------------------------------


def flag(case: Case, kind: FlagKind = FlagKind.WEAPON_CARRYING, **fields):
    return people.set_flag(
        case.person,
        by=case.worker or builders.worker(),
        kind=kind,
        level=FlagLevel.CAUTION,
        source=FlagSource.OBSERVED,
        **fields,
    )


def test_a_flag_falls_due_when_it_runs_out_and_setting_it_again_answers_it(session, clock):
    clock("2026-11-03 10:00")
    case = in_support()
    first = flag(case)
    assert due(case, DueKind.FLAG).subject == first.id
    assert when(case, DueKind.FLAG) == "Mon 01 Feb 2027 09:00"
    clock.forward(days=60)
    second = flag(case)
    assert [i.subject for i in queries.open_items(case) if i.kind is DueKind.FLAG] == [second.id]
    people.remove_flag(case.person, second, reason="No longer")
    assert due(case, DueKind.FLAG) is not None  # the first one still stands, until 1 February
    people.remove_flag(case.person, first, reason="No longer")
    assert due(case, DueKind.FLAG) is None


def test_a_lasting_flag_never_falls_due(session):
    case = in_support()
    flag(case, FlagKind.LOOKED_AFTER)
    assert due(case, DueKind.FLAG) is None


def test_a_consent_with_an_end_falls_due_and_a_newer_decision_answers_it(session, clock):
    clock("2026-11-03 10:00")
    case = in_support()
    builders.consent(case.person, by=case.worker)
    assert due(case, DueKind.CONSENT) is None
    people.record_consent(
        case.person,
        by=case.worker,
        purpose=builders.ConsentPurpose.EVALUATION,
        decision=builders.Decision.GIVEN,
        given_by=builders.GivenBy.YOUNG_PERSON,
        method=builders.ConsentMethod.SPOKEN,
        competence_note="Understood.",
        until=date(2027, 1, 15),
    )
    assert when(case, DueKind.CONSENT) == "Fri 15 Jan 2027 09:00"
    clock.forward(days=1)
    builders.consent(case.person, by=case.worker, purpose=builders.ConsentPurpose.EVALUATION)
    assert due(case, DueKind.CONSENT) is None


@pytest.mark.parametrize(
    ("born", "precision", "falls_due"),
    [
        (date(2009, 3, 1), BornPrecision.DAY, "Mon 01 Mar 2027 09:00"),
        (date(2009, 3, 1), BornPrecision.MONTH, None),
        (date(2009, 1, 1), BornPrecision.ESTIMATED, None),
        (date(2010, 3, 1), BornPrecision.DAY, None),
        (date(2008, 2, 29), BornPrecision.DAY, None),
    ],
)
def test_an_18th_birthday_within_a_year_falls_due(session, clock, born, precision, falls_due):
    clock("2026-11-03 10:00")
    case = builders.received_case(of=builders.person(born_on=born, born_precision=precision))
    assert when(case, DueKind.TURNS_18) == falls_due


def test_a_corrected_birth_date_moves_the_birthday(session, clock):
    clock("2026-11-03 10:00")
    case = builders.received_case(of=builders.person(born_on=date(2009, 3, 1)))
    people.change_person(case.person, born_on=date(2009, 4, 1))
    assert when(case, DueKind.TURNS_18) == "Thu 01 Apr 2027 09:00"


def test_dates_that_nobody_can_do_lapse_two_weeks_later(session, clock):
    clock("2026-11-03 10:00")
    case = builders.received_case(of=builders.person(born_on=date(2008, 11, 10)))
    assert DueKind.TURNS_18 in kinds(case)
    clock("2026-11-24 10:00")
    actions.end_lapsed(time.now())
    session.expire_all()
    assert DueKind.TURNS_18 not in kinds(case)
    actions.recompute_case(case)
    assert DueKind.TURNS_18 not in kinds(case)


# --- Set by other rooms ------------------------------------------------------------------------


def test_one_subject_has_one_open_item_however_often_it_is_saved(session, clock):
    clock("2026-11-03 10:00")
    case = in_support()
    for days in (5, 9):
        at = time.now() + timedelta(days=days)
        actions.set_due(case, kind=DueKind.ACTION, subject=case.id, due_at=at, why=f"in {days}")
    items = [item for item in queries.open_items(case) if item.kind is DueKind.ACTION]
    assert [(item.why, item.due_at) for item in items] == [("in 9", at)]


def test_saving_the_same_date_again_leaves_a_moved_one_where_it_is(session, clock):
    clock("2026-11-03 10:00")
    case = in_support()

    def save(days: int) -> DueItem:
        at = time.now() + timedelta(days=days)
        return actions.set_due(
            case, kind=DueKind.NEXT_STEP, subject=case.id, due_at=at, why="promised"
        )

    moved = time.now() + timedelta(days=9)
    actions.reschedule(save(5), by=case.worker, due_at=moved, reason="Exams")
    assert save(5).due_at == moved
    assert save(6).due_at == time.now() + timedelta(days=6)


def test_a_time_inside_the_changeover_hour_becomes_two_o_clock(session, clock):
    clock("2026-10-20 10:00")
    case = in_support()
    at = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)  # 01:30, for the first time that night
    actions.set_due(case, kind=DueKind.ACTION, subject=case.id, due_at=at, why="")
    assert when(case, DueKind.ACTION) == "Sun 25 Oct 2026 02:00"


def test_finishing_and_cancelling_are_told_apart(session):
    case = in_support()
    for kind in (DueKind.ACTION, DueKind.SAFETY_PLAN):
        actions.set_due(case, kind=kind, subject=case.id, due_at=time.now(), why="")
    actions.finish_due(DueKind.ACTION, case.id, by=case.worker)
    actions.cancel_due(DueKind.SAFETY_PLAN, case.id)
    done = [item for item in queries.past_items(case) if item.kind is DueKind.ACTION]
    assert [item.done_by_id for item in done] == [case.worker_id]
    assert DueKind.SAFETY_PLAN not in {item.kind for item in queries.past_items(case)}


def test_the_next_working_day_for_who_must_chase(session, clock):
    clock("2026-12-24 16:00")
    assert time.local(actions.one_working_day_after(time.now())).day == 29


# --- Held and moved by people ------------------------------------------------------------------


def test_a_review_finishes_what_was_due_and_sets_the_next(session, clock):
    clock("2026-11-03 10:00")
    case = in_support()
    clock("2026-12-01 15:00")
    hold(case, Risk.HIGH, their_words="I feel safer")
    review = queries.last_review(case)
    assert case.risk is Risk.HIGH
    assert not review.was_late
    assert time.local(review.next_due_at).date() == date(2026, 12, 8)
    assert when(case, DueKind.REVIEW) == "Tue 08 Dec 2026 09:00"
    assert Event.REVIEW_HELD in [row.event for row in audit.looks_at(case.id)]


def test_a_late_review_stays_on_record_as_late(session, clock):
    clock("2026-11-03 10:00")
    case = in_support()
    clock("2026-12-02 00:05")
    hold(case)
    assert queries.last_review(case).was_late
    assert [i.was_late for i in queries.past_items(case) if i.kind is DueKind.REVIEW] == [True]


def test_an_early_review_moves_the_next_one(session, clock):
    clock("2026-11-03 10:00")
    case = in_support()
    clock("2026-11-20 15:00")
    hold(case)
    assert when(case, DueKind.REVIEW) == "Fri 18 Dec 2026 09:00"


def test_another_day_for_the_next_review_needs_a_reason_and_lasts(session, clock):
    clock("2026-11-03 10:00")
    case = in_support()
    other = cadence.on_day(date(2026, 11, 17))
    with pytest.raises(Problem) as refused:
        hold(case, next_due_at=other)
    assert refused.value.field == "next_reason"
    session.rollback()


def test_the_chosen_day_stays_until_the_facts_change(session, clock):
    clock("2026-11-03 10:00")
    case = in_support()
    hold(case, next_due_at=cadence.on_day(date(2026, 11, 17)), next_reason="Court on the 16th")
    assert when(case, DueKind.REVIEW) == "Tue 17 Nov 2026 09:00"
    assert queries.last_review(case).next_due_at == due(case, DueKind.REVIEW).due_at
    cases.set_risk(case, Risk.LOW)
    assert when(case, DueKind.REVIEW) == "Tue 17 Nov 2026 09:00"
    assert due(case, DueKind.REVIEW).moved_reason == "Court on the 16th"
    cases.set_risk(case, Risk.HIGH)
    assert when(case, DueKind.REVIEW) == "Tue 10 Nov 2026 09:00"


@pytest.mark.parametrize(
    ("words", "field"),
    [
        ({"risk": Risk.NOT_ASSESSED}, "risk"),
        ({"risk": Risk.HIGH, "risk_reason": " "}, "risk_reason"),
        ({"decision": " "}, "decision"),
        (
            {"next_due_at": datetime(2026, 11, 1, tzinfo=UTC), "next_reason": "x"},
            "next_on",
        ),
        (
            {"next_due_at": datetime(2029, 11, 1, tzinfo=UTC), "next_reason": "x"},
            "next_on",
        ),
    ],
)
def test_a_review_says_what_is_missing(session, clock, words, field):
    clock("2026-11-03 10:00")
    case = in_support()
    with pytest.raises(Problem) as refused:
        hold(case, **words)
    assert refused.value.field == field


def test_a_closed_case_has_nothing_to_review(session):
    case = builders.case_at(Stage.COMPLETED)
    with pytest.raises(Refused, match="closed"):
        hold(case)


def test_before_support_a_review_may_be_held_and_sets_no_other(session):
    case = builders.case_at(Stage.AGREED)
    hold(case)
    assert queries.last_review(case).next_due_at is None
    assert DueKind.REVIEW not in kinds(case)


def test_moving_a_date_needs_a_reason_a_future_day_and_a_date_that_may_move(session, clock):
    clock("2026-11-03 10:00")
    case = in_support()
    item, ana = due(case, DueKind.REVIEW), case.worker
    for due_at, reason, field in [
        (time.now() + timedelta(days=3), " ", "reason"),
        (time.now() - timedelta(days=1), "x", "day"),
        (time.now() + timedelta(days=400), "x", "day"),
    ]:
        with pytest.raises(Problem) as refused:
            actions.reschedule(item, by=ana, due_at=due_at, reason=reason)
        assert refused.value.field == field
    actions.reschedule(item, by=ana, due_at=cadence.on_day(date(2026, 11, 20)), reason="Exams")
    actions.recompute_case(case)
    assert when(case, DueKind.REVIEW) == "Fri 20 Nov 2026 09:00"
    assert item.moved_reason == "Exams"
    birthday = actions.set_due(
        case, kind=DueKind.TURNS_18, subject=case.id, due_at=time.now(), why=""
    )
    with pytest.raises(Refused):
        actions.reschedule(birthday, by=ana, due_at=time.now() + timedelta(days=3), reason="x")
