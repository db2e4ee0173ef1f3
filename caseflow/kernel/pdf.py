"""HTML of our own making → a tagged PDF. The only file that knows WeasyPrint.

The renderer reaches neither network nor disk: fonts are inside the stylesheet, and its fetcher
refuses every address. The same HTML gives the same bytes on the same machine.
"""

from pathlib import Path
from threading import Lock
from typing import Any

from flask import current_app

from caseflow.kernel.errors import Problem
from caseflow.kernel.paper import FAMILY, font_faces

_one_at_a_time = Lock()


def render(html: str, css: str, *, identifier: str) -> bytes:
    """PDF/UA-1 tagged. ``identifier`` (any text) is the file's own id, so that bytes repeat."""
    # Slow to import (half a second) and needed by few processes.
    from weasyprint import CSS, HTML
    from weasyprint.text.fonts import FontConfiguration
    from weasyprint.urls import FatalURLFetchingError

    fetcher = _data_only()
    faces = font_faces(Path(str(current_app.static_folder)))
    body = f"html {{ font-family: {FAMILY}; }}\n"
    with _one_at_a_time:
        try:
            fonts = FontConfiguration()
            sheet = CSS(string=faces + body + css, font_config=fonts, url_fetcher=fetcher)
            made: bytes = HTML(string=html, url_fetcher=fetcher).write_pdf(
                stylesheets=[sheet],
                font_config=fonts,
                pdf_variant="pdf/ua-1",
                pdf_identifier=identifier.encode(),
            )
        except FatalURLFetchingError:
            raise Problem("The document asked for a file from outside and was not made.") from None
    return made


def _data_only() -> Any:
    from weasyprint.urls import FatalURLFetchingError, URLFetcher

    class DataOnly(URLFetcher):
        def fetch(self, url: str, headers: Any = None) -> Any:
            if not url.startswith("data:"):
                # The address may hold what somebody typed, so it is not repeated.
                raise FatalURLFetchingError("refused")
            return super().fetch(url, headers)

    return DataOnly(allowed_protocols={"data"}, allow_redirects=False)
