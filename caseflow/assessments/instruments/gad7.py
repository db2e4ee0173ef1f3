"""GAD-7: seven items, 0 to 3, lower is better. Up to two may be missing. Public domain."""

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

ITEMS, ALLOWED, MOST_MISSING = 7, range(4), 2
BANDS = bands((0, 4, "minimal"), (5, 9, "mild"), (10, 14, "moderate"), (15, 21, "severe"))
RELIABLE = Threshold(Decimal(4), "NHS Talking Therapies manual")


def score(answers: Answers) -> Scored:
    given = checked(answers, items=ITEMS, allowed=ALLOWED)
    total = filled_in(given, most_missing=MOST_MISSING)
    return Scored(total, band_of(total, BANDS), missing(given))


def compare(then: Scored, now: Scored, threshold: Threshold = RELIABLE) -> Change:
    return change(then.score, now.score, threshold)
