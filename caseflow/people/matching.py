"""Whether two descriptions are of one person: Fellegi and Sunter's sum of evidence, in bits.

Each thing that both descriptions say adds log2(how often it agrees for one person / how often for
two). A name that many people have is worth less than a rare one. What a household shares, an
address or a number, counts for little where the names say that they are two.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise, permutations, product
from math import log2

from jellyfish import damerau_levenshtein_distance as changes

from caseflow.kernel.nhs_number import read_nhs_number
from caseflow.kernel.partial_date import DatePrecision, PartialDate
from caseflow.people.spelling import alike, words_of

LIKELY, POSSIBLE = 20.0, 10.0  # bits
DEFAULTS: dict[str, float] = {
    "born": 11.0, "born_turned": 8.0, "born_near": 6.0, "born_far": 1.0, "born_other": -5.0,
    "born_month": 7.0, "born_year": 3.0, "born_about": 2.0,
    "name_other": -7.0, "name_most": 11.0, "name_twice": -1.0,
    "phone": 10.0, "phone_end": 6.0, "nhs": 20.0, "nhs_near": 8.0, "nhs_other": -10.0,
    "postcode": 8.0, "postcode_near": 4.0, "postcode_area": 2.0, "postcode_other": -1.0,
    "address_most": 12.0, "address_other": -1.5, "household_apart": 0.1,
}  # fmt: skip
# For a list of anybody, where an address is seldom shared: the same, without regard to families.
NO_FAMILIES = DEFAULTS | {"household_apart": 1.0, "address_most": 24.0, "name_other": -5.0}
# How many in ten thousand have the name: censuses, registers of births, and this county's own.
COMMON = {
    "mohammed": 100, "muhammad": 100, "mohammad": 60, "mohamed": 60, "smith": 110, "patel": 120,
    "singh": 100, "kaur": 90, "khan": 80, "ahmed": 70, "hussain": 60, "ali": 70, "begum": 50,
    "jones": 70, "williams": 55, "taylor": 55, "brown": 55, "davies": 40, "evans": 35, "wilson": 35,
    "thomas": 50, "johnson": 35, "roberts": 30, "walker": 30, "wright": 30, "robinson": 30,
    "thompson": 30, "white": 30, "hughes": 25, "edwards": 25, "green": 25, "hall": 25, "wood": 25,
    "harris": 25, "lewis": 30, "martin": 25, "jackson": 30, "clarke": 25, "clark": 25, "shah": 30,
    "begam": 20, "bibi": 30, "akhtar": 20, "james": 90, "jack": 90, "david": 90, "daniel": 80,
    "john": 80, "michael": 70, "joshua": 60, "matthew": 60, "oliver": 60, "harry": 60, "adam": 50,
    "ryan": 50, "luke": 50, "jordan": 50, "liam": 45, "connor": 40, "kyle": 30, "tyler": 35,
    "joseph": 55, "samuel": 50, "william": 60, "george": 50, "benjamin": 45, "alexander": 50,
    "christopher": 50, "robert": 50, "jessica": 55, "emily": 55, "chloe": 50, "sophie": 50,
    "charlotte": 45, "emma": 45, "sarah": 45, "hannah": 40, "olivia": 45, "amelia": 40, "aisha": 30,
    "fatima": 30, "maria": 30, "leah": 25, "megan": 35, "lauren": 30, "mary": 40, "ibrahim": 25,
    "yusuf": 25, "hassan": 25, "abdul": 40, "omar": 20, "zainab": 20, "maryam": 20, "lee": 30,
}  # fmt: skip
_PLACES = """
    street st road rd avenue ave lane ln close cl drive dr way place pl court ct crescent cres
    gardens grove terrace flat unit house the park hill green north south east west
    leicester leicestershire rutland uk england
"""
PLAIN_PLACES = frozenset(_PLACES.split())
_USUAL = 1 / 500  # the share of a name that is in no table
_NEXT = 1 / 4
_MOST_OF_A_WORD = 9
_ONE_WORD = 0.6
_RAREST = 1 / 3000


@dataclass(frozen=True)
class Rarity:
    """Shares of people who have a word in their name or address, by the word."""

    names: Mapping[str, float] = field(
        default_factory=lambda: {name: many / 10_000 for name, many in COMMON.items()}
    )
    places: Mapping[str, float] = field(default_factory=lambda: dict.fromkeys(PLAIN_PLACES, 0.2))
    # Of those who have the first of two neighbouring words, how many have the second after it.
    followed: Mapping[tuple[str, str], float] = field(default_factory=dict)

    def of_name(self, word: str) -> float:
        return max(self.names.get(word, _USUAL), _RAREST)

    def of_place(self, word: str) -> float:
        return max(self.places.get(word, _USUAL * 4), _RAREST)

    def of_next(self, before: str, word: str) -> float:
        """What is one name of two words is one fact: "Flynn" is no news after "John". A number
        says the same whatever stands beside it."""
        if before.isalpha() and word.isalpha() and before not in PLAIN_PLACES:
            return max(self.followed.get((before, word), _NEXT), self.of_place(word))
        return self.of_place(word)


USUAL = Rarity()


@dataclass(frozen=True)
class Identity:
    """What is said of one person. ``names``: each whole name they go by, its words in any order.
    ``phones`` as ``read_phone`` writes them, or only their last digits."""

    names: tuple[str, ...] = ()
    born: PartialDate | None = None
    is_estimated: bool = False
    phones: tuple[str, ...] = ()
    nhs_number: str = ""
    postcode: str = ""
    address: str = ""


@dataclass(frozen=True)
class Evidence:
    """``kind``: name, born, phone, nhs, postcode, address. ``words`` are empty when it says
    nothing that a person would want to read."""

    kind: str
    bits: float
    words: str = ""


@dataclass(frozen=True)
class Likeness:
    score: float
    evidence: tuple[Evidence, ...] = ()

    @property
    def reasons(self) -> list[str]:
        """The strongest first."""
        for_it = sorted(self.evidence, key=lambda one: -abs(one.bits))
        return list(dict.fromkeys(one.words for one in for_it if one.words))

    @property
    def because(self) -> str:
        """The reasons as one sentence."""
        said = "; ".join(self.reasons)
        return said[:1].upper() + said[1:]

    @property
    def in_words(self) -> str:
        if self.score >= LIKELY:
            return "Very likely the same"
        return "May be the same" if self.score >= POSSIBLE else "Not very alike"


def compare(
    one: Identity,
    other: Identity,
    *,
    rarity: Rarity = USUAL,
    bits: Mapping[str, float] = DEFAULTS,
) -> Likeness:
    names, apart = _names(one.names, other.names, rarity, bits)
    household = [
        *_phones(one.phones, other.phones, bits),
        *_postcodes(one.postcode, other.postcode, bits),
        *_addresses(one.address, other.address, rarity, bits),
    ]
    if apart:
        household = [_less(found, bits["household_apart"]) for found in household]
    found = (*names, *_births(one, other, bits), *_nhs(one, other, bits), *household)
    return Likeness(sum(evidence.bits for evidence in found), found)


def _less(found: Evidence, share: float) -> Evidence:
    return Evidence(found.kind, found.bits * share if found.bits > 0 else found.bits, found.words)


# --- names ---


def _names(
    ours: Iterable[str], theirs: Iterable[str], rarity: Rarity, bits: Mapping[str, float]
) -> tuple[list[Evidence], bool]:
    """Of all the names each goes by, the two that are most alike; and whether even those are
    plainly two people's."""
    pairs = [
        pair
        for mine, yours in product(map(words_of, ours), map(words_of, theirs))
        if mine and yours
        for pair in _joined(mine, yours, rarity, bits)
    ]
    if not pairs:
        return [], False
    return max(pairs, key=lambda pair: sum(found.bits for found in pair[0]))


def _joined(
    mine: tuple[str, ...], yours: tuple[str, ...], rarity: Rarity, bits: Mapping[str, float]
) -> Iterator[tuple[list[Evidence], bool]]:
    """As they are written; and where that leaves words over, with two words of the longer name as
    one: "Abdul Rahman" and "Abdulrahman", "Mc Donald" and "Macdonald"."""
    yield _name(mine, yours, rarity, bits)
    short, long = sorted((mine, yours), key=len)
    for first, second in permutations(long, 2) if len(short) < len(long) else ():
        one = first + second
        if any(alike(one, word)[0] >= _ONE_WORD for word in short):
            others = [word for word in long if word not in (first, second)]
            yield _name(short, (one, *others), rarity, bits)


def _name(
    mine: tuple[str, ...], yours: tuple[str, ...], rarity: Rarity, bits: Mapping[str, float]
) -> tuple[list[Evidence], bool]:
    """The best pairing of their words, the most alike first. A word too many is a middle name; a
    word too many on both sides is another name."""
    ranked = sorted(
        ((*alike(a, b), a, b) for a, b in product(mine, yours)),
        key=lambda found: (-found[0], *sorted(found[2:])),
    )
    left, right, found = list(mine), list(yours), []
    for share, how, a, b in ranked:
        if share > 0 and a in left and b in right:
            left.remove(a)
            right.remove(b)
            found.append(_word(share, how, a, b, rarity, bits))
    others = min(len(left), len(right))
    if others:
        found.append(Evidence("name", others * bits["name_other"], _other_words(left, right)))
    return found, others > 0


def _word(
    share: float, how: str, one: str, other: str, rarity: Rarity, bits: Mapping[str, float]
) -> Evidence:
    common = max(rarity.of_name(one), rarity.of_name(other))
    worth = min(-log2(common), bits["name_most"])
    return Evidence("name", share * worth, _name_words(how, *sorted((one, other), key=_by_length)))


def _by_length(word: str) -> tuple[int, str]:
    return len(word), word


def _name_words(how: str, one: str, other: str) -> str:
    short, long = one.title(), other.title()
    return {
        "same": f"{long}: the same name",
        "short": f"{short} is short for {long}",
        "heard": f"{short} sounds like {long}",
        "spelt": f"{short} is spelt nearly like {long}",
        "form": f"{short} is a form of {long}",
        "begins": f"{long} begins with {short}",
        "ends": f"{long} ends with {short}",
        "initial": f"{short} may stand for {long}",
    }[how]


def _other_words(left: list[str], right: list[str]) -> str:
    one, other = sorted((left[0].title(), right[0].title()))
    return f"but {one} is not {other}"


# --- date of birth ---


def _births(one: Identity, other: Identity, bits: Mapping[str, float]) -> Iterator[Evidence]:
    if one.born is None or other.born is None:
        return
    name, words = _birth(one.born, other.born, one.is_estimated or other.is_estimated)
    if name:
        yield Evidence("born", bits[name], words)


def _birth(a: PartialDate, b: PartialDate, is_estimated: bool) -> tuple[str, str]:
    if is_estimated:
        apart = abs(a.year - b.year)
        if apart <= 2:
            return "born_about", "about the same age"
        return ("born_other", "but not of one age") if apart > 3 else ("", "")
    if DatePrecision.YEAR in (a.precision, b.precision):
        return _same(a.year == b.year, "born_year", "born in the same year")
    if DatePrecision.MONTH in (a.precision, b.precision):
        return _same((a.year, a.month) == (b.year, b.month), "born_month", "born in the same month")
    if a == b:
        return "born", "same date of birth"
    if (a.year, a.month, a.day) == (b.year, b.day, b.month):
        return "born_turned", "date of birth with day and month turned round"
    off = changes(f"{a:}".replace("-", ""), f"{b:}".replace("-", ""))
    if off == 1:
        return "born_near", "date of birth with one digit different"
    return ("born_far", "") if off == 2 else ("born_other", "but another date of birth")


def _same(agrees: bool, name: str, words: str) -> tuple[str, str]:
    return (name, words) if agrees else ("born_other", "but another date of birth")


# --- numbers ---


def _nhs(one: Identity, other: Identity, bits: Mapping[str, float]) -> Iterator[Evidence]:
    a, b = read_nhs_number(one.nhs_number), read_nhs_number(other.nhs_number)
    if a.digits is None or b.digits is None:
        return
    if a.digits == b.digits and a.is_identity:
        yield Evidence("nhs", bits["nhs"], "same NHS number")
    elif a.is_identity and b.is_identity:
        yield Evidence("nhs", bits["nhs_other"], "but another NHS number")
    elif changes(a.digits, b.digits) <= 1 and len(set(a.digits)) > 1:
        yield Evidence("nhs", bits["nhs_near"], "NHS number with one digit different")


ENDING = 4


def _phones(
    ours: tuple[str, ...], theirs: tuple[str, ...], bits: Mapping[str, float]
) -> Iterator[Evidence]:
    if set(ours) & set(theirs):
        yield Evidence("phone", bits["phone"], "same phone number")
        return
    ends = {
        min(len(a), len(b))
        for a, b in product(ours, theirs)
        if min(len(a), len(b)) >= ENDING and (a.endswith(b) or b.endswith(a))
    }
    if ends:
        digits = max(ends)
        worth = bits["phone_end"] + min(digits - ENDING, 2)
        yield Evidence("phone", worth, f"last {digits} of phone")


# --- where they live ---


def _postcodes(a: str, b: str, bits: Mapping[str, float]) -> Iterator[Evidence]:
    a, b = (text.replace(" ", "").upper() for text in (a, b))
    if not a or not b:
        return
    if a == b:
        yield Evidence("postcode", bits["postcode"], "same postcode")
    elif changes(a, b) == 1:
        yield Evidence("postcode", bits["postcode_near"], "postcode nearly the same")
    elif len(a) > 4 and len(b) > 4 and a[:-3] == b[:-3]:
        yield Evidence("postcode", bits["postcode_area"], "same part of town")
    else:
        yield Evidence("postcode", bits["postcode_other"])


def _addresses(a: str, b: str, rarity: Rarity, bits: Mapping[str, float]) -> Iterator[Evidence]:
    """Words in any order: a street may stand in the line for the town."""
    mine, yours = _with_neighbours(a), _with_neighbours(b)
    if not mine or not yours:
        return
    shared = _shared(mine, yours)
    worth = sum(
        share * min(-log2(_share(one, mine[one], other, yours[other], rarity)), _MOST_OF_A_WORD)
        for one, other, share in shared
    )
    if worth > 3:
        yield Evidence("address", min(worth, bits["address_most"]), "address alike")
    elif not shared:
        yield Evidence("address", bits["address_other"])


def _with_neighbours(address: str) -> dict[str, str]:
    """Each word, and the word before it."""
    words = words_of(address)
    return {word: before for before, word in reversed([*pairwise(("", *words))])}


def _shared(mine: Iterable[str], yours: Iterable[str]) -> list[tuple[str, str, float]]:
    """(ours, theirs, share), each word once."""
    same = sorted(set(mine) & set(yours))
    left, right = sorted(set(mine) - set(same)), sorted(set(yours) - set(same))
    found = [(word, word, 1.0) for word in same]
    near = sorted(
        (changes(a, b), *sorted((a, b)), a, b) for a, b in product(left, right) if _is_near(a, b)
    )
    for *_, one, other in near:
        if one in left and other in right:
            left.remove(one)
            right.remove(other)
            found.append((one, other, 0.7))
    return found


def _share(one: str, before: str, other: str, earlier: str, rarity: Rarity) -> float:
    """How many have this word, where the one before it is known to be shared as well."""
    if before and earlier and (before == earlier or _is_near(before, earlier)):
        return max(rarity.of_next(before, one), rarity.of_next(earlier, other))
    return max(rarity.of_place(one), rarity.of_place(other))


def _is_near(one: str, other: str) -> bool:
    return min(len(one), len(other)) > 4 and changes(one, other) <= 2
