"""PHQ-9: nine items, 0 to 3, lower is better. Up to two may be missing. Public domain.

Item 9 asks about being better off dead: any answer above 0 starts the same-day steps.
"""

from decimal import Decimal

from caseflow.assessments.instruments.common import (
    Answers,
    Change,
    Scored,
    Threshold,
    band_of,
    bands,
    change,
    checked,
    filled_in,
    missing,
)

ITEMS, ALLOWED, MOST_MISSING = 9, range(4), 2
BANDS = bands(
    (0, 4, "minimal"),
    (5, 9, "mild"),
    (10, 14, "moderate"),
    (15, 19, "moderately severe"),
    (20, 27, "severe"),
)
RELIABLE = Threshold(Decimal(6), "NHS Talking Therapies manual")


def score(answers: Answers) -> Scored:
    given = checked(answers, items=ITEMS, allowed=ALLOWED)
    total = filled_in(given, most_missing=MOST_MISSING)
    return Scored(total, band_of(total, BANDS), missing(given))


def asks_for_safety_today(answers: Answers) -> bool:
    """Whatever else is missing."""
    item_9 = checked(answers, items=ITEMS, allowed=ALLOWED)[8]
    return item_9 is not None and item_9 >= 1


def compare(then: Scored, now: Scored, threshold: Threshold = RELIABLE) -> Change:
    return change(then.score, now.score, threshold)
