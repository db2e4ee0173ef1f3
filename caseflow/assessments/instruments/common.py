"""What the questionnaires share: answers that may be missing, bands, reliable change.

An answer is an int, or None when it was not given. A missing answer never counts as zero.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from caseflow.kernel.words import Words

Answers = Sequence[int | None]
Number = int | Decimal


class InvalidAnswers(ValueError):
    """Answers that the questionnaire cannot have been given."""


class Change(Words):
    IMPROVED = "improved", "Reliable improvement"
    NOT_RELIABLE = "not_reliable", "No reliable change"
    DETERIORATED = "deteriorated", "Reliable deterioration"
    NOT_COMPARABLE = "not_comparable"
    NOT_CLASSIFIED = "not_classified", "Change shown, not classified"


@dataclass(frozen=True)
class Threshold:
    """The least change that counts. ``source`` is printed with every result."""

    least: Decimal
    source: str


@dataclass(frozen=True)
class Band:
    """``low`` and ``high`` belong to the band."""

    low: Decimal
    high: Decimal
    label: str


@dataclass(frozen=True)
class Scored:
    """``score`` is None when too much is missing; ``missing`` says how much was."""

    score: Number | None
    band: str | None = None
    missing: int = 0

    @property
    def words(self) -> str:
        if self.score is None:
            return "incomplete"
        return f"{self.score} ({self.band})" if self.band else str(self.score)


def bands(*edges: tuple[float | str, float | str, str]) -> tuple[Band, ...]:
    return tuple(Band(Decimal(str(low)), Decimal(str(high)), label) for low, high, label in edges)


def checked(answers: Answers, *, items: int, allowed: Collection[int]) -> tuple[int | None, ...]:
    """The answers, once they are known to be possible."""
    if len(answers) != items:
        raise InvalidAnswers(f"{items} answers are needed, missing ones as none: {len(answers)}")
    for number, answer in enumerate(answers, start=1):
        if answer is not None and (isinstance(answer, bool) or answer not in allowed):
            choices = ", ".join(str(choice) for choice in sorted(allowed))
            raise InvalidAnswers(f"answer {number} must be one of {choices}")
    return tuple(answers)


def missing(answers: Answers) -> int:
    return sum(answer is None for answer in answers)


def filled_in(answers: Answers, *, most_missing: int) -> int | None:
    """The sum, each missing answer standing at the mean of the others; None when too many are."""
    given = [answer for answer in answers if answer is not None]
    if not given or missing(answers) > most_missing:
        return None
    total = Decimal(sum(given)) * len(answers) / len(given)
    return int(total.quantize(Decimal(1), ROUND_HALF_UP))


def band_of(score: Number | None, among: Sequence[Band]) -> str | None:
    if score is None:
        return None
    return next((band.label for band in among if band.low <= score <= band.high), None)


def change(
    then: Number | None,
    now: Number | None,
    threshold: Threshold | None,
    *,
    higher_is_better: bool = False,
) -> Change:
    if then is None or now is None:
        return Change.NOT_COMPARABLE
    if threshold is None:
        return Change.NOT_CLASSIFIED
    gain = Decimal(now) - Decimal(then) if higher_is_better else Decimal(then) - Decimal(now)
    if abs(gain) < threshold.least:
        return Change.NOT_RELIABLE
    return Change.IMPROVED if gain > 0 else Change.DETERIORATED


def sums(answers: Answers, groups: Mapping[str, Sequence[int]]) -> dict[str, int | None]:
    """Sub-totals of items numbered from 1; None where one of them is missing."""
    found: dict[str, int | None] = {}
    for name, numbers in groups.items():
        part = [answers[number - 1] for number in numbers]
        given = [answer for answer in part if answer is not None]
        found[name] = sum(given) if len(given) == len(part) else None
    return found
