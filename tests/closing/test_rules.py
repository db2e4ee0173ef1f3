"""Dates and promises that follow an ending."""

from datetime import date

import pytest

from caseflow.cases.lifecycle import ENDED_SUPPORT
from caseflow.closing.document import direction
from caseflow.closing.rules import Ending, books_follow_ups, months_after
from caseflow.people.rules import Safe


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2026, 8, 31), 3, date(2026, 11, 30)),
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2027, 8, 31), 6, date(2028, 2, 29)),
        (date(2026, 8, 31), 12, date(2027, 8, 31)),
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
        (date(2026, 12, 1), 12, date(2027, 12, 1)),
        (date(2026, 11, 3), 3, date(2027, 2, 3)),
    ],
)
def test_a_month_without_that_day_ends_on_its_last(day, months, expected) -> None:
    assert months_after(day, months) == expected


def test_every_ending_is_a_stage_after_support() -> None:
    assert {ending.stage for ending in Ending} == ENDED_SUPPORT


@pytest.mark.parametrize("ending", list(Ending))
@pytest.mark.parametrize("answer", list(Safe))
def test_follow_ups_obey_a_wish_a_death_and_a_danger(ending, answer) -> None:
    expected = ending is not Ending.DECEASED and answer is not Safe.NO
    if ending is Ending.NO_LONGER_SAFE and answer is Safe.NOT_ASKED:
        expected = False
    assert books_follow_ups(ending, answer) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I want college", "ltr"),
        ("میں واپس کالج", "rtl"),
        ("“… 12 میں", "rtl"),
        ("12 … !", "ltr"),
        ("", "ltr"),
        ("שלום", "rtl"),
        ("😀 hi", "ltr"),
    ],
)
def test_words_are_set_from_the_side_they_begin(text, expected) -> None:
    assert direction(text) == expected
