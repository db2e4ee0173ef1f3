"""One word of a name beside another: written, heard, shortened, in another script.

What two words share is a share of what the word itself is worth: 1 for the same word.
"""

import re
from functools import lru_cache

from anyascii import anyascii
from jellyfish import damerau_levenshtein_distance as changes
from jellyfish import jaro_winkler_similarity
from nicknames import NickNamer

from caseflow.kernel.names import fold

LONGEST = 40  # of one word
MOST_WORDS = 8
_SHORT_FOR = NickNamer()
# Not in the list of nicknames, and written on many a ward's board.
_ALSO_SHORT = dict.fromkeys(("mo", "moh", "mohd", "mhd", "md", "muhd"), "mohammed")
# At the start of a word Arabic script writes a vowel that would be lost.
_FIRST_VOWEL = re.compile(r"(?:(?<=\s)|^)[اآأإٱعٱ]")
_LETTERS = (
    ("sch", "s"), ("ph", "f"), ("ck", "k"), ("chr", "kr"), ("sh", "s"), ("kh", "k"), ("gh", "g"),
    ("th", "t"), ("dh", "d"), ("bh", "b"), ("ch", "C"), ("wr", "r"), ("ce", "s"), ("ci", "s"),
    ("cy", "s"), ("ge", "j"), ("gi", "j"), ("dj", "j"), ("x", "ks"), ("qu", "k"), ("q", "k"),
)  # fmt: skip
_ALIKE = str.maketrans("zdbv", "stpf")


@lru_cache(maxsize=20_000)
def words_of(text: str) -> tuple[str, ...]:
    """The words in our letters, lower case, without marks: "Şükrü O'Neil" → sukru, oneil."""
    plain = anyascii(_FIRST_VOWEL.sub("a", text)).replace("'", "").replace("`", "")
    return tuple(word[:LONGEST] for word in fold(plain).split()[:MOST_WORDS])


@lru_cache(maxsize=20_000)
def sound(word: str) -> str:
    """The consonants as they are heard, so that spelling and missing vowels do not count:
    Mohammed, Muhamad and محمد are one; so are Sean and Shaun, Stephen and Steven."""
    for written, heard in _LETTERS:
        word = word.replace(written, heard)
    word = word.replace("c", "k").translate(_ALIKE)
    first = "a" if word[:1] in "aeiou" else word[:1]
    once = re.sub(r"(.)\1+", r"\1", word)
    return first + re.sub("[aeiouywh]", "", once[1:])


@lru_cache(maxsize=20_000)
def _long_for(word: str) -> frozenset[str]:
    if word in _ALSO_SHORT:
        return frozenset({_ALSO_SHORT[word]})
    return frozenset(_SHORT_FOR.canonicals_of(word))


def is_short_for(short: str, long: str) -> bool:
    return any(long == full or _is_heard_as(long, full) for full in _long_for(short))


def _is_heard_as(one: str, other: str) -> bool:
    return sound(one) == sound(other) and jaro_winkler_similarity(one, other) > 0.8


@lru_cache(maxsize=100_000)
def alike(one: str, other: str) -> tuple[float, str]:
    """(share, how): how much of the word's worth they share, and how in a word or two."""
    if one == other:
        return 1.0, "same"
    if min(len(one), len(other)) == 1:
        return (0.15, "initial") if one[0] == other[0] else (0.0, "")
    if is_short_for(one, other) or is_short_for(other, one):
        return 0.7, "short"
    if _long_for(one) & _long_for(other):
        return 0.6, "short"
    return _written_alike(one, other)


def _written_alike(one: str, other: str) -> tuple[float, str]:
    shorter, longer = sorted((one, other), key=len)
    off, heard = changes(one, other), sound(one) == sound(other)
    closeness = jaro_winkler_similarity(one, other)
    if off == 1 and len(longer) >= 4:
        return 0.8, "spelt"
    if heard and closeness > 0.7:
        return 0.75, "heard"
    if off == 2 and len(longer) >= 6:
        return 0.6, "spelt"
    if len(shorter) >= 3 and longer.startswith(shorter):
        return 0.45, "begins"
    if len(shorter) == 2 and longer.startswith(shorter):
        return 0.2, "begins"
    if (closeness > 0.9 and len(shorter) >= 4) or (off == 3 and len(shorter) >= 8):
        return 0.4, "spelt"
    return (0.3, "heard") if heard and len(shorter) >= 3 else (0.0, "")
