"""Every route of a case, walked as everybody who may not know of it: a new route is in too."""

import re
import uuid

import pytest
from flask import Flask
from sqlalchemy import func, select

from caseflow.access.permissions import Role
from caseflow.audit.models import AuditRow
from caseflow.cases.lifecycle import Stage
from caseflow.kernel.database import Base
from tests import builders

CANARIES = {"first_name": "CANARYFIRST", "last_name": "CANARYLAST", "address": "CANARYROAD"}
STRANGERS = [
    Role.YOUTH_WORKER,
    Role.SUPERVISOR,
    Role.PROGRAMME_MANAGER,
    Role.EVALUATOR,
    Role.POLICE_LIAISON,
    Role.INFORMATION_GOVERNANCE,
    Role.ADMINISTRATOR,
]


def case_routes(app: Flask) -> list[tuple[str, str]]:
    return [
        (rule.rule, method)
        for rule in app.url_map.iter_rules()
        if "case" in rule.arguments
        for method in sorted(rule.methods & {"GET", "POST"})
    ]


def address(rule: str, case_id: uuid.UUID) -> str:
    filled = rule.replace("<uuid:case>", str(case_id))
    return re.sub(r"<uuid:\w+>", str(uuid.uuid4()), filled)


def rows_in_all_tables(session) -> dict[str, int]:
    return {
        table.name: session.scalar(select(func.count()).select_from(table))
        for table in Base.metadata.sorted_tables
        if table.name != AuditRow.__tablename__
    }


@pytest.mark.parametrize("role", STRANGERS)
def test_a_foreign_case_is_no_case(session, sign_in, app: Flask, role: Role) -> None:
    theirs = builders.worker(builders.team("Another team", ()))
    case = builders.case_at(Stage.LONG_TERM, held_by=theirs, of=builders.person(**CANARIES))
    stranger = builders.user(role, in_team=builders.team())
    me = sign_in(stranger)
    token = me.get("/account").html.xpath("//input[@name='csrf_token']/@value")[0]
    before = rows_in_all_tables(session)
    routes = case_routes(app)
    assert len(routes) > 40
    for rule, method in routes:
        answers = {}
        for name, case_id in {"foreign": case.id, "absent": uuid.uuid4()}.items():
            data = {"csrf_token": token} if method == "POST" else None
            answers[name] = me.open(address(rule, case_id), method=method, data=data)
        assert {a.status_code for a in answers.values()} == {404}, (rule, method)
        assert masked(answers["foreign"].data) == masked(answers["absent"].data), (rule, method)
        sent = answers["foreign"].data + str(answers["foreign"].headers).encode()
        for canary in (*CANARIES.values(), case.reference):
            assert canary.encode() not in sent, (rule, method)
    assert rows_in_all_tables(session) == before


def test_a_stranger_without_an_account_reaches_no_case(session, client, app: Flask) -> None:
    case = builders.case_at(Stage.LONG_TERM)
    session.commit()
    for rule, method in case_routes(app):
        answer = client.open(address(rule, case.id), method=method)
        assert answer.status_code in (302, 400), (rule, method)
        assert case.reference.encode() not in answer.data


@pytest.mark.parametrize("role", [r for r in STRANGERS if r not in STRANGERS[:2]])
def test_search_and_lists_are_shut_to_who_opens_no_case(session, sign_in, role: Role) -> None:
    me = sign_in(builders.user(role))
    for page in ("/search", "/my-day", "/team", "/referrals"):
        assert me.get(page).status_code == 403, page


def test_a_foreign_name_and_no_name_are_the_same_search(session, sign_in) -> None:
    theirs = builders.worker(builders.team("Another team", ()))
    builders.case_at(Stage.LONG_TERM, held_by=theirs, of=builders.person(**CANARIES))
    me = sign_in(builders.worker())
    foreign, absent = (
        masked(me.submit("/search", sought=words, form="/search").data).replace(words.encode(), b"")
        for words in ("CANARYLAST", "NOBODYHERE")
    )
    assert foreign == absent


def masked(page: bytes) -> bytes:
    page = re.sub(rb'nonce="[^"]+"', b"", page)
    return re.sub(rb'name="(csrf_token|form_key)"[^>]*value="[^"]+"', b"", page)
