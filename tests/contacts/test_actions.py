from datetime import datetime, timedelta
from typing import Any

import pytest

from caseflow.access.permissions import Role
from caseflow.audit import queries as audit
from caseflow.audit.rules import Event
from caseflow.cases.lifecycle import Stage
from caseflow.cases.models import Case
from caseflow.contacts import actions, queries
from caseflow.contacts.models import Contact
from caseflow.contacts.rules import Mode, Outcome, Purpose, With, Worry
from caseflow.kernel import clock as kernel_clock
from caseflow.kernel.errors import Problem
from caseflow.people import actions as people
from caseflow.reviews import actions as reviews
from caseflow.reviews import queries as due
from caseflow.reviews.models import DueItem
from caseflow.reviews.rules import DueKind
from caseflow.staff.models import User
from tests import builders
from tests.harness.clock import StoppedClock

pytestmark = pytest.mark.usefixtures("session")


@pytest.fixture(autouse=True)
def monday(clock: StoppedClock) -> datetime:
    return clock("2027-03-01 10:00")


@pytest.fixture
def ana() -> User:
    return builders.worker(name="Ana")


def log(case: Case, **given: Any) -> Contact:
    """A call nobody answered, now, unless told otherwise."""
    usual: dict[str, Any] = {
        "by": case.worker or builders.worker(),
        "happened_at": kernel_clock.now(),
        "outcome": Outcome.NO_ANSWER,
        "mode": Mode.PHONE,
    }
    return actions.log_contact(case, **(usual | given))


def talk(case: Case, **given: Any) -> Contact:
    usual: dict[str, Any] = {
        "outcome": Outcome.TALKED,
        "people": [With.YOUNG_PERSON],
        "purposes": [Purpose.ENGAGEMENT],
        "minutes": 15,
    }
    return log(case, **(usual | given))


def open_items(case: Case, kind: DueKind) -> list[DueItem]:
    return [item for item in due.open_items(case) if item.kind is kind]


# --- What is kept --------------------------------------------------------------------------------


def test_a_contact_is_kept_as_it_was_said(ana: User) -> None:
    case = builders.case_at(Stage.LONG_TERM, held_by=ana)
    note = "Fakt: هسپتال 🏥\n" + "ż" * 3_900
    contact = talk(
        case,
        mode=Mode.F2F_HOME,
        purposes=[Purpose.HOUSING, Purpose.FAMILY],
        people=[With.YOUNG_PERSON, With.PARENT],
        minutes=1,
        note=note,
        their_words="میں واپس کالج جانا چاہتا ہوں",
        second_worker=builders.worker(ana.team),
    )
    assert queries.contact_in(case, contact.id) is contact
    assert (contact.note, contact.minutes) == (note, 1)
    assert contact.purpose_labels == ["Housing", "Family work"]
    assert contact.headline == "Talked · Face to face, home · 1 min"


def test_it_is_in_the_trail_without_a_word_of_it(ana: User) -> None:
    case = builders.case_at(Stage.LONG_TERM, held_by=ana)
    talk(case, note="He was at his aunt's")
    row = audit.looks_at(case.id)[0]
    assert (row.event, row.actor_id, row.facts["minutes"]) == (Event.CONTACT_LOGGED, ana.id, 15)
    assert "aunt" not in str(row.facts)


def test_a_contact_written_up_on_the_third_day_says_so(clock: StoppedClock, ana: User) -> None:
    case = builders.case_at(Stage.LONG_TERM, held_by=ana)
    happened = clock.forward(hours=1)
    clock.forward(days=2, minutes=1)
    assert talk(case, happened_at=happened).is_late


def test_a_call_nobody_answered_takes_no_minutes(ana: User) -> None:
    assert log(builders.case_at(Stage.LONG_TERM, held_by=ana), minutes=5).minutes == 0


# --- What is refused -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"minutes": 0}, "minutes"),
        ({"minutes": 1441}, "minutes"),
        ({"note": "x" * 5_001}, "note"),
        ({"their_words": "x" * 1_001}, "their_words"),
        ({"next_step": "x" * 301}, "next_step"),
        ({"worry": Worry.NOTED}, "note"),
        ({"mode": Mode.MULTI_AGENCY}, "people"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(
    ana: User, given: dict[str, Any], field: str
) -> None:
    case = builders.case_at(Stage.LONG_TERM, held_by=ana)
    with pytest.raises(Problem) as refused:
        talk(case, **given)
    assert refused.value.field == field
    assert not queries.contacts_for(case)


@pytest.mark.parametrize(
    ("shift", "fits"),
    [
        (timedelta(minutes=6), False),
        (timedelta(minutes=4), True),
        (timedelta(hours=-23), True),
        (timedelta(hours=-25), False),
    ],
)
def test_a_contact_is_past_and_no_more_than_a_day_before_the_referral(
    ana: User, shift: timedelta, fits: bool
) -> None:
    case = builders.case_at(Stage.ELIGIBLE, held_by=ana)
    when = kernel_clock.now() + shift
    if fits:
        assert log(case, happened_at=when).happened_at == when
        return
    with pytest.raises(Problem) as refused:
        log(case, happened_at=when)
    assert refused.value.field == "happened_at"


def test_a_next_step_in_the_past_is_refused(ana: User) -> None:
    case = builders.case_at(Stage.LONG_TERM, held_by=ana)
    with pytest.raises(Problem, match="in the future"):
        log(case, next_step_at=kernel_clock.now() - timedelta(hours=1))


def test_nobody_is_their_own_second_worker(ana: User) -> None:
    with pytest.raises(Problem, match="somebody else"):
        talk(builders.case_at(Stage.LONG_TERM, held_by=ana), second_worker=ana)


# --- The moves that follow -----------------------------------------------------------------------


def approachable(worker: User) -> Case:
    case = builders.case_at(Stage.ELIGIBLE, held_by=worker)
    builders.cases.allocate(case, worker, by=worker)
    return case


def test_the_first_try_moves_the_case_to_trying(ana: User) -> None:
    case = approachable(ana)
    log(case)
    assert case.stage is Stage.ATTEMPTING
    log(case, outcome=Outcome.TEXTED, mode=Mode.TEXT)
    assert case.stage is Stage.ATTEMPTING


def test_the_first_answer_moves_the_case_to_approached_and_no_further(ana: User) -> None:
    case = approachable(ana)
    talk(case)
    assert {Stage.ATTEMPTING, Stage.APPROACHED} <= set(builders.stages_of(case))
    assert case.stage is Stage.APPROACHED
    builders.consent(case.person, by=ana)
    talk(case)
    assert case.stage is Stage.APPROACHED


@pytest.mark.parametrize(
    "given",
    [
        {"people": [With.PARENT]},
        {"outcome": Outcome.NO_ANSWER},
        {"outcome": Outcome.DID_NOT_ATTEND, "mode": Mode.OFFICE},
    ],
)
def test_whoever_was_not_reached_is_not_approached(ana: User, given: dict[str, Any]) -> None:
    case = approachable(ana)
    talk(case, **given)
    assert case.stage is Stage.ATTEMPTING


def test_a_meeting_about_them_is_no_try(ana: User) -> None:
    case = approachable(ana)
    talk(case, mode=Mode.MULTI_AGENCY, people=[With.PROFESSIONAL])
    assert case.stage is Stage.ELIGIBLE


def test_a_case_nobody_holds_stays_where_it_is(ana: User) -> None:
    case = builders.case_at(Stage.ELIGIBLE, held_by=ana)
    talk(case, by=ana)
    assert case.stage is Stage.ELIGIBLE


def test_reaching_them_ends_the_first_approach(ana: User) -> None:
    case = approachable(ana)
    log(case)
    assert open_items(case, DueKind.FIRST_APPROACH)
    talk(case)
    assert not open_items(case, DueKind.FIRST_APPROACH)


# --- What the guards are told --------------------------------------------------------------------


def test_attempts_are_counted_with_their_ways_and_days(clock: StoppedClock, ana: User) -> None:
    case = approachable(ana)
    log(case)
    clock.forward(days=7)
    log(case, outcome=Outcome.TEXTED, mode=Mode.TEXT)
    clock.forward(days=7)
    log(case)
    wrong = log(case)
    actions.withdraw_contact(wrong, by=ana, reason="Written twice")
    facts = queries.facts_for_move(case)
    assert (facts.attempts, facts.attempt_modes, facts.days_of_attempts) == (3, 2, 14)
    assert not facts.has_two_way_contact
    assert facts.is_allocated
    builders.cases.move(case, Stage.UNABLE_TO_CONTACT, by=ana, reason="no answer", facts=facts)
    assert not case.is_open


def test_after_a_return_attempts_are_counted_afresh(clock: StoppedClock, ana: User) -> None:
    case = approachable(ana)
    log(case)
    talk(case)
    facts = queries.facts_for_move(case)
    builders.cases.move(case, Stage.DECLINED, by=ana, reason="Not now", facts=facts)
    clock.forward(days=30)
    builders.cases.move(case, Stage.ATTEMPTING, by=ana, reason="He rang", facts=facts)
    assert queries.facts_for_move(case).attempts == 0
    assert not queries.facts_for_move(case).has_two_way_contact
    clock.forward(days=1)
    talk(case)
    assert case.stage is Stage.APPROACHED
    assert queries.facts_for_move(case).attempts == 1


def test_an_agreement_from_an_earlier_episode_is_no_answer_now(
    clock: StoppedClock, ana: User
) -> None:
    first = approachable(ana)
    builders.consent(first.person, by=ana)
    assert queries.facts_for_move(first).support_agreed
    clock.forward(days=1)
    again = builders.case_at(Stage.APPROACHED, held_by=ana, of=first.person)
    assert not queries.facts_for_move(again).support_agreed
    builders.consent(first.person, by=ana)
    assert queries.facts_for_move(again).support_agreed


# --- What falls due ------------------------------------------------------------------------------


def test_a_next_step_falls_due_and_the_next_contact_does_it(clock: StoppedClock, ana: User) -> None:
    case = builders.case_at(Stage.LONG_TERM, held_by=ana)
    in_2_hours = kernel_clock.now() + timedelta(hours=2)
    log(case, next_step_at=in_2_hours)
    [item] = open_items(case, DueKind.NEXT_STEP)
    assert (item.due_at, item.what) == (in_2_hours, "Try again")
    clock.forward(hours=2)
    tomorrow = kernel_clock.now() + timedelta(days=1)
    log(case, next_step_at=tomorrow)
    [item] = open_items(case, DueKind.NEXT_STEP)
    assert item.due_at == tomorrow


def test_a_promise_for_friday_survives_a_text_on_tuesday(clock: StoppedClock, ana: User) -> None:
    case = builders.case_at(Stage.LONG_TERM, held_by=ana)
    friday = kernel_clock.now() + timedelta(days=4)
    talk(case, next_step="Go to the housing office with him", next_step_at=friday)
    clock.forward(days=1)
    log(case, outcome=Outcome.TEXTED, mode=Mode.TEXT)
    assert open_items(case, DueKind.NEXT_STEP)
    clock("2027-03-05 17:00")
    talk(case)
    assert not open_items(case, DueKind.NEXT_STEP)


def test_a_contact_written_up_afterwards_does_not_do_what_was_promised_after_it(ana: User) -> None:
    case = builders.case_at(Stage.LONG_TERM, held_by=ana)
    log(case, next_step_at=kernel_clock.now() + timedelta(hours=2))
    log(case, happened_at=kernel_clock.now() - timedelta(hours=3))
    assert open_items(case, DueKind.NEXT_STEP)


@pytest.mark.parametrize(
    ("age", "worry", "chased"),
    [
        (16, Worry.REFERRED, True),
        (16, Worry.LEAD_CONSULTED, False),
        (18, Worry.REFERRED, False),
    ],
)
def test_a_safeguarding_referral_of_a_child_is_chased_the_next_working_day(
    clock: StoppedClock, ana: User, age: int, worry: Worry, chased: bool
) -> None:
    clock("2027-03-25 16:00")  # the Thursday before Easter
    young = builders.person(born_on=builders.born(age))
    case = builders.case_at(Stage.LONG_TERM, held_by=ana, of=young)
    talk(case, worry=worry, note="Says he is afraid to go home")
    days = [f"{item.due_at:%d %b}" for item in open_items(case, DueKind.SAFEGUARDING_CHASE)]
    assert days == (["30 Mar"] if chased else [])


def test_somebody_of_unknown_age_is_chased_for_as_a_child(ana: User) -> None:
    young = builders.person(born_on=None, label="Trauma X", first_name="", last_name="")
    case = builders.case_at(Stage.LONG_TERM, held_by=ana, of=young)
    talk(case, worry=Worry.REFERRED, note="Not safe at home")
    assert open_items(case, DueKind.SAFEGUARDING_CHASE)


# --- A closed case -------------------------------------------------------------------------------


def test_a_closed_case_refuses_a_contact(ana: User) -> None:
    case = builders.case_at(Stage.COMPLETED, held_by=ana)
    with pytest.raises(Problem, match="closed") as refused:
        talk(case, purposes=[Purpose.MENTORING])
    assert refused.value.field == "purposes"


def test_a_closed_case_takes_a_follow_up_and_a_call_from_them(ana: User) -> None:
    case = builders.case_at(Stage.COMPLETED, held_by=ana)
    log(case, purposes=[Purpose.FOLLOW_UP])
    talk(case, outcome=Outcome.THEY_GOT_IN_TOUCH, purposes=[])
    assert case.stage is Stage.COMPLETED
    with pytest.raises(Problem, match="no next step"):
        log(case, purposes=[Purpose.FOLLOW_UP], next_step_at=kernel_clock.now())


def test_a_follow_up_that_reaches_them_ends_the_one_that_is_due(
    clock: StoppedClock, ana: User
) -> None:
    case = builders.case_at(Stage.COMPLETED, held_by=ana)
    for kind, days in ((DueKind.FOLLOW_UP_3, 91), (DueKind.FOLLOW_UP_6, 182)):
        at = kernel_clock.now() + timedelta(days=days)
        reviews.set_due(case, kind=kind, subject=case.id, due_at=at, why="made for a test")
    clock.forward(days=95)
    log(case, purposes=[Purpose.FOLLOW_UP])
    assert len(due.open_items(case)) == 2
    talk(case, purposes=[Purpose.FOLLOW_UP])
    assert [item.kind for item in due.open_items(case)] == [DueKind.FOLLOW_UP_6]


# --- Withdrawing ---------------------------------------------------------------------------------


def test_a_withdrawn_entry_is_shown_and_counts_for_nothing(ana: User) -> None:
    case = builders.case_at(Stage.LONG_TERM, held_by=ana)
    contact = talk(
        case,
        note="Not safe",
        worry=Worry.REFERRED,
        next_step_at=kernel_clock.now() + timedelta(days=1),
    )
    actions.withdraw_contact(contact, by=ana, reason="Somebody else's case")
    assert list(queries.contacts_for(case)) == [contact]
    assert contact.note == "Not safe"
    assert queries.last_held(case) is None
    assert queries.dosage(case).attended == 0
    assert queries.last_contact_at_for([case.id]) == {}
    assert not open_items(case, DueKind.NEXT_STEP)
    assert not open_items(case, DueKind.SAFEGUARDING_CHASE)
    with pytest.raises(Problem, match="already"):
        actions.withdraw_contact(contact, by=ana, reason="Again")


def test_withdrawing_needs_a_reason(ana: User) -> None:
    contact = log(builders.case_at(Stage.LONG_TERM, held_by=ana))
    with pytest.raises(Problem) as refused:
        actions.withdraw_contact(contact, by=ana, reason=" ")
    assert refused.value.field == "reason"
    assert contact.withdrawn_at is None


def test_a_contact_is_found_only_in_its_own_case(ana: User) -> None:
    contact = log(builders.case_at(Stage.LONG_TERM, held_by=ana))
    other = builders.case_at(Stage.LONG_TERM, held_by=ana)
    assert queries.contact_in(other, contact.id) is None


# --- What is asked about many --------------------------------------------------------------------


def test_dosage_counts_what_they_came_to(clock: StoppedClock, ana: User) -> None:
    case = builders.case_at(Stage.LONG_TERM, held_by=ana)
    talk(case, minutes=20)
    talk(case, outcome=Outcome.MET, mode=Mode.F2F_HOME, minutes=45, purposes=[Purpose.HOUSING])
    talk(case, people=[With.PARENT], minutes=30)
    log(case, outcome=Outcome.DID_NOT_ATTEND, mode=Mode.OFFICE)
    clock.forward(days=91)
    talk(case, mode=Mode.OFFICE, minutes=10)
    assert queries.dosage(case) == queries.Dosage(
        attended=3,
        minutes=75,
        face_to_face_minutes=55,
        attended_in_first_90_days=2,
        did_not_attend=1,
        purposes=2,
    )


def test_the_last_time_of_each_kind_is_one_query_for_many_cases(
    clock: StoppedClock, ana: User
) -> None:
    one, two, silent = (builders.case_at(Stage.LONG_TERM, held_by=ana) for _ in range(3))
    met = talk(one, outcome=Outcome.MET, mode=Mode.F2F_HOSPITAL)
    clock.forward(days=1)
    tried = log(one)
    rang = talk(two)
    ids = [case.id for case in (one, two, silent)]
    assert queries.last_contact_at_for(ids) == {one.id: tried.happened_at, two.id: rang.happened_at}
    assert queries.last_heard_at_for(ids) == {one.id: met.happened_at, two.id: rang.happened_at}
    assert queries.first_modes(ids) == {one.id: Mode.F2F_HOSPITAL, two.id: Mode.PHONE}
    assert queries.last_mode(one) is Mode.PHONE
    assert queries.last_held(one) is met
    assert queries.last_logged_by_purpose(one) == {"engagement": met.happened_at}


def test_a_supervisor_logs_for_the_team(ana: User) -> None:
    case = approachable(ana)
    lead = builders.user(Role.SUPERVISOR, in_team=ana.team)
    talk(case, by=lead)
    assert case.stage is Stage.APPROACHED


def test_everything_said_of_a_person_goes_with_them(ana: User) -> None:
    """Somebody who has died is not chased, whatever was promised."""
    case = builders.case_at(Stage.LONG_TERM, held_by=ana)
    log(case, next_step_at=kernel_clock.now() + timedelta(days=1))
    people.change_person(case.person, died_on=kernel_clock.today())
    assert not open_items(case, DueKind.NEXT_STEP)
