"""Passkeys in a real browser, with a device that makes and shows them."""

import re

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from caseflow.staff.models import Passkey
from tests import builders
from tests.harness.passkey import Device


@pytest.fixture
def worker(session):
    worker = builders.worker()
    session.commit()
    return worker


def add_passkey(page: Page, label: str = "My phone") -> None:
    page.goto("/account/passkeys/new")
    page.get_by_label("What do you call this device?").fill(label)
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_text(label).first).to_be_visible()


def test_add_one_and_sign_in_with_one_touch(session, page, browser_sign_in, axe, worker) -> None:
    browser_sign_in(page, worker)
    device = Device(page)
    page.goto("/account/passkeys/new")
    axe(page)
    add_passkey(page)
    axe(page)
    assert len(device.keys) == 1
    page.get_by_role("button", name="Sign out").click()
    expect(page).to_have_title("Sign in – CaseFlow")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page).to_have_title(re.compile("My day"))


def test_a_device_has_one_for_us_only_once(session, desktop, browser_sign_in, worker) -> None:
    browser_sign_in(desktop, worker)
    Device(desktop)
    add_passkey(desktop)
    desktop.goto("/account/passkeys/new")
    desktop.get_by_label("What do you call this device?").fill("Again")
    desktop.get_by_role("button", name="Add a passkey").click()
    expect(desktop.get_by_text("This device has a passkey for CaseFlow already")).to_be_visible()
    assert len(session.scalars(select(Passkey)).all()) == 1


def test_removing_the_only_one_is_refused_and_another_is_not(
    session, desktop, browser_sign_in, worker
) -> None:
    browser_sign_in(desktop, worker)
    device = Device(desktop)
    add_passkey(desktop)
    desktop.get_by_role("button", name="Remove My phone").click()
    expect(desktop.get_by_text("This is your only second factor").first).to_be_visible()
    other = Device(desktop, transport="usb")
    del device
    add_passkey(desktop, "My key ring")
    desktop.get_by_role("button", name="Remove My phone").click()
    expect(desktop.get_by_text("The passkey is removed")).to_be_visible()
    session.expire_all()
    assert [key.label for key in session.scalars(select(Passkey))] == ["My key ring"]
    assert other.keys


def test_a_device_that_does_not_know_who_holds_it_is_refused(
    desktop, browser_sign_in, worker
) -> None:
    browser_sign_in(desktop, worker)
    device = Device(desktop)
    add_passkey(desktop)
    device.knows_who(False)
    desktop.get_by_role("button", name="Sign out").click()
    desktop.get_by_role("button", name="Sign in with a passkey").click()
    expect(desktop.get_by_role("alert").filter(has_text="passkey")).to_be_visible()
    expect(desktop).to_have_title("Sign in – CaseFlow")


def test_a_passkey_nobody_here_has_is_refused_in_plain_words(desktop, live_server) -> None:
    desktop.goto("/sign-in")
    Device(desktop)
    desktop.get_by_role("button", name="Sign in with a passkey").click()
    expect(desktop.get_by_text("The passkey was not used")).to_be_visible()
    expect(desktop.get_by_role("button", name="Sign in with a passkey")).to_be_focused()


def test_an_old_browser_is_told_and_shown_another_way(desktop, live_server) -> None:
    desktop.add_init_script("delete window.PublicKeyCredential")
    desktop.goto("/sign-in")
    expect(desktop.get_by_text("Your browser cannot use a passkey here")).to_be_visible()
    expect(desktop.get_by_role("button", name="Sign in with a passkey")).to_be_hidden()
    expect(desktop.get_by_label("E-mail address")).to_be_visible()
