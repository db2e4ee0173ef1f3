"""What templates may say: dates in words, addresses of assets, the page's nonce."""

import secrets
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Flask, g
from jinja2 import ChainableUndefined, ChoiceLoader, FileSystemLoader, PackageLoader, PrefixLoader
from jinja2.utils import missing

from caseflow.kernel import clock
from caseflow.kernel.assets import asset_url, init_assets

_NEAR = {-1: "yesterday", 0: "today", 1: "tomorrow"}


class Unset(ChainableUndefined):
    """Printing a name nobody set, or an attribute an object lacks, is a mistake in the template.

    Keys absent from a dict stay silent: the GOV.UK macros live by them. ``{% if name %}`` is
    allowed for a name, not for a misspelt attribute.
    """

    def _is_mistake(self) -> bool:
        return not isinstance(self._undefined_obj, dict | ChainableUndefined)

    def __str__(self) -> str:
        if self._is_mistake():
            self._fail_with_undefined_error()
        return ""

    def __iter__(self) -> Any:
        if self._is_mistake():
            self._fail_with_undefined_error()
        return iter(())

    def __bool__(self) -> bool:
        if self._undefined_obj is not missing and self._is_mistake():
            self._fail_with_undefined_error()
        return False


def csp_nonce() -> str:
    """One for each response, made when first asked for."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    return str(g.csp_nonce)


def _local_day(value: date | datetime) -> date:
    return clock.local(value).date() if isinstance(value, datetime) else value


def day(value: date | datetime | None) -> str:
    """``Tue 24 Nov``; with the year when it is not this one."""
    if value is None:
        return ""
    there = _local_day(value)
    year = "" if there.year == clock.today().year else f" {there.year}"
    return f"{there:%a} {there.day} {there:%b}{year}"


def long_day(value: date | datetime | None) -> str:
    """``24 November 2026``, for paper."""
    if value is None:
        return ""
    there = _local_day(value)
    return f"{there.day} {there:%B %Y}"


def time_of_day(value: datetime | None) -> str:
    return "" if value is None else f"{clock.local(value):%H:%M}"


def near(value: date | datetime) -> str:
    return _NEAR.get((_local_day(value) - clock.today()).days, "")


def moment(value: date | datetime | None) -> str:
    """``Tue 24 Nov, 16:00 (tomorrow)``; a plain day has no time."""
    if value is None:
        return ""
    words = day(value)
    if isinstance(value, datetime):
        words += f", {time_of_day(value)}"
    return f"{words} ({near(value)})" if near(value) else words


def plural(count: int, one: str, many: str = "") -> str:
    """``1 case``, ``2 cases``, ``5,000 cases``."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def length(span: timedelta) -> str:
    seconds = int(span.total_seconds())
    for size, name in ((7 * 86400, "week"), (86400, "day"), (3600, "hour"), (60, "minute")):
        # Weeks only once they say it better: 13 days, 2 weeks.
        if seconds >= size * (2 if name == "week" else 1):
            return plural(seconds // size, name)
    return "moments"


def ago(value: date | datetime | None) -> str:
    """``3 days ago``, ``in 2 hours``, ``today``."""
    if value is None:
        return "never"
    if not isinstance(value, datetime):
        gap = value - clock.today()
        if near(value):
            return near(value)
        return f"in {length(gap)}" if gap.days > 0 else f"{length(-gap)} ago"
    passed = clock.now() - value
    if abs(passed) < timedelta(minutes=1):
        return "just now"
    return f"{length(passed)} ago" if passed > timedelta(0) else f"in {length(-passed)}"


def number(value: float | int | None) -> str:
    return "" if value is None else f"{value:,}"


def iso(value: date | datetime) -> str:
    """For ``<time datetime=…>``."""
    return value.isoformat(timespec="minutes") if isinstance(value, datetime) else value.isoformat()


FILTERS = {
    "ago": ago,
    "day": day,
    "iso": iso,
    "long_day": long_day,
    "moment": moment,
    "number": number,
    "plural": plural,
    "time_of_day": time_of_day,
}


def init_templates(app: Flask) -> None:
    """Before any extension asks for ``app.jinja_env``: Jinja reads its options once."""
    if "jinja_env" in vars(app):
        raise RuntimeError("init_templates comes before CSRFProtect and everything that renders")
    app.jinja_options = {
        "autoescape": True,
        "undefined": Unset,
        "trim_blocks": True,
        "lstrip_blocks": True,
    }
    own = FileSystemLoader(str(Path(app.root_path) / str(app.template_folder)))
    govuk = PrefixLoader({"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja")})
    app.jinja_loader = ChoiceLoader([own, govuk])
    app.jinja_env.filters.update(FILTERS)
    app.jinja_env.globals.update(asset_url=asset_url, csp_nonce=csp_nonce)
    init_assets(app)
