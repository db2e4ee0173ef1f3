import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from caseflow.assessments import scoring
from caseflow.assessments.models import Assessment, DomainScore, RiskAssessment, SafetyPlan
from caseflow.assessments.rules import Point, Score
from caseflow.cases.models import Case
from caseflow.cases.rules import NeedDomain
from caseflow.kernel.database import db


def assessments_of(case: Case) -> Sequence[Assessment]:
    """Latest first; one that is still open comes before all."""
    return db.session.scalars(
        select(Assessment)
        .where(Assessment.case_id == case.id)
        .options(joinedload(Assessment.by))
        .order_by(Assessment.completed_at.is_not(None), Assessment.started_at.desc())
    ).all()


def assessment_in(case: Case, assessment_id: uuid.UUID) -> Assessment | None:
    return db.session.scalar(
        select(Assessment).where(Assessment.id == assessment_id, Assessment.case_id == case.id)
    )


def open_assessment(case: Case) -> Assessment | None:
    return next((one for one in assessments_of(case) if one.completed_at is None), None)


def completed(case: Case) -> list[Assessment]:
    """Earliest first."""
    done = [one for one in assessments_of(case) if one.completed_at is not None]
    return sorted(done, key=lambda one: one.started_at)


def baseline_and_latest(case: Case) -> tuple[Assessment | None, Assessment | None]:
    """The first baseline that was finished, and the last thing finished after it."""
    done = completed(case)
    baseline = next((one for one in done if one.point is Point.BASELINE), None)
    if baseline is None:
        return None, (done[-1] if done else None)
    later = done[done.index(baseline) + 1 :]
    return baseline, (later[-1] if later else None)


def score_rows(assessment: Assessment) -> Sequence[DomainScore]:
    return db.session.scalars(
        select(DomainScore).where(DomainScore.assessment_id == assessment.id)
    ).all()


def scores_of(assessment: Assessment | None) -> dict[NeedDomain, Score]:
    """What was recorded. A domain that is absent was never reached."""
    if assessment is None:
        return {}
    found = {
        row.domain: Score(row.domain, row.need, row.is_strength, row.is_priority, row.note)
        for row in score_rows(assessment)
    }
    return {domain: found[domain] for domain in NeedDomain if domain in found}


def needs_of(assessment: Assessment | None) -> dict[NeedDomain, int | None]:
    return {domain: score.need for domain, score in scores_of(assessment).items()}


def previous_to(assessment: Assessment) -> Assessment | None:
    """The last one finished before this one began, to be shown beside it."""
    return db.session.scalars(
        select(Assessment)
        .where(
            Assessment.case_id == assessment.case_id,
            Assessment.id != assessment.id,
            Assessment.completed_at.is_not(None),
            Assessment.started_at <= assessment.started_at,
        )
        .order_by(Assessment.started_at.desc())
        .limit(1)
    ).first()


def then_and_now(case: Case) -> list[scoring.NeedLine]:
    """Worst first; empty until an assessment has been finished."""
    baseline, latest = baseline_and_latest(case)
    return scoring.lines(needs_of(baseline), needs_of(latest))


@dataclass(frozen=True)
class NeedsNow:
    """What the Needs tab says above its list."""

    baseline: Assessment | None
    latest: Assessment | None
    lines: list[scoring.NeedLine]
    silent: list[NeedDomain]
    distance: scoring.Distance
    highest: int | None
    significant: int
    strengths: list[NeedDomain]
    priorities: list[NeedDomain]


def needs_now(case: Case) -> NeedsNow:
    baseline, latest = baseline_and_latest(case)
    then, now = needs_of(baseline), needs_of(latest)
    current = scores_of(latest or baseline)
    here = {domain: score.need for domain, score in current.items()}
    return NeedsNow(
        baseline=baseline,
        latest=latest,
        lines=scoring.lines(then, now),
        silent=scoring.not_discussed(then, now),
        distance=scoring.distance_travelled(then, now),
        highest=scoring.highest(here),
        significant=scoring.significant(here),
        strengths=[domain for domain, score in current.items() if score.is_strength],
        priorities=[domain for domain, score in current.items() if score.is_priority],
    )


def risk_assessments_of(case: Case) -> Sequence[RiskAssessment]:
    """Latest first."""
    return db.session.scalars(
        select(RiskAssessment)
        .where(RiskAssessment.case_id == case.id)
        .options(joinedload(RiskAssessment.by))
        .order_by(RiskAssessment.at.desc(), RiskAssessment.id)
    ).all()


def latest_risk(case: Case) -> RiskAssessment | None:
    return next(iter(risk_assessments_of(case)), None)


def safety_plans_of(case: Case) -> Sequence[SafetyPlan]:
    """Latest first: that one is in force."""
    return db.session.scalars(
        select(SafetyPlan)
        .where(SafetyPlan.case_id == case.id)
        .options(joinedload(SafetyPlan.by))
        .order_by(SafetyPlan.at.desc(), SafetyPlan.id)
    ).all()


def safety_plan_in_force(case: Case) -> SafetyPlan | None:
    return next(iter(safety_plans_of(case)), None)


def safety_plan_in(case: Case, plan_id: uuid.UUID) -> SafetyPlan | None:
    return db.session.scalar(
        select(SafetyPlan).where(SafetyPlan.id == plan_id, SafetyPlan.case_id == case.id)
    )
