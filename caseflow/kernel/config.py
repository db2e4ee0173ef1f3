"""Settings come from the environment, and every one of them is here."""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from caseflow.kernel.errors import Problem

LONGEST_NOTE = 5_000


@dataclass(frozen=True, kw_only=True)
class Settings:
    """One running CaseFlow. ``password_*`` are argon2id cost parameters (KiB, passes)."""

    database_url: str
    data_dir: Path
    secret_key: str
    base_url: str = "http://localhost:5000"
    smtp_url: str = ""
    mail_from: str = "caseflow@localhost"
    timezone: str = "Europe/London"
    password_memory: int = 19_456
    password_passes: int = 2
    allow_http: bool = False
    tick_seconds: int = 60
    extra: Mapping[str, object] = field(default_factory=dict)

    @property
    def is_sqlite(self) -> bool:
        return self.database_url.startswith("sqlite")


def from_environment(env: Mapping[str, str] = os.environ) -> Settings:
    data_dir = Path(env.get("CASEFLOW_DATA_DIR", "instance")).resolve()
    data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    return Settings(
        database_url=_driver(env.get("CASEFLOW_DATABASE_URL", f"sqlite:///{data_dir}/caseflow.db")),
        data_dir=data_dir,
        secret_key=env.get("CASEFLOW_SECRET_KEY") or _kept_key(data_dir / "secret.key"),
        base_url=env.get("CASEFLOW_BASE_URL", "http://localhost:5000").rstrip("/"),
        smtp_url=env.get("CASEFLOW_SMTP_URL", ""),
        mail_from=env.get("CASEFLOW_MAIL_FROM", "caseflow@localhost"),
        timezone=env.get("CASEFLOW_TIMEZONE", "Europe/London"),
        tick_seconds=_whole_number(env, "CASEFLOW_TICK_SECONDS", 60),
    )


def _driver(url: str) -> str:
    for short in ("postgres://", "postgresql://"):
        if url.startswith(short):
            return "postgresql+psycopg://" + url.removeprefix(short)
    return url


def _whole_number(env: Mapping[str, str], name: str, default: int) -> int:
    try:
        return int(env.get(name, default))
    except ValueError:
        raise Problem(f"{name} must be a whole number, not {env[name]!r}.") from None


def _kept_key(path: Path) -> str:
    """A random key made once and kept beside the data, readable by its owner only."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text().strip()
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_urlsafe(48))
    return path.read_text().strip()
