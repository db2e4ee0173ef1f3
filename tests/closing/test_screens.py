"""The closing screens in a real browser, on a phone and on a laptop."""

import io

import pikepdf

from caseflow.assessments.rules import Point
from caseflow.cases.lifecycle import Stage
from caseflow.cases.rules import NeedDomain
from caseflow.closing import actions, queries


def test_support_ends_returned_once_then_approved(
    session, case, assess, ana, sam, browser, browser_sign_in, axe, page
) -> None:
    assess(Point.BASELINE, {NeedDomain.SAFETY: 4, NeedDomain.HOUSING: 2})
    session.commit()
    browser_sign_in(page, ana)
    page.goto(f"/cases/{case.id}/closing")
    axe(page)
    page.get_by_role("button", name="Ask to close").click()
    axe(page)
    _fill_in(page)
    axe(page)
    page.get_by_role("button", name="Ask to close").click()
    page.get_by_text("Asked. A supervisor decides").wait_for()
    axe(page)
    session.expire_all()
    actions.return_closure(queries.waiting_request(case), by=sam, note="Rate the goals first.")
    session.commit()
    page.reload()
    page.get_by_text("Rate the goals first.").wait_for()
    page.get_by_role("button", name="Ask again").click()
    page.get_by_role("button", name="Ask to close").click()
    page.get_by_text("Asked. A supervisor decides").wait_for()

    other = browser.open({"viewport": page.viewport_size})
    browser_sign_in(other, sam)
    other.goto(f"/cases/{case.id}/closing")
    other.get_by_role("button", name="Decide").click()
    axe(other)
    other.get_by_label("Approve. The case closes now").check()
    other.get_by_role("button", name="Decide").click()
    other.get_by_text("The case is closed. Follow-ups are booked.").wait_for()
    axe(other)
    session.expire_all()
    assert case.stage is Stage.COMPLETED

    page.goto(f"/cases/{case.id}/closing")
    page.get_by_role("button", name="Make the summary").click()
    page.get_by_text("Summary 1 is ready.").wait_for()
    with page.expect_download() as download:
        page.get_by_role("link", name="Summary 1 (PDF)").click()
    assert download.value.suggested_filename == f"{case.reference}-summary-1.pdf"
    with pikepdf.open(io.BytesIO(download.value.path().read_bytes())) as file:
        assert len(file.pages) == 2


def _fill_in(page) -> None:
    page.get_by_label("Completed as planned").check()
    page.get_by_label("What happened").fill("Back at college, sleeping again.")
    page.get_by_role("group", name="Was the ending planned").get_by_label("Yes").check()
    page.get_by_role("group", name="Did you look at the goals").get_by_label("Yes").check()
    page.get_by_label("Did not want to").check()
    page.get_by_role("group", name="Risk as support ends").get_by_label("Low").check()
    page.locator("#handover").check()
    page.get_by_label("Which service").fill("Harbour")
    page.get_by_label("Who there has agreed").fill("A. Nurse")
    page.get_by_role("group", name="Have they been").get_by_label("Not yet").check()
    page.get_by_role("group", name="May we get in touch").get_by_label("Yes").check()
    page.get_by_label("A safe way to reach them").fill("His own phone, after 16:00")
    page.get_by_role("group", name="I feel safer now").get_by_label("4 mostly").check()
    page.get_by_label("In their own words").fill("میں واپس کالج جانا چاہتا ہوں۔")


def test_after_a_death_the_page_asks_for_little(
    session, case, ana, browser_sign_in, axe, page
) -> None:
    session.commit()
    browser_sign_in(page, ana)
    page.goto(f"/cases/{case.id}/closing/ask")
    assert page.get_by_text("What they say").is_visible()
    page.get_by_label("Died").check()
    assert page.get_by_text("We are sorry.").is_visible()
    assert not page.get_by_text("What they say").is_visible()
    assert not page.get_by_text("Risk as support ends").is_visible()
    axe(page)
