"""The cadence table, worked by hand, and the two nights on which the clocks change."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caseflow.cases.rules import Arm, Risk, Stream
from caseflow.kernel import clock
from caseflow.reviews import cadence
from caseflow.reviews.rules import DueKind, Step
from caseflow.staff.bank_holidays import bank_holidays

OFF = bank_holidays()
YEARS = st.integers(0, 5 * 365 * 24 * 60).map(
    lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)


def at(text: str) -> datetime:
    """A London wall-clock time."""
    there = datetime.fromisoformat(text)
    return clock.local_instant(there.date(), there.time())


def said(instant: datetime) -> str:
    return f"{clock.local(instant):%a %d %b %Y %H:%M}"


def review(
    risk: Risk = Risk.MEDIUM,
    arm: Arm = Arm.BRIEF,
    began: str = "2026-11-03 14:20",
    held: str | None = None,
    table: dict | None = None,
    stream: Stream = Stream.HOSPITAL,
) -> cadence.Due:
    return cadence.review_due(
        table or cadence.DEFAULT,
        stream=stream,
        risk=risk,
        arm=arm,
        began_at=at(began),
        last_held_at=at(held) if held else None,
        off=OFF,
    )


@pytest.mark.parametrize("stream", Stream)
@pytest.mark.parametrize(
    ("risk", "due"),
    [
        (Risk.NOT_ASSESSED, "Tue 01 Dec 2026 09:00"),
        (Risk.LOW, "Tue 01 Dec 2026 09:00"),
        (Risk.MEDIUM, "Tue 01 Dec 2026 09:00"),
        (Risk.HIGH, "Tue 10 Nov 2026 09:00"),
        (Risk.IMMEDIATE, "Wed 04 Nov 2026 14:20"),
    ],
)
def test_every_stream_and_risk_has_its_interval(stream, risk, due):
    assert said(review(risk, stream=stream).at) == due


def test_the_reason_is_said_in_words():
    assert review(held="2026-11-03 10:00").why == (
        "every 28 days for medium risk: last review Tue 3 Nov 2026"
    )
    assert review(Risk.HIGH).why == "every 7 days for high risk: support began Tue 3 Nov 2026"
    assert review(Risk.IMMEDIATE).why.startswith("every 24 hours for immediate risk")


@pytest.mark.parametrize(
    ("held", "due", "why"),
    [
        (None, "Tue 01 Dec 2026 09:00", "every 28 days"),
        ("2026-12-01 09:30", "Tue 15 Dec 2026 09:00", "week 6"),
        ("2026-12-14 09:30", "Mon 11 Jan 2027 09:00", "every 28 days"),
        ("2027-01-11 09:30", "Tue 26 Jan 2027 09:00", "week 12"),
        ("2027-01-26 09:30", "Tue 23 Feb 2027 09:00", "every 28 days"),
    ],
)
def test_the_long_arm_is_also_reviewed_at_weeks_6_and_12(held, due, why):
    found = review(arm=Arm.LONG_TERM, held=held)
    assert said(found.at) == due
    assert found.why.startswith(why)


def test_the_brief_arm_has_no_milestones():
    assert said(review(held="2026-12-01 09:30").at) == "Tue 29 Dec 2026 09:00"


def test_a_weekend_is_kept_and_said():
    found = review(began="2026-11-07 10:00")
    assert said(found.at) == "Sat 05 Dec 2026 09:00"
    assert found.why.endswith("(a Saturday)")


def test_a_bank_holiday_is_kept_and_said():
    assert review(began="2026-11-27 10:00").why.endswith("(a bank holiday)")


def test_a_stream_may_have_its_own_row_and_the_rest_is_the_usual():
    table = cadence.DEFAULT | {
        "review": cadence.DEFAULT["review"] | {"custody": {"medium": "2 weeks"}}
    }
    assert said(review(table=table, stream=Stream.CUSTODY).at) == "Tue 17 Nov 2026 09:00"
    assert said(review(table=table).at) == "Tue 01 Dec 2026 09:00"


@pytest.mark.parametrize("nonsense", ["", "soon", "0 days", "-3 days", 28, None, "28 fortnights"])
def test_a_rule_that_cannot_be_read_gives_the_usual_interval(nonsense):
    table = {"review": {"every stream": {"medium": nonsense}}}
    assert said(review(table=table).at) == "Tue 01 Dec 2026 09:00"


def test_the_promises_before_support():
    table = cadence.DEFAULT
    assert said(cadence.triage_due(table, at("2026-11-03 22:10")).at) == "Wed 04 Nov 2026 22:10"
    friday = at("2026-11-06 16:00")
    assert said(cadence.first_approach_due(table, friday, OFF).at) == "Mon 09 Nov 2026 09:00"
    assert said(cadence.needs_assessment_due(table, friday, OFF).at) == "Fri 20 Nov 2026 09:00"


@given(YEARS, st.integers(1, 72))
def test_nothing_is_due_between_00_59_and_02_00(start, hours):
    there = clock.local(cadence.steady(start + timedelta(hours=hours)))
    assert not cadence.UNSURE_FROM <= there.time().replace(tzinfo=None) < cadence.UNSURE_UNTIL


@given(YEARS)
def test_a_steady_instant_is_never_sooner_and_moves_at_most_two_hours(start):
    assert timedelta(0) <= cadence.steady(start) - start <= timedelta(hours=2, minutes=1)


@given(YEARS, st.sampled_from([Risk.LOW, Risk.HIGH]))
def test_what_is_due_on_a_day_is_due_at_nine_there_summer_and_winter(start, risk):
    due = cadence.review_due(
        cadence.DEFAULT,
        stream=Stream.HOSPITAL,
        risk=risk,
        arm=Arm.BRIEF,
        began_at=start,
        last_held_at=None,
    )
    assert f"{clock.local(due.at):%H:%M}" == "09:00"
    days = 7 if risk is Risk.HIGH else 28
    assert (clock.local(due.at).date() - clock.local(start).date()).days == days


@pytest.mark.parametrize("changeover", ["2026-03-29", "2026-10-25", "2027-03-28", "2027-10-31"])
def test_warnings_keep_their_wall_clock_over_a_changeover(changeover):
    day = date.fromisoformat(changeover)
    due = cadence.on_day(day + timedelta(days=1))
    early, tomorrow, today, overdue = cadence.tellings(due, due - timedelta(days=28), Risk.LOW)
    assert [step for step, _ in (early, tomorrow, today, overdue)] == list(Step)
    days = [-7, -1, 0, 3]
    expected = [cadence.on_day(clock.local(due).date() + timedelta(days=d)) for d in days]
    assert [instant for _, instant in (early, tomorrow, today, overdue)] == expected


@pytest.mark.parametrize(
    ("risk", "hours"), [(Risk.LOW, 72), (Risk.MEDIUM, 72), (Risk.HIGH, 4), (Risk.IMMEDIATE, 0)]
)
def test_the_supervisor_hears_the_sooner_the_higher_the_risk(risk, hours):
    due = at("2026-11-03 09:00")
    assert cadence.overdue_at(due, risk) - due == timedelta(hours=hours)


def test_no_week_of_warning_for_what_was_set_this_week():
    due = at("2026-11-10 09:00")
    assert cadence.tellings(due, at("2026-11-03 14:00"), Risk.LOW)[0][0] is Step.TOMORROW
    assert cadence.tellings(due, at("2026-11-03 08:00"), Risk.LOW)[0][0] is Step.EARLY


@pytest.mark.parametrize(
    ("due", "now", "late"),
    [
        ("2026-11-03 09:00", "2026-11-03 23:59", False),
        ("2026-11-03 09:00", "2026-11-04 00:00", True),
        ("2026-11-03 16:00", "2026-11-03 15:59", False),
        ("2026-11-03 16:00", "2026-11-03 16:00", True),
    ],
)
def test_what_is_due_on_a_day_is_late_the_next_day(due, now, late):
    assert cadence.is_late(at(due), at(now)) is late


def test_expiries_and_birthdays_say_what_they_are():
    day = date(2026, 11, 3)
    assert cadence.expiry_due(DueKind.FLAG, day).why == "the flag runs out on Tue 3 Nov 2026"
    assert cadence.birthday_due(18, day).why.startswith("turns 18 on Tue 3 Nov 2026")
