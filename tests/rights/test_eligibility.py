"""Who the service is for: seen before it is saved, held from a day on, and counting nobody who
is kept from the reader."""

from datetime import date

import pytest

from caseflow.access.permissions import Role
from caseflow.cases import need_to_know
from caseflow.cases.lifecycle import Stage
from caseflow.intake import actions as intake
from caseflow.intake.codes import IndexReason
from caseflow.intake.queries import verdict_on
from caseflow.kernel.partial_date import PartialDate
from caseflow.kernel.settings import history, setting
from tests import builders


@pytest.fixture
def admin(session, clock, sign_in):
    clock("2026-11-24 09:00")
    return sign_in(builders.user(Role.ADMINISTRATOR))


def waits(name: str = "Wai Ting", year: int = 2002):
    """Somebody of Leicester, hurt with a blade: 24 years old unless told otherwise."""
    referral = intake.add_referral(
        by=builders.worker(), name=name, what=IndexReason.ASSAULT_SHARP, postcode="LE2 0AA",
        born=PartialDate(year, 1, 15),
    )  # fmt: skip
    return referral.case


def asked(admin, *, save: str = "", **fields):
    form = admin.fill("/rules/eligibility", fields)
    if save:
        form.data["save"] = save
    return admin.send(form, follow_redirects=True)


def test_what_would_change_is_counted_and_nothing_is_saved(session, admin):
    case = waits()
    waits("Young One", 2010)
    page = asked(admin, oldest="23")
    would = "1 would change: eligible by the rules now, then not eligible by the rules"
    assert would in page.words
    assert "1 as now: eligible by the rules" in page.words
    assert "Nothing is saved yet." in page.words
    assert setting("eligibility", None) is None
    assert case.reference not in page.text
    assert "Ting" not in page.text


def test_a_restricted_record_changes_no_count(session, admin):
    lead = builders.user(Role.SAFEGUARDING_LEAD)
    before = asked(admin, oldest="23").words
    need_to_know.restrict(waits(), by=lead, why="A threat")
    assert asked(admin, oldest="23").words == before


def test_rules_hold_from_their_day(session, clock, admin):
    case = waits()
    page = asked(admin, oldest="23", from_day=date(2026, 12, 1), save="y")
    assert "Saved. The rules hold from Tue 1 Dec." in page.words
    assert "From Tue 1 Dec: Aged 11 to 23" in admin.get("/rules/eligibility").words
    assert verdict_on(case).lines[0].words == "Aged 24: within 11 to 25."
    clock("2026-12-01 00:30")
    assert verdict_on(case).lines[0].words == "Aged 24: over 23."
    assert case.stage is Stage.RECEIVED


def test_a_day_planned_twice_holds_what_was_planned_last(session, clock, admin):
    asked(admin, oldest="23", from_day=date(2026, 12, 1), save="y")
    asked(admin, oldest="22", from_day=date(2026, 12, 1), save="y")
    assert [value["oldest"] for _, value in history("eligibility")] == [22]


def test_no_rule_is_put_into_the_past(session, admin):
    page = asked(admin, oldest="23", from_day=date(2026, 11, 23), save="y")
    assert "from_day" in page.errors
    assert setting("eligibility", None) is None
