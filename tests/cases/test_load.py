"""How much work cases are: domain.md §1.7."""

import pytest

from caseflow.cases.lifecycle import Stage
from caseflow.cases.load import load_of, weight
from caseflow.cases.rules import Risk


@pytest.mark.parametrize(
    ("stage", "risk", "points"),
    [
        (Stage.LONG_TERM, Risk.HIGH, 3),
        (Stage.LONG_TERM, Risk.IMMEDIATE, 3),
        (Stage.LONG_TERM, Risk.MEDIUM, 2),
        (Stage.LONG_TERM, Risk.LOW, 1),
        (Stage.ATTEMPTING, Risk.NOT_ASSESSED, 2),
        (Stage.BRIEF, Risk.LOW, 0.5),
        (Stage.BRIEF, Risk.MEDIUM, 0.5),
        (Stage.BRIEF, Risk.HIGH, 3),
    ],
)
def test_a_case_weighs_by_its_risk(stage: Stage, risk: Risk, points: float) -> None:
    assert weight(stage, risk) == points


@pytest.mark.parametrize(
    ("high", "level"), [(0, ""), (7, ""), (8, "full"), (9, "full"), (10, "over"), (11, "over")]
)
def test_amber_begins_at_24_and_red_at_30(high: int, level: str) -> None:
    load = load_of([(Stage.LONG_TERM, Risk.HIGH, high)])
    assert (load.points, load.level, load.high) == (3 * high, level, high)


def test_a_load_is_said_in_words() -> None:
    load = load_of([(Stage.LONG_TERM, Risk.HIGH, 1), (Stage.BRIEF, Risk.LOW, 1)])
    assert load.words == "2 cases, 1 at high risk. Load 3.5 of 30"
    assert load_of([(Stage.AGREED, Risk.LOW, 1)]).words == "1 case. Load 1 of 30"
