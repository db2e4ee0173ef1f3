"""Whether two descriptions are of one person. Every name, number and address is made up."""

import random
from dataclasses import replace
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caseflow.kernel.partial_date import PartialDate
from caseflow.people.keys import keys_of
from caseflow.people.lists import measure, same_in
from caseflow.people.matching import LIKELY, POSSIBLE, Identity, Likeness, compare
from tests.people.crowd import FAMILY, GIVEN, STREETS, crowd

BORN = PartialDate(2009, 3, 11)
VALID, OTHER_VALID = "9434765919", "9434765870"


def named(*names: str, **more) -> Identity:
    return Identity(names=names, **more)


def of(one: str, other: str) -> Likeness:
    return compare(named(one), named(other))


@pytest.mark.parametrize(
    ("one", "other", "reason"),
    [
        ("Jordan Example", "Example Jordan", "Jordan: the same name"),  # in any order
        ("Jordan Exampel", "Jordan Example", "Exampel is spelt nearly like Example"),
        ("Yusuf Testcase", "Youssef Testcase", "Yusuf sounds like Youssef"),
        ("Stephen Testcase", "Steven Testcase", "Steven sounds like Stephen"),
        ("Bob Testcase", "Robert Testcase", "Bob is short for Robert"),
        ("Mo Testcase", "Muhammad Testcase", "Mo is a form of Muhammad"),
        ("Mohammed Khan", "محمد خان", "Mhmd sounds like Mohammed"),
        ("Ahmed Hussain", "احمد حسین", "Ahmd is spelt nearly like Ahmed"),
        ("Łukasz Próbny", "Lukasz Probny", "Lukasz: the same name"),
        ("Jonathan Tester", "Jona Tester", "Jonathan begins with Jona"),
        ("J Tester", "Jonathan Tester", "J may stand for Jonathan"),
        ("Tunde Tester", "Babatunde Tester", "Babatunde ends with Tunde"),
        ("Kuba Próbny", "Jakub Probny", "Kuba is a form of Jakub"),
        ("Xasan Cabdi", "Hassan Abdi", "Xasan is a form of Hassan"),
        ("عثمان طارق", "Usman Tariq", "Asmn sounds like Usman"),
        ("Abdulrahman Testi", "Abdul Rahman Testi", "Abdulrahman: the same name"),
        ("Mc Tester Jason", "Jason Mactester", "Mctester is spelt nearly like Mactester"),
    ],
)
def test_names_are_alike_in_each_way_people_write_them(one, other, reason) -> None:
    found = of(one, other)
    assert reason in found.reasons
    assert found.score > of("Jordan Example", "Kim Somebody").score + 10
    assert keys_of(named(one, born=BORN)) & keys_of(named(other, born=BORN))


def test_an_alias_is_as_good_as_the_name() -> None:
    known = named("Leon Example", "Ghost Example")
    assert compare(known, named("Ghost Example")) == of("Ghost Example", "Ghost Example")


def test_a_middle_name_more_counts_nothing_and_another_name_counts_against() -> None:
    assert (
        of("Ayaan Test Example", "Ayaan Example").score
        == of("Ayaan Example", "Ayaan Example").score
    )
    sister = of("Ayaan Example", "Zara Example")
    assert sister.score < POSSIBLE
    assert "but Ayaan is not Zara" in sister.reasons


def test_a_rare_name_says_more_than_a_common_one() -> None:
    assert (
        of("Xanthippe Quill", "Xanthippe Quill").score > of("Mohammed Khan", "Mohammed Khan").score
    )


@pytest.mark.parametrize(
    ("one", "other", "reason"),
    [
        (PartialDate(2009, 3, 11), PartialDate(2009, 3, 11), "same date of birth"),
        (
            PartialDate(2009, 3, 11),
            PartialDate(2009, 11, 3),
            "date of birth with day and month turned round",
        ),
        (
            PartialDate(2009, 3, 11),
            PartialDate(2008, 3, 11),
            "date of birth with one digit different",
        ),
        (PartialDate(2009, 3, 11), PartialDate(2009, 3), "born in the same month"),
        (PartialDate(2009), PartialDate(2009, 3, 11), "born in the same year"),
        (PartialDate(2009, 3, 11), PartialDate(1996, 8, 27), "but another date of birth"),
        (PartialDate(2009), PartialDate(2007, 3), "but another date of birth"),
    ],
)
def test_birthdays_agree_as_far_as_they_are_known(one, other, reason) -> None:
    assert reason in compare(Identity(born=one), Identity(born=other)).reasons


def test_a_guessed_age_only_says_about_how_old() -> None:
    guess = Identity(born=PartialDate(2010, 1, 1), is_estimated=True)
    near, far = Identity(born=BORN), Identity(born=PartialDate(2001, 5, 2))
    assert compare(guess, near).reasons == ["about the same age"]
    assert compare(guess, far).score < 0 < compare(guess, near).score < 3


def test_numbers_and_homes_agree_whole_or_in_part() -> None:
    def reasons(one: dict, other: dict) -> list[str]:
        return compare(Identity(**one), Identity(**other)).reasons

    phone = "+447700900123"
    assert reasons({"phones": (phone,)}, {"phones": ("+447700900999", phone)}) == [
        "same phone number"
    ]
    assert reasons({"phones": (phone,)}, {"phones": ("0123",)}) == ["last 4 of phone"]
    assert reasons({"phones": (phone,)}, {"phones": ("23",)}) == []
    assert reasons({"nhs_number": VALID}, {"nhs_number": "943 476 5919"}) == ["same NHS number"]
    assert reasons({"nhs_number": VALID}, {"nhs_number": OTHER_VALID}) == ["but another NHS number"]
    assert reasons({"nhs_number": VALID}, {"nhs_number": "9434765918"}) == [
        "NHS number with one digit different"
    ]
    assert reasons({"postcode": "LE2 0AA"}, {"postcode": "le20aa"}) == ["same postcode"]
    assert reasons({"postcode": "LE2 0AA"}, {"postcode": "LE2 0AB"}) == ["postcode nearly the same"]
    assert reasons({"postcode": "LE2 0AA"}, {"postcode": "LE2 9XY"}) == ["same part of town"]
    assert reasons(
        {"address": "Flat 3, 14 Madeup Road"}, {"address": "14 Madeup Rd, Leicester"}
    ) == ["address alike"]


def test_a_number_that_fails_its_check_never_says_that_two_are_one() -> None:
    bad = Identity(nhs_number="9434765918")
    assert "same NHS number" not in compare(bad, bad).reasons
    assert compare(Identity(nhs_number="1111111111"), Identity(nhs_number="1111111111")).score == 0


def test_twins_at_one_address_are_not_said_to_be_the_same() -> None:
    home = {"born": BORN, "postcode": "LE2 0AA", "address": "14 Madeup Road", "phones": ("+44770",)}
    assert compare(named("Aaliyah Example", **home), named("Zubair Example", **home)).score < LIKELY


def test_how_sure_is_said_in_words() -> None:
    assert compare(named("Xan Quill", born=BORN), named("Xan Quill", born=BORN)).in_words == (
        "Very likely the same"
    )
    assert of("Xan Quill", "Xan Quill").in_words == "May be the same"
    assert of("Xan Quill", "Kim Somebody").in_words == "Not very alike"


# --- properties ---

WORDS = st.sampled_from(
    "bob robert jo joseph mohammed مد khan kahn sean shaun smith smyth o'neil x ą".split()  # noqa: SIM905
)
NAMES = st.lists(WORDS, min_size=1, max_size=4, unique=True).map(" ".join)
DAYS = st.none() | st.builds(
    PartialDate, st.integers(1990, 2012), st.integers(1, 12), st.integers(1, 28)
)
PEOPLE = st.builds(
    Identity,
    names=st.lists(NAMES, max_size=3).map(tuple),
    born=DAYS,
    is_estimated=st.booleans(),
    phones=st.lists(st.sampled_from(["+447700900123", "+447700900124", "0123"]), max_size=2).map(
        tuple
    ),
    nhs_number=st.sampled_from(["", VALID, OTHER_VALID, "9434765918"]),
    postcode=st.sampled_from(["", "LE2 0AA", "LE2 0AB", "DE1 1XX"]),
    address=st.sampled_from(["", "14 Madeup Road", "41 Madeup Rd Elsewhere", "Elsewhere 14"]),
)


@given(PEOPLE, PEOPLE)
def test_it_does_not_matter_which_comes_first(one, other) -> None:
    there, back = compare(one, other), compare(other, one)
    assert there.score == pytest.approx(back.score)
    assert set(there.reasons) == set(back.reasons)


@given(PEOPLE, PEOPLE)
def test_nobody_is_more_like_another_than_like_themselves(one, other) -> None:
    mine = replace(one, names=one.names[:1])
    yours = replace(other, names=other.names[:1])
    itself = max(compare(mine, mine).score, compare(yours, yours).score)
    assert compare(mine, yours).score <= itself + 0.001


@given(st.lists(WORDS, min_size=2, max_size=4, unique=True), PEOPLE)
def test_the_order_of_names_does_not_matter(words, other) -> None:
    scores = [
        compare(named(" ".join(order)), replace(other, born=None)).score
        for order in permutations(words)
    ]
    assert max(scores) == pytest.approx(min(scores))


@given(PEOPLE)
def test_everybody_is_found_by_their_own_keys(one) -> None:
    assert keys_of(one) == keys_of(one)
    assert all(value for _, value in keys_of(one))


# --- a list of people ---


def test_lines_that_are_both_one_person_with_a_third_are_one_person() -> None:
    """Moved and married: the first and the last say little of each other by themselves."""
    old, new = {"postcode": "LE2 0AA"}, {"postcode": "DE1 1XX"}
    first = named("Xanthippe Quill", born=BORN, **old)
    middle = named("Xanthippe Quill Zephyr", born=BORN, **new)
    last = named("Xanthippa Zephyr", born=PartialDate(2009, 11, 3), **new)
    assert (0, 1) not in same_in([first, last])
    assert set(same_in([first, middle, last])) == {(0, 1), (1, 2), (0, 2)}


def test_a_place_of_many_words_is_one_fact() -> None:
    """A surgery that is half the address of many tells less than its four words would."""
    everybody = [
        named(f"{first} {last}", address=f"{number} {street} Road")
        for number, (first, last, street) in enumerate(zip(GIVEN, FAMILY, STREETS, strict=False))
    ]
    everybody += [
        named(f"{name} Quill", address="Madeup Flint Surgery Annexe")
        for name in ("Ayaan", "Kofi", "Zara")
    ]
    assert same_in(everybody) == {}


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("mistakes", [1, 3, 5])
def test_a_made_up_crowd_is_told_apart(seed: int, mistakes: int) -> None:
    """The arm that needs no shared data: other names, another country, other rates of mistakes."""
    people, truth = crowd(random.Random(seed), people=300, again=200, mistakes=mistakes)
    found = measure(same_in(people), truth)
    assert found.precision >= 0.99
    assert found.recall >= 0.98
