"""Habits the tests enforce on everything they run."""

from pathlib import Path
from typing import Any

import flask
import pytest
from sqlalchemy import event, inspect
from sqlalchemy.orm import ORMExecuteState, Session

from caseflow.audit.writing import waiting_in
from caseflow.kernel.database import db

PURE = {"rules", "predicates", "lifecycle", "cadence", "scoring", "matching", "measures",
        "disclosure", "working_time", "moment"}  # fmt: skip
DATABASE_FIXTURES = {"database", "empty_database"}
BROWSER_FIXTURES = {"browser"}


def mark(item: pytest.Item) -> None:
    """Add the marks that follow from a test's module and fixtures."""
    fixtures = set(getattr(item, "fixturenames", ()))
    if fixtures & BROWSER_FIXTURES:
        item.add_marker("browser")
    if fixtures & DATABASE_FIXTURES:
        item.add_marker("database")
    if "shared_data" in fixtures:
        item.add_marker("shared")
    if is_pure(item.path):
        item.add_marker("pure")


def is_pure(path: Path) -> bool:
    return path.stem.removeprefix("test_") in PURE


def refuse_database(item: pytest.Item) -> None:
    if item.get_closest_marker("pure") and item.get_closest_marker("database"):
        pytest.fail(
            f"{item.path.name} tests a pure file, so it may not use the database: pass plain "
            "values, or move this test to test_actions, test_queries or test_views.",
            pytrace=False,
        )


def watch_unsaved_work(app: flask.Flask) -> None:
    """A request that flushes and never commits fails its test: its work would be lost."""
    event.listen(Session, "after_flush", _note_work)
    event.listen(Session, "do_orm_execute", _note_statement)
    event.listen(Session, "after_commit", _forget_work)
    event.listen(Session, "after_rollback", _forget_work)
    flask.request_finished.connect(_nothing_unsaved, app)


def _note_work(session: Session, _: Any) -> None:
    session.info["unsaved"] = True


def _note_statement(state: ORMExecuteState) -> None:
    if state.is_insert or state.is_update or state.is_delete:
        state.session.info["unsaved"] = True


def _forget_work(session: Session) -> None:
    session.info.pop("unsaved", None)


def _nothing_unsaved(sender: flask.Flask, **_: Any) -> None:
    session = db.session()
    pending = [*session.new, *session.deleted, *(o for o in session.dirty if inspect(o).modified)]
    pending += waiting_in(session)
    if session.info.get("unsaved") or pending:
        raise AssertionError(
            f"{flask.request.method} {flask.request.endpoint} answered with work uncommitted "
            f"({pending or 'flushed'}); the gate commits, so was it passed by?"
        )
