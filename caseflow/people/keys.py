"""What a person is looked for by: the few others who share a key are compared in full.

Each key survives another kind of mistake: a misspelt name, a turned date, a number that changed.
"""

from collections.abc import Iterator
from itertools import combinations, permutations

from caseflow.kernel.words import Words
from caseflow.people.matching import ENDING, PLAIN_PLACES, Identity
from caseflow.people.spelling import other_forms_of, sound, words_of

MOST_PAIRED = 4
MOST_HOUSE = 3
MOST_FORMS = 12


class KeyKind(Words):
    NAMES = "names", "Two words of a name, as they sound"
    NAMES_YEAR = "names_year", "The same, and the year of birth"
    NAME_YEAR = "name_year", "One word of a name, and the year of birth"
    NAME_DAY = "name_day", "One word of a name, and the day and month of birth"
    BORN = "born", "Date of birth; day and month in either order"
    NAME_HOME = "name_home", "One word of a name, and the postcode"
    HOME_BORN = "home_born", "The postcode, and the year of birth"
    HOUSE = "house", "The number of a house, and one word of its address"
    PHONE = "phone", "A phone number"
    PHONE_END = "phone_end", "The last digits of one"
    NHS = "nhs", "NHS number"


# The narrowest first; and what reaches the database only as a blind index.
BLIND = frozenset(
    {KeyKind.NAME_HOME, KeyKind.HOME_BORN, KeyKind.HOUSE, KeyKind.PHONE, KeyKind.PHONE_END}
)
Key = tuple[KeyKind, str]


def keys_of(person: Identity) -> set[Key]:
    return {key for key in _keys(person) if key[1]}


def keys_of_forms(person: Identity) -> set[Key]:
    """What is looked for besides: those who go by another form of a name, Bob by Robert."""
    return {
        (KeyKind.NAMES, f"{sound(form)} {sound(other)}")
        for name in person.names
        for one, other in permutations(words_of(name)[:MOST_PAIRED], 2)
        for form in sorted(other_forms_of(one))[:MOST_FORMS]
    }


def _keys(person: Identity) -> Iterator[Key]:
    year = "" if person.born is None else f"{person.born.year}"
    day = day_of(person)
    home = person.postcode.replace(" ", "").upper()
    for name in person.names:
        sounds = [sound(word) for word in words_of(name)][:MOST_PAIRED]
        yield from _of_words(sounds, year, day, home)
        yield from _of_pairs(sounds, year)
    yield KeyKind.BORN, _both(year, day)
    yield KeyKind.HOME_BORN, _both(home, year)
    yield from _house(person.address)
    yield from _numbers(person)


def _both(one: str, other: str) -> str:
    return f"{one} {other}" if one and other else ""


def _of_words(sounds: list[str], year: str, day: str, home: str) -> Iterator[Key]:
    for one in sounds:
        if len(one) > 1:  # "Lee" and "Leah" are one letter, and half the world's
            yield KeyKind.NAME_YEAR, _both(one, year)
            yield KeyKind.NAME_DAY, _both(one, day)
            yield KeyKind.NAME_HOME, _both(one, home)


def _of_pairs(sounds: list[str], year: str) -> Iterator[Key]:
    for one, other in permutations(sounds, 2):
        yield KeyKind.NAMES, f"{one} {other}"
    for pair in combinations(sorted(sounds), 2):
        yield KeyKind.NAMES_YEAR, _both(" ".join(pair), year)


def _house(address: str) -> Iterator[Key]:
    words = words_of(address)
    number = next((word for word in words if word[0].isdigit()), "")
    telling = [word for word in words if word.isalpha() and word not in PLAIN_PLACES]
    for word in telling[:MOST_HOUSE] if number else ():
        yield KeyKind.HOUSE, f"{number} {sound(word)}"


def day_of(person: Identity) -> str:
    """Day and month of birth, in either order; "" where they are not known."""
    born = person.born
    if born is None or person.is_estimated or not born.month or not born.day:
        return ""
    return "{:02d}-{:02d}".format(*sorted((born.month, born.day)))


def _numbers(person: Identity) -> Iterator[Key]:
    for phone in person.phones:
        yield KeyKind.PHONE, phone
        yield KeyKind.PHONE_END, phone[-ENDING:] if len(phone) >= ENDING else ""
    yield KeyKind.NHS, "".join(c for c in person.nhs_number if c.isdigit())


def beginnings_of(person: Identity) -> set[str]:
    """How a key of NAMES begins while the last word of the name is being typed."""
    found = set()
    for name in person.names:
        *before, last = [sound(word) for word in words_of(name)] or [""]
        found |= {f"{one} {last}" for one in before[:MOST_PAIRED]}
    return found
