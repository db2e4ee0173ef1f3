"""Six weeks of days, what comes first, and what a link may ask for."""

from datetime import UTC, date, datetime, timedelta

import pytest

from caseflow.caseload.rules import Sort, TeamList, calendar, day_asked, end_of_week, time_left

TUESDAY = date(2026, 11, 24)


def test_six_weeks_begin_on_this_monday() -> None:
    weeks = calendar({TUESDAY: 2, date(2027, 1, 3): 11}, TUESDAY)
    assert [len(week) for week in weeks] == [7] * 6
    assert (weeks[0][0].day, weeks[-1][-1].day) == (date(2026, 11, 23), date(2027, 1, 3))
    assert (weeks[0][0].is_past, weeks[0][1].is_today) == (True, True)
    assert (weeks[0][1].count, weeks[-1][-1].level) == (2, 4)


@pytest.mark.parametrize(("count", "level"), [(0, 0), (1, 1), (3, 2), (6, 3), (10, 4), (99, 4)])
def test_a_fuller_day_looks_fuller(count: int, level: int) -> None:
    assert calendar({TUESDAY: count}, TUESDAY)[0][1].level == level


def test_the_weeks_cross_the_change_of_the_clock() -> None:
    days = [cell.day for week in calendar({}, date(2026, 10, 24)) for cell in week]
    assert len(set(days)) == 42
    assert days == sorted(days)


@pytest.mark.parametrize(
    ("today", "sunday"),
    [(date(2026, 11, 23), 29), (date(2026, 11, 24), 29), (date(2026, 11, 29), 29)],
)
def test_a_week_ends_on_sunday(today: date, sunday: int) -> None:
    assert end_of_week(today) == date(2026, 11, sunday)


def test_whatever_comes_first_is_the_time_left() -> None:
    now = datetime(2026, 11, 24, 12, tzinfo=UTC)
    later = now + timedelta(hours=1)
    assert time_left(now, later) == time_left(later, now) == time_left(now, None) == now
    assert time_left(None, None) is None


@pytest.mark.parametrize("text", ["", "x", "2026-13-01", "2026-1-1", "20261124", "2026-11-24x"])
def test_what_is_no_day_is_none(text: str) -> None:
    assert day_asked(text) is None


def test_unknown_words_fall_back() -> None:
    assert day_asked("2026-11-24") == TUESDAY
    assert (Sort.of("zzz"), Sort.of("load")) == (Sort.NAME, Sort.LOAD)
    assert (TeamList.of("zzz"), TeamList.of("quiet")) == (TeamList.UNALLOCATED, TeamList.QUIET)
