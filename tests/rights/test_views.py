import pytest
from sqlalchemy import select

from caseflow.access.permissions import Role
from caseflow.audit.models import AuditRow
from caseflow.audit.rules import Event
from caseflow.kernel.settings import setting
from tests import builders


@pytest.mark.parametrize("role", [r for r in Role if r is not Role.INFORMATION_GOVERNANCE])
def test_only_information_governance_reads_the_trail(session, sign_in, role: Role) -> None:
    user = builders.user(role, in_team=builders.team())
    assert sign_in(user).get("/audit").status_code == 403


def test_the_trail_says_who_and_names_no_young_person(session, sign_in) -> None:
    person = builders.person(first_name="CANARY", last_name="NAME")
    builders.received_case(of=person)
    reader = builders.user(Role.INFORMATION_GOVERNANCE, name="Ines Reader")
    me = sign_in(reader)
    page = me.get("/audit")
    assert "Ines Reader" in page.words
    assert "CANARY" not in page.text


def test_reading_the_trail_is_on_record(session, sign_in) -> None:
    reader = builders.user(Role.INFORMATION_GOVERNANCE)
    sign_in(reader).get("/audit")
    rows = session.scalars(select(AuditRow).where(AuditRow.event == Event.LISTED)).all()
    assert [row.endpoint for row in rows] == ["rights.audit_trail"]


def test_a_changed_rule_holds_and_is_on_record(session, sign_in) -> None:
    me = sign_in(builders.user(Role.ADMINISTRATOR))
    assert me.submit("/rules/eligibility", oldest="24").status_code == 302
    assert setting("eligibility", {})["oldest"] == 24
    assert session.scalars(select(AuditRow).where(AuditRow.event == Event.SETTING_CHANGED)).one()


def test_a_senseless_rule_is_refused_with_what_was_typed(session, sign_in) -> None:
    me = sign_in(builders.user(Role.ADMINISTRATOR))
    answer = me.submit("/rules/eligibility", youngest="20", oldest="12")
    assert answer.status_code == 422
    assert "oldest" in answer.errors
    assert answer.html.xpath("//input[@name='youngest']/@value") == ["20"]
    assert setting("eligibility", None) is None


def test_high_risk_is_reviewed_as_often_as_the_rule_says(session, sign_in) -> None:
    me = sign_in(builders.user(Role.ADMINISTRATOR))
    assert me.submit("/rules/reviews", high="5").status_code == 302
    every = setting("review_cadence", {})["review"]["every stream"]
    assert every["high"] == "5 days"
    assert every["immediate"] == "24 hours"


def test_these_pages_have_no_accessibility_faults(session, page, browser_sign_in, axe) -> None:
    admin = builders.user(Role.ADMINISTRATOR)
    session.commit()
    browser_sign_in(page, admin)
    for address in ("/rules", "/rules/eligibility", "/rules/reviews"):
        page.goto(address)
        axe(page)


def test_the_trail_has_no_accessibility_faults(session, page, browser_sign_in, axe) -> None:
    reader = builders.user(Role.INFORMATION_GOVERNANCE)
    session.commit()
    browser_sign_in(page, reader)
    axe(page)
