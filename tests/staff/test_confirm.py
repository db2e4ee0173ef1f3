"""What asks for a second factor again, and what it lets through then."""

import pytest
from sqlalchemy import select

from caseflow.access.grants import NEEDS_FRESH_FACTOR
from caseflow.access.permissions import Permission, Role
from caseflow.audit.models import AuditRow
from caseflow.audit.rules import Event
from caseflow.handbook import access
from caseflow.staff import passkeys, queries
from caseflow.staff.models import KeptForm, SignIn, User
from tests import builders
from tests.harness import signed_in
from tests.harness.authenticator import Authenticator


@pytest.fixture
def key(settings) -> Authenticator:
    return Authenticator(settings.base_url)


@pytest.fixture
def admin(app, session, key) -> User:
    admin = builders.user(Role.ADMINISTRATOR)
    with app.test_request_context():
        passkeys.add(admin, key.make(passkeys.options_for_adding(admin)), "")
    session.commit()
    return admin


@pytest.fixture
def busy(sign_in, admin, clock, session):
    """Signed in six minutes ago, and busy since."""
    clock("2027-03-01 09:00")
    busy = sign_in(admin)
    signed_in.forget()  # from here on its session ages as a real one does
    clock.forward(minutes=6)
    return busy


def confirm(busy, key: Authenticator, address: str = "/confirm"):
    page = busy.get(address)
    (options,) = page.html.xpath("//@data-options")
    return busy.submit(address, credential=key.show(options))


@pytest.mark.parametrize("address", ["/users/new", "/account/passkeys/new"])
def test_a_page_that_needs_it_asks_and_leads_back(busy, key, address: str) -> None:
    asked = busy.get(address)
    assert asked.location == f"/confirm?next={address}"
    assert confirm(busy, key, asked.location).location == address
    assert busy.get(address).status_code == 200


def test_a_fresh_sign_in_is_not_asked(sign_in, admin) -> None:
    assert sign_in(admin).get("/users/new").status_code == 200


def test_who_is_listed_is_not_worth_a_second_factor(busy) -> None:
    assert busy.get("/users").status_code == 200


def test_five_minutes_later_it_asks_again(busy, key, clock) -> None:
    confirm(busy, key)
    clock.forward(minutes=5)
    assert busy.get("/users/new").status_code == 200
    clock.forward(seconds=1)
    assert busy.get("/users/new").status_code == 302


def test_a_clock_set_back_does_not_keep_it_fresh(busy, key, clock) -> None:
    confirm(busy, key)
    clock.forward(seconds=-30)
    assert busy.get("/users/new").status_code == 302


def test_confirming_changes_the_token_and_not_the_length(busy, key, app, session, admin) -> None:
    name = app.config["SESSION_COOKIE_NAME"]
    before, started = (
        busy.get_cookie(name).value,
        session.scalars(select(SignIn)).one().started_at,
    )
    confirm(busy, key)
    assert busy.get_cookie(name).value != before
    assert session.scalars(select(SignIn)).one().started_at == started
    old = app.test_client()
    old.set_cookie(name, before)
    assert old.get("/users").location.startswith("/sign-in")


def test_what_was_sent_waits_for_the_confirmation(busy, key, session, clock) -> None:
    clock.forward(minutes=-6)
    filled = busy.fill(
        "/users/new", name="New Person", email="n@example.org", role="police_liaison"
    )
    clock.forward(minutes=6)
    asked = busy.send(filled)
    assert asked.location == "/confirm?next=/kept"
    assert queries.user_by_email("n@example.org") is None
    assert confirm(busy, key, asked.location).location == "/kept"
    sent = busy.submit("/kept", form="/users/new")
    assert sent.status_code == 302, sent.errors
    assert queries.user_by_email("n@example.org") is not None
    assert session.scalars(select(KeptForm)).all() == []


def test_a_button_without_words_waits_too(busy, key, session) -> None:
    other = builders.worker()
    session.commit()
    asked = busy.submit("/users", form=f"/users/{other.id}/disable")
    assert other.is_active
    confirm(busy, key, asked.location)
    assert "Manage users and teams" in busy.get("/kept").words
    busy.submit("/kept", form=f"/users/{other.id}/disable")
    assert not other.is_active


def test_the_way_on_never_leads_to_another_site(busy, key) -> None:
    for there in ("//evil.example", "https://evil.example", "/\\evil.example"):
        assert confirm(busy, key, f"/confirm?next={there}").location == "/"


def test_a_wrong_answer_is_not_fresh_and_is_on_record(busy, key, session, settings) -> None:
    stranger = Authenticator(settings.base_url)
    stranger.id, stranger.owner = key.id, key.owner
    answer = confirm(busy, stranger)
    assert answer.status_code == 422
    assert busy.get("/users/new").status_code == 302
    assert session.scalars(select(AuditRow).where(AuditRow.event == Event.SIGN_IN_FAILED)).one()


def test_a_confirmation_counts_once(busy, key, clock) -> None:
    (options,) = busy.get("/confirm").html.xpath("//@data-options")
    filled = busy.fill("/confirm", credential=key.show(options))
    assert busy.send(filled).status_code == 302
    clock.forward(minutes=4)
    assert busy.send(filled).status_code == 422


def test_one_click_does_only_in_a_demo(busy) -> None:
    filled = busy.fill("/confirm")
    filled.data["demo"] = "yes"
    assert busy.send(filled).status_code == 422
    assert busy.get("/users/new").status_code == 302


def test_the_question_says_nothing_of_a_recovery_code(busy) -> None:
    assert busy.get("/confirm").html.xpath("//input[@name='recovery']") == []


def test_the_list_of_rights_marks_what_asks_again() -> None:
    for permission in Permission:
        line = next(line for line in access().splitlines() if f"| {permission.label}" in line)
        assert ("§" in line.split("|")[1]) == (permission in NEEDS_FRESH_FACTOR)


def test_the_screens_have_no_accessibility_faults(
    session, page, browser_sign_in, axe, clock, admin
) -> None:
    clock("2027-03-01 09:00")
    browser_sign_in(page, admin)
    signed_in.forget()
    clock.forward(minutes=6)
    page.goto("/users/new")
    assert page.title() == "Is it still you? – CaseFlow"
    axe(page)
