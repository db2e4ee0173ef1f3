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
from caseflow.people.forms_of_names import FORMS

LONGEST = 40  # of one word
MOST_WORDS = 8
_NICKNAMES = NickNamer()
# At the start of a word Arabic script writes a vowel that would be lost.
_FIRST_VOWEL = re.compile(r"(?:(?<=\s)|^)[اآأإٱعٱ]")
# As most families here say them: Usman, Reza.
_SAID = str.maketrans({"ث": "s", "ذ": "z", "ض": "z", "ظ": "z"})
_LETTERS = (
    ("sch", "s"), ("ph", "f"), ("ck", "k"), ("chr", "kr"), ("sh", "s"), ("kh", "k"), ("gh", "g"),
    ("th", "t"), ("dh", "d"), ("bh", "b"), ("ch", "C"), ("wr", "r"), ("ce", "s"), ("ci", "s"),
    ("cy", "s"), ("ge", "j"), ("gi", "j"), ("dj", "j"), ("x", "ks"), ("qu", "k"), ("q", "k"),
)  # fmt: skip
_ALIKE = str.maketrans("zdbv", "stpf")


@lru_cache(maxsize=20_000)
def words_of(text: str) -> tuple[str, ...]:
    """The words in our letters, lower case, without marks: "Şükrü O'Neil" → sukru, oneil."""
    plain = anyascii(_FIRST_VOWEL.sub("a", text).translate(_SAID)).replace("'", "").replace("`", "")
    return tuple(word[:LONGEST] for word in fold(plain).split()[:MOST_WORDS])


@lru_cache(maxsize=20_000)
def sound(word: str) -> str:
    """The consonants as they are heard, so that spelling and missing vowels do not count:
    Mohammed, Muhamad and محمد are one; so are Sean and Shaun, Stephen and Steven."""
    for written, heard in _LETTERS:
        word = word.replace(written, heard)
    word = word.replace("c", "k").translate(_ALIKE)
    first = "a" if word[:1] in "aeiou" else word[:1]
    return re.sub(r"(.)\1+", r"\1", first + re.sub("[aeiouywh]", "", word[1:]))


@lru_cache(maxsize=20_000)
def _long_for(word: str) -> frozenset[str]:
    return frozenset(_NICKNAMES.canonicals_of(word))


@lru_cache(maxsize=20_000)
def other_forms_of(word: str) -> frozenset[str]:
    """Every form of the name that is written down somewhere: robert → bob, rob, bobby."""
    listed = _long_for(word) | frozenset(_NICKNAMES.nicknames_of(word))
    return (listed | frozenset(FORMS.get(word, ()))) - {word}


def is_short_for(short: str, long: str) -> bool:
    return any(long == full or _is_heard_as(long, full) for full in _long_for(short))


def _is_bare_form_of(one: str, other: str) -> bool:
    return _is_bare(other) and sound(other) in map(sound, FORMS.get(one, ()))


def _is_heard_as(one: str, other: str) -> bool:
    return sound(one) == sound(other) and jaro_winkler_similarity(one, other) > 0.8


def _is_bare(word: str) -> bool:
    """Without vowels, as Arabic script leaves it."""
    return len(word) > 2 and not re.search("[aeiou]", word[1:])


@lru_cache(maxsize=100_000)
def alike(one: str, other: str) -> tuple[float, str]:
    """(share, how): how much of the word's worth they share, and how in a word or two."""
    if one == other:
        return 1.0, "same"
    if min(len(one), len(other)) == 1:
        return (0.15, "initial") if one[0] == other[0] else (0.0, "")
    if is_short_for(one, other) or is_short_for(other, one):
        return 0.7, "short"
    if other in FORMS.get(one, ()):
        return 0.7, "form"
    if _long_for(one) & _long_for(other):
        return 0.6, "form"
    if _is_bare_form_of(one, other) or _is_bare_form_of(other, one):
        return max((0.7, "heard"), _written_alike(one, other))
    return _written_alike(one, other)


def _written_alike(one: str, other: str) -> tuple[float, str]:
    return max(_by_ear(one, other), _by_eye(one, other), _in_part(*sorted((one, other), key=len)))


def _by_ear(one: str, other: str) -> tuple[float, str]:
    if sound(one) != sound(other):
        return 0.0, ""
    if jaro_winkler_similarity(one, other) > 0.7:
        return 0.75, "heard"
    if _is_bare(one) or _is_bare(other):
        return 0.5, "heard"
    return (0.3, "heard") if min(len(one), len(other)) >= 3 else (0.0, "")


def _by_eye(one: str, other: str) -> tuple[float, str]:
    shorter, longer = sorted((len(one), len(other)))
    off = changes(one, other)
    if off == 1 and longer >= 4:
        return 0.8, "spelt"
    if off == 2 and longer >= 6:
        return 0.6, "spelt"
    near = shorter >= 4 and jaro_winkler_similarity(one, other) > 0.9
    return (0.4, "spelt") if near or (off == 3 and shorter >= 8) else (0.0, "")


def _in_part(shorter: str, longer: str) -> tuple[float, str]:
    if longer.startswith(shorter):
        return 0.2 if len(shorter) == 2 else 0.45, "begins"
    ends = longer.endswith(shorter) and len(shorter) >= 4 and len(longer) >= 7
    return (0.45, "ends") if ends else (0.0, "")
