"""Support that follows a police operation, and the wall between the two."""

import re
import uuid
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import event

from caseflow.access.permissions import Role
from caseflow.cases.lifecycle import Stage
from caseflow.cases.models import BreakGlass, NamedAccess, Restriction
from caseflow.cases.rules import GlassReason
from caseflow.kernel import clock
from caseflow.kernel.counts import suppressed
from caseflow.kernel.database import db
from caseflow.kernel.errors import Problem
from caseflow.kernel.ids import new_reference
from caseflow.operations import actions, queries
from caseflow.operations.models import Operation
from caseflow.operations.rules import Offer, OperationKind
from caseflow.staff.models import User
from tests import builders
from tests.casefile.rich import rich_case
from tests.gate.rows import ids_in, table_of

WALLED = re.compile(
    r"\b(episode|person|person_alias|contact|contact_point|referral|assessment|domain_score|"
    r"safety_plan|risk_assessment|incident|consent|flag|review|closure|summary|goal|"
    r"related_person|referral_message|due_item|onward_referral)\b"
)


def operation(by: User, code: str = "OP-HARBOUR") -> Operation:
    return actions.save_operation(
        by=by,
        code=code,
        name="Harbour",
        kind=OperationKind.ENFORCEMENT_DAY,
        starts_on=clock.today(),
        area="Northgate",
    )


@pytest.mark.parametrize(
    ("count", "shown"),
    [(0, "0"), (1, "<8"), (3, "<8"), (7, "<8"), (8, "10"), (12, "10"), (13, "15")],
)
def test_small_counts_are_hidden_and_others_rounded(count: int, shown: str) -> None:
    assert suppressed(count) == shown


def test_a_case_is_linked_once_and_the_answer_is_kept(session) -> None:
    worker = builders.worker()
    case = builders.case_at(Stage.LONG_TERM, held_by=worker)
    harbour = operation(worker)
    made = actions.link(case, harbour, by=worker, support="Family call", offer=Offer.OFFERED)
    with pytest.raises(Problem, match="already"):
        actions.link(case, harbour, by=worker, support="Again", offer=Offer.OFFERED)
    actions.answer(made, offer=Offer.ACCEPTED)
    assert queries.offers_of(harbour) == queries.Offers(made=1, accepted=1, declined=0)


def test_an_operation_cannot_end_before_it_begins(session) -> None:
    with pytest.raises(Problem) as caught:
        actions.save_operation(
            by=builders.supervisor(),
            code="OP-X",
            name="X",
            kind=OperationKind.OTHER,
            starts_on=clock.today(),
            ends_on=clock.today() - timedelta(days=1),
        )
    assert caught.value.field == "ends_on"


def test_one_code_is_one_operation_however_it_is_typed(session) -> None:
    liaison = builders.user(Role.POLICE_LIAISON)
    operation(liaison)
    for by in (liaison, builders.supervisor()):
        with pytest.raises(Problem, match="already"):
            operation(by, code=" op-harbour ")


def test_a_code_that_another_liaison_entered_is_taken_as_if_it_were_free(session, sign_in) -> None:
    other = operation(builders.user(Role.POLICE_LIAISON))
    me = sign_in(builders.user(Role.POLICE_LIAISON))
    said = {"name": "Harbour", "kind": "hotspot", "starts_on": clock.today()}
    shown = []
    for code in ("OP-HARBOUR", "OP-FREE"):
        answer = me.submit("/operations/new", said, code=code)
        page = me.get(answer.location)
        assert other.reference not in page.text
        shown.append((answer.status_code, page.words.replace(code, "CODE")))
    assert shown[0] == shown[1]
    again = me.submit("/operations/new", said, code="op-harbour")
    assert again.status_code == 422
    assert "already" in again.errors["code"]


def test_police_see_their_own_entries_and_no_others(session, sign_in) -> None:
    liaison = builders.user(Role.POLICE_LIAISON)
    own = operation(liaison)
    other = operation(builders.user(Role.POLICE_LIAISON), code="OP-OTHER")
    me = sign_in(liaison)
    assert "OP-OTHER" not in me.get("/operations").text
    assert me.get(f"/operations/{own.id}").status_code == 200
    assert me.get(f"/operations/{other.id}").status_code == 404
    assert me.get(f"/operations/{other.id}/edit").status_code == 404


def test_police_see_suppressed_counts_and_nothing_of_a_case(session, sign_in) -> None:
    liaison = builders.user(Role.POLICE_LIAISON)
    worker = builders.worker()
    harbour = operation(liaison)
    person = builders.person(first_name="CANARY", last_name="SURNAME", known_as="CANARYKNOWN")
    case = builders.case_at(Stage.LONG_TERM, held_by=worker, of=person)
    actions.link(case, harbour, by=worker, support="CANARYSUPPORT", offer=Offer.ACCEPTED)
    me = sign_in(liaison)
    page = me.get(f"/operations/{harbour.id}")
    assert "<8 Offered support <8 Accepted 0 Declined" in page.words
    for canary in ("CANARY", case.reference, worker.name):
        assert canary not in page.text
    for address in (f"/cases/{case.id}", f"/cases/{case.id}/operation", "/my-day", "/team"):
        assert me.get(address).status_code in (403, 404)


def test_the_sql_behind_police_screens_touches_no_walled_table(session, sign_in) -> None:
    liaison = builders.user(Role.POLICE_LIAISON)
    worker = builders.worker()
    harbour = operation(liaison)
    case = builders.case_at(Stage.LONG_TERM, held_by=worker)
    actions.link(case, harbour, by=worker, support="Call", offer=Offer.ACCEPTED)
    me = sign_in(liaison)
    said: list[str] = []

    def listen(_c, _cursor, statement, *_rest):
        said.append(statement)

    event.listen(db.engine, "before_cursor_execute", listen)
    try:
        for address in ("/operations", f"/operations/{harbour.id}", "/operations/new"):
            assert me.get(address).status_code == 200
    finally:
        event.remove(db.engine, "before_cursor_execute", listen)
    assert said
    assert [s for s in said if WALLED.search(s.lower())] == []


def test_a_worker_links_their_case_on_one_screen(session, sign_in) -> None:
    worker = builders.worker()
    case = builders.case_at(Stage.LONG_TERM, held_by=worker)
    harbour = operation(builders.supervisor())
    answer = sign_in(worker).submit(
        f"/cases/{case.id}/operation",
        operation=str(harbour.id),
        support="A support call",
        offer="accepted",
    )
    assert answer.status_code == 302
    assert queries.offers_of(harbour).accepted == 1


PUBLIC = {"asset", "healthz", "intake.refer", "staff.sign_in"}
WHERE_POLICE_MAY_GO = {"operations", "staff", "notices"}


def test_a_police_account_reaches_operations_and_its_own_account_and_nothing_else(
    session, sign_in, app: Flask
) -> None:
    """Even one that was a worker yesterday: holder, on a list, in cover, with an open glass."""
    team = builders.team()
    liaison = builders.user(Role.YOUTH_WORKER, in_team=team)
    case = rich_case(liaison)
    now, hour = clock.now(), timedelta(hours=1)
    session.add_all(
        [
            NamedAccess(person_id=case.person_id, user_id=liaison.id, at=now, by_id=liaison.id),
            Restriction(person_id=case.person_id, why="x", at=now, by_id=liaison.id),
            BreakGlass(
                reference=new_reference(), case_id=case.id, user_id=liaison.id, at=now,
                code=GlassReason.ARRIVED, reason="made for a test", until_at=now + hour,
                review_by=now + 72 * hour,
            ),
        ]
    )  # fmt: skip
    liaison.role, liaison.team = Role.POLICE_LIAISON, None
    operation(liaison, code="OP-OWN")
    me = sign_in(liaison)
    names = set().union(*(rule.arguments for rule in app.url_map.iter_rules()))
    known = ids_in(session, case, {name for name in names if table_of(name) is not None})
    opened = set()
    for rule in app.url_map.iter_rules():
        if "GET" in rule.methods and rule.endpoint not in PUBLIC:
            asked = {name: known.get(name, uuid.uuid4()) for name in rule.arguments}
            address = app.url_map.bind("localhost").build(rule.endpoint, asked)
            answer = me.get(address)
            assert case.reference not in answer.text, address
            assert "Testcase" not in answer.text, address
            if answer.status_code == 200:
                opened.add(rule.endpoint.split(".")[0])
    assert opened <= WHERE_POLICE_MAY_GO
    assert "operations" in opened


def test_operation_screens_have_no_accessibility_faults(
    session, page, browser_sign_in, axe
) -> None:
    liaison = builders.user(Role.POLICE_LIAISON)
    harbour = operation(liaison)
    session.commit()
    browser_sign_in(page, liaison)
    for address in ("/operations", "/operations/new", f"/operations/{harbour.id}"):
        page.goto(address)
        axe(page)
