"""A backup put back into an empty place, and believed only when every check holds (T30).

Nothing bears the database's name until the last check: what fails leaves nothing behind.
"""

import hashlib
import json
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import pyrage
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, inspect, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import SQLAlchemyError

from caseflow import postgres
from caseflow.audit.chain import PURPOSE
from caseflow.audit.checking import check
from caseflow.backup import (
    Manifest,
    fingerprint,
    give_name,
    open_new,
    sqlite_engine,
    sqlite_problem,
    state_of,
)
from caseflow.kernel.config import MASTER_KEY_BYTES
from caseflow.kernel.errors import Problem
from caseflow.kernel.keys import derived_from
from caseflow.kernel.rotation import unreadable_in
from caseflow.kernel.sealed import data_keys, unwrap

PIECE = 1024 * 1024
LONGEST_MANIFEST = 1024 * 1024
DATABASE = "caseflow.db"
Tick = Callable[[str], object]


def read_identity(path: Path) -> Any:
    try:
        lines = path.read_text().splitlines()
    except (OSError, UnicodeDecodeError):
        raise Problem(f"{path} cannot be read.") from None
    for line in lines:
        if line.startswith("AGE-SECRET-KEY-"):
            try:
                return pyrage.x25519.Identity.from_str(line.strip())
            except pyrage.IdentityError:
                break
    raise Problem(f"{path} holds no age identity (a line AGE-SECRET-KEY-1…).")


def read_master_key(path: Path) -> bytes:
    """Never made here: a new one would open nothing."""
    try:
        key = bytes.fromhex(path.read_text().strip())
    except (OSError, ValueError):
        key = b""
    if len(key) != MASTER_KEY_BYTES:
        raise Problem(f"{path} is no master key: {MASTER_KEY_BYTES} bytes in hexadecimal.")
    return key


def restore(
    file: Path, *, identity: Path, into: str, master_key: bytes, migrations: Path, tick: Tick
) -> Manifest:
    """``into``: a directory for SQLite, or the address of an empty PostgreSQL database.
    ``tick`` is told each check that held; the first that does not is a Problem."""
    key = read_identity(identity)
    url = make_url(_driver(into)) if "://" in into else None
    folder = Path(tempfile.gettempdir()) if url is not None else _empty_folder(Path(into))
    with _scratch(folder) as scratch:
        plain = scratch / "plain"
        _decrypt(file, plain, key)
        tick("it opens with this identity, and was not cut short or changed")
        copy = scratch / DATABASE
        manifest = _unpack(plain, copy)
        tick(f"the database in it is the one that was copied on {manifest.made_at}")
        _check_master_key(manifest, master_key)
        tick(f"master key {manifest.master_key} made it")
        _check_revision(manifest, migrations)
        tick(f"its schema is {manifest.revision}, which this CaseFlow knows")
        if manifest.database == "sqlite" and url is None:
            _restore_sqlite(copy, Path(into), manifest, master_key, tick)
        elif manifest.database == "postgresql" and url is not None:
            _restore_postgres(copy, url, manifest, master_key, tick)
        else:
            raise Problem(f"This is a backup of {manifest.database}: restore it into one of those.")
    return manifest


def _driver(address: str) -> str:
    return "postgresql+psycopg://" + address.split("://", 1)[1]


def _empty_folder(folder: Path) -> Path:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name in (DATABASE, f"{DATABASE}-journal", f"{DATABASE}-wal"):
        if (folder / name).exists():
            raise Problem(f"{folder / name} is there already: restore into an empty directory.")
    return folder


@contextmanager
def _scratch(parent: Path) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix=".restore-", dir=parent) as folder:
        yield Path(folder)


def _decrypt(file: Path, plain: Path, key: Any) -> None:
    try:
        with file.open("rb") as sealed, open_new(plain) as target:
            pyrage.decrypt_io(sealed, target, [key])
    except FileNotFoundError:
        raise Problem(f"There is no file {file}.") from None
    except (pyrage.DecryptError, OSError) as error:
        raise Problem(
            f"{file} does not open with this identity, or it was changed or cut short ({error})."
        ) from None


def _unpack(plain: Path, copy: Path) -> Manifest:
    with plain.open("rb") as file:
        manifest = _read_manifest(file)
        digest = hashlib.sha256()
        with open_new(copy) as target:
            while piece := file.read(PIECE):
                digest.update(piece)
                target.write(piece)
            target.flush()
            os.fsync(target.fileno())
    plain.unlink()
    if digest.hexdigest() != manifest.sha256 or copy.stat().st_size != manifest.size:
        raise Problem("The database in it is not the one its manifest describes (sha256).")
    return manifest


def _read_manifest(file: BinaryIO) -> Manifest:
    try:
        return Manifest(**json.loads(file.readline(LONGEST_MANIFEST)))
    except (ValueError, TypeError):
        raise Problem("This is no CaseFlow backup: it does not begin with a manifest.") from None


def _check_master_key(manifest: Manifest, master_key: bytes) -> None:
    if fingerprint(master_key) != manifest.master_key:
        raise Problem(
            f"Another master key made it: {manifest.master_key} is needed, "
            f"and this is {fingerprint(master_key)}. The master key is never in a backup."
        )
    if manifest.sealed_with(master_key) != manifest.seal:
        raise Problem("Its manifest was changed: it was not written by whoever has the master key.")


def _check_revision(manifest: Manifest, migrations: Path) -> None:
    known = {script.revision for script in ScriptDirectory(str(migrations)).walk_revisions()}
    if manifest.revision not in known:
        raise Problem(
            f"Its schema is {manifest.revision}, which this CaseFlow does not know: "
            f"it was made by CaseFlow {manifest.caseflow}."
        )


def _restore_sqlite(
    copy: Path, folder: Path, manifest: Manifest, master_key: bytes, tick: Tick
) -> None:
    if problem := sqlite_problem(copy):
        raise Problem(f"SQLite finds the database damaged: {problem}.")
    tick("SQLite finds the database whole")
    engine = sqlite_engine(copy)
    try:
        with engine.connect() as connection:
            broken = connection.execute(text("PRAGMA foreign_key_check")).all()
            if broken:
                raise Problem(f"{len(broken)} rows refer to rows that are not there.")
            tick("every row refers to rows that are there")
            _check_contents(connection, manifest, master_key, tick)
    finally:
        engine.dispose()
    give_name(copy, folder / DATABASE)


def _restore_postgres(
    copy: Path, url: URL, manifest: Manifest, master_key: bytes, tick: Tick
) -> None:
    engine = create_engine(url)
    try:
        with engine.connect() as connection:
            if inspect(connection).get_table_names():
                raise Problem("That database is not empty: restore into a new one (createdb).")
            server = postgres.server_of(connection)
        try:
            postgres.restore(url, copy, server=server)
            tick("PostgreSQL took it whole, with every row referring to rows that are there")
            with engine.connect() as connection:
                _check_contents(connection, manifest, master_key, tick)
        except BaseException:
            _empty(engine)
            raise
    finally:
        engine.dispose()


def _empty(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))


def _check_contents(
    connection: Connection, manifest: Manifest, master_key: bytes, tick: Tick
) -> None:
    try:
        found = state_of(connection)
    except SQLAlchemyError as error:
        raise Problem(f"The database cannot be read: {type(error).__name__}.") from None
    _check_rows(found["rows"], manifest)
    tick(f"{sum(manifest.rows.values()):,} rows in {len(manifest.rows)} tables, as when copied")
    keys = data_keys(connection)
    for row in keys:
        unwrap(row.id, row.wrapped, master_key=master_key)
    if damaged := unreadable_in(connection, master_key):
        raise Problem(f"{len(damaged)} sealed values do not open, the first is {damaged[0]}.")
    tick(f"the master key opens {len(keys)} data keys, and they open every sealed value")
    verdict = check(connection, derived_from(master_key, PURPOSE))
    if verdict.fault is not None:
        raise Problem(f"The audit trail is not whole. {verdict.fault}.")
    if (found["audit_seq"], found["audit_mac"]) != (manifest.audit_seq, manifest.audit_mac):
        raise Problem("The audit trail does not end where it did when it was copied.")
    tick(f"the audit trail is whole up to row {manifest.audit_seq:,}, where it ended")


def _check_rows(found: dict[str, int], manifest: Manifest) -> None:
    for name in sorted({*found, *manifest.rows}):
        has, had = found.get(name), manifest.rows.get(name)
        if has != had:
            raise Problem(f"Table {name} has {has} rows and had {had} when it was copied.")
