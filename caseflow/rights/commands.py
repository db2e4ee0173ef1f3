"""``caseflow audit``: is the trail whole, and what was it at a moment."""

import json
import sys
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import click

from caseflow.audit import anchors
from caseflow.audit.checking import Verdict
from caseflow.audit.queries import what_is_wrong
from caseflow.rights import trail

Opened = Callable[..., AbstractContextManager[Any]]  # what opens the application: see cli.py


@click.group("audit")
def audit_group() -> None:
    """The audit trail: is it whole, and what was it at a moment."""


@audit_group.command("verify")
@click.option(
    "--anchors",
    "path",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="What was anchored, best a copy from another machine. Default: CASEFLOW_ANCHORS.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of words.")
@click.pass_obj
def verify(opened: Opened, path: Path | None, as_json: bool) -> None:
    """Find any change, deletion, insertion, reorder or cut, and say where."""
    with opened(writes=False):
        known = anchors.read(path) if (path := path or trail.anchors_file()) else []
        started = time.monotonic()
        verdict = trail.check_all(known)
        seconds = time.monotonic() - started
        trail.remember(verdict)
    click.echo(
        _as_json(verdict, len(known)) if as_json else _in_words(verdict, len(known), seconds)
    )
    if verdict.fault:
        sys.exit(1)


def _as_json(verdict: Verdict, known: int) -> str:
    fault = verdict.fault
    wrong = fault and {"what": fault.damage.value, "first": fault.seq, "upto": fault.upto}
    return json.dumps({"rows": verdict.head.seq, "anchors": known, "wrong": wrong})


def _in_words(verdict: Verdict, known: int, seconds: float) -> str:
    rows = f"{verdict.head.seq:,}"
    if verdict.fault:
        return f"BROKEN. {verdict.fault}. Up to row {rows} all is as it was written."
    compared = f"{known:,} anchors agree" if known else "no anchors to compare with"
    return f"Whole: {rows} rows in {seconds:.1f} s, {compared}."


@audit_group.command("anchor")
@click.option(
    "--to",
    "path",
    type=click.Path(path_type=Path, dir_okay=False),
    help="A file that is only ever added to. Default: CASEFLOW_ANCHORS.",
)
@click.pass_obj
def anchor(opened: Opened, path: Path | None) -> None:
    """Write down what the trail is now, so that a cut end can be found."""
    with opened(writes=False):
        if not (path := path or trail.anchors_file()):
            raise click.ClickException("Say where: --to FILE, or set CASEFLOW_ANCHORS.")
        made = trail.anchor(path)
        wrong = what_is_wrong()
    if made is None and wrong:
        raise click.ClickException(f"The trail is broken, so nothing was anchored: {wrong}.")
    click.echo(f"{path}: row {made.seq:,}" if made else f"{path}: nothing new since the last one")
