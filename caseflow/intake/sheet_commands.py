"""``caseflow sheet``: a spreadsheet of referrals, looked at first and then brought in."""

import itertools
import sys
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import click

from caseflow.intake import columns, sheets
from caseflow.intake.columns import BY_NAME
from caseflow.intake.from_row import SheetKind
from caseflow.intake.rules import Source
from caseflow.intake.sheet import MAX_BYTES, Sheet, Unreadable, read_sheet, written_back
from caseflow.intake.sheets import Became, Sent
from caseflow.kernel.database import transaction

Opened = Callable[..., AbstractContextManager[Any]]  # what opens the application: see cli.py


@click.command("sheet")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--sender", required=True, help="Who it comes from; their columns are remembered.")
@click.option(
    "--kind", type=click.Choice([kind.value for kind in SheetKind]), default="referrals",
    help="aftermath: people who agreed to a support call after a police operation.",
)  # fmt: skip
@click.option(
    "--source", type=click.Choice([source.value for source in Source]),
    help="Where the referrals come from. Needed unless it is an aftermath.",
)  # fmt: skip
@click.option("--operation", default="", help="The operation’s code, where no column says it.")
@click.option(
    "--column", "told", multiple=True, metavar="FIELD=HEADING",
    help="Which column a field is; FIELD= for none. May be given several times.",
)  # fmt: skip
@click.option("--look", is_flag=True, help="Say what would become of it, and save nothing.")
@click.pass_obj
def sheet(
    opened: Opened,
    file: Path,
    sender: str,
    kind: str,
    source: str | None,
    operation: str,
    told: tuple[str, ...],
    look: bool,
) -> None:
    """Bring in a spreadsheet (CSV or XLSX), one referral a row.

    Which column is which is guessed from the headings, can be corrected with --column, and is
    remembered for this sender. Each row is saved before the next is begun, and no row is brought
    in twice: stopped half-way, the same command goes on. Rows that are refused are written beside
    the file, with what is wrong, to be mended and sent again. Ends with 1 when there are any.
    """
    if kind == SheetKind.AFTERMATH:
        source = Source.POLICE_OPERATION.value
    if source is None:
        raise click.UsageError("Say with --source where the referrals come from.")
    if len(operation) > 40:
        raise click.UsageError("An operation’s code has up to 40 letters.")
    read = _read(file)
    with opened(writes=False):
        with transaction():
            found = _columns(read, sender, told, remember=not look)
        sent = Sent(read, sender, SheetKind(kind), Source(source), found, operation.strip())
        _show(read, found)
        problems = _look(sent) if look else _bring_in(sent)
    if problems:
        if not look:
            _write_back(file, read, problems)
        sys.exit(1)


def _read(file: Path) -> Sheet:
    try:
        with file.open("rb") as opened_file:
            return read_sheet(opened_file.read(MAX_BYTES + 1))
    except (Unreadable, OSError) as error:
        why = error.strerror if isinstance(error, OSError) else str(error)
        raise click.ClickException(f"{file}: {why}") from error


def _columns(read: Sheet, sender: str, told: tuple[str, ...], *, remember: bool) -> dict[str, int]:
    found, _ = sheets.layout_of(read, sender)
    try:
        found = columns.corrected(found, read.headings, told)
    except ValueError as error:
        raise click.ClickException(str(error)) from error
    if not found.keys() & {"name", "first_name", "last_name", "known_as"}:
        raise click.ClickException(
            "No column holds a name. Say which it is, like --column name=HEADING."
        )
    if remember:
        sheets.settle_layout(read, sender, found)
    return found


def _show(read: Sheet, found: Mapping[str, int]) -> None:
    """The headings and nothing of what is in the cells: it would stay on the terminal."""
    for note in read.notes:
        click.echo(note, err=True)
    for name, place in found.items():
        click.echo(f"{BY_NAME[name].label} ({name}): column {read.headings[place]!r}", err=True)
    rest = [
        h or f"column {at + 1}" for at, h in enumerate(read.headings) if at not in found.values()
    ]
    if rest:
        click.echo(f"Kept in the sender’s words: {', '.join(rest)}", err=True)


def _look(sent: Sent) -> dict[int, str]:
    problems = {
        line.number: " ".join(row.problems)
        for line, row in sheets.look_through(sent)
        if row.arrival is None
    }
    for number, why in problems.items():
        click.echo(f"line {number}: {why}")
    taken = len(sent.sheet.lines) - len(problems)
    click.echo(f"{taken:,} rows would be brought in, {len(problems):,} refused. Nothing is saved.")
    return problems


def _bring_in(sent: Sent) -> dict[int, str]:
    counts: Counter[Became] = Counter()
    problems: dict[int, str] = {}
    hidden = not sys.stderr.isatty()
    with click.progressbar(
        sent.sheet.lines, label="Bringing in", file=sys.stderr, hidden=hidden
    ) as lines:
        for line in lines:
            with transaction():
                became, why = sheets.bring_in(sent, line, by=None)
            counts[became] += 1
            if became is Became.REFUSED:
                problems[line.number] = why
    with transaction():
        sheets.record_the_run(sent, counts)
    for number, why in problems.items():
        click.echo(f"line {number}: {why}")
    click.echo(", ".join(f"{counts[became]:,} {became.label.lower()}" for became in Became))
    return problems


def _write_back(file: Path, read: Sheet, problems: Mapping[int, str]) -> None:
    data = written_back(read, dict(problems))
    names = (f"-{number}" if number > 1 else "" for number in itertools.count(1))
    for beside in (file.with_name(f"{file.stem}-to-mend{end}.{read.kind}") for end in names):
        try:
            beside.touch(mode=0o600, exist_ok=False)  # one that is being mended stays
        except FileExistsError:
            continue
        beside.write_bytes(data)
        break
    click.echo(f"The refused rows are in {beside}. Mend them there and send that file.", err=True)
