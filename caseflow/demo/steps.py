"""The steps a story is told in. Each takes the teller, the moment, and whose case it is."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from caseflow.assessments import actions as assessments
from caseflow.assessments.models import Assessment
from caseflow.assessments.rules import Point, Score
from caseflow.casefile import actions as casefile
from caseflow.casefile.rules import StartWith
from caseflow.cases import actions as cases
from caseflow.cases.lifecycle import Stage
from caseflow.cases.models import Case
from caseflow.cases.rules import NeedDomain, Risk, Stream
from caseflow.contacts import actions as contacts
from caseflow.contacts.models import Contact
from caseflow.contacts.rules import Mode, Outcome, Purpose
from caseflow.demo.teller import Teller
from caseflow.people import actions as people
from caseflow.people.rules import (
    BornPrecision,
    ConsentMethod,
    ConsentPurpose,
    Decision,
    GivenBy,
    age_on,
)
from caseflow.reviews import actions as reviews
from caseflow.staff.models import User

Needs = Mapping[NeedDomain, int | None]


def worker_of(t: Teller, case: Case) -> User:
    return case.worker or t.cast.supervisor_of(case.team)


def contact(
    t: Teller,
    moment: datetime,
    case: Case,
    outcome: Outcome = Outcome.MET,
    mode: Mode = Mode.F2F_COMMUNITY,
    *,
    minutes: int = 45,
    written_up: timedelta = timedelta(minutes=20),
    **more: Any,
) -> Contact:
    """Written up a little after it happened, but never ahead of now."""
    by = worker_of(t, case)
    t.must_have_come(moment)
    with t.at(min(moment + written_up, t.now), by):
        return contacts.log_contact(
            case,
            by=by,
            happened_at=moment,
            outcome=outcome,
            mode=mode,
            minutes=minutes,
            **more,
        )


def no_answer(
    t: Teller, moment: datetime, case: Case, mode: Mode = Mode.PHONE, **more: Any
) -> None:
    contact(t, moment, case, Outcome.NO_ANSWER, mode, **more)


def consent(
    t: Teller,
    moment: datetime,
    case: Case,
    purpose: ConsentPurpose,
    decision: Decision = Decision.GIVEN,
    **more: Any,
) -> None:
    by = worker_of(t, case)
    with t.at(moment, by):
        people.record_consent(
            case.person,
            by=by,
            purpose=purpose,
            decision=decision,
            given_by=GivenBy.YOUNG_PERSON,
            method=ConsentMethod.SPOKEN,
            competence_note=competence(case, moment),
            **more,
        )


def competence(case: Case, moment: datetime) -> str:
    """From 13 to 15 somebody writes why they may decide for themselves."""
    person = case.person
    if person.born_on is None or person.born_precision is BornPrecision.UNKNOWN:
        return ""
    if age_on(person.born_on, moment.date()) > 15:
        return ""
    return "Said back what the offer is, what is written down and that it can stop at any time."


def agree(t: Teller, moment: datetime, case: Case, start_with: StartWith = StartWith.LATER) -> None:
    by = worker_of(t, case)
    with t.at(moment, by):
        casefile.record_agreement(
            case,
            by=by,
            given_by=GivenBy.YOUNG_PERSON,
            method=ConsentMethod.SPOKEN,
            start_with=start_with,
            competence_note=competence(case, moment),
        )


def move(t: Teller, moment: datetime, case: Case, to: Stage, reason: str = "") -> None:
    by = worker_of(t, case)
    with t.at(moment, by):
        casefile.move_on(case, to, by=by, reason=reason)


def needs(
    t: Teller,
    moment: datetime,
    case: Case,
    point: Point,
    found: Needs,
    *,
    their_words: str = "",
    strengths: tuple[NeedDomain, ...] = (),
    priorities: tuple[NeedDomain, ...] = (),
    is_finished: bool = True,
) -> Assessment:
    by = worker_of(t, case)
    scores = [
        Score(domain, need, is_strength=domain in strengths, is_priority=domain in priorities)
        for domain, need in found.items()
    ]
    with t.at(moment, by):
        assessment = assessments.start_assessment(case, by=by, point=point)
        assessments.save_scores(assessment, by=by, scores=scores, their_words=their_words)
        if is_finished:
            assessments.complete(assessment, by=by)
    return assessment


def risk(
    t: Teller,
    moment: datetime,
    case: Case,
    level: Risk,
    evidence: str,
    *,
    plan: str = "",
    protective: str = "",
) -> None:
    by = worker_of(t, case)
    with t.at(moment, by):
        assessments.assess_risk(
            case, by=by, level=level, evidence=evidence, plan=plan, protective=protective
        )


def safety_plan(t: Teller, moment: datetime, case: Case, **parts: Any) -> None:
    by = worker_of(t, case)
    with t.at(moment, by):
        assessments.save_safety_plan(
            case,
            by=by,
            **{"agreed_with": "The young person", "paper_is_safe": True, **parts},
        )


def review(
    t: Teller,
    moment: datetime,
    case: Case,
    level: Risk,
    *,
    changed: str,
    decided: str,
    their_words: str = "",
    why: str = "As before.",
    renews: bool = True,
) -> None:
    """``renews``: risk and the safety plan are looked at again in the same sitting."""
    by = worker_of(t, case)
    with t.at(moment, by):
        reviews.hold_review(
            case,
            by=by,
            risk=level,
            risk_reason=why,
            what_changed=changed,
            their_words=their_words,
            decision=decided,
        )
    if renews:
        renew(t, moment, case, level, why)


def renew(t: Teller, moment: datetime, case: Case, level: Risk, why: str) -> None:
    plan = "Contact every week; the safety plan below." if level in PLANNED_FOR else ""
    risk(t, moment, case, level, why, plan=plan, protective="A cousin who listens.")
    safety_plan(t, moment, case, **USUAL_SAFETY)


def pause(t: Teller, moment: datetime, case: Case, reason: str) -> None:
    with t.at(moment, worker_of(t, case)):
        cases.pause(case, reason=reason)


FIRST_TALK = (Purpose.ENGAGEMENT, Purpose.SAFETY_PLANNING)
PLANNED_FOR = (Risk.HIGH, Risk.IMMEDIATE)
USUAL_SAFETY = {
    "avoid": "The short cut behind the shops; the 38 after nine.",
    "travel": "With a cousin, or ring for a lift.",
    "safe_people": "Cousin; the youth club; nan.",
    "if_followed": "Into a shop, near the till. Ring.",
    "online": "Location off. New account, friends only.",
}
USUAL_NEEDS: Needs = {
    NeedDomain.SAFETY: 3,
    NeedDomain.WEAPONS: 2,
    NeedDomain.HEALTH: 2,
    NeedDomain.MENTAL_HEALTH: 3,
    NeedDomain.EDUCATION: 2,
    NeedDomain.HOUSING: 1,
    NeedDomain.FAMILY: 2,
    NeedDomain.PEERS: 2,
    NeedDomain.SUBSTANCES: 1,
    NeedDomain.JUSTICE: None,
    NeedDomain.MONEY: 2,
}


def taken_on(
    t: Teller,
    slug: str,
    *,
    began: int,
    worker: str = "amara",
    arm: StartWith = StartWith.LONG_TERM,
    level: Risk = Risk.MEDIUM,
    plan: str = "",
    baseline: Needs = USUAL_NEEDS,
    their_words: str = "I just want it to be normal again.",
    **referral: Any,
) -> Case:
    """The usual way in: referred, met, a safety plan, a yes; support began so many days ago."""
    case = t.refer(t.ago(began + 4, "21:15"), slug, by=worker, **referral)
    t.triage(t.ago(began + 3, "09:20"), case, worker=worker)
    is_at_hospital = case.stream is Stream.HOSPITAL
    contact(
        t,
        t.ago(began + 3, "10:30"),
        case,
        Outcome.MET,
        Mode.F2F_HOSPITAL if is_at_hospital else Mode.F2F_COMMUNITY,
        minutes=40,
        purposes=FIRST_TALK,
        note="Fact: talked about today first. Their words: who knows I am here? Next: safety.",
    )
    safety_plan(
        t,
        t.ago(began + 3, "11:15"),
        case,
        **USUAL_SAFETY,
    )
    agree(t, t.ago(began, "15:00"), case, arm)
    risk(
        t,
        t.ago(began, "15:10"),
        case,
        level,
        "Knows who it was; they know the school.",
        plan=plan,
        protective="A cousin who listens; wants to stay in school.",
    )
    needs(
        t,
        t.ago(max(began - 5, 1), "15:30"),
        case,
        Point.BASELINE,
        baseline,
        their_words=their_words,
        strengths=(NeedDomain.FAMILY,),
        priorities=(NeedDomain.SAFETY,),
    )
    return case
