"""Typefaces for PDF, inside the stylesheet: the renderer opens no file and no address.

The Latin Extended half has a family of its own. Two files under one family and weight get one
subset in WeasyPrint 70, and then Łukasz is printed with somebody else's letters.
"""

import base64
from functools import cache
from pathlib import Path

FAMILY = "'Inter', 'Inter Ext', sans-serif"
_FAMILIES = {"latin": "Inter", "latin-ext": "Inter Ext"}
_WEIGHTS = (400, 600, 700)


@cache
def font_faces(static: Path) -> str:
    """``@font-face`` rules for ``FAMILY``; ``static`` is the app's static folder."""
    return "".join(
        _face(family, weight, static / "vendor/fonts" / f"inter-{subset}-{weight}.woff2")
        for subset, family in _FAMILIES.items()
        for weight in _WEIGHTS
    )


def _face(family: str, weight: int, file: Path) -> str:
    data = base64.b64encode(file.read_bytes()).decode()
    return (
        f"@font-face{{font-family:'{family}';font-style:normal;font-weight:{weight};"
        f"src:url(data:font/woff2;base64,{data}) format('woff2')}}\n"
    )
