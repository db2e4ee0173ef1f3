"""The front end that is not ours is what the lock says, without what only gov.uk may use."""

import base64
import hashlib
import json
import re
from pathlib import Path

import pikepdf

from caseflow.kernel.paper import FAMILY, font_faces

STATIC = Path(__file__).parents[2] / "static"
VENDOR = STATIC / "vendor"
LOCK = json.loads((VENDOR / "lock.json").read_text())


def sha512(path: Path) -> str:
    return "sha512-" + base64.b64encode(hashlib.sha512(path.read_bytes()).digest()).decode()


def test_each_vendored_file_is_the_locked_one() -> None:
    changed = [name for name, hashed in LOCK["files"].items() if sha512(VENDOR / name) != hashed]
    assert changed == [], "run: python static/vendor/refresh.py, and read the diff"


def test_nothing_lies_beside_the_locked_files() -> None:
    own = {"lock.json", "refresh.py"}
    found = {str(p.relative_to(VENDOR)) for p in VENDOR.rglob("*") if p.is_file()}
    found = {name for name in found if "__pycache__" not in name}
    assert found - own == set(LOCK["files"])


def test_no_govuk_typeface_crest_or_outside_address_is_left() -> None:
    for sheet in [*VENDOR.glob("*.css"), STATIC / "app.css"]:
        css = sheet.read_text()
        assert "GDS Transport" not in css
        assert "crest.svg" not in css
        assert not re.search(r"url\(\s*[\"']?(https?:|//|/)", css)


def test_every_file_a_stylesheet_names_is_there() -> None:
    for sheet in [*VENDOR.glob("*.css"), STATIC / "app.css"]:
        for name in re.findall(r"url\(([^)]+)\)", sheet.read_text()):
            if not name.startswith("data:"):
                assert (sheet.parent / name.strip("'\"")).is_file(), name


def test_every_package_has_its_notice() -> None:
    notices = (STATIC.parent / "THIRD_PARTY.md").read_text()
    for package in LOCK["packages"]:
        name, _, version = package.rpartition("@")
        assert name in notices
        assert version in notices


def test_polish_and_turkish_names_are_printed_with_their_own_letters(tmp_path: Path) -> None:
    from weasyprint import HTML

    page = f"<style>{font_faces(STATIC)} p {{font-family: {FAMILY}}}</style><p>Łukasz Şükrü</p>"
    HTML(string=page).write_pdf(tmp_path / "name.pdf", pdf_variant="pdf/ua-1")
    with pikepdf.open(tmp_path / "name.pdf") as pdf:
        fonts = pdf.pages[0].Resources.Font
        names = {str(font.BaseFont).partition("+")[2] for font in fonts.values()}
    assert names == {"Inter", "Inter-Ext"}
