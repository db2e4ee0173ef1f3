"""A real Chromium against a real server, and what must be true of every page it opens."""

import json
import shutil
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    Response,
    sync_playwright,
)
from playwright.sync_api import (
    Error as PlaywrightError,
)
from sqlalchemy.orm import Session
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from caseflow.kernel import clock as kernel_clock
from tests.harness import signed_in
from tests.harness.client import settle
from tests.harness.clock import StoppedClock
from tests.harness.databases import Database

PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "has_touch": True,
    "is_mobile": True,
    "device_scale_factor": 2,
}
DESKTOP: dict[str, Any] = {"viewport": {"width": 1280, "height": 900}}
QUIET = (
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-dev-shm-usage",
    "--disable-domain-reliability",
    "--disable-sync",
    "--no-first-run",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost",
)
AXE = Path(__file__).parents[1] / "vendor" / "axe-core" / "axe.min.js"
RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")


class LiveServer:
    """The application on http://localhost, in a thread, at the time the test has stopped."""

    def __init__(self, app: Flask, listener: socket.socket) -> None:
        self.url = f"http://localhost:{listener.getsockname()[1]}"
        self.clock: StoppedClock | None = None
        self._app = app
        self._server: BaseWSGIServer = make_server(
            "localhost", 0, self._answer, threaded=True, fd=listener.fileno(),
            request_handler=_Silent,
        )  # fmt: skip
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def _answer(self, environ: dict[str, Any], start_response: Any) -> Any:
        if self.clock is None or self.clock.instant is None:
            return self._app(environ, start_response)
        with kernel_clock.at(self.clock.instant):
            signed_in.keep_alive(self._app)
            answer = self._app(environ, start_response)
            with closing(answer):
                return list(answer)

    def stop(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class _Silent(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002
        if type == "error":
            super().log(type, message, *args)


class Watched:
    """Opens pages, and remembers what none of them may do."""

    def __init__(self, browser: Browser, server: LiveServer, settle: Callable[[], None]) -> None:
        self._browser, self._server, self._settle = browser, server, settle
        self._contexts: list[BrowserContext] = []
        self.complaints: list[str] = []

    def open(self, size: dict[str, Any]) -> Page:
        context = self._browser.new_context(
            base_url=self._server.url, locale="en-GB", timezone_id="Europe/London", **size
        )
        context.set_default_timeout(30_000)
        context.on("request", self._sent)
        context.on("response", self._answered)
        context.on("console", self._logged)
        context.on("weberror", lambda error: self.complaints.append(f"script: {error.error}"))
        self._contexts.append(context)
        return context.new_page()

    def close(self) -> None:
        for context in self._contexts:
            context.close()

    def _sent(self, request: Request) -> None:
        self._settle()
        place = urlsplit(request.url)
        if place.scheme in ("http", "https", "ws", "wss") and place.hostname != "localhost":
            self.complaints.append(f"asked another host: {place.hostname}")

    def _answered(self, response: Response) -> None:
        if response.status >= 500:
            self.complaints.append(f"{response.status} from {urlsplit(response.url).path}")

    def _logged(self, message: ConsoleMessage) -> None:
        expected = "Failed to load resource: the server responded with a status of 4"
        if message.type == "error" and not message.text.startswith(expected):
            self.complaints.append(f"console: {message.text}")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    program = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)
    if program is None:
        raise RuntimeError("Chromium is not installed: sudo apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(QUIET))
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def _server(app: Flask, _listener: socket.socket) -> Iterator[LiveServer]:
    server = LiveServer(app, _listener)
    yield server
    server.stop()


@pytest.fixture
def live_server(
    _server: LiveServer, database: Database, clock: StoppedClock
) -> Iterator[LiveServer]:
    _server.clock = clock
    yield _server
    _server.clock = None


@pytest.fixture
def browser(
    chromium: Browser, live_server: LiveServer, request: pytest.FixtureRequest
) -> Iterator[Watched]:
    """``browser.open(PHONE)`` for further windows, such as a second person's."""
    watched = Watched(chromium, live_server, _settler(request))
    yield watched
    watched.close()
    if watched.complaints:
        pytest.fail("In the browser: " + "; ".join(dict.fromkeys(watched.complaints)))


def _settler(request: pytest.FixtureRequest) -> Callable[[], None]:
    """The browser's requests wait for the test's own transaction: end it as each one leaves."""
    if "session" not in request.fixturenames:
        return lambda: None
    scoped = request.getfixturevalue("session")
    app = request.getfixturevalue("app")
    own: Session = scoped()

    def settle() -> None:
        with app.app_context():
            own.commit()

    return settle


@pytest.fixture
def phone(browser: Watched) -> Page:
    return browser.open(PHONE)


@pytest.fixture
def desktop(browser: Watched) -> Page:
    return browser.open(DESKTOP)


@pytest.fixture(params=[PHONE, DESKTOP], ids=["phone", "desktop"])
def page(browser: Watched, request: pytest.FixtureRequest) -> Page:
    return browser.open(request.param)


@pytest.fixture
def browser_sign_in(app: Flask, live_server: LiveServer) -> Callable[..., None]:
    """Straight into a session: tests of signing in itself go through its pages."""

    def sign_in(page: Page, user: Any) -> None:
        email = getattr(user, "email", user)
        settle()
        name, value = signed_in.cookie(app, email)
        page.context.add_cookies([{"name": name, "value": value, "url": live_server.url}])
        page.goto("/")

    return sign_in


def _broken_rules(page: Page) -> list[dict[str, Any]]:
    """Of the whole page: one that is half received breaks rules it keeps."""
    page.locator("main").wait_for(state="attached")
    page.wait_for_load_state()
    page.evaluate(AXE.read_text())
    options = json.dumps({"runOnly": list(RULES), "resultTypes": ["violations"]})
    found: list[dict[str, Any]] = page.evaluate(
        f"axe.run(document, {options}).then(r => r.violations)"
    )
    return found


@pytest.fixture
def axe() -> Callable[[Page], None]:
    """``axe(page)``: no accessibility rule is broken on the page as it stands."""

    def check(page: Page) -> None:
        try:
            found = _broken_rules(page)
        except PlaywrightError:  # the page went away in mid-question: a click led on just now
            found = _broken_rules(page)
        assert not found, "\n".join(
            [f"axe on {urlsplit(page.url).path}:"]
            + [
                f"  {rule['id']} ({rule['impact']}): {rule['help']}\n"
                + "\n".join(f"    {' '.join(map(str, node['target']))}" for node in rule["nodes"])
                for rule in found
            ]
        )

    return check
