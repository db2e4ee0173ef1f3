"""Text as it may be stored: one normal form, no invisible control characters."""

import re
import unicodedata

_UNSAVABLE = re.compile("[\x00\ud800-\udfff]")
# C0 and C1 controls but newline and tab; byte order marks; direction overrides that can
# make a name read as another one. Joiners stay: many scripts and emoji need them.
_CONTROLS = re.compile("[\x01-\x08\x0b-\x1f\x7f-\x9f\ufeff\u202a-\u202e\u2066-\u2069\ufffe\uffff]")


class Unsavable(ValueError):
    """The text holds NUL or half of a surrogate pair: no database takes it."""


def clean(text: str, *, one_line: bool = False) -> str:
    """NFC, Unix line ends, no control characters, no space at the ends."""
    if _UNSAVABLE.search(text):
        raise Unsavable
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    text = _CONTROLS.sub("", text)
    if one_line:
        text = re.sub(r"\s+", " ", text)
    return text.strip()


def showable(text: str) -> str:
    """What was typed, safe to put back on the page whatever it was."""
    return _UNSAVABLE.sub("\ufffd", text)
