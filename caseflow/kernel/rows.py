"""Rows that are changed past the session, written down so that they can be put back.

A change is [table, row, column, before, after] in values that JSON can hold; a column "" is a row
that was made.
"""

import uuid
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Column, Date, Enum, Table, Uuid, delete, select, update
from sqlalchemy.sql import ColumnElement

from caseflow.kernel.database import Base, UTCDateTime, db

Change = list[Any]
Plain = dict[uuid.UUID, dict[str, Any]]


def plain(value: Any) -> Any:
    if isinstance(value, date | datetime):
        return value.isoformat()
    return value.hex if isinstance(value, uuid.UUID) else getattr(value, "value", value)


def stored(column: ColumnElement[Any] | None, value: Any) -> Any:
    """What ``plain`` was made of."""
    kind = None if column is None or value is None else column.type
    if isinstance(kind, UTCDateTime):
        return datetime.fromisoformat(value)
    if isinstance(kind, Date):
        return date.fromisoformat(value)
    if isinstance(kind, Uuid):
        return uuid.UUID(value)
    if isinstance(kind, Enum) and kind.enum_class:
        return kind.enum_class(value)
    return value


def set_value(table: Table, ids: Sequence[uuid.UUID], column: str, value: Any) -> None:
    """A page that was opened before is told that the record has changed."""
    newer = {"version": table.c.version + 1} if "version" in table.c else {}
    if ids:
        db.session.execute(update(table).where(table.c.id.in_(ids)).values({column: value} | newer))


def put_back(change: Change) -> None:
    """Unless it was changed since. A row that was made goes."""
    name_of_table, row, name, before, after = change
    table, row_id = Base.metadata.tables[name_of_table], uuid.UUID(row)
    if not name:
        db.session.execute(delete(table).where(table.c.id == row_id))
        return
    column = table.c[name]
    now = db.session.execute(select(column).where(table.c.id == row_id)).first()
    if now is not None and plain(now[0]) == after:
        set_value(table, [row_id], name, stored(column, before))


def read_plain(column: Column[Any], values: Any) -> Plain:
    """Row → its values, of the table's rows whose ``column`` is among ``values``."""
    found = db.session.execute(select(column.table).where(column.in_(values))).mappings()
    return {row["id"]: {name: plain(value) for name, value in row.items()} for row in found}


def differences(table: str, before: Plain, after: Mapping[uuid.UUID, Any]) -> list[Change]:
    """Of the rows that were there before; a version counter is no difference."""
    return [
        [table, row.hex, name, value, after[row][name]]
        for row, values in before.items()
        for name, value in values.items()
        if name != "version" and value != after[row][name]
    ]
