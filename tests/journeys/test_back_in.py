"""Coming back: a long note outlives its session, and one touch is all it takes."""

import re
import time

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import func, select

from caseflow.cases.lifecycle import Stage
from caseflow.cases.models import Case
from caseflow.contacts.models import Contact
from caseflow.staff import devices
from caseflow.staff.models import KeptForm
from tests import builders
from tests.harness import signed_in
from tests.harness.client import settle
from tests.harness.passkey import Device

URDU = "اس نے کہا کہ وہ کالج واپس جانا چاہتا ہے اور اپنی ماں سے بات کرے گا۔ "
NOTE = (URDU * 80)[:4_000].strip()
SECONDS = 5


@pytest.fixture
def case(session, clock) -> Case:
    clock("2027-03-01 09:00")
    case = builders.case_at(Stage.LONG_TERM, held_by=builders.worker())
    session.commit()
    return case


@pytest.fixture
def device(session, page: Page, browser_sign_in, case, app, live_server) -> Device:
    """Their own phone or laptop, which has their passkey, in a session that ages."""
    browser_sign_in(page, case.worker)
    device = Device(page)
    page.goto("/account/passkeys/new")
    page.get_by_label("What do you call this device?").fill("Mine")
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_text("Mine").first).to_be_visible()
    with app.test_request_context():
        token, name = devices.trust(case.worker, label="Mine"), devices.cookie_name()
    settle()
    page.context.add_cookies([{"name": name, "value": token, "url": live_server.url}])
    signed_in.forget()
    return device


def count(session, model) -> int:
    session.expire_all()
    return session.scalar(select(func.count()).select_from(model))


def write_note(page: Page, case: Case) -> None:
    page.goto(f"/cases/{case.id}/contacts/new")
    page.locator("[name=outcome][value=no_answer]").check(force=True)
    page.locator("[name=note]").fill(NOTE)


def test_a_long_note_in_urdu_is_saved_once_after_a_time_out(
    session, page, device, case, clock, axe
) -> None:
    write_note(page, case)
    clock.forward(minutes=10, seconds=1)
    page.get_by_role("button", name="Save contact").click()
    expect(page).to_have_title("What you sent is kept – CaseFlow")  # the passkey asked by itself
    expect(page.get_by_text("Log a contact", exact=True).first).to_be_visible()
    axe(page)
    assert count(session, Contact) == 0
    page.get_by_role("button", name="Send it now").click()
    expect(page.locator(".cf-timeline, main").get_by_text(NOTE[:40]).first).to_be_visible()
    page.goto("/kept")
    assert (count(session, Contact), count(session, KeptForm)) == (1, 0)
    assert session.scalars(select(Contact.note)).one() == NOTE


def test_somebody_else_on_that_browser_sees_nothing_of_the_note(
    session, page, device, case, clock, browser_sign_in
) -> None:
    write_note(page, case)
    clock.forward(minutes=10, seconds=1)
    device.touched(False)  # its owner has gone
    page.get_by_role("button", name="Save contact").click()
    expect(page).to_have_title("Sign in – CaseFlow")
    browser_sign_in(page, builders.worker(builders.team("Other team", streams=())))
    for address in ("/kept", "/", "/inbox", "/account"):
        page.goto(address)
        assert NOTE[:20] not in page.content()
    assert (count(session, Contact), count(session, KeptForm)) == (0, 1)
    browser_sign_in(page, case.worker)
    page.goto("/kept")
    expect(page.get_by_role("button", name="Send it now")).to_be_visible()


def test_back_where_they_were_with_one_touch(page, device, case, clock, capsys) -> None:
    """No key is pressed and nothing is clicked: the device's own question is the only step."""
    page.goto(f"/cases/{case.id}")
    clock.forward(minutes=11)
    page.goto("about:blank")
    began = time.monotonic()
    page.goto(f"/cases/{case.id}")
    expect(page).to_have_url(re.compile(f"/cases/{case.id}$"))
    expect(page.locator("main h1").first).to_be_visible()
    took = time.monotonic() - began
    with capsys.disabled():
        print(f"\nback in after a time-out: 1 touch, {took:.2f} s")
    assert took < SECONDS


@pytest.mark.parametrize("left_by", ["Sign out", "Lock"])
def test_who_left_on_purpose_is_not_asked_by_itself(page, device, left_by: str) -> None:
    page.get_by_role("button", name=left_by, exact=True).click()
    expect(page).to_have_title("Sign in – CaseFlow")
    expect(page.locator("[data-starts]")).to_have_count(0)


def test_a_borrowed_computer_does_not_ask_by_itself(page, device, case, clock) -> None:
    page.context.clear_cookies(name=re.compile("device"))
    page.goto(f"/cases/{case.id}")
    clock.forward(minutes=11)
    page.goto(f"/cases/{case.id}")
    expect(page).to_have_title("Sign in – CaseFlow")
    expect(page.locator("[data-starts]")).to_have_count(0)


def test_a_cancelled_touch_leaves_every_other_way_open(page, device, case, clock, axe) -> None:
    page.goto(f"/cases/{case.id}")
    clock.forward(minutes=11)
    device.knows_who(False)
    page.goto(f"/cases/{case.id}")
    expect(page.get_by_text("The passkey was not used")).to_be_visible()
    expect(page.get_by_label("Password", exact=True)).to_be_visible()
    axe(page)
    device.knows_who(True)
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page).to_have_url(re.compile(f"/cases/{case.id}$"))
