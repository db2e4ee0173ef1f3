"""``python -m tests.screenshots``: the pictures in docs/, from a fresh demo, at both widths."""

import json
import os
import re
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from caseflow.staff.rules import DEMO_PASSWORD
from tests.harness.browser import DESKTOP, PHONE, QUIET

OUT = Path(__file__).parents[1] / "docs" / "screenshots"
WORKER, SUPERVISOR, MANAGER = "youth_worker", "supervisor", "programme_manager"


def sign_in(page: Page, base: str, email: str) -> None:
    page.context.clear_cookies()
    page.goto(f"{base}/sign-in")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password", exact=True).fill(DEMO_PASSWORD)
    page.locator("main").get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_role("button", name="Demo: use the made-up second factor").click()
    page.wait_for_load_state()


def shoot(page: Page, name: str, *, whole: bool = False) -> None:
    wide = page.viewport_size["width"] if page.viewport_size else 0
    page.screenshot(path=OUT / f"{name}-{wide}.png", full_page=whole)
    print(f"{name}-{wide}.png")


def tour(page: Page, base: str, people: dict[str, str], cases: dict[str, str]) -> None:
    page.goto(f"{base}/sign-in")
    shoot(page, "sign-in")
    sign_in(page, base, people[WORKER])
    shoot(page, "my-day")
    page.goto(f"{base}/referrals/quick-add")
    shoot(page, "quick-add")
    page.goto(f"{base}/search")
    page.locator("main input[type=search], main input[type=text]").first.fill(cases["main"])
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_load_state()
    page.get_by_role("link", name=re.compile("."), exact=False).filter(
        has=page.locator("xpath=self::a[contains(@href, '/cases/')]")
    ).first.click()
    page.wait_for_load_state()
    address = page.url
    shoot(page, "case")
    for name, path in (
        ("log-contact", "contacts/new"),
        ("needs", "needs"),
        ("plan", "plan"),
        ("safety", "safety"),
        ("reviews", "reviews"),
    ):
        page.goto(f"{address}/{path}")
        shoot(page, name)
    sign_in(page, base, people[SUPERVISOR])
    page.goto(f"{base}/team")
    shoot(page, "team")
    sign_in(page, base, people[MANAGER])
    shoot(page, "programme")


def main() -> None:
    OUT.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, socket.create_server(("localhost", 0)) as probe:
        port = probe.getsockname()[1]
        probe.close()
        base = f"http://localhost:{port}"
        env = {**os.environ, "CASEFLOW_DATA_DIR": folder, "CASEFLOW_BASE_URL": base}
        caseflow = [sys.executable, "-m", "caseflow.cli"]
        subprocess.run([*caseflow, "init", "--demo"], env=env, check=True)
        made = json.loads(
            subprocess.run(
                [*caseflow, "demo", "--people", "60", "--json"],
                env=env,
                check=True,
                capture_output=True,
            ).stdout
        )
        people = {person["role"]: person["email"] for person in reversed(made["sign_ins"])}
        cases = {"main": _main_case(made["cases"])}
        server = subprocess.Popen([*caseflow, "serve", "--port", str(port)], env=env)
        try:
            _wait(f"{base}/healthz")
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(
                    executable_path="/usr/bin/chromium", args=list(QUIET)
                )
                for size in (PHONE, DESKTOP):
                    tour(browser.new_context(**size).new_page(), base, people, cases)
                browser.close()
        finally:
            server.terminate()
            server.wait()


def _main_case(cases: list[dict[str, str]]) -> str:
    return next(case["reference"] for case in cases if case["scenario"] == "review-due-today")


def _wait(url: str) -> None:
    """curl tries again by itself until the server answers."""
    again = ["--retry", "60", "--retry-connrefused", "--retry-delay", "1"]
    subprocess.run(["curl", "--silent", "--fail", *again, url], check=True, capture_output=True)


if __name__ == "__main__":
    main()
