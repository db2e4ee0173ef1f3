from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caseflow.kernel.partial_date import DatePrecision, NotADateError, PartialDate, age_in_years


@pytest.mark.parametrize(
    ("text", "precision", "earliest", "latest", "label"),
    [
        ("2010", DatePrecision.YEAR, date(2010, 1, 1), date(2010, 12, 31), "2010"),
        ("2012-02", DatePrecision.MONTH, date(2012, 2, 1), date(2012, 2, 29), "February 2012"),
        ("2010-05-14", DatePrecision.DAY, date(2010, 5, 14), date(2010, 5, 14), "14 May 2010"),
    ],
)
def test_a_date_is_as_precise_as_it_was_given(text, precision, earliest, latest, label):
    day = PartialDate.parse(text)
    assert (day.precision, day.earliest, day.latest) == (precision, earliest, latest)
    assert (day.label, str(day)) == (label, text)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("2010-13", "there is no month 13"),
        ("2010-02-30", "there is no day 30 in February 2010"),
        ("2011-02-29", "there is no day 29 in February 2011"),
        ("0000", "there is no year 0000"),
        ("14/05/2010", "not a date in the form 2010, 2010-05 or 2010-05-14"),
        ("2010-5-14", "not a date in the form 2010, 2010-05 or 2010-05-14"),
        ("٢٠١٠", "not a date in the form 2010, 2010-05 or 2010-05-14"),
        ("", "not a date in the form 2010, 2010-05 or 2010-05-14"),
    ],
)
def test_a_date_that_cannot_be_says_why(text, why):
    with pytest.raises(NotADateError, match=f"^{why}$"):
        PartialDate.parse(text)


def test_an_age_from_a_year_is_a_range():
    born = PartialDate.parse("2010")
    assert born.age_on(date(2026, 11, 20)) == (15, 16)
    assert born.age_on(date(2026, 12, 31)) == (16, 16)


def test_age_turns_on_the_birthday():
    born = PartialDate.parse("2000-05-10")
    assert born.age_on(date(2026, 5, 9)) == (25, 25)
    assert born.age_on(date(2026, 5, 10)) == (26, 26)


def test_a_birthday_on_29_february_is_1_march_in_other_years():
    assert age_in_years(date(2008, 2, 29), date(2026, 2, 28)) == 17
    assert age_in_years(date(2008, 2, 29), date(2026, 3, 1)) == 18


@given(st.dates(), st.dates())
def test_knowing_less_never_narrows_the_age(born, day):
    exact = PartialDate.of(born).age_on(day)
    for less in (PartialDate(born.year), PartialDate(born.year, born.month)):
        youngest, oldest = less.age_on(day)
        assert youngest <= exact[0] <= exact[1] <= oldest


@given(st.text(max_size=12))
def test_any_text_is_a_date_or_a_reason(text):
    try:
        day = PartialDate.parse(text)
    except NotADateError:
        return
    assert PartialDate.parse(str(day)) == day
