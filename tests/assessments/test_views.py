import pytest
from sqlalchemy.orm import Session

from caseflow.access.permissions import Role
from caseflow.assessments import actions, queries
from caseflow.assessments.models import Assessment
from caseflow.assessments.rules import Point, Score
from caseflow.audit.models import AuditRow
from caseflow.audit.rules import Event
from caseflow.cases.lifecycle import Stage
from caseflow.cases.models import Case
from caseflow.cases.rules import NeedDomain, Risk
from caseflow.staff.models import User
from tests import builders

D = NeedDomain


@pytest.fixture
def worker(session: Session) -> User:
    return builders.worker()


@pytest.fixture
def case(worker: User) -> Case:
    return builders.case_at(Stage.LONG_TERM, held_by=worker)


@pytest.fixture
def baseline(case: Case, worker: User) -> Assessment:
    assessment = actions.start_assessment(case, by=worker, point=Point.BASELINE)
    actions.save_scores(
        assessment, by=worker, scores=[Score(D.SAFETY, 4, note="Ali waits for him"),
                                       Score(D.MONEY, 1, is_strength=True)],
        their_words="I want to sleep",
    )  # fmt: skip
    return assessment


def page_of(case: Case, assessment: Assessment) -> str:
    return f"/cases/{case.id}/needs/{assessment.id}"


def plan_of(case: Case, worker: User, *, paper: bool = True):
    return actions.save_safety_plan(
        case, by=worker, agreed_with="Them and their aunt", paper_is_safe=paper,
        avoid="The bus station after dark", if_followed="Walk into the shop",
        worker_number="07700 900123", copy_held_by="my aunt",
    )  # fmt: skip


# --- the needs tool ------------------------------------------------------------------------


def test_the_needs_tab_says_what_would_be_here(case, worker, sign_in) -> None:
    page = sign_in(worker).get(f"/cases/{case.id}/needs")
    assert page.title == "Needs and strengths – CaseFlow"
    assert "Start the baseline to see the beginning of it" in page.words


def test_a_baseline_in_two_sittings(case, worker, sign_in) -> None:
    client = sign_in(worker)
    there = client.submit(
        f"/cases/{case.id}/needs", form=f"/cases/{case.id}/needs/new", point="baseline"
    ).location
    saved = client.submit(there, safety_need="4", safety_note="Threats", save_for_now="yes")
    assert saved.location == there
    again = client.get(there)
    assert "1 of 14 kept so far" in again.words
    done = client.submit(there, money_need="0", money_strength=True, finish="yes")
    assert done.location == f"/cases/{case.id}/needs"

    (assessment,) = queries.assessments_of(case)
    assert assessment.completed_at is not None
    assert queries.needs_of(assessment) == {D.SAFETY: 4, D.MONEY: 0}
    assert queries.scores_of(assessment)[D.SAFETY].note == "Threats"


def test_starting_twice_opens_the_one_that_is_open(case, worker, sign_in) -> None:
    client = sign_in(worker)
    filled = client.fill(f"/cases/{case.id}/needs", point="baseline")
    first = client.send(filled)
    filled.data.pop("form_key")
    assert client.send(filled).location == first.location
    assert len(queries.assessments_of(case)) == 1


def test_not_discussed_is_kept_as_nothing(case, worker, baseline, sign_in) -> None:
    sign_in(worker).submit(page_of(case, baseline), safety_need="not_discussed")
    assert queries.needs_of(baseline)[D.SAFETY] is None


def test_a_stale_form_keeps_all_that_was_typed_and_shows_theirs(
    session, case, worker, baseline, sign_in
) -> None:
    colleague = builders.supervisor(worker.team)
    slow, quick = sign_in(worker), sign_in(colleague)
    mine = slow.fill(page_of(case, baseline), safety_need="1", safety_note="He is calmer")
    quick.submit(page_of(case, baseline), safety_need="3", safety_note="Still afraid")

    answer = slow.send(mine)

    assert answer.status_code == 409
    assert "Somebody saved this assessment after you opened it" in answer.errors[""]
    assert answer.html.xpath("//textarea[@id='safety_note']")[0].value.strip() == "He is calmer"
    assert answer.html.xpath("//input[@name='safety_need'][@value='1']")[0].checked
    assert "Saved since: 3 – significant, unmet" in answer.words
    assert "“Still afraid”" in answer.words
    assert queries.needs_of(baseline)[D.SAFETY] == 3

    mine.data["version"] = answer.html.xpath("//input[@name='version']/@value")[0]
    assert slow.send(mine).status_code == 302
    assert queries.needs_of(baseline)[D.SAFETY] == 1


def test_text_that_is_too_long_stays_in_the_form(case, worker, baseline, sign_in) -> None:
    long = "x" * 5_001
    answer = sign_in(worker).submit(page_of(case, baseline), safety_note=long, money_need="2")
    assert answer.status_code == 422
    assert "5,000 characters or fewer" in answer.errors["safety_note"]
    assert answer.html.xpath("//textarea[@id='safety_note']")[0].value.strip() == long
    assert answer.html.xpath("//input[@name='money_need'][@value='2']")[0].checked
    assert queries.needs_of(baseline)[D.MONEY] == 1


def test_a_crafted_score_is_refused(case, worker, baseline, sign_in) -> None:
    answer = sign_in(worker).submit(page_of(case, baseline), safety_need="9")
    assert answer.status_code == 422
    assert "safety_need" in answer.errors


def test_finishing_an_empty_assessment_is_answered_in_words(case, worker, sign_in) -> None:
    empty = actions.start_assessment(case, by=worker, point=Point.BASELINE)
    answer = sign_in(worker).submit(page_of(case, empty), finish="yes")
    assert answer.status_code == 422
    assert "Score at least one need" in answer.errors[""]


def test_the_last_answer_stands_beside_the_new_one(case, worker, baseline, sign_in, clock) -> None:
    actions.complete(baseline, by=worker)
    clock.forward(days=30)
    review = actions.start_assessment(case, by=worker, point=Point.REVIEW)
    page = sign_in(worker).get(page_of(case, review))
    assert "4 – acute or unsafe" in page.words
    assert "“Ali waits for him”" in page.words


def test_a_finished_assessment_is_read_and_not_changed(case, worker, baseline, sign_in) -> None:
    client = sign_in(worker)
    filled = client.fill(page_of(case, baseline), safety_need="0")
    actions.complete(baseline, by=worker)
    assert client.get(page_of(case, baseline)).location == f"{page_of(case, baseline)}/answers"
    answer = client.send(filled)
    assert answer.status_code == 422
    assert "finished" in answer.errors[""]
    assert "I want to sleep" in client.get(f"{page_of(case, baseline)}/answers").words


def test_then_and_now_is_a_picture_and_a_table(case, worker, baseline, sign_in, clock) -> None:
    actions.complete(baseline, by=worker)
    clock.forward(days=30)
    later = actions.start_assessment(case, by=worker, point=Point.EXIT)
    actions.save_scores(later, by=worker, scores=[Score(D.SAFETY, 2), Score(D.MONEY, 1)])
    actions.complete(later, by=worker)

    page = sign_in(worker).get(f"/cases/{case.id}/needs")

    assert page.html.xpath("//main//*[local-name()='svg'][@role='img']")
    rows = [[cell.text_content() for cell in row] for row in page.html.xpath("//table//tr")]
    assert ["Immediate safety and conflict", "4", "2", "better by 2"] in rows
    assert "Of 1 need of 2 or more at the start, 1 was asked about again" in page.words


# --- risk and the safety plan --------------------------------------------------------------


def test_a_risk_is_judged_on_a_phone_in_one_form(case, worker, sign_in) -> None:
    client = sign_in(worker)
    saved = client.submit(
        f"/cases/{case.id}/risk/new", level="high", evidence="Threats", plan="Stay at aunt's"
    )
    assert saved.location == f"/cases/{case.id}/safety"
    assert case.risk is Risk.HIGH
    assert "High risk" in client.get(saved.location).words


def test_a_high_risk_without_a_plan_comes_back_with_its_evidence(case, worker, sign_in) -> None:
    answer = sign_in(worker).submit(
        f"/cases/{case.id}/risk/new", level="high", evidence="Threats online"
    )
    assert answer.errors == {"plan": "Enter what will be done about a risk this high"}
    assert answer.html.xpath("//textarea[@id='evidence']")[0].value.strip() == "Threats online"


def test_a_review_too_late_for_the_risk_is_a_message_at_its_field(
    case, worker, sign_in, clock
) -> None:
    clock("2027-03-01 09:30")
    answer = sign_in(worker).submit(
        f"/cases/{case.id}/risk/new",
        {"review_on-day": "20", "review_on-month": "3", "review_on-year": "2027"},
        level="high", evidence="Threats", plan="Move",
    )  # fmt: skip
    assert answer.errors == {"review_on": "A high risk is looked at within 7 days"}


def test_a_safety_plan_starts_from_the_one_in_force(case, worker, sign_in) -> None:
    plan_of(case, worker)
    client = sign_in(worker)
    saved = client.submit(f"/cases/{case.id}/safety-plan/new", avoid="The precinct")
    assert saved.status_code == 302
    newest, oldest = queries.safety_plans_of(case)
    assert (newest.avoid, newest.if_followed) == ("The precinct", "Walk into the shop")
    assert oldest.avoid == "The bus station after dark"


def test_the_sheet_names_nobody(case, worker, sign_in) -> None:
    plan = plan_of(case, worker)
    page = sign_in(worker).get(f"/cases/{case.id}/safety-plan/{plan.id}/print")
    text = page.html.text_content()
    assert "The bus station after dark" in text
    assert "07700 900123" in text
    assert page.title == "My safety plan"
    for word in (case.person.first_name, case.person.last_name, case.reference, "CaseFlow",
                 worker.name, "violence"):  # fmt: skip
        assert word not in text


def test_a_sheet_that_is_not_safe_on_paper_asks_first(
    session: Session, case, worker, sign_in
) -> None:
    plan = plan_of(case, worker, paper=False)
    client, address = sign_in(worker), f"/cases/{case.id}/safety-plan/{plan.id}/print"
    assert "Paper is not safe for them" in client.get(address).words
    assert "Tick to say" in client.submit(address).errors["checked"]
    shown = client.submit(address, checked=True)
    assert "The bus station after dark" in shown.html.text_content()
    assert session.query(AuditRow).filter_by(event=Event.PRINTED, case_id=case.id).count() == 1


# --- who may -------------------------------------------------------------------------------

FORMS = ("risk/new", "safety-plan/new")


@pytest.mark.parametrize("page", ["needs", "safety", *FORMS])
def test_another_team_does_not_learn_that_the_case_exists(case, sign_in, page) -> None:
    stranger = builders.worker(builders.team("Custody team", ()))
    assert sign_in(stranger).get(f"/cases/{case.id}/{page}").status_code == 404


@pytest.mark.parametrize("page", FORMS)
def test_a_colleague_reads_and_does_not_write(case, worker, baseline, sign_in, page) -> None:
    colleague = sign_in(builders.worker(worker.team))
    assert colleague.get(f"/cases/{case.id}/{page}").status_code == 403
    assert colleague.get(page_of(case, baseline)).status_code == 403
    assert colleague.get(f"{page_of(case, baseline)}/answers").status_code == 200
    for tab in ("needs", "safety"):
        shown = colleague.get(f"/cases/{case.id}/{tab}")
        assert shown.status_code == 200
        assert not shown.html.xpath("//main//form")
        assert "Assess the risk" not in shown.words


@pytest.mark.parametrize("role", [Role.PROGRAMME_MANAGER, Role.POLICE_LIAISON, Role.ADMINISTRATOR])
def test_other_roles_do_not_get_in(case, sign_in, role) -> None:
    client = sign_in(builders.user(role))
    assert client.get(f"/cases/{case.id}/needs").status_code in (403, 404)
    assert client.get(f"/cases/{case.id}/safety").status_code in (403, 404)


def test_a_closed_case_refuses_every_form_and_shows_no_button(worker, sign_in) -> None:
    closed = builders.case_at(Stage.COMPLETED, held_by=worker)
    client = sign_in(worker)
    for page in FORMS:
        refused = client.get(f"/cases/{closed.id}/{page}")
        assert refused.status_code == 403
        assert "closed" in refused.words
    for tab in ("needs", "safety"):
        assert not client.get(f"/cases/{closed.id}/{tab}").html.xpath("//main//form")


def test_an_assessment_of_another_case_is_not_found(case, worker, baseline, sign_in) -> None:
    other = builders.case_at(Stage.LONG_TERM, held_by=worker)
    client = sign_in(worker)
    assert client.get(page_of(other, baseline)).status_code == 404
    plan = plan_of(case, worker)
    assert client.get(f"/cases/{other.id}/safety-plan/{plan.id}/print").status_code == 404
