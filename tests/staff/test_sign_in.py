import pytest
from sqlalchemy import select

from caseflow.access.permissions import Role
from caseflow.audit.models import AuditRow
from caseflow.audit.rules import Event
from caseflow.kernel.errors import Problem
from caseflow.staff import actions, queries
from tests import builders


def test_passwords_are_kept_as_argon2id(session) -> None:
    assert builders.worker().password_hash.startswith("$argon2id$")


def test_wrong_password_and_unknown_name_are_told_the_same(session, client) -> None:
    user = builders.worker()
    session.commit()
    wrong = client.submit("/sign-in", email=user.email, password="not the password at all")
    unknown = client.submit("/sign-in", email="nobody@example.org", password="not it at all")
    assert wrong.errors == unknown.errors
    assert wrong.status_code == unknown.status_code == 422


def test_failed_sign_ins_are_on_record(session, client) -> None:
    user = builders.worker()
    session.commit()
    client.submit("/sign-in", email=user.email, password="not the password at all")
    (row,) = session.scalars(select(AuditRow).where(AuditRow.event == Event.SIGN_IN_FAILED))
    assert row.actor_id == user.id


def test_what_was_typed_as_name_stays_and_the_password_does_not(session, client) -> None:
    answer = client.submit("/sign-in", email="ana@example.org", password="not the password")
    assert answer.html.xpath("//input[@name='email']/@value") == ["ana@example.org"]
    assert "not the password" not in answer.text


@pytest.mark.parametrize("weak", ["short", "aaaaaaaaaaaaaa", "caseflow123456", "x" * 129])
def test_weak_passwords_are_refused(session, weak: str) -> None:
    with pytest.raises(Problem):
        actions.add_user(email="a@example.org", name="A", role=Role.ADMINISTRATOR, password=weak)


def test_signing_out_ends_it(session, sign_in) -> None:
    me = sign_in(builders.worker())
    me.submit("/account", form="/sign-out")
    assert me.get("/account").status_code == 302


def test_nobody_disables_their_own_account(session) -> None:
    admin = builders.user(Role.ADMINISTRATOR)
    with pytest.raises(Problem):
        actions.disable_user(admin, by=admin)


def test_a_worker_needs_a_team(session) -> None:
    with pytest.raises(Problem, match="team"):
        builders.user(Role.YOUTH_WORKER)


def test_a_name_in_any_script_survives(session, sign_in) -> None:
    me = sign_in(builders.user(Role.ADMINISTRATOR))
    me.submit(
        "/users/new",
        name="زینب Łukasz 😀",
        email="z@example.org",
        role="programme_manager",
    )
    assert "زینب Łukasz 😀" in me.get("/users").words


def test_users_and_account_pages_have_no_accessibility_faults(
    session, page, browser_sign_in, axe
) -> None:
    admin = builders.user(Role.ADMINISTRATOR)
    session.commit()
    page.goto("/sign-in")
    axe(page)
    browser_sign_in(page, admin)
    for address in ("/users", "/users/new", "/account"):
        page.goto(address)
        axe(page)


def test_only_who_may_see_the_cases_stands_in_for_the_supervisor(session) -> None:
    ward = builders.team()
    lead = builders.supervisor(ward)
    deputy = builders.user(Role.YOUTH_WORKER, in_team=ward, deputises=True)
    builders.user(Role.PROGRAMME_MANAGER, in_team=ward, deputises=True)
    assert queries.supervisors_of(ward.id) == [lead, deputy]
