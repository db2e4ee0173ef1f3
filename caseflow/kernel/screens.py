"""How a view shows a form again with everything typed still in it."""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Response, make_response, render_template, request

from caseflow.kernel.cleaning import showable
from caseflow.kernel.database import db
from caseflow.kernel.errors import Problem, Stale
from caseflow.kernel.forms import Form

NOT_WORDS = frozenset(
    {"csrf_token", "form_key", "password", "current", "new", "code", "recovery", "credential"}
)


@contextmanager
def problems_at(form: Form) -> Iterator[None]:
    """A domain problem is undone in the database and shown at its field; then the view goes on.

    The view returns its redirect inside; what follows the block shows the form again.
    """
    try:
        yield
    except Problem as problem:
        db.session.rollback()
        form.add_problem(problem)
        form.is_stale = isinstance(problem, Stale)


def show_form(template: str, form: Form, **context: Any) -> Response:
    """200 to begin with, 422 with problems, 409 when somebody else was quicker, 429 to wait."""
    response = make_response(render_template(template, form=form, **context))
    if form.wait is not None:
        response.headers["Retry-After"] = str(math.ceil(form.wait.total_seconds()))
    response.status_code = _status(form)
    return response


def _status(form: Form) -> int:
    if form.wait is not None:
        return 429
    return 200 if not form.mistakes else 409 if form.is_stale else 422


def typed_words() -> list[str]:
    """The sentences of a form that did not get through, to be copied from the error page."""
    sent = request.__dict__.get("form")  # Read before, or not to be read at all: it may be too big.
    if not sent:
        return []
    pairs = [(name, showable(text).strip()) for name, text in sent.items(multi=True)]
    return [text for name, text in pairs if name not in NOT_WORDS and " " in text]
