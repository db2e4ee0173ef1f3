"""Telephone numbers as people in the United Kingdom write them.

What cannot be read as a number is kept exactly as it was written: a wrong guess rings a stranger.
"""

import re
import unicodedata
from dataclasses import dataclass

from caseflow.kernel.words import Words

_LONGEST = 60
_EXTENSION = re.compile(
    r"(?:[\s,;]{1,3}|(?<=\d))(?:extension|extn|ext|x|#)[.:=]?\s*(\d{1,6})$", re.I
)
_TRUNK_ZERO = re.compile(r"^\s*(\+44|0044)\s*\(\s*0\s*(\d*)\)")
_PLAIN = re.compile(r"\+?[0-9]+")


class PhoneKind(Words):
    MOBILE = "mobile"
    LANDLINE = "landline"
    OTHER = "other", "Other number"
    UNREADABLE = "unreadable", "Kept as written"


@dataclass(frozen=True)
class PhoneNumber:
    """``e164`` (``+447700900123``) is for matching and dialling; ``text`` is what was written."""

    text: str
    e164: str | None = None
    extension: str | None = None
    kind: PhoneKind = PhoneKind.UNREADABLE

    @property
    def is_readable(self) -> bool:
        return self.e164 is not None

    @property
    def display(self) -> str:
        if self.e164 is None:
            return self.text
        return _display(self.e164) + (f" ext {self.extension}" if self.extension else "")


def read_phone(text: str) -> PhoneNumber:
    written = text.strip()
    plain = unicodedata.normalize("NFKC", written)[: _LONGEST + 1]
    if len(plain) > _LONGEST:
        return PhoneNumber(written)
    plain = plain.removeprefix("tel:").removeprefix("TEL:")
    found = _EXTENSION.search(plain)
    extension = found.group(1) if found else None
    number = _TRUNK_ZERO.sub(r"\1\2", plain[: found.start()] if found else plain)
    squashed = re.sub(r"[\s().\-‐‑–/]", "", number)
    national, abroad = _national(squashed)
    if national is not None:
        kind = _uk_kind(national)
        if kind is not None:
            return PhoneNumber(written, f"+44{national}", extension, kind)
    elif abroad is not None:
        return PhoneNumber(written, abroad, extension, PhoneKind.OTHER)
    return PhoneNumber(written)


def _national(number: str) -> tuple[str | None, str | None]:
    """(the UK number without its 0, None) or (None, an international number) or (None, None)."""
    if not _PLAIN.fullmatch(number) or not number.isascii():
        return None, None
    if number.startswith("00"):
        number = "+" + number[2:]
    if number.startswith("+44"):
        return number[3:].removeprefix("0"), None
    if number.startswith("+"):
        return None, number if 9 <= len(number) <= 16 and number[1] != "0" else None
    if number.startswith("0"):
        return number[1:], None
    if number.startswith("7") and len(number) == 10:  # a spreadsheet ate the leading 0
        return number, None
    return None, None


def _uk_kind(national: str) -> PhoneKind | None:
    """Lengths from the national numbering plan; None where no such number can exist."""
    first, length = national[:1], len(national)
    if first == "7" and length == 10:
        pager_or_personal = national[1] in "06" and not national.startswith("7624")
        return PhoneKind.OTHER if pager_or_personal else PhoneKind.MOBILE
    if (first == "1" and length in (9, 10)) or (first == "2" and length == 10):
        return PhoneKind.LANDLINE
    if (first in "35" and length == 10) or (first == "9" and length == 10):
        return PhoneKind.OTHER
    if first == "8" and length in (7, 9, 10):
        return PhoneKind.OTHER
    return None


def _display(e164: str) -> str:
    if not e164.startswith("+44"):
        return e164
    national = "0" + e164[3:]
    if national.startswith("07"):
        return f"{national[:5]} {national[5:8]} {national[8:]}"
    if national.startswith("02"):
        return f"{national[:3]} {national[3:7]} {national[7:]}"
    if re.match(r"01[0-9]?1", national):
        return f"{national[:4]} {national[4:7]} {national[7:]}"
    return f"{national[:5]} {national[5:]}"
