"""Fields of a record that reach the database sealed.

    address_sealed: Mapped[bytes] = sealed_column()
    address = SealedText()

``person.address`` reads and writes words; the column holds what only this row's column opens.
Nothing is sealed in nothing: an empty text is an empty column.
"""

import hmac
import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Generic, Self, TypeVar, overload

from sqlalchemy import LargeBinary
from sqlalchemy.orm import MappedColumn, mapped_column

from caseflow.kernel.ids import new_id
from caseflow.kernel.keys import derived
from caseflow.kernel.sealed import seal, unseal

T = TypeVar("T")


def about(table: str, column: str, row: uuid.UUID) -> str:
    return f"{table}|{column}|{row.hex}"


def sealed_column() -> MappedColumn[bytes]:
    return mapped_column(LargeBinary(), default=b"")


def blind_index(value: str, *, of: str) -> bytes:
    """The same for the same value, so that it can be looked for; nothing can be read from it."""
    return hmac.digest(derived("blind index"), f"{of}|{value}".encode(), "sha256") if value else b""


@dataclass(frozen=True)
class Place:
    """A column that holds sealed values. ``about`` says what a row's value is bound to."""

    table: str
    column: str
    about: Callable[[uuid.UUID], str]


PLACES: list[Place] = []  # Everything sealed; what is not named here no rotation would find.


class Sealed(Generic[T]):
    """Words in front of the column of the same name with ``_sealed`` behind it."""

    def __init__(
        self, empty: Callable[[], T], encode: Callable[[T], bytes], decode: Callable[[bytes], T]
    ) -> None:
        self._empty, self._encode, self._decode = empty, encode, decode

    def __set_name__(self, owner: type[Any], name: str) -> None:
        table, self._column = owner.__tablename__, f"{name}_sealed"
        self._about = partial(about, table, self._column)
        PLACES.append(Place(table, self._column, self._about))

    @overload
    def __get__(self, record: None, owner: type[Any]) -> Self: ...

    @overload
    def __get__(self, record: object, owner: type[Any]) -> T: ...

    def __get__(self, record: Any, owner: type[Any]) -> Self | T:
        if record is None:
            return self
        blob: bytes = getattr(record, self._column)
        if not blob:
            return self._empty()
        return self._decode(unseal(blob, about=self._about(record.id)))

    def __set__(self, record: Any, value: T) -> None:
        """What stays the same stays as it is sealed, and the row is not written again."""
        if record.id is None:
            record.id = new_id()
        if (
            getattr(record, self._column) is not None
            and self.__get__(record, type(record)) == value
        ):
            return
        blob = seal(self._encode(value), about=self._about(record.id)) if value else b""
        setattr(record, self._column, blob)


class SealedText(Sealed[str]):
    def __init__(self) -> None:
        super().__init__(str, str.encode, bytes.decode)


class SealedBytes(Sealed[bytes]):
    def __init__(self) -> None:
        super().__init__(bytes, bytes, bytes)


class SealedJSON(Sealed[Any]):
    def __init__(self, empty: Callable[[], Any]) -> None:
        super().__init__(empty, lambda value: json.dumps(value).encode(), json.loads)
