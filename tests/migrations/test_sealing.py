"""Records from before the sealing are sealed by the migration, and can be had back."""

import dataclasses
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

import caseflow
from caseflow.kernel import clock
from caseflow.kernel.config import Settings
from caseflow.kernel.database import db, transaction
from caseflow.people.models import ContactPoint, Person
from caseflow.people.queries import people_with_number
from tests.harness.databases import Database, SQLite
from tests.harness.migrate import downgrade, upgrade

PEOPLE = 1_100  # fewer leave nothing in the slack of the pages
CODES = {
    "born_precision": "unknown", "sex": "not_asked", "ethnicity": "not_asked",
    "needs_interpreter": "not_asked", "carer_aware": "not_asked",
}  # fmt: skip


@pytest.fixture
def old_app(settings: Settings, empty_database: Database) -> Iterator[Flask]:
    """A database as it was before the sealing."""
    app = caseflow.create_app(dataclasses.replace(settings, database_url=empty_database.url))
    upgrade(app, "0016")
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def add(table: str, **values: Any) -> uuid.UUID:
    """Whatever else the table asks for is empty."""
    bind = db.session.connection()
    found = sa.Table(table, sa.MetaData(), autoload_with=bind)
    usual: dict[str, Any] = {}
    for column in found.columns:
        if not column.nullable and column.name != "id":
            usual[column.name] = _empty(column.type)
    row = uuid.uuid4()
    typed = sa.table(table, *(sa.column(c.name, _type(c.name, c.type)) for c in found.columns))
    bind.execute(typed.insert().values(usual | values | {"id": row}))
    return row


def _empty(kind: sa.types.TypeEngine[Any]) -> Any:
    if isinstance(kind, sa.JSON):
        return []
    if isinstance(kind, sa.DateTime | sa.Date):
        return clock.now() if isinstance(kind, sa.DateTime) else clock.today()
    return 1 if isinstance(kind, sa.Integer) else ""


def _type(name: str, kind: sa.types.TypeEngine[Any]) -> sa.types.TypeEngine[Any]:
    return sa.Uuid() if name == "id" or name.endswith("_id") else kind


def fill() -> tuple[uuid.UUID, uuid.UUID]:
    with transaction():
        for number in range(PEOPLE):
            person = add(
                "person",
                address=f"canary {number} Old Street",
                postcode="LE2 0AA",
                **CODES,
            )
        point = add(
            "contact_point", person_id=person, kind="phone", value="07700 900456",
            folded="+447700900456", safe_to_call="yes", safe_to_text="yes", safe_voicemail="yes",
        )  # fmt: skip
    return person, point


def raw(database: Database) -> bytes:
    if isinstance(database, SQLite):
        return database.path.read_bytes()
    with db.engine.connect() as connection:
        rows = connection.execute(sa.text("SELECT p.* FROM person p")).all()
        rows += connection.execute(sa.text("SELECT c.* FROM contact_point c")).all()
    return b"".join(bytes(v) if isinstance(v, bytes) else str(v).encode() for r in rows for v in r)


def test_old_records_are_sealed_and_read_as_before(old_app, empty_database) -> None:
    with old_app.app_context():
        person, point = fill()
        assert b"Old Street" in raw(empty_database)
    upgrade(old_app)
    with old_app.app_context():
        shown = raw(empty_database)
        for secret in (b"Old Street", b"canary", b"900456", b"LE2 0AA"):
            assert secret not in shown
        assert db.session.get(Person, person).address == f"canary {PEOPLE - 1} Old Street"
        assert db.session.get(ContactPoint, point).value == "07700 900456"
        assert people_with_number("900456") == {person}


def test_what_was_sealed_can_be_had_back(old_app, empty_database) -> None:
    with old_app.app_context():
        fill()
    upgrade(old_app)
    downgrade(old_app, "0016")
    with old_app.app_context():
        rows = db.session.execute(sa.text("SELECT address, postcode FROM person")).all()
        assert len({row.address for row in rows}) == PEOPLE
        assert {row.postcode for row in rows} == {"LE2 0AA"}
        found = db.session.execute(sa.text("SELECT value, folded FROM contact_point")).one()
        assert tuple(found) == ("07700 900456", "+447700900456")
