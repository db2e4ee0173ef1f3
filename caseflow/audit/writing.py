"""Rows wait in the session until it commits, and are then numbered, chained and written at once.

So the one lock that every writer needs, which keeps the numbers without a gap, is held for the
last moment of a transaction only. What is rolled back takes its waiting rows with it; so does a
savepoint. Whoever reads the trail before the commit, outside a savepoint, finds the rows there.
"""

import uuid
from collections.abc import Iterable
from typing import Any, cast

from sqlalchemy import Connection, Table, event, insert, select, text
from sqlalchemy.orm import ORMExecuteState, Session, SessionTransaction

from caseflow.audit.chain import GENESIS, PURPOSE, Chain, facts_as_kept, instant_as_kept
from caseflow.audit.models import AuditRow, Listed
from caseflow.kernel import keys
from caseflow.kernel.database import db

AUDIT = cast(Table, AuditRow.__table__)
LISTED = cast(Table, Listed.__table__)
LOCK = 4_162_024  # PostgreSQL's advisory lock of this name belongs to the trail
WAITING, MARKS = "audit waiting", "audit marks"


def wait(row: AuditRow) -> None:
    session = db.session()
    if not session.in_transaction():
        session.begin()  # there must be something to roll back
    waiting_in(session).append(row)


def waiting_in(session: Session) -> list[AuditRow]:
    rows: list[AuditRow] = session.info.setdefault(WAITING, [])
    return rows


def append(connection: Connection, rows: Iterable[AuditRow]) -> None:
    """In the connection's own transaction, which must end soon: others wait for it."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
    head = connection.execute(
        select(AUDIT.c.seq, AUDIT.c.mac).order_by(AUDIT.c.seq.desc()).limit(1)
    ).first()
    seq, before = head if head is not None else (0, GENESIS)
    chain = Chain(keys.derived(PURPOSE))
    listed: list[dict[str, Any]] = []
    for row in rows:
        seq += 1
        row.seq, row.mac = seq, chain.mac(before, as_kept(row, seq))
        before = row.mac
        listed += [{"seq": seq, "case_id": case_id} for case_id in cases_named(row.facts)]
    connection.execute(insert(AUDIT), [_values(row) for row in rows])
    if listed:
        connection.execute(insert(LISTED), listed)


def cases_named(facts: dict[str, Any]) -> list[uuid.UUID]:
    return [uuid.UUID(case_id) for case_id in dict.fromkeys(facts.get("cases", ()))]


def as_kept(row: AuditRow, seq: int) -> tuple[Any, ...]:
    """Its COLUMNS in the text that SQLite keeps; of PostgreSQL the check asks for the same."""
    return (
        seq,
        instant_as_kept(row.at),
        row.event.value,
        _hex(row.actor_id),
        _hex(row.case_id),
        _hex(row.person_id),
        row.endpoint,
        row.request_id,
        row.session_id,
        row.source,
        facts_as_kept(row.facts),
    )


def _hex(key: uuid.UUID | None) -> str | None:
    return None if key is None else key.hex


def _values(row: AuditRow) -> dict[str, Any]:
    return {column.key: getattr(row, column.key) for column in AUDIT.columns}


def _write(session: Session) -> None:
    session.flush()
    if rows := session.info.pop(WAITING, None):
        append(session.connection(), rows)


@event.listens_for(db.session, "before_commit")
def _commits(session: Session) -> None:
    if session.info.get(WAITING) and not session.in_nested_transaction():
        _write(session)


@event.listens_for(db.session, "do_orm_execute")
def _reads(state: ORMExecuteState) -> None:
    session = state.session
    if (
        session.info.get(WAITING)
        and state.is_select
        and not session.in_nested_transaction()
        and {AuditRow.__mapper__, Listed.__mapper__} & set(state.all_mappers)
    ):
        _write(session)


@event.listens_for(db.session, "after_transaction_create")
def _begins(session: Session, transaction: SessionTransaction) -> None:
    if transaction.nested:
        session.info.setdefault(MARKS, {})[transaction] = len(waiting_in(session))


@event.listens_for(db.session, "after_soft_rollback")
def _rolls_back(session: Session, previous: SessionTransaction) -> None:
    mark = session.info.get(MARKS, {}).get(previous)
    if mark is not None:
        del waiting_in(session)[mark:]


@event.listens_for(db.session, "after_transaction_end")
def _ends(session: Session, transaction: SessionTransaction) -> None:
    if transaction.parent is None:
        session.info.pop(WAITING, None)
        session.info.pop(MARKS, None)
