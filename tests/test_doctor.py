"""Each check is shown red by making its unsafe state for real, and green when all is well."""

import dataclasses
import os
import secrets
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

import caseflow
from caseflow import doctor
from caseflow.access.permissions import Role
from caseflow.audit import actions as audit
from caseflow.audit.models import AuditRow
from caseflow.audit.rules import Event
from caseflow.demo.load import DEMO_PASSWORD
from caseflow.doctor import CHECKS, Finding, Weight
from caseflow.kernel import clock, machine, sealed
from caseflow.kernel.database import PRAGMAS, db
from caseflow.kernel.settings import change_setting
from caseflow.reviews import actions as reviews
from caseflow.staff import queries as staff
from caseflow.staff.passwords import hashed
from tests import builders
from tests.harness.databases import SQLite

Look = Callable[..., Finding]


@pytest.fixture(autouse=True)
def nothing_starts(monkeypatch) -> None:
    """A server that is not refused would take the place of the tests."""

    def started(*_: object) -> None:
        raise AssertionError("the server was started")

    monkeypatch.setattr(os, "execvp", started)


@pytest.fixture
def safe(settings, tmp_path: Path, database, session) -> Any:
    """Settings of an installation with nothing wrong, and an administrator in it."""
    keys = tmp_path / "keys"
    keys.mkdir(mode=0o700)
    (keys / "master.key").touch(mode=0o600)
    tmp_path.chmod(0o700)
    if isinstance(database, SQLite):
        database.path.chmod(0o600)
    builders.user(Role.ADMINISTRATOR)
    session.commit()
    return dataclasses.replace(
        settings,
        secret_key=secrets.token_urlsafe(48),
        data_dir=tmp_path,
        master_key_file=keys / "master.key",
        base_url="https://caseflow.example.org",
        volume_encrypted="luks",
    )


@pytest.fixture
def look(safe) -> Iterator[Look]:
    """``look("address", base_url="http://x")``: what the doctor says with these settings."""
    apps = []

    def look(what: str, **changed: Any) -> Finding:
        db.session.rollback()
        app = caseflow.create_app(dataclasses.replace(safe, **changed))
        apps.append(app)
        with app.app_context():
            found = {finding.what: finding for finding in doctor.findings()}
            db.session.remove()
        return found[what]

    yield look
    for app in apps:
        with app.app_context():
            db.engine.dispose()


def test_nothing_is_wrong_with_a_safe_one(look, database) -> None:
    """The tests' own PostgreSQL is fast and unsafe, and the doctor says so."""
    hard = [check.what for check in CHECKS if check.weight is not Weight.WARNING]
    wrong = {what: look(what).says for what in hard if not look(what).ok}
    if isinstance(database, SQLite):
        assert wrong == {}
    else:
        assert wrong == {
            "durability": "Set fsync, synchronous_commit, full_page_writes as "
            "docs/operations.md says."
        }


def test_debugging_is_unsafe(safe, look) -> None:
    assert look("debugging").ok
    assert not look("debugging", extra={"DEBUG": True}).ok


@pytest.mark.parametrize("secret", ["", "change me", "a" * 60, "secretsecretsecretsecretsecretsec"])
def test_a_weak_secret_is_unsafe(look, secret: str) -> None:
    found = look("secret key", secret_key=secret)
    assert (found.ok, found.weight) == (False, Weight.HARD)
    assert "CASEFLOW_SECRET_KEY" in found.says


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660])
def test_a_key_that_others_may_read_is_unsafe(safe, look, mode: int) -> None:
    safe.master_key_file.chmod(mode)
    assert f"chmod 600 {safe.master_key_file}" in look("key files").says


def test_a_key_in_a_directory_open_to_all_is_unsafe(safe, look) -> None:
    safe.master_key_file.parent.chmod(0o755)
    assert f"chmod 700 {safe.master_key_file.parent}" in look("key files").says


def test_the_signing_secret_is_looked_at_too(safe, look) -> None:
    (safe.data_dir / "secret.key").touch()
    (safe.data_dir / "secret.key").chmod(0o644)
    assert "secret.key" in look("key files").says


@pytest.mark.parametrize("mode", [0o750, 0o705, 0o755])
def test_a_data_directory_open_to_others_is_unsafe(safe, look, mode: int) -> None:
    safe.data_dir.chmod(mode)
    assert f"chmod 700 {safe.data_dir}" in look("data directory").says


def test_a_file_there_that_others_may_read_is_unsafe(safe, look) -> None:
    (safe.data_dir / "copy.db").touch()
    (safe.data_dir / "copy.db").chmod(0o644)
    assert "copy.db" in look("data directory").says


def test_a_database_that_others_may_read_is_unsafe(database, look) -> None:
    if not isinstance(database, SQLite):
        pytest.skip("PostgreSQL keeps its own files")
    database.path.chmod(0o644)
    assert f"chmod 600 {database.path}" in look("data directory").says


def test_a_network_file_system_is_unsafe(safe, look, monkeypatch) -> None:
    """The file system that is really there, were it counted among those of a network."""
    here = machine.file_system_of(safe.data_dir)
    assert here
    monkeypatch.setattr(machine, "NETWORK", frozenset({here}))
    assert "local disk" in look("file system").says


def test_the_longest_mount_point_above_a_path_decides() -> None:
    mounts = (
        "22 1 8:1 / / rw - ext4 /dev/sda1 rw\n"
        "30 22 0:40 / /srv/case\\040flow rw shared:7 - nfs4 files:/x rw\n"
        "31 22 0:41 / /srv/case rw - tmpfs tmpfs rw\n"
    )
    assert machine.file_system_of(Path("/srv/case flow/data"), mounts) == "nfs4"
    assert machine.file_system_of(Path("/srv/caseflow"), mounts) == "ext4"
    assert machine.file_system_of(Path("/srv/case"), mounts) == "tmpfs"


@pytest.mark.parametrize("pragma", ["synchronous=OFF", "foreign_keys=OFF", "secure_delete=OFF",
                                    "recursive_triggers=OFF", "trusted_schema=ON"])  # fmt: skip
def test_an_unsafe_pragma_is_found(safe, database, session, pragma: str) -> None:
    if not isinstance(database, SQLite):
        pytest.skip("SQLite's own")
    assert pragma.split("=", maxsplit=1)[0] in durability(safe, pragma).says


def test_wal_on_an_old_sqlite_is_found(safe, database, session, monkeypatch) -> None:
    """Somebody's change to the code: every connection asks for WAL."""
    if not isinstance(database, SQLite):
        pytest.skip("SQLite's own")
    pragmas = tuple(p.replace("journal_mode=DELETE", "journal_mode=WAL") for p in PRAGMAS)
    monkeypatch.setattr("caseflow.kernel.database.PRAGMAS", pragmas)
    found = durability(safe, "user_version")
    assert (found.ok, "WAL loses data" in found.says) == (False, sqlite_is_old())


def sqlite_is_old() -> bool:
    return sqlite3.sqlite_version_info < (3, 51, 3)


def durability(safe: Any, pragma: str) -> Finding:
    """What somebody's change to the connection would lead to."""
    db.session.rollback()
    app = caseflow.create_app(safe)
    with app.app_context():
        event.listen(db.engine, "connect", lambda c, _: c.execute(f"PRAGMA {pragma}"))
        found = {finding.what: finding for finding in doctor.findings()}["durability"]
        db.session.remove()
        db.engine.dispose()
    return found


def test_a_master_key_that_opens_nothing_is_unsafe(look) -> None:
    found = look("data keys", master_key=b"x" * 32)
    assert "does not open these data keys" in found.says


def test_a_database_without_a_data_key_is_unsafe(look, session) -> None:
    session.execute(db.delete(sealed.DataKey))
    session.commit()
    assert "caseflow init" in look("data keys").says


def test_a_broken_trail_does_not_start_until_somebody_accepts_it(look, session, database) -> None:
    builders.person()
    session.commit()
    last = session.query(AuditRow).count()
    table = AuditRow.__table__
    if isinstance(database, SQLite):
        session.execute(db.text("DROP TRIGGER audit_no_update"))
    else:
        session.execute(db.text("ALTER TABLE audit DISABLE TRIGGER USER"))
    session.execute(table.update().where(table.c.seq == last).values(endpoint="elsewhere"))
    session.commit()
    try:
        found = look("audit trail")
        assert (found.ok, found.is_hard) == (False, True)
        assert f"row {last}" in found.says
        assert look("audit trail", broken_trail_accepted=True).ok
    finally:
        put_back(session, database)


def put_back(session: Any, database: Any) -> None:
    if not isinstance(database, SQLite):
        session.execute(db.text("ALTER TABLE audit ENABLE TRIGGER USER"))
        session.commit()


def test_plain_http_is_unsafe_except_in_a_demo(look, session) -> None:
    assert "https:" in look("address", base_url="http://caseflow.example.org").says
    change_setting("demo", True, by_id=None)
    session.commit()
    assert look("address", base_url="http://localhost:5000").ok


@pytest.mark.parametrize("said", ["", "yes", "no"])
def test_a_volume_that_nobody_called_encrypted_is_unsafe(look, said: str) -> None:
    assert "CASEFLOW_VOLUME_ENCRYPTED" in look("volume encryption", volume_encrypted=said).says


def test_a_demo_account_in_a_real_database_is_unsafe(look, session) -> None:
    user = builders.worker()
    user.is_demo = True
    session.commit()
    assert user.email in look("demo accounts").says
    user.disabled_at = clock.now()
    session.commit()
    assert look("demo accounts").ok


def test_the_demos_password_in_a_real_database_is_unsafe(look, session) -> None:
    user = builders.worker()
    user.password_hash = hashed(DEMO_PASSWORD)
    session.commit()
    assert user.email in look("demo accounts").says


def test_without_an_administrator_nobody_could_mend_anything(look, session) -> None:
    (admin,) = staff.active_in(Role.ADMINISTRATOR)
    admin.disabled_at = clock.now()
    session.commit()
    assert "caseflow user add --admin" in look("administrator").says


def test_a_silent_scheduler_is_a_warning(look, session, clock) -> None:
    now = clock("2026-11-23 09:00")
    reviews.beat(reviews.SCHEDULER, now)
    session.commit()
    assert look("scheduler").ok
    clock("2026-11-23 09:06")
    found = look("scheduler")
    assert (found.ok, found.is_hard) == (False, False)


def test_a_backup_older_than_26_hours_is_a_warning(look, session, clock) -> None:
    assert "None was made" in look("backup").says
    clock("2026-11-23 02:00")
    audit.record(Event.BACKUP_MADE, size=1)
    session.commit()
    clock("2026-11-24 04:00")
    assert look("backup").ok
    clock("2026-11-24 04:01")
    found = look("backup")
    assert (found.ok, found.is_hard, "23 November, 02:00" in found.says) == (False, False, True)


def test_pending_migrations_keep_it_from_starting(look, session, cli) -> None:
    session.execute(db.text("UPDATE alembic_version SET version_num = '0016'"))
    session.commit()
    assert "Run: caseflow init" in look("database").says
    assert cli("serve").code == 1


def test_every_unsafe_thing_is_said_at_once_and_nothing_starts(session, cli) -> None:
    ran = cli("serve")
    assert ran.code == 1
    for what in ("secret key", "address", "volume encryption", "administrator"):
        assert f"{what}:" in ran.err
    assert "scheduler:" not in ran.err


def test_warnings_alone_end_with_2(safe, session, monkeypatch, cli, database) -> None:
    if not isinstance(database, SQLite):
        pytest.skip("the tests' PostgreSQL is unsafe")
    db.session.rollback()
    app = caseflow.create_app(safe)
    from caseflow import cli as command_line

    monkeypatch.setattr(command_line, "create_app", lambda: app)
    monkeypatch.setattr(sys, "argv", ["caseflow", "doctor"])
    with pytest.raises(SystemExit) as end:
        command_line.program()
    assert end.value.code == 2
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def test_a_new_database_and_its_secrets_are_for_their_owner_whatever_the_umask(tmp_path) -> None:
    """Made by the application itself, with no command that sets the umask."""
    folder = tmp_path / "data"
    code = (
        "import os; os.umask(0); from caseflow import create_app; from caseflow.kernel.database "
        "import db; app = create_app(); app.app_context().push(); db.session.connection()"
        ".exec_driver_sql('CREATE TABLE t (x)'); db.session.commit()"
    )
    subprocess.run(
        [sys.executable, "-c", code],
        env={"PATH": os.environ["PATH"], "CASEFLOW_DATA_DIR": str(folder)},
        check=True,
    )
    modes = {path.name: path.stat().st_mode & 0o777 for path in folder.iterdir()}
    assert modes == {"caseflow.db": 0o600, "master.key": 0o600, "secret.key": 0o600}
    assert folder.stat().st_mode & 0o777 == 0o700


def test_the_operating_guide_lists_every_check_and_its_weight() -> None:
    page = (Path(__file__).parents[1] / "docs" / "operations.md").read_text()
    for check in CHECKS:
        assert f"| {check.what} | {check.weight.value} |" in page


def test_bank_holidays_are_warned_of_before_they_run_out(look, clock) -> None:
    clock("2027-12-30 12:00")
    assert look("bank holidays").ok
    clock("2028-01-02 12:00")
    found = look("bank holidays")
    assert (found.ok, found.is_hard) == (False, False)
    assert "31 December 2028" in found.says
