"""Passkeys: whose they are, what they answer to, and how often."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from sqlalchemy import func, select

from caseflow.access.permissions import Role
from caseflow.audit.models import AuditRow
from caseflow.audit.rules import Event
from caseflow.kernel import clock as kernel_clock
from caseflow.kernel.config import Settings
from caseflow.kernel.errors import Problem
from caseflow.staff import passkeys, sessions
from caseflow.staff.models import Passkey, SpentChallenge, User
from caseflow.staff.rules import Factor
from tests import builders
from tests.harness import signed_in
from tests.harness.authenticator import Authenticator


@pytest.fixture
def browser_of_theirs(app: Flask, session) -> Iterator[None]:
    """One browser: what a challenge is bound to."""
    with app.test_request_context():
        yield


@pytest.fixture
def key(settings: Settings) -> Authenticator:
    return Authenticator(settings.base_url)


@pytest.fixture
def owner(browser_of_theirs, key: Authenticator) -> User:
    owner = builders.worker()
    passkeys.add(owner, key.make(passkeys.options_for_adding(owner)), "My phone")
    return owner


def events(session) -> list[Event]:
    return list(session.scalars(select(AuditRow.event).order_by(AuditRow.seq)))


def test_a_passkey_signs_its_owner_in_without_an_address(owner, key) -> None:
    assert passkeys.sign_in_with(key.show(passkeys.options_for_sign_in())) == owner


def test_what_is_asked_of_a_new_passkey(owner, settings) -> None:
    asked = json.loads(passkeys.options_for_adding(owner))
    assert asked["rp"] == {"name": "CaseFlow", "id": "localhost"}
    assert asked["attestation"] == "none"
    assert asked["authenticatorSelection"]["residentKey"] == "required"
    assert asked["authenticatorSelection"]["userVerification"] == "required"
    assert len(asked["excludeCredentials"]) == 1


def test_an_answer_counts_once(owner, key) -> None:
    answer = key.show(passkeys.options_for_sign_in())
    passkeys.sign_in_with(answer)
    with pytest.raises(Problem, match="not accepted"):
        passkeys.sign_in_with(answer)


def test_an_answer_of_a_key_that_does_not_count_counts_once_too(
    browser_of_theirs, settings
) -> None:
    owner, key = builders.worker(), Authenticator(settings.base_url, counts=False)
    passkeys.add(owner, key.make(passkeys.options_for_adding(owner)), "")
    answer = key.show(passkeys.options_for_sign_in())
    passkeys.sign_in_with(answer)
    with pytest.raises(Problem, match="not accepted"):
        passkeys.sign_in_with(answer)
    assert passkeys.sign_in_with(key.show(passkeys.options_for_sign_in())) == owner


@pytest.mark.parametrize(
    "lie",
    [
        {"origin": "https://caseflow.example.evil"},
        {"origin": "http://localhost:1"},
        {"type": "webauthn.create"},
        {"crossOrigin": True},
        {"challenge": "AAAA"},
    ],
    ids=["another site", "another port", "another act", "in a frame", "another challenge"],
)
def test_an_answer_made_elsewhere_is_refused(owner, key, lie: dict[str, object]) -> None:
    with pytest.raises(Problem, match="not accepted"):
        passkeys.sign_in_with(key.show(passkeys.options_for_sign_in(), **lie))


def test_an_answer_for_another_host_is_refused(owner, key) -> None:
    key.host = "evil.example"
    with pytest.raises(Problem, match="not accepted"):
        passkeys.sign_in_with(key.show(passkeys.options_for_sign_in()))


def test_holding_the_device_is_not_enough(owner, key) -> None:
    with pytest.raises(Problem, match="not accepted"):
        passkeys.sign_in_with(key.show(passkeys.options_for_sign_in(), verified=False))


def test_a_passkey_made_without_a_pin_or_finger_is_not_taken(browser_of_theirs, key) -> None:
    owner = builders.worker()
    with pytest.raises(Problem, match="not accepted"):
        passkeys.add(owner, key.make(passkeys.options_for_adding(owner), verified=False), "")
    assert passkeys.passkeys_of(owner) == []


def test_an_answer_from_another_browser_is_refused(app: Flask, session, owner, key) -> None:
    answer = key.show(passkeys.options_for_sign_in())
    session.commit()
    with app.app_context(), app.test_request_context(), pytest.raises(Problem, match="not acc"):
        passkeys.sign_in_with(answer)


def test_an_answer_after_five_minutes_is_too_late(owner, key, clock) -> None:
    clock("2027-03-01 09:00")
    answer = key.show(passkeys.options_for_sign_in())
    clock.forward(minutes=5, seconds=1)
    with pytest.raises(Problem, match="Too much time"):
        passkeys.sign_in_with(answer)


def test_an_answer_to_one_question_answers_no_other(owner, key) -> None:
    with pytest.raises(Problem, match="not accepted"):
        passkeys.check(owner, key.show(passkeys.options_for_sign_in()))
    with pytest.raises(Problem, match="not accepted"):
        passkeys.sign_in_with(key.show(passkeys.options_for(owner)))


def test_nobody_confirms_with_somebody_elses_passkey(owner, key, settings) -> None:
    other, their_key = builders.worker(), Authenticator(settings.base_url)
    passkeys.add(other, their_key.make(passkeys.options_for_adding(other)), "")
    with pytest.raises(Problem, match="not accepted"):
        passkeys.check(owner, their_key.show(passkeys.options_for(owner)))
    assert passkeys.check(owner, key.show(passkeys.options_for(owner))).user == owner


def test_a_passkey_that_names_another_owner_is_refused(owner, key) -> None:
    other = builders.worker()
    with pytest.raises(Problem, match="not accepted"):
        passkeys.sign_in_with(key.show(passkeys.options_for_sign_in(), owner=other.id.bytes))


def test_a_leavers_passkey_opens_nothing(session, owner, key, clock) -> None:
    owner.disabled_at = clock("2027-03-01 09:00")
    with pytest.raises(Problem, match="not accepted"):
        passkeys.sign_in_with(key.show(passkeys.options_for_sign_in()))
    assert Event.SIGN_IN_FAILED in events(session)


def test_a_passkey_that_counts_back_may_be_a_copy(session, owner, key) -> None:
    passkeys.sign_in_with(key.show(passkeys.options_for_sign_in()))
    key.count -= 1
    with pytest.raises(Problem, match="copied"):
        passkeys.sign_in_with(key.show(passkeys.options_for_sign_in()))
    session.rollback()
    assert Event.PASSKEY_COUNTED_BACK in events(session)


@pytest.mark.parametrize(
    "garbage",
    ["", "{}", "[]", "null", "\x00", "[" * 5_000, '{"id": 1}', '{"id":"A","rawId":"A"}', "é" * 99],
)
def test_garbage_is_refused_like_anything_else(owner, garbage: str) -> None:
    with pytest.raises(Problem, match="not accepted"):
        passkeys.sign_in_with(garbage)
    with pytest.raises(Problem, match="not accepted"):
        passkeys.add(owner, garbage, "")


def test_the_only_second_factor_stays(owner) -> None:
    (only,) = passkeys.passkeys_of(owner)
    with pytest.raises(Problem, match="only second factor"):
        passkeys.remove(only)


def test_who_needs_a_passkey_keeps_one(browser_of_theirs, session, settings) -> None:
    admin, keys = (
        builders.user(Role.ADMINISTRATOR),
        [Authenticator(settings.base_url) for _ in "12"],
    )
    first, second = (
        passkeys.add(admin, key.make(passkeys.options_for_adding(admin)), "") for key in keys
    )
    passkeys.remove(first)
    with pytest.raises(Problem, match="role needs a passkey"):
        passkeys.remove(second)
    with pytest.raises(Problem, match="not accepted"):
        passkeys.sign_in_with(keys[0].show(passkeys.options_for_sign_in()))


def test_removing_a_passkey_signs_other_browsers_out(owner, session, settings) -> None:
    passkeys.add(
        owner, Authenticator(settings.base_url).make(passkeys.options_for_adding(owner)), ""
    )
    sessions.add(owner, factor=Factor.PASSKEY)
    passkeys.remove(passkeys.passkeys_of(owner)[0])
    assert session.scalars(select(Passkey)).one().user == owner
    assert sessions.sessions_of(owner, kernel_clock.now()) == []


def test_the_same_key_is_not_added_twice(owner, key) -> None:
    with pytest.raises(Problem, match="in use already"):
        passkeys.add(owner, key.make(passkeys.options_for_adding(owner)), "")


def test_its_owner_hears_of_a_new_passkey(owner, session) -> None:
    assert Event.FACTOR_ADDED in events(session)


# --- through the pages ---


def answer_at(browser, key: Authenticator, address: str = "/sign-in") -> dict[str, str]:
    """What the page's script would send."""
    (form,) = browser.get(address).html.xpath("//form[.//@data-passkey]")
    (options,) = form.xpath(".//@data-options")
    return dict(form.fields) | {"credential": key.show(options)}


@pytest.mark.parametrize(("is_the_same", "leads_to"), [(True, "/inbox"), (False, "/")])
def test_only_its_owner_is_led_back_to_where_a_session_ended(
    session, owner, key, sign_in, clock, is_the_same: bool, leads_to: str
) -> None:
    """Whoever takes the computer over would open a page that the other one had been on."""
    browser = sign_in(owner if is_the_same else builders.worker())
    signed_in.forget()
    clock.forward(minutes=11)
    asked = browser.get("/inbox")
    sent = answer_at(browser, key, asked.location)
    assert browser.post("/sign-in", data=sent).location == leads_to


def test_two_answers_at_once_let_one_in(app, session, owner, key, client) -> None:
    session.commit()
    sent = answer_at(client, key)
    cookie = client.get_cookie(f"{app.config['SESSION_COOKIE_NAME']}-guest").value

    def send(_: int) -> str:
        other = app.test_client()
        other.set_cookie(f"{app.config['SESSION_COOKIE_NAME']}-guest", cookie)
        with app.app_context():
            return other.post("/sign-in", data=sent).location or ""

    with ThreadPoolExecutor(4) as pool:
        came = sorted(pool.map(send, range(4)))
    assert came == ["", "", "", "/"]


def test_looking_at_the_sign_in_page_writes_nothing(session, client) -> None:
    client.get("/sign-in")
    assert session.scalar(select(func.count()).select_from(SpentChallenge)) == 0
