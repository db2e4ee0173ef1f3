"""Support that follows a police operation, and the wall between the two."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import event

from caseflow.access.permissions import Role
from caseflow.cases.lifecycle import Stage
from caseflow.kernel import clock
from caseflow.kernel.counts import suppressed
from caseflow.kernel.database import db
from caseflow.kernel.errors import Problem
from caseflow.operations import actions, queries
from caseflow.operations.models import Operation
from caseflow.operations.rules import Offer, OperationKind
from caseflow.staff.models import User
from tests import builders

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
    supervisor = builders.supervisor()
    operation(supervisor)
    with pytest.raises(Problem, match="already"):
        operation(supervisor, code=" op-harbour ")


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
    assert "<8" in page.words
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
