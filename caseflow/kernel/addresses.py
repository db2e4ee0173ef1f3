"""Addresses of ours, and the only way back that is safe to follow."""

import re
from urllib.parse import urlsplit

# Letters, digits and the marks our own addresses use: no space, control character, backslash
# or scheme that one browser or another reads as a way out.
_PATH = re.compile(r"/[A-Za-z0-9_.~/-]{0,500}(?:\?[A-Za-z0-9_.~/%=&+-]{0,500})?")


def own_path(path: str | None) -> str | None:
    """The path, if it leads to a page of this site whatever browser reads it; else nothing."""
    if not path or not _PATH.fullmatch(path) or "//" in path.partition("?")[0]:
        return None
    return path


def origin_of(url: str | None) -> str:
    """``https://host:8443`` of an address; empty when there is none in it."""
    try:
        parts = urlsplit(url or "")
        port = parts.port
    except ValueError:
        return ""
    if not parts.hostname:
        return ""
    usual = {"http": 80, "https": 443}.get(parts.scheme)
    ending = "" if port in (None, usual) else f":{port}"
    return f"{parts.scheme}://{parts.hostname}{ending}"


def hosts_of(base_url: str) -> list[str]:
    """Under which names this site may be asked for. A demo on this machine has two."""
    host = urlsplit(base_url).hostname or "localhost"
    return ["localhost", "127.0.0.1"] if host in ("localhost", "127.0.0.1") else [host]
