"""My day and the team's board in a real browser, at both widths."""

from datetime import timedelta

import pytest

from caseflow.cases import actions as cases
from caseflow.cases.lifecycle import Stage
from caseflow.cases.rules import Risk
from caseflow.contacts.actions import log_contact
from caseflow.contacts.rules import Mode, Outcome
from caseflow.kernel import clock as kernel_clock
from tests import builders


@pytest.fixture
def ana(session, clock):
    clock("2026-11-03 10:00")
    ana = builders.worker(name="Amara Okafor-Featherstonehaugh")
    for risk in (Risk.HIGH, Risk.MEDIUM, Risk.LOW):
        case = builders.case_at(Stage.LONG_TERM, held_by=ana)
        cases.set_risk(case, risk)
        log_contact(
            case, by=ana, happened_at=kernel_clock.now(), outcome=Outcome.MET, mode=Mode.F2F_HOME,
            minutes=40, next_step="Ring about college",
            next_step_at=kernel_clock.now() + timedelta(days=21, hours=2),
        )  # fmt: skip
    clock("2026-11-24 09:00")
    builders.received_case()
    builders.case_at(Stage.ELIGIBLE, held_by=ana)
    session.commit()
    return ana


def test_my_day(session, ana, page, browser_sign_in, axe) -> None:
    browser_sign_in(page, ana)
    page.wait_for_url("**/my-day")
    axe(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]
    with page.expect_navigation():
        page.get_by_role("button", name="Take this case").click()
    page.get_by_text("This case is yours now.").wait_for()
    axe(page)


def test_the_board_and_its_doors(session, ana, page, browser_sign_in, axe) -> None:
    browser_sign_in(page, builders_supervisor(session))
    page.wait_for_url("**/team")
    axe(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]
    with page.expect_navigation():
        page.get_by_role("link", name="Load").click()
    axe(page)
    with page.expect_navigation():
        page.locator(".cf-weeks__link").first.click()
    axe(page)
    for which in ("unallocated", "overdue", "quiet", "sign_off"):
        page.goto(f"/team/list?show={which}")
        axe(page)
    page.goto("/team")
    with page.expect_navigation():
        page.get_by_role("link", name=ana.name).click()
    axe(page)


def builders_supervisor(session):
    lead = builders.supervisor(name="Sam Lead")
    session.commit()
    return lead
