from pathlib import Path

import pytest
from flask import Flask

from caseflow import handbook

DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.parametrize("name", handbook.PAGES)
def test_the_page_says_what_the_code_says(app: Flask, name: str) -> None:
    assert (DOCS / name).read_text(encoding="utf-8") == handbook.pages(app)[name], (
        "print it again: caseflow docs docs"
    )


def test_every_page_is_compared(app: Flask) -> None:
    assert set(handbook.pages(app)) == set(handbook.PAGES)
