"""The harness itself: what every other test takes for granted."""

import smtplib
from collections.abc import Callable
from email.message import EmailMessage
from typing import Any

import pytest
from flask import Flask, request
from playwright.sync_api import Page
from sqlalchemy import select

from caseflow.access.declare import public
from caseflow.access.permissions import Role
from caseflow.audit import actions as audit
from caseflow.audit.models import AuditRow
from caseflow.audit.rules import Event
from caseflow.kernel import clock as kernel_clock
from caseflow.kernel.database import db
from caseflow.staff import actions, passwords
from caseflow.staff.models import User
from tests.harness import PASSWORD
from tests.harness.browser import Watched
from tests.harness.client import Client
from tests.harness.clock import StoppedClock
from tests.harness.command import Ran
from tests.harness.mail import Mailbox


@pytest.fixture
def ana(session: Any) -> User:
    return actions.add_user(
        email="ana@example.org", name="Ana Example", role=Role.ADMINISTRATOR, password=PASSWORD
    )


@pytest.mark.parametrize("time", ["first", "again"])
def test_what_a_test_saves_is_gone_in_the_next(session: Any, time: str) -> None:
    assert session.scalars(select(AuditRow)).all() == []
    audit.record(Event.SIGNED_OUT)
    session.commit()
    assert [row.seq for row in session.scalars(select(AuditRow))] == [1]


def test_a_client_sees_what_the_test_made_and_the_test_what_the_client_made(
    session: Any, ana: User, sign_in: Callable[..., Client]
) -> None:
    page = sign_in(ana)
    answer = page.submit("/account/password", current=PASSWORD, new="a longer pass phrase")
    assert answer.status_code == 302
    assert passwords.matches("a longer pass phrase", ana.password_hash)


def test_a_form_answers_with_its_errors(
    session: Any, ana: User, sign_in: Callable[..., Client]
) -> None:
    answer = sign_in(ana).submit("/account/password", current="wrong", new="a longer pass phrase")
    assert list(answer.errors) == ["current"]
    assert answer.title.startswith("Error")


def test_a_field_the_form_does_not_have_is_a_mistake_in_the_test(client: Client) -> None:
    with pytest.raises(AssertionError, match="has no field 'emial'"):
        client.submit("/sign-in", form="with-password", emial="ana@example.org")


def test_csrf_protection_is_on(client: Client) -> None:
    answer = client.post("/sign-in", data={"email": "ana@example.org", "password": PASSWORD})
    assert answer.status_code == 400


def test_a_request_that_leaves_work_uncommitted_fails(
    app: Flask, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    @public
    def forgetful(wholly: bool) -> str:
        audit.record(Event.SIGNED_OUT)
        db.session.flush()
        request.environ["forgot"] = True
        return "done"

    monkeypatch.setitem(app.view_functions, "healthz", forgetful)
    monkeypatch.setattr("caseflow.gate._settle", lambda response: response)
    with pytest.raises(AssertionError, match="work uncommitted"):
        client.get("/healthz")


def test_a_broken_view_fails_its_test(
    app: Flask, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    @public
    def broken() -> str:
        raise LookupError("on purpose")

    monkeypatch.setitem(app.view_functions, "healthz", broken)
    with pytest.raises(AssertionError, match="500"):
        client.get("/healthz")
    assert client.get("/healthz", may_break=True).status_code == 500


def test_the_clock_stops_and_steps(clock: StoppedClock) -> None:
    clock("2027-07-01 09:30")
    assert f"{kernel_clock.now():%H:%M}" == "08:30"
    clock.forward(days=1)
    assert kernel_clock.today().isoformat() == "2027-07-02"


def test_mail_goes_over_a_real_connection(mailbox: Mailbox) -> None:
    message = EmailMessage()
    message["To"], message["From"], message["Subject"] = "ana@example.org", "cf@localhost", "Tëst"
    message.set_content("You have 2 reviews due.")
    host, port = mailbox.url.removeprefix("smtp://").split(":")
    with smtplib.SMTP(host, int(port)) as server:
        server.send_message(message)
    assert [kept["Subject"] for kept in mailbox.to("ana@example.org")] == ["Tëst"]


def test_a_browser_signs_in_and_the_page_is_accessible(
    session: Any,
    ana: User,
    page: Page,
    browser_sign_in: Callable[..., None],
    axe: Callable[[Page], None],
) -> None:
    page.goto("/sign-in")
    axe(page)
    browser_sign_in(page, ana)
    assert session.get(User, ana.id).is_active  # opens a transaction: the browser must not wait
    page.goto("/account")
    axe(page)


def test_the_browser_lives_at_the_time_the_test_has_stopped(
    session: Any, ana: User, clock: StoppedClock, phone: Page, browser_sign_in: Callable[..., None]
) -> None:
    instant = clock("2031-05-06 07:08")
    browser_sign_in(phone, ana)
    assert {row.at for row in session.scalars(select(AuditRow)) if row.actor_id == ana.id} == {
        instant
    }


def test_what_a_page_may_not_do_is_noticed(browser: Watched, phone: Page) -> None:
    phone.goto("/sign-in")
    phone.evaluate("fetch('https://example.org/').catch(() => null)")
    phone.wait_for_function("true")
    complaints = " ".join(browser.complaints)
    browser.complaints.clear()
    assert "example.org" in complaints or "Content Security Policy" in complaints


def test_a_command_shares_the_tests_database(
    session: Any, ana: User, cli: Callable[..., Ran]
) -> None:
    answer = cli("user", "add", "--email", ana.email, "--name", "X", "--admin")
    assert answer.code != 0
    assert "Somebody already has this e-mail address" in answer.err


def test_a_command_is_installed_and_opens_a_database_of_its_own(
    command: Callable[..., Ran],
) -> None:
    assert command("init").code == 0
    answer = command("doctor")
    assert answer.code == 1
    assert "Traceback" not in answer.err
