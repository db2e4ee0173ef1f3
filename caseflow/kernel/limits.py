"""How much a request may hold, and what no request may hold. Source: security.md R36, R37, F7."""

import json
import math
import re
from collections.abc import Callable, Iterable
from typing import Any

from flask import Flask, abort, current_app, request
from flask.json.provider import DefaultJSONProvider

from caseflow.kernel.database import SAFE_METHODS

KIB = 1024
MOST_BODY = 1024 * KIB
MOST_UPLOADED = 3 * 1024 * KIB
MOST_IN_A_FIELD = 64 * KIB
MOST_FIELDS = 100
MOST_DEPTH = 32
MOST_WHOLE = 2**53
ONLY_ONCE = ("csrf_token", "form_key", "version")
_NOWHERE = re.compile("[\x00\ud800-\udfff]")
_BODY, _FIELDS = "most_body", "most_fields"


def takes(*, body: int = MOST_BODY, fields: int = MOST_FIELDS) -> Callable[[Any], Any]:
    """For the few views that need more than the rest, or less. ``body`` in bytes."""

    def say(view: Any) -> Any:
        setattr(view, _BODY, body)
        setattr(view, _FIELDS, fields)
        return view

    return say


def init_limits(app: Flask) -> None:
    app.config["MAX_CONTENT_LENGTH"] = MOST_BODY
    app.config["MAX_FORM_MEMORY_SIZE"] = MOST_BODY
    app.config["MAX_FORM_PARTS"] = 1_000
    app.json = StrictJSON(app)
    app.before_request(_check)


def _check() -> None:
    view = current_app.view_functions.get(request.endpoint or "")
    request.max_content_length = getattr(view, _BODY, MOST_BODY)
    if request.headers.get("Content-Encoding", "identity") != "identity":
        abort(415, "What was sent is compressed, and CaseFlow takes it plain only.")
    _refuse_unsavable([request.path, *_words(request.args.items(multi=True))])
    if request.method not in SAFE_METHODS:
        _check_form(getattr(view, _FIELDS, MOST_FIELDS))


def _check_form(most: int) -> None:
    sent = list(request.form.items(multi=True))
    if len(sent) + len(list(request.files.items(multi=True))) > most:
        abort(413)
    if any(len(text) > MOST_IN_A_FIELD for text in _words(sent)):
        abort(413)
    if any(len(request.form.getlist(name)) > 1 for name in ONLY_ONCE):
        abort(400, "The form was sent with a part of it twice.")
    names = [(name, file.filename or "") for name, file in request.files.items(multi=True)]
    _refuse_unsavable(_words([*sent, *names]))


def _words(pairs: Iterable[tuple[str, str]]) -> list[str]:
    return [word for pair in pairs for word in pair]


def _refuse_unsavable(texts: Iterable[str]) -> None:
    if any(_NOWHERE.search(text) for text in texts):
        abort(400, "Something in what was sent has characters that cannot be saved.")


class StrictJSON(DefaultJSONProvider):
    """JSON that means one thing only and that a database can keep; ValueError for the rest."""

    def loads(self, s: str | bytes, **kwargs: Any) -> Any:
        try:
            found = json.loads(s, object_pairs_hook=_each_once, parse_constant=_no_constant)
        except RecursionError:
            raise ValueError("nested too deep") from None
        _check_value(found)
        return found


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name twice")
    return found


def _no_constant(_: str) -> Any:
    raise ValueError("not a number")


def _check_value(value: Any) -> None:
    waiting = [(value, 0)]
    while waiting:
        part, depth = waiting.pop()
        if depth > MOST_DEPTH:
            raise ValueError("nested too deep")
        _check_part(part)
        if isinstance(part, dict):
            waiting += [(inner, depth + 1) for inner in (*part, *part.values())]
        elif isinstance(part, list):
            waiting += [(inner, depth + 1) for inner in part]


def _check_part(part: Any) -> None:
    if isinstance(part, str) and _NOWHERE.search(part):
        raise ValueError("characters that cannot be saved")
    if isinstance(part, int) and abs(part) > MOST_WHOLE:
        raise ValueError("a number too high")
    if isinstance(part, float) and not math.isfinite(part):
        raise ValueError("a number too high")
