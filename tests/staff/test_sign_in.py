import unicodedata
from datetime import date, timedelta

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select, update

from caseflow.access.permissions import Role
from caseflow.audit.models import AuditRow
from caseflow.audit.rules import Event
from caseflow.kernel import clock as time
from caseflow.kernel.errors import Problem
from caseflow.kernel.settings import change_setting
from caseflow.notices.models import InboxItem, Outgoing
from caseflow.staff import actions, codes, passwords, queries, signing_in
from caseflow.staff.models import User
from caseflow.staff.rules import DEMO_PASSWORD
from tests import builders
from tests.harness import signing


def test_passwords_are_kept_as_argon2id(session) -> None:
    assert builders.worker().password_hash.startswith("$argon2id$")


def test_wrong_password_and_unknown_name_are_told_the_same(session, client) -> None:
    user = builders.worker()
    session.commit()
    wrong = client.submit("/sign-in", email=user.email, password="not the password at all")
    unknown = client.submit("/sign-in", email="nobody@example.org", password="not it at all")
    assert wrong.errors == unknown.errors
    assert wrong.status_code == unknown.status_code == 422


def test_who_is_disabled_while_the_password_is_looked_at_is_a_stranger(
    session, app, monkeypatch
) -> None:
    user = builders.worker()
    session.commit()
    real = passwords.matches

    def matches(password: str, stored: str) -> bool:
        session.execute(update(User).where(User.id == user.id).values(disabled_at=time.now()))
        return real(password, stored)

    monkeypatch.setattr(passwords, "matches", matches)
    with app.test_request_context(), pytest.raises(Problem, match="not right"):
        signing_in.check_password(email=user.email, password=builders.PASSWORD)


@pytest.mark.parametrize("role", [Role.PROGRAMME_MANAGER, Role.ADMINISTRATOR])
def test_a_recovery_code_beside_the_password_is_no_passkey(session, client, role: Role) -> None:
    boss = builders.user(role)
    recovery = codes.make_recovery_codes(boss)[0]
    session.commit()
    client.submit("/sign-in", email=boss.email, password=builders.PASSWORD, recovery=recovery)
    assert client.get("/account").status_code == 302


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


# --- passwords ---

GUESSABLE = [
    "caseflow123456",
    "LeicesterFoxes2024!",
    "P4ssw0rd2024!",
    "qwertyuiop12",
    "1qaz2wsx3edc4rfv",
    "abcabcabcabc",
    "foxes2foxes2",
    "sunshineprincess",
    "123456789012",
    "hospital ward 33!",
    "Ana Example 2026",
    "Harbour team 2026",
]


@pytest.mark.parametrize("password", GUESSABLE)
def test_what_is_tried_first_is_refused(session, password: str) -> None:
    user = builders.worker(builders.team("Harbour team"), name="Ana Example")
    with pytest.raises(Problem, match="Many people use"):
        passwords.check_choice(password, context=queries.password_context(user))


@pytest.mark.parametrize(
    "password",
    [
        "zuppa kettle orbit",
        "  blanks at both ends  ",
        "żółw płynie powoli",
        "密码很长但是没有人能猜到它",
        "x9$Kq2!mVz7#",
        "correct horse battery staple" * 4,
    ],
)
def test_any_characters_do_and_are_kept_exactly(session, password: str) -> None:
    passwords.check_choice(password)
    kept = passwords.hashed(password)
    assert passwords.matches(password, kept)
    for other in (password.strip() + "x", password.swapcase() + " ", f" {password}"):
        assert not passwords.matches(other, kept)


def test_the_same_letter_written_in_two_ways_is_two_passwords(session) -> None:
    composed = unicodedata.normalize("NFC", "café kettle orbit")
    kept = passwords.hashed(composed)
    assert passwords.matches(composed, kept)
    assert not passwords.matches(unicodedata.normalize("NFD", composed), kept)


def test_a_hash_of_earlier_cost_is_made_anew_at_sign_in(session, client) -> None:
    user = builders.worker()
    user.password_hash = PasswordHasher(time_cost=2, memory_cost=16, parallelism=1).hash(
        builders.PASSWORD
    )
    before = user.password_hash
    signing.sign_in(client, user)
    assert user.password_hash != before
    assert not passwords.needs_rehash(user.password_hash)
    assert client.get("/account").status_code == 200


def test_the_boxes_for_passwords_may_be_pasted_into(session, client) -> None:
    page = client.get("/sign-in").text
    assert "onpaste" not in page
    assert 'autocomplete="current-password"' in page


def test_ones_own_password_is_guessed_at_no_faster_by_who_finds_the_screen_open(
    session, sign_in
) -> None:
    me = sign_in(builders.worker())
    filled = me.fill("/account/password", current="not the password", new="three other odd words")
    statuses = [me.send(filled).status_code for _ in range(13)]
    assert statuses == [422] * 10 + [429] * 3


# --- a demo ---


@pytest.fixture
def demo(session):
    change_setting("demo", True, by_id=None)


def made_up(role: Role) -> User:
    return actions.add_user(
        email=f"{role.value}@demo.example",
        name=role.label,
        role=role,
        team=builders.team() if role is Role.YOUTH_WORKER else None,
        password=DEMO_PASSWORD,
        is_demo=True,
    )


@pytest.mark.parametrize("role", [Role.YOUTH_WORKER, Role.ADMINISTRATOR])
def test_one_click_signs_a_made_up_person_in(session, demo, client, role: Role) -> None:
    user = made_up(role)
    session.commit()
    (form,) = client.get("/sign-in").html.xpath(f"//form[input[@value='{user.email}']]")
    client.post("/sign-in", data=dict(form.fields))
    assert client.get("/account").status_code == 200


def test_in_a_demo_one_click_is_the_second_factor(session, demo, client) -> None:
    user = made_up(Role.YOUTH_WORKER)
    session.commit()
    client.submit("/sign-in", form="with-password", email=user.email, password=DEMO_PASSWORD)
    page = client.get("/sign-in")
    assert "Demo only" in page.words
    filled = client.fill("/sign-in", own_device=False)
    filled.data["demo"] = "yes"
    client.send(filled)
    assert client.get("/account").status_code == 200


def test_no_real_database_signs_in_with_one_click(session, client) -> None:
    user = made_up(Role.YOUTH_WORKER)
    session.commit()
    assert "Demo" not in client.get("/sign-in").words
    token = client.get("/sign-in").html.xpath("//input[@name='csrf_token']/@value")[0]
    sent = {"csrf_token": token, "step": "demo", "email": user.email}
    assert client.post("/sign-in", data=sent).status_code == 422
    assert client.get("/account").status_code == 302


# --- who has access ---


def test_the_last_administrator_stays(session) -> None:
    admin, other = (builders.user(Role.ADMINISTRATOR) for _ in "12")
    actions.disable_user(other, by=admin)
    with pytest.raises(Problem, match="only administrator"):
        actions.change_user(
            admin, name="A", role=Role.PROGRAMME_MANAGER, team=None, deputises=False
        )
    with pytest.raises(Problem, match="only administrator"):
        actions.disable_user(admin, by=other)


def test_one_who_was_only_invited_is_no_administrator_yet(session) -> None:
    admin = builders.user(Role.ADMINISTRATOR)
    invited = actions.add_user(email="i@example.org", name="I", role=Role.ADMINISTRATOR)
    with pytest.raises(Problem, match="only administrator"):
        actions.disable_user(admin, by=invited)


def test_the_list_says_all_that_is_signed_off_each_quarter(session, sign_in, clock) -> None:
    clock("2026-11-23 09:00")
    admin, ana = builders.user(Role.ADMINISTRATOR), builders.worker(name="Ana Example")
    signing.add_app(ana)
    ana.last_signed_in_at = clock.instant - timedelta(days=3)
    ana.access_ends_on = date(2026, 12, 24)
    (row,) = sign_in(admin).get("/users").html.xpath("//tr[contains(., 'Ana Example')]")
    words = " ".join(row.text_content().split())
    for said in ("Youth worker", "Hospital team", "app", "3 days ago", "Active", "Ends Thu 24 Dec"):
        assert said in words


# --- its owner is told ---


def told(session, user: User) -> list[str]:
    return [
        item.text for item in session.scalars(select(InboxItem).where(InboxItem.user_id == user.id))
    ]


def test_its_owner_hears_of_a_new_device_once(session, app, clock) -> None:
    clock("2026-11-23 09:00")
    user = builders.worker()
    phone = {"HTTP_USER_AGENT": "Mozilla/5.0 (Android 15; Mobile) Firefox/150.0"}
    signing.sign_in(app.test_client(), user)
    assert told(session, user) == []
    for _ in range(2):
        clock.forward(minutes=1)
        other = app.test_client()
        other.environ_base.update(phone)
        signing.sign_in(other, user)
    assert told(session, user) == ["Somebody signed in as you on a new device: Firefox on Android."]


def test_its_owner_hears_of_each_change_and_the_letter_says_not_what(session, sign_in) -> None:
    user = builders.worker()
    user.wants_email = False
    sign_in(user).submit(
        "/account/password", current=builders.PASSWORD, new="three other odd words"
    )
    assert told(session, user) == ["Your password was changed."]
    (letter,) = session.scalars(select(Outgoing))
    assert "password" not in (letter.subject + letter.body).lower()
    assert user.name not in letter.body


def test_the_trail_says_how_somebody_signed_in_and_once(session, client) -> None:
    user = builders.worker()
    signing.sign_in(client, user)
    rows = session.scalars(select(AuditRow).where(AuditRow.event == Event.SIGNED_IN)).all()
    assert [(row.actor_id, row.facts["factor"]) for row in rows] == [(user.id, "code")]
