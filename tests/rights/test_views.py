import pytest
from sqlalchemy import select

from caseflow.access.permissions import Role
from caseflow.audit import actions as audit
from caseflow.audit.models import AuditRow
from caseflow.audit.rules import Event
from caseflow.cases.lifecycle import Stage
from caseflow.kernel.settings import setting
from tests import builders


@pytest.mark.parametrize("role", [r for r in Role if r is not Role.INFORMATION_GOVERNANCE])
def test_only_information_governance_reads_the_trail(session, sign_in, role: Role) -> None:
    user = builders.user(role, in_team=builders.team())
    assert sign_in(user).get("/audit").status_code == 403


def test_the_trail_says_who_and_names_no_young_person(session, sign_in) -> None:
    person = builders.person(first_name="CANARY", last_name="NAME", address="CANARYROAD 1")
    case = builders.case_at(Stage.LONG_TERM, of=person, held_by=builders.worker(name="Ana Worker"))
    sign_in(case.worker).get(f"/cases/{case.id}")
    page = sign_in(builders.user(Role.INFORMATION_GOVERNANCE)).get("/audit")
    assert "Ana Worker" in table(page)
    assert case.reference in table(page)
    assert "CANARY" not in page.text


def table(page) -> str:
    return " ".join(page.html.xpath("//tbody")[0].text_content().split())


@pytest.fixture
def looked(session, sign_in):
    """Ana looked at her case on Monday, Ben was refused it on Tuesday."""

    def look(clock):
        clock("2026-11-23 10:00")
        ana, ben = builders.worker(name="Ana"), builders.worker(builders.team("Other", ()), "Ben")
        case = builders.case_at(Stage.LONG_TERM, held_by=ana)
        sign_in(ana).get(f"/cases/{case.id}")
        clock("2026-11-24 10:00")
        sign_in(ben).get(f"/cases/{case.id}")
        return ana, ben, case

    return look


@pytest.mark.parametrize(
    ("sought", "found", "not_found"),
    [
        ("who={ana}", "Viewed", "Refused"),
        ("refused=y", "Refused", "Viewed"),
        ("event=viewed", "Viewed", "Refused"),
        ("case={case}", "Viewed", "Refused"),
        ("case={case_lower}", "Viewed", "Refused"),
        ("first=2026-11-24", "Refused", "Viewed"),
        ("last=2026-11-23", "Viewed", "Refused"),
        ("who={ben}&first=2026-11-24&last=2026-11-24", "Refused", "Viewed"),
    ],
)
def test_the_trail_is_searched(session, sign_in, clock, looked, sought, found, not_found) -> None:
    ana, ben, case = looked(clock)
    sought = sought.format(
        ana=ana.id, ben=ben.id, case=case.reference, case_lower=case.reference.lower()
    )
    reader = builders.user(Role.INFORMATION_GOVERNANCE)
    page = sign_in(reader).get(f"/audit?{sought}")
    assert found in table(page)
    assert not_found not in table(page)


@pytest.mark.parametrize(
    "sought",
    ["case=CF-2222-2222", "who=00000000-0000-4000-8000-000000000000", "last=2001-01-01",
     "who=nobody", "event=x", "first=yesterday", "last=2026-13-45", "before=-3"],
)  # fmt: skip
def test_what_cannot_be_found_finds_nothing(session, sign_in, sought: str) -> None:
    page = sign_in(builders.user(Role.INFORMATION_GOVERNANCE)).get(f"/audit?{sought}")
    assert page.status_code == 200
    assert "Nothing is on record for that." in page.words


def test_a_list_that_a_case_stood_in_is_found_by_the_case(session, sign_in) -> None:
    case = builders.case_at(Stage.LONG_TERM)
    sign_in(builders.supervisor(name="Sunita")).get(f"/team/workers/{case.worker_id}")
    reader = builders.user(Role.INFORMATION_GOVERNANCE)
    page = sign_in(reader).get(f"/audit?case={case.reference}&event=listed")
    assert "Sunita" in table(page)


def test_reading_the_trail_is_on_record_with_what_was_looked_for(session, sign_in) -> None:
    reader = builders.user(Role.INFORMATION_GOVERNANCE)
    sign_in(reader).get("/audit?case=cf-2222-2222&refused=y&first=nonsense")
    (row,) = session.scalars(select(AuditRow).where(AuditRow.event == Event.LISTED)).all()
    assert row.endpoint == "rights.audit_trail"
    assert row.facts["asked"] == {"case": "cf-2222-2222", "refused": "y"}


def test_older_rows_keep_what_was_looked_for(session, sign_in) -> None:
    worker = builders.worker()
    for _ in range(60):
        audit.record(Event.SIGNED_OUT, actor_id=worker.id)
    session.commit()
    me = sign_in(builders.user(Role.INFORMATION_GOVERNANCE))
    page = me.get("/audit?event=signed_out")
    (older,) = page.html.xpath("//a[text()='Older rows']/@href")
    assert "event=signed_out" in older
    assert len(me.get(older).html.xpath("//tbody/tr")) == 10


def test_a_changed_rule_holds_and_is_on_record(session, sign_in) -> None:
    me = sign_in(builders.user(Role.ADMINISTRATOR))
    assert _saved(me, oldest="24").status_code == 302
    assert setting("eligibility", {})["oldest"] == 24
    assert session.scalars(select(AuditRow).where(AuditRow.event == Event.SETTING_CHANGED)).one()


def _saved(me, **fields):
    """The page shows what would change first; this presses the second button."""
    form = me.fill("/rules/eligibility", **fields)
    form.data["save"] = "y"
    return me.send(form)


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
    for address in (
        "/rules",
        "/rules/eligibility",
        "/rules/front-doors",
        "/rules/reviews",
        "/rules/need-to-know",
    ):
        page.goto(address)
        axe(page)


def test_the_trail_has_no_accessibility_faults(session, page, browser_sign_in, axe) -> None:
    reader = builders.user(Role.INFORMATION_GOVERNANCE)
    session.commit()
    browser_sign_in(page, reader)
    for address in ("/audit", "/audit?first=nonsense"):
        page.goto(address)
        axe(page)


@pytest.mark.parametrize(("minutes", "days"), [(61, 31), (4, 31), (60, 32), (60, 0)])
def test_an_opening_and_cover_may_be_made_shorter_and_never_longer(
    session, sign_in, minutes, days
) -> None:
    admin = sign_in(builders.user(Role.ADMINISTRATOR))
    page = admin.submit("/rules/need-to-know", glass_minutes=minutes, cover_days=days)
    assert page.status_code == 422
    assert admin.submit("/rules/need-to-know", glass_minutes=15, cover_days=7).status_code == 302
    assert (setting("glass_minutes", 60), setting("cover_days", 31)) == (15, 7)
