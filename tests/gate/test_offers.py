"""No page offers what would then be refused: a link or a button is there for who may follow it."""

from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from caseflow.access import declare
from caseflow.access.permissions import Permission, Role
from caseflow.access.predicates import Held, refusal
from caseflow.cases import need_to_know, queries
from caseflow.cases.lifecycle import Stage
from caseflow.cases.models import Case
from caseflow.cases.rules import Stream
from caseflow.kernel.database import db
from caseflow.staff.models import User
from tests import builders
from tests.gate.test_fields import addresses, canary_case, everybody

pytestmark = pytest.mark.one_database


def offers(page: Any) -> set[tuple[str, str]]:
    """(method, path) of each link and each form of the page, its head and menu too."""
    links = {("GET", href) for href in page.html.xpath("//a/@href")}
    forms = {
        (form.get("method", "get").upper(), form.get("action") or "")
        for form in page.html.xpath("//form")
    }
    found = {(method, urlsplit(url)) for method, url in links | forms}
    return {(method, url.path) for method, url in found if not url.netloc and url.path[:1] == "/"}


def refused(app: Flask, user: User, held: Held, offered: set[tuple[str, str]]) -> list[str]:
    adapter, problems = app.url_map.bind("localhost"), []
    for method, path in offered:
        try:
            endpoint, names = adapter.match(path, method)
        except RequestRedirect:
            continue
        except HTTPException as error:
            problems.append(f"{method} {path}: {error.code}")
            continue
        needs = declare.declared(app.view_functions[endpoint])
        if not isinstance(needs, Permission):
            continue
        if why := refusal(user.actor, needs, held if "case" in names else None):
            problems.append(f"{method} {endpoint}: {why}")
    return problems


@pytest.mark.parametrize("state", ["open", "received", "restricted", "closed"])
def test_what_a_page_offers_its_reader_may_do(
    app: Flask, session: Any, sign_in: Any, state: str
) -> None:
    case = _case_in(state)
    readers = everybody(case)
    if state == "restricted":
        names = [readers["colleague"].user]
        need_to_know.restrict(case, by=readers["supervisor"].user, why="A rival", names=names)
    session.commit()
    pages = [path for path in addresses(app, case) if state == "open" or path.count("/") < 4]
    offered_to: dict[str, int] = {}
    for who, reader in readers.items():
        me, user = sign_in(reader.user), reader.user
        shown = queries.case_in_sight(user, case.id)
        for path in ["/account", *(pages if shown else [])]:
            page = me.get(path)
            if page.status_code != 200 or page.mimetype != "text/html":
                continue
            offered = offers(page)
            held = shown.held if shown else Held(None, None)
            assert refused(app, user, held, offered) == [], (who, path)
            offered_to[who] = offered_to.get(who, 0) + len(offered)
    assert offered_to["holder"] > 200 or state != "open"
    assert len(offered_to) == len(readers)


def _case_in(state: str) -> Case:
    holder = builders.worker()
    if state == "received":
        case = builders.received_case(in_team=holder.team)
        case.worker = holder
    elif state == "closed":
        case = builders.case_at(Stage.COMPLETED, held_by=holder)
    else:
        case = canary_case(holder, Stream.HOSPITAL)
    db.session.flush()
    return case


@pytest.mark.parametrize("role", Role)
def test_the_menu_and_the_search_box_are_for_who_may_use_them(
    app: Flask, session: Any, sign_in: Any, role: Role
) -> None:
    user = builders.user(role, in_team=builders.team())
    page = sign_in(user).get("/account")
    assert refused(app, user, Held(None, None), offers(page)) == []
