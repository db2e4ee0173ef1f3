"""One encrypted file that holds everything, made while people work (R31).

The file is age-encrypted to a public key whose other half is not on this machine. Inside: one
line of JSON, the manifest, and then the database: SQLite's own file or pg_dump's custom format.
The master key is in neither.
"""

import hashlib
import hmac
import json
import os
import secrets
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any, BinaryIO

import pyrage
from sqlalchemy import Connection, Engine, create_engine, inspect, text

from caseflow import postgres
from caseflow.audit.anchors import anchor_now
from caseflow.kernel import clock
from caseflow.kernel.database import writing
from caseflow.kernel.errors import Problem
from caseflow.kernel.keys import derived_from

PIECE = 1024 * 1024
PAGES_A_STEP = 2_000
SUFFIX = ".age"
REVISION = text("SELECT version_num FROM alembic_version")
Step = Callable[[int], object]


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """``master_key``: which one opens it, as a fingerprint that tells nothing of the key.
    ``seal``: HMAC of the rest, so that nobody without the master key can write another."""

    database: str
    revision: str
    rows: Mapping[str, int]
    audit_seq: int
    audit_mac: str
    size: int
    sha256: str
    made_at: str
    caseflow: str
    master_key: str
    seal: str = field(default="")

    def sealed_with(self, master_key: bytes) -> str:
        words = json.dumps(asdict(self) | {"seal": ""}, sort_keys=True)
        return hmac.digest(derived_from(master_key, "backup"), words.encode(), "sha256").hex()

    def as_line(self) -> bytes:
        return json.dumps(asdict(self), sort_keys=True).encode() + b"\n"


def fingerprint(master_key: bytes) -> str:
    return derived_from(master_key, "fingerprint")[:6].hex()


def new_identity(path: Path) -> str:
    """Writes the private half as age-keygen does; returns the public half."""
    identity = pyrage.x25519.Identity.generate()
    public = str(identity.to_public())
    words = f"# public key: {public}\n{identity}\n"
    with open_new(path) as file:
        file.write(words.encode())
    return public


def recipient(words: str) -> Any:
    if not words:
        raise Problem(
            "Say whose public key to encrypt to: --to age1… or CASEFLOW_BACKUP_RECIPIENT. "
            "Make one on another machine: caseflow backup --new-key FILE"
        )
    try:
        return pyrage.x25519.Recipient.from_str(words.strip())
    except pyrage.RecipientError:
        raise Problem("The public key must look like age1… (62 characters).") from None


def make(
    engine: Engine,
    place: Path,
    *,
    to: str,
    master_key: bytes,
    scratch: Path,
    started: Callable[[int], Step] = lambda _: lambda _: None,
) -> tuple[Path, Manifest]:
    """``scratch``: where the copy lies until it is encrypted, as protected as the database is.
    ``started(total)`` gives what is told how many bytes more are done."""
    key = recipient(to)
    path = _free_path(place)
    with _scratch(scratch) as folder:
        copy = folder / "copy"
        about = _copy_sqlite(engine, copy) if _is_sqlite(engine) else _copy_postgres(engine, copy)
        manifest = _manifest(copy, about, engine.dialect.name, master_key)
        step = started(manifest.size)
        _encrypt(copy, manifest, path, key, step)
    return path, manifest


def _is_sqlite(engine: Engine) -> bool:
    return engine.dialect.name == "sqlite"


def _free_path(place: Path) -> Path:
    path = place / f"caseflow-{clock.now():%Y%m%dT%H%M%SZ}{SUFFIX}" if place.is_dir() else place
    if path.exists():
        raise Problem(f"{path} is there already, and a backup is never written over another.")
    if not path.parent.is_dir():
        raise Problem(f"There is no directory {path.parent}.")
    return path


@contextmanager
def _scratch(parent: Path) -> Iterator[Path]:
    """What a backup that was killed left behind goes first."""
    for old in parent.glob(".backup-*"):
        shutil.rmtree(old, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix=".backup-", dir=parent) as folder:
        yield Path(folder)


# --- a copy that is of one moment ---


@writing(False)
def _copy_sqlite(engine: Engine, copy: Path) -> dict[str, Any]:
    """SQLite's online backup under one read: others go on reading, and who writes waits."""
    open_new(copy).close()
    source = sqlite3.connect(f"file:{engine.url.database}?mode=ro", uri=True, isolation_level=None)
    with closing(source), closing(sqlite3.connect(copy, isolation_level=None)) as target:
        source.execute("PRAGMA busy_timeout=10000")
        source.execute("BEGIN")
        source.execute("SELECT count(*) FROM sqlite_master").fetchall()
        source.backup(target, pages=PAGES_A_STEP, sleep=0)
        source.execute("ROLLBACK")
    if problem := sqlite_problem(copy):
        raise Problem(f"The database itself is damaged, so no backup was made: {problem}.")
    made = sqlite_engine(copy)
    try:
        with made.connect() as connection:
            return state_of(connection)
    finally:
        made.dispose()


def sqlite_engine(path: Path) -> Engine:
    return create_engine(f"sqlite:///{path}")


def sqlite_problem(path: Path) -> str | None:
    """What SQLite itself finds wrong with the file."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        try:
            said = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
        except sqlite3.DatabaseError as error:
            return str(error)
    return None if said == "ok" else str(said)


def _copy_postgres(engine: Engine, copy: Path) -> dict[str, Any]:
    """Counted and dumped in one snapshot."""
    with engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
        snapshot = connection.execute(text("SELECT pg_export_snapshot()")).scalar_one()
        about = state_of(connection)
        postgres.dump(engine.url, copy, snapshot=snapshot, server=postgres.server_of(connection))
    return about


def state_of(connection: Connection) -> dict[str, Any]:
    """What a manifest says of a database, and a restored one must say again."""
    quote = connection.dialect.identifier_preparer.quote
    tables = sorted(inspect(connection).get_table_names())
    if "alembic_version" not in tables:
        raise Problem("There is no CaseFlow database to back up.")
    rows = {
        name: connection.execute(text(f"SELECT count(*) FROM {quote(name)}")).scalar_one()  # noqa: S608
        for name in tables
    }
    head = anchor_now(connection)
    return {
        "revision": connection.execute(REVISION).scalar_one(),
        "rows": rows,
        "audit_seq": head.seq if head else 0,
        "audit_mac": head.mac if head else "",
    }


def _manifest(copy: Path, about: dict[str, Any], database: str, master_key: bytes) -> Manifest:
    with copy.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    plain = Manifest(
        **about,
        database=database,
        size=copy.stat().st_size,
        sha256=digest,
        made_at=f"{clock.now():%Y-%m-%dT%H:%M:%SZ}",
        caseflow=version("caseflow"),
        master_key=fingerprint(master_key),
    )
    return Manifest(**{**asdict(plain), "seal": plain.sealed_with(master_key)})


# --- encrypted ---


class _Reader:
    """The manifest and then the copy, as one stream."""

    def __init__(self, first: bytes, file: BinaryIO, step: Step) -> None:
        self._first, self._file, self._step = first, file, step

    def read(self, size: int = PIECE) -> bytes:
        if self._first:
            piece, self._first = self._first[:size], self._first[size:]
            return piece
        piece = self._file.read(size)
        self._step(len(piece))
        return piece


def _encrypt(copy: Path, manifest: Manifest, path: Path, key: Any, step: Step) -> None:
    """Under its own name only when it is whole and on the disk."""
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        with copy.open("rb") as plain, open_new(part) as file:
            pyrage.encrypt_io(_Reader(manifest.as_line(), plain, step), file, [key])
            file.flush()
            os.fsync(file.fileno())
        give_name(part, path)
    finally:
        part.unlink(missing_ok=True)


def give_name(part: Path, path: Path) -> None:
    """A link never takes the place of a file that came to be there meanwhile."""
    try:
        os.link(part, path)
    except FileExistsError:
        raise Problem(f"{path} is there already.") from None
    except OSError:  # a file system without links
        part.rename(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def open_new(path: Path) -> BinaryIO:
    """For its owner alone, whatever the umask; never over what is there."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise Problem(f"{path} is there already.") from None
    except OSError as error:
        raise Problem(f"{path} cannot be written: {error.strerror}.") from None
    return os.fdopen(descriptor, "wb")
