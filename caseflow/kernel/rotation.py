"""Every sealed value under a new data key, in batches; then the old key is removed.

Killed at any moment it goes on where it stopped: a value is under the old key or the new one, and
both are kept until nothing is left under the old.
"""

import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import LargeBinary, Select, delete, func, inspect, literal, select, update
from sqlalchemy.engine import Connection

from caseflow.kernel.database import Base, db, writing
from caseflow.kernel.errors import Problem
from caseflow.kernel.sealed import (
    ID_AT,
    ID_BYTES,
    Damaged,
    DataKey,
    add_data_key,
    current_key,
    data_keys,
    decrypt,
    encrypt,
    key_id_of,
    unwrap,
)
from caseflow.kernel.sealed_fields import PLACES, Place

BATCH = 500


@dataclass
class Rotated:
    """``unreadable``: places of values that did not open; they keep the old key in being."""

    values: int = 0
    keys_removed: int = 0
    unreadable: list[str] = field(default_factory=list)


@writing(False)
def left_to_do() -> int:
    """Values that are not under the newest key; before a rotation begins, every one."""
    with db.engine.connect() as connection:
        keys = data_keys(connection)
        is_under_way = any(row.retired_at for row in keys)
        newest = current_key(connection)[0] if is_under_way else None
        return sum(_count(connection, place, newest) for place in PLACES)


def rotate(*, batch: int = BATCH, step: Callable[[int], object] = lambda _: None) -> Rotated:
    """``step`` is told how many values each batch has sealed anew, after it is saved."""
    _begin()
    done = Rotated()
    while True:
        for place in PLACES:
            for sealed_anew in _move(place, batch, done):
                step(sealed_anew)
        removed = _remove_old_keys(done)
        if removed is not None:
            done.keys_removed = removed
            return done


def _begin() -> None:
    """A rotation that was stopped is finished before another may begin."""
    with db.engine.begin() as connection:
        if not any(row.retired_at for row in data_keys(connection)):
            add_data_key(connection)


def _move(place: Place, batch: int, done: Rotated) -> Iterator[int]:
    last: uuid.UUID | None = None
    while True:
        with db.engine.begin() as connection:
            newest, cipher = current_key(connection)
            rows = connection.execute(_rows(place, newest, last).limit(batch)).all()
            if not rows:
                return
            old = {row.id: unwrap(row.id, row.wrapped) for row in data_keys(connection)}
            moved = sum(
                _move_one(connection, place, row, old, (newest, cipher), done) for row in rows
            )
            last = rows[-1][0]
        done.values += moved
        yield moved


def _move_one(
    connection: Connection,
    place: Place,
    row: Any,
    ciphers: dict[uuid.UUID, AESGCM],
    newest: tuple[uuid.UUID, AESGCM],
    done: Rotated,
) -> int:
    row_id, blob = row
    about = place.about(row_id)
    try:
        cipher = ciphers.get(key_id_of(blob, about=about))
        if cipher is None:
            raise Damaged(about)
        plain = decrypt(cipher, blob, about=about)
    except Damaged:
        if about not in done.unreadable:
            done.unreadable.append(about)
        return 0
    table, column = _column(place)
    return connection.execute(
        update(table)
        .where(table.c.id == row_id, column == blob)  # whoever was quicker used the new key
        .values({column: encrypt(*newest, plain, about=about)})
    ).rowcount


def _remove_old_keys(done: Rotated) -> int | None:
    """How many; None when something was sealed with one since we passed by.

    Whoever seals holds a lock on their key, so this waits for them and then looks again.
    """
    keys = Base.metadata.tables[DataKey.__tablename__]
    with db.engine.begin() as connection:
        newest, _ = current_key(connection)
        retired = keys.c.id != newest
        connection.execute(select(keys.c.id).where(retired).with_for_update()).all()
        left = sum(_count(connection, place, newest) for place in PLACES)
        if left > len(done.unreadable):
            return None
        if done.unreadable:
            return 0
        return connection.execute(delete(keys).where(retired)).rowcount


def _column(place: Place) -> tuple[Any, Any]:
    table = Base.metadata.tables[place.table]
    return table, table.c[place.column]


def _is_elsewhere(column: Any, newest: uuid.UUID | None) -> Any:
    """Sealed, and not under this key."""
    is_sealed = func.length(column) > 0
    if newest is None:
        return is_sealed
    its_key = func.substr(column, ID_AT + 1, ID_BYTES, type_=LargeBinary())
    return is_sealed & (its_key != literal(newest.bytes, LargeBinary()))


def _rows(place: Place, newest: uuid.UUID, last: uuid.UUID | None) -> Select[Any]:
    table, column = _column(place)
    rows = select(table.c.id, column).where(_is_elsewhere(column, newest)).order_by(table.c.id)
    return rows if last is None else rows.where(table.c.id > last)


def _count(connection: Connection, place: Place, newest: uuid.UUID | None) -> int:
    table, column = _column(place)
    query = select(func.count()).select_from(table).where(_is_elsewhere(column, newest))
    return connection.execute(query).scalar_one()


@writing(False)
def unreadable_values() -> Sequence[str]:
    with db.engine.connect() as connection:
        return unreadable_in(connection)


def unreadable_in(connection: Connection, master_key: bytes | None = None) -> Sequence[str]:
    """The places of all sealed values that do not open with the data keys at hand. A database
    from before a place was made has nothing there."""
    ciphers = {
        row.id: unwrap(row.id, row.wrapped, master_key=master_key) for row in data_keys(connection)
    }
    found = []
    for place in _places_in(connection):
        table, column = _column(place)
        query = select(table.c.id, column).where(_is_elsewhere(column, None))
        for row_id, blob in connection.execute(query):
            about = place.about(row_id)
            try:
                decrypt(ciphers[key_id_of(blob, about=about)], blob, about=about)
            except (Problem, KeyError):
                found.append(about)
    return found


def _places_in(connection: Connection) -> Iterator[Place]:
    has = inspect(connection)
    for place in PLACES:
        names = {column["name"] for column in has.get_columns(place.table)}
        if place.column in names:
            yield place
