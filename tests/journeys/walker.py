"""A person at a browser: ticks, types and presses what is on the page, and looks at it."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Locator, Page

UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class Walker:
    def __init__(
        self,
        page: Page,
        axe: Callable[[Page], None],
        sign_in: Callable[[Page, str], None],
        shots: Path | None = None,
    ) -> None:
        self.page, self._axe, self._sign_in, self._shots = page, axe, sign_in, shots
        self._count = 0
        self._seen: set[str] = set()

    def sign_in(self, email: str) -> None:
        self._sign_in(self.page, email)
        self.look()

    def open(self, address: str) -> None:
        answer = self.page.goto(address)
        assert answer is not None
        assert answer.status == 200, f"{address} answered {answer.status}"
        self.look()

    def follow(self, words: str) -> None:
        """The first link that says so."""
        self.go(self.page.locator("main").get_by_role("link", name=words))

    def door(self, selector: str) -> None:
        """The first link in the page that the selector finds."""
        self.go(self.page.locator(f"main {selector}"))

    def go(self, to: Locator) -> None:
        with self.page.expect_navigation(timeout=60_000):
            to.first.click()
        self.look()

    def type(self, **fields: str) -> None:
        for name, words in fields.items():
            self.page.locator(f"main [name='{name}']").fill(words)

    def choose(self, **fields: Any) -> None:
        """Radios and checkboxes by their stored word; several words tick several boxes."""
        for name, words in fields.items():
            for word in [words] if isinstance(words, str) else words:
                box = self.page.locator(f"main input[name='{name}'][value='{word}']")
                box.check(force=True)

    def pick(self, **fields: str) -> None:
        """From drop-downs."""
        for name, word in fields.items():
            self.page.locator(f"main select[name='{name}']").select_option(word)

    def day(self, name: str, when: Any) -> None:
        for part in ("day", "month", "year"):
            self.page.locator(f"main [name='{name}-{part}']").fill(str(getattr(when, part)))

    def press(self, words: str) -> None:
        """The button; the page that comes must not be the same form with problems."""
        named = re.compile(words) if "|" in words else words
        self.go(self.page.locator("main").get_by_role("button", name=named))
        problems = self.page.locator(".govuk-error-summary").all_inner_texts()
        assert not problems, problems

    def look(self) -> None:
        """Once for each screen, not for each record shown on it."""
        screen = UUID.sub("*", urlsplit(self.page.url).path)
        if screen not in self._seen:
            self._axe(self.page)
        self._seen.add(screen)
        wide = self.page.evaluate(
            "document.documentElement.scrollWidth > document.documentElement.clientWidth"
        )
        assert not wide, f"{self.page.url} scrolls sideways"
        if self._shots:
            self._count += 1
            self.page.screenshot(path=self._shots / f"{self._count:02}.png", full_page=True)

    @property
    def words(self) -> str:
        return " ".join(self.page.locator("body").inner_text().split())
