from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caseflow.kernel import clock
from caseflow.staff import bank_holidays, working_time
from caseflow.staff.working_time import (
    Calendar,
    Hours,
    Interval,
    OtherDay,
    Span,
    calendar_from,
    put_off,
    without,
)

SPRING, AUTUMN = date(2027, 3, 28), date(2026, 10, 25)
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
USUAL = Calendar(holidays=bank_holidays.bank_holidays())


def at(words: str) -> datetime:
    """A wall-clock time of the service's own place."""
    day, hour = words.split()
    return clock.local_instant(date.fromisoformat(day), time.fromisoformat(hour))


def said(instant: datetime) -> str:
    return f"{clock.local(instant):%a %Y-%m-%d %H:%M}"


def weekly(*spans: Span | None) -> Calendar:
    week = spans * 7 if len(spans) == 1 else spans
    return Calendar(hours=(Hours(date(2000, 1, 1), week),))


ROUND_THE_CLOCK = weekly(Span(0, 1440))


# --- hours ---


@pytest.mark.parametrize(
    ("when", "is_open"),
    [
        ("2026-11-24 08:59", False),
        ("2026-11-24 09:00", True),
        ("2026-11-24 18:59", True),
        ("2026-11-24 19:00", False),
        ("2026-11-29 12:00", True),  # a Sunday: seven days
        ("2026-12-25 12:00", True),  # the hospital team works at Christmas, unless it is said
    ],
)
def test_the_service_is_open_nine_to_seven_every_day(when, is_open):
    assert USUAL.is_open(at(when)) is is_open


def test_hours_change_on_the_day_they_hold_from():
    later = Hours(date(2026, 11, 30), (Span(600, 1080),) * 7)
    calendar = Calendar(hours=(working_time.USUAL, later))
    assert calendar.span_on(date(2026, 11, 29)) == Span(540, 1140)
    assert calendar.span_on(date(2026, 11, 30)) == Span(600, 1080)


def test_a_day_that_is_otherwise_beats_the_week():
    calendar = Calendar(
        days={
            date(2026, 12, 25): OtherDay(None, "Christmas"),
            date(2026, 12, 24): OtherDay(Span(540, 720), "Christmas Eve"),
        }
    )
    assert not calendar.is_open(at("2026-12-25 12:00"))
    assert calendar.open_time_between(at("2026-12-24 00:00"), at("2026-12-26 00:00")) == 3 * HOUR


def test_bank_holidays_may_have_hours_of_their_own():
    hours = Hours(date(2000, 1, 1), (Span(540, 1140),) * 7, (None,))
    calendar = Calendar(hours=(hours,), holidays={date(2026, 12, 25)})
    assert calendar.opening_on(date(2026, 12, 25)) is None
    assert calendar.opening_on(date(2026, 12, 26)) is not None


def test_a_day_may_end_at_midnight():
    evening = weekly(Span(20 * 60, 1440))
    assert evening.is_open(at("2026-11-24 23:59"))
    assert not evening.is_open(at("2026-11-25 00:00"))
    assert evening.opening_on(date(2026, 11, 24)).end == clock.start_of(date(2026, 11, 25))


@pytest.mark.parametrize(
    ("since", "length", "until"),
    [
        ("2026-11-24 18:00", HOUR, "Tue 2026-11-24 19:00"),
        ("2026-11-24 18:00", 2 * HOUR, "Wed 2026-11-25 10:00"),
        ("2026-11-24 23:59", MINUTE, "Wed 2026-11-25 09:01"),
        ("2026-11-24 00:00", 10 * HOUR, "Tue 2026-11-24 19:00"),
        ("2026-11-24 03:00", timedelta(0), "Tue 2026-11-24 03:00"),
    ],
)
def test_open_time_runs_while_the_service_is_open(since, length, until):
    assert said(USUAL.after_open_time(at(since), length)) == until


def test_the_next_opening_is_now_while_it_is_open():
    assert USUAL.next_opening(at("2026-11-24 12:00")) == at("2026-11-24 12:00")
    assert USUAL.next_opening(at("2026-11-24 19:00")) == at("2026-11-25 09:00")
    assert USUAL.next_opening(at("2026-11-24 23:59")) == at("2026-11-25 09:00")


# --- the clocks change ---


def test_the_nights_the_clocks_change_are_counted_as_they_are():
    for day, hours in ((SPRING, 23), (AUTUMN, 25), (date(2026, 11, 24), 24)):
        span = clock.start_of(day), clock.end_of(day)
        assert ROUND_THE_CLOCK.open_time_between(*span) == hours * HOUR


def test_the_day_keeps_its_hours_when_the_clocks_change():
    for day in (SPRING, AUTUMN):
        opening = USUAL.opening_on(day)
        assert opening.length == 10 * HOUR
        assert f"{clock.local(opening.start):%H:%M}" == "09:00"


spans = st.one_of(
    st.none(),
    st.tuples(st.integers(0, 1439), st.integers(1, 1440))
    .filter(lambda pair: pair[0] < pair[1])
    .map(lambda pair: Span(*pair)),
)
weeks = st.lists(spans, min_size=7, max_size=7).filter(any).map(lambda week: weekly(*week))
near_a_change = st.builds(
    lambda day, minutes: clock.start_of(day) + timedelta(minutes=minutes),
    st.sampled_from([SPRING, AUTUMN, date(2026, 3, 29), date(2027, 10, 31)]),
    st.integers(-5 * 1440, 5 * 1440),
)
lengths = st.integers(0, 3 * 1440).map(lambda minutes: minutes * MINUTE)
pauses = st.lists(
    st.builds(lambda start, length: Interval(start, start + length), near_a_change, lengths),
    max_size=4,
)


@given(weeks, near_a_change, lengths, pauses)
def test_going_on_by_open_time_and_measuring_it_agree(calendar, start, length, paused):
    end = calendar.after_open_time(start, length, paused)
    assert end >= start
    assert calendar.open_time_between(start, end, paused) == length


@given(weeks, near_a_change, near_a_change, near_a_change, pauses)
def test_open_time_adds_up_and_never_passes_real_time(calendar, one, two, three, paused):
    first, middle, last = sorted((one, two, three))
    parts = (
        calendar.open_time_between(first, middle, paused),
        calendar.open_time_between(middle, last, paused),
    )
    assert sum(parts, timedelta(0)) == calendar.open_time_between(first, last, paused)
    assert timedelta(0) <= parts[0] <= middle - first
    assert calendar.open_time_between(middle, first, paused) == -parts[0]


@given(weeks, near_a_change)
def test_the_next_opening_is_open_and_none_is_before_it(calendar, instant):
    opens = calendar.next_opening(instant)
    assert calendar.is_open(opens)
    assert opens >= instant
    assert calendar.open_time_between(instant, opens) == timedelta(0)


@given(weeks, near_a_change)
def test_openings_follow_one_another(calendar, instant):
    openings = calendar.openings_from(instant)
    found = [next(openings) for _ in range(6)]
    assert all(one.start < one.end <= other.start for one, other in pairwise(found))


@given(near_a_change, near_a_change, pauses)
def test_what_is_paused_is_in_no_interval_left(one, two, paused):
    whole = Interval(min(one, two), max(one, two))
    left = without(whole, paused)
    assert all(whole.start <= piece.start < piece.end <= whole.end for piece in left)
    for piece in left:
        assert not any(piece.start < pause.end and pause.start < piece.end for pause in paused)


@given(near_a_change, lengths, pauses)
def test_a_pause_puts_off_by_its_own_length(since, length, paused):
    due = put_off(since, since + length, paused)
    ran = sum((piece.length for piece in without(Interval(since, due), paused)), timedelta(0))
    assert ran == length


def test_a_pause_before_the_clock_began_puts_nothing_off():
    since = at("2026-11-24 12:00")
    before = Interval(since - 5 * HOUR, since - HOUR)
    assert put_off(since, since + HOUR, [before]) == since + HOUR


# --- working days, bank holidays ---


@pytest.mark.parametrize(
    ("start", "count", "end"),
    [
        ("2026-11-24", 1, "2026-11-25"),
        ("2026-11-27", 1, "2026-11-30"),
        ("2026-11-28", 1, "2026-11-30"),
        ("2026-12-24", 1, "2026-12-29"),
        ("2026-12-24", 2, "2026-12-30"),
        ("2027-03-25", 1, "2027-03-30"),
        ("2026-11-24", 0, "2026-11-24"),
    ],
)
def test_working_days_step_over_weekends_and_bank_holidays(start, count, end):
    found = USUAL.working_days_after(date.fromisoformat(start), count)
    assert found == date.fromisoformat(end)


def test_that_the_service_is_closed_puts_off_no_promise():
    closed = Calendar(days={date(2026, 11, 25): OtherDay(None, "Training")})
    assert closed.working_days_after(date(2026, 11, 24), 1) == date(2026, 11, 25)


@given(st.dates(date(2024, 1, 1), date(2099, 1, 1)), st.integers(1, 30))
def test_the_count_of_working_days_is_right(day, count):
    end = USUAL.working_days_after(day, count)
    between = (day + timedelta(days=n) for n in range(1, (end - day).days + 1))
    assert sum(map(USUAL.is_working_day, between)) == count
    assert USUAL.is_working_day(end)


PROCLAIMED = {  # a jubilee, a funeral, a coronation: no rule knows them
    date(2012, 5, 28), date(2012, 6, 4), date(2012, 6, 5),
    date(2020, 5, 4), date(2020, 5, 8),
    date(2022, 5, 30), date(2022, 6, 2), date(2022, 6, 3), date(2022, 9, 19),
    date(2023, 5, 8),
}  # fmt: skip


def test_the_rule_is_what_was_published():
    published = bank_holidays.published()
    last = bank_holidays.published_until().year
    ruled = {day for year in range(2012, last + 1) for day in bank_holidays.by_rule(year)}
    assert last >= 2028
    assert ruled ^ published == PROCLAIMED


def test_there_are_eight_bank_holidays_in_each_year_to_come():
    known = bank_holidays.bank_holidays()
    assert {sum(day.year == year for day in known) for year in range(2024, 2101)} == {8}
    assert all(day.weekday() < 5 for day in known if day.year > 2028)


@pytest.mark.parametrize(
    ("year", "easter"), [(2029, "2029-04-01"), (2038, "2038-04-25"), (2049, "2049-04-18")]
)
def test_easter(year, easter):
    """HM Nautical Almanac Office."""
    assert bank_holidays.easter_sunday(year) == date.fromisoformat(easter)


# --- as it is kept ---


def test_a_calendar_is_read_from_its_setting():
    value = {
        "hours": [
            {"from": "2026-11-30", "week": ["10:00-24:00"] * 5 + ["closed"] * 2},
            {"from": "2000-01-01", "week": ["09:00-19:00"] * 7, "bank_holidays": "closed"},
        ],
        "days": [{"day": "2026-12-01", "open": "closed", "why": "Training"}],
        "bank_holidays": ["2026-06-15"],
    }
    calendar = calendar_from(value, frozenset())
    assert [row.holds_from.year for row in calendar.hours] == [2000, 2026]
    assert calendar.span_on(date(2026, 12, 1)) is None
    assert calendar.span_on(date(2026, 12, 2)) == Span(600, 1440)
    assert calendar.span_on(date(2026, 6, 15)) is None
    assert not calendar.is_working_day(date(2026, 6, 15))


@pytest.mark.parametrize(
    "row",
    [
        {},
        {"from": "soon", "week": ["09:00-19:00"] * 7},
        {"from": "2026-01-01", "week": ["09:00-19:00"] * 6},
        {"from": "2026-01-01", "week": ["closed"] * 7},
        {"from": "2026-01-01", "week": ["19:00-09:00"] * 7},
        {"from": "2026-01-01", "week": ["09:00-25:00"] * 7},
        {"from": "2026-01-01", "week": None},
    ],
)
def test_hours_that_cannot_be_read_close_nothing(row):
    assert calendar_from({"hours": [row]}, frozenset()).hours == (working_time.USUAL,)


@given(st.lists(spans, min_size=7, max_size=7).filter(any), spans, st.booleans())
def test_hours_are_kept_as_they_are(week, holiday, has_holiday):
    hours = Hours(date(2026, 1, 1), tuple(week), (holiday,) if has_holiday else None)
    read = calendar_from({"hours": [working_time.stored_hours(hours)]}, frozenset())
    assert read.hours == (hours,)


@pytest.mark.parametrize(
    ("week", "words"),
    [
        ([Span(540, 1140)] * 7, "09:00–19:00 daily"),
        ([Span(540, 1020)] * 5 + [None] * 2, "Mon to Fri 09:00–17:00, Sat and Sun closed"),
        ([None] + [Span(0, 1440)] * 6, "Mon closed, Tue to Sun 00:00–24:00"),
    ],
)
def test_hours_in_words(week, words):
    assert Hours(date(2026, 1, 1), tuple(week)).words == words


def test_no_zone_but_the_services_own_counts():
    assert USUAL.is_open(datetime(2026, 7, 1, 8, 30, tzinfo=UTC))
    assert not USUAL.is_open(datetime(2026, 12, 1, 8, 30, tzinfo=UTC))
