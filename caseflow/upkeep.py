"""Commands for whoever looks after the machine: backups, and the keys of what is sealed."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import click
from flask import Flask, current_app

from caseflow import backup as backups
from caseflow import restore as restoring
from caseflow.audit import actions as audit
from caseflow.audit.rules import Event
from caseflow.kernel import clock
from caseflow.kernel.config import Settings
from caseflow.kernel.database import db, transaction, writing
from caseflow.kernel.errors import Problem
from caseflow.kernel.rotation import left_to_do, rotate
from caseflow.kernel.sealed import data_keys

Opened = Callable[..., AbstractContextManager[Flask]]
PACKAGE = Path(__file__).parent
ADVICE = """\
{path} holds the private half. Move it off this machine now, keep two copies where the
organisation keeps what must not be lost, and delete it here: whoever has it and the master key
can read every backup; without it no backup can be restored.
The public half, for CASEFLOW_BACKUP_RECIPIENT:"""


@contextmanager
def _bar(label: str, length: int) -> Iterator[Any]:
    with click.progressbar(length=length or 1, label=label, file=sys.stderr) as bar:
        yield bar


def _start(bar: Any, length: int) -> Callable[[int], object]:
    bar.length = length
    update: Callable[[int], object] = bar.update
    return update


def _settings() -> Settings:
    settings: Settings = current_app.extensions["settings"]
    return settings


@click.command("backup")
@click.argument("place", required=False, type=click.Path(path_type=Path))
@click.option("--to", envvar="CASEFLOW_BACKUP_RECIPIENT", default="", help="Public key, age1…")
@click.option(
    "--new-key", type=click.Path(path_type=Path, dir_okay=False), help="Make a key pair instead."
)
@click.pass_obj
def backup(opened: Opened, place: Path | None, to: str, new_key: Path | None) -> None:
    """Write everything into one encrypted file, while people work.

    PLACE is the file, or a directory to name it in. Nothing is ever overwritten.
    """
    if new_key is not None:
        public = backups.new_identity(new_key)
        click.echo(ADVICE.format(path=new_key), err=True)
        click.echo(public)
        return
    if place is None:
        raise click.UsageError("Say where the backup goes.")
    backups.recipient(to)
    with opened(writes=False), _bar("Encrypting", 0) as bar:
        settings = _settings()
        path, manifest = backups.make(
            db.engine, place, to=to, master_key=settings.master_key,
            scratch=settings.data_dir, started=partial(_start, bar),
        )  # fmt: skip
        with transaction():
            audit.record(Event.BACKUP_MADE, size=path.stat().st_size, upto=manifest.audit_seq)
    click.echo(f"{path}: {sum(manifest.rows.values()):,} rows, {path.stat().st_size:,} bytes")
    click.echo(f"To restore it: the private key, and master key {manifest.master_key}.")


@click.command("restore")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--identity", required=True, type=click.Path(path_type=Path), help="Private key.")
@click.option("--into", required=True, help="An empty directory, or an empty postgresql://…")
@click.option(
    "--master-key",
    envvar="CASEFLOW_MASTER_KEY_FILE",
    required=True,
    type=click.Path(path_type=Path),
    help="The master key's file; it is never in a backup.  [CASEFLOW_MASTER_KEY_FILE]",
)
def restore(file: Path, identity: Path, into: str, master_key: Path) -> None:
    """Put a backup into an empty place, and check everything in it."""
    beside = PACKAGE if (PACKAGE / "migrations").is_dir() else PACKAGE.parent
    with writing(False):
        manifest = restoring.restore(
            file,
            identity=identity,
            into=into,
            master_key=restoring.read_master_key(master_key),
            migrations=beside / "migrations",
            tick=lambda words: click.echo(f"✓ {words}"),
        )
    click.echo(f"Restored as it was on {manifest.made_at}. What was erased since is back in it.")
    click.echo("Next: caseflow init (brings it to the latest shape), caseflow doctor.")


@click.group("keys")
def keys() -> None:
    """The data keys that addresses, numbers and warnings are sealed with."""


@keys.command("list")
@click.pass_obj
def keys_list(opened: Opened) -> None:
    """Which there are, and since when."""
    with opened(writes=False), db.engine.connect() as connection:
        for row in data_keys(connection):
            state = "being retired" if row.retired_at else "in use"
            click.echo(f"{row.id}  made {clock.local(row.made_at):%Y-%m-%d %H:%M}  {state}")
        click.echo(f"Master key {backups.fingerprint(_settings().master_key)}")


@keys.command("rotate")
@click.option("--batch", default=500, show_default=True, type=click.IntRange(1, 10_000))
@click.pass_obj
def keys_rotate(opened: Opened, batch: int) -> None:
    """Seal everything anew under a new data key, and remove the old one.

    People may work meanwhile. Stopped halfway, it goes on from there the next time.
    """
    with opened(writes=False):
        with _bar("Sealing anew", left_to_do()) as bar:
            done = rotate(batch=batch, step=bar.update)
        with transaction():
            audit.record(Event.DATA_KEYS_ROTATED, values=done.values, removed=done.keys_removed)
    click.echo(f"{done.values:,} values sealed anew; {done.keys_removed} old keys removed.")
    if done.unreadable:
        shown = os.linesep.join(done.unreadable[:20])
        raise Problem(f"{len(done.unreadable)} values did not open; the old key is kept:\n{shown}")
