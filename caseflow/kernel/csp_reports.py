"""What browsers report against our own policy: which rule, on which kind of page, and no more."""

import logging
from collections import deque
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Response, abort, current_app, request
from werkzeug.exceptions import HTTPException

from caseflow.kernel import clock
from caseflow.kernel.headers import POLICY, REPORTS
from caseflow.kernel.limits import KIB, takes
from caseflow.kernel.same_site import from_anywhere

MOST_BYTES = 8 * KIB
MOST_A_MINUTE = 20
DIRECTIVES = {part.split()[0] for part in POLICY.split("; ")} | {
    "script-src-elem", "script-src-attr", "style-src-elem", "style-src-attr", "object-src",
    "frame-src", "media-src", "child-src",
}  # fmt: skip
log = logging.getLogger(__name__)
_lately: deque[datetime] = deque(maxlen=MOST_A_MINUTE)


def init_csp_reports(app: Flask) -> None:
    """After CSRFProtect: a browser reports by itself and knows no token."""
    app.add_url_rule(REPORTS, "csp_report", csp_report, methods=["POST"])
    app.extensions["csrf"].exempt(csp_report)


@from_anywhere
@takes(body=MOST_BYTES)
def csp_report() -> Response:
    for directive, address in _reported(request.get_data()):
        if not _is_too_much():
            log.warning(
                "content refused", extra={"directive": _known(directive), "on": _route(address)}
            )
    return Response(status=204)


def _reported(body: bytes) -> list[tuple[Any, Any]]:
    """(directive, page) of each report, in the old shape or the new."""
    try:
        sent = current_app.json.loads(body)
    except ValueError:
        abort(400)
    if isinstance(sent, dict) and isinstance(old := sent.get("csp-report"), dict):
        directive = old.get("effective-directive") or old.get("violated-directive")
        return [(directive, old.get("document-uri"))]
    each = sent if isinstance(sent, list) else []
    bodies = [one["body"] for one in each if isinstance(one, dict) and "body" in one]
    return [
        (body.get("effectiveDirective"), body.get("documentURL"))
        for body in bodies
        if isinstance(body, dict)
    ]


def _known(directive: Any) -> str:
    word = str(directive).split(" ")[0]
    return word if word in DIRECTIVES else "another"


def _route(address: Any) -> str:
    """The rule of our own that the address follows: no id, no query, no other site."""
    try:
        path = urlsplit(str(address)).path
        rule, _ = current_app.create_url_adapter(request).match(  # type: ignore[union-attr]
            path, "GET", return_rule=True
        )
    except (HTTPException, ValueError):
        return "another"
    return str(rule.rule)


def _is_too_much() -> bool:
    """One process logs twenty a minute; a browser that has gone mad fills no disk."""
    now = clock.now()
    if len(_lately) == MOST_A_MINUTE and now - _lately[0] < timedelta(minutes=1):
        return True
    _lately.append(now)
    return False
