"""What is recorded of needs, risk and safety. What falls due follows each of them."""

from collections.abc import Sequence
from datetime import date, datetime
from operator import itemgetter

from sqlalchemy.orm.attributes import flag_modified

from caseflow.assessments import queries, rules, scoring
from caseflow.assessments.models import Assessment, DomainScore, RiskAssessment, SafetyPlan
from caseflow.assessments.rules import Point, Score
from caseflow.audit import actions as audit
from caseflow.audit.rules import Event
from caseflow.cases import actions as cases
from caseflow.cases.lifecycle import BEFORE_SUPPORT
from caseflow.cases.models import Case
from caseflow.cases.rules import NeedDomain, Risk
from caseflow.kernel import clock
from caseflow.kernel.database import db, lock
from caseflow.kernel.errors import Problem, Stale
from caseflow.notices import actions as notices
from caseflow.reviews import actions as reviews
from caseflow.reviews import queries as due
from caseflow.reviews.cadence import in_words
from caseflow.reviews.rules import DueKind
from caseflow.staff import queries as staff
from caseflow.staff.models import User

GRAVE = (Risk.HIGH, Risk.IMMEDIATE)
CLOSED = "This case is closed. You can still record a follow-up contact."


def start_assessment(case: Case, *, by: User, point: Point) -> Assessment:
    _must_be_open(case)
    if queries.open_assessment(case) is not None:
        raise Problem("An assessment is open already. Finish that one first.", "point")
    has_baseline = queries.baseline_and_latest(case)[0] is not None
    if point is Point.BASELINE and has_baseline:
        raise Problem("There is a baseline already. Choose a review or the exit.", "point")
    if point is not Point.BASELINE and not has_baseline:
        raise Problem("Start with the baseline: there is nothing yet to compare with.", "point")
    assessment = Assessment(case=case, point=point, started_at=clock.now(), by=by, their_words="")
    db.session.add(assessment)
    db.session.flush()
    _say_assessed(assessment, "started")
    return assessment


def save_scores(
    assessment: Assessment,
    *,
    by: User,
    scores: Sequence[Score],
    their_words: str = "",
    version: int | None = None,
) -> None:
    """Keeps what has been talked about so far. A domain not in ``scores`` is left as it was."""
    _must_be_current(assessment, version)
    for score in scores:
        if not scoring.valid_need(score.need):
            raise Problem("A need is 0 to 4, or not discussed.", f"{score.domain}_need")
    rows = {row.domain: row for row in queries.score_rows(assessment)}
    changed = [score for score in scores if _keep(assessment, score, rows)]
    if assessment.their_words != their_words.strip() or changed:
        assessment.their_words = their_words.strip()
        flag_modified(assessment, "their_words")  # so that the version always moves on
        _say_assessed(assessment, "saved", by=by, domains=[s.domain.value for s in changed])
    db.session.flush()


def _keep(assessment: Assessment, score: Score, rows: dict[NeedDomain, DomainScore]) -> bool:
    """True when it differs from what was there."""
    row = rows.get(score.domain)
    if row is None:
        row = DomainScore(assessment_id=assessment.id, domain=score.domain)
        db.session.add(row)
        rows[score.domain] = row
    before = (row.need, row.is_strength, row.is_priority, row.note)
    after = (score.need, score.is_strength, score.is_priority, score.note.strip())
    row.need, row.is_strength, row.is_priority, row.note = after
    return before != after


def complete(assessment: Assessment, *, by: User, version: int | None = None) -> None:
    """Finished: what was not reached stays "not discussed", never nought."""
    _must_be_current(assessment, version)
    needs = queries.needs_of(assessment)
    if not scoring.scored(needs):
        raise Problem("Score at least one need, or save for now and finish later.")
    assessment.completed_at = clock.now()
    db.session.flush()
    _needs_are_known(assessment.case, by=by)
    _say_assessed(assessment, "completed", by=by, scored=scoring.scored(needs))


def _needs_are_known(case: Case, *, by: User) -> None:
    """Done early, before they agreed to support, is done too: nothing falls due afterwards."""
    if case.stage in BEFORE_SUPPORT and not due.open_about(DueKind.NEEDS_ASSESSMENT, case.id):
        reviews.set_due(
            case,
            kind=DueKind.NEEDS_ASSESSMENT,
            subject=case.id,
            due_at=clock.now(),
            why="Done before it was due",
        )
    reviews.finish_due(DueKind.NEEDS_ASSESSMENT, case.id, by=by)


def _must_be_current(assessment: Assessment, version: int | None) -> None:
    lock(assessment)
    _must_be_open(assessment.case)
    if assessment.completed_at is not None:
        raise Problem("This assessment is finished and stands as it is.")
    if version is not None and version != assessment.version:
        raise Stale(
            "Somebody saved this assessment after you opened it. Your answers are still here, "
            "not saved yet: where theirs differ, they are shown. Save again to keep yours."
        )


def _must_be_open(case: Case) -> None:
    if not case.is_open:
        raise Problem(CLOSED)


def _say_assessed(
    assessment: Assessment, what: str, *, by: User | None = None, **facts: object
) -> None:
    case = assessment.case
    audit.record(
        Event.NEEDS_ASSESSED,
        case_id=case.id,
        person_id=case.person_id,
        actor_id=by.id if by else assessment.by_id,
        assessment=str(assessment.id),
        point=assessment.point.value,
        what=what,
        **facts,
    )


def assess_risk(
    case: Case,
    *,
    by: User,
    level: Risk,
    evidence: str,
    protective: str = "",
    plan: str = "",
    review_by: datetime | None = None,
) -> RiskAssessment:
    """A structured judgement. It may be looked at again sooner than the rule says, not later."""
    _must_be_open(case)
    if level is Risk.NOT_ASSESSED:
        raise Problem("Select the level of risk", "level")
    if not evidence.strip():
        raise Problem("Enter what the level rests on", "evidence")
    if level in GRAVE and not plan.strip():
        raise Problem("Enter what will be done about a risk this high", "plan")
    at = clock.now()
    latest = rules.risk_review_by(level, at)
    chosen = latest if review_by is None else review_by
    if clock.local(chosen).date() > clock.local(latest).date():
        within = rules.within_words(level)
        raise Problem(f"A {level.label.lower()} risk is looked at within {within}", "review_on")
    risk = RiskAssessment(
        case_id=case.id,
        level=level,
        evidence=evidence.strip(),
        protective=protective.strip(),
        plan=plan.strip(),
        at=at,
        by=by,
        review_by=min(chosen, latest),
    )
    db.session.add(risk)
    db.session.flush()
    cases.set_risk(case, level)
    _look_again(case, risk)
    audit.record(Event.RISK_ASSESSED, case_id=case.id, person_id=case.person_id, level=level.value)
    if level in GRAVE:
        _tell_supervisors(case, risk)
    return risk


def settle_risk(case: Case) -> None:
    """After one was set aside or moved: what the newest that stands says, assessed or reviewed."""
    risk, review = queries.latest_risk(case), due.last_review(case)
    if risk is not None:
        _look_again(case, risk)
    else:
        reviews.cancel_due(DueKind.RISK, case.id)
    found = [(one.at, one.level) for one in (risk,) if one is not None]
    found += [(one.held_at, one.risk) for one in (review,) if one is not None]
    cases.set_risk(case, max(found, default=(None, Risk.NOT_ASSESSED), key=itemgetter(0))[1])


def _look_again(case: Case, risk: RiskAssessment) -> None:
    within = rules.within_words(risk.level)
    reviews.set_due(
        case,
        kind=DueKind.RISK,
        subject=case.id,
        due_at=risk.review_by,
        why=f"a {risk.level.value} risk is looked at again within {within}",
    )


def _tell_supervisors(case: Case, risk: RiskAssessment) -> None:
    """At once, inside the app: the words name nobody."""
    for lead in staff.supervisors_of(case.team_id):
        if lead.id != risk.by.id:
            notices.put_in_inbox(
                lead,
                cause=f"risk {risk.id} to {lead.id}",
                text=f"Risk assessed as {risk.level.value}. Please read it.",
                case_id=case.id,
            )


def save_safety_plan(
    case: Case,
    *,
    by: User,
    agreed_with: str,
    paper_is_safe: bool,
    review_on: date | None = None,
    worker_number: str = "",
    copy_held_by: str = "",
    **parts: str,
) -> SafetyPlan:
    """A new version; the one before it is kept. ``parts`` are the fields of PLAN_PARTS."""
    _must_be_open(case)
    if unknown := parts.keys() - rules.PLAN_PARTS.keys():
        raise ValueError(f"not a part of the plan: {', '.join(sorted(unknown))}")
    said = {name: text.strip() for name, text in parts.items()}
    if not any(said.values()):
        raise Problem("Write at least one thing they will do to stay safe", "avoid")
    if not agreed_with.strip():
        raise Problem("Enter who agreed the plan", "agreed_with")
    plan = SafetyPlan(
        case=case,
        at=clock.now(),
        by=by,
        agreed_with=agreed_with.strip(),
        paper_is_safe=paper_is_safe,
        worker_number=worker_number.strip(),
        copy_held_by=copy_held_by.strip(),
        review_on=review_on or rules.safety_plan_review(clock.today()),
        **said,
    )
    db.session.add(plan)
    db.session.flush()
    _look_at_plan_again(case, plan)
    audit.record(
        Event.SAFETY_PLAN_SAVED,
        case_id=case.id,
        person_id=case.person_id,
        parts=sorted(name for name, text in said.items() if text),
    )
    return plan


def settle_safety_plan(case: Case) -> None:
    """After one was set aside or moved: the newest that stands is in force."""
    if plan := queries.safety_plan_in_force(case):
        _look_at_plan_again(case, plan)
    else:
        reviews.cancel_due(DueKind.SAFETY_PLAN, case.id)


def _look_at_plan_again(case: Case, plan: SafetyPlan) -> None:
    agreed_on = in_words(clock.local(plan.at).date())
    reviews.set_due(
        case,
        kind=DueKind.SAFETY_PLAN,
        subject=case.id,
        due_at=clock.local_instant(plan.review_on),
        why=f"the day set when the plan was agreed on {agreed_on}",
    )
