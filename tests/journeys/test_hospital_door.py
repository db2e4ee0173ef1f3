"""A hospital's system is let in, sends, and what it sent is read: by people, on both sizes."""

import os
import re
from pathlib import Path

from playwright.sync_api import Page, expect

from caseflow.access.permissions import Role
from caseflow.demo.messages import bars_referral
from caseflow.intake.models import Referral
from tests import builders

DOOR = "/fhir/$process-message"
LATER = "2026-11-20T22:40:00+00:00"


def test_from_an_administrators_screen_to_the_referral(
    session, app, page: Page, browser_sign_in, axe
) -> None:
    builders.team()
    admin, supervisor = builders.user(Role.ADMINISTRATOR), builders.supervisor()
    session.commit()
    browser_sign_in(page, admin)
    page.goto("/systems")
    axe(page)
    page.get_by_role("button", name="Add a system").click()
    page.get_by_label("What is it called?").fill("Trust PAS, Leicester")
    page.get_by_label("ODS codes").fill("RWE")
    axe(page)
    page.get_by_role("button", name="Add and show its secret").click()
    axe(page)
    (secret,) = re.findall(r"cfs_[\w-]{43}", page.content())
    look(page, "secret")

    client = app.test_client()
    headers = {"Authorization": f"Bearer {secret}"}
    for told in (
        {"complaint": "Fall", "nhs_number": None, "birth_date": "2010", "address": None},
        {"reason": "update", "last_updated": LATER},
        {"last_updated": "2026-11-20T23:40:00+00:00", "nhs_number": "9990000026"},
    ):
        assert client.post(DOOR, data=bars_referral(**told), headers=headers).status_code == 200
    refused = client.post(DOOR, data=bars_referral(category="validation"), headers=headers)
    assert refused.status_code == 422

    for address in ("/systems", f"/systems/{the_system(page)}"):
        page.goto(address)
        axe(page)
        look(page, address.strip("/").split("/")[0] + ("-one" if address.count("/") > 1 else ""))

    browser_sign_in(page, supervisor)
    page.goto("/referrals")
    axe(page)
    look(page, "referrals")
    page.get_by_role("link", name="1 refused message").click()
    axe(page)
    look(page, "refused")
    page.get_by_role("link", name="Trust PAS, Leicester").click()
    expect(page.get_by_role("region", name="The message")).to_contain_text("validation")
    axe(page)
    look(page, "refused-one")

    case_id = session.query(Referral).one().case_id
    page.goto(f"/cases/{case_id}/referral")
    expect(page.get_by_text("What the sender wrote happened:")).to_be_visible()
    axe(page)
    look(page, "referral")
    page.get_by_role("link", name="As it was sent").first.click()
    expect(page.get_by_role("region", name="The message")).to_contain_text("Testerton")
    axe(page)
    look(page, "sent")


def the_system(page: Page) -> str:
    page.goto("/systems")
    address = page.get_by_role("link", name="Trust PAS, Leicester").get_attribute("href") or ""
    return address.rsplit("/", 1)[-1]


def look(page: Page, name: str) -> None:
    """No page is wider than its window; ``CASEFLOW_LOOKS`` keeps a picture of each."""
    wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert wide <= 0, f"{name} is {wide} px too wide"
    if place := os.environ.get("CASEFLOW_LOOKS"):
        width = page.viewport_size["width"] if page.viewport_size else 0
        page.screenshot(path=Path(place) / f"{name}-{width}.png", full_page=True)
