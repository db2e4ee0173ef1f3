"""The pages of one case in a real browser, at both widths."""

import pytest

from caseflow.cases.lifecycle import Stage
from tests import builders
from tests.casefile.rich import rich_case


@pytest.fixture
def case(session, clock):
    clock("2026-11-03 10:00")
    case = rich_case(builders.worker(name="Amara Okafor"))
    session.commit()
    clock("2026-11-24 15:10")
    return case


def test_the_case_and_its_timeline(session, case, page, browser_sign_in, axe) -> None:
    browser_sign_in(page, case.worker)
    page.goto(f"/cases/{case.id}")
    axe(page)
    assert page.locator(".cf-thumb--page").get_by_text("Log a contact").is_visible()
    page.get_by_role("link", name="Needs and safety").click()
    page.wait_for_url("**show=needs**")
    page.get_by_role("heading", name="Safety plan saved").wait_for()
    assert page.get_by_role("heading", name="Met: face to face, home").count() == 0
    page.goto(f"/cases/{case.id}/looks")
    axe(page)


def test_nothing_runs_off_a_phone(session, case, phone, browser_sign_in) -> None:
    browser_sign_in(phone, case.worker)
    for path in ("", "/looks", "/move", "/pause"):
        phone.goto(f"/cases/{case.id}{path}")
        wide = phone.evaluate("document.documentElement.scrollWidth")
        assert wide <= 390, path


def test_their_answer_in_one_screen(session, page, browser_sign_in, axe, clock) -> None:
    clock("2026-11-24 10:00")
    approached = builders.case_at(Stage.APPROACHED, of=builders.person(born_on=builders.born(14)))
    session.commit()
    browser_sign_in(page, approached.worker)
    page.goto(f"/cases/{approached.id}")
    with page.expect_navigation():
        page.locator(".cf-thumb--page").get_by_text("Record their answer").click()
    axe(page)
    page.get_by_label("Yes, they want support").check()
    page.get_by_label("Young person", exact=True).check()
    page.get_by_label("Spoken").check()
    page.get_by_label("Brief support, about 4 weeks").check()
    axe(page)
    with page.expect_navigation():
        page.get_by_role("button", name="Save their answer").click()
    axe(page)
    page.get_by_label("Why do they understand well enough to decide?").fill("Said it back to me")
    with page.expect_navigation():
        page.get_by_role("button", name="Save their answer").click()
    page.wait_for_url(f"**/cases/{approached.id}")
    page.get_by_text("Their yes is recorded.").wait_for()


def test_moves_and_allocation_are_readable(session, page, browser_sign_in, axe, clock) -> None:
    clock("2026-11-24 10:00")
    lead = builders.supervisor()
    approached = builders.case_at(Stage.APPROACHED)
    declined = builders.case_at(Stage.DECLINED)
    session.commit()
    browser_sign_in(page, lead)
    for case, path in (
        (approached, "move"), (approached, "allocate"), (approached, "pause"), (declined, "reopen")
    ):  # fmt: skip
        page.goto(f"/cases/{case.id}/{path}")
        axe(page)


def test_searching(session, case, page, browser_sign_in, axe) -> None:
    browser_sign_in(page, case.worker)
    page.goto("/search")
    axe(page)
    page.locator("#sought").fill("te")
    with page.expect_navigation():
        page.get_by_role("button", name="Search", exact=True).click()
    axe(page)
    page.locator("#sought").fill("testcase jaydn")
    with page.expect_navigation():
        page.get_by_role("button", name="Search", exact=True).click()
    axe(page)
    assert page.url.endswith("/search")
    page.get_by_role("link", name="Jaydn Testcase").click()
    page.wait_for_url(f"**/cases/{case.id}")
