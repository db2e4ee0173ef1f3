"""A change may be asked for by a page of ours only. This comes before the form's token, and
holds for public pages too. Source: security.md R45."""

from collections.abc import Callable
from typing import Any

from flask import Flask, Response, current_app, make_response, request
from werkzeug.datastructures import Headers
from werkzeug.exceptions import SecurityError
from werkzeug.middleware.proxy_fix import ProxyFix

from caseflow.kernel.addresses import hosts_of, origin_of
from caseflow.kernel.config import Settings
from caseflow.kernel.database import SAFE_METHODS

_EXEMPT = "takes_from_anywhere"


def from_anywhere(view: Callable[..., Any]) -> Callable[..., Any]:
    """For what a browser sends by itself and nothing rests on."""
    setattr(view, _EXEMPT, True)
    return view


def init_same_site(app: Flask) -> None:
    settings: Settings = app.extensions["settings"]
    app.config["TRUSTED_HOSTS"] = hosts_of(settings.base_url)
    if settings.behind_proxy:
        # The proxy's own word about who asked, and none that the asker sent along.
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1)  # type: ignore[method-assign]
    app.before_request(_refuse_other_names)
    app.before_request(_refuse_other_sites)


def _refuse_other_names() -> Response | None:
    if not isinstance(request.routing_exception, SecurityError):
        return None
    # No address of ours can be written for a name that is not ours, so there is no page either.
    return Response("This is not an address of CaseFlow.\n", 400, mimetype="text/plain")


def comes_from(own_origin: str, headers: Headers) -> bool:
    """Browsers from 2023 on say where a request comes from, and no page can forge it. For older
    ones the origin has to be ours to the letter; one that tells nothing is refused."""
    site = headers.get("Sec-Fetch-Site")
    if site is not None:
        return site in ("same-origin", "none")
    said = headers.get("Origin") or origin_of(headers.get("Referer"))
    return said == own_origin


def _refuse_other_sites() -> Response | None:
    settings: Settings = current_app.extensions["settings"]
    if request.method in SAFE_METHODS or _is_exempt():
        return None
    if comes_from(origin_of(settings.base_url), request.headers):
        return None
    # Without who is signed in: whoever sent this is to learn nothing and to move nothing.
    page = current_app.jinja_env.get_template("errors/elsewhere.html").render()
    return make_response(page, 403)


def _is_exempt() -> bool:
    view = current_app.view_functions.get(request.endpoint or "")
    return bool(getattr(view, _EXEMPT, False))
