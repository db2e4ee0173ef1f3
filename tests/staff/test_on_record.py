"""Whatever lets somebody in, keeps them out or changes how they get in is in the trail."""

from collections import Counter
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from caseflow.access.permissions import Role
from caseflow.audit.models import AuditRow
from caseflow.audit.rules import Event
from caseflow.kernel.config import Settings
from caseflow.kernel.errors import Problem
from caseflow.staff import actions, codes, links, passkeys, queries, signing_in
from caseflow.staff.models import User
from caseflow.staff.rules import Factor, LinkKind
from tests import builders
from tests.harness import signing
from tests.harness.authenticator import Authenticator

NEW = "three other odd words"


@pytest.fixture
def ana(session, clock) -> User:
    clock("2026-11-23 09:00")
    return builders.worker(name="Ana Example")


@pytest.fixture
def said(session) -> Callable[[], dict[Event, int]]:
    """What came into the trail since this was asked last, without looks."""
    before: Counter[Event] = Counter()

    def said() -> dict[Event, int]:
        session.flush()
        now = Counter(session.scalars(select(AuditRow.event)))
        new = now - before
        before.clear()
        before.update(now)
        return {event: n for event, n in new.items() if event not in (Event.VIEWED, Event.LISTED)}

    said()
    return said


def test_a_password(app: Flask, ana, said) -> None:
    said()
    with app.test_request_context():
        actions.change_password(ana, current=builders.PASSWORD, new=NEW)
    assert said() == {Event.PASSWORD_CHANGED: 1}


def test_an_app_and_recovery_codes(ana, said) -> None:
    said()
    signing.add_app(ana)
    assert said() == {Event.FACTOR_ADDED: 1}
    codes.make_recovery_codes(ana)
    assert said() == {Event.RECOVERY_CODES_MADE: 1}
    codes.remove_app(ana)
    assert said() == {Event.FACTOR_REMOVED: 1}


def test_a_passkey(app: Flask, settings: Settings, ana, said) -> None:
    key = Authenticator(settings.base_url)
    signing.add_app(ana)
    said()
    with app.test_request_context():
        made = passkeys.add(ana, key.make(passkeys.options_for_adding(ana)), "My phone")
        assert said() == {Event.FACTOR_ADDED: 1}
        passkeys.remove(made)
    assert said() == {Event.FACTOR_REMOVED: 1}


def test_a_passkey_nobody_has(app: Flask, session, settings: Settings, ana, said) -> None:
    key = Authenticator(settings.base_url)
    session.commit()
    said()
    with app.test_request_context():
        made = passkeys.add(ana, key.make(passkeys.options_for_adding(ana)), "My phone")
        session.delete(made)
        session.commit()
        said()
        with pytest.raises(Problem):
            passkeys.sign_in_with(key.show(passkeys.options_for_sign_in()))
    assert said() == {Event.SIGN_IN_FAILED: 1}


def test_links_asked_for_and_agreed_to(session, ana, said) -> None:
    first, second = (builders.user(Role.ADMINISTRATOR) for _ in range(2))
    said()
    links.make(ana, LinkKind.PASSWORD, by=first)
    assert said() == {Event.LINK_MADE: 1}
    asked = links.ask_for_new_factors(ana, by=first)
    assert said() == {Event.LINK_MADE: 1}
    links.approve(asked, by=second)
    assert said()[Event.LINK_APPROVED] == 1


def test_links_followed(app: Flask, session, ana, said) -> None:
    address = links.make(ana, LinkKind.PASSWORD, by=None)
    session.commit()
    token = address.rpartition("/")[2]
    said()
    with app.test_request_context():
        links.follow(links.link_for(token), token=token, password=NEW)
    assert said() == {Event.LINK_USED: 1}
    links._forget_factors(ana)
    assert said() == {Event.FACTOR_REMOVED: 1}


def test_in_and_out_and_locked(session, app: Flask, ana, said) -> None:
    session.commit()
    for way in ("/sign-out", "/lock"):
        client = app.test_client()
        said()
        signing.sign_in(client, ana)
        assert {Event.FACTOR_SHOWN: 1, Event.SIGNED_IN: 1}.items() <= said().items()
        client.submit("/account", form=way)
        assert said() == {Event.SIGNED_OUT: 1}


def test_kept_out(session, client, ana, said, clock) -> None:
    signing.add_app(ana)
    signing.forget_step(ana)
    session.commit()
    said()
    client.submit("/sign-in", email=ana.email, password="not the right one")
    assert said() == {Event.SIGN_IN_FAILED: 1}
    client.submit("/sign-in", email="nobody@example.org", password="not the right one")
    assert said() == {Event.SIGN_IN_FAILED: 1}
    halfway = client.submit("/sign-in", email=ana.email, password=builders.PASSWORD)
    client.submit(halfway.location, code="000000")
    assert said() == {Event.SIGN_IN_FAILED: 1}
    clock.forward(days=36)
    assert queries.is_suspended(ana)
    with client.application.test_request_context(), pytest.raises(Problem, match="suspended"):
        signing_in.let_in(ana, Factor.CODE)
    assert said() == {Event.SIGN_IN_FAILED: 1}


def test_a_recovery_code(session, client, ana, said) -> None:
    signing.add_app(ana)
    recovery = codes.make_recovery_codes(ana)[0]
    session.commit()
    said()
    client.submit("/sign-in", email=ana.email, password=builders.PASSWORD, recovery=recovery)
    assert {Event.RECOVERY_CODE_USED: 1, Event.SIGNED_IN: 1}.items() <= said().items()


def test_sessions_ended_from_elsewhere(session, app: Flask, ana, said, clock) -> None:
    session.commit()
    desks = [app.test_client() for _ in range(3)]
    for desk in desks:
        signing.sign_in(desk, ana)
        clock.forward(minutes=1)
    said()
    here = desks[-1]
    page = here.get("/account")
    path = next(p for p in page.html.xpath("//form/@action") if "/sessions/" in p and "end" in p)
    here.submit("/account", form=path)
    assert said() == {Event.SESSION_ENDED: 1}
    rest = next(p for p in page.html.xpath("//form/@action") if "other" in p)
    here.submit("/account", form=rest)
    assert said() == {Event.SESSION_ENDED: 1}


def test_a_wait(session, client, ana, said) -> None:
    session.commit()
    said()
    for _ in range(14):
        client.submit("/sign-in", email=ana.email, password="not the right one")
    rows = session.scalars(select(AuditRow).where(AuditRow.event == Event.SIGN_IN_FAILED))
    assert "too often" in [row.facts.get("why") for row in rows]
