"""A case in long-term support, its worker, and two supervisors who may decide."""

import pytest

from caseflow.assessments import actions as assessments
from caseflow.assessments.rules import Point, Score
from caseflow.cases.lifecycle import Stage
from caseflow.cases.rules import NeedDomain, Risk
from caseflow.closing import actions
from caseflow.closing.rules import Ending, NoExit
from caseflow.people.rules import Safe
from tests import builders

REQUEST = {
    "ending": Ending.COMPLETED,
    "is_planned": True,
    "reason": "He is back at college and says he is all right.",
    "goals_reviewed": True,
    "no_exit": NoExit.DECLINED,
    "risk_at_exit": Risk.LOW,
    "may_follow_up": Safe.YES,
    "follow_up_how": "His own phone, after 16:00",
}


@pytest.fixture
def ana(session, clock):
    clock("2026-11-03 10:00")
    return builders.worker(name="Ana Khan")


@pytest.fixture
def sam(ana):
    return builders.supervisor(name="Sam Okafor")


@pytest.fixture
def lee(ana):
    return builders.supervisor(name="Lee Brandt")


@pytest.fixture
def case(ana, sam):
    person = builders.person(first_name="Aadam", last_name="Testerly", known_as="")
    return builders.case_at(Stage.LONG_TERM, held_by=ana, of=person)


@pytest.fixture
def ask(case, ana):
    """``ask(ending=…)``: a request that is complete but for what is given."""

    def ask(**changes):
        return actions.ask_to_close(**({"case": case, "by": ana} | REQUEST | changes))

    return ask


@pytest.fixture
def assess(case, ana):
    """``assess(Point.EXIT, {NeedDomain.SAFETY: 1}, their_words=…)``, begun and finished."""

    def assess(point: Point, needs: dict[NeedDomain, int], their_words: str = ""):
        one = assessments.start_assessment(case, by=ana, point=point)
        scores = [Score(domain, need, note="CANARY-NOTE") for domain, need in needs.items()]
        assessments.save_scores(one, by=ana, scores=scores, their_words=their_words)
        assessments.complete(one, by=ana)
        return one

    return assess
