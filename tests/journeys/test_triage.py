"""A supervisor triages: who must not meet is said without a name, who could take it with why."""

from playwright.sync_api import Page, expect

from caseflow.access.permissions import Role
from caseflow.cases.lifecycle import Stage
from caseflow.intake import actions as intake
from caseflow.intake.codes import IndexReason
from caseflow.people.rules import Safe
from tests import builders

CONCERN = "Ana Worker (keep-apart concern)"


def test_a_supervisor_triages_and_keeps_two_apart(
    session, phone: Page, browser_sign_in, axe
) -> None:
    page, boss = phone, builders.supervisor(name="Bo Boss")
    ana, _ = (builders.worker(boss.team, name) for name in ("Ana Worker", "Ben Worker"))
    rival = builders.case_at(
        Stage.LONG_TERM, held_by=ana, of=builders.person(first_name="Rival", last_name="Rivalson")
    )
    case = intake.add_referral(
        by=boss, name="Sam Newcomer", what=IndexReason.EXPLOITATION, age=16, postcode="LE2 0AA",
        site="Royal Infirmary", ward="Ward 11", is_still_there=Safe.YES,
    ).case  # fmt: skip
    session.commit()

    browser_sign_in(page, boss)
    page.goto(f"/team/workers/{ana.id}")
    page.get_by_role("link", name="Skills and languages").click()
    page.get_by_label("Exploitation").check()
    page.get_by_label("Which languages do they speak").fill("Somali, Gujarati")
    axe(page)
    page.get_by_role("button", name="Save").click()

    page.goto(f"/cases/{case.id}/triage")
    expect(page.get_by_text("Aged 15 or 16")).to_have_count(0)
    expect(page.get_by_text("Thought to be 14 to 18: within 11 to 25.")).to_be_visible()
    expect(page.locator("ol.cf-jobs > li").first).to_contain_text("Skilled in exploitation")
    axe(page)
    page.goto(f"/cases/{case.id}/who-may-know")
    page.get_by_role("button", name="Keep apart from somebody").click()
    axe(page)
    page.get_by_label("Case reference of the other young person").fill(rival.reference)
    page.get_by_label("Why must they not meet?").fill("They fought in town")
    page.get_by_role("button", name="Keep them apart").click()
    expect(page.get_by_text("Rival Rivalson")).to_be_visible()
    axe(page)

    page.goto(f"/cases/{case.id}/triage")
    expect(page.get_by_text("Keep-apart concern", exact=True)).to_be_visible()
    expect(page.get_by_text("Rival")).to_have_count(0)
    page.get_by_label("Yes, eligible").check()
    page.get_by_label("Who takes the case?").select_option(CONCERN)
    page.get_by_role("button", name="Save triage").click()
    expect(page.get_by_role("link", name="Keep-apart concern with somebody")).to_be_visible()
    axe(page)
    page.get_by_label("Who takes the case?").select_option("Ben Worker")
    page.get_by_role("button", name="Save triage").click()
    page.get_by_role("link", name="Make a safeguarding referral").click()
    expect(page.get_by_role("link", name="01572 758407")).to_be_visible()
    axe(page)


def test_an_administrator_sees_what_rules_would_change(
    session, phone: Page, browser_sign_in, axe
) -> None:
    page, admin = phone, builders.user(Role.ADMINISTRATOR)
    intake.add_referral(
        by=builders.worker(), name="Sam Newcomer", what=IndexReason.ROBBERY, age=16,
        postcode="LE2 0AA",
    )  # fmt: skip
    session.commit()
    browser_sign_in(page, admin)
    page.goto("/rules/eligibility")
    page.get_by_label("Oldest age").fill("13")
    page.get_by_role("button", name="See what would change").click()
    expect(page.get_by_text("would change", exact=True)).to_be_visible()
    expect(page.get_by_text("Sam")).to_have_count(0)
    axe(page)
    page.get_by_role("button", name="Save these rules").click()
    expect(page.get_by_text("Decisions made stay.")).to_be_visible()
