"""Somebody we know comes again: recognised while they are typed in, and linked."""

import os
from datetime import date
from pathlib import Path

from playwright.sync_api import Page, expect
from sqlalchemy import select

from caseflow.cases.lifecycle import Stage
from caseflow.intake.models import Referral
from tests import builders

BORN = date(2009, 3, 11)


def test_the_third_time_somebody_comes_is_their_third_presentation(
    session, phone: Page, browser_sign_in, axe, clock
) -> None:
    clock("2026-05-01 12:00")
    amara = builders.worker(name="Amara Example")
    jordan = builders.person(first_name="Jordan", last_name="Testerton", born_on=BORN)
    builders.case_at(Stage.DECLINED, held_by=amara, of=jordan)
    clock("2026-06-01 12:00")
    builders.case_at(Stage.DECLINED, held_by=amara, of=jordan)
    clock("2026-07-12 12:00")
    session.commit()

    browser_sign_in(phone, amara)
    phone.goto("/referrals/quick-add")
    panel = phone.get_by_role("region", name="We may know them already")
    axe(phone)
    phone.get_by_label("Who is it?").press_sequentially("Jorden Test")
    expect(panel.get_by_text("This is them: Jordan Testerton")).to_be_visible()
    for part in ("day", "month", "year"):
        phone.locator(f"[name=born-{part}]").fill(str(getattr(BORN, part)))
    phone.get_by_label("Who is it?").fill("Jorden Testerton")
    expect(panel).to_contain_text("Very likely the same.")
    expect(panel).to_contain_text("Same date of birth")
    expect(panel).to_contain_text(
        "Would be their third presentation; last closed 41 days ago; last worker Amara Example"
    )
    expect(phone.get_by_label("Who is it?")).to_have_value("Jorden Testerton")
    axe(phone)
    look(phone, "known")
    panel.get_by_label("This is them: Jordan Testerton").check()
    for name, value in (("where", "ward"), ("what", "assault_sharp"), ("aware", "agrees"),
                        ("urgency", "urgent")):  # fmt: skip
        phone.locator(f"input[name={name}][value={value}]").check(force=True)
    phone.get_by_role("button", name="Next shift").click()
    expect(phone.get_by_text("Referral saved.")).to_be_visible()
    referral = session.scalars(select(Referral)).one()
    assert referral.case.person_id == jordan.id
    phone.get_by_role("link", name="Triage it").click()
    expect(phone.get_by_role("heading", name="Triage")).to_be_visible()
    axe(phone)
    look(phone, "known-triage")


def look(page: Page, name: str) -> None:
    """No page is wider than its window; ``CASEFLOW_LOOKS`` keeps a picture of each."""
    wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert wide <= 0, f"{name} is {wide} px too wide"
    if place := os.environ.get("CASEFLOW_LOOKS"):
        width = page.viewport_size["width"] if page.viewport_size else 0
        page.screenshot(path=Path(place) / f"{name}-{width}.png", full_page=True)
