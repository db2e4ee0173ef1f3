"""Every route of a case, walked as everybody who may not know of it: a new route is in too."""

import hashlib
import re
import uuid

import pytest
from flask import Flask
from sqlalchemy import func, select

from caseflow.access import declare
from caseflow.access.permissions import Permission, Role
from caseflow.audit.models import AuditRow
from caseflow.audit.rules import Event
from caseflow.kernel.database import Base
from caseflow.staff.models import SignIn
from tests import builders
from tests.gate import world as worlds
from tests.gate.world import World, address, masked

STRANGERS = [role.value for role in Role if role not in worlds.LEADS] + [
    "opened_it_an_hour_ago",
    "covered_until_yesterday",
    "supervisor_with_conflict",
    "lead_with_conflict",
    "opened_it_with_conflict",
]
# What a request may leave behind when it is refused: that it was refused, and that somebody is
# at work. Which rows of the trail there are is counted apart.
BOOKKEEPING = {"audit", "audit_listed", "audit_head", SignIn.__tablename__}
CANARY = re.compile(rb"CANARY[FR]\w+")


@pytest.fixture
def world(session) -> World:
    return worlds.make()


def routes(app: Flask, argument: str = "case") -> list[tuple[str, str]]:
    return [
        (rule.rule, method)
        for rule in app.url_map.iter_rules()
        if argument in rule.arguments
        for method in sorted(rule.methods - {"OPTIONS", "HEAD"})
    ]


def checksum(session) -> str:
    """Of every row of every table that a refused request must leave alone."""
    session.commit()
    digest = hashlib.sha256()
    for table in Base.metadata.sorted_tables:
        if table.name not in BOOKKEEPING:
            rows = sorted(repr(tuple(row)) for row in session.execute(select(table)))
            digest.update(f"{table.name} {rows}".encode())
    return digest.hexdigest()


def refusals(session) -> int:
    return session.scalar(
        select(func.count()).select_from(AuditRow).where(AuditRow.event == Event.REFUSED)
    )


def test_every_name_in_an_address_has_a_record_to_try(app: Flask, world: World) -> None:
    """A route whose address names something new cannot slip past the sweep."""
    names = {name for rule, _ in routes(app) for name in re.findall(r"<uuid:(\w+)>", rule)}
    assert names - world.ids(world.foreign).keys() == set()
    for rule, _ in routes(app):
        assert re.findall(r"<(?!uuid:)", rule) == [], f"{rule}: an address is typed"


@pytest.mark.parametrize("who", STRANGERS)
def test_what_one_may_not_know_is_absent(session, sign_in, app, world: World, who: str) -> None:
    """Foreign, restricted and missing: the same bytes, nothing written, each refusal on record."""
    me = sign_in(world.strangers[who])
    token = me.get("/account").html.xpath("//input[@name='csrf_token']/@value")[0]
    kinds = {
        "foreign": world.ids(world.foreign),
        "restricted": world.ids(world.restricted),
        "absent": {name: uuid.uuid4() for name in world.ids(world.foreign)},
    }
    before, asked, said = checksum(session), 0, refusals(session)
    for rule, method in routes(app):
        pages = {}
        for kind, ids in kinds.items():
            data = {"csrf_token": token} if method == "POST" else None
            answer = me.open(address(rule, ids), method=method, data=data)
            assert answer.status_code == 404, (kind, method, rule)
            sent = answer.data + str(answer.headers).encode()
            assert CANARY.findall(sent) == [], (kind, method, rule)
            assert world.foreign.reference.encode() not in sent, (kind, method, rule)
            assert world.restricted.reference.encode() not in sent, (kind, method, rule)
            pages[kind] = masked(answer.data)
            asked += 1
        assert pages["foreign"] == pages["restricted"] == pages["absent"], (method, rule)
    assert asked > 200
    assert refusals(session) - said == asked
    assert checksum(session) == before


def test_a_foreign_record_inside_ones_own_case_is_absent(session, sign_in, app, world) -> None:
    """The case in the address is one's own; the contact, the flag, the plan is not."""
    me = sign_in(world.holder)
    token = me.get("/account").html.xpath("//input[@name='csrf_token']/@value")[0]
    theirs = world.ids(world.foreign)
    before = checksum(session)
    tried = 0
    for rule, method in routes(app):
        names = set(re.findall(r"<uuid:(\w+)>", rule)) - {"case", "service"}
        if not names:
            continue
        data = {"csrf_token": token} if method == "POST" else None
        pages = []
        for ids in (theirs, {name: uuid.uuid4() for name in theirs}):
            crossed = address(rule, ids | {"case": world.own.id})
            answer = me.open(crossed, method=method, data=data)
            assert answer.status_code == 404, (method, rule)
            assert CANARY.findall(answer.data) == [], (method, rule)
            pages.append(masked(answer.data))
        assert pages[0] == pages[1], (method, rule)
        tried += 1
    assert tried > 20
    assert checksum(session) == before


def test_the_sweep_is_not_blind(session, sign_in, app, world: World) -> None:
    """The holder sees the canaries that strangers must not."""
    me = sign_in(world.holder)
    seen = set()
    ids = world.ids(world.own)
    for rule, method in routes(app):
        if method == "GET" and "message" not in rule:
            answer = me.open(address(rule, ids))
            assert answer.status_code in (200, 302, 403, 409), (rule, answer.status_code)
            seen |= set(re.findall(rb"CANARYO[A-Z]+", answer.data))
    parts = b"FIRST LAST ROAD SCHOOL SOFA AUNT NOTE FLAG".split()
    assert seen >= {b"CANARYO" + part for part in parts}


@pytest.mark.parametrize("who", STRANGERS)
def test_no_page_tells_what_an_address_query_asks(sign_in, app, world: World, who: str) -> None:
    """Ids and references in the query: every page of one's own, with a foreign case asked for."""
    me = sign_in(world.strangers[who])
    queries = [
        {"case": case.id, "person": case.person_id, "id": case.id, "q": case.reference,
         "worker": case.worker_id, "sought": f"CANARY{mark}LAST", "page": "1", "before": "9999"}
        for case, mark in ((world.foreign, "F"), (world.restricted, "R"))
    ]  # fmt: skip
    for rule in app.url_map.iter_rules():
        if rule.arguments or "GET" not in rule.methods:
            continue
        for query in queries:
            answer = me.get(rule.rule, query_string=query)
            found = CANARY.findall(answer.data + str(answer.headers).encode())
            assert found == [], rule.rule


def test_a_stranger_without_an_account_reaches_no_case(session, client, app, world) -> None:
    session.commit()
    for rule, method in routes(app):
        answer = client.open(address(rule, world.ids(world.own)),
                             method=method)  # fmt: skip
        assert answer.status_code in (302, 400, 403), (rule, method)
        assert b"CANARY" not in answer.data
        assert world.own.reference.encode() not in answer.data


def test_a_disabled_colleague_is_a_stranger(session, sign_in, app, world) -> None:
    me = sign_in(world.holder)
    world.holder.disabled_at = world.own.received_at
    for rule, method in routes(app):
        answer = me.open(address(rule, world.ids(world.own)),
                         method=method)  # fmt: skip
        assert answer.status_code in (302, 400, 403), (rule, method)
        assert b"CANARY" not in answer.data


@pytest.mark.parametrize(
    "role",
    [r for r in Role if r not in (Role.YOUTH_WORKER, Role.SUPERVISOR, Role.SAFEGUARDING_LEAD)],
)
def test_search_and_lists_are_shut_to_who_opens_no_case(session, sign_in, role: Role) -> None:
    me = sign_in(builders.user(role))
    for page in ("/search", "/my-day", "/team", "/referrals"):
        assert me.get(page).status_code == 403, page


@pytest.mark.parametrize("kind", ["foreign", "restricted"])
def test_a_name_one_may_not_know_and_no_name_are_the_same_search(
    sign_in, world: World, kind: str
) -> None:
    me = sign_in(world.strangers["youth_worker"])
    name = getattr(world, kind).person.last_name
    found, absent = (
        masked(me.submit("/search", sought=words, form="/search").data).replace(words.encode(), b"")
        for words in (name, "N" * len(name))
    )
    assert found == absent


def test_every_permission_is_asked_for_somewhere(app: Flask) -> None:
    asked = {declare.declared(view) for view in app.view_functions.values()}
    never = {p for p in Permission if p not in asked} - BY_PREDICATE
    assert never == set()


# Asked by a page about a part of it, not by a route.
BY_PREDICATE = {
    Permission.ADDRESS_VIEW,
    Permission.SCHOOL_VIEW,
    Permission.FLAG_VIEW,
    Permission.POLICE_PROVIDED_VIEW,
}
