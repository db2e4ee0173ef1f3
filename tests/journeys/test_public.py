"""A school asks for help by the public page, and a worker takes it on: at the width of a phone."""

import re

from playwright.sync_api import Page, expect

from tests import builders

CODE = re.compile(r"RF(?:-[0-9A-Z]{4}){2}")


def fill(page: Page, **words: str) -> None:
    for name, text in words.items():
        page.locator(f"main [name='{name}']").fill(text)


def test_a_school_refers_and_sees_that_it_was_received(
    session, clock, phone, browser, browser_sign_in, axe
) -> None:
    clock("2026-11-24 10:00")
    ana = builders.worker(name="Ana Worker")
    session.commit()
    phone.goto("/refer")
    axe(phone)
    expect(phone.get_by_text("Call 999.").first).to_be_visible()
    expect(phone.get_by_label("Leave this empty")).not_to_be_in_viewport()
    fill(phone, phone="0116 496 0111", name="Billy Example", age="15", words="Jumped after school")
    clock("2026-11-24 10:02")
    phone.get_by_role("button", name="Send").click()
    expect(phone.locator(".govuk-error-summary")).to_contain_text("Select who this is for")
    expect(phone.locator("[name=words]")).to_have_value("Jumped after school")
    axe(phone)
    phone.get_by_label("I work at their school or college").check()
    phone.get_by_role("button", name="Send").click()
    expect(phone.get_by_role("heading", name="We have it")).to_be_visible()
    axe(phone)
    code = CODE.search(phone.locator("main").inner_text())[0]
    phone.get_by_role("link", name="See what became of it").click()
    axe(phone)
    fill(phone, code=code, reach="0116 4960111")
    phone.get_by_role("button", name="Look").click()
    expect(phone.get_by_role("status")).to_contain_text("We have received it")
    assert code not in phone.url
    # Away at once, and "back" leads to no page of what was typed.
    phone.route("**/weather", lambda route: route.fulfill(body="Rain"))
    browser.complaints.clear()
    phone.goto("/refer")
    before = phone.evaluate("history.length")
    for _ in range(3):
        phone.keyboard.press("Shift")
    phone.wait_for_url("**/weather")
    assert phone.evaluate("history.length") == before
    browser.complaints.remove("asked another host: www.bbc.co.uk")
    browser_sign_in(phone, ana)
    phone.goto("/referrals")
    phone.get_by_role("link", name="From the public (1)").click()
    axe(phone)
    phone.get_by_role("button", name="Read").click()
    axe(phone)
    phone.get_by_label("Yes: make it a referral").check()
    phone.get_by_role("button", name="Decide").click()
    expect(phone.get_by_text("Referral made.")).to_be_visible()
