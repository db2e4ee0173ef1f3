"""A list of people in a file: which of its lines are one person, and how well that was found."""

import csv
import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from math import log2
from pathlib import Path

from caseflow.kernel.errors import Problem
from caseflow.kernel.partial_date import NotADateError, PartialDate
from caseflow.kernel.phones import read_phone
from caseflow.people.keys import day_of
from caseflow.people.matching import (
    NO_FAMILIES,
    PLAIN_PLACES,
    Identity,
    Likeness,
    Rarity,
    compare,
)
from caseflow.people.spelling import sound, words_of

# What a column is called, where nobody says.
HEADINGS = {
    "name": "name full_name given_name first_name firstname forename given middle_name surname "
    "last_name lastname family_name",
    "alias": "alias known_as nickname",
    "born": "date_of_birth dob birth_date birthdate born",
    "phone": "phone mobile phone_number telephone",
    "nhs_number": "nhs_number nhs",
    "postcode": "postcode post_code zip zipcode",
    "address": "house_number street_number address address_1 address_2 street suburb town city "
    "county state",
}
TRUTH = re.compile(r"rec-(\d+)-(?:org|dup-\d+)")
MOST_TOGETHER = 60  # lines that share the same two facts; what more share tells nothing
SURER = 9.0  # bits beyond even odds, given how many people there are
DOUBT = 12.0  # bits that two lines may lack when a third is one person with both
_DAYS = (
    re.compile(r"(?P<y>\d{4})-?(?P<m>\d{2})-?(?P<d>\d{2})"),
    re.compile(r"(?P<d>\d{1,2})[/.-](?P<m>\d{1,2})[/.-](?P<y>\d{4})"),
)

Pair = tuple[int, int]


@dataclass(frozen=True)
class Measured:
    found: int
    right: int
    there: int

    @property
    def precision(self) -> float:
        return self.right / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        return self.right / self.there if self.there else 1.0


def read_list(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8-sig") as file:
        rows = csv.DictReader(file, skipinitialspace=True)
        return [{(k or "").strip(): (v or "").strip() for k, v in row.items()} for row in rows]


def columns_in(headings: Iterable[str], said: Mapping[str, str]) -> dict[str, list[str]]:
    """Field → its columns, in the file's order. ``said``: heading → field, for odd headings."""
    usual = {heading: what for what, many in HEADINGS.items() for heading in many.split()}
    found: dict[str, list[str]] = defaultdict(list)
    headings = list(headings)
    if missing := said.keys() - set(headings):
        raise Problem(f"There is no column {', '.join(sorted(missing))}.")
    for heading in headings:
        what = said.get(heading) or usual.get(re.sub(r"\W+", "_", heading.casefold()))
        if what:
            found[what].append(heading)
    if not found["name"]:
        raise Problem("Say which column holds the name, like --column Name=name.")
    return dict(found)


def identity_in(row: Mapping[str, str], columns: Mapping[str, Sequence[str]]) -> Identity:
    def said(what: str) -> list[str]:
        return [row[heading] for heading in columns.get(what, ()) if row[heading]]

    return Identity(
        names=tuple(filter(None, (" ".join(said("name")), *said("alias")))),
        born=born_in(" ".join(said("born"))),
        phones=tuple(read_phone(phone).e164 or phone for phone in said("phone")),
        nhs_number="".join(said("nhs_number")),
        postcode="".join(said("postcode")),
        address=" ".join(said("address")),
    )


def born_in(text: str) -> PartialDate | None:
    for written in _DAYS:
        if found := written.fullmatch(text):
            try:
                return PartialDate(int(found["y"]), int(found["m"]), int(found["d"]))
            except NotADateError:
                return None
    try:
        return PartialDate.parse(text)
    except NotADateError:
        return None


def same_in(people: Sequence[Identity]) -> dict[Pair, Likeness]:
    """The pairs of lines that are one person, by their places in the list."""
    rarity = _rarity(people)
    enough = log2(max(len(people), 2)) + SURER

    def alike(pair: Pair) -> Likeness:
        return compare(people[pair[0]], people[pair[1]], rarity=rarity, bits=NO_FAMILIES)

    found = {
        pair: like for pair in _worth_comparing(people) if (like := alike(pair)).score >= enough
    }
    for pair in _through_a_third(found):
        if (like := alike(pair)).score >= enough - DOUBT:
            found[pair] = like
    return found


def _worth_comparing(people: Sequence[Identity]) -> set[Pair]:
    together = defaultdict(list)
    for place, person in enumerate(people):
        for key in (*combinations(sorted(_facts(person)), 2), *_numbers(person)):
            together[key].append(place)
    return {
        pair
        for places in together.values()
        if len(places) <= MOST_TOGETHER
        for pair in combinations(places, 2)
    }


def _facts(person: Identity) -> set[str]:
    """Any two of them are enough to look at two people."""
    names = {word for name in person.names for word in words_of(name)}
    places = set(words_of(person.address)) - PLAIN_PLACES
    born = "" if person.born is None else f"{person.born.year}"
    said = {"year": born, "day": day_of(person), "home": person.postcode.replace(" ", "").upper()}
    return {
        *(f"name {sound(word)}" for word in names if len(word) > 1),
        *(f"number {word}" for word in places if not word.isalpha()),
        *(f"place {sound(word)}" for word in places if word.isalpha() and len(word) > 3),
        *(f"{what} {value}" for what, value in said.items() if value),
    }


def _numbers(person: Identity) -> set[str]:
    return {*person.phones, *filter(None, [person.nhs_number])}


def _through_a_third(found: Collection[Pair]) -> list[Pair]:
    """Pairs of which both are one person with a third line, and that are not found yet."""
    beside = defaultdict(set)
    for a, b in found:
        beside[a].add(b)
        beside[b].add(a)
    two = {pair for many in beside.values() for pair in combinations(sorted(many), 2)}
    return sorted(two - set(found))


def _rarity(people: Sequence[Identity]) -> Rarity:
    """How rare each word is in this very list."""
    names = Counter(w for p in people for w in {w for name in p.names for w in words_of(name)})
    places = Counter(word for person in people for word in set(words_of(person.address)))
    beside = Counter(two for person in people for two in set(pairwise(words_of(person.address))))
    return Rarity(
        {word: many / len(people) for word, many in names.items()},
        {word: many / len(people) for word, many in places.items()},
        {two: many / places[two[0]] for two, many in beside.items()},
    )


def truth_in(rows: Sequence[Mapping[str, str]], same: str | None) -> list[str] | None:
    """Who each line really is: the column ``same``, or FEBRL's rec_id where there is one."""
    if same is not None:
        if rows and same not in rows[0]:
            raise Problem(f"There is no column {same}.")
        return [row[same] for row in rows]
    found = [TRUTH.fullmatch(row.get("rec_id", "")) for row in rows]
    return [one[1] for one in found if one] if rows and all(found) else None


def measure(found: Iterable[Pair], truth: Sequence[str]) -> Measured:
    pairs = set(found)
    there = sum(many * (many - 1) // 2 for many in Counter(truth).values())
    return Measured(len(pairs), sum(truth[a] == truth[b] for a, b in pairs), there)
