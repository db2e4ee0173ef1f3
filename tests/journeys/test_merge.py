"""A supervisor finds the same young person twice, merges the two, and takes it back."""

from playwright.sync_api import Page, expect

from caseflow.people import actions
from caseflow.people.rules import ContactKind
from tests import builders


def test_two_records_become_one_and_two_again(session, page: Page, browser_sign_in, axe) -> None:
    boss = builders.supervisor()
    jay = builders.person(first_name="Jay", last_name="Example", school="")
    jai = builders.person(first_name="Jai", last_name="Exampel", school="Made-up School")
    actions.save_contact_point(jai, kind=ContactKind.PHONE, value="07700 900111")
    case, twin = (builders.received_case(of=one, in_team=boss.team) for one in (jay, jai))
    session.commit()

    browser_sign_in(page, boss)
    page.goto(f"/cases/{case.id}/person")
    axe(page)
    page.get_by_role("link", name="This is the same person as another record").click()
    axe(page)
    page.get_by_label("Case reference of the other record").fill(twin.reference)
    page.get_by_role("button", name="Compare").click()
    expect(page.get_by_text("Ways to reach them: 07700 900111")).to_be_visible()
    expect(page.get_by_label("School or college: Made-up School")).to_be_checked()
    axe(page)
    page.get_by_role("button", name="Merge the two").click()
    expect(page.get_by_role("link", name="Enter how you know")).to_be_visible()
    axe(page)
    page.get_by_label("How do you know they are one person?").fill("The same number")
    page.get_by_role("button", name="Merge the two").click()
    expect(page.get_by_text("They are one record now. It can be undone below.")).to_be_visible()
    expect(page.get_by_text("Jai Exampel").first).to_be_visible()
    axe(page)
    page.get_by_role("link", name="Undo the merge with Jai Exampel").click()
    axe(page)
    page.get_by_label("Why are they two?").fill("Cousins, it turns out")
    page.get_by_role("button", name="Undo the merge").click()
    expect(page.get_by_text("They are two records again.")).to_be_visible()
    session.expire_all()
    assert case.person is jay and twin.person is jai
    assert jay.school == ""
