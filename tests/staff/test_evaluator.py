"""An evaluator has access for a time, and until an extract is approved to their account alone."""

import uuid
from datetime import date

import pytest
from flask import Flask

from caseflow.access.permissions import Role
from caseflow.kernel.errors import Problem
from caseflow.staff import actions
from caseflow.staff.queries import active_user
from tests import builders
from tests.casefile.rich import rich_case
from tests.gate.rows import ids_in, table_of

PUBLIC = {"asset", "healthz", "intake.refer", "staff.sign_in"}
OWN = {"staff", "notices"}


def test_an_evaluator_without_an_end_is_not_let_in(session) -> None:
    with pytest.raises(Problem) as caught:
        actions.add_user(email="eve@example.org", name="Eve", role=Role.EVALUATOR)
    assert caught.value.field == "ends_on"
    worker = builders.worker()
    with pytest.raises(Problem):
        actions.change_user(worker, name="Eve", role=Role.EVALUATOR, team=None, deputises=False)
    worker.role = Role.EVALUATOR
    assert not worker.is_active


def test_the_administrator_is_asked_for_the_end(session, sign_in) -> None:
    me = sign_in(builders.user(Role.ADMINISTRATOR))
    said = {"name": "Eve", "email": "eve@example.org", "role": "evaluator"}
    assert me.submit("/users/new", said).errors.keys() == {"ends_on"}
    assert me.submit("/users/new", said, ends_on=date(2031, 3, 1)).status_code == 302


def test_on_the_day_it_ends_neither_a_session_nor_a_sign_in_counts(
    session, sign_in, client, clock
) -> None:
    clock("2026-11-20 10:00")
    eve = builders.user(Role.EVALUATOR, access_ends_on=date(2026, 11, 21))
    me = sign_in(eve)
    assert "Your access ends on" in me.get("/account").words
    clock("2026-11-20 23:58")
    assert active_user(eve.id) is not None
    clock("2026-11-21 00:01")
    assert me.get("/account").status_code == 302
    assert active_user(eve.id) is None
    again = client.submit("/sign-in", email=eve.email, password=builders.PASSWORD)
    unknown = client.submit("/sign-in", email="no@example.org", password="x" * 14)
    assert again.status_code == unknown.status_code == 422


def test_an_evaluator_reaches_their_own_account_and_nothing_else(
    session, sign_in, app: Flask
) -> None:
    case = rich_case(builders.worker())
    me = sign_in(builders.user(Role.EVALUATOR, in_team=case.team))
    names = set().union(*(rule.arguments for rule in app.url_map.iter_rules()))
    known = ids_in(session, case, {name for name in names if table_of(name) is not None})
    opened = set()
    for rule in app.url_map.iter_rules():
        if "GET" in rule.methods and rule.endpoint not in PUBLIC:
            asked = {name: known.get(name, uuid.uuid4()) for name in rule.arguments}
            answer = me.get(app.url_map.bind("localhost").build(rule.endpoint, asked))
            assert case.reference not in answer.text
            if answer.status_code == 200:
                opened.add(rule.endpoint)
    assert {endpoint.split(".")[0] for endpoint in opened} <= OWN
    assert "staff.account" in opened
    assert "until a study extract is approved" in me.get("/account").words
