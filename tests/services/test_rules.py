from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caseflow.services import rules

TODAY = date(2027, 3, 1)


@pytest.mark.parametrize(("days", "stale"), [(0, False), (90, False), (91, True)])
def test_what_nobody_checked_for_over_90_days_is_stale(days: int, stale: bool) -> None:
    assert rules.is_stale(TODAY - timedelta(days=days), TODAY) is stale


def test_what_was_never_checked_is_stale() -> None:
    assert rules.is_stale(None, TODAY)


@pytest.mark.parametrize(
    ("age", "suits"), [(10, False), (11, True), (18, True), (19, False), (None, True)]
)
def test_ages_are_inclusive_and_an_unknown_age_rules_nothing_out(age, suits) -> None:
    assert rules.suits_age(11, 18, age) is suits


def test_a_service_without_an_area_serves_everywhere() -> None:
    assert rules.suits_area("", "Rutland")
    assert rules.suits_area("Leicester and Rutland", "rutland")
    assert not rules.suits_area("Leicester", "Rutland")


@given(st.booleans(), st.none() | st.integers(0, 400), st.text(max_size=20))
def test_checked_lately_and_a_short_wait_come_first(stale, wait, name) -> None:
    best = rules.preference(stale=False, wait_days=0, name="")
    assert best <= rules.preference(stale=stale, wait_days=wait, name=name)


@pytest.mark.parametrize(
    ("days", "words"),
    [(None, "Not known"), (0, "No wait"), (1, "1 day"), (7, "1 week"), (10, "10 days"),
     (28, "4 weeks")],
)  # fmt: skip
def test_a_wait_is_said_in_words(days, words) -> None:
    assert rules.wait_words(days) == words
