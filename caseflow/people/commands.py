"""``caseflow match``: which lines of a list are one person; ``caseflow places``: postcodes."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from itertools import islice
from pathlib import Path
from typing import Any

import click

from caseflow.kernel.database import transaction
from caseflow.people import places as kept
from caseflow.people.lists import (
    HEADINGS,
    columns_in,
    identity_in,
    measure,
    read_list,
    same_in,
    truth_in,
)
from caseflow.people.place_files import NotKnown, rows_in

Opened = Callable[..., AbstractContextManager[Any]]  # what opens the application: see cli.py


@click.command("places")
@click.argument(
    "files",
    nargs=-1,
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
)
@click.pass_obj
def places(opened: Opened, files: tuple[Path, ...]) -> None:
    """Say where postcodes lie, so that a district and a ward are found by themselves.

    Reads Code-Point Open, the ONS Postcode Directory, and lists of ward or LSOA codes and names.
    What was said before of the same postcode is replaced; stopped half-way, begin again.
    """
    with opened(writes=False):
        for file in files:
            try:
                click.echo(f"{file.name}: {_saved(file):,} lines")
            except NotKnown:
                raise click.ClickException(
                    f"{file.name} is neither postcodes with districts nor codes with names."
                ) from None
        click.echo(f"{kept.count():,} postcodes are known.")


def _saved(file: Path) -> int:
    saved = 0
    with (
        file.open(encoding="utf-8-sig", errors="replace", newline="") as lines,
        click.progressbar(
            length=file.stat().st_size, label=file.name, file=sys.stderr,
            hidden=not sys.stderr.isatty(),
        ) as bar,
    ):  # fmt: skip
        rows = rows_in(_counted(lines, bar.update))
        while some := list(islice(rows, kept.AT_A_TIME)):
            with transaction():
                kept.save(some)
            saved += len(some)
    return saved


def _counted(lines: Iterator[str], step: Callable[[int], None]) -> Iterator[str]:
    for line in lines:
        step(len(line))
        yield line


@click.command("match")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--column",
    "said",
    multiple=True,
    metavar="HEADING=FIELD",
    help=f"What a column holds, where its heading does not say. Fields: {', '.join(HEADINGS)}.",
)
@click.option("--same", metavar="HEADING", help="The column that says who each line really is.")
@click.option("--reasons", is_flag=True, help="Say why, with the names.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of words.")
def match(
    file: Path, said: tuple[str, ...], same: str | None, reasons: bool, as_json: bool
) -> None:
    """Find the lines of a CSV list that are one person. Nothing is saved.

    The first line of the file is its headings, and counts as line 1. Where a column says who each
    line is (--same, or the rec_id of the FEBRL lists), precision and recall are printed.
    """
    rows = read_list(file)
    if not rows:
        raise click.ClickException(f"{file} has no lines.")
    columns = columns_in(rows[0], dict(_pair(one) for one in said))
    found = same_in([identity_in(row, columns) for row in rows])
    truth = truth_in(rows, same)
    if truth is None:
        for (a, b), likeness in sorted(found.items()):
            why = f": {'; '.join(likeness.reasons)}" if reasons else ""
            line = {"lines": [a + 2, b + 2], "score": round(likeness.score, 1)}
            words = f"lines {a + 2} and {b + 2}, score {likeness.score:.1f}{why}"
            click.echo(json.dumps(line) if as_json else words)
        click.echo(f"{len(found):,} pairs among {len(rows):,} lines", err=as_json)
        return
    result = measure(found, truth)
    if as_json:
        figures = {"precision": result.precision, "recall": result.recall, **result.__dict__}
        click.echo(json.dumps({"lines": len(rows), **figures}))
        return
    click.echo(
        f"{file}: {len(rows):,} lines, {result.there:,} true pairs, {result.found:,} found, "
        f"{result.right:,} right: precision {result.precision:.4f}, recall {result.recall:.4f}"
    )


def _pair(text: str) -> tuple[str, str]:
    heading, _, field = text.rpartition("=")
    if not heading or field not in HEADINGS:
        raise click.UsageError(f"“{text}” is not like HEADING=FIELD. Fields: {', '.join(HEADINGS)}")
    return heading, field
