"""HTML of our own making → a tagged PDF. The only file that knows WeasyPrint.

The renderer reaches neither network nor disk: its fetcher hands out our own fonts from memory
and refuses everything else. The same HTML gives the same bytes on the same machine.
"""

import functools
from pathlib import Path
from threading import Lock
from typing import Any

from flask import current_app
from markupsafe import Markup

from caseflow.kernel.errors import Problem

FONTS = "caseflow-font:"
WEIGHTS = (400, 600, 700)
# Letters that Inter lacks are drawn by the machine's Noto fonts, where those are installed.
FACE = """
@font-face {{ font-family: Inter; font-weight: {weight}; src: url({scheme}{file}); {range} }}
"""
LATIN_EXT = (
    "unicode-range: U+0100-02FF, U+1D00-1EFF, U+2020-20CF, U+2113, U+2C60-2C7F, U+A720-A7FF;"
)
_one_at_a_time = Lock()


def render(html: Markup | str, css: str, *, identifier: str) -> bytes:
    """PDF/UA-1 tagged. ``identifier`` (any text) is the file's own id, so that bytes repeat."""
    # Slow to import (half a second) and needed by few processes.
    from weasyprint import CSS, HTML
    from weasyprint.text.fonts import FontConfiguration
    from weasyprint.urls import FatalURLFetchingError

    fetcher = _deny_all_fetcher()
    with _one_at_a_time:
        try:
            fonts = FontConfiguration()
            sheet = CSS(string=_faces() + css, font_config=fonts, url_fetcher=fetcher)
            document = HTML(string=str(html), base_url=None, url_fetcher=fetcher)
            made: bytes = document.write_pdf(
                stylesheets=[sheet],
                font_config=fonts,
                pdf_variant="pdf/ua-1",
                pdf_identifier=identifier.encode(),
            )
        except FatalURLFetchingError:
            raise Problem("The document asked for a file from outside and was not made.") from None
    return made


def _deny_all_fetcher() -> Any:
    from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

    class OnlyOurFonts(URLFetcher):
        def fetch(self, url: str, headers: Any = None) -> Any:
            font = _fonts().get(url)
            if font is None:
                # The address may hold what somebody typed, so it is not repeated.
                raise FatalURLFetchingError("refused")
            return URLFetcherResponse(url, font, {"Content-Type": "font/woff2"})

    return OnlyOurFonts(allowed_protocols=(), allow_redirects=False)


def _faces() -> str:
    return "".join(
        FACE.format(weight=weight, scheme=FONTS, file=f"inter-{part}-{weight}.woff2", range=letters)
        for part, letters in (("latin", ""), ("latin-ext", LATIN_EXT))
        for weight in WEIGHTS
    )


def _fonts() -> dict[str, bytes]:
    return _read_fonts(str(current_app.static_folder))


@functools.cache
def _read_fonts(static_folder: str) -> dict[str, bytes]:
    folder = Path(static_folder) / "vendor" / "fonts"
    return {FONTS + path.name: path.read_bytes() for path in folder.glob("inter-*-?00.woff2")}
