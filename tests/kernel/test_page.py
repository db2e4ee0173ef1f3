"""Words for dates, and a frame that is safe and whole on its own."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import lxml.html
import pytest
from flask import Flask, flash, render_template, render_template_string
from jinja2 import UndefinedError

from caseflow.kernel import clock, page

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
ERRORS = (400, 403, 404, 409, 413, 429, 500, 503)


@pytest.fixture(autouse=True)
def monday() -> Any:
    with clock.at(NOW):
        yield


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (datetime(2026, 11, 24, 16, 0, tzinfo=UTC), "Tue 24 Nov, 16:00 (tomorrow)"),
        (datetime(2026, 11, 23, 23, 59, tzinfo=UTC), "Mon 23 Nov, 23:59 (today)"),
        (datetime(2026, 6, 30, 23, 30, tzinfo=UTC), "Wed 1 Jul, 00:30"),
        (datetime(2025, 11, 24, 9, 5, tzinfo=UTC), "Mon 24 Nov 2025, 09:05"),
        (date(2026, 11, 22), "Sun 22 Nov (yesterday)"),
        (None, ""),
    ],
)
def test_a_moment_is_said_as_people_say_it(value: Any, words: str) -> None:
    assert page.moment(value) == words


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (NOW - timedelta(seconds=20), "just now"),
        (NOW - timedelta(hours=3), "3 hours ago"),
        (NOW + timedelta(hours=1), "in 1 hour"),
        (NOW - timedelta(days=13), "13 days ago"),
        (NOW - timedelta(days=15), "2 weeks ago"),
        (date(2026, 11, 24), "tomorrow"),
        (date(2026, 11, 18), "5 days ago"),
        (None, "never"),
    ],
)
def test_how_long_ago(value: Any, words: str) -> None:
    assert page.ago(value) == words


def test_plurals_carry_their_number() -> None:
    assert page.plural(1, "case") == "1 case"
    assert page.plural(5000, "case") == "5,000 cases"
    assert page.plural(0, "person", "people") == "0 people"


@pytest.mark.usefixtures("on_a_page")
def test_a_misspelt_name_or_attribute_is_caught() -> None:
    for text in ("{{ persn }}", "{{ day.refrence }}", "{% if day.refrence %}x{% endif %}"):
        with pytest.raises(UndefinedError):
            render_template_string(text, day=NOW)
    assert render_template_string("{{ d.x }}{% if later %}x{% endif %}", d={}) == ""


@pytest.mark.parametrize("code", ERRORS)
def test_an_error_page_needs_nothing_and_says_what_to_do(pages: Flask, code: int) -> None:
    with pages.test_request_context():
        html = lxml.html.fromstring(render_template(f"errors/{code}.html"))
    assert html.xpath("string(//main//h1)")
    assert html.find(".//title").text.endswith(" – CaseFlow")
    assert len(html.xpath("string(//main//p)")) > 30


def layout(**context: Any) -> Any:
    text = '{% extends "layout.html" %}{% block title %}Cases{% endblock %}'
    return lxml.html.fromstring(render_template_string(text, **context))


@pytest.mark.usefixtures("on_a_page")
def test_scripts_carry_the_nonce_and_nothing_has_inline_style() -> None:
    html = layout(navigation=[{"text": "My day", "url": "/", "current": True}],
                  user_name="Ana", sign_out_url="/out", demo=True)  # fmt: skip
    assert {script.get("nonce") for script in html.iter("script")} == {page.csp_nonce()}
    assert not html.xpath("//@style|//style|//@*[starts-with(name(), 'on')]")
    assert html.xpath("string(//form[@action='/out']//input[@name='csrf_token']/@value)")
    assert html.xpath("string(//*[@aria-current='page'])") == "My day"


@pytest.mark.usefixtures("on_a_page")
def test_the_title_says_error_first() -> None:
    class Wrong:
        mistakes = ("something",)

    assert layout(form=Wrong()).find(".//title").text == "Error: Cases – CaseFlow"
    assert layout().find(".//title").text == "Cases – CaseFlow"


@pytest.mark.usefixtures("on_a_page")
def test_saved_is_said_and_text_is_never_markup() -> None:
    flash({"text": "<b>Saved</b>", "link": "/undo", "link_text": "Undo"}, "saved")
    html = layout()
    assert html.xpath("string(//main//p)") == "<b>Saved</b> Undo"


def test_assets_are_kept_for_a_year_under_their_version_only(pages: Flask) -> None:
    with pages.test_request_context():
        address = page.asset_url("app.css")
    browser = pages.test_client()
    with browser.get(address) as answer:
        assert "immutable" in answer.headers["Cache-Control"]
    with browser.get(re.sub(r"static/\w+", "static/old", address)) as answer:
        assert answer.status_code == 200
        assert "immutable" not in answer.headers["Cache-Control"]
    with browser.get(address.replace("app.css", "vendor/refresh.py")) as answer:
        assert answer.status_code == 404


@pytest.mark.usefixtures("on_a_page")
def test_every_macro_of_the_charts_draws_with_gaps_and_without_anything() -> None:
    html = render_template_string(
        """{% import "components/charts.html" as charts %}<div>
        {{ charts.then_and_now([]) }}{{ charts.bars([], "Nobody") }}{{ charts.line([], "None") }}
        {{ charts.sparkline([], "None") }}{{ charts.strip([], day, day, "None") }}
        {{ charts.then_and_now([{"label": "<Home>", "then": 4, "now": none},
                                {"label": "Money", "then": none, "now": none}]) }}
        {{ charts.bars([{"label": "Few", "value": "<8"}, {"label": "Some", "value": 10}], "n") }}
        {{ charts.line([{"label": "a", "value": none}, {"label": "b", "value": 0}], "n") }}
        </div>""",
        day=date(2026, 1, 1),
    )
    drawn = lxml.html.fromstring(html)
    assert all(svg.find("title").text for svg in drawn.iter("svg"))
    assert not drawn.xpath("//@style|//@class[. != 'cf-chart']")
    assert "&lt;Home&gt;" in html
    assert "NaN" not in html
    assert "inf" not in html
