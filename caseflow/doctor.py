"""Is this CaseFlow safe to run? Each finding says what is wrong and how to mend it (R63)."""

import enum
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import current_app
from sqlalchemy import inspect, select, text

from caseflow.access.permissions import Role
from caseflow.audit.models import AuditRow
from caseflow.audit.rules import Event
from caseflow.demo.load import DEMO_PASSWORD
from caseflow.kernel import clock, machine
from caseflow.kernel.config import Settings
from caseflow.kernel.database import db, writing
from caseflow.kernel.errors import Problem
from caseflow.kernel.sealed import data_keys, unwrap
from caseflow.kernel.settings import setting
from caseflow.reviews import actions as reviews
from caseflow.rights import trail
from caseflow.staff import queries as staff
from caseflow.staff.bank_holidays import WARN_BEFORE, published_until
from caseflow.staff.passwords import matches

EXPECTED_PRAGMAS = {
    "journal_mode": "delete",
    "synchronous": 3,
    "foreign_keys": 1,
    "recursive_triggers": 1,
    "secure_delete": 1,
    "trusted_schema": 0,
}
EXPECTED_POSTGRESQL = ("fsync", "synchronous_commit", "full_page_writes")
SAFE_POSTGRESQL = frozenset({"on", "remote_write", "remote_apply"})


OLD_SQLITE = (3, 51, 3)  # before it, WAL could lose what was saved: sqlite.org/wal.html
KINDS_OF_ENCRYPTION = frozenset({"luks", "bitlocker", "provider"})
LEAST_SECRET, LEAST_VARIETY = 32, 12
BACKUP_AGE = timedelta(hours=26)


class Weight(enum.StrEnum):
    """HARD: does not start. REAL: does not start, except as a demo. WARNING: starts."""

    HARD = "hard"
    REAL = "hard, except a demo"
    WARNING = "warning"


@dataclass(frozen=True)
class Finding:
    what: str
    ok: bool
    says: str
    weight: Weight = Weight.HARD

    @property
    def is_hard(self) -> bool:
        return not self.ok and self.weight is not Weight.WARNING

    @property
    def standing(self) -> str:
        return "ok" if self.ok else "PROBLEM" if self.is_hard else "warning"


@dataclass(frozen=True)
class Check:
    """``look`` gives what is wrong and how to mend it; None when all is well."""

    what: str
    weight: Weight
    look: Callable[[], str | None]
    fine: str


def _settings() -> Settings:
    settings: Settings = current_app.extensions["settings"]
    return settings


def where() -> str:
    return db.engine.url.render_as_string(hide_password=True)


def has_tables() -> bool:
    return bool(inspect(db.engine).get_table_names())


def revisions() -> tuple[str | None, str | None]:
    """(what the database has, what this CaseFlow needs)"""
    folder = current_app.extensions["migrate"].directory
    needed = ScriptDirectory(str(folder)).get_current_head()
    with db.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision(), needed


def database_problem() -> str | None:
    has, needs = revisions()
    if has is None:
        return f"There is no CaseFlow database at {where()}. Make it: caseflow init"
    if has != needs:
        return f"The database is at {has}, this CaseFlow needs {needs}. Run: caseflow init"
    return None


def refuse_to_serve() -> str | None:
    """Everything that must be mended first, in one message."""
    wrong = [f"{f.what}: {f.says}" for f in findings() if f.is_hard]
    return "It is not safe to start.\n" + "\n".join(wrong) if wrong else None


@writing(False)
def findings() -> list[Finding]:
    """Only reads, on more than one connection: neither may wait for the other."""
    problem = database_problem()
    found = [Finding("database", problem is None, problem or where())]
    if problem is not None:
        return found
    is_demo = bool(setting("demo", False))
    return [*found, *(_examined(check, is_demo) for check in CHECKS)]


def _examined(check: Check, is_demo: bool) -> Finding:
    if is_demo and check.weight is Weight.REAL:
        return Finding(check.what, True, "not asked of a demo", check.weight)
    wrong = check.look()
    return Finding(check.what, wrong is None, wrong or check.fine, check.weight)


def _debug() -> str | None:
    if not current_app.debug:
        return None
    return "Debugging shows the code and the data to whoever meets an error: unset FLASK_DEBUG."


def _secret() -> str | None:
    secret = _settings().secret_key
    if len(secret) >= LEAST_SECRET and len(set(secret)) >= LEAST_VARIETY:
        return None
    return (
        f"CASEFLOW_SECRET_KEY needs {LEAST_SECRET} characters or more, by chance: leave it unset "
        "and one is made, or: python3 -c 'import secrets; print(secrets.token_urlsafe(48))'"
    )


def _key_files() -> str | None:
    settings = _settings()
    for path in (settings.master_key_file, settings.data_dir / "secret.key"):
        if path is None or not path.exists():
            continue
        if machine.others_may(path):
            return f"Others may read {path}: chmod 600 {path}"
        if machine.is_open_to_all(path.parent):
            return f"Everybody may look into {path.parent}: chmod 700 {path.parent}"
    return None


def _data_files() -> str | None:
    folder = _settings().data_dir
    if machine.others_may(folder):
        return f"Others may look into {folder}: chmod 700 {folder}"
    if found := next(machine.open_files_in(folder), None):
        return f"Others may read {found}: chmod 600 {found}"
    database = db.engine.url.database
    if _settings().is_sqlite and database and machine.others_may(Path(database)):
        return f"Others may read {database}: chmod 600 {database}"
    return None


def _network() -> str | None:
    folder = _settings().data_dir
    kind = machine.file_system_of(folder)
    if kind not in machine.NETWORK:
        return None
    return f"{folder} is on {kind}: a database there is lost sooner or later. Use a local disk."


def _durability() -> str | None:
    wrong = list(_unsafe_settings())
    return f"Set {', '.join(wrong)} as docs/operations.md says." if wrong else None


def _unsafe_settings() -> Iterator[str]:
    with db.engine.connect() as connection:
        if not _settings().is_sqlite:
            for name in EXPECTED_POSTGRESQL:
                if connection.execute(text(f"SHOW {name}")).scalar() not in SAFE_POSTGRESQL:
                    yield name
            return
        for name, wanted in EXPECTED_PRAGMAS.items():
            found = connection.execute(text(f"PRAGMA {name}")).scalar()
            if found == "wal" and sqlite3.sqlite_version_info < OLD_SQLITE:
                yield f"journal_mode (WAL loses data in SQLite {sqlite3.sqlite_version})"
            elif found != wanted:
                yield name


def _address() -> str | None:
    if _settings().base_url.startswith("https:"):
        return None
    return "CASEFLOW_BASE_URL must begin with https: unless the database is marked as demo."


def _volume() -> str | None:
    if _settings().volume_encrypted in KINDS_OF_ENCRYPTION:
        return None
    return (
        "Keep the data on an encrypted volume, and say which kind: "
        "CASEFLOW_VOLUME_ENCRYPTED=luks, bitlocker or provider."
    )


def _demo_accounts() -> str | None:
    made_up = [user.email for user in staff.demo_users() if user.is_active]
    known = [
        user.email
        for user in staff.all_users()
        if user.is_active and user.password_hash and matches(DEMO_PASSWORD, user.password_hash)
    ]
    if not made_up and not known:
        return None
    return f"Everybody knows how to sign in as {[*made_up, *known][0]}: disable that account."


def _data_keys() -> str | None:
    with db.engine.connect() as connection:
        keys = data_keys(connection)
    if not any(row.retired_at is None for row in keys):
        return "There is no data key to seal with. Run: caseflow init"
    try:
        for row in keys:
            unwrap(row.id, row.wrapped)
    except Problem as problem:
        return f"{problem.message} Put the right one where CASEFLOW_MASTER_KEY_FILE says."
    return None


def _trail() -> str | None:
    is_whole, says = trail.finding()
    return None if is_whole or _settings().broken_trail_accepted else says


def _administrator() -> str | None:
    if staff.active_in(Role.ADMINISTRATOR):
        return None
    return "Nobody can add users: caseflow user add --admin --email … --name …"


def _scheduler() -> str | None:
    if not reviews.scheduler_is_silent():
        return None
    return "It has been silent for 5 minutes: start caseflow scheduler."


def _mail() -> str | None:
    if _settings().smtp_url or setting("demo", False):
        return None
    return "Set CASEFLOW_SMTP_URL, or reminders stay in the app only."


def _backup() -> str | None:
    latest = db.session.scalars(
        select(AuditRow.at)
        .where(AuditRow.event == Event.BACKUP_MADE)
        .order_by(AuditRow.seq.desc())
        .limit(1)
    ).first()
    if latest is not None and clock.now() - latest <= BACKUP_AGE:
        return None
    said = f"The last was made {clock.local(latest):%d %B, %H:%M}" if latest else "None was made"
    return f"{said}: run caseflow backup every night, as docs/operations.md says."


def _bank_holidays() -> str | None:
    last = published_until()
    if clock.today() + WARN_BEFORE <= last:
        return None
    return (
        f"Published ones are known until {last:%-d %B %Y}, later ones by rule: install a newer "
        "CaseFlow, and add any that were proclaimed under Rules, Service hours."
    )


CHECKS = (
    Check("debugging", Weight.HARD, _debug, "off"),
    Check("secret key", Weight.HARD, _secret, "long enough"),
    Check("key files", Weight.HARD, _key_files, "for their owner alone"),
    Check("data directory", Weight.HARD, _data_files, "for its owner alone"),
    Check("file system", Weight.HARD, _network, "a local one"),
    Check("durability", Weight.HARD, _durability, "as it must be"),
    Check("data keys", Weight.HARD, _data_keys, "the master key opens them"),
    Check("audit trail", Weight.HARD, _trail, "whole"),
    Check("address", Weight.REAL, _address, "https"),
    Check("volume encryption", Weight.REAL, _volume, "declared"),
    Check("demo accounts", Weight.REAL, _demo_accounts, "none"),
    Check("administrator", Weight.REAL, _administrator, "there is one"),
    Check("scheduler", Weight.WARNING, _scheduler, "ticking"),
    Check("mail", Weight.WARNING, _mail, "configured, or a demo that sends none"),
    Check("backup", Weight.WARNING, _backup, "made within 26 hours"),
    Check("bank holidays", Weight.WARNING, _bank_holidays, "published for a year or more"),
)
