"""The assessments screens in a real browser, on a phone and on a laptop."""

import re
import shutil
import subprocess

import pytest
from sqlalchemy.orm import Session

from caseflow.assessments import actions, queries
from caseflow.assessments.models import Assessment
from caseflow.assessments.rules import Point, Score
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


def finished(case: Case, worker: User, point: Point, **needs: int) -> Assessment:
    assessment = actions.start_assessment(case, by=worker, point=point)
    scores = [Score(D(domain), need) for domain, need in needs.items()]
    actions.save_scores(assessment, by=worker, scores=scores, their_words="أريد أن أنام")
    actions.complete(assessment, by=worker)
    return assessment


def plan(case: Case, worker: User, length: int):
    words = ("Walk home with my cousin by the big road. " * 200)[: length // 7]
    parts = dict.fromkeys(
        ("avoid", "travel", "safe_people", "if_followed", "online", "school", "home"), words
    )
    return actions.save_safety_plan(
        case, by=worker, agreed_with="Them", paper_is_safe=True,
        worker_number="07700 900123", copy_held_by="my aunt", **parts,
    )  # fmt: skip


def test_a_baseline_is_taken_in_two_sittings(
    session, case, worker, page, browser_sign_in, axe
) -> None:
    browser_sign_in(page, worker)
    page.goto(f"/cases/{case.id}/needs")
    axe(page)
    page.get_by_role("button", name="Start the baseline").click()
    page.get_by_role("group", name="Immediate safety and conflict").get_by_label("4 Acute").check()
    page.get_by_text("Note on Immediate safety and conflict").click()
    page.get_by_role("textbox", name="Note").first.fill("They wait outside college")
    page.get_by_role("button", name="Save for now").click()
    page.get_by_text("Everything so far is kept").wait_for()
    axe(page)
    page.get_by_role("group", name="Money and basics").get_by_label("Not discussed").check()
    page.get_by_role("button", name="Finish").click()
    page.get_by_text("The assessment is finished").wait_for()
    axe(page)

    session.expire_all()
    (assessment,) = queries.assessments_of(case)
    assert queries.needs_of(assessment) == {D.SAFETY: 4, D.MONEY: None}
    assert queries.scores_of(assessment)[D.SAFETY].note == "They wait outside college"


def test_a_changed_score_asks_gently_what_happened(
    session, case, worker, page, browser_sign_in, clock, axe
) -> None:
    finished(case, worker, Point.BASELINE, safety=4)
    clock.forward(days=28)
    review = actions.start_assessment(case, by=worker, point=Point.REVIEW)
    session.commit()
    browser_sign_in(page, worker)
    page.goto(f"/cases/{case.id}/needs/{review.id}")
    group = page.get_by_role("group", name="Immediate safety and conflict")
    asked = page.get_by_text("That has changed").first
    group.get_by_label("4 Acute").check()
    assert not asked.is_visible()
    group.get_by_label("2 In hand").check()
    assert asked.is_visible()
    axe(page)


def test_then_and_now_reads_the_same_in_picture_and_table(
    session, case, worker, page, browser_sign_in, clock, axe
) -> None:
    finished(case, worker, Point.BASELINE, safety=4, money=1, housing=3)
    clock.forward(days=28)
    finished(case, worker, Point.EXIT, safety=1, money=2, housing=3)
    session.commit()
    browser_sign_in(page, worker)
    page.goto(f"/cases/{case.id}/needs")
    assert page.get_by_role("img", name="Needs at the baseline and now").is_visible()
    page.get_by_text("The same as a table").click()
    row = page.get_by_role("row", name=re.compile("^Immediate safety"))
    assert row.inner_text().split("\t") == [
        "Immediate safety and conflict", "4", "1", "better by 3"
    ]  # fmt: skip
    axe(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_risk_and_safety_plan_are_written_with_a_thumb(
    session, case, worker, page, browser_sign_in, axe
) -> None:
    browser_sign_in(page, worker)
    page.goto(f"/cases/{case.id}/safety")
    axe(page)
    page.get_by_role("button", name="Assess the risk").click()
    axe(page)
    page.get_by_label("High", exact=True).check()
    page.get_by_label("What does that rest on?").fill("Threats at the door")
    page.get_by_role("button", name="Save the risk").click()
    page.get_by_role("link", name="Enter what will be done").wait_for()
    axe(page)
    page.get_by_label("What will be done, by whom?").fill("Stay at nan's; I ring housing")
    page.get_by_role("button", name="Save the risk").click()
    page.get_by_text("Risk saved.").wait_for()
    page.get_by_role("button", name="Make a safety plan").click()
    page.get_by_label("Times and places to stay away from").fill("The precinct")
    page.get_by_role("group", name="Is it safe for them").get_by_label("Yes").check()
    page.get_by_label("Who agreed it?").fill("Them")
    axe(page)
    page.get_by_role("button", name="Save the plan").click()
    page.get_by_text("In date until").wait_for()
    axe(page)
    page.get_by_role("link", name="Sheet to print").click()
    page.get_by_role("heading", name="My safety plan").wait_for()
    axe(page)

    session.expire_all()
    assert case.risk is Risk.HIGH


@pytest.mark.parametrize("length", [300, 1_190, 3_000])
def test_the_sheet_is_one_side_of_a4(
    session, case, worker, desktop, browser_sign_in, tmp_path, length
) -> None:
    sheet = plan(case, worker, length)
    session.commit()
    browser_sign_in(desktop, worker)
    desktop.goto(f"/cases/{case.id}/safety-plan/{sheet.id}/print")
    paper = tmp_path / "sheet.pdf"
    desktop.pdf(path=paper, format="A4")
    pdfinfo = shutil.which("pdfinfo")
    assert pdfinfo, "install poppler-utils"
    said = subprocess.run([pdfinfo, paper], capture_output=True, text=True, check=True).stdout
    assert re.search(r"^Pages:\s+1$", said, re.MULTILINE), said
