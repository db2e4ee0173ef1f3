"""The gate through real requests: who gets in, what is refused, and what is on record."""

import re
import uuid

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from caseflow import create_app, gate
from caseflow.access.declare import public
from caseflow.access.permissions import Role
from caseflow.audit.models import AuditRow
from caseflow.audit.rules import Event
from caseflow.cases import actions as cases
from caseflow.cases.lifecycle import Stage
from caseflow.kernel.config import Settings
from caseflow.staff import actions as staff
from caseflow.staff.models import SignIn
from tests import builders
from tests.harness import signing


def rows(session, event: Event) -> list[AuditRow]:
    return list(session.scalars(select(AuditRow).where(AuditRow.event == event)))


def test_a_route_that_declares_nothing_stops_the_start(settings: Settings) -> None:
    app = create_app(settings)
    app._got_first_request = False
    app.add_url_rule("/forgotten", "forgotten", lambda: "names")
    with pytest.raises(gate.Undeclared, match="/forgotten"):
        gate.check_routes(app)


def test_a_route_added_behind_the_gates_back_answers_nobody(settings: Settings) -> None:
    app = create_app(settings)
    app.add_url_rule("/forgotten", "forgotten", lambda: "names")
    answer = app.test_client().get("/forgotten")
    assert answer.status_code == 500
    assert "names" not in answer.text


def test_one_public_route_more_than_six_stops_the_start(settings: Settings) -> None:
    app = create_app(settings)
    for number in range(gate.MOST_PUBLIC_ROUTES):
        app.add_url_rule(f"/open/{number}", f"open{number}", public(lambda: "names"))
    with pytest.raises(gate.Undeclared, match="public routes"):
        gate.check_routes(app)


def test_a_stranger_is_sent_to_sign_in(client) -> None:
    answer = client.get("/account")
    assert answer.status_code == 302
    assert "/sign-in" in answer.location


def test_the_way_back_never_leads_to_another_site(session, client) -> None:
    user = builders.worker()
    session.commit()
    for there in ("//evil.example", "https://evil.example", "/\\evil.example", "javascript:x"):
        assert signing.sign_in(client, user, f"/sign-in?next={there}").location == "/"
        client.submit("/account", form="/sign-out")


def test_another_teams_case_and_no_case_are_the_same_bytes(session, sign_in) -> None:
    theirs = builders.case_at(
        Stage.LONG_TERM, held_by=builders.worker(builders.team("Other team", ()))
    )
    me = sign_in(builders.worker())
    foreign = me.get(f"/cases/{theirs.id}")
    absent = me.get(f"/cases/{uuid.uuid4()}")
    assert foreign.status_code == absent.status_code == 404
    assert masked(foreign.data) == masked(absent.data)
    assert str(theirs.id) in {row.facts.get("asked_case") for row in rows(session, Event.REFUSED)}


def masked(page: bytes) -> bytes:
    page = re.sub(rb'nonce="[^"]+"', b"", page)
    return re.sub(rb'name="csrf_token" value="[^"]+"', b"", page)


def test_a_refusal_is_on_record_and_names_nobody(session, sign_in) -> None:
    worker = builders.worker()
    assert sign_in(worker).get("/users").status_code == 403
    (row,) = rows(session, Event.REFUSED)
    assert row.actor_id == worker.id
    assert row.facts["status"] == 403


def test_a_look_at_a_case_is_on_record_before_it_is_sent(session, sign_in) -> None:
    worker = builders.worker()
    case = builders.case_at(Stage.LONG_TERM, held_by=worker)
    assert sign_in(worker).get(f"/cases/{case.id}").status_code == 200
    looks = [row for row in rows(session, Event.VIEWED) if row.case_id == case.id]
    assert [row.actor_id for row in looks] == [worker.id]


def test_nothing_is_shown_when_the_look_cannot_be_recorded(
    session, sign_in, app: Flask, monkeypatch
) -> None:
    admin = builders.user(Role.ADMINISTRATOR)
    me = sign_in(admin)

    def full(*_, **__):
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(gate.audit, "record", full)
    answer = me.get("/users", may_break=True)
    assert answer.status_code == 500
    assert admin.email not in answer.text


@pytest.mark.parametrize("change", ["UPDATE audit SET facts = '{}'", "DELETE FROM audit"])
def test_the_database_itself_refuses_to_rewrite_the_trail(session, change: str) -> None:
    builders.worker()
    session.commit()
    with pytest.raises(DatabaseError, match="append-only"):
        session.execute(text(change))
    session.rollback()


def test_the_same_form_sent_twice_counts_once(session, sign_in) -> None:
    me = sign_in(builders.user(Role.ADMINISTRATOR))
    filled = me.fill(
        "/users/new",
        name="Once Only",
        email="once@example.org",
        role="programme_manager",
    )
    first, second = me.send(filled), me.send(filled)
    assert first.status_code == second.status_code == 302
    assert first.location == second.location
    assert len(rows(session, Event.USER_ADDED)) == 2  # the administrator, and this one


@pytest.mark.parametrize("key", ["", "1", "x" * 100, "../../users"])
def test_what_no_page_of_ours_gave_out_is_no_forms_key(session, sign_in, key) -> None:
    """Else whoever sends "1" twice is told that the second was saved with the first."""
    me = sign_in(builders.user(Role.ADMINISTRATOR))
    for name in ("first", "second"):
        filled = me.fill("/users/new", name=name, email=f"{name}@example.org",
                         role="programme_manager")  # fmt: skip
        filled.data |= {"form_key": key}
        assert me.send(filled).status_code == 302
    assert len(rows(session, Event.USER_ADDED)) == 3  # the administrator, and these two


def test_a_post_without_its_token_is_refused(session, sign_in) -> None:
    me = sign_in(builders.user(Role.ADMINISTRATOR))
    assert me.post("/users/new", data={"name": "x"}).status_code == 400


def test_a_disabled_user_is_out_at_the_next_request(session, sign_in) -> None:
    admin = builders.user(Role.ADMINISTRATOR)
    worker = builders.worker()
    me = sign_in(worker)
    assert me.get("/account").status_code == 200
    staff.disable_user(worker, by=admin)
    assert me.get("/account").status_code == 302


def test_every_answer_carries_the_headers(session, client, sign_in) -> None:
    me = sign_in(builders.worker())
    for answer in (
        client.get("/sign-in"),
        client.get("/nowhere"),
        me.get("/users"),
        me.get("/account"),
    ):
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_mistake_is_logged_without_what_was_typed(session, sign_in, caplog, monkeypatch) -> None:
    me = sign_in(builders.user(Role.ADMINISTRATOR))

    def breaks(**said):
        raise ValueError(f"cannot save {said}")

    monkeypatch.setattr(staff, "add_user", breaks)
    typed = {"name": "CANARYNAME", "email": "canary@example.org"}
    filled = me.fill("/users/new", **typed, role="programme_manager")
    assert me.send(filled, may_break=True).status_code == 500
    assert "mistake ValueError" in caplog.text
    assert "add_user" in caplog.text
    assert "canary" not in caplog.text.lower()


def test_an_error_of_the_database_does_not_quote_its_parameters(session) -> None:
    with pytest.raises(DatabaseError) as error:
        session.execute(text("SELECT nothing FROM nowhere WHERE name = :name"), {"name": "CANARY"})
    session.rollback()
    assert "CANARY" not in str(error.value)


def test_words_typed_while_the_case_was_closed_come_back(session, sign_in) -> None:
    case = builders.case_at(Stage.LONG_TERM)
    me = sign_in(case.worker)
    late = me.fill(f"/cases/{case.id}/risk/new", level="low", evidence="He said it is <b>calm</b>")
    cases.move(case, Stage.MOVED, by=case.worker, reason="moved", facts=builders.ALL)
    answer = me.send(late)
    assert answer.status_code == 403
    assert "He said it is <b>calm</b>" in answer.words
    assert "<b>calm" not in answer.text


def test_words_typed_in_a_form_too_old_come_back_without_the_password(session, sign_in) -> None:
    me = sign_in(builders.user(Role.ADMINISTRATOR))
    sent = {"name": "Some Body", "password": "a pass phrase here", "csrf_token": "old and gone"}
    answer = me.post("/users/new", data=sent)
    assert answer.status_code == 400
    assert "Some Body" in answer.words
    assert "a pass phrase" not in answer.text
    assert "old and gone" not in answer.text


def test_a_look_says_from_which_session_and_where(session, sign_in) -> None:
    case = builders.case_at(Stage.LONG_TERM)
    me = sign_in(case.worker)
    me.get(f"/cases/{case.id}", environ_base={"REMOTE_ADDR": "192.0.2.7"})
    me.get(f"/cases/{uuid.uuid4()}", environ_base={"REMOTE_ADDR": "192.0.2.7"})
    looked, refused = rows(session, Event.VIEWED)[-1], rows(session, Event.REFUSED)[-1]
    signed_in = session.scalars(select(SignIn)).one()
    assert looked.session_id == refused.session_id == str(signed_in.id)
    assert looked.source == refused.source == "192.0.2.7"
