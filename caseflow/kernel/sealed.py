"""Values sealed before they reach the database: AES-256-GCM under data keys, which the master
key wraps (R29, R30).

A sealed value: one byte of version, the data key's id (16), the nonce (12), then the ciphertext
and its tag. ``about`` says where the value belongs ("person|address|<row id>") and is
authenticated with the key id, so a value moved to another row or column does not open.
"""

import secrets
import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from flask import current_app
from sqlalchemy import LargeBinary, select
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Mapped, mapped_column

from caseflow.kernel import clock
from caseflow.kernel.database import Base, db, key
from caseflow.kernel.errors import Problem
from caseflow.kernel.keys import derived, derived_from

VERSION = b"\x01"
ID_AT, ID_BYTES, NONCE_BYTES = 1, 16, 12
HEAD_BYTES = ID_AT + ID_BYTES + NONCE_BYTES
KEK = "data keys"


class WrongMasterKey(Problem):
    """The master key in use is not the one these data keys were wrapped with."""

    def __init__(self) -> None:
        super().__init__("This master key does not open these data keys.")


class Damaged(Problem):
    """A sealed value was changed, cut, or moved from the place it was sealed for."""

    def __init__(self, about: str) -> None:
        super().__init__(f"A sealed value is damaged or not where it belongs: {about}.")


class DataKey(Base):
    """What values are sealed with. One has no ``retired_at``: new values are sealed with that."""

    __tablename__ = "data_key"

    id: Mapped[uuid.UUID] = key()
    made_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]
    wrapped: Mapped[bytes] = mapped_column(LargeBinary)


def seal(plain: bytes, *, about: str) -> bytes:
    """Inside a transaction that writes: the data key cannot be removed before it ends."""
    return encrypt(*_current(), plain, about=about)


def unseal(blob: bytes, *, about: str) -> bytes:
    return decrypt(_opened(key_id_of(blob, about=about)), blob, about=about)


def encrypt(key_id: uuid.UUID, cipher: AESGCM, plain: bytes, *, about: str) -> bytes:
    nonce = secrets.token_bytes(NONCE_BYTES)
    return VERSION + key_id.bytes + nonce + cipher.encrypt(nonce, plain, _bound(about, key_id))


def decrypt(cipher: AESGCM, blob: bytes, *, about: str) -> bytes:
    key_id = key_id_of(blob, about=about)
    try:
        nonce = blob[ID_AT + ID_BYTES : HEAD_BYTES]
        return cipher.decrypt(nonce, blob[HEAD_BYTES:], _bound(about, key_id))
    except InvalidTag:
        raise Damaged(about) from None


def key_id_of(blob: bytes, *, about: str) -> uuid.UUID:
    if len(blob) < HEAD_BYTES or blob[:ID_AT] != VERSION:
        raise Damaged(about)
    return uuid.UUID(bytes=bytes(blob[ID_AT : ID_AT + ID_BYTES]))


def _bound(about: str, key_id: uuid.UUID) -> bytes:
    return f"{about}|{key_id.hex}".encode()


# --- data keys ---


def add_data_key(connection: Connection) -> uuid.UUID:
    """A new one, which is the current one from this transaction's end."""
    key_id, plain = uuid.UUID(bytes=secrets.token_bytes(16), version=4), secrets.token_bytes(32)
    table, now = DataKey.__table__, clock.now()
    connection.execute(db.update(table).where(table.c.retired_at.is_(None)).values(retired_at=now))
    connection.execute(
        db.insert(table).values(id=key_id, made_at=now, wrapped=_wrap(key_id, plain))
    )
    return key_id


def _wrap(key_id: uuid.UUID, plain: bytes) -> bytes:
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + AESGCM(derived(KEK)).encrypt(nonce, plain, key_id.bytes)


def unwrap(key_id: uuid.UUID, wrapped: bytes, *, master_key: bytes | None = None) -> AESGCM:
    kek = derived(KEK) if master_key is None else derived_from(master_key, KEK)
    try:
        plain = AESGCM(kek).decrypt(wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], key_id.bytes)
    except InvalidTag:
        raise WrongMasterKey from None
    return AESGCM(plain)


def data_keys(connection: Connection) -> Sequence[Any]:
    """(id, made_at, retired_at, wrapped), oldest first."""
    table = DataKey.__table__
    return connection.execute(select(table).order_by(table.c.made_at)).all()


def current_key(connection: Connection) -> tuple[uuid.UUID, AESGCM]:
    """Locked against removal until the transaction ends; SQLite has one writer at a time."""
    table = DataKey.__table__
    row = connection.execute(
        select(table.c.id, table.c.wrapped)
        .where(table.c.retired_at.is_(None))
        .order_by(table.c.made_at.desc())
        .limit(1)
        .with_for_update(read=True, key_share=True)
    ).first()
    if row is None:
        raise Problem("There is no data key to seal with. Make one: caseflow init")
    return row.id, unwrap(row.id, row.wrapped)


def _current() -> tuple[uuid.UUID, AESGCM]:
    """Asked for once a transaction: a rotation elsewhere changes it, and waits for our lock."""
    session = db.session()
    here = session.get_nested_transaction() or session.get_transaction()
    held = session.info.get("data key")
    if held is None or here is None or held[0] is not here:
        found = current_key(session.connection())
        here = session.get_nested_transaction() or session.get_transaction()
        held = session.info["data key"] = (here, found)
    current: tuple[uuid.UUID, AESGCM] = held[1]
    return current


def _opened(key_id: uuid.UUID) -> AESGCM:
    """Remembered in this process: an id never means another key."""
    known: dict[uuid.UUID, AESGCM] = current_app.extensions.setdefault("data keys", {})
    if key_id not in known:
        table = DataKey.__table__
        wrapped = (
            db.session()
            .connection()
            .execute(select(table.c.wrapped).where(table.c.id == key_id))
            .scalar()
        )
        if wrapped is None:
            raise Problem(f"The data key {key_id} is not in this database.")
        known[key_id] = unwrap(key_id, wrapped)
    return known[key_id]
