"""The migrations make exactly the tables the models describe, and can be taken back."""

import dataclasses
import importlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy import inspect

import caseflow
from caseflow.kernel.config import Settings
from caseflow.kernel.database import Base, db
from tests.harness.databases import Database
from tests.harness.migrate import downgrade, upgrade

HOME = Path(__file__).parents[2]
for _path in (HOME / "caseflow").rglob("models.py"):
    importlib.import_module(".".join(_path.relative_to(HOME).with_suffix("").parts))
FOLDER = HOME / "migrations"
FILES = sorted((FOLDER / "versions").glob("*.py"))


@pytest.fixture
def empty_app(settings: Settings, empty_database: Database) -> Iterator[Flask]:
    app = caseflow.create_app(dataclasses.replace(settings, database_url=empty_database.url))
    yield app
    with app.app_context():
        db.engine.dispose()


def tables(app: Flask) -> set[str]:
    with app.app_context():
        return set(inspect(db.engine).get_table_names()) - {"alembic_version"}


def differences(app: Flask) -> list[Any]:
    with app.app_context(), db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, Base.metadata))


def test_the_migrations_and_the_models_agree(empty_app: Flask) -> None:
    upgrade(empty_app)
    found = differences(empty_app)
    assert not found, "change the migration or the model:\n" + "\n".join(map(str, found))


def test_every_migration_can_be_taken_back_and_made_again(empty_app: Flask) -> None:
    upgrade(empty_app)
    before = tables(empty_app)
    downgrade(empty_app)
    assert tables(empty_app) == set()
    upgrade(empty_app)
    assert tables(empty_app) == before == set(Base.metadata.tables)


def test_there_is_one_head_and_it_is_pinned() -> None:
    """Two people's migrations then meet in this file's merge, not on somebody's server."""
    heads = ScriptDirectory(str(FOLDER)).get_heads()
    pinned = (FOLDER / "HEAD").read_text().strip()
    assert heads == [pinned], f"write the last revision into migrations/HEAD: {heads}"


def test_migrations_are_numbered_in_a_row() -> None:
    numbers = [int(path.name[:4]) for path in FILES]
    assert numbers == list(range(1, len(numbers) + 1))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_each_migration_says_what_it_does(path: Path) -> None:
    assert re.match(r'"""[A-Z][^\n]+\.', path.read_text()), "begin with one sentence"
