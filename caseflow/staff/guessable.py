"""Is a password among the first that somebody would try? Offline and pure. Source: R1.

common_passwords.txt: the 10,000 best-known and some longer ones, the best-known first. It is no
list of the top 100,000: what stands for the rest is that a well-known word does not get better by
being repeated, by digits around it, or by 3 for e and @ for a.
"""

from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from itertools import pairwise

OURS = frozenset(
    {
        "administrator", "casework", "caseflow", "emergency", "foxes", "glenfield", "hospital",
        "infirmary", "intervention", "leicester", "leicestershire", "police", "programme",
        "reduction", "referral", "royal", "safeguarding", "supervisor", "trauma", "violence",
        "vrn", "vru", "nhs", "ward", "worker", "youth",
    }
)  # fmt: skip
ROWS = ("1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm", "abcdefghijklmnopqrstuvwxyz")
LEET = str.maketrans("013457@$!|", "oleastasil")
SHORTEST_STEM = 4
SHORT = 11
BEST_KNOWN = 2_000


def is_guessable(password: str, *, context: Iterable[str] = ()) -> bool:
    """``context``: words that belong to whose password it is, and to where they work."""
    bare = password.casefold()
    return (
        bare in _common()
        or len(set(bare)) < 5
        or _is_repeated(bare)
        or _is_walked(bare)
        or _is_made_of_known_words(bare, context)
    )


@cache
def _common() -> dict[str, int]:
    """Each with its place in the list."""
    text = files("caseflow.staff").joinpath("common_passwords.txt").read_text(encoding="utf-8")
    return {word: place for place, word in enumerate(text.split())}


def _is_repeated(bare: str) -> bool:
    """Something short, again and again: what is typed is as short as that."""
    longest = min(len(bare) // 2, SHORT)
    return any(bare == (bare[:length] * len(bare))[: len(bare)] for length in range(1, longest + 1))


def _is_walked(bare: str) -> bool:
    """From key to neighbouring key, or along the alphabet, nearly all the way."""
    steps = sum(_are_neighbours(*pair) for pair in pairwise(bare))
    return steps >= 0.75 * (len(bare) - 1)


def _are_neighbours(one: str, other: str) -> bool:
    return one == other or any(
        abs(row.index(one) - row.index(other)) == 1 for row in ROWS if one in row and other in row
    )


def _is_made_of_known_words(bare: str, context: Iterable[str]) -> bool:
    ours = sorted(OURS | _words_of(context), key=len, reverse=True)
    return any(_is_known(letters, ours) for letters in _readings(bare))


def _words_of(context: Iterable[str]) -> set[str]:
    spaced = " ".join(context).casefold()
    words = "".join(letter if letter.isalpha() else " " for letter in spaced).split()
    return {word for word in words if len(word) >= SHORTEST_STEM}


def _readings(bare: str) -> set[str]:
    """As it stands without its digits, and with the digits read as letters."""
    middle = bare.strip("0123456789!?.,;:*+-_#£$%&/()= ")
    return {_letters(bare), _letters(middle.translate(LEET))}


def _letters(text: str) -> str:
    return "".join(letter for letter in text if letter.isalpha())


def _is_known(letters: str, ours: list[str]) -> bool:
    rest = letters
    for word in ours:
        rest = rest.replace(word, "")
    if rest != letters and (len(rest) < SHORTEST_STEM or rest in _common()):
        return True
    return bool(letters) and (letters in _common() or _is_two_of_the_best_known(letters))


def _is_two_of_the_best_known(letters: str) -> bool:
    return any(
        _is_best_known(letters[:at]) and _is_best_known(letters[at:])
        for at in range(SHORTEST_STEM, len(letters) - SHORTEST_STEM + 1)
    )


def _is_best_known(word: str) -> bool:
    return _common().get(word, BEST_KNOWN) < BEST_KNOWN
