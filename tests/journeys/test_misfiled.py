"""A note on the wrong young person: set aside by who wrote it, moved by the supervisor, undone."""

from playwright.sync_api import Page, expect

from caseflow.cases.lifecycle import Stage
from caseflow.contacts.actions import log_contact
from caseflow.contacts.rules import Mode, Outcome
from caseflow.kernel import clock
from tests import builders

WORDS = "Her new flat is above the bakery"


def test_a_note_on_the_wrong_person_finds_its_way(
    session, page: Page, browser_sign_in, axe
) -> None:
    team = builders.team()
    kim, boss = builders.worker(team, "Kim Worker"), builders.supervisor(team, "Sunil Boss")
    jay, ana = (
        builders.case_at(Stage.LONG_TERM, held_by=kim, of=builders.person(first_name=name))
        for name in ("Jay", "Ana")
    )
    log_contact(
        jay, by=kim, happened_at=clock.now(), outcome=Outcome.TALKED, mode=Mode.PHONE, minutes=5,
        note=WORDS,
    )  # fmt: skip
    session.commit()

    browser_sign_in(page, kim)
    page.goto(f"/cases/{jay.id}")
    page.get_by_role("link", name="Wrong person? Talked: phone").click()
    axe(page)
    page.get_by_role("button", name="Set it aside").click()
    expect(page.get_by_role("link", name="Enter how you know")).to_be_visible()
    page.get_by_label("How do you know that it is about somebody else?").fill("Jay has no flat")
    page.get_by_role("button", name="Set it aside").click()
    expect(page.get_by_text(WORDS)).to_be_visible()
    axe(page)
    page.goto(f"/cases/{jay.id}")
    expect(page.get_by_text("was set aside as being about somebody else")).to_be_visible()
    expect(page.get_by_text(WORDS)).to_have_count(0)
    axe(page)

    browser_sign_in(page, boss)
    page.goto("/set-aside")
    axe(page)
    page.get_by_role("link", name=jay.reference).first.click()
    axe(page)
    page.get_by_label("Move it to the record it is about").check()
    page.get_by_label("Case reference of the record it is about").fill(ana.reference)
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_text(WORDS)).to_be_visible()
    axe(page)
    page.get_by_label("Why?").fill("It is Ana’s flat")
    page.get_by_role("button", name="Move the entry").click()
    axe(page)
    page.get_by_role("main").get_by_role("link", name=ana.reference).click()
    expect(page.get_by_text("by Sunil Boss")).to_be_visible()
    expect(page.get_by_text(WORDS)).to_be_visible()
    page.goto(f"/cases/{jay.id}/set-aside")
    page.get_by_role("link", name="Undo the move").click()
    axe(page)
    page.get_by_label("Why?").fill("Not hers either")
    page.get_by_role("button", name="Undo the move").click()
    expect(page.get_by_text(WORDS)).to_be_visible()
    page.goto(f"/cases/{ana.id}")
    expect(page.get_by_text(WORDS)).to_have_count(0)
