"""A PostgreSQL of the tests' own: started when asked for, gone when they end."""

import ctypes
import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import psycopg

OWNER = "caseflow"
SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "60",
}


def programs() -> Path:
    """Where initdb and postgres are: the newest version Debian has, else whatever is on PATH."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: int(p.parts[4]))
    on_path = shutil.which("initdb")
    if not found and not on_path:
        raise RuntimeError("PostgreSQL is not installed: sudo apt-get install postgresql")
    return found[-1].parent if found else Path(str(on_path)).parent


class Cluster:
    """Listens on a socket in its own directory only, so it needs no port and meets no other."""

    def __init__(self) -> None:
        self.directory = Path(tempfile.mkdtemp(prefix="caseflow-pg-"))
        self._as: dict[str, Any] = {"cwd": self.directory, "env": {"LC_ALL": "C.UTF-8"}}
        if os.geteuid() == 0:
            shutil.chown(self.directory, "postgres", "postgres")
            self._as |= {"user": "postgres", "group": "postgres", "extra_groups": []}
        self._server: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        data = self.directory / "data"
        subprocess.run(
            [programs() / "initdb", "--pgdata", data, "--auth=trust", "--username=postgres",
             "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"],
            check=True, stdout=subprocess.DEVNULL, **self._as,
        )  # fmt: skip
        settings = SETTINGS | {"unix_socket_directories": str(self.directory)}
        options = [f"--{name}={value}" for name, value in settings.items()]
        log = self.directory / "log"
        with log.open("wb") as output:
            self._server = subprocess.Popen(
                [programs() / "postgres", "-D", data, *options],
                stdout=output, stderr=output, preexec_fn=_die_with_parent, **self._as,
            )  # fmt: skip
        subprocess.run(
            ["/bin/sh", "-c", f"until {programs()}/pg_isready -qh {self.directory}; do :; done"],
            check=True, timeout=30,
        )  # fmt: skip
        run(self.directory, "postgres", f"CREATE ROLE {OWNER} LOGIN")

    def stop(self) -> None:
        if self._server:
            self._server.send_signal(signal.SIGQUIT)
            self._server.wait(timeout=30)
        shutil.rmtree(self.directory, ignore_errors=True)


def _die_with_parent() -> None:
    """Linux: the server goes when the tests do, even when they are killed."""
    ctypes.CDLL(None).prctl(1, signal.SIGQUIT)


def run(directory: Path, database: str, *statements: str) -> None:
    with psycopg.connect(
        host=str(directory), dbname=database, user="postgres", autocommit=True
    ) as connection:
        for statement in statements:
            connection.execute(statement)
