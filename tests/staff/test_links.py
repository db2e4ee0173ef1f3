"""Links in letters: an invitation, a new password, a new second factor. R7 of security.md."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from caseflow.access.permissions import Role
from caseflow.audit.models import AuditRow
from caseflow.audit.rules import Event
from caseflow.kernel import clock as kernel_clock
from caseflow.kernel.errors import Problem
from caseflow.kernel.settings import change_setting
from caseflow.notices import mail
from caseflow.notices.models import Outgoing
from caseflow.staff import actions, codes, links, passkeys, passwords, signing_in
from caseflow.staff.models import Link, User
from caseflow.staff.rules import LinkKind
from tests import builders
from tests.harness import signing
from tests.harness.authenticator import Authenticator
from tests.harness.client import Client

NEW = "three other odd words"


@pytest.fixture
def now(clock):
    return clock("2026-11-23 09:00")


@pytest.fixture
def admin(session, now) -> User:
    return builders.user(Role.ADMINISTRATOR)


@pytest.fixture
def ana(session, admin) -> User:
    user = builders.worker(name="Ana Example")
    signing.add_app(user)
    return user


@pytest.fixture
def invited(session, admin) -> User:
    return actions.add_user(
        email="new@example.org",
        name="New Example",
        role=Role.YOUTH_WORKER,
        team=builders.team(),
    )


def path_of(address: str) -> str:
    return "/" + address.split("/", 3)[3]


def app_code(user: User, address: str) -> str:
    return codes._totp(codes.seed_for(user, address.rpartition("/")[2])).at(kernel_clock.now())


def follow(client: Client, user: User, address: str, **fields: str):
    given = {"code": app_code(user, address)} | fields
    return client.submit(path_of(address), {k: v for k, v in given.items() if v})


def letters(session) -> list[Outgoing]:
    return list(session.scalars(select(Outgoing).order_by(Outgoing.queued_at)))


def test_an_invitation_is_followed_once_and_signs_nobody_in(
    session, client, admin, invited
) -> None:
    address = actions.invite(invited, by=admin)
    page = follow(client, invited, address, password=NEW)
    assert len(page.html.xpath("//ol[@class='cf-codes']/li")) == 10
    assert client.get("/account").status_code == 302
    assert client.get(path_of(address)).status_code == 404
    assert passwords.matches(NEW, invited.password_hash)


def test_who_followed_it_signs_in_with_what_they_chose(
    session, app, client, admin, invited, clock
) -> None:
    address = actions.invite(invited, by=admin)
    follow(client, invited, address, password=NEW)
    clock.forward(seconds=31)
    other = app.test_client()
    other.submit("/sign-in", email=invited.email, password=NEW)
    other.submit("/sign-in", code=app_code(invited, address))
    assert other.get("/account").status_code == 200


def test_looking_at_a_link_changes_nothing(session, client, admin, invited) -> None:
    address = actions.invite(invited, by=admin)
    session.commit()
    before = session.scalar(select(func.count()).select_from(AuditRow))
    squares = [client.get(path_of(address)).html.xpath("string(//path[@fill='#000']/@d)")
               for _ in range(3)]  # fmt: skip
    assert len(set(squares)) == 1
    assert len(squares[0]) > 1_000
    assert session.scalar(select(Link.used_at)) is None
    assert session.scalar(select(func.count()).select_from(AuditRow)) == before


@pytest.mark.parametrize(
    ("kind", "hours"),
    [(LinkKind.INVITATION, 48), (LinkKind.PASSWORD, 1), (LinkKind.FACTORS, 1)],
)
def test_a_link_holds_so_long_and_no_longer(session, client, ana, clock, kind, hours) -> None:
    address = links.make(ana, kind, by=None)
    if kind is LinkKind.FACTORS:
        session.scalar(select(Link)).approved_by_id = ana.id
    clock.forward(hours=hours, seconds=-1)
    assert client.get(path_of(address)).status_code == 200
    clock.forward(seconds=1)
    assert client.get(path_of(address)).status_code == 404


def test_a_clock_set_back_makes_no_link_last_longer(session, client, ana, clock) -> None:
    address = links.make(ana, LinkKind.PASSWORD, by=None)
    clock.forward(days=-2)
    assert client.get(path_of(address)).status_code == 404


@pytest.mark.parametrize(
    "token", ["x" * 43, "x" * 42, "x" * 44, "x" * 5_000, "é" * 43, "%00" * 43, "..%2f" * 9, ""]
)
def test_a_forged_token_is_no_page(session, client, ana, token: str) -> None:
    assert client.get(f"/link/{token}").status_code in (400, 404)
    links.make(ana, LinkKind.PASSWORD, by=None)
    assert client.get(f"/link/{token}").status_code in (400, 404)


def test_a_token_cut_or_changed_is_no_page(session, client, ana) -> None:
    path = path_of(links.make(ana, LinkKind.PASSWORD, by=None))
    flipped = path[:-1] + ("A" if path[-1] != "A" else "B")
    for other in (path[:-1], path + "A", path.swapcase(), flipped):
        assert client.get(other).status_code == 404, other


def test_the_token_is_in_the_letter_alone_and_leaves_with_it(
    session, admin, invited, mailbox
) -> None:
    address = actions.invite(invited, by=admin)
    token = address.rpartition("/")[2]
    session.commit()
    assert session.scalar(select(Link.token_hash)) != token
    (letter,) = letters(session)
    assert token in letter.body
    mail.send_waiting(kernel_clock.now())
    session.expire_all()
    assert token not in letters(session)[0].body
    (posted,) = mailbox.to(invited.email)
    assert token in posted.get_content()


def test_the_letter_names_nobody_and_nothing(session, admin, invited) -> None:
    actions.invite(invited, by=admin)
    (letter,) = letters(session)
    assert letter.subject == "You have an invitation"
    for word in ("New Example", "CaseFlow", "Hospital", "youth", "violence"):
        assert word not in letter.subject + letter.body


def test_who_wants_no_letters_gets_this_one(session, admin, invited) -> None:
    invited.wants_email = False
    actions.invite(invited, by=admin)
    assert len(letters(session)) == 1


def test_a_second_invitation_voids_the_first(session, client, admin, invited) -> None:
    first, second = actions.invite(invited, by=admin), actions.invite(invited, by=admin)
    assert client.get(path_of(first)).status_code == 404
    assert client.get(path_of(second)).status_code == 200


def test_nobody_is_invited_twice(session, admin, ana) -> None:
    with pytest.raises(Problem, match="followed their invitation"):
        actions.invite(ana, by=admin)


@pytest.mark.parametrize("weak", ["short", "password12345", "x" * 129, "newexample2026"])
def test_a_weak_password_leaves_the_link_as_it_was(
    session, client, admin, invited, weak: str
) -> None:
    address = actions.invite(invited, by=admin)
    assert "password" in follow(client, invited, address, password=weak).errors
    assert client.get(path_of(address)).status_code == 200
    assert not invited.password_hash


def test_a_wrong_code_leaves_the_link_as_it_was(session, client, admin, invited) -> None:
    address = actions.invite(invited, by=admin)
    answer = follow(client, invited, address, password=NEW, code="000000")
    assert "code" in answer.errors
    assert client.get(path_of(address)).status_code == 200
    session.expire_all()
    assert not invited.password_hash


def test_a_role_that_needs_a_passkey_is_not_let_off_with_an_app(
    session, client, admin, settings
) -> None:
    boss = actions.add_user(email="b@example.org", name="B", role=Role.PROGRAMME_MANAGER)
    address = actions.invite(boss, by=admin)
    page = client.get(path_of(address))
    assert not page.html.xpath("//input[@name='code']")
    filled = client.fill(path_of(address), password=NEW)
    filled.data["code"] = app_code(boss, address)
    assert "needs a passkey" in client.send(filled).text
    assert not boss.password_hash
    (options,) = client.get(path_of(address)).html.xpath("//@data-options")
    filled.data["credential"] = Authenticator(settings.base_url).make(options)
    assert client.send(filled).title.startswith("You can sign in now")
    assert len(passkeys.passkeys_of(boss)) == 1


def test_a_new_password_does_not_skip_the_second_factor(session, client, ana, app) -> None:
    address = links.send(ana, LinkKind.PASSWORD, by=None)
    assert follow(client, ana, address, code="", password=NEW).status_code == 200
    client.submit("/sign-in", email=ana.email, password=NEW)
    assert client.get("/account").status_code == 302
    assert client.get("/sign-in").title.startswith("Confirm that it is you")


def test_a_new_password_ends_every_session(session, client, sign_in, ana) -> None:
    me = sign_in(ana)
    address = links.send(ana, LinkKind.PASSWORD, by=None)
    follow(client, ana, address, code="", password=NEW)
    assert me.get("/account").status_code == 302


def test_who_forgot_is_told_the_same_whether_or_not_there_is_an_account(session, app, ana) -> None:
    pages = []
    for email in (ana.email, "nobody@example.org"):
        filled = app.test_client().fill("/sign-in", form="with-password", email=email)
        filled.data |= {"step": "forgot"}
        client = app.test_client()
        filled.data["csrf_token"] = client.fill("/sign-in", form="with-password").data["csrf_token"]
        pages.append(re.sub(rb'nonce="[^"]+"', b"", client.send(filled).data))
    assert pages[0] == pages[1]
    assert len(letters(session)) == 1


def test_three_letters_an_hour_and_no_more(session, client, ana, clock) -> None:
    filled = client.fill("/sign-in", form="with-password", email=ana.email)
    filled.data |= {"step": "forgot"}
    answers = {client.send(filled).status_code for _ in range(20)}
    assert answers == {200}
    assert len(letters(session)) == 3
    clock.forward(hours=1, seconds=1)
    filled.data["csrf_token"] = client.fill("/sign-in", form="with-password").data["csrf_token"]
    client.send(filled)
    assert len(letters(session)) == 4


def test_only_a_demo_shows_the_link_on_the_screen(session, client, ana, sign_in, admin) -> None:
    filled = client.fill("/sign-in", form="with-password", email=ana.email)
    filled.data |= {"step": "forgot"}
    assert "/link/" not in client.send(filled).text
    me = sign_in(admin)
    new = {"name": "X", "email": "x@example.org", "role": "programme_manager"}
    me.submit("/users/new", new)
    assert "/link/" not in me.get("/users").text
    change_setting("demo", True, by_id=None)
    assert "/link/" in client.send(filled).text
    me.submit("/users/new", new | {"email": "y@example.org"})
    assert "/link/" in me.get("/users").text


def test_the_screen_never_asks_an_administrator_for_a_password(
    session, sign_in, admin, ana
) -> None:
    me = sign_in(admin)
    for path in ("/users/new", f"/users/{ana.id}"):
        assert not me.get(path).html.xpath("//input[@type='password']")


# --- a second factor needs two people ---


@pytest.fixture
def lead(session, ana) -> User:
    return builders.supervisor(ana.team)


def test_a_new_second_factor_counts_when_a_second_person_approved(
    session, app, client, admin, ana, lead
) -> None:
    old = signing.seed_of(ana)
    asked = links.ask_for_new_factors(ana, by=admin)
    address = links.approve(asked, by=lead)
    page = follow(client, ana, address)
    assert page.title.startswith("You can sign in now")
    assert codes._seed_of(codes.app_of(ana)) != old
    assert passwords.matches(builders.PASSWORD, ana.password_hash)


def test_what_was_lost_with_the_phone_counts_no_more(
    session, app, client, admin, ana, lead, settings
) -> None:
    with app.test_request_context():
        key = Authenticator(settings.base_url)
        passkeys.add(ana, key.make(passkeys.options_for_adding(ana)), "")
    recovery = codes.make_recovery_codes(ana)[0]
    address = links.approve(links.ask_for_new_factors(ana, by=admin), by=lead)
    follow(client, ana, address)
    assert not passkeys.passkeys_of(ana)
    assert codes.unused_recovery_code(ana, recovery) is None


def test_without_approval_there_is_no_link(session, admin, ana, lead) -> None:
    before = len(letters(session))
    links.ask_for_new_factors(ana, by=admin)
    told = [letter for letter in letters(session)[before:] if "/link/" in letter.body]
    assert not told


def approvers() -> dict[str, Callable[[User, User], User]]:
    return {
        "who asked": lambda admin, ana: admin,
        "the person": lambda admin, ana: ana,
        "a colleague": lambda admin, ana: builders.worker(ana.team),
        "another team's supervisor": lambda admin, ana: builders.supervisor(
            builders.team("Another team", ())
        ),
        "a manager": lambda admin, ana: builders.user(Role.PROGRAMME_MANAGER),
    }


@pytest.mark.parametrize("who", approvers())
def test_nobody_else_approves(session, admin, ana, lead, who: str) -> None:
    by = approvers()[who](admin, ana)
    asked = links.ask_for_new_factors(ana, by=admin)
    with pytest.raises(Problem):
        links.approve(asked, by=by)
    assert links.asked_for(by, asked.id) is None


def test_nobody_asks_for_their_own(session, admin) -> None:
    with pytest.raises(Problem, match="Somebody else"):
        links.ask_for_new_factors(admin, by=admin)


def test_an_approval_counts_once(session, admin, ana, lead) -> None:
    asked = links.ask_for_new_factors(ana, by=admin)
    first = links.approve(asked, by=lead)
    assert links.waiting_for_approval(lead) == []
    assert links.link_for(first.rpartition("/")[2]) is not None


def test_a_supervisor_approves_on_a_page_of_theirs(session, sign_in, admin, ana, lead) -> None:
    sign_in(admin).submit(f"/users/{ana.id}", form=f"/users/{ana.id}/new-factors")
    me = sign_in(lead)
    page = me.get("/approvals")
    assert "Ana Example" in page.words
    (action,) = page.html.xpath("//form[contains(@action, '/approve')]/@action")
    me.submit("/approvals", form=action)
    assert "Nobody waits" in me.get("/approvals").words
    events = set(session.scalars(select(AuditRow.event)))
    assert {Event.LINK_MADE, Event.LINK_APPROVED} <= events


def test_a_stranger_to_the_request_finds_no_page_to_approve_it(
    session, sign_in, admin, ana, lead
) -> None:
    asked = links.ask_for_new_factors(ana, by=admin)
    other = sign_in(builders.supervisor(builders.team("Another team", ())))
    token = other.get("/account").html.xpath("//input[@name='csrf_token']/@value")[0]
    answer = other.post(f"/approvals/{asked.id}/approve", data={"csrf_token": token})
    assert answer.status_code == 404


def test_the_first_administrator_comes_from_the_command_line(
    session, app: Flask, cli, client, settings
) -> None:
    shown = cli("user", "add", "--email", "first@example.org", "--name", "First", "--admin")
    assert shown.code == 0
    address = shown.out.split()[-1]
    first = session.scalar(select(User))
    assert first.role is Role.ADMINISTRATOR
    assert not first.password_hash
    filled = client.fill(path_of(address), password=NEW)
    (options,) = client.get(path_of(address)).html.xpath("//@data-options")
    key = Authenticator(settings.base_url)
    filled.data["credential"] = key.make(options)
    assert client.send(filled).title.startswith("You can sign in now")
    again = client.fill("/sign-in", form="with-passkey")
    (options,) = client.get("/sign-in").html.xpath("//@data-options")
    again.data["credential"] = key.show(options)
    client.send(again)
    assert client.get("/users").status_code == 200


def test_a_database_holds_no_account_to_begin_with(session) -> None:
    assert session.scalar(select(func.count()).select_from(User)) == 0


def test_following_it_at_the_same_moment_counts_once(session, admin, invited) -> None:
    address = actions.invite(invited, by=admin)
    link = links.link_for(address.rpartition("/")[2])
    assert links._use(link)
    assert not links._use(link)


def test_an_account_disabled_meanwhile_has_no_link(session, client, admin, invited) -> None:
    address = actions.invite(invited, by=admin)
    actions.disable_user(invited, by=admin)
    assert client.get(path_of(address)).status_code == 404


# --- away for long ---


def test_35_days_unused_is_suspended_for_who_signs_in_and_nobody_else(
    session, app, client, ana, clock
) -> None:
    signing.sign_in(app.test_client(), ana)
    clock.forward(days=35)
    wrong = client.submit("/sign-in", email=ana.email, password="not the password at all")
    assert wrong.errors == {"": signing_in.WRONG}
    answer = signing.sign_in(client, ana)
    assert "suspended" in answer.text
    assert client.get("/account").status_code == 302


def test_34_days_are_not(session, app, client, ana, clock) -> None:
    signing.sign_in(app.test_client(), ana)
    clock.forward(days=34, hours=23)
    signing.sign_in(client, ana)
    assert client.get("/account").status_code == 200


def test_an_administrator_sees_it_and_lets_them_in_again(
    session, app, client, ana, admin, sign_in, clock
) -> None:
    clock.forward(days=36)
    admin.last_signed_in_at = kernel_clock.now()
    me = sign_in(admin)
    assert "Suspended" in me.get("/users").words
    me.submit("/users", form=f"/users/{ana.id}/enable")
    signing.sign_in(client, ana)
    assert client.get("/account").status_code == 200


def test_a_passkey_does_not_get_round_it(session, app, client, ana, clock, settings) -> None:
    key = Authenticator(settings.base_url)
    with app.test_request_context():
        passkeys.add(ana, key.make(passkeys.options_for_adding(ana)), "")
        session.commit()
    clock.forward(days=36)
    filled = client.fill("/sign-in", form="with-passkey")
    (options,) = client.get("/sign-in").html.xpath("//@data-options")
    filled.data["credential"] = key.show(options)
    assert "suspended" in client.send(filled).text
    assert client.get("/account").status_code == 302


def test_links_are_made_of_256_bits(session, ana) -> None:
    token = links.make(ana, LinkKind.PASSWORD, by=None).rpartition("/")[2]
    assert len(token) * 6 >= 256
    assert links.make(ana, LinkKind.PASSWORD, by=None).rpartition("/")[2] != token
    assert timedelta(hours=1) == session.scalar(select(Link)).until_at - kernel_clock.now()


def test_a_link_to_a_new_second_factor_without_approval_is_no_page(session, client, ana) -> None:
    address = links.make(ana, LinkKind.FACTORS, by=None)
    assert client.get(path_of(address)).status_code == 404
