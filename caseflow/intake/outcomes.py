"""What would become of each file were it the only one: tried, and taken back."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from caseflow.intake.messages import receive_message
from caseflow.intake.reading import MAX_BYTES
from caseflow.kernel.database import db


def table(paths: Iterable[Path]) -> list[dict[str, Any]]:
    """A row a file, as ``Received.as_row`` gives it. Nothing is saved."""
    return [_tried(path) for path in paths]


def _tried(path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        data = file.read(MAX_BYTES + 1)
    attempt = db.session.begin_nested()
    try:
        return receive_message(data, name=path.name).as_row()
    finally:
        attempt.rollback()


def as_text(rows: Sequence[dict[str, Any]]) -> str:
    """Three columns for a terminal: outcome, file, and the first thing to know."""
    wide = max((len(row["file"]) for row in rows), default=0)
    return "\n".join(
        f"{row['outcome']:<10} {row['file']:<{wide}}  {_first(row)}".rstrip() for row in rows
    )


def _first(row: dict[str, Any]) -> str:
    found = row["problems"]
    if not found:
        return ""
    more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
    return f"{found[0]['what']}{more}"
