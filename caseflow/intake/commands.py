"""``caseflow intake`` and ``caseflow sender``: messages from files, and the systems that send."""

import json
import sys
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import click

from caseflow.intake import sent, systems
from caseflow.intake.files import files_in
from caseflow.intake.messages import receive_message
from caseflow.intake.models import SendingSystem
from caseflow.intake.reading import MAX_BYTES
from caseflow.intake.rules import Outcome
from caseflow.kernel import clock
from caseflow.kernel.database import transaction

Opened = Callable[..., AbstractContextManager[Any]]  # what opens the application: see cli.py


@click.command("intake")
@click.argument("places", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of words.")
@click.pass_obj
def intake(opened: Opened, places: tuple[Path, ...], as_json: bool) -> None:
    """Read hospital referral messages (BaRS / UK Core FHIR, XML or JSON).

    A folder is read with all that is in it. Each file is saved before the next is begun: stopped
    half-way, the same command goes on, and what is known already changes nothing. Ends with 1
    when a file was refused.
    """
    files = files_in(places)
    counts: Counter[str] = Counter()
    with opened(writes=False), _bar(files) as each:
        for path in each:
            row = _receive(path)
            counts[row["outcome"]] += 1
            _say(json.dumps(row, ensure_ascii=False) if as_json else _in_words(row))
    if len(files) > 1:
        words = ", ".join(f"{count:,} {outcome}" for outcome, count in sorted(counts.items()))
        click.echo(f"{len(files):,} files: {words}", err=as_json)
    if counts[Outcome.REFUSED]:
        sys.exit(1)


def _bar(files: list[Path]) -> Any:
    """On the terminal's other stream, so that the lines can go into a file."""
    hidden = len(files) < 2 or not sys.stderr.isatty()
    return click.progressbar(files, label="Reading", file=sys.stderr, hidden=hidden)


def _say(line: str) -> None:
    if sys.stderr.isatty() and sys.stdout.isatty():
        click.echo("\r\x1b[K", nl=False, err=True)  # the bar gives its place to the line
    click.echo(line)


def _receive(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        what = error.strerror or "cannot be read"
        return {
            "file": str(path),
            "outcome": Outcome.REFUSED.value,
            "reference": None,
            "problems": [{"where": "file", "what": what}],
        }
    with transaction():
        return {**receive_message(data, name=path.name).as_row(), "file": str(path)}


def _in_words(row: dict[str, Any]) -> str:
    lines = [f"{row['file']}: {row['outcome']} {row['reference'] or ''}".rstrip()]
    lines += [f"    {problem['where']}: {problem['what']}" for problem in row["problems"]]
    return "\n".join(lines)


# --- the systems that send ---


@click.group("sender")
def sender() -> None:
    """Hospitals' own systems that may send messages to /fhir/$process-message."""


@sender.command("add")
@click.argument("name")
@click.argument("ods_codes", nargs=-1, required=True)
@click.pass_obj
def add(opened: Opened, name: str, ods_codes: Iterable[str]) -> None:
    """Let a system send for organisations, by their ODS codes. Prints its secret, once."""
    with opened():
        system, secret = systems.add_system(name=name, ods_codes=" ".join(ods_codes), by=None)
        click.echo(f"{system.name} may send for {', '.join(system.ods_codes)}.", err=True)
        click.echo(secret)


@sender.command("list")
@click.pass_obj
def show(opened: Opened) -> None:
    """Every system, the organisations it sends for, and whether it may."""
    with opened(writes=False):
        for system in sent.all_systems():
            held = [s for s in sent.secrets_of(system) if not s.ends_at or s.ends_at > clock.now()]
            many = f"{len(held)} secret{'' if len(held) == 1 else 's'}"
            state = many if system.is_active else "revoked"
            click.echo(f"{system.name}: {', '.join(system.ods_codes)}; {state}")


@sender.command("rotate")
@click.argument("name")
@click.pass_obj
def rotate(opened: Opened, name: str) -> None:
    """Print a new secret, once. The one before holds for some days more."""
    with opened():
        click.echo(systems.new_secret(_named(name)))


@sender.command("revoke")
@click.argument("name")
@click.pass_obj
def revoke(opened: Opened, name: str) -> None:
    """End all its secrets at once."""
    with opened():
        systems.revoke_system(_named(name))
        click.echo(f"Nothing that {name} sends is taken from now on.")


def _named(name: str) -> SendingSystem:
    found = sent.system_named(name)
    if found is None:
        raise click.ClickException(f"There is no system {name}.")
    return found
