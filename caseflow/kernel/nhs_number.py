"""NHS numbers: ten digits, the last a modulus-11 check on the nine before it.

A number that fails is kept as it was given and said to fail: it may be the only thread back to
the sender. It is never used to decide that two people are one. Nor is a number of one repeated
digit, though some of those pass the arithmetic: hospital systems type them as placeholders.
"""

import re
from dataclasses import dataclass

from caseflow.kernel.words import Words

_WRITTEN = re.compile(r"[0-9]{10}|[0-9]{3} [0-9]{3} [0-9]{4}|[0-9]{3}-[0-9]{3}-[0-9]{4}")


class Verdict(Words):
    VALID = "valid", "Passes its check digit"
    FAILS_CHECK = "fails_check", "Fails its check digit"
    PLACEHOLDER = "placeholder", "One digit repeated: a placeholder, not a number"
    NOT_TEN_DIGITS = "not_ten_digits", "Not ten digits"


@dataclass(frozen=True)
class NhsNumber:
    """A number as somebody wrote it (``text``), its ten digits where it has them, the verdict."""

    text: str
    digits: str | None
    verdict: Verdict

    @property
    def is_identity(self) -> bool:
        return self.verdict is Verdict.VALID

    @property
    def spaced(self) -> str:
        digits = self.digits
        return f"{digits[:3]} {digits[3:6]} {digits[6:]}" if digits else self.text


def digits_of(text: str) -> str | None:
    """The ten digits of ``943 476 5919``, ``943-476-5919`` or ``9434765919``; else None."""
    written = text.strip().replace("\N{NO-BREAK SPACE}", " ")
    return re.sub("[ -]", "", written) if _WRITTEN.fullmatch(written) else None


def check_digit(first_nine: str) -> int | None:
    """The tenth digit those nine ask for; None where no digit can close them (remainder 10)."""
    total = sum(
        int(digit) * weight for digit, weight in zip(first_nine, range(10, 1, -1), strict=True)
    )
    check = (11 - total % 11) % 11
    return None if check == 10 else check


def read_nhs_number(text: str) -> NhsNumber:
    digits = digits_of(text)
    return NhsNumber(text.strip(), digits, _verdict(digits))


def _verdict(digits: str | None) -> Verdict:
    if digits is None:
        return Verdict.NOT_TEN_DIGITS
    if len(set(digits)) == 1:
        return Verdict.PLACEHOLDER
    if check_digit(digits[:9]) != int(digits[9]):
        return Verdict.FAILS_CHECK
    return Verdict.VALID
