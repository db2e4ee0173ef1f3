import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caseflow.kernel.nhs_number import Verdict, check_digit, digits_of, read_nhs_number


@pytest.mark.parametrize(
    "text", ["9990000018", "999 000 0018", "999-000-0018", " 9990000093 ", "4000000632"]
)
def test_a_number_that_passes_its_check_digit_is_identity(text):
    number = read_nhs_number(text)
    assert number.verdict is Verdict.VALID
    assert number.is_identity


def test_one_wrong_digit_fails_the_check_and_the_number_is_kept():
    number = read_nhs_number("999 000 0019")
    assert number.verdict is Verdict.FAILS_CHECK
    assert not number.is_identity
    assert (number.digits, number.text) == ("9990000019", "999 000 0019")


@pytest.mark.parametrize("digit", "0123456789")
def test_one_digit_repeated_is_a_placeholder_though_it_may_pass_the_arithmetic(digit):
    number = read_nhs_number(digit * 10)
    assert number.verdict is Verdict.PLACEHOLDER
    assert not number.is_identity


@pytest.mark.parametrize(
    "text",
    ["", "999000001", "99900000181", "99 9000 0018", "999 000-0018", "999000001X", "٩٩٩٠٠٠٠٠١٨"],
)
def test_what_is_not_ten_digits_is_kept_as_written(text):
    number = read_nhs_number(text)
    assert number.verdict is Verdict.NOT_TEN_DIGITS
    assert (number.digits, number.text) == (None, text)


def test_a_number_is_shown_in_three_groups():
    assert read_nhs_number("9990000018").spaced == "999 000 0018"
    assert read_nhs_number("nonsense").spaced == "nonsense"


@given(st.text("0123456789", min_size=9, max_size=9), st.integers(1, 9), st.integers(0, 8))
def test_any_single_wrong_digit_is_noticed(nine, change, place):
    check = check_digit(nine)
    if check is None or len(set(nine + str(check))) == 1:
        return
    wrong = str((int(nine[place]) + change) % 10)
    altered = f"{nine[:place]}{wrong}{nine[place + 1 :]}{check}"
    assert read_nhs_number(f"{nine}{check}").is_identity
    assert not read_nhs_number(altered).is_identity


def test_the_shared_vectors_agree(shared_data: Path):
    text = (shared_data / "nhs-number/vectors.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    assert rows
    for row in rows:
        number = read_nhs_number(row["input"])
        match row["expected"]:
            case "valid":
                assert number.is_identity, row
            case "format_ok":
                assert number.digits is not None, row
            case "format_bad":
                assert number.digits is None, row
            case _:
                assert not number.is_identity, row


def test_the_shared_test_range_is_valid(shared_data: Path):
    text = (shared_data / "nhs-number/valid_9.csv").read_text(encoding="utf-8-sig")
    assert all(read_nhs_number(line).is_identity for line in text.split())


def test_ten_digits_may_be_grouped_by_a_space_that_does_not_break():
    assert digits_of("999\N{NO-BREAK SPACE}000\N{NO-BREAK SPACE}0018") == "9990000018"
