"""Rows are numbered and chained as their transaction commits."""

import threading
import uuid

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DatabaseError

from caseflow.audit import actions as audit
from caseflow.audit.chain import GENESIS, PURPOSE
from caseflow.audit.checking import check
from caseflow.audit.models import AuditRow, Listed
from caseflow.audit.rules import Event
from caseflow.kernel import keys
from caseflow.kernel.database import db, transaction


def verdict():
    with db.engine.connect() as connection:
        return check(connection, keys.derived(PURPOSE))


def numbers(session) -> list[int]:
    return list(session.scalars(select(AuditRow.seq).order_by(AuditRow.seq)))


def test_rows_are_numbered_without_a_gap_and_chained(session) -> None:
    for _ in range(3):
        audit.record(Event.SIGNED_OUT)
        audit.record(Event.VIEWED, case_id=uuid.uuid4(), what="ünïcode", count=2)
        session.commit()
    assert numbers(session) == [1, 2, 3, 4, 5, 6]
    macs = session.scalars(select(AuditRow.mac)).all()
    assert len({GENESIS, *macs}) == 7
    session.rollback()
    assert verdict().fault is None
    assert verdict().head.seq == 6


def test_what_is_rolled_back_leaves_no_row_and_no_gap(session) -> None:
    audit.record(Event.SIGNED_IN)
    session.commit()
    audit.record(Event.SIGNED_OUT)
    session.rollback()
    session.rollback()
    audit.record(Event.VIEWED)
    session.commit()
    assert [row.event for row in session.scalars(select(AuditRow))] == [
        Event.SIGNED_IN,
        Event.VIEWED,
    ]
    assert numbers(session) == [1, 2]


def test_a_row_recorded_before_anything_else_is_rolled_back_too(session) -> None:
    session.commit()
    audit.record(Event.SIGNED_OUT)
    session.rollback()
    session.commit()
    assert numbers(session) == []


def test_a_savepoint_takes_only_its_own_rows_with_it(session) -> None:
    audit.record(Event.SIGNED_IN)
    savepoint = session.begin_nested()
    audit.record(Event.VIEWED)
    savepoint.rollback()
    with session.begin_nested():
        audit.record(Event.LISTED)
    audit.record(Event.SIGNED_OUT)
    session.commit()
    assert [row.event for row in session.scalars(select(AuditRow))] == [
        Event.SIGNED_IN,
        Event.LISTED,
        Event.SIGNED_OUT,
    ]


def test_whoever_reads_before_the_commit_finds_the_row(session) -> None:
    audit.record(Event.SIGNED_IN)
    assert session.scalars(select(AuditRow)).one().event is Event.SIGNED_IN
    assert session.scalar(select(func.count()).select_from(AuditRow)) == 1
    session.rollback()
    assert numbers(session) == []


def test_cases_named_in_a_list_are_found_by_their_index(session) -> None:
    case_id = uuid.uuid4()
    audit.record(Event.LISTED, cases=[str(case_id), str(uuid.uuid4()), str(case_id)])
    session.commit()
    assert session.scalars(select(Listed.seq).where(Listed.case_id == case_id)).all() == [1]
    session.rollback()
    assert verdict().fault is None


def test_writers_at_once_leave_one_chain(app, database) -> None:
    def write() -> None:
        for _ in range(10):
            with app.app_context(), transaction():
                audit.record(Event.VIEWED)

    writers = [threading.Thread(target=write) for _ in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    with app.app_context():
        assert verdict().head.seq == 40
        assert verdict().fault is None


def columns() -> str:
    return ", ".join(column.key for column in AuditRow.__table__.columns if column.key != "seq")


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE audit SET endpoint = 'other' WHERE seq = 1",
        "DELETE FROM audit WHERE seq = 2",
        "INSERT INTO audit (seq, {columns}) SELECT 4, {columns} FROM audit WHERE seq = 1",
        "INSERT INTO audit (seq, {columns}) SELECT 0, {columns} FROM audit WHERE seq = 1",
        "INSERT INTO audit (seq, {columns}) SELECT -1, {columns} FROM audit WHERE seq = 1",
        "UPDATE audit_listed SET seq = 2",
        "DELETE FROM audit_listed",
        "INSERT INTO audit_listed SELECT 0, case_id FROM audit_listed",
    ],
)
def test_the_database_refuses_all_but_the_next_row(session, change: str) -> None:
    audit.record(Event.LISTED, cases=[str(uuid.uuid4())])
    audit.record(Event.SIGNED_OUT)
    session.commit()
    with pytest.raises(DatabaseError, match="append-only"):
        session.execute(text(change.format(columns=columns())))
    session.rollback()


@pytest.mark.parametrize("recursive", ["ON", "OFF"])
def test_replace_cannot_go_past_the_triggers(session, database, recursive: str) -> None:
    if database.dialect != "sqlite":
        pytest.skip("REPLACE INTO is a word of SQLite's")
    audit.record(Event.SIGNED_IN)
    audit.record(Event.SIGNED_OUT)
    session.commit()
    session.execute(text(f"PRAGMA recursive_triggers={recursive}"))
    cols = columns()
    for word in ("REPLACE INTO", "INSERT OR REPLACE INTO"):
        with pytest.raises(DatabaseError, match="append-only"):
            session.execute(
                text(f"{word} audit (seq, {cols}) SELECT 1, {cols} FROM audit WHERE seq = 2")
            )
    with pytest.raises(DatabaseError, match="append-only"):
        session.execute(text("UPDATE OR REPLACE audit SET seq = 1 WHERE seq = 2"))
    session.execute(text("PRAGMA recursive_triggers=ON"))
    session.rollback()


@pytest.mark.parametrize("table", ["audit", "audit_listed"])
def test_the_trail_cannot_be_emptied_at_once(session, database, table: str) -> None:
    if database.dialect == "sqlite":
        pytest.skip("TRUNCATE is a word of PostgreSQL's")
    with pytest.raises(DatabaseError, match="append-only"):
        session.execute(text(f"TRUNCATE {table}"))
    session.rollback()
