"""A backup is of one moment, readable by nobody without its key, and restored only when whole.

Each kind of damage is done for real, and found (T30).
"""

import json
import os
import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pyrage
import pytest
from sqlalchemy import create_engine, inspect, select

from caseflow.audit.models import AuditRow
from caseflow.audit.rules import Event
from caseflow.backup import Manifest, new_identity, open_new
from caseflow.kernel.database import db
from caseflow.people.models import Person
from tests import builders
from tests.harness.databases import SQLite

CANARY = "17 Canary Gardens"


@pytest.fixture
def identity(tmp_path: Path) -> Path:
    path = tmp_path / "identity.txt"
    new_identity(path)
    return path


@pytest.fixture
def public(identity: Path) -> str:
    return identity.read_text().splitlines()[0].removeprefix("# public key: ")


@pytest.fixture
def master_key(tmp_path: Path, settings) -> Path:
    path = tmp_path / "master.key"
    path.write_text(settings.master_key.hex())
    return path


@pytest.fixture
def people(session) -> list[Person]:
    people = [builders.person(address=CANARY) for _ in range(5)]
    builders.worker()
    session.commit()
    return people


@pytest.fixture
def backup(cli, people, public: str, tmp_path: Path) -> Path:
    path = tmp_path / "backup.age"
    ran = cli("backup", path, "--to", public)
    assert ran.code == 0, ran.err
    return path


@pytest.fixture
def into(database, tmp_path: Path) -> Any:
    """An empty place of the same kind; ``into.holds()`` what can be used there afterwards."""
    place = Place(database, tmp_path / "restored")
    yield place
    place.remove()


class Place:
    def __init__(self, database: Any, folder: Path) -> None:
        self._other = None if isinstance(database, SQLite) else database.empty()
        self._folder = folder
        self.words = str(folder) if self._other is None else self._other.url

    @property
    def url(self) -> str:
        return f"sqlite:///{self._folder}/caseflow.db" if self._other is None else self._other.url

    def holds(self) -> list[str]:
        if self._other is None:
            return [path.name for path in self._folder.glob("*")] if self._folder.exists() else []
        engine = create_engine(self.url)
        try:
            return inspect(engine).get_table_names()
        finally:
            engine.dispose()

    def remove(self) -> None:
        if self._other is not None:
            self._other.remove()


@pytest.fixture
def restore(cli, backup: Path, identity: Path, master_key: Path, into) -> Callable[..., Any]:
    def run(**other: Any) -> Any:
        words = {"identity": identity, "into": into.words, "master-key": master_key} | other
        file = words.pop("file", backup)
        return cli("restore", file, *(w for n, v in words.items() for w in (f"--{n}", v)))

    return run


def refused(ran: Any, into: Place, because: str) -> None:
    assert ran.code == 1
    assert because in ran.err
    assert into.holds() == []


def opened(backup: Path, identity: Path) -> tuple[Manifest, bytes]:
    key = pyrage.x25519.Identity.from_str(identity.read_text().splitlines()[1])
    first, rest = pyrage.decrypt(backup.read_bytes(), [key]).split(b"\n", 1)
    return Manifest(**json.loads(first)), rest


def forge(
    backup: Path, identity: Path, public: str, settings, content: bytes | None = None, **said: Any
) -> Path:
    """What somebody with every key could write: only the checks of what is inside can find it."""
    import hashlib

    manifest, kept = opened(backup, identity)
    content = kept if content is None else content
    changed = replace(
        manifest, sha256=hashlib.sha256(content).hexdigest(), size=len(content), **said
    )
    changed = replace(changed, seal=changed.sealed_with(settings.master_key))
    path = backup.with_name("forged.age")
    recipient = pyrage.x25519.Recipient.from_str(public)
    path.write_bytes(pyrage.encrypt(changed.as_line() + content, [recipient]))
    return path


def with_sql(content: bytes, tmp_path: Path, *statements: str) -> bytes:
    path = tmp_path / "inside.db"
    path.write_bytes(content)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA foreign_keys=OFF")
        for statement in statements:
            connection.execute(statement)
        connection.commit()
    return path.read_bytes()


def test_what_was_backed_up_comes_back(restore, into, people) -> None:
    ran = restore()
    assert ran.code == 0, ran.err
    assert ran.out.count("✓") >= 8
    engine = create_engine(into.url)
    with engine.connect() as connection:
        kept = connection.execute(select(Person.id)).all()
    engine.dispose()
    assert {row.id for row in kept} >= {person.id for person in people}


def test_it_is_on_record_that_a_backup_was_made(backup, session) -> None:
    row = session.scalars(select(AuditRow).where(AuditRow.event == Event.BACKUP_MADE)).one()
    assert json.loads(row.facts)["size"] if isinstance(row.facts, str) else row.facts["size"]


def test_nothing_in_the_file_can_be_read_and_only_its_owner_may_try(backup, settings) -> None:
    content = backup.read_bytes()
    assert content.startswith(b"age-encryption.org/v1")
    assert b"Testy" not in content
    assert backup.stat().st_mode & 0o777 == 0o600


def test_what_it_writes_is_for_its_owner_whatever_the_umask(tmp_path) -> None:
    before = os.umask(0)
    try:
        open_new(tmp_path / "x").close()
    finally:
        os.umask(before)
    assert (tmp_path / "x").stat().st_mode & 0o777 == 0o600


def test_neither_the_master_key_nor_the_private_key_is_in_it(backup, identity, settings) -> None:
    manifest, content = opened(backup, identity)
    for secret in (settings.master_key, settings.master_key.hex().encode()):
        assert secret not in content + manifest.as_line()
    assert CANARY.encode() not in content


def test_nothing_is_left_beside_it(backup, settings) -> None:
    assert not list(backup.parent.glob(".*"))
    assert not list(settings.data_dir.glob(".backup-*"))


def test_without_a_public_key_there_is_no_backup(cli, people, tmp_path, monkeypatch) -> None:
    monkeypatch.delenv("CASEFLOW_BACKUP_RECIPIENT", raising=False)
    ran = cli("backup", tmp_path / "b.age")
    assert (ran.code, "public key" in ran.err) == (1, True)
    assert not (tmp_path / "b.age").exists()


def test_the_public_key_may_come_from_the_environment(
    cli, people, public, tmp_path, monkeypatch
) -> None:
    monkeypatch.setenv("CASEFLOW_BACKUP_RECIPIENT", public)
    assert cli("backup", tmp_path).code == 0
    assert len(list(tmp_path.glob("caseflow-*.age"))) == 1


def test_a_backup_is_never_written_over_another(cli, backup, public) -> None:
    before = backup.read_bytes()
    ran = cli("backup", backup, "--to", public)
    assert (ran.code, "never written over" in ran.err) == (1, True)
    assert backup.read_bytes() == before


def test_a_new_key_is_for_its_owner_alone_and_says_to_move_it(cli, tmp_path) -> None:
    ran = cli("backup", "--new-key", tmp_path / "key.txt")
    assert ran.out.startswith("age1")
    assert "off this machine" in ran.err
    assert (tmp_path / "key.txt").stat().st_mode & 0o777 == 0o600
    assert cli("backup", "--new-key", tmp_path / "key.txt").code == 1


def test_people_may_write_while_a_backup_is_made(app, cli, people, public, tmp_path, restore):
    """Twenty writers' worth of rows come in meanwhile: what is copied is still of one moment."""
    stop = threading.Event()
    written = []

    def write() -> None:
        with app.app_context():
            while not stop.is_set():
                builders.person(address=CANARY)
                db.session.commit()
                written.append(1)
            db.session.remove()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        ran = cli("backup", tmp_path / "busy.age", "--to", public)
    finally:
        stop.set()
        writer.join()
    assert (ran.code, bool(written)) == (0, True), ran.err
    assert restore(file=tmp_path / "busy.age").code == 0


# --- damage ---


@pytest.mark.parametrize("part", [0.001, 0.1, 0.5, 0.9, 0.9999])
def test_one_flipped_byte_is_found(backup, restore, into, part: float) -> None:
    content = bytearray(backup.read_bytes())
    content[int(len(content) * part)] ^= 1
    backup.write_bytes(content)
    refused(restore(), into, "changed or cut short")


@pytest.mark.parametrize("part", [0, 0.3, 0.99])
def test_a_file_that_was_cut_short_is_found(backup, restore, into, part: float) -> None:
    content = backup.read_bytes()
    backup.write_bytes(content[: int(len(content) * part)])
    refused(restore(), into, "changed or cut short")


def test_the_wrong_private_key_opens_nothing(restore, into, tmp_path) -> None:
    new_identity(tmp_path / "other.txt")
    refused(restore(identity=tmp_path / "other.txt"), into, "does not open with this identity")


def test_another_master_key_is_named(restore, into, tmp_path) -> None:
    (tmp_path / "other.key").write_text("ab" * 32)
    refused(restore(**{"master-key": tmp_path / "other.key"}), into, "Another master key made it")


def test_a_missing_master_key_is_not_made_up(restore, into, tmp_path) -> None:
    refused(restore(**{"master-key": tmp_path / "none.key"}), into, "is no master key")
    assert not (tmp_path / "none.key").exists()


def test_a_manifest_by_somebody_else_is_found(backup, identity, public, settings, restore, into):
    manifest, content = opened(backup, identity)
    forged = Manifest(**asdict(manifest) | {"made_at": "2027-01-01T00:00:00Z"})
    key = pyrage.x25519.Recipient.from_str(public)
    backup.write_bytes(pyrage.encrypt(forged.as_line() + content, [key]))
    refused(restore(), into, "manifest was changed")


def test_rows_that_are_missing_are_found(backup, identity, public, settings, restore, into):
    manifest, _ = opened(backup, identity)
    rows = {**manifest.rows, "person": manifest.rows["person"] + 1}
    file = forge(backup, identity, public, settings, rows=rows)
    refused(restore(file=file), into, "Table person has")


def test_a_trail_that_ends_elsewhere_is_found(backup, identity, public, settings, restore, into):
    file = forge(backup, identity, public, settings, audit_mac="0" * 64)
    refused(restore(file=file), into, "does not end where it did")


def test_a_schema_from_the_future_is_refused(backup, identity, public, settings, restore, into):
    file = forge(backup, identity, public, settings, revision="9999")
    refused(restore(file=file), into, "does not know")


@pytest.fixture
def inside(database, backup, identity, public, settings, tmp_path):
    """Damage done inside the SQLite file by somebody who has every key."""
    if not isinstance(database, SQLite):
        pytest.skip("the file inside is SQLite's own")

    def change(*statements: str, **said: Any) -> Path:
        _, content = opened(backup, identity)
        content = with_sql(content, tmp_path, *statements)
        return forge(backup, identity, public, settings, content=content, **said)

    return change


def test_a_row_that_refers_to_nothing_is_found(inside, restore, into) -> None:
    file = inside("UPDATE staff_user SET team_id = '00000000000000000000000000000000'")
    refused(restore(file=file), into, "refer to rows that are not there")


def test_a_sealed_value_that_was_moved_is_found(inside, restore, into) -> None:
    file = inside("UPDATE person SET address_sealed = (SELECT max(address_sealed) FROM person)")
    refused(restore(file=file), into, "sealed values do not open")


def test_a_trail_that_was_changed_is_found(inside, restore, into) -> None:
    file = inside(
        "DROP TRIGGER audit_no_update", "UPDATE audit SET actor_id = NULL, "
        "event = 'viewed' WHERE seq = 2",
    )  # fmt: skip
    refused(restore(file=file), into, "audit trail is not whole")


def test_a_damaged_file_is_found(inside, backup, identity, public, settings, restore, into):
    _, content = opened(backup, identity)
    middle = len(content) // 2
    damaged = content[:middle] + b"\xff" * 4096 + content[middle + 4096 :]
    file = forge(backup, identity, public, settings, content=damaged)
    ran = restore(file=file)
    assert ran.code == 1
    assert into.holds() == []


def test_a_place_that_is_not_empty_is_left_alone(restore, into) -> None:
    assert restore().code == 0
    before = into.holds()
    ran = restore()
    assert (ran.code, "empty" in ran.err) == (1, True)
    assert into.holds() == before


def test_what_is_restored_is_for_its_owner_alone(restore, into, database, tmp_path) -> None:
    if not isinstance(database, SQLite):
        pytest.skip("PostgreSQL keeps its own files")
    assert restore().code == 0
    assert (tmp_path / "restored" / "caseflow.db").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "restored").stat().st_mode & 0o777 == 0o700
