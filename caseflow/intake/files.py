"""Which files a place on disk stands for."""

from collections.abc import Iterable
from pathlib import Path


def files_in(places: Iterable[Path]) -> list[Path]:
    """A folder's own and those further in, by name; what begins with a dot is nobody's message."""
    return [
        path
        for place in places
        for path in (sorted(place.rglob("*")) if place.is_dir() else [place])
        if path == place or (path.is_file() and not _is_hidden(path.relative_to(place)))
    ]


def _is_hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts)
