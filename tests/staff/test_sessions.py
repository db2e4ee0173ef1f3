"""A session ends when it has to, and nothing a request says makes it longer. T13 of security.md."""

from collections.abc import Callable
from datetime import datetime
from threading import Thread

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from caseflow.access.permissions import Role
from caseflow.audit import actions as audit
from caseflow.audit.models import AuditRow
from caseflow.cases.lifecycle import Stage
from caseflow.contacts.models import Contact
from caseflow.kernel import clock as kernel_clock
from caseflow.kernel.database import db, transaction
from caseflow.staff import actions, queries, sessions, signing_in
from caseflow.staff.models import SignIn, User
from caseflow.staff.rules import Factor, WhyEnded
from tests import builders
from tests.harness import signing
from tests.harness.client import Client


@pytest.fixture
def ana(session, clock) -> User:
    clock("2026-11-23 09:00")
    user = builders.worker(name="Ana Example")
    signing.add_app(user)
    session.commit()
    return user


@pytest.fixture
def me(app: Flask, ana: User) -> Client:
    """Signed in through the pages: the harness keeps such a session alive by nothing."""
    client = app.test_client()
    signing.sign_in(client, ana)
    assert is_in(client)
    return client


def is_in(client: Client) -> bool:
    return client.get("/account").status_code == 200


def token_of(client: Client) -> str:
    cookie = client.get_cookie(client.application.config["SESSION_COOKIE_NAME"])
    return cookie.value if cookie else ""


def with_token(app: Flask, token: str) -> Client:
    client = app.test_client()
    client.set_cookie(app.config["SESSION_COOKIE_NAME"], token, domain="localhost")
    return client


# --- time ---


def test_nine_minutes_and_59_seconds_idle_are_not_too_long(me, clock) -> None:
    clock.forward(minutes=9, seconds=59)
    assert is_in(me)


def test_ten_minutes_and_a_second_idle_are(me, clock) -> None:
    clock.forward(minutes=10, seconds=1)
    assert not is_in(me)


def test_eight_hours_and_a_second_end_it_however_busy_they_were(me, clock) -> None:
    for _ in range(8 * 12):
        clock.forward(minutes=5)
        assert is_in(me)
    clock.forward(seconds=1)
    assert not is_in(me)


@pytest.mark.parametrize("path", ["/time-left", "/duty/list"])
def test_what_the_page_asks_by_itself_keeps_nothing_alive(me, clock, path: str) -> None:
    for _ in range(10):
        clock.forward(minutes=1)
        assert me.get(path).status_code == 200
    clock.forward(seconds=1)
    assert not is_in(me)


@pytest.mark.parametrize("asked", ["skip_timeout_reset=1", "keep=1", "idle=0", "passive=1"])
def test_no_parameter_makes_a_session_longer(me, clock, asked: str) -> None:
    clock.forward(minutes=9)
    me.get(f"/time-left?{asked}")
    me.get(f"/time-left?{asked}", headers={"X-Keep-Alive": "1", "Date": "Thu, 01 Jan 1970"})
    clock.forward(minutes=1, seconds=1)
    assert not is_in(me)


@pytest.mark.parametrize("back", [2, 600, 86_400 * 30])
def test_a_clock_set_back_gives_nobody_more_than_the_rule(me, clock, back: int) -> None:
    clock.forward(minutes=9)
    clock.forward(minutes=-back)
    assert is_in(me) == (back < 10)  # never before it began
    clock.forward(minutes=back)
    clock.forward(hours=8)
    assert not is_in(me)


def test_a_clock_that_jumps_ahead_ends_it_for_good(me, clock) -> None:
    start = clock.instant
    clock.forward(days=400)
    assert not is_in(me)
    clock(start)
    assert is_in(me)  # The row was not ended by anybody; its time is not over.
    clock.forward(minutes=10, seconds=1)
    assert not is_in(me)


# --- the token ---


def test_the_database_holds_no_token(session, me) -> None:
    row = session.scalar(select(SignIn))
    assert token_of(me) not in (row.token_hash, str(row.data))
    assert row.token_hash == sessions.hashed(token_of(me))


def test_the_cookie_is_for_the_server_alone_and_for_as_long_as_the_browser_is_open(
    app, ana
) -> None:
    answer = signing.sign_in(app.test_client(), ana)
    (cookie,) = (c for c in answer.headers.getlist("Set-Cookie") if c.startswith("cf="))
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Path=/" in cookie
    assert "Max-Age" not in cookie
    assert "Expires" not in cookie


def test_a_cookie_planted_before_sign_in_is_worth_nothing_after_it(app, ana) -> None:
    planted = "planted-by-somebody-else-and-43-characters-"
    victim = with_token(app, planted)
    signing.sign_in(victim, ana)
    assert token_of(victim) != planted
    assert not is_in(with_token(app, planted))


def test_signing_in_again_in_the_same_browser_ends_the_session_before(app, me, ana, clock) -> None:
    before = token_of(me)
    clock.forward(minutes=1)
    csrf = me.fill("/account", form="/sign-out").data["csrf_token"]
    me.post("/sign-in", data={"csrf_token": csrf, "email": ana.email,
                              "password": builders.PASSWORD})  # fmt: skip
    me.post("/sign-in", data={"csrf_token": csrf, "step": "second", "code": signing.code_of(ana)})
    assert token_of(me) != before
    assert is_in(me)
    assert not is_in(with_token(app, before))


def test_the_cookie_of_who_signed_out_is_worth_nothing(app, me) -> None:
    before = token_of(me)
    me.submit("/account", form="/sign-out")
    assert not is_in(with_token(app, before))


@pytest.mark.parametrize(
    "token",
    ["", "x", "x" * 43, "x" * 10_000, "' OR 1=1 --", "ä\u2028é", "\x00", "../../etc", "💥" * 50],
)
def test_a_forged_token_is_a_guests(app, me, token: str) -> None:
    answer = app.test_client().get(
        "/account", environ_overrides={"HTTP_COOKIE": f"cf={token}".encode().decode("latin-1")}
    )
    assert answer.status_code == 302


def test_a_token_cut_short_or_changed_by_a_letter_is_a_guests(app, me) -> None:
    token = token_of(me)
    changed = ("A" if token[0] != "A" else "B") + token[1:]
    for other in (token[:-1], token[1:], token + "A", token.swapcase(), changed):
        assert not is_in(with_token(app, other))
    assert is_in(with_token(app, token))


@pytest.mark.parametrize(
    "forged",
    [
        "",
        "eyJoYWxmd2F5Ijp7fX0.aaaa.bbbb",
        "." * 500,
        "x" * 10_000,
        "ä\u2028",
        '{"halfway": {"user": "1"}}',
    ],
)
def test_a_forged_half_way_cookie_is_no_half_way(app, ana, forged: str) -> None:
    cookie = f"cf-guest={forged}".encode().decode("latin-1")
    page = app.test_client().get("/sign-in", environ_overrides={"HTTP_COOKIE": cookie})
    assert page.status_code == 200
    assert "With your password" in page.words


def halfway(app: Flask, user: User) -> Client:
    client = app.test_client()
    client.submit("/sign-in", email=user.email, password=builders.PASSWORD)
    assert client.get("/sign-in").title.startswith("Confirm that it is you")
    return client


def test_half_way_holds_five_minutes(app, ana, clock) -> None:
    client = halfway(app, ana)
    filled = client.fill("/sign-in", code=signing.code_of(ana))
    clock.forward(minutes=5, seconds=1)
    filled.data["code"] = signing.code_of(ana)
    assert "Too much time passed" in client.send(filled).text
    assert not is_in(client)


def test_half_way_is_void_when_the_password_has_changed(session, app, ana) -> None:
    client = halfway(app, ana)
    ana.password_hash = "$argon2id$of another password"
    session.commit()
    assert "With your password" in client.get("/sign-in").words


def test_half_way_is_void_when_the_account_is_disabled(session, app, ana) -> None:
    client = halfway(app, ana)
    ana.disabled_at = kernel_clock.now()
    session.commit()
    assert "With your password" in client.get("/sign-in").words


def test_half_way_opens_no_page(app, ana) -> None:
    client = halfway(app, ana)
    for path in ("/", "/account", "/inbox", "/users"):
        assert client.get(path).location.startswith("/sign-in")


def test_starting_again_forgets_the_password_was_right(app, ana) -> None:
    client = halfway(app, ana)
    client.submit("/sign-in", form="/sign-in")
    assert "With your password" in client.get("/sign-in").words


# --- ended by somebody ---


def test_a_disabled_user_is_out_at_the_next_request(session, me, ana) -> None:
    actions.disable_user(ana, by=builders.user(Role.ADMINISTRATOR))
    assert not is_in(me)


def test_an_account_whose_last_day_has_passed_is_out(session, me, ana, clock) -> None:
    ana.access_ends_on = kernel_clock.today()
    assert not is_in(me)


@pytest.mark.parametrize(
    "change",
    [
        {"role": Role.SAFEGUARDING_LEAD},
        {"team": "another"},
        {"deputises": True},
    ],
)
def test_another_role_or_team_ends_every_session(session, me, ana, change) -> None:
    usual = {"name": ana.name, "role": ana.role, "team": ana.team, "deputises": False}
    if "team" in change:
        change = {"team": builders.team("Another team", ())}
    actions.change_user(ana, **(usual | change))
    assert not is_in(me)


def test_another_name_ends_none(session, me, ana) -> None:
    actions.change_user(ana, name="Ana Other", role=ana.role, team=ana.team, deputises=False)
    assert is_in(me)


def test_a_changed_password_ends_the_other_sessions(session, app, me, ana, clock) -> None:
    other = app.test_client()
    clock.forward(seconds=31)
    signing.sign_in(other, ana)
    me.submit("/account/password", current=builders.PASSWORD, new="three other odd words")
    assert is_in(me)
    assert not is_in(other)


def test_a_fourth_browser_ends_the_one_used_longest_ago(app, ana, clock) -> None:
    browsers = []
    for _ in range(4):
        clock.forward(seconds=31)
        browsers.append(app.test_client())
        signing.sign_in(browsers[-1], ana)
    assert [is_in(browser) for browser in browsers] == [False, True, True, True]


def test_one_of_ones_own_sessions_is_ended_from_another(app, me, ana, clock, session) -> None:
    other = app.test_client()
    clock.forward(seconds=31)
    signing.sign_in(other, ana)
    (row,) = (r for r in signing_in.sessions_of(ana) if r.token_hash == _hash_of(other))
    me.submit("/account", form=f"/account/sessions/{row.id}/end")
    assert is_in(me)
    assert not is_in(other)


def test_all_others_are_ended_at_once(app, me, ana, clock) -> None:
    others = [app.test_client(), app.test_client()]
    for other in others:
        clock.forward(seconds=31)
        signing.sign_in(other, ana)
    me.submit("/account", form="/account/sessions/end-others")
    assert is_in(me)
    assert not any(map(is_in, others))


def test_nobody_ends_another_persons_session(session, app, me, sign_in) -> None:
    row = session.scalar(select(SignIn))
    stranger = sign_in(builders.worker())
    token = stranger.get("/account").html.xpath("//input[@name='csrf_token']/@value")[0]
    answer = stranger.post(f"/account/sessions/{row.id}/end", data={"csrf_token": token})
    assert answer.status_code == 404
    assert is_in(me)


def _hash_of(client: Client) -> str:
    return sessions.hashed(token_of(client))


# --- at the same moment ---


@pytest.fixture
def meanwhile(app: Flask, monkeypatch) -> Callable[[Callable[[], None]], None]:
    """Somebody else does something, in a transaction of their own, while a page is made and
    before it is sent."""

    def elsewhere(do: Callable[[], None]) -> None:
        def run(now: datetime) -> None:
            with app.app_context(), kernel_clock.at(now), transaction():
                do()

        thread = Thread(target=run, args=[kernel_clock.now()])
        thread.start()
        thread.join()

    def plant(do: Callable[[], None]) -> None:
        real, done = audit.seen_so_far, []

        def seen_so_far() -> list[str]:
            if not done:
                done.append(True)
                elsewhere(do)
            return real()

        monkeypatch.setattr(audit, "seen_so_far", seen_so_far)

    return plant


def end_every_session() -> None:
    db.session.execute(
        update(SignIn).values(ended_at=kernel_clock.now(), why_ended=WhyEnded.REVOKED)
    )


def looks_at(session, user: User) -> list[AuditRow]:
    return list(
        session.scalars(
            select(AuditRow).where(
                AuditRow.actor_id == user.id, AuditRow.endpoint == "casefile.show"
            )
        )
    )


def test_a_session_ended_mid_request_shows_nothing(session, me, ana, meanwhile) -> None:
    case = builders.case_at(Stage.LONG_TERM, held_by=ana)
    reference, address = case.reference, f"/cases/{case.id}"
    meanwhile(end_every_session)
    answer = me.get(address)
    assert answer.location == "/sign-in"
    assert reference not in answer.text
    assert not looks_at(session, ana)


def test_a_disabled_users_running_request_shows_nothing(session, me, ana, meanwhile) -> None:
    case = builders.case_at(Stage.LONG_TERM, held_by=ana)
    reference, address, ana_id = case.reference, f"/cases/{case.id}", ana.id

    def disable() -> None:
        db.session.execute(
            update(User).where(User.id == ana_id).values(disabled_at=kernel_clock.now())
        )

    meanwhile(disable)
    assert reference not in me.get(address).text


def test_a_role_changed_mid_request_shows_nothing(session, me, ana, meanwhile) -> None:
    case = builders.case_at(Stage.LONG_TERM, held_by=ana)
    reference, address, ana_id = case.reference, f"/cases/{case.id}", ana.id

    def change() -> None:
        user = queries.user(ana_id)
        assert user is not None
        actions.change_user(user, name="Ana", role=Role.POLICE_LIAISON, team=None, deputises=False)

    meanwhile(change)
    assert reference not in me.get(address).text


def test_a_session_ended_mid_request_saves_nothing(
    session, app, me, ana, monkeypatch, database
) -> None:
    """PostgreSQL: by another connection, after the change and before its commit. SQLite has one
    writer, so there it happens inside the request's own transaction."""
    case = builders.case_at(Stage.LONG_TERM, held_by=ana)
    filled = me.fill(f"/cases/{case.id}/contacts/new", outcome="no_answer")
    real, now = sessions.touch, kernel_clock.now()

    def revoke() -> None:
        with app.app_context(), kernel_clock.at(now), transaction():
            end_every_session()

    def touch() -> bool:
        if database.dialect == "sqlite":
            end_every_session()
        else:
            thread = Thread(target=revoke)
            thread.start()
            thread.join()
        return real()

    monkeypatch.setattr(sessions, "touch", touch)
    before = session.scalar(select(func.count()).select_from(Contact))
    assert me.send(filled).location == "/sign-in"
    session.rollback()
    assert session.scalar(select(func.count()).select_from(Contact)) == before


def test_two_tabs_share_one_session_and_both_end(app, me, clock) -> None:
    tab = with_token(app, token_of(me))
    assert is_in(tab)
    me.submit("/account", form="/sign-out")
    assert not is_in(tab)


def test_a_revoked_session_is_not_brought_back_by_saving_it(session, me) -> None:
    row = session.scalar(select(SignIn))
    sessions.end(row, WhyEnded.REVOKED)
    session.commit()
    sessions._save_data(row.id, {"csrf_token": "x"})
    assert not is_in(me)
    session.refresh(row)
    assert row.ended_at is not None
    assert row.data != {"csrf_token": "x"}


def test_a_revoked_session_is_nobodys_also_where_none_is_kept_alive(session, me) -> None:
    sessions.end(session.scalar(select(SignIn)), WhyEnded.REVOKED)
    session.commit()
    for path in ("/", "/time-left", "/confirm"):
        assert me.get(path).location.startswith("/sign-in"), path


def test_a_session_is_begun_only_with_a_factor(session, ana) -> None:
    row, _ = sessions.add(ana, factor=Factor.CODE)
    assert (row.factor, row.factor_at) == (Factor.CODE, kernel_clock.now())
