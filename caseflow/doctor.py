"""Is this CaseFlow safe to run? Each finding says what is wrong and how to mend it."""

from dataclasses import dataclass

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import current_app
from sqlalchemy import inspect, text

from caseflow.kernel.config import Settings
from caseflow.kernel.database import db, writing
from caseflow.kernel.settings import setting
from caseflow.reviews import actions as reviews
from caseflow.rights import trail
from caseflow.staff import queries as staff

EXPECTED_PRAGMAS = {
    "journal_mode": "delete",
    "synchronous": 3,
    "foreign_keys": 1,
    "recursive_triggers": 1,
    "secure_delete": 1,
    "trusted_schema": 0,
}
EXPECTED_POSTGRESQL = ("fsync", "synchronous_commit", "full_page_writes")


@dataclass(frozen=True)
class Finding:
    what: str
    ok: bool
    says: str


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
    """Plain http is for a demo on this machine, and nothing else."""
    settings = _settings()
    if settings.base_url.startswith("https:") or setting("demo", False):
        return None
    return "CASEFLOW_BASE_URL must begin with https: unless the database is marked as demo."


@writing(False)
def findings() -> list[Finding]:
    """Only reads, on more than one connection: neither may wait for the other."""
    problem = database_problem()
    found = [Finding("database", problem is None, problem or where())]
    if problem is not None:
        return found
    plain = refuse_to_serve()
    silent = reviews.scheduler_is_silent()
    return [
        *found,
        _durability(),
        _secret(),
        Finding("address", plain is None, plain or _settings().base_url),
        Finding(
            "scheduler",
            not silent,
            "It has been silent for 5 minutes: start caseflow scheduler." if silent else "ticking",
        ),
        _mail(),
        Finding("audit trail", *trail.finding()),
        Finding("users", bool(staff.all_users()), f"{len(staff.all_users())} accounts"),
    ]


def _durability() -> Finding:
    with db.engine.connect() as connection:
        if _settings().is_sqlite:
            wrong = [
                name
                for name, wanted in EXPECTED_PRAGMAS.items()
                if connection.execute(text(f"PRAGMA {name}")).scalar() != wanted
            ]
        else:
            wrong = [
                name
                for name in EXPECTED_POSTGRESQL
                if connection.execute(text(f"SHOW {name}")).scalar() != "on"
            ]
    says = f"set {', '.join(wrong)} as docs/operations.md says" if wrong else "as it must be"
    return Finding("durability", not wrong, says)


def _secret() -> Finding:
    long_enough = len(_settings().secret_key) >= 32
    says = "long enough" if long_enough else "CASEFLOW_SECRET_KEY needs 32 characters or more."
    return Finding("secret key", long_enough, says)


def _mail() -> Finding:
    if _settings().smtp_url or setting("demo", False):
        return Finding("mail", True, "configured" if _settings().smtp_url else "demo: none sent")
    return Finding("mail", False, "Set CASEFLOW_SMTP_URL, or reminders stay in the app only.")
