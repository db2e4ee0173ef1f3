"""What the browser is told: on every answer, whoever asks and whatever goes wrong."""

import dataclasses
import re
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import TooManyRequests
from werkzeug.test import TestResponse

from caseflow import create_app
from caseflow.access.permissions import Role
from caseflow.cases.lifecycle import Stage
from caseflow.kernel import headers
from caseflow.kernel.config import Settings
from caseflow.kernel.errors import Stale
from tests import builders
from tests.casefile.rich import rich_case

pytestmark = pytest.mark.one_database

EVERYWHERE = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Reporting-Endpoints": 'csp="/csp-report"',
}
IN_EVERY_POLICY = (
    "default-src 'none'", "style-src 'self'", "base-uri 'none'", "frame-ancestors 'none'",
    "form-action 'self'", "require-trusted-types-for 'script'", "report-to csp",
)  # fmt: skip
NONCE = re.compile(r"script-src 'nonce-([A-Za-z0-9_-]{22})';")
VERSION_OF_A_SERVER = re.compile(r"\d")


def missing(answer: TestResponse) -> list[str]:
    """What this answer does not say, or says and must not."""
    said = answer.headers
    found = [name for name, value in EVERYWHERE.items() if said.get(name) != value]
    policy = said.get("Content-Security-Policy", "")
    found += [rule for rule in IN_EVERY_POLICY if rule not in policy]
    found += ["unsafe"] if "unsafe" in policy or "*" in policy else []
    if ("<script" in answer.text) != bool(NONCE.search(policy)):
        found.append("nonce")
    permissions = said.get("Permissions-Policy", "")
    found += [f for f in ("camera", "geolocation", "microphone") if f"{f}=()" not in permissions]
    found += [] if "publickey-credentials-get=(self)" in permissions else ["passkeys"]
    if "immutable" not in said.get("Cache-Control", ""):
        found += [] if said.get("Cache-Control") == "no-store" else ["no-store"]
        found += [] if "Cookie" in said.get("Vary", "") else ["Vary"]
    return found + (["Server"] if VERSION_OF_A_SERVER.search(said.get("Server", "")) else [])


def addresses(app: Flask, ids: dict[str, object]) -> Iterator[tuple[str, str]]:
    with app.test_request_context():
        for rule in app.url_map.iter_rules():
            names = {name: ids.get(name, ids["case"]) for name in rule.arguments}
            if rule.endpoint == "asset":
                names = {"version": "0", "filename": "app.js"}
            _, address = rule.build(names)
            yield from ((address, method) for method in sorted(rule.methods & {"GET", "POST"}))


@pytest.mark.parametrize("role", [None, Role.YOUTH_WORKER, Role.SUPERVISOR, Role.ADMINISTRATOR])
def test_no_route_leaves_a_header_out(session, app: Flask, client, sign_in, role) -> None:
    team = builders.team()
    case = rich_case(builders.worker(team))
    me = sign_in(builders.user(role, in_team=team)) if role else client
    told = {
        f"{method} {address} {answer.status}": lacking
        for address, method in addresses(app, {"case": case.id})
        if (lacking := missing(answer := me.open(address, method=method)))
    }
    assert not told


BROKEN = {
    405: None, 409: Stale("Somebody else was quicker."), 429: TooManyRequests(),
    500: ValueError("CANARY"), 503: OperationalError("SELECT", {}, Exception("away")),
}  # fmt: skip


@pytest.mark.parametrize("status", [302, 304, 400, 403, 404, *BROKEN, 413, 415])
def test_no_status_leaves_a_header_out(session, app: Flask, sign_in, monkeypatch, status) -> None:
    me = sign_in(builders.worker())
    asset = "/static/" + app.extensions["assets"] + "/app.js"
    ask = {
        302: lambda: app.test_client().get("/account"),
        304: lambda: me.get(asset, headers={"If-None-Match": me.get(asset).headers["ETag"]}),
        400: lambda: me.post("/sign-in"),
        403: lambda: me.get("/users"),
        404: lambda: me.get("/nowhere"),
        405: lambda: me.post("/healthz"),
        413: lambda: me.post("/sign-in", data={"x": "y" * 2_000_000}),
        415: lambda: me.post("/sign-in", headers={"Content-Encoding": "gzip"}),
    }
    if problem := BROKEN.get(status):
        monkeypatch.setitem(app.view_functions, "staff.account", breaking(app, problem))
    answer = ask.get(status, lambda: me.get("/account", may_break=True))()
    assert answer.status_code == status
    assert missing(answer) == []


def breaking(app: Flask, problem: Exception):
    def view():
        raise problem

    view.needs_permission = app.view_functions["staff.account"].needs_permission
    return view


def test_a_name_that_is_not_ours_is_told_nothing(session, client) -> None:
    answer = client.get("/sign-in", base_url="http://evil.example")
    assert answer.status_code == 400
    assert "evil" not in answer.text
    assert missing(answer) == []


def test_only_what_never_changes_is_kept(session, app: Flask, client) -> None:
    version = app.extensions["assets"]
    kept = client.get(f"/static/{version}/app.js").headers["Cache-Control"]
    assert "immutable" in kept and "public" in kept
    for address in ("/static/old/app.js", f"/static/{version}/nothing.js", "/sign-in"):
        assert client.get(address).headers["Cache-Control"] == "no-store", address


@pytest.mark.parametrize("is_https", [True, False])
def test_an_https_site_says_that_it_is_one_for_a_year(settings: Settings, is_https) -> None:
    scheme = "https" if is_https else "http"
    app = create_app(dataclasses.replace(settings, base_url=f"{scheme}://localhost"))
    said = app.test_client().get("/healthz").headers.get("Strict-Transport-Security")
    assert said == ("max-age=31536000; includeSubDomains" if is_https else None)


def test_a_thousand_pages_have_a_thousand_nonces(session, client) -> None:
    nonces = set()
    for _ in range(1_000):
        answer = client.get("/nowhere")
        (nonce,) = NONCE.findall(answer.headers["Content-Security-Policy"])
        assert nonce in answer.text
        nonces.add(nonce)
    assert len(nonces) == 1_000


def test_pages_hold_no_script_or_style_but_their_own(session, sign_in, browser_pages) -> None:
    """Every page of a case and every list: no handler, no style, no script without its nonce."""
    for address, answer in browser_pages:
        (nonce,) = NONCE.findall(answer.headers["Content-Security-Policy"])
        page = answer.html
        assert not page.xpath("//style | //*[@style] | //iframe | //object | //embed"), address
        assert not page.xpath("//@*[starts-with(name(), 'on')]"), address
        assert not page.xpath("//@*[starts-with(., 'javascript:')]"), address
        assert all(s.get("nonce") == nonce for s in page.xpath("//script")), address
        assert page.xpath("//script"), address
    assert len(browser_pages) > 40


@pytest.fixture
def browser_pages(session, app: Flask, sign_in) -> list[tuple[str, TestResponse]]:
    team = builders.team()
    case = rich_case(builders.worker(team))
    pages = []
    for role in (Role.SUPERVISOR, Role.ADMINISTRATOR, Role.INFORMATION_GOVERNANCE,
                 Role.POLICE_LIAISON, Role.PROGRAMME_MANAGER):  # fmt: skip
        me = sign_in(builders.user(role, in_team=team))
        for address, method in addresses(app, {"case": case.id}):
            if method == "GET":
                answer = me.get(address)
                if "<html" in answer.text and answer.status_code != 302:
                    pages.append((address, answer))
    return pages


def test_the_policy_names_each_rule_once() -> None:
    names = [rule.split()[0] for rule in headers.POLICY.split("; ")]
    assert len(names) == len(set(names))
    denied = [*headers.DENIED, *headers.PASSKEYS]
    assert len(denied) == len(set(denied))


def test_scripts_run_and_nothing_complains(session, browser, desktop, browser_sign_in, axe) -> None:
    """In a real Chromium: the nonce covers what a module imports, and nothing writes markup."""
    case = builders.case_at(Stage.LONG_TERM)
    browser_sign_in(desktop, case.worker)
    desktop.goto(f"/cases/{case.id}/contacts/new")
    assert "characters remaining" in (desktop.locator("main").text_content() or "")
    axe(desktop)
    refused = desktop.evaluate(
        "() => { try { document.body.innerHTML = '<b>x</b>'; return '' }"
        " catch (error) { return error.name } }"
    )
    assert refused == "TypeError"
    # Refused on purpose just now, and complained about as it has to be.
    browser.complaints[:] = [c for c in browser.complaints if "TrustedHTML" not in c]


def test_a_form_says_where_it_comes_from_and_a_link_does_not(session, desktop, live_server) -> None:
    """Old browsers tell no Sec-Fetch-Site: they are known by their Origin."""
    desktop.goto("/sign-in")
    with desktop.expect_request(lambda request: request.method == "POST") as sent:
        desktop.get_by_role("button", name="Sign in", exact=True).click()
    assert sent.value.all_headers()["origin"] == live_server.url
