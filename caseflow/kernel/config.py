"""Settings come from the environment, and every one of them is here."""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from caseflow.kernel.errors import Problem

LONGEST_NOTE = 5_000
MASTER_KEY_BYTES = 32


@dataclass(frozen=True, kw_only=True)
class Settings:
    """One running CaseFlow. ``password_*`` are argon2id cost parameters (KiB, passes).
    ``master_key``: 32 bytes that every other key is wrapped by or derived from."""

    database_url: str
    data_dir: Path
    secret_key: str
    master_key: bytes
    base_url: str = "http://localhost:5000"
    smtp_url: str = ""
    mail_from: str = "caseflow@localhost"
    timezone: str = "Europe/London"
    password_memory: int = 19_456
    password_passes: int = 2
    allow_http: bool = False
    behind_proxy: bool = False
    tick_seconds: int = 60
    idle_minutes: int = 10
    session_hours: int = 8
    anchors_file: Path | None = None
    master_key_file: Path | None = None
    volume_encrypted: str = ""
    broken_trail_accepted: bool = False
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
        secret_key=env.get("CASEFLOW_SECRET_KEY")
        or _kept(data_dir / "secret.key", secrets.token_urlsafe(48)),
        base_url=env.get("CASEFLOW_BASE_URL", "http://localhost:5000").rstrip("/"),
        smtp_url=env.get("CASEFLOW_SMTP_URL", ""),
        mail_from=env.get("CASEFLOW_MAIL_FROM", "caseflow@localhost"),
        timezone=env.get("CASEFLOW_TIMEZONE", "Europe/London"),
        tick_seconds=_whole_number(env, "CASEFLOW_TICK_SECONDS", 60),
        master_key=_master_key(_master_key_file(env, data_dir)),
        master_key_file=_master_key_file(env, data_dir),
        volume_encrypted=env.get("CASEFLOW_VOLUME_ENCRYPTED", "").strip().lower(),
        broken_trail_accepted=_yes(env, "CASEFLOW_START_WITH_BROKEN_TRAIL"),
        behind_proxy=_yes(env, "CASEFLOW_BEHIND_PROXY"),
        idle_minutes=_within(env, "CASEFLOW_IDLE_MINUTES", 10, 2, 30),
        session_hours=_within(env, "CASEFLOW_SESSION_HOURS", 8, 1, 12),
        anchors_file=Path(env["CASEFLOW_ANCHORS"]) if env.get("CASEFLOW_ANCHORS") else None,
    )


def _master_key_file(env: Mapping[str, str], data_dir: Path) -> Path:
    return Path(env.get("CASEFLOW_MASTER_KEY_FILE") or data_dir / "master.key")


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


def _yes(env: Mapping[str, str], name: str) -> bool:
    said = env.get(name, "").strip().lower()
    if said not in ("", "0", "no", "1", "yes"):
        raise Problem(f"{name} must be yes or no, not {env[name]!r}.")
    return said in ("1", "yes")


def _within(env: Mapping[str, str], name: str, default: int, least: int, most: int) -> int:
    number = _whole_number(env, name, default)
    if not least <= number <= most:
        raise Problem(f"{name} must be from {least} to {most}, not {number}.")
    return number


def _kept(path: Path, made: str) -> str:
    """What was made once and is kept beside the data, readable by its owner only."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text().strip()
    with os.fdopen(descriptor, "w") as file:
        file.write(made)
    return path.read_text().strip()


def _master_key(path: Path) -> bytes:
    """32 bytes in hexadecimal. Made once; in real use it is a file of its own, backed up apart
    from the data: who has both can read everything, who has lost it can read nothing."""
    words = _kept(path, secrets.token_hex(MASTER_KEY_BYTES))
    try:
        key = bytes.fromhex(words)
    except ValueError:
        key = b""
    if len(key) != MASTER_KEY_BYTES:
        raise Problem(f"{path} must hold {MASTER_KEY_BYTES} bytes in hexadecimal.")
    return key
