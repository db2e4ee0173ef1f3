"""The duty board on a phone: it refreshes by itself and takes nothing from whoever uses it."""

import re

import pytest
from playwright.sync_api import Page, expect

from caseflow.access.permissions import Role
from caseflow.cases import actions as cases
from caseflow.intake import actions as intake
from caseflow.intake import missed
from caseflow.intake.codes import IndexReason
from caseflow.intake.rules import Urgency
from caseflow.people.rules import Safe
from tests import builders


@pytest.fixture
def ana(session, clock):
    clock("2026-11-24 14:00")
    return builders.worker(name="Ana")


@pytest.fixture
def ben(ana):
    return builders.worker(name="Ben")


def arrived(by, name, there=Safe.YES, **more):
    return intake.add_referral(
        by=by, name=name, what=IndexReason.ASSAULT_SHARP, is_still_there=there,
        site="Leicester Royal Infirmary", ward="Majors", **more,
    ).case  # fmt: skip


def line(page: Page, name: str):
    return page.locator("[data-key]").filter(has_text=name)


def a_minute_later(page: Page, clock, words: str) -> None:
    """The page's own minute passes, and the server's."""
    clock(f"2026-11-24 {words}")
    with page.expect_response(re.compile("/duty/list")):
        page.clock.fast_forward(61_000)
    expect(page.locator("[data-duty-updated]")).to_have_text(f"Updated {words}")


def remember_place(field) -> None:
    """As the list arrives, not before: a phone scrolls to what is typed in its own time."""
    field.evaluate(
        """field => {
          const send = XMLHttpRequest.prototype.send;
          XMLHttpRequest.prototype.send = function () {
            this.addEventListener("readystatechange", () => {
              if (this.readyState === 4) window.was = field.getBoundingClientRect().top;
            });
            send.call(this);
          };
        }"""
    )


def opened(page: Page, browser_sign_in, user) -> None:
    page.clock.install()
    browser_sign_in(page, user)
    page.goto("/duty")


def test_it_is_brought_up_to_date_by_itself(session, clock, phone, browser_sign_in, ana):
    arrived(ana, "Ada First")
    opened(phone, browser_sign_in, ana)
    expect(line(phone, "Ada First")).to_contain_text("5 h left")
    arrived(ana, "Bob Second")
    session.commit()
    a_minute_later(phone, clock, "14:05")
    expect(line(phone, "Bob Second")).to_be_visible()
    expect(line(phone, "Ada First")).to_contain_text("4 h 55 min left")
    expect(phone.locator("[data-part=there-count]")).to_have_text("2")
    expect(phone.locator("[data-duty-aloud]")).to_have_text("1 more on the duty board.")


def test_focus_words_menu_and_place_are_kept(session, clock, phone, browser_sign_in, ana, ben):
    mine = [arrived(ana, f"Person{n} Waits") for n in range(8)]
    for case in mine:
        cases.allocate(case, ana, by=ana)
    opened(phone, browser_sign_in, ana)
    row = line(phone, "Person6")
    row.get_by_text("Hand over or change").click()
    words = row.get_by_label("What they need to know (optional)")
    row.get_by_label("Who takes over?").select_option(label="Ben")
    words.fill("Mum is in the waiting ro")
    words.evaluate("field => field.setSelectionRange(3, 6)")
    remember_place(words)
    for number in range(3):
        arrived(ana, f"Newcomer{number} Waits")
    cases.allocate(mine[2], ben, by=ana)
    session.commit()
    a_minute_later(phone, clock, "14:07")
    expect(phone.locator("[data-key]")).to_have_count(11)
    expect(words).to_be_focused()
    expect(words).to_have_value("Mum is in the waiting ro")
    assert words.evaluate("field => [field.selectionStart, field.selectionEnd]") == [3, 6]
    expect(row.locator("details")).to_have_attribute("open", "")
    expect(row.get_by_label("Who takes over?")).to_have_value(str(ben.id))
    expect(row.locator("[data-changed]")).to_be_visible()
    before, after = words.evaluate("field => [window.was, field.getBoundingClientRect().top]")
    assert abs(after - before) <= 1
    expect(line(phone, "Person2")).to_contain_text("With Ben")
    words.press_sequentially("x")
    expect(words).to_have_value("Mumx in the waiting ro")


def test_a_button_keeps_the_focus(session, clock, phone, browser_sign_in, ana):
    arrived(ana, "Ada First")
    opened(phone, browser_sign_in, ana)
    button = line(phone, "Ada First").get_by_role("button", name=re.compile("See them now"))
    button.focus()
    arrived(ana, "Bob Second", urgency=Urgency.NOW)
    session.commit()
    a_minute_later(phone, clock, "14:10")
    expect(line(phone, "Bob Second")).to_be_visible()
    expect(button).to_be_focused()


def test_words_in_a_menu_that_was_closed_are_kept(session, clock, phone, browser_sign_in, ana, ben):
    cases.allocate(arrived(ana, "Ada First"), ana, by=ana)
    opened(phone, browser_sign_in, ana)
    row = line(phone, "Ada First")
    menu = row.get_by_text("Hand over or change")
    menu.click()
    row.get_by_label("What they need to know (optional)").fill("Speaks Farsi")
    menu.click()
    phone.get_by_role("heading", name="Duty").click()
    menu.evaluate("() => document.activeElement.blur()")
    a_minute_later(phone, clock, "14:10")
    menu.click()
    expect(row.get_by_label("What they need to know (optional)")).to_have_value("Speaks Farsi")


def test_the_place_on_the_page_is_kept_without_focus(session, clock, phone, browser_sign_in, ana):
    for number in range(8):
        arrived(ana, f"Person{number} Waits")
    opened(phone, browser_sign_in, ana)
    phone.locator("[data-key]").nth(7).scroll_into_view_if_needed()
    seen = phone.evaluate(
        "() => { const e = [...document.querySelectorAll('[data-key]')]"
        ".find(l => l.getBoundingClientRect().bottom > 0);"
        " return [e.dataset.key, e.firstElementChild.getBoundingClientRect().top]; }"
    )
    clock("2026-11-24 13:00")
    arrived(ana, "Newcomer Early")
    session.commit()
    a_minute_later(phone, clock, "14:01")
    top = phone.evaluate(
        "key => document.querySelector(`[data-key='${key}'] > *`).getBoundingClientRect().top",
        seen[0],
    )
    assert abs(top - seen[1]) <= 1


def test_it_says_when_it_could_not_refresh(session, clock, phone, browser_sign_in, ana):
    arrived(ana, "Ada First")
    opened(phone, browser_sign_in, ana)
    phone.route(
        "**/duty/list",
        lambda route: route.fulfill(status=404, content_type="text/html", body="<p>"),
    )
    phone.get_by_role("link", name="Refresh").click()
    expect(phone.locator("[data-duty-updated]")).to_have_text(
        "Could not refresh. This is from 14:00."
    )
    expect(line(phone, "Ada First")).to_be_visible()
    phone.unroute("**/duty/list")
    clock("2026-11-24 14:03")
    phone.get_by_role("link", name="Refresh").click()
    expect(phone.locator("[data-duty-updated]")).to_have_text("Updated 14:03")


def test_it_works_without_script(session, clock, chromium, live_server, browser_sign_in, ana):
    arrived(ana, "Ada First")
    context = chromium.new_context(base_url=live_server.url, java_script_enabled=False)
    page = context.new_page()
    browser_sign_in(page, ana)
    page.goto("/duty")
    arrived(ana, "Bob Second")
    session.commit()
    page.get_by_role("link", name="Refresh").click()
    assert "Bob Second" in page.locator("main").inner_text()
    context.close()


def test_a_case_is_handed_over_at_the_end_of_a_shift(
    session, clock, browser, phone, browser_sign_in, ana, ben, axe
):
    """Ana sees somebody now, hands them to Ben; Ben finds them, and the words, on his board."""
    arrived(ana, "Ada First", age=16, postcode="LE1 5WW")
    session.commit()
    browser_sign_in(phone, ana)
    phone.goto("/duty")
    axe(phone)
    line(phone, "Ada First").get_by_role("button", name=re.compile("See them now")).click()
    expect(phone.get_by_text("The case is yours.").first).to_be_visible()
    phone.goto("/duty")
    row = line(phone, "Ada First")
    expect(row).to_contain_text("With Ana")
    row.get_by_text("Hand over or change").click()
    axe(phone)
    row.get_by_label("Who takes over?").select_option(label="Ben")
    row.get_by_label("What they need to know (optional)").fill("Speaks Farsi at home")
    row.get_by_role("button", name="Hand over").click()
    expect(phone.get_by_text("Ben has the case now.")).to_be_visible()
    other = browser.open({"viewport": {"width": 390, "height": 844}})
    browser_sign_in(other, ben)
    other.goto("/duty")
    expect(line(other, "Ada First")).to_contain_text("Speaks Farsi at home")
    expect(line(other, "Ada First")).to_contain_text("With Ben")
    assert other.evaluate("document.documentElement.scrollWidth") <= 390


def test_the_pages_about_it_keep_the_rules(session, page, browser_sign_in, axe, ana):
    """Ledger, its figures, rota and hours, at both widths."""
    missed.they_left(arrived(ana, "Ada Missed"))
    wide = page.viewport_size["width"]
    for user, paths in (
        (builders.supervisor(ana.team), ("/missed", "/team/rota", "/team/rota/new")),
        (builders.user(Role.PROGRAMME_MANAGER), ("/missed/figures",)),
        (
            builders.user(Role.ADMINISTRATOR),
            ("/rules/hours", "/rules/hours/change", "/rules/hours/day"),
        ),
    ):
        browser_sign_in(page, user)
        for path in paths:
            page.goto(path)
            axe(page)
            assert page.evaluate("document.documentElement.scrollWidth") <= wide, path
