"""PostgreSQL's own programs: pg_dump and pg_restore, of a version that suits the server."""

import os
import re
import shutil
import subprocess
from pathlib import Path

from sqlalchemy import Connection, text
from sqlalchemy.engine import URL

from caseflow.kernel.errors import Problem

WHERE_DEBIAN_PUTS_THEM = Path("/usr/lib/postgresql")


def server_of(connection: Connection) -> int:
    """Its major version."""
    return int(connection.execute(text("SHOW server_version_num")).scalar_one()) // 10_000


def program(name: str, server: int) -> str:
    """The oldest one that is not older than the server."""
    found = [*WHERE_DEBIAN_PUTS_THEM.glob(f"*/bin/{name}")]
    paths = {*map(str, found), shutil.which(name)} - {None}
    versions = {_version(str(path)): str(path) for path in paths}
    if good := sorted(v for v in versions if v >= server):
        return versions[good[0]]
    raise Problem(f"{name} {server} or later is needed: apt-get install postgresql-client-{server}")


def _version(path: str) -> int:
    said = subprocess.run([path, "--version"], capture_output=True, text=True, check=False).stdout
    number = re.search(r"(\d+)(?:\.|\s|$)", said)
    return int(number[1]) if number else 0


def dump(url: URL, path: Path, *, snapshot: str, server: int) -> None:
    _run(
        [program("pg_dump", server), "--format=custom", "--schema=public", "--compress=6",
         "--no-owner", "--no-privileges", f"--snapshot={snapshot}", f"--file={path}"],
        url,
    )  # fmt: skip


def restore(url: URL, path: Path, *, server: int) -> None:
    _run(
        [program("pg_restore", server), "--exit-on-error", "--schema=public",
         "--single-transaction", "--no-owner", "--no-privileges", str(path)],
        url,
    )  # fmt: skip


def _run(words: list[str], url: URL) -> None:
    """The password goes by the environment: everybody on the machine can read a command line."""
    plain = url.set(drivername="postgresql", password=None).render_as_string()
    password = {"PGPASSWORD": str(url.password)} if url.password else {}
    ran = subprocess.run(
        [*words, f"--dbname={plain}"],
        env=os.environ | password,
        capture_output=True,
        text=True,
        check=False,
        umask=0o077,
    )
    if ran.returncode:
        said = ran.stderr.strip().splitlines() or ["no reason given"]
        raise Problem(f"{Path(words[0]).name} failed: {said[-1]}")
