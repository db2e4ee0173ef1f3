"""The ``caseflow`` command. Every problem is one clear line, and the exit code says so."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import click
import flask_migrate
from flask import Flask

from caseflow import create_app, doctor, handbook, scheduler, upkeep
from caseflow.access.permissions import Role
from caseflow.cases import queries as cases
from caseflow.cases.rules import Stream
from caseflow.closing import actions as closing
from caseflow.demo import load as demo_data
from caseflow.evaluation import export
from caseflow.intake import commands as intake
from caseflow.intake import outcomes
from caseflow.intake.sheet_commands import sheet
from caseflow.kernel import clock, logs
from caseflow.kernel.config import from_environment
from caseflow.kernel.database import db, transaction
from caseflow.kernel.errors import Problem
from caseflow.kernel.settings import change_setting, setting
from caseflow.people.commands import match, places
from caseflow.reviews import reminders
from caseflow.rights import trail
from caseflow.rights.commands import audit_group
from caseflow.staff import actions as staff
from caseflow.staff import queries as staff_queries

JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON instead of words.")


@contextmanager
def opened(*, writes: bool = True) -> Iterator[Flask]:
    """The application with its database, brought to the latest shape first by ``init``."""
    app = create_app()
    with app.app_context():
        if problem := doctor.database_problem():
            raise click.ClickException(problem)
        if not writes:
            yield app
            return
        with transaction():
            yield app


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.pass_context
def main(context: click.Context) -> None:
    """CaseFlow: casework with young people hurt by violence."""
    context.obj = opened  # for the commands that a room keeps itself


main.add_command(audit_group)
for _kept in (
    upkeep.backup,
    upkeep.restore,
    upkeep.keys,
    intake.intake,
    intake.sender,
    match,
    places,
    sheet,
):
    main.add_command(_kept)


@main.command()
@click.option(
    "--demo", is_flag=True, help="Mark a new, empty database as demo: made-up people only."
)
def init(demo: bool) -> None:
    """Create the database, or bring it to the latest shape."""
    app = create_app()
    with app.app_context():
        is_new = not doctor.has_tables()
        flask_migrate.upgrade()
        if demo and is_new:
            with transaction():
                change_setting("demo", True, by_id=None)
        click.echo(f"Database ready: {doctor.where()}")


@main.command()
@click.option("--people", default=0, show_default=True, help="Random people besides the scripted.")
@click.option("--seed", default=1, show_default=True, help="The same seed makes the same people.")
@JSON
def demo(people: int, seed: int, as_json: bool) -> None:
    """Fill a demo database with obviously fake young people, one for each state."""
    with opened(writes=False):
        if not setting("demo", False):
            raise click.ClickException(
                "This database is not marked as demo. Make one: caseflow init --demo"
            )
        with _progress("Making people", people, quiet=as_json) as step:
            made = demo_data.load(people=people, seed=seed, step=step)
        if as_json:
            click.echo(json.dumps(made.as_dict()))
            return
        click.echo(f"{len(made.cases):,} scripted cases and {people:,} random people.")
        _say_sign_ins()


@contextmanager
def _progress(label: str, length: int, *, quiet: bool = False) -> Iterator[Any]:
    with click.progressbar(
        length=length or 1, label=label, file=sys.stderr, hidden=quiet, update_min_steps=5
    ) as bar:
        yield bar.update


def _say_sign_ins() -> None:
    if not (users := staff_queries.demo_users()):
        return
    click.echo(f"Sign in as (password for all: {demo_data.DEMO_PASSWORD}):")
    for user in users:
        team = f", {user.team.name}" if user.team else ""
        click.echo(f"  {user.email:<36} {user.role.label}{team}")


@main.command()
@click.option("--host", default="localhost", show_default=True)
@click.option("--port", default=5000, show_default=True)
@click.option("--workers", default=2, show_default=True)
def serve(host: str, port: int, workers: int) -> None:
    """Start the web application."""
    with opened(writes=False):
        if problem := doctor.refuse_to_serve():
            raise click.ClickException(problem)
        trail.check_at_start()
    os.execvp(
        sys.executable,
        [
            sys.executable, "-m", "gunicorn", "wsgi:app", "--bind", f"{host}:{port}",
            "--workers", str(workers), "--threads", "8", "--worker-class", "gthread",
            "--graceful-timeout", "30", "--config", "python:caseflow.kernel.serving",
        ],
    )  # fmt: skip


@main.command("scheduler")
def scheduler_command() -> None:
    """Start the process that sends reminders; one is enough."""
    logs.start()
    scheduler.run(create_app())


@main.command()
@click.option("--port", default=5000, show_default=True)
@click.option("--people", default=150, show_default=True, help="Random people in a new demo.")
@click.option("--seed", default=1, show_default=True)
@click.pass_context
def run(context: click.Context, port: int, people: int, seed: int) -> None:
    """The demo in one go: database, made-up people, web application and scheduler."""
    app = create_app()
    with app.app_context():
        is_new = not doctor.has_tables()
    context.invoke(init, demo=is_new)
    if is_new:
        context.invoke(demo, people=people, seed=seed, as_json=False)
    with app.app_context():
        if not setting("demo", False):
            raise click.ClickException("`caseflow run` opens only a database marked as demo.")
        if not is_new:
            _say_sign_ins()
    click.echo(f"\nCaseFlow is at http://localhost:{port}  (stop it with Ctrl+C)")
    # Whoever tries the demo out reads this terminal: only what goes wrong is worth a line.
    os.environ.setdefault("CASEFLOW_LOG_LEVEL", "warning")
    os.environ.setdefault("CASEFLOW_BASE_URL", f"http://localhost:{port}")
    _keep_running([["scheduler"], ["serve", "--port", str(port)]])


def _keep_running(commands: list[list[str]]) -> None:
    """Start each as a process of its own; when one ends, or we are stopped, end them all."""
    children = [subprocess.Popen([sys.executable, "-m", "caseflow.cli", *c]) for c in commands]

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, stop)
    try:
        while all(child.poll() is None for child in children):
            time.sleep(0.5)
    except KeyboardInterrupt:
        pass
    finally:
        for child in children:
            child.terminate()
        for child in children:
            child.wait()


@main.command("outcomes")
@click.argument("places", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True))
@click.option("--in-order", help="Files by this pattern besides, one after another: 'REFREQ8*'.")
@JSON
def outcomes_command(places: tuple[Path, ...], in_order: str | None, as_json: bool) -> None:
    """What would become of each file, each alone on an empty database. Nothing is saved."""
    with tempfile.TemporaryDirectory() as directory:
        app = create_app(
            replace(from_environment(), database_url=f"sqlite:///{directory}/empty.db")
        )
        with app.app_context():
            flask_migrate.upgrade()
            outcomes.show(list(places), in_order=in_order, as_json=as_json)
            db.session.remove()
            db.engine.dispose()


@main.command()
@click.option("--now", "instant", help="Pretend it is this moment, like 2026-11-23T09:00.")
@JSON
def remind(instant: str | None, as_json: bool) -> None:
    """Tell people what is due, once. The scheduler does this by itself."""
    with opened(writes=False):
        done = reminders.remind(_instant(instant))
        if as_json:
            click.echo(json.dumps(done.__dict__))
        else:
            words = ", ".join(f"{count} {name}" for name, count in done.__dict__.items())
            click.echo(f"Reminders: {words}.")


def _instant(text: str | None) -> datetime:
    if text is None:
        return clock.now()
    try:
        given = datetime.fromisoformat(text)
    except ValueError:
        raise click.ClickException(
            f"--now must look like 2026-11-23T09:00, not {text!r}."
        ) from None
    if given.tzinfo is None:
        return clock.local_instant(given.date(), given.time())
    return given


@main.command()
@click.argument("reference")
@click.argument("out", type=click.Path(path_type=Path, dir_okay=False))
def summary(reference: str, out: Path) -> None:
    """Write the outcome summary of one case as a PDF."""
    with opened():
        case = cases.case_by_reference(reference)
        if case is None:
            raise click.ClickException(f"There is no case {reference}.")
        made = closing.make_summary(case, by=None)
        out.write_bytes(made.pdf)
        click.echo(f"{out}: summary {made.number} of {case.reference}, sha256 {made.sha256}")


@main.group("export")
def export_group() -> None:
    """Write data for others."""


@export_group.command("evaluation")
@click.argument("directory", type=click.Path(path_type=Path, file_okay=False))
def export_evaluation(directory: Path) -> None:
    """Pseudonymised CSV files for evaluators, with their data dictionary."""
    with opened(), _progress("Writing", 0) as step:
        for name, rows in export.write(directory, step=step):
            click.echo(f"{directory / name}: {rows:,} rows")


@main.command("docs")
@click.argument("directory", type=click.Path(path_type=Path, file_okay=False))
def docs_command(directory: Path) -> None:
    """Print the pages of docs/ that come from the code."""
    for name, text in handbook.pages(create_app()).items():
        (directory / name).write_text(text, encoding="utf-8")
        click.echo(directory / name)


@main.group()
def user() -> None:
    """People who may sign in."""


@user.command("add")
@click.option("--email", required=True)
@click.option("--name", required=True)
@click.option("--role", type=click.Choice([role.value for role in Role]))
@click.option("--admin", is_flag=True, help="An administrator; short for --role administrator.")
@click.option("--team", help="The team's name; made when there is none.")
@click.option("--streams", help="For a new team: which referrals arrive here, by commas.")
@click.option("--deputy", is_flag=True, help="Stands in for the team's supervisor.")
@click.option("--ends", type=click.DateTime(["%Y-%m-%d"]), help="An evaluator's first day without.")
def user_add(
    email: str,
    name: str,
    role: str | None,
    admin: bool,
    team: str | None,
    streams: str | None,
    deputy: bool,
    ends: datetime | None,
) -> None:
    """Add a member of staff, and print the link by which they choose how they sign in.

    It holds for 48 hours and counts once. With a mail server they get it by letter too.
    """
    if admin == bool(role):
        raise click.UsageError("Say either --admin or --role.")
    with opened():
        found = staff_queries.team_named(team) if team else None
        if team and found is None:
            found = staff.add_team(name=team, streams=_streams(streams))
        made = staff.add_user(
            email=email,
            name=name,
            role=Role(role or Role.ADMINISTRATOR),
            team=found,
            deputises=deputy,
            access_ends_on=ends.date() if ends else None,
        )
        link = staff.invite(made, by=None)
        click.echo(
            f"{made.email} is {made.role.label.lower()}. Give them this link, and only them:"
        )
        click.echo(link)


@user.command("invite")
@click.argument("email")
def user_invite(email: str) -> None:
    """Print a new invitation for somebody who has not followed theirs. The earlier one is void."""
    with opened():
        found = staff_queries.user_by_email(email)
        if found is None:
            raise click.ClickException(f"Nobody has the address {email}.")
        click.echo(staff.invite(found, by=None))


def _streams(words: str | None) -> list[str]:
    given = [word.strip() for word in (words or "").split(",") if word.strip()]
    if unknown := set(given) - set(Stream):
        raise Problem(
            f"There is no stream {', '.join(sorted(unknown))}. Streams: {', '.join(Stream)}."
        )
    return given


@main.command("doctor")
@JSON
def doctor_command(as_json: bool) -> None:
    """Check that this CaseFlow is safe to run, and say how to mend what is not.

    Ends with 1 while it is not safe to start, with 2 while there are only warnings.
    """
    app = create_app()
    with app.app_context():
        findings = doctor.findings()
    if as_json:
        click.echo(json.dumps([finding.__dict__ for finding in findings]))
    else:
        for finding in findings:
            click.echo(f"{finding.standing:<7} {finding.what}: {finding.says}")
    if any(finding.is_hard for finding in findings):
        sys.exit(1)
    if not all(finding.ok for finding in findings):
        sys.exit(2)


def _as_one_line(error: Problem) -> None:
    click.echo(f"Error: {error.message}", err=True)
    sys.exit(1)


def program() -> None:
    """The console script: a domain problem is one line, not a traceback.

    What it writes, the database and exports among it, is for its owner alone.
    """
    os.umask(0o077)
    try:
        main()
    except Problem as error:
        _as_one_line(error)


if __name__ == "__main__":
    program()
