"""A message as it was sent: who may read it; what was refused; the systems' own pages."""

import re
from typing import Any

import pytest
from sqlalchemy import select

from caseflow.access.permissions import Role
from caseflow.audit.models import AuditRow
from caseflow.audit.rules import Event
from caseflow.cases import actions as cases
from caseflow.cases import need_to_know
from caseflow.cases.models import Case
from caseflow.demo.messages import bars_referral
from caseflow.intake import deliveries, systems
from caseflow.intake.actions import receive_message
from caseflow.intake.models import Delivery, SendingSystem
from caseflow.kernel.database import db
from tests import builders

LATER = "2026-11-20T22:40:00+00:00"


def arrived(**told: Any) -> Case:
    received = receive_message(bars_referral(**told), name="message.xml")
    assert received.case is not None
    return received.case


def the_sent(**by: Any) -> Delivery:
    return db.session.scalars(select(Delivery).filter_by(**by)).first()


@pytest.fixture(autouse=True)
def _team(session: Any) -> None:
    builders.team()


def test_who_works_on_it_reads_the_message_as_it_was_sent(session, sign_in) -> None:
    case, holder, other = arrived(), builders.worker(), builders.worker()
    cases.allocate(case, holder, by=builders.supervisor())
    page = f"/cases/{case.id}/sent/{the_sent().id}"
    read = sign_in(holder).get(page)
    assert read.status_code == 200
    assert '<family value="Testerton" />' in read.words
    assert "Testerton" not in read.title
    assert sign_in(builders.supervisor()).get(page).status_code == 200
    # A colleague sees the case, though not the address: so not the message, which has it.
    assert sign_in(other).get(page).status_code == 403
    assert "As it was sent" in sign_in(holder).get(f"/cases/{case.id}/referral").words
    assert "As it was sent" not in sign_in(other).get(f"/cases/{case.id}/referral").words


def test_as_a_file_it_has_no_name_of_anybody_and_nothing_in_it_runs(session, sign_in) -> None:
    case = arrived()
    page = f"/cases/{case.id}/sent/{the_sent().id}/file"
    answer = sign_in(builders.supervisor()).get(page)
    assert answer.data == bars_referral()
    assert answer.content_type == "application/octet-stream"
    named = re.fullmatch(
        r'attachment; filename="[0-9a-f]{32}\.txt"', answer.headers["Content-Disposition"]
    )
    assert named
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_each_reading_is_on_record(session, sign_in) -> None:
    case = arrived()
    sent = the_sent()
    sign_in(builders.supervisor()).get(f"/cases/{case.id}/sent/{sent.id}")
    row = session.scalars(
        select(AuditRow).where(AuditRow.event == Event.VIEWED, AuditRow.endpoint == "intake.sent")
    ).one()
    assert row.case_id == case.id
    assert row.facts["delivery"] == str(sent.id)


def test_words_in_a_message_that_look_like_a_page_are_words(session, sign_in) -> None:
    case = arrived(note="<script>alert(1)</script>")
    page = sign_in(builders.supervisor()).get(f"/cases/{case.id}/sent/{the_sent().id}")
    assert "<script>alert" not in page.text


def test_what_each_message_changed_is_shown_on_the_referral(session, sign_in) -> None:
    case = arrived(complaint="Fall", reason_code=None, postcode="LE2 0AA")
    told = {"complaint": "Knife wound", "reason_code": None, "postcode": "LE5 5AA"}
    receive_message(bars_referral(reason="update", last_updated=LATER, **told), name="2")
    page = sign_in(builders.supervisor()).get(f"/cases/{case.id}/referral").words
    assert "first message" in page
    assert "What the sender wrote happened: Knife wound (before: Fall)" in page
    assert "Postcode: LE5 5AA (before: LE2 0AA)" in page
    colleague = sign_in(builders.worker()).get(f"/cases/{case.id}/referral").words
    assert "Knife wound (before: Fall)" in colleague
    assert "LE5 5AA" not in colleague
    assert "LE2 0AA" not in colleague


def test_a_parked_message_is_on_the_referral_and_in_the_queue(session, sign_in) -> None:
    case = arrived()
    receive_message(bars_referral(last_updated=LATER, nhs_number="9990000026"), name="2")
    supervisor = sign_in(builders.supervisor())
    assert "waiting for somebody to decide" in supervisor.get(f"/cases/{case.id}/referral").words
    assert "Messages to decide about" in supervisor.get("/referrals").words


# --- refused ---


def test_what_was_refused_is_for_supervisors_to_look_at(session, sign_in) -> None:
    receive_message(b'{"resourceType": "Patient", "name": "Somebody"}', name="x")
    page = f"/referrals/refused/{the_sent().id}"
    supervisor = sign_in(builders.supervisor())
    assert "1 refused message" in supervisor.get("/referrals").words
    assert "Is not a referral" in supervisor.get("/referrals/refused").words
    assert "Somebody" in supervisor.get(page).words
    assert supervisor.get(page + "/file").data.startswith(b'{"resourceType"')
    for role in (Role.YOUTH_WORKER, Role.ADMINISTRATOR, Role.PROGRAMME_MANAGER):
        somebody = sign_in(builders.user(role, in_team=builders.team()))
        for address in ("/referrals/refused", page, page + "/file"):
            assert somebody.get(address).status_code == 403


def test_what_was_taken_is_not_among_the_refused(session, sign_in) -> None:
    arrived()
    page = f"/referrals/refused/{the_sent().id}"
    assert sign_in(builders.supervisor()).get(page).status_code == 404


@pytest.mark.parametrize("how", ["restricted", "conflict"])
def test_one_that_names_somebody_protected_is_absent_for_who_may_not_know(
    session, sign_in, how: str
) -> None:
    case = arrived()
    supervisor, lead = builders.supervisor(), builders.user(Role.SAFEGUARDING_LEAD)
    if how == "restricted":
        need_to_know.restrict(case, why="A threat", by=lead)
    else:
        need_to_know.set_conflict(case, supervisor, by=lead)
    for told in ({"nhs_number": None}, {"given": ("X",), "family": "Y", "nickname": None}):
        receive_message(bars_referral(category="validation", **told), name="x")
    receive_message(b"hello", name="x")
    session.commit()
    mine = sign_in(supervisor)
    assert "1 refused message" in mine.get("/referrals").words
    assert "Is not a referral" not in mine.get("/referrals/refused").words
    for refused in session.scalars(select(Delivery).where(Delivery.outcome == "refused")).all():
        shown = mine.get(f"/referrals/refused/{refused.id}").status_code
        assert shown == (200 if refused.raw == b"hello" else 404)


# --- the systems ---


@pytest.fixture
def admin(session, sign_in) -> Any:
    return sign_in(builders.user(Role.ADMINISTRATOR))


def test_an_administrator_lets_a_system_in_and_sees_its_secret_once(admin, session) -> None:
    made = admin.submit("/systems/new", name="Trust PAS", ods_codes="rwe rx1")
    assert made.status_code == 200
    (secret,) = re.findall(r"cfs_[\w-]{43}", made.text)
    system = session.scalars(select(SendingSystem)).one()
    assert system.ods_codes == ["RWE", "RX1"]
    assert systems.system_showing(secret) == system
    for page in ("/systems", f"/systems/{system.id}", "/systems/new"):
        assert secret not in admin.get(page).text
    assert "RWE, RX1" in admin.get("/systems").words


def test_what_is_wrong_with_it_is_said_at_its_field(admin, session) -> None:
    back = admin.submit("/systems/new", name="Trust PAS", ods_codes="no code")
    assert "does not look like an ODS code" in back.errors["ods_codes"]
    assert 'value="no code"' in back.text
    admin.submit("/systems/new", name="Trust PAS", ods_codes="RWE")
    again = admin.submit("/systems/new", name="Trust PAS", ods_codes="RWE")
    assert "of this name already" in again.errors["name"]


def test_a_system_is_changed_given_a_new_secret_and_put_out(admin, session) -> None:
    system, first = systems.add_system(name="Trust PAS", ods_codes="RWE", by=None)
    page = f"/systems/{system.id}"
    assert admin.submit(page, name="Trust EPR", ods_codes="RX1").status_code == 302
    shown = admin.submit(page, form=f"{page}/secret")
    (second,) = re.findall(r"cfs_[\w-]{43}", shown.text)
    assert systems.system_showing(first) is not None
    assert systems.system_showing(second) is not None
    assert admin.submit(page, form=f"{page}/revoke").status_code == 302
    session.expire_all()
    assert (systems.system_showing(first), systems.system_showing(second)) == (None, None)
    assert "Revoked" in admin.get("/systems").words
    kept = [row.event for row in session.scalars(select(AuditRow).order_by(AuditRow.seq))]
    for event in (Event.SYSTEM_ADDED, Event.SYSTEM_CHANGED, Event.SYSTEM_SECRET_MADE,
                  Event.SYSTEM_REVOKED):  # fmt: skip
        assert event in kept


def test_its_messages_are_counted_and_no_more(admin, session) -> None:
    system, _ = systems.add_system(name="Trust PAS", ods_codes="RWE", by=None)
    from_it = deliveries.by_system(system)
    receive_message(bars_referral(), name="1", brought=from_it)
    receive_message(b"hello Jaden", name="2", brought=from_it)
    session.commit()
    row = admin.get("/systems").html.xpath("//tbody/tr")[0].text_content()
    assert re.findall(r"\d+", row) == ["1", "1"]
    assert "Jaden" not in admin.get("/systems").text


def test_nobody_else_lets_systems_in(session, sign_in) -> None:
    for role in Role:
        if role is not Role.ADMINISTRATOR:
            somebody = sign_in(builders.user(role, in_team=builders.team()))
            assert somebody.get("/systems").status_code == 403


def test_a_date_that_was_vague_before_is_shown_as_vague(session, sign_in) -> None:
    case = arrived(birth_date="2010")
    receive_message(bars_referral(reason="update", last_updated=LATER), name="2")
    page = sign_in(builders.supervisor()).get(f"/cases/{case.id}/referral").words
    assert "Date of birth: 14 May 2010 (before: 2010)" in page
