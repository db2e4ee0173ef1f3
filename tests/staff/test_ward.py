"""A ward's computer is everybody's: what is left on it when somebody goes."""

import json
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import func, select

from caseflow.audit.models import AuditRow
from caseflow.cases.lifecycle import Stage
from caseflow.cases.models import Case
from caseflow.contacts.models import Contact
from caseflow.staff.models import KeptForm, SignIn
from tests import builders
from tests.harness import signed_in
from tests.harness.browser import DESKTOP, QUIET, Watched
from tests.harness.client import settle

FIRST, LAST = "Canaryfirst", "Canarylast"
CANARY = re.compile(r"canary", re.IGNORECASE)
TEXT = "Told me about the Canarycousin today"
MINUTES = 60_000
TAKES_OFF_THE_SCREEN = "dispatchEvent(new PageTransitionEvent('pagehide', {persisted: true}))"
BRINGS_BACK = "dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))"


@pytest.fixture
def case(session, clock) -> Case:
    clock("2027-03-01 09:00")
    person = builders.person(first_name=FIRST, last_name=LAST)
    case = builders.case_at(Stage.LONG_TERM, held_by=builders.worker(), of=person)
    session.commit()
    return case


@pytest.fixture
def enter(browser_sign_in, case) -> Callable[[Page], None]:
    """On the case's page, in a session that ages as a real one does."""

    def enter(page: Page) -> None:
        browser_sign_in(page, case.worker)
        signed_in.forget()
        page.goto(f"/cases/{case.id}")
        assert CANARY.search(seen(page))

    return enter


def seen(page: Page) -> str:
    """Everything somebody could read of it, or find in its source."""
    return " ".join([page.title(), page.url, page.content(), page.locator("body").inner_text()])


def is_clean(page: Page) -> None:
    expect(page).to_have_url(re.compile("/sign-in"))
    page.wait_for_load_state()
    assert not CANARY.search(seen(page))


def back_through_all(page: Page) -> None:
    """As often as the button does anything."""
    for _ in range(10):
        page.go_back()
        if page.url == "about:blank":
            return
        is_clean(page)


def write(page: Page, case: Case) -> None:
    page.goto(f"/cases/{case.id}/contacts/new")
    page.locator("[name=outcome][value=no_answer]").check(force=True)
    page.locator("[name=note]").fill(TEXT)


def count(session, model) -> int:
    session.expire_all()
    return session.scalar(select(func.count()).select_from(model))


@pytest.mark.parametrize("way", ["Sign out", "Lock"])
def test_nothing_comes_back_after(page, enter, way: str) -> None:
    enter(page)
    page.get_by_role("button", name=way, exact=True).click()
    is_clean(page)
    back_through_all(page)


def test_without_scripts_nothing_comes_back_either(browser, enter, session) -> None:
    page = browser.open(DESKTOP | {"java_script_enabled": False})
    enter(page)
    page.get_by_role("button", name="Lock").click()
    is_clean(page)
    back_through_all(page)
    assert session.scalars(select(SignIn)).one().ended_at is not None


def test_shift_three_times_locks_at_once(session, desktop, enter) -> None:
    enter(desktop)
    for _ in range(3):
        desktop.keyboard.press("Shift")
    is_clean(desktop)
    session.expire_all()
    assert session.scalars(select(SignIn)).one().ended_at is not None


def test_writing_capitals_locks_nothing(desktop, enter, case) -> None:
    enter(desktop)
    write(desktop, case)
    desktop.locator("[name=note]").press_sequentially("McDonald ABC ŁŁŁ")
    for keys in ("Shift+A", "Shift+A", "Shift+A", "Control+Shift", "Control+Shift", "Alt+Shift"):
        desktop.keyboard.press(keys)
    assert CANARY.search(seen(desktop))


def test_the_screen_is_empty_before_the_server_answers(desktop, enter) -> None:
    enter(desktop)
    desktop.evaluate("HTMLFormElement.prototype.submit = () => {}")
    for _ in range(3):
        desktop.keyboard.press("Shift")
    expect(desktop.get_by_text("CaseFlow is locked")).to_be_visible()
    assert not CANARY.search(seen(desktop))


def test_locking_keeps_what_was_typed(session, desktop, enter, case, browser_sign_in) -> None:
    enter(desktop)
    write(desktop, case)
    for _ in range(3):
        desktop.keyboard.press("Shift")
    is_clean(desktop)
    assert count(session, KeptForm) == 1
    browser_sign_in(desktop, case.worker)
    desktop.goto("/kept")
    expect(desktop.get_by_text(TEXT)).to_be_visible()


def test_somebody_else_goes_back_through_history(
    session, desktop, enter, browser_sign_in, case
) -> None:
    enter(desktop)
    desktop.goto(f"/cases/{case.id}/person")
    desktop.get_by_role("button", name="Lock").click()
    is_clean(desktop)
    browser_sign_in(desktop, builders.worker(builders.team("Other team", streams=())))
    for _ in range(10):
        desktop.go_back()
        desktop.wait_for_load_state()
        if desktop.url == "about:blank":
            break
        expect(desktop.locator("html:not(.cf-veiled) h1")).to_be_visible()
        assert not CANARY.search(seen(desktop))


def test_nothing_of_a_case_is_in_the_browsers_cache(desktop, enter, case) -> None:
    enter(desktop)
    desktop.get_by_role("button", name="Lock").click()
    is_clean(desktop)
    ask = "url => fetch(url, {cache: 'force-cache'}).then(answer => answer.text())"
    assert "Sign in" in (text := desktop.evaluate(ask, f"/cases/{case.id}"))
    assert not CANARY.search(text)


# --- pages the browser had put by ---


@pytest.fixture
def remembering(chromium: Browser, browser: Watched) -> Iterator[Page]:
    """Chromium as people have it: it keeps whole pages in memory for the Back button."""
    other = chromium.browser_type.launch(
        executable_path=shutil.which("chromium"),
        args=list(QUIET),
        ignore_default_args=["--disable-back-forward-cache"],
    )
    browser._browser = other
    yield browser.open(DESKTOP)
    other.close()


def test_back_in_a_browser_that_keeps_pages_in_memory(remembering, enter) -> None:
    enter(remembering)
    remembering.get_by_role("button", name="Lock").click()
    is_clean(remembering)
    back_through_all(remembering)


def test_a_page_put_by_is_hidden_until_the_server_has_spoken(session, desktop, enter) -> None:
    enter(desktop)
    desktop.evaluate(TAKES_OFF_THE_SCREEN)
    assert not CANARY.search(desktop.locator("body").inner_text())
    desktop.evaluate(BRINGS_BACK)
    expect(desktop.locator("html:not(.cf-veiled)")).to_be_attached()
    assert CANARY.search(seen(desktop))
    _end_all_sessions(session)
    desktop.evaluate(TAKES_OFF_THE_SCREEN)
    desktop.evaluate(BRINGS_BACK)
    is_clean(desktop)


def test_a_page_put_by_shows_nothing_to_the_next_one(
    session, desktop, enter, live_server, app
) -> None:
    enter(desktop)
    desktop.evaluate(TAKES_OFF_THE_SCREEN)
    other = builders.worker(builders.team("Other team", streams=()))
    email = other.email
    settle()
    name, value = signed_in.cookie(app, email)
    desktop.context.add_cookies([{"name": name, "value": value, "url": live_server.url}])
    desktop.evaluate(BRINGS_BACK)
    expect(desktop.locator("h1")).to_have_text(re.compile("My day|Hello|Good"))
    assert not CANARY.search(seen(desktop))


def test_a_page_put_by_stays_hidden_without_a_network(browser, desktop, enter) -> None:
    enter(desktop)
    desktop.evaluate(TAKES_OFF_THE_SCREEN)
    desktop.context.set_offline(True)
    desktop.evaluate(BRINGS_BACK)
    desktop.wait_for_function("!document.body || !/canary/i.test(document.body.innerText)")
    assert not CANARY.search(desktop.evaluate("document.documentElement.innerText"))
    browser.complaints.clear()  # Chromium says that there is no network


def _end_all_sessions(session) -> None:
    session.expire_all()
    for row in session.scalars(select(SignIn)):
        row.ended_at = row.seen_at
    session.commit()


def test_a_tab_that_is_restored_shows_nothing(
    session, tmp_path, chromium: Browser, live_server, app, case
) -> None:
    """The browser is closed with the case open, the session ends, and the tabs are restored."""

    def start() -> BrowserContext:
        return chromium.browser_type.launch_persistent_context(
            tmp_path,
            executable_path=shutil.which("chromium"),
            args=[*QUIET, "--restore-last-session"],
            base_url=live_server.url,
        )

    first, address, email = start(), f"/cases/{case.id}", case.worker.email
    settle()
    name, value = signed_in.cookie(app, email)
    first.add_cookies([{"name": name, "value": value, "url": live_server.url}])
    first.pages[0].goto(address)
    assert CANARY.search(seen(first.pages[0]))
    first.close()
    _end_all_sessions(session)
    again = start()
    for page in again.pages:
        page.wait_for_load_state()
        assert not CANARY.search(seen(page))
    again.pages[0].goto(address)
    is_clean(again.pages[0])
    again.close()
    left = [path for path in tmp_path.rglob("*") if path.is_file() and FIRST.encode() in _of(path)]
    assert not left, f"on this computer's disk: {left}"


def _of(path: Path) -> bytes:
    return path.read_bytes()


# --- the session's end ---


def test_the_warning_comes_two_minutes_before_and_staying_is_one_press(
    session, page, enter, axe, clock
) -> None:
    page.clock.install()
    enter(page)
    dialog = page.get_by_role("dialog", name="Are you still there?")
    page.clock.run_for(7.9 * MINUTES)
    expect(dialog).to_be_hidden()
    clock.forward(minutes=8)
    page.clock.run_for(0.2 * MINUTES)
    expect(dialog).to_be_visible()
    expect(page.get_by_role("button", name="Stay signed in")).to_be_focused()
    page.keyboard.press("Enter")
    expect(dialog).to_be_hidden()
    session.expire_all()
    row = session.scalars(select(SignIn)).one()
    assert row.seen_at > row.started_at


def test_the_warning_has_no_accessibility_faults(page, enter, axe, clock) -> None:
    page.clock.install()
    enter(page)
    clock.forward(minutes=8)
    page.clock.run_for(8.1 * MINUTES)
    expect(page.get_by_role("dialog")).to_be_visible()
    page.clock.resume()
    axe(page)


def test_at_the_end_the_page_empties_itself_and_keeps_what_was_typed(
    session, page, enter, clock, case, browser_sign_in
) -> None:
    page.clock.install()
    enter(page)
    write(page, case)
    clock.forward(minutes=8)
    page.clock.run_for(8.1 * MINUTES)
    expect(page.get_by_role("dialog")).to_be_visible()
    clock.forward(minutes=1, seconds=57)
    page.clock.run_for(1.8 * MINUTES)
    clock.forward(seconds=10)
    page.clock.run_for(0.3 * MINUTES)
    is_clean(page)
    assert page.url.endswith(f"/sign-in?next=%2Fcases%2F{case.id}%2Fcontacts%2Fnew")
    assert count(session, KeptForm) == 1
    assert count(session, Contact) == 0


def test_a_second_tab_keeps_the_first_one_awake(page, enter, clock, case) -> None:
    page.clock.install()
    enter(page)
    other = page.context.new_page()
    clock.forward(minutes=7)
    page.clock.run_for(7 * MINUTES)
    other.goto("/account")
    page.wait_for_timeout(200)
    page.clock.run_for(2 * MINUTES)
    expect(page.get_by_role("dialog")).to_be_hidden()


def test_locking_one_tab_empties_the_other(page, enter, case) -> None:
    enter(page)
    other = page.context.new_page()
    other.goto("/account")
    other.get_by_role("button", name="Lock").click()
    is_clean(other)
    is_clean(page)


def test_asking_how_long_never_lengthens_it_and_is_no_look(session, sign_in, case, clock) -> None:
    browser = sign_in(case.worker)
    signed_in.forget()
    rows = count(session, AuditRow)
    for minute in range(1, 11):
        clock.forward(minutes=1)
        answer = browser.get("/time-left")
        assert json.loads(answer.data)["seconds"] == (10 - minute) * 60
    assert count(session, AuditRow) == rows
    clock.forward(seconds=1)
    assert browser.get("/time-left").location.startswith("/sign-in")


def test_staying_does_not_outlive_the_day(sign_in, case, clock) -> None:
    browser = sign_in(case.worker)
    signed_in.forget()
    for _ in range(60):
        token = browser.get("/account").html.xpath("//input[@name='csrf_token']/@value")[0]
        assert browser.post("/stay", data={"csrf_token": token}).status_code == 204
        clock.forward(minutes=8)
    assert json.loads(browser.get("/time-left").data)["seconds"] == 0
    clock.forward(seconds=1)
    assert browser.get("/time-left").status_code == 302


def test_the_other_tab_of_a_new_session_is_emptied(page, enter, browser_sign_in, session) -> None:
    enter(page)
    other = page.context.new_page()
    browser_sign_in(other, builders.worker(builders.team("Other team", streams=())))
    expect(page.locator("h1")).to_have_text(re.compile("My day|Hello|Good"))
    assert not CANARY.search(seen(page))


def test_no_title_address_or_file_name_holds_a_name(session, sign_in, case) -> None:
    browser = sign_in(case.worker)
    waiting, done = ["/"], set()
    while waiting:
        address = waiting.pop()
        done.add(address)
        answer = browser.get(address)
        assert not CANARY.search(address)
        assert not CANARY.search(str(answer.headers))
        if answer.location:
            waiting += {answer.location.partition("#")[0]} - done - set(waiting)
        if answer.mimetype != "text/html" or answer.status_code != 200:
            continue
        assert not CANARY.search(answer.title), address
        found = {
            link.partition("#")[0].partition("?")[0] for link in answer.html.xpath("//a/@href")
        }
        waiting += {link for link in found if link.startswith("/")} - done - set(waiting)
    assert len(done) > 40, sorted(done)


def test_the_browser_remembers_no_field_of_a_case(session, sign_in, case) -> None:
    """What one user typed is not offered to the next."""
    browser = sign_in(case.worker)
    for place in ("contacts/new", "person/edit"):
        page = browser.get(f"/cases/{case.id}/{place}")
        if page.status_code != 200:
            continue
        fields = page.html.xpath("//main//input[@type='text' or @type='tel'] | //main//textarea")
        assert fields
        assert {field.get("autocomplete") for field in fields} == {"off"}
    first = browser.application.test_client().get("/sign-in").html
    assert first.xpath("//input[@name='email']/@autocomplete") == ["username"]
    assert first.xpath("//input[@name='password']/@autocomplete") == ["current-password"]


def test_a_locked_page_prints_nothing(desktop, enter) -> None:
    enter(desktop)
    desktop.evaluate(TAKES_OFF_THE_SCREEN)
    desktop.emulate_media(media="print")
    assert desktop.locator("body").evaluate("b => getComputedStyle(b).display") == "none"


def test_the_way_to_lock_is_on_every_page(page, enter, case) -> None:
    enter(page)
    expect(page.get_by_role("button", name="Lock")).to_be_visible()
    expect(page.get_by_text("Leaving this computer? Press Shift three times")).to_be_visible()
