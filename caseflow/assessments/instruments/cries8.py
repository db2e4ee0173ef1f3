"""CRIES-8: eight items answered 0, 1, 3 or 5; lower is better; wording fixed. All are needed.

No reliable-change figure is published, so a change is shown and not classified.
"""

from caseflow.assessments.instruments.common import (
    Answers,
    Change,
    Scored,
    Threshold,
    band_of,
    bands,
    change,
    checked,
    missing,
    sums,
)

ITEMS, ALLOWED = 8, frozenset({0, 1, 3, 5})
PARTS = {"intrusion": (1, 3, 6, 7), "avoidance": (2, 4, 5, 8)}
BANDS = bands((0, 16, "below the screening line"), (17, 40, "above the screening line for PTSD"))


def score(answers: Answers) -> Scored:
    given = checked(answers, items=ITEMS, allowed=ALLOWED)
    if missing(given):
        return Scored(None, missing=missing(given))
    total = sum(answer for answer in given if answer is not None)
    return Scored(total, band_of(total, BANDS))


def parts(answers: Answers) -> dict[str, int | None]:
    """Intrusion and avoidance, 0 to 20 each."""
    return sums(checked(answers, items=ITEMS, allowed=ALLOWED), PARTS)


def compare(then: Scored, now: Scored, threshold: Threshold | None = None) -> Change:
    return change(then.score, now.score, threshold)
