"""Eligibility (domain.md §1.2), and what else is decided without a database."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caseflow.incidents.rules import Nature
from caseflow.intake.codes import IndexReason
from caseflow.intake.eligibility import (
    Answer,
    Decision,
    Facts,
    Ineligible,
    Reason,
    judge,
    postcode_area,
)
from caseflow.intake.rules import NATURE_OF, Source, nature_of, stream_of
from caseflow.kernel.partial_date import PartialDate
from caseflow.people.rules import birthday

STABBED = (Reason(IndexReason.ASSAULT_SHARP),)
FITS = Facts(
    referred_on=date(2026, 5, 9),
    born=PartialDate(2010, 5, 14),
    home_postcode="LE2 0AA",
    reasons=STABBED,
)


def answer_to(facts: Facts, code: Ineligible) -> Answer:
    return next(line.answer for line in judge(facts).lines if line.code is code)


def test_a_stabbed_16_year_old_of_leicester_is_eligible() -> None:
    verdict = judge(FITS)
    assert verdict.decision is Decision.ELIGIBLE
    assert verdict.code is None
    assert [line.answer for line in verdict.lines] == [Answer.PASS] * 3


@pytest.mark.parametrize(
    ("day", "decision", "age"),
    [
        (date(2026, 5, 9), Decision.ELIGIBLE, "Aged 25: within 11 to 25."),
        (date(2026, 5, 10), Decision.INELIGIBLE, "Aged 26: over 25."),
    ],
)
def test_the_26th_birthday_is_too_late(day: date, decision: Decision, age: str) -> None:
    verdict = judge(replace(FITS, born=PartialDate(2000, 5, 10), referred_on=day))
    assert verdict.decision is decision
    assert verdict.lines[0].words == age
    assert verdict.code is (None if decision is Decision.ELIGIBLE else Ineligible.AGE)


@given(
    born=st.dates(date(1990, 1, 1), date(2026, 1, 1)),
    referred_on=st.dates(date(2026, 1, 1), date(2027, 12, 31)),
)
def test_from_the_11th_birthday_until_the_26th(born: date, referred_on: date) -> None:
    exact = PartialDate(born.year, born.month, born.day)
    is_right = birthday(born, 11) <= referred_on < birthday(born, 26)
    answer = answer_to(replace(FITS, born=exact, referred_on=referred_on), Ineligible.AGE)
    assert answer is (Answer.PASS if is_right else Answer.FAIL)


def test_the_11th_birthday_is_early_enough() -> None:
    born = PartialDate(2015, 5, 9)
    assert answer_to(replace(FITS, born=born), Ineligible.AGE) is Answer.PASS
    day_before = replace(FITS, born=born, referred_on=date(2026, 5, 8))
    assert answer_to(day_before, Ineligible.AGE) is Answer.FAIL


def test_under_11_is_safeguarding_only() -> None:
    verdict = judge(replace(FITS, born=PartialDate(2017)))
    assert verdict.code is Ineligible.AGE
    assert "safeguarding only" in verdict.route


@pytest.mark.parametrize(
    ("born", "answer", "words"),
    [
        (PartialDate(2000), Answer.UNKNOWN, "Aged 25 or 26: ask for the date of birth."),
        (PartialDate(2000, 6), Answer.PASS, "Aged 25: within 11 to 25."),
        (PartialDate(2000, 5), Answer.UNKNOWN, "Aged 25 or 26: ask for the date of birth."),
        (PartialDate(1999), Answer.FAIL, "Aged 26 or 27: over 25."),
        (None, Answer.UNKNOWN, "No date of birth and no age: ask."),
    ],
)
def test_an_imprecise_birth_date_is_not_guessed_at(
    born: PartialDate | None, answer: Answer, words: str
) -> None:
    line = judge(replace(FITS, born=born)).lines[0]
    assert (line.answer, line.words) == (answer, words)


def test_an_estimated_age_may_be_two_years_out() -> None:
    guessed = replace(FITS, is_estimated=True)
    sixteen, eleven = PartialDate(2010, 1, 1), PartialDate(2015, 1, 1)
    assert answer_to(replace(guessed, born=sixteen), Ineligible.AGE) is Answer.PASS
    assert answer_to(replace(guessed, born=eleven), Ineligible.AGE) is Answer.UNKNOWN


@pytest.mark.parametrize(
    ("where", "answer"),
    [
        ({"home_postcode": "LE67 3AB"}, Answer.PASS),
        ({"home_district": "E07000129"}, Answer.PASS),
        ({"home_district": "E06000017"}, Answer.PASS),
        ({"home_postcode": "PE9 1AA"}, Answer.UNKNOWN),
        ({"home_postcode": "LS10 4YU"}, Answer.UNKNOWN),
        ({"home_postcode": ""}, Answer.UNKNOWN),
        ({"home_district": "E08000035"}, Answer.UNKNOWN),
        ({"home_district": "E08000035", "incident_postcode": "LE1 1AA"}, Answer.PASS),
        ({"home_district": "E08000035", "incident_district": "E08000035"}, Answer.FAIL),
    ],
)
def test_home_or_incident_lies_in_leicester_leicestershire_or_rutland(
    where: dict[str, str], answer: Answer
) -> None:
    assert answer_to(replace(FITS, **({"home_postcode": ""} | where)), Ineligible.AREA) is answer


def test_the_area_question_names_no_more_of_a_postcode_than_its_area() -> None:
    line = judge(replace(FITS, home_postcode="LS10 4YU")).lines[1]
    assert "LS:" in line.words
    assert "LS10" not in line.words


def test_what_words_suggest_counts_and_is_to_be_checked() -> None:
    told = Reason(IndexReason.WEAPON_CARRYING, "words", "Reports of a knife on scene")
    line = judge(replace(FITS, reasons=(told,))).lines[2]
    assert line.answer is Answer.PASS
    assert line.words.endswith("read from “Reports of a knife on scene”: check what happened.")


def test_nothing_said_of_what_happened_is_a_question() -> None:
    assert judge(replace(FITS, reasons=())).decision is Decision.ASK


@pytest.mark.parametrize(("age", "route"), [(16, "IDVA or MARAC"), (15, "safeguarding referral")])
def test_domestic_abuse_alone_goes_to_its_own_pathway(age: int, route: str) -> None:
    facts = replace(
        FITS, born=PartialDate(2026 - age, 1, 1), reasons=(Reason(IndexReason.DOMESTIC_ABUSE),)
    )
    verdict = judge(facts)
    assert verdict.decision is Decision.ASK
    assert route in verdict.route


def test_sexual_assault_is_eligible_and_handed_over() -> None:
    verdict = judge(replace(FITS, reasons=(Reason(IndexReason.SEXUAL_ASSAULT),)))
    assert verdict.decision is Decision.ELIGIBLE
    assert "ISVA" in verdict.route


def test_who_has_died_is_not_eligible_first_of_all() -> None:
    verdict = judge(replace(FITS, has_died=True, born=PartialDate(1959)))
    assert verdict.code is Ineligible.DECEASED


def test_the_rules_are_a_table_that_may_be_changed() -> None:
    born = PartialDate(1999, 1, 1)
    assert judge(replace(FITS, born=born), {"oldest": 29}).decision is Decision.ELIGIBLE
    without = judge(FITS, {"reasons": ["assault_gun"]})
    assert without.code is Ineligible.NOT_VIOLENCE
    assert judge(replace(FITS, home_postcode="PE9 1AA"), {"postcode_areas": ["PE"]}).code is None


def test_what_the_rules_said_is_kept_in_words() -> None:
    words = judge(FITS).in_words
    assert words.startswith("Eligible by the rules\nAged 11 to 25 on the day of the referral: Yes.")


@pytest.mark.parametrize(
    ("postcode", "area"), [("le2 0aa", "LE"), ("N1 1AA", "N"), ("", ""), ("12345", "")]
)
def test_a_postcode_begins_with_its_area(postcode: str, area: str) -> None:
    assert postcode_area(postcode) == area


def test_every_index_reason_is_a_nature_or_left_open() -> None:
    open_ones = set(IndexReason) - NATURE_OF.keys()
    assert open_ones == {IndexReason.ASSAULT_UNSPECIFIED}


def test_a_knife_in_the_crews_words_does_not_say_who_carried_it() -> None:
    assert nature_of([(IndexReason.WEAPON_CARRYING, "words")]) is Nature.UNKNOWN
    assert nature_of([(IndexReason.WEAPON_CARRYING, "person")]) is Nature.SELF_PROTECTION


def test_every_source_has_a_stream() -> None:
    assert {stream_of(source) for source in Source} <= {
        "hospital",
        "custody",
        "outreach",
        "operation",
    }
