from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from caseflow.assessments import actions, queries
from caseflow.assessments.models import Assessment, DomainScore
from caseflow.assessments.rules import Point, Score
from caseflow.audit.models import AuditRow
from caseflow.audit.rules import Event
from caseflow.cases import actions as cases
from caseflow.cases.lifecycle import Stage
from caseflow.cases.models import Case
from caseflow.cases.rules import NeedDomain, Risk
from caseflow.kernel import clock as time
from caseflow.kernel.errors import Problem, Stale
from caseflow.notices import queries as notices
from caseflow.reviews import queries as due
from caseflow.reviews.models import DueItem
from caseflow.reviews.rules import DueKind, DueState
from caseflow.staff.models import User
from tests import builders

D = NeedDomain


@pytest.fixture
def worker(session: Session) -> User:
    return builders.worker()


@pytest.fixture
def case(worker: User) -> Case:
    return builders.case_at(Stage.AGREED, held_by=worker)


def assessed(case: Case, point: Point, *, by: User, **needs: int | None) -> Assessment:
    assessment = actions.start_assessment(case, by=by, point=point)
    scores = [Score(NeedDomain(domain), need) for domain, need in needs.items()]
    actions.save_scores(assessment, by=by, scores=scores)
    actions.complete(assessment, by=by)
    return assessment


def due_items(session: Session, case: Case, kind: DueKind) -> list[DueItem]:
    return list(session.query(DueItem).filter_by(case_id=case.id, kind=kind))


# --- the needs tool ------------------------------------------------------------------------


def test_an_assessment_is_kept_over_two_sittings(case: Case, worker: User) -> None:
    assessment = actions.start_assessment(case, by=worker, point=Point.BASELINE)
    actions.save_scores(assessment, by=worker, scores=[Score(D.SAFETY, 4, note="Ali, 15")])
    actions.save_scores(assessment, by=worker, scores=[Score(D.MONEY, 0, is_strength=True)])

    kept = queries.scores_of(assessment)

    assert kept == {
        D.SAFETY: Score(D.SAFETY, 4, note="Ali, 15"),
        D.MONEY: Score(D.MONEY, 0, is_strength=True),
    }
    assert queries.open_assessment(case) is assessment


def test_what_was_not_discussed_is_nothing_and_never_nought(
    session: Session, case: Case, worker: User
) -> None:
    assessment = actions.start_assessment(case, by=worker, point=Point.BASELINE)
    actions.save_scores(assessment, by=worker, scores=[Score(D.HEALTH, None), Score(D.MONEY, 1)])
    actions.complete(assessment, by=worker)
    session.expire_all()

    assert queries.needs_of(assessment) == {D.HEALTH: None, D.MONEY: 1}
    assert session.query(DomainScore).filter_by(need=0).count() == 0


def test_a_score_outside_nought_to_four_is_refused(case: Case, worker: User) -> None:
    assessment = actions.start_assessment(case, by=worker, point=Point.BASELINE)
    with pytest.raises(Problem, match="0 to 4"):
        actions.save_scores(assessment, by=worker, scores=[Score(D.SAFETY, 5)])


def test_every_saving_moves_the_version_on(case: Case, worker: User) -> None:
    assessment = actions.start_assessment(case, by=worker, point=Point.BASELINE)
    start = assessment.version
    actions.save_scores(assessment, by=worker, scores=[Score(D.SAFETY, 1)], version=start)
    assert assessment.version == start + 1


def test_whoever_was_slower_is_told(case: Case, worker: User) -> None:
    assessment = actions.start_assessment(case, by=worker, point=Point.BASELINE)
    opened = assessment.version
    actions.save_scores(assessment, by=worker, scores=[Score(D.SAFETY, 1)], version=opened)
    with pytest.raises(Stale):
        actions.save_scores(assessment, by=worker, scores=[Score(D.SAFETY, 3)], version=opened)
    assert queries.needs_of(assessment) == {D.SAFETY: 1}


def test_saving_the_same_again_changes_nothing(case: Case, worker: User) -> None:
    assessment = actions.start_assessment(case, by=worker, point=Point.BASELINE)
    actions.save_scores(assessment, by=worker, scores=[Score(D.SAFETY, 1)])
    version = assessment.version
    actions.save_scores(assessment, by=worker, scores=[Score(D.SAFETY, 1)])
    assert assessment.version == version


def test_one_assessment_is_open_at_a_time(case: Case, worker: User) -> None:
    actions.start_assessment(case, by=worker, point=Point.BASELINE)
    with pytest.raises(Problem, match="open already"):
        actions.start_assessment(case, by=worker, point=Point.BASELINE)


def test_the_baseline_comes_first_and_once(case: Case, worker: User) -> None:
    with pytest.raises(Problem, match="baseline"):
        actions.start_assessment(case, by=worker, point=Point.REVIEW)
    assessed(case, Point.BASELINE, by=worker, safety=3)
    with pytest.raises(Problem, match="a baseline already"):
        actions.start_assessment(case, by=worker, point=Point.BASELINE)


def test_an_empty_assessment_cannot_be_finished(case: Case, worker: User) -> None:
    assessment = actions.start_assessment(case, by=worker, point=Point.BASELINE)
    actions.save_scores(assessment, by=worker, scores=[Score(D.SAFETY, None)])
    with pytest.raises(Problem, match="at least one need"):
        actions.complete(assessment, by=worker)


def test_a_finished_assessment_stands(case: Case, worker: User) -> None:
    assessment = assessed(case, Point.BASELINE, by=worker, safety=3)
    with pytest.raises(Problem, match="finished"):
        actions.save_scores(assessment, by=worker, scores=[Score(D.SAFETY, 0)])


def test_finishing_the_baseline_answers_what_was_due(
    session: Session, case: Case, worker: User
) -> None:
    assert [i.state for i in due_items(session, case, DueKind.NEEDS_ASSESSMENT)] == [DueState.OPEN]
    assessed(case, Point.BASELINE, by=worker, safety=3)
    items = due_items(session, case, DueKind.NEEDS_ASSESSMENT)
    assert [(i.state, i.done_by_id) for i in items] == [(DueState.DONE, worker.id)]


def test_then_and_now_puts_the_worst_first(case: Case, worker: User, clock) -> None:
    assessed(case, Point.BASELINE, by=worker, money=1, safety=4, housing=3, peers=None)
    clock.forward(days=28)
    assessed(case, Point.REVIEW, by=worker, money=1, safety=2, health=3)
    clock.forward(days=28)
    assessed(case, Point.EXIT, by=worker, money=2, safety=1, housing=3)

    lines = queries.then_and_now(case)

    assert [(line.domain, line.then, line.now, line.words) for line in lines] == [
        (D.SAFETY, 4, 1, "better by 3"),
        (D.HOUSING, 3, 3, "no change"),
        (D.MONEY, 1, 2, "worse by 1"),
    ]
    distance = queries.needs_now(case).distance
    assert (distance.eligible, distance.paired, distance.better, distance.same) == (2, 2, 1, 1)


def test_an_unfinished_assessment_counts_for_nothing(case: Case, worker: User, clock) -> None:
    assessed(case, Point.BASELINE, by=worker, safety=4)
    clock.forward(days=28)
    actions.save_scores(
        actions.start_assessment(case, by=worker, point=Point.REVIEW),
        by=worker,
        scores=[Score(D.SAFETY, 0)],
    )
    baseline, latest = queries.baseline_and_latest(case)
    assert baseline is not None
    assert latest is None


def test_the_trail_holds_codes_and_no_words(session: Session, case: Case, worker: User) -> None:
    assessment = actions.start_assessment(case, by=worker, point=Point.BASELINE)
    note = "He said Kofi is waiting for him"
    actions.save_scores(
        assessment, by=worker, scores=[Score(D.SAFETY, 3, note=note)], their_words="Peace"
    )
    session.flush()
    rows = session.query(AuditRow).filter_by(event=Event.NEEDS_ASSESSED, case_id=case.id).all()
    assert [row.facts["what"] for row in rows] == ["started", "saved"]
    assert "Kofi" not in str([row.facts for row in rows])
    assert "Peace" not in str([row.facts for row in rows])


# --- risk ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("level", "within"),
    [
        (Risk.LOW, timedelta(days=28)),
        (Risk.MEDIUM, timedelta(days=28)),
        (Risk.HIGH, timedelta(days=7)),
        (Risk.IMMEDIATE, timedelta(hours=24)),
    ],
)
def test_a_risk_is_looked_at_again_in_time(
    session: Session, case: Case, worker: User, level: Risk, within: timedelta
) -> None:
    risk = actions.assess_risk(case, by=worker, level=level, evidence="He said so", plan="Call")

    assert risk.review_by - risk.at == within
    assert case.risk is level
    item = due.open_item(case, DueKind.RISK, case.id)
    assert item is not None
    assert item.due_at == risk.review_by


def test_a_second_look_moves_the_one_item(session: Session, case: Case, worker: User) -> None:
    actions.assess_risk(case, by=worker, level=Risk.LOW, evidence="Quiet")
    actions.assess_risk(case, by=worker, level=Risk.HIGH, evidence="Threats", plan="Move out")
    assert len(due_items(session, case, DueKind.RISK)) == 1


def test_a_risk_may_be_looked_at_sooner_but_not_later(case: Case, worker: User) -> None:
    sooner = time.now() + timedelta(days=2)
    later = time.now() + timedelta(days=9)
    risk = actions.assess_risk(
        case, by=worker, level=Risk.HIGH, evidence="Threats", plan="Move", review_by=sooner
    )
    assert risk.review_by == sooner
    with pytest.raises(Problem, match="within 7 days") as problem:
        actions.assess_risk(
            case, by=worker, level=Risk.HIGH, evidence="Threats", plan="Move", review_by=later
        )
    assert problem.value.field == "review_on"


def test_a_high_risk_needs_a_plan_and_every_risk_its_evidence(case: Case, worker: User) -> None:
    with pytest.raises(Problem) as problem:
        actions.assess_risk(case, by=worker, level=Risk.HIGH, evidence="Threats")
    assert problem.value.field == "plan"
    with pytest.raises(Problem) as problem:
        actions.assess_risk(case, by=worker, level=Risk.LOW, evidence="  ")
    assert problem.value.field == "evidence"


def test_the_supervisor_is_told_of_a_high_risk_once_and_nobody_is_named(
    case: Case, worker: User
) -> None:
    lead = builders.supervisor(worker.team)
    actions.assess_risk(case, by=worker, level=Risk.MEDIUM, evidence="Some talk")
    actions.assess_risk(case, by=worker, level=Risk.HIGH, evidence="Threats", plan="Move")
    actions.assess_risk(case, by=lead, level=Risk.HIGH, evidence="Agreed", plan="Move")

    (item,) = notices.inbox_of(lead)

    assert item.case_id == case.id
    assert item.text == "Risk assessed as high. Please read it."
    assert notices.inbox_of(worker) == []


# --- the safety plan -----------------------------------------------------------------------


def test_a_changed_safety_plan_is_a_new_version(case: Case, worker: User, clock) -> None:
    first = actions.save_safety_plan(
        case, by=worker, agreed_with="Them", paper_is_safe=True, avoid="The bus station"
    )
    clock.forward(days=3)
    second = actions.save_safety_plan(
        case, by=worker, agreed_with="Them", paper_is_safe=False, avoid="The precinct"
    )
    assert list(queries.safety_plans_of(case)) == [second, first]
    assert queries.safety_plan_in_force(case) is second
    assert second.review_on == time.today() + timedelta(days=28)


def test_a_safety_plan_has_one_day_on_which_it_is_due(
    session: Session, case: Case, worker: User, clock
) -> None:
    clock("2027-03-01 09:30")
    for day in (date(2027, 3, 20), date(2027, 4, 5)):
        actions.save_safety_plan(
            case, by=worker, agreed_with="Them", paper_is_safe=True, home="Lock", review_on=day
        )
    items = due_items(session, case, DueKind.SAFETY_PLAN)
    assert [time.local(item.due_at).date() for item in items] == [date(2027, 4, 5)]


def test_an_empty_safety_plan_is_refused(case: Case, worker: User) -> None:
    with pytest.raises(Problem, match="at least one thing") as problem:
        actions.save_safety_plan(case, by=worker, agreed_with="Them", paper_is_safe=True)
    assert problem.value.field == "avoid"


@pytest.mark.parametrize("ending", [Stage.COMPLETED, Stage.DISENGAGED])
def test_a_closed_case_takes_no_more(worker: User, ending: Stage) -> None:
    case = builders.case_at(ending, held_by=worker)
    with pytest.raises(Problem, match="closed"):
        actions.start_assessment(case, by=worker, point=Point.BASELINE)
    with pytest.raises(Problem, match="closed"):
        actions.assess_risk(case, by=worker, level=Risk.LOW, evidence="Quiet")
    with pytest.raises(Problem, match="closed"):
        actions.save_safety_plan(
            case, by=worker, agreed_with="Them", paper_is_safe=True, home="Lock"
        )


def test_a_baseline_done_before_they_agreed_does_not_fall_due_afterwards(
    session: Session, worker: User
) -> None:
    case = builders.case_at(Stage.APPROACHED, held_by=worker)
    assessed(case, Point.BASELINE, by=worker, safety=3)
    builders.consent(case.person, by=worker)
    cases.move(case, Stage.AGREED, by=worker, facts=builders.ALL)
    assert not due.open_about(DueKind.NEEDS_ASSESSMENT, case.id)
