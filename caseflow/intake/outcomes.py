"""What would become of each file were it the only one, and of several one after another: tried,
and taken back."""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import click
from sqlalchemy import func, select

from caseflow.intake.files import files_in
from caseflow.intake.messages import receive_message
from caseflow.intake.models import Referral
from caseflow.intake.reading import MAX_BYTES
from caseflow.kernel.database import db


def show(places: list[Path], *, in_order: str | None, as_json: bool) -> None:
    files = files_in(places)
    _print(table(files), as_json)
    if in_order:
        rows, referrals = sequence([path for path in files if path.match(in_order)])
        click.echo(f"\nOne after another, {referrals} referral{'' if referrals == 1 else 's'}:")
        _print(rows, as_json)


def _print(rows: Sequence[dict[str, Any]], as_json: bool) -> None:
    click.echo(json.dumps(rows, ensure_ascii=False) if as_json else as_text(rows))


def table(paths: Iterable[Path]) -> list[dict[str, Any]]:
    """A row a file, as ``Received.as_row`` gives it. Nothing is saved."""
    return [sequence([path])[0][0] for path in paths]


def sequence(paths: Sequence[Path]) -> tuple[list[dict[str, Any]], int]:
    """Each after the one before, and how many referrals that makes. Nothing is saved."""
    before = _referrals()
    attempt = db.session.begin_nested()
    try:
        rows = [_received(path) for path in paths]
        return rows, _referrals() - before
    finally:
        attempt.rollback()


def _referrals() -> int:
    return db.session.scalar(select(func.count()).select_from(Referral)) or 0


def _received(path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        return receive_message(file.read(MAX_BYTES + 1), name=path.name).as_row()


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
