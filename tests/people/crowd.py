"""A crowd of made-up people, some of them written down again with mistakes."""

import random
import string
from dataclasses import replace

from caseflow.kernel.partial_date import PartialDate
from caseflow.people.matching import Identity

GIVEN = """
    Aaliyah Adam Aisha Amir Amina Ben Callum Chloe Connor Daniel Dawid Ebony Ethan Fatima Femi
    Grace Hamza Hannah Ibrahim Imran Jack Jade Jakub James Jordan Joshua Kacper Kai Kiran Leah
    Leon Liam Maryam Mason Mia Mohammed Naomi Nathan Noah Olivia Omar Priya Rhys Ruby Ryan Samir
    Sana Sophie Tariq Tyler Umar Yusuf Zainab Zara
""".split()  # noqa: SIM905
FAMILY = """
    Abdi Adebayo Ahmed Ali Akhtar Bailey Baker Begum Bibi Brown Chauhan Chowdhury Clarke Davies
    Desai Edwards Evans Farah Green Hall Harris Hassan Hussain Iqbal Jackson Jones Kaur Khan King
    Kowalski Lewis Mahmood Mistry Mohamed Morgan Nowak Okafor Parmar Patel Price Rahman Robinson
    Shah Singh Smith Solanki Taylor Thomas Turner Walker Ward Warsame White Williams Wright Young
""".split()  # noqa: SIM905
_STARTS = ("Ash", "Beech", "Clay", "Dun", "Elm", "Fern", "Glen", "Hazel", "Iris", "Kes", "Lark")
_ENDS = ("field", "worth", "ley", "ton", "by", "mere")
STREETS = [start + end for start in _STARTS for end in _ENDS]


def crowd(
    dice: random.Random, *, people: int, again: int, mistakes: int
) -> tuple[list[Identity], list[str]]:
    """(everybody, who each really is): ``again`` of them are there twice."""
    everybody = [_somebody(dice) for _ in range(people)]
    who = list(range(people))
    for number in dice.sample(who[:people], again):
        worse = everybody[number]
        for _ in range(mistakes):
            worse = _mistaken(worse, dice)
        everybody.append(worse)
        who.append(number)
    order = dice.sample(range(len(who)), len(who))
    return [everybody[place] for place in order], [str(who[place]) for place in order]


def _somebody(dice: random.Random) -> Identity:
    return Identity(
        names=(f"{dice.choice(GIVEN)} {dice.choice(FAMILY)}",),
        born=PartialDate(dice.randint(1960, 2012), dice.randint(1, 12), dice.randint(1, 28)),
        phones=(f"+447700{dice.randint(900_000, 999_999)}",),
        postcode=f"LE{dice.randint(1, 19)} {dice.randint(0, 9)}{_letters(dice, 2).upper()}",
        address=f"{dice.randint(1, 180)} {dice.choice(STREETS)} Road, {dice.choice(STREETS)}",
    )


def _letters(dice: random.Random, many: int) -> str:
    return "".join(dice.choices(string.ascii_lowercase, k=many))


def _mistaken(one: Identity, dice: random.Random) -> Identity:
    kind = dice.choice(["turn", "typo", "typo", "day", "swap", "phone", "no born", "home", "post"])
    words, born = one.names[0].split(), one.born
    if kind == "turn":
        return replace(one, names=(" ".join(reversed(words)),))
    if kind == "typo":
        place = dice.randrange(len(words))
        words[place] = _typo(words[place], dice)
        return replace(one, names=(" ".join(words),))
    if kind == "day" and born and born.month and born.day:
        return replace(one, born=PartialDate(born.year, born.month, born.day % 28 + 1))
    if kind == "swap" and born and born.day and born.day <= 12:
        return replace(one, born=PartialDate(born.year, born.day, born.month))
    if kind == "phone":
        return replace(one, phones=())
    if kind == "no born":
        return replace(one, born=None)
    if kind == "home":
        return replace(one, address=_typo(one.address, dice))
    return replace(one, postcode=one.postcode[:-1] + dice.choice("ABDEFG"))


def _typo(word: str, dice: random.Random) -> str:
    at = dice.randrange(max(len(word) - 1, 1))
    middle = dice.choice([word[at + 1 : at + 2] + word[at : at + 1], _letters(dice, 1), ""])
    return word[:at] + middle + word[at + (2 if len(middle) == 2 else 1) :]
