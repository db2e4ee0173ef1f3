"""SWEMWBS: seven statements, 1 to 5, higher is better. All seven are needed.

© NHS Health Scotland, University of Warwick and University of Edinburgh, 2008, all rights
reserved. Raw to metric: Stewart-Brown et al. 2009, as printed in domain.md §2.3.
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
    missing,
)

ITEMS, ALLOWED = 7, range(1, 6)
_TABLE = (
    "7.00 9.51 11.25 12.40 13.33 14.08 14.75 15.32 15.84 16.36 16.88 17.43 17.98 18.59 19.25 "
    "19.98 20.73 21.54 22.35 23.21 24.11 25.03 26.02 27.03 28.13 29.31 30.70 32.55 35.00"
)
METRIC = tuple(Decimal(value) for value in _TABLE.split())
BANDS = bands((7, "19.5", "low"), ("19.51", "27.49", "middle"), ("27.5", 35, "high"))
RELIABLE = Threshold(
    Decimal(3), "2.77 standard errors of measurement are 2.87 metric points; 3 is used"
)


def metric(raw: int) -> Decimal:
    """The metric score of a raw sum of 7 to 35."""
    if not ITEMS <= raw <= ITEMS * 5:
        raise ValueError("a raw score is 7 to 35")
    return METRIC[raw - ITEMS]


def score(answers: Answers) -> Scored:
    given = checked(answers, items=ITEMS, allowed=ALLOWED)
    if missing(given):
        return Scored(None, missing=missing(given))
    value = metric(sum(answer for answer in given if answer is not None))
    return Scored(value, band_of(value, BANDS))


def compare(then: Scored, now: Scored, threshold: Threshold = RELIABLE) -> Change:
    return change(then.score, now.score, threshold, higher_is_better=True)
