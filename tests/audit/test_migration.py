"""Rows written before the trail was chained are taken along, in both directions."""

import dataclasses
import json
import uuid
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

import caseflow
from caseflow.audit.chain import PURPOSE
from caseflow.audit.checking import check
from caseflow.kernel import keys
from caseflow.kernel.config import Settings
from caseflow.kernel.database import db
from tests.harness.databases import Database
from tests.harness.migrate import downgrade, upgrade

CASE = uuid.uuid4()
OLD_ROW = """
INSERT INTO audit (seq, at, event, actor_id, case_id, person_id, endpoint, request_id, facts)
VALUES (:seq, '2026-10-25 00:30:00.000007', 'listed', :actor, NULL, NULL, 'a.page', '', :facts)
"""


@pytest.fixture
def before(settings: Settings, empty_database: Database) -> Iterator[Flask]:
    app = caseflow.create_app(dataclasses.replace(settings, database_url=empty_database.url))
    upgrade(app, "0015")
    with app.app_context(), db.engine.begin() as connection:
        zone = "+00" if empty_database.dialect == "postgresql" else ""
        for seq in (1, 2, 7):  # a number that was rolled back left a gap
            connection.execute(
                text(OLD_ROW.replace(".000007'", f".000007{zone}'")),
                {
                    "seq": seq,
                    "actor": uuid.uuid4().hex,
                    "facts": json.dumps({"cases": [str(CASE)], "word": "é"}),
                },
            )
    yield app
    with app.app_context():
        db.engine.dispose()


def test_old_rows_are_numbered_and_chained(before: Flask) -> None:
    upgrade(before)
    with before.app_context(), db.engine.connect() as connection:
        verdict = check(connection, keys.derived(PURPOSE))
        assert verdict.fault is None
        assert verdict.head.seq == 3
        listed = connection.execute(text("SELECT count(*) FROM audit_listed")).scalar()
        assert listed == 3


def test_the_way_back_keeps_the_rows_and_still_refuses_changes(before: Flask) -> None:
    upgrade(before)
    downgrade(before, "0015")
    with before.app_context(), db.engine.begin() as connection:
        assert connection.execute(text("SELECT count(*) FROM audit")).scalar() == 3
    with (
        before.app_context(),
        db.engine.begin() as connection,
        pytest.raises(DatabaseError, match="append-only"),
    ):
        connection.execute(text("DELETE FROM audit"))
    upgrade(before)
    with before.app_context(), db.engine.connect() as connection:
        assert check(connection, keys.derived(PURPOSE)).fault is None
