from pathlib import Path

import pytest

from caseflow import handbook

DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.parametrize("name", sorted(handbook.pages()))
def test_the_page_says_what_the_code_says(name: str) -> None:
    assert (DOCS / name).read_text(encoding="utf-8") == handbook.pages()[name], (
        "print it again: caseflow docs docs"
    )
