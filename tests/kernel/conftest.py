"""A bare app with our templates and no rooms: pages and forms need no more."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask_wtf import CSRFProtect

from caseflow.kernel import page
from caseflow.kernel.headers import init_headers

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def pages() -> Flask:
    app = Flask(
        "pages",
        root_path=str(ROOT),
        template_folder=str(ROOT / "templates"),
        static_folder=str(ROOT / "static"),
        static_url_path="/plain-static",
    )
    app.secret_key = "a key for tests only"
    page.init_templates(app)
    CSRFProtect(app)
    init_headers(app)
    return app


@pytest.fixture
def on_a_page(pages: Flask) -> Iterator[Flask]:
    with pages.test_request_context():
        yield pages
