"""Another team's case in an emergency, a colleague's cover, a conflict of interest: in Chromium."""

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from caseflow.cases import need_to_know
from caseflow.cases.lifecycle import Stage
from caseflow.cases.models import BreakGlass, Case
from caseflow.staff.models import User
from tests import builders


@pytest.fixture
def boss(session, clock) -> User:
    clock("2026-11-24 10:00")
    return builders.supervisor(builders.team("Other team", ()), name="Sunil Boss")


@pytest.fixture
def case(session, boss) -> Case:
    holder = builders.worker(boss.team, name="Wanda Holder")
    person = builders.person(first_name="Zephaniah", last_name="Quillfeather")
    case = builders.case_at(Stage.LONG_TERM, held_by=holder, of=person)
    session.commit()
    return case


def test_a_case_is_opened_in_an_emergency_read_and_closed(
    session, page: Page, browser_sign_in, axe, case, boss
) -> None:
    builders.team()
    ana = builders.worker(builders.team("Hospital team"), name="Ana Elsewhere")
    session.commit()
    browser_sign_in(page, ana)
    page.goto("/search")
    page.get_by_role("link", name="Somebody is here and their case is not in your list").click()
    axe(page)
    page.get_by_label("Case reference").fill("CF-2222-2222")
    page.get_by_label("They are here now, and their worker is not").check()
    page.get_by_label("What is happening?").fill("He is at reception and asks for Wanda")
    page.get_by_role("button", name="Open to read").click()
    expect(page.get_by_text("No case was opened.")).to_be_visible()
    axe(page)
    page.get_by_label("Case reference").fill("")
    page.get_by_label("First name").fill("Zephaniah")
    page.get_by_label("Last name").fill("Quillfeather")
    born = case.person.born_on
    for label, number in (("Day", born.day), ("Month", born.month), ("Year", born.year)):
        page.get_by_label(label, exact=True).fill(str(number))
    page.get_by_role("button", name="Open to read").click()
    expect(page.get_by_text("You opened this case in an emergency.")).to_be_visible()
    expect(page.get_by_text("60 more minutes")).to_be_visible()
    assert "Quillfeather" not in page.title()
    axe(page)
    page.get_by_role("link", name="Safety", exact=True).click()
    expect(page.get_by_role("button", name="Stop now")).to_be_visible()
    page.emulate_media(media="print")
    expect(page.locator("main")).to_be_hidden()
    page.emulate_media(media="screen")
    address = page.url
    page.get_by_role("button", name="Stop now").click()
    expect(page.get_by_text("The case is closed to you again.")).to_be_visible()
    assert page.goto(address).status == 404
    opening = session.scalars(select(BreakGlass)).one()
    assert opening.ended_at is not None


def test_a_supervisor_reviews_what_was_opened(
    session, page: Page, browser_sign_in, axe, case, boss
) -> None:
    from caseflow.cases import glass
    from caseflow.cases.openings import Wanted
    from caseflow.cases.rules import GlassReason

    ana = builders.worker(builders.team("Hospital team"), name="Ana Elsewhere")
    glass.break_glass(
        ana, Wanted(reference=case.reference), code=GlassReason.ARRIVED,
        reason="He is at reception and asks for Wanda",
    )  # fmt: skip
    session.commit()
    browser_sign_in(page, boss)
    page.get_by_role("link", name="Openings").click()
    axe(page)
    page.get_by_role("link", name="EO-").click()
    axe(page)
    page.get_by_label("It was justified").check()
    page.get_by_label("What was done about it?").fill("Spoke to Ana and to Wanda")
    page.get_by_role("button", name="Save the review").click()
    expect(page.get_by_text("It was justified")).to_be_visible()


def test_cover_is_set_and_used(
    session, page: Page, browser, browser_sign_in, axe, case, boss
) -> None:
    ben = builders.worker(boss.team, name="Ben Colleague")
    session.commit()
    browser_sign_in(page, boss)
    page.get_by_role("link", name="Cover: who stands in for whom").click()
    page.get_by_role("button", name="Set cover").click()
    axe(page)
    page.get_by_label("Who is away?").select_option("Wanda Holder")
    page.get_by_label("Who covers for them?").select_option("Ben Colleague")
    until = page.get_by_role("group", name="Until when?")
    for label, words in (("Day", "27"), ("Month", "11"), ("Year", "2026"), ("Time", "09:00")):
        until.get_by_label(label).fill(words)
    page.get_by_role("button", name="Set cover").click()
    expect(page.get_by_text("Ben Colleague covers for Wanda Holder").first).to_be_visible()
    axe(page)
    session.commit()
    browser_sign_in(page, ben)
    page.goto(f"/cases/{case.id}")
    expect(page.get_by_text("Covered by Ben Colleague until Fri 27 Nov")).to_be_visible()
    page.get_by_role("link", name="Move to another stage").click()
    expect(page.get_by_role("heading", name="Move to another stage")).to_be_visible()


def test_a_conflict_is_declared_and_the_record_is_gone(
    session, page: Page, browser_sign_in, axe, case, boss
) -> None:
    browser_sign_in(page, case.worker)
    page.goto(f"/cases/{case.id}")
    page.get_by_role("link", name="I know somebody in this story").click()
    axe(page)
    page.get_by_role("button", name="Take this case out of my sight").click()
    expect(page.get_by_text("Thank you for saying so.")).to_be_visible()
    assert page.goto(f"/cases/{case.id}").status == 404


def test_a_record_is_restricted_and_somebody_is_named(
    session, page: Page, browser_sign_in, axe, case, boss
) -> None:
    ben = builders.worker(boss.team, name="Ben Colleague")
    need_to_know.set_conflict(case, builders.worker(boss.team, name="Cleo Cousin"), by=boss)
    session.commit()
    browser_sign_in(page, boss)
    page.goto(f"/cases/{case.id}")
    page.get_by_role("link", name="Who may know of them").click()
    axe(page)
    page.get_by_role("button", name="Restrict this record").click()
    expect(page.get_by_text("Cleo Cousin")).to_have_count(0)
    axe(page)
    page.get_by_label("Why must so few people know?").fill("A rival works in the team")
    page.get_by_label(ben.name).check()
    page.get_by_role("button", name="Restrict", exact=True).click()
    expect(page.get_by_text("Restricted record.")).to_be_visible()
    axe(page)
    expect(page.get_by_role("listitem").filter(has_text="Ben Colleague")).to_have_count(1)
