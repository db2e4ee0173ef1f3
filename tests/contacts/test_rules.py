from datetime import UTC, date, datetime, timedelta

import pytest

from caseflow.contacts.rules import (
    TRY_AGAIN,
    Mode,
    Outcome,
    Purpose,
    With,
    a_closed_case_takes,
    counts_as_attempt,
    counts_as_engagement,
    is_done_by,
    is_late,
    is_two_way,
    likeliest_follow_up,
)
from caseflow.reviews.rules import DueKind

NOON = datetime(2027, 3, 1, 12, tzinfo=UTC)
THEM = [With.YOUNG_PERSON.value]


@pytest.mark.parametrize(("hours", "late"), [(0, False), (48, False), (48.01, True), (72, True)])
def test_a_contact_written_up_on_the_third_day_is_late(hours: float, late: bool) -> None:
    assert is_late(NOON, NOON + timedelta(hours=hours)) is late


@pytest.mark.parametrize("outcome", Outcome)
def test_only_an_answer_is_two_way(outcome: Outcome) -> None:
    answers = {Outcome.TALKED, Outcome.MET, Outcome.REFUSED, Outcome.THEY_GOT_IN_TOUCH}
    assert is_two_way(outcome, THEM) is (outcome in answers)


def test_a_talk_with_a_parent_is_no_approach() -> None:
    assert not is_two_way(Outcome.TALKED, [With.PARENT.value])
    assert not counts_as_engagement(Outcome.TALKED, [With.PARENT.value])


def test_a_refusal_is_an_answer_and_no_engagement() -> None:
    assert is_two_way(Outcome.REFUSED, THEM)
    assert not counts_as_engagement(Outcome.REFUSED, THEM)


@pytest.mark.parametrize(
    ("outcome", "mode", "counts"),
    [
        (Outcome.NO_ANSWER, Mode.PHONE, True),
        (Outcome.TEXTED, Mode.TEXT, True),
        (Outcome.DID_NOT_ATTEND, Mode.F2F_HOME, True),
        (Outcome.MET, Mode.F2F_HOSPITAL, True),
        (Outcome.CANCELLED_BY_US, Mode.PHONE, False),
        (Outcome.THEY_GOT_IN_TOUCH, Mode.PHONE, False),
        (Outcome.TALKED, Mode.MULTI_AGENCY, False),
    ],
)
def test_an_attempt_is_our_own_and_at_the_young_person(
    outcome: Outcome, mode: Mode, counts: bool
) -> None:
    assert counts_as_attempt(outcome, mode) is counts


def test_a_closed_case_takes_a_follow_up_and_a_call_from_them() -> None:
    assert a_closed_case_takes(Outcome.NO_ANSWER, [Purpose.FOLLOW_UP.value])
    assert a_closed_case_takes(Outcome.THEY_GOT_IN_TOUCH, [])
    assert not a_closed_case_takes(Outcome.TALKED, [Purpose.MENTORING.value])


def test_trying_again_is_done_by_the_next_contact_and_another_promise_not_before_its_day() -> None:
    monday, friday = date(2027, 3, 1), date(2027, 3, 5)
    assert is_done_by(TRY_AGAIN, due_on=friday, contact_on=monday)
    assert not is_done_by("Go to the housing office", due_on=friday, contact_on=monday)
    assert is_done_by("Go to the housing office", due_on=friday, contact_on=friday)


@pytest.mark.parametrize(
    ("months", "kind"),
    [
        (1, None),
        (2.5, DueKind.FOLLOW_UP_3),
        (4, DueKind.FOLLOW_UP_3),
        (5.5, DueKind.FOLLOW_UP_6),
        (9, DueKind.FOLLOW_UP_6),
        (13, DueKind.FOLLOW_UP_12),
    ],
)
def test_a_follow_up_is_the_nearest_that_is_due_or_soon(
    months: float, kind: DueKind | None
) -> None:
    month = timedelta(days=30)
    booked = {
        DueKind.FOLLOW_UP_3: NOON + 3 * month,
        DueKind.FOLLOW_UP_6: NOON + 6 * month,
        DueKind.FOLLOW_UP_12: NOON + 12 * month,
    }
    assert likeliest_follow_up(booked, NOON + months * month) is kind


def test_no_follow_up_is_booked() -> None:
    assert likeliest_follow_up({}, NOON) is None
