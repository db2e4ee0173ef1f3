"""Talk to the application as a browser without a screen does, CSRF tokens and all."""

import datetime
import re
from dataclasses import dataclass, field
from typing import Any

from flask import Flask, has_app_context
from flask.testing import FlaskClient
from lxml import html
from werkzeug.test import TestResponse

from caseflow.kernel import clock
from caseflow.kernel.database import db
from tests.harness import signed_in


class Page:
    """What a test asks of a response, beside what werkzeug answers already."""

    data: bytes

    @property
    def html(self) -> html.HtmlElement:
        return html.fromstring(self.data.decode())

    @property
    def words(self) -> str:
        """The text of the page's main part, on one line."""
        main = self.html.xpath("//main") or [self.html]
        return " ".join(main[0].text_content().split())

    @property
    def title(self) -> str:
        return " ".join(self.html.findtext(".//title", "").split())

    @property
    def errors(self) -> dict[str, str]:
        """Field → message, from the error summary; "" is the form as a whole."""
        links = self.html.xpath(
            "//*[contains(@class, 'govuk-error-summary__list')]//a | "
            "//*[contains(@class, 'govuk-error-summary__list')]/li[not(a)]"
        )
        return {
            _field(link.get("href", "")): " ".join(link.text_content().split()) for link in links
        }


@dataclass
class Filled:
    """A form as it would be sent; send it twice, or late, with ``client.send(filled)``."""

    action: str
    data: dict[str, Any] = field(default_factory=dict)


class Client(FlaskClient):
    """Commits the test's own session first, so that both sides see the same records."""

    def __init__(self, app: Flask, *args: Any, **kwargs: Any) -> None:
        super().__init__(app, type("Response", (Page, app.response_class), {}), **kwargs)
        # What every browser since 2023 says of a form on a page of ours.
        self.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"

    def open(self, *args: Any, may_break: bool = False, **kwargs: Any) -> TestResponse:
        settle()
        signed_in.keep_alive(self.application)
        kwargs.setdefault("buffered", True)
        # A context of its own: otherwise the request would share the test's `g` and session.
        with self.application.app_context():
            answer = super().open(*args, **kwargs)
        assert may_break or answer.status_code != 500, "answered 500; the log below says why"
        return answer

    def fill(self, url: str, given: dict[str, Any] | None = None, /, **fields: Any) -> Filled:
        """GET the page and fill its form in; ``form="…"`` names one by its id, name or action."""
        wanted = fields.pop("form", None)
        values = (given or {}) | fields
        page = self.get(url)
        assert page.status_code == 200, f"GET {url} answered {page.status} ({page.location or ''})"
        form = _choose(page.html, wanted, values, url)
        data = _as_shown(form)
        for name, value in values.items():
            data.update(_as_sent(form, name, value, url))
        sent = {name: value for name, value in data.items() if value is not None}
        return Filled(form.get("action") or url, sent)

    def send(self, filled: Filled, **kwargs: Any) -> TestResponse:
        return self.post(filled.action, data=filled.data, **kwargs)

    def submit(
        self, url: str, given: dict[str, Any] | None = None, /, **fields: Any
    ) -> TestResponse:
        """Fill the form on the page in, and send it. ``None`` leaves a field out."""
        follow = fields.pop("follow_redirects", False)
        return self.send(self.fill(url, given, **fields), follow_redirects=follow)

    def sign_in(self, email: str) -> "Client":
        """Straight into a session: tests of signing in itself go through its pages."""
        settle()
        self.set_cookie(*signed_in.cookie(self.application, email), domain="localhost")
        return self


def settle() -> None:
    """End the test's own transaction, saving it; everything is read afresh afterwards."""
    if has_app_context():
        db.session.commit()


def _field(link: str) -> str:
    """``#when-day`` and ``#mode-2`` are about the fields ``when`` and ``mode``."""
    return re.sub(r"-(day|month|year|time|[0-9]+)$", "", link.removeprefix("#"))


def _choose(
    page: html.HtmlElement, wanted: str | None, values: dict[str, Any], url: str
) -> html.FormElement:
    forms = page.xpath("//main//form[translate(@method, 'POST', 'post')='post']")
    if wanted:
        forms = [
            form
            for form in page.xpath("//form")
            if wanted in (form.get("id"), form.get("name"), form.get("action"))
        ]
    elif len(forms) > 1:
        forms = [form for form in forms if all(_accepts(form, name) for name in values)]
    assert len(forms) == 1, (
        f"{len(forms)} forms on {url} fit; say form=… Actions on the page: "
        f"{[form.get('action') for form in page.xpath('//form')]}"
    )
    return forms[0]


def _names(form: html.FormElement) -> set[str]:
    return {element.get("name") for element in form.xpath(".//*[@name]")}


def _accepts(form: html.FormElement, name: str) -> bool:
    return bool({name, f"{name}-day"} & _names(form))


def _as_shown(form: html.FormElement) -> dict[str, Any]:
    """What a browser would send had nobody typed anything; no buttons, no empty files."""
    data: dict[str, Any] = {}
    for element in form.xpath(".//input[@name] | .//textarea[@name] | .//select[@name]"):
        kind, name = element.get("type", ""), element.get("name")
        if kind in ("submit", "button", "file", "image"):
            continue
        if kind in ("radio", "checkbox"):
            if element.get("checked") is not None:
                data.setdefault(name, []).append(element.get("value", "on"))
        elif element.tag == "select" and element.get("multiple") is not None:
            data[name] = list(element.value)
        else:
            data[name] = element.value or ""
    return data


def _as_sent(form: html.FormElement, name: str, value: Any, url: str) -> dict[str, Any]:
    names = _names(form)
    assert _accepts(form, name), (
        f"the form on {url} has no field {name!r}; it has {sorted(names - {'csrf_token'})}"
    )
    if hasattr(value, "year") and f"{name}-day" in names:
        return _in_boxes(name, value, names)
    if isinstance(value, bool):
        return {name: _ticked(form, name, value)}
    if isinstance(value, set | frozenset):
        return {name: sorted(value)}
    if isinstance(value, int | float | datetime.date):
        return {name: str(value)}
    return {name: value}


def _in_boxes(name: str, value: Any, names: set[str]) -> dict[str, str]:
    """A date, a partial date or an aware moment, as the boxes of the form ask for it."""
    if isinstance(value, datetime.datetime):
        value = clock.local(value)
    shown = {part: getattr(value, part, None) for part in ("day", "month", "year")}
    if f"{name}-time" in names:
        shown["time"] = f"{value:%H:%M}"
    return {f"{name}-{part}": str(number or "") for part, number in shown.items()}


def _ticked(form: html.FormElement, name: str, value: bool) -> str | None:
    """A checkbox sends its value or nothing; a yes-or-no question sends either word."""
    element = form.xpath(f".//input[@name='{name}']")[0]
    if element.get("type") == "radio":
        return "yes" if value else "no"
    return element.get("value", "on") if value else None
