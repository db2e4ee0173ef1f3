"""One database session, the same on SQLite and PostgreSQL.

SQLite: writers say BEGIN IMMEDIATE, because a deferred transaction that reads and then
writes fails with "database is locked" whatever the time-out; readers say BEGIN.
"""

import enum
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flask import has_request_context, request
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import DateTime, Engine, Enum, ForeignKey, MetaData, Uuid, event
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.orm import DeclarativeBase, MappedColumn, mapped_column, registry
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.types import TypeDecorator

from caseflow.kernel.ids import new_id
from caseflow.kernel.machine import make_private

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
NAMES = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
PRAGMAS = (
    "journal_mode=DELETE",
    "synchronous=EXTRA",
    "foreign_keys=ON",
    "recursive_triggers=ON",
    "secure_delete=ON",
    "busy_timeout=10000",
    "trusted_schema=OFF",
)

_writing: ContextVar[bool | None] = ContextVar("writing", default=None)


class UTCDateTime(TypeDecorator[datetime]):
    """An instant. SQLite forgets the zone, so it is put back on the way out."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    registry = registry(
        metadata=MetaData(naming_convention=NAMES),
        type_annotation_map={datetime: UTCDateTime(), uuid.UUID: Uuid()},
    )


db = SQLAlchemy(model_class=Base)


def key() -> MappedColumn[uuid.UUID]:
    return mapped_column(Uuid(), primary_key=True, default=new_id)


def refers(table: str, *, index: bool = True, **options: Any) -> MappedColumn[Any]:
    """A foreign key to ``table.id``; indexed, because every one of them is read by."""
    return mapped_column(Uuid(), ForeignKey(f"{table}.id"), index=index, **options)


def words(kind: type[enum.Enum]) -> Enum:
    """A code list stored as its words; SQLAlchemy refuses any other word."""
    return Enum(
        kind,
        native_enum=False,
        create_constraint=False,
        length=40,
        values_callable=lambda members: [member.value for member in members],
        validate_strings=True,
    )


def _is_writing() -> bool:
    """Commands and jobs write; a request writes unless its method promises not to."""
    said = _writing.get()
    if said is not None:
        return said
    return not (has_request_context() and request.method in SAFE_METHODS)


@contextmanager
def writing(yes: bool = True) -> Iterator[None]:
    """Say what the transactions begun inside will do, whatever the request's method says."""
    token = _writing.set(yes)
    try:
        yield
    finally:
        _writing.reset(token)


def prepare(engine: Engine) -> None:
    """Give each new connection the settings that the records' safety rests on."""
    if engine.dialect.name != "sqlite":
        return

    @event.listens_for(engine, "do_connect")
    def for_its_owner_alone(_: Dialect, __: Any, args: list[Any], ___: dict[str, Any]) -> None:
        if args and args[0] != ":memory:":
            make_private(Path(args[0]))

    @event.listens_for(engine, "connect")
    def connect(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
        connection.isolation_level = None
        for pragma in PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if _is_writing() else "BEGIN")


@contextmanager
def transaction() -> Iterator[None]:
    """All of it is saved, or none: for commands, jobs and tests. Requests use the gate."""
    try:
        yield
        db.session.commit()
    except BaseException:
        db.session.rollback()
        raise


def lock(record: Base) -> None:
    """Read the row anew, and keep others from changing it until this transaction ends.

    What waits in the session is written first. Only the record's own table is locked:
    PostgreSQL refuses to lock what a record was loaded with by an outer join.
    """
    db.session.flush()
    db.session.refresh(record, with_for_update={"of": type(record)})


def keep_more_in_memory() -> None:
    """For bulk work on SQLite, this connection: 128 MB of pages instead of 2. Random keys touch
    pages all over, and a transaction that outgrows its cache writes them again and again."""
    if db.session.connection().dialect.name == "sqlite":
        db.session.connection().exec_driver_sql("PRAGMA cache_size=-131072")
