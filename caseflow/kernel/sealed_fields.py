"""Fields of a record that reach the database sealed.

    address_sealed: Mapped[bytes] = sealed_column()
    address = SealedText()

``person.address`` reads and writes words; the column holds what only this row's column opens.
Nothing is sealed in nothing: an empty text is an empty column.
"""

import hmac
import json
from collections.abc import Callable
from typing import Any, Generic, Self, TypeVar, overload

from sqlalchemy import LargeBinary
from sqlalchemy.orm import MappedColumn, mapped_column

from caseflow.kernel.ids import new_id
from caseflow.kernel.keys import derived
from caseflow.kernel.sealed import seal, unseal

T = TypeVar("T")


def about(table: str, column: str, row: Any) -> str:
    return f"{table}|{column}|{row.hex}"


def sealed_column() -> MappedColumn[bytes]:
    return mapped_column(LargeBinary(), default=b"")


def blind_index(value: str, *, of: str) -> bytes:
    """The same for the same value, so that it can be looked for; nothing can be read from it."""
    return hmac.digest(derived("blind index"), f"{of}|{value}".encode(), "sha256") if value else b""


class Sealed(Generic[T]):
    """The column of the same name with ``_sealed`` behind it. Rotation finds it here."""

    every: list["Sealed[Any]"] = []

    def __init__(
        self, empty: Callable[[], T], encode: Callable[[T], bytes], decode: Callable[[bytes], T]
    ) -> None:
        self._empty, self._encode, self._decode = empty, encode, decode

    def __set_name__(self, owner: type[Any], name: str) -> None:
        self.table, self.column = owner.__tablename__, f"{name}_sealed"
        Sealed.every.append(self)

    @overload
    def __get__(self, record: None, owner: type[Any]) -> Self: ...

    @overload
    def __get__(self, record: object, owner: type[Any]) -> T: ...

    def __get__(self, record: Any, owner: type[Any]) -> Self | T:
        if record is None:
            return self
        blob: bytes = getattr(record, self.column)
        if not blob:
            return self._empty()
        return self._decode(unseal(blob, about=about(self.table, self.column, record.id)))

    def __set__(self, record: Any, value: T) -> None:
        """What stays the same stays as it is sealed, and the row is not written again."""
        if record.id is None:
            record.id = new_id()
        if getattr(record, self.column) is not None and self.__get__(record, type(record)) == value:
            return
        place = about(self.table, self.column, record.id)
        blob = seal(self._encode(value), about=place) if value else b""
        setattr(record, self.column, blob)


class SealedText(Sealed[str]):
    def __init__(self) -> None:
        super().__init__(str, str.encode, bytes.decode)


class SealedBytes(Sealed[bytes]):
    def __init__(self) -> None:
        super().__init__(bytes, bytes, bytes)


class SealedJSON(Sealed[Any]):
    def __init__(self, empty: Callable[[], Any]) -> None:
        super().__init__(empty, lambda value: json.dumps(value).encode(), json.loads)
