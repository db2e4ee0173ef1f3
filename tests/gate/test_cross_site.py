"""No other site can make CaseFlow do anything, and looking changes nothing."""

import uuid
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.datastructures import Headers
from werkzeug.routing import UUIDConverter
from werkzeug.test import TestResponse

from caseflow.access.permissions import Role
from caseflow.cases.models import Case
from caseflow.closing.models import Summary
from caseflow.gate import ENDS_SESSION
from caseflow.kernel.addresses import origin_of
from caseflow.kernel.config import Settings
from caseflow.kernel.same_site import comes_from
from tests import builders
from tests.casefile.rich import rich_case
from tests.gate.rows import changed, checksums, ids_in, table_of
from tests.gate.test_garbage import discover, world
from tests.harness.client import Client

OURS = "https://caseflow.example"
# Sent by the browser itself, before any page of ours has a token to give; it is only logged. And
# the door for machines: no cookie counts there, so no page can make anybody's browser send to it.
FROM_ANYWHERE = {"csp_report", "intake.process_message"}


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": OURS},
        {"Referer": f"{OURS}/cases/1?x=y"},
    ],
)
def test_what_our_pages_send_is_let_through(headers: dict[str, str]) -> None:
    assert comes_from(OURS, Headers(headers))


FOREIGN: dict[str, dict[str, str]] = {
    "another site": {"Sec-Fetch-Site": "cross-site"},
    "a neighbour under the same name": {"Sec-Fetch-Site": "same-site"},
    "no such word": {"Sec-Fetch-Site": "same-origin, cross-site"},
    "an empty word": {"Sec-Fetch-Site": ""},
    "another site, own origin": {"Sec-Fetch-Site": "cross-site", "Origin": OURS},
    "an alien origin": {"Origin": "https://evil.example"},
    "no origin of any kind": {"Origin": "null"},
    "an origin hidden, but a way back": {"Origin": "null", "Referer": f"{OURS}/"},
    "our name in front": {"Origin": f"{OURS}.evil.example"},
    "our name as a user": {"Referer": "https://caseflow.example@evil.example/"},
    "our name in a query": {"Referer": f"https://evil.example/?{OURS}"},
    "another scheme": {"Origin": "http://caseflow.example"},
    "another port": {"Origin": f"{OURS}:8443"},
    "a port that is none": {"Referer": f"{OURS}:port/"},
    "nothing at all": {},
}


@pytest.mark.parametrize("who", FOREIGN)
def test_what_others_send_is_not(who: str) -> None:
    assert not comes_from(OURS, Headers(FOREIGN[who]))


def posts(app: Flask, ids: dict[str, object]) -> Iterator[tuple[str, str]]:
    """(endpoint, address) of whatever can be posted, from the map: a new route is in too."""
    with app.test_request_context():
        for rule in app.url_map.iter_rules():
            if "POST" in rule.methods and rule.endpoint not in FROM_ANYWHERE:
                names = {name: ids.get(name, ids["case"]) for name in rule.arguments}
                yield rule.endpoint, rule.build(names | {"token": "x" * 43})[1]


def token_of(client: Client, page: str = "/account") -> str:
    return client.get(page).html.xpath("//input[@name='csrf_token']/@value")[0]


@pytest.mark.parametrize("is_signed_in", [True, False])
def test_no_post_of_another_site_counts(
    session, app: Flask, settings: Settings, client, sign_in, is_signed_in: bool
) -> None:
    team = builders.team()
    case = rich_case(builders.worker(team))
    me = sign_in(builders.supervisor(team)) if is_signed_in else client
    mine = token_of(me, "/account" if is_signed_in else "/sign-in")
    del me.environ_base["HTTP_SEC_FETCH_SITE"]
    own_page = {"Sec-Fetch-Site": "same-origin"}
    attacks: dict[str, tuple[dict[str, str], dict[str, str], int]] = {
        "no token": (own_page, {}, 400),
        "an empty token": (own_page, {"csrf_token": ""}, 400),
        "a wrong token": (own_page, {"csrf_token": mine[::-1]}, 400),
    } | {who: (headers, {"csrf_token": mine}, 403) for who, headers in FOREIGN.items()}
    attacks["an origin of ours with no token"] = (
        {"Origin": origin_of(settings.base_url)}, {}, 400,
    )  # fmt: skip
    before = checksums(session)
    routes = list(posts(app, {"case": case.id}))
    assert len(routes) > 50
    let_in = [
        f"{endpoint}, {name}: {answer.status}"
        for endpoint, address in routes
        for name, (headers, data, refused) in attacks.items()
        if (answer := me.post(address, headers=headers, data=data)).status_code != refused
    ]
    assert let_in == []
    assert changed(before, checksums(session)) == []


def test_a_token_of_another_session_makes_no_change(session, app: Flask, sign_in) -> None:
    """Its words may be put aside for whoever that session belongs to; and it can end a session,
    which is all that a page left open in another tab may do."""
    team = builders.team()
    case = rich_case(builders.worker(team))
    other = token_of(sign_in(builders.supervisor(team)))
    me = sign_in(builders.supervisor(team))
    before = checksums(session)
    let_in = [
        f"{endpoint}: {answer.status} {answer.location}"
        for endpoint, address in posts(app, {"case": case.id})
        if endpoint not in ENDS_SESSION
        and not put_aside(answer := me.post(address, data={"csrf_token": other, "x": "words"}))
    ]
    assert let_in == []
    assert set(changed(before, checksums(session))) <= {"kept_form"}


def put_aside(answer: TestResponse) -> bool:
    return answer.status_code == 400 or answer.location in ("/", "/kept", "/sign-in")


def test_an_own_form_still_gets_through_in_an_old_browser(session, settings, sign_in) -> None:
    me = sign_in(builders.user(Role.ADMINISTRATOR))
    filled = me.fill("/users/new")
    del me.environ_base["HTTP_SEC_FETCH_SITE"]
    own = {"Origin": origin_of(settings.base_url)}
    assert me.send(filled, headers=own).status_code == 422
    assert me.send(filled).status_code == 403


def test_who_is_refused_reads_why_and_learns_nothing(session, sign_in) -> None:
    user = builders.worker(name="Ana CANARY")
    me = sign_in(user)
    sent = {"name": "typed CANARY words"}
    answer = me.post("/account", data=sent, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.title.startswith("That did not come from CaseFlow")
    assert "Nothing was changed" in answer.words
    assert "CANARY" not in answer.text


@pytest.mark.parametrize("role", list(Role))
def test_looking_changes_nothing(session, app: Flask, sign_in, role: Role) -> None:
    """Every link that this role is offered, and every address of the map."""
    staff = world()
    case = session.scalars(select(Case).join(Summary, Summary.case_id == Case.id)).first()
    ids = ids_in(session, case, named_in(app))
    me = sign_in(staff[role])
    before = checksums(session)
    discover(app, me)
    for address in gets(app, ids):
        assert me.get(address).status_code < 500, address
    assert changed(before, checksums(session)) == []


def named_in(app: Flask) -> set[str]:
    named = {
        name
        for rule in app.url_map.iter_rules()
        for name in rule.arguments
        if isinstance(rule._converters.get(name), UUIDConverter)
    }
    unknown = sorted(name for name in named if table_of(name) is None)
    assert not unknown, f"say in tests/gate/rows.py which tables these are in: {unknown}"
    return named


def gets(app: Flask, ids: dict[str, uuid.UUID]) -> list[str]:
    with app.test_request_context():
        return [
            rule.build({name: ids.get(name, uuid.uuid4()) for name in rule.arguments})[1]
            for rule in app.url_map.iter_rules()
            if "GET" in rule.methods and rule.endpoint != "asset"
        ]
