"""What the one search box understands, and what comes next at each stage."""

from datetime import date

import pytest

from caseflow.casefile.rules import (
    DeclinedFor,
    Filter,
    could_be_aged,
    decline_reason,
    is_long_enough,
    next_steps,
    page_asked,
    pages,
    read_search,
)
from caseflow.cases.lifecycle import Stage
from caseflow.people.rules import BornPrecision

TODAY = date(2026, 11, 24)
BORN = date(2010, 3, 14)


@pytest.mark.parametrize(
    "text",
    ["14/3/2010", "14/03/2010", "14-3-2010", "14.3.2010", "14/3/10", "2010-03-14", "14 Mar 2010",
     "14 March 2010", "14th march 2010", " 14 mar. 2010 "],
)  # fmt: skip
def test_a_birthday_is_read_however_it_is_written(text: str) -> None:
    sought = read_search(text, TODAY)
    assert (sought.born, sought.name, sought.phone) == (BORN, "", "")


@pytest.mark.parametrize("text", ["31/2/2010", "14/13/2010", "14 Foo 2010", "0/3/2010"])
def test_what_is_no_date_is_no_birthday(text: str) -> None:
    assert read_search(text, TODAY).born is None


def test_two_digits_of_a_year_are_in_the_past() -> None:
    assert read_search("1/2/27", TODAY).born == date(1927, 2, 1)
    assert read_search("1/2/26", TODAY).born == date(2026, 2, 1)


def test_a_name_beside_a_birthday_is_a_name() -> None:
    sought = read_search("mensah 14/3/2010", TODAY)
    assert (sought.name, sought.born) == ("mensah", BORN)


@pytest.mark.parametrize(
    ("text", "reference"),
    [
        ("CF-7K3M-Q2XW", "CF-7K3M-Q2XW"),
        ("cf 7k3m q2xw", "CF-7K3M-Q2XW"),
        ("7k3mq2xw", "CF-7K3M-Q2XW"),
        ("cf-7k3m", "CF-7K3M"),
        ("CF-7K3MQ2", "CF-7K3M-Q2"),
        ("Jaydn", ""),
        ("CF-OOOO", ""),
    ],
)
def test_a_reference_is_read_in_any_hand(text: str, reference: str) -> None:
    assert read_search(text, TODAY).reference == reference


@pytest.mark.parametrize(
    ("text", "field", "value"),
    [
        ("943 476 5919", "nhs_number", "9434765919"),
        ("9434765919", "nhs_number", "9434765919"),
        ("07700 900123", "phone", "+447700900123"),
        ("+44 7700 900123", "phone", "+447700900123"),
        ("900123", "phone", "900123"),
        ("RX-123456", "hospital_number", "RX-123456"),
        ("陳大文", "name", "陳大文"),
        ("O’Neil-Ng", "name", "O’Neil-Ng"),
    ],
)
def test_numbers_and_names_are_told_apart(text: str, field: str, value: str) -> None:
    assert getattr(read_search(text, TODAY), field) == value


def test_what_is_audited_says_how_and_never_what() -> None:
    assert read_search("mensah 14/3/2010", TODAY).ways == ["name", "born"]


@pytest.mark.parametrize(
    ("text", "enough"),
    [("ab", False), ("abc", True), ("a.b.", False), ("- - -", False), ("Li Wu", True),
     ("李", True)],
)  # fmt: skip
def test_three_letters_at_least_but_one_of_han(text: str, enough: bool) -> None:
    assert is_long_enough(text) is enough


STEPS = {
    "received": "Triage this referral",
    "triaged": "Triage this referral",
    "eligible": "Log a contact",
    "attempting": "Log a contact",
    "approached": "Record their answer",
    "agreed": "Start support",
    "brief": "Log a contact",
    "long_term": "Log a contact",
    "declined": "Try again",
    "unable_to_contact": "Try again",
    "completed": "Record a follow-up",
    "disengaged": "Record a follow-up",
    "transferred": "Record a follow-up",
    "custody": "Record a follow-up",
    "moved": "Record a follow-up",
    "no_longer_safe": "Record a follow-up",
    "deceased": None,
    "ineligible": None,
    "withdrawn": None,
}


@pytest.mark.parametrize("stage", Stage)
def test_each_stage_has_its_next_step(stage: Stage) -> None:
    steps = next_steps(stage, has_worker=True)
    assert (steps[0].text if steps else None) == STEPS[stage.value]


def test_nobody_holds_it_so_somebody_takes_it() -> None:
    texts = [step.text for step in next_steps(Stage.ELIGIBLE, has_worker=False)]
    assert texts == ["Choose a worker", "Take this case"]


def test_a_review_that_is_due_and_a_closure_to_decide_come_first() -> None:
    due = next_steps(Stage.LONG_TERM, has_worker=True, is_review_due=True)
    assert due[0].text == "Hold the review"
    asked = next_steps(Stage.LONG_TERM, has_worker=True, is_review_due=True, awaits_sign_off=True)
    assert asked[0].text == "Decide the closure"


@pytest.mark.parametrize(
    ("born", "precision", "gillick"),
    [
        (date(2010, 11, 25), BornPrecision.DAY, True),
        (date(2010, 11, 24), BornPrecision.DAY, False),
        (date(2013, 11, 24), BornPrecision.DAY, True),
        (date(2013, 11, 25), BornPrecision.DAY, False),
        (date(2010, 1, 1), BornPrecision.YEAR, True),
        (date(2009, 1, 1), BornPrecision.YEAR, False),
        (None, BornPrecision.UNKNOWN, False),
    ],
)
def test_who_could_be_13_to_15(born: date | None, precision: BornPrecision, gillick: bool) -> None:
    assert could_be_aged(born, precision, range(13, 16), TODAY) is gillick


def test_a_no_is_kept_with_what_may_be_done_next() -> None:
    now = decline_reason(DeclinedFor.NOW, " Not today ", left_leaflet=True)
    assert now == "No for now; may be asked again. A leaflet or number was left. Not today"
    good = decline_reason(DeclinedFor.GOOD, "Leave me be", left_leaflet=False)
    assert good == "No for good. Leave me be"


@pytest.mark.parametrize(
    ("asked", "given"), [("1", 1), ("3", 3), ("9", 3), ("0", 1), ("-1", 1), ("x", 1), ("", 1)]
)
def test_a_page_that_is_not_there_is_the_nearest_that_is(asked: str, given: int) -> None:
    assert page_asked(asked, pages(61, 30)) == given


def test_an_unknown_filter_shows_everything() -> None:
    assert Filter.of("'; drop table") is Filter.ALL
    assert Filter.of("contacts") is Filter.CONTACTS
