from pathlib import Path

import pytest
from flask import Flask

from caseflow import handbook
from caseflow.access import declare
from caseflow.access.permissions import Permission

DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.parametrize("name", handbook.PAGES)
def test_the_page_says_what_the_code_says(app: Flask, name: str) -> None:
    assert (DOCS / name).read_text(encoding="utf-8") == handbook.pages(app)[name], (
        "print it again: caseflow docs docs"
    )


def test_every_page_is_compared(app: Flask) -> None:
    assert set(handbook.pages(app)) == set(handbook.PAGES)


def test_no_view_can_ask_for_less_unseen(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each declaration in turn becomes what every role has, or nothing: the page is another."""
    before = handbook.addresses(app)
    for endpoint, view in app.view_functions.items():
        needs = declare.declared(view)
        less = declare.PUBLIC if needs is Permission.OWN_ACCOUNT else Permission.OWN_ACCOUNT
        with monkeypatch.context() as changed:
            changed.setattr(view, "needs_permission", less)
            assert handbook.addresses(app) != before, endpoint
