"""Our own files for the browser: one version for the whole folder, kept for a year.

The version is in the path, so that a stylesheet's fonts and a script's imports, which name
each other relatively, change address together.
"""

import hashlib
from mimetypes import guess_type
from pathlib import Path

from flask import Flask, Response, abort, current_app, request, url_for
from werkzeug.security import safe_join

YEAR = 365 * 24 * 60 * 60
SERVED = {".css", ".js", ".svg", ".woff2", ".png", ".ico", ".webmanifest"}


def served_files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.suffix in SERVED)


def version_of(folder: Path) -> str:
    digest = hashlib.sha256()
    for path in served_files(folder):
        digest.update(str(path.relative_to(folder)).encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def asset_url(name: str) -> str:
    version = current_app.extensions["assets"]
    if current_app.debug:
        version = version_of(Path(str(current_app.static_folder)))
    return url_for("asset", version=version, filename=name)


def asset(version: str, filename: str) -> Response:
    """An old version still gets today's file, but is not told to keep it. Sent whole, not
    streamed: a browser that leaves half-way leaves no file open."""
    path = safe_join(str(current_app.static_folder), filename)
    if path is None or Path(path).suffix not in SERVED or not Path(path).is_file():
        abort(404)
    response = Response(Path(path).read_bytes(), mimetype=guess_type(path)[0])
    response.add_etag()
    if version == current_app.extensions["assets"]:
        response.cache_control.public = True
        response.cache_control.max_age = YEAR
        response.cache_control.immutable = True
    else:
        response.cache_control.no_cache = True
    response.make_conditional(request)
    return response


def init_assets(app: Flask) -> None:
    """Endpoint ``asset``: public, since the sign-in page needs it."""
    app.extensions["assets"] = version_of(Path(str(app.static_folder)))
    app.add_url_rule("/static/<version>/<path:filename>", "asset", asset)
