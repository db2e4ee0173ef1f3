"""What the trail was at a moment, written where whoever can change the trail cannot reach.

One line of JSON each, only ever added to. Without anchors nobody can see that the end of the
trail was cut off, or that an earlier copy of the whole database was put back.
"""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from sqlalchemy import Connection, func, select

from caseflow.audit.chain import instant_as_kept
from caseflow.audit.writing import AUDIT
from caseflow.kernel import clock
from caseflow.kernel.errors import Problem

MOST_IN_A_LINE = 1_000


@dataclass(frozen=True)
class Anchor:
    """``time`` in UTC."""

    seq: int
    mac: str
    count: int
    time: str


def anchor_now(connection: Connection) -> Anchor | None:
    """None while the trail is empty."""
    head = connection.execute(
        select(AUDIT.c.seq, AUDIT.c.mac).order_by(AUDIT.c.seq.desc()).limit(1)
    ).first()
    if head is None:
        return None
    count = connection.execute(select(func.count()).select_from(AUDIT)).scalar_one()
    return Anchor(head.seq, head.mac, count, instant_as_kept(clock.now()))


def read(path: Path) -> list[Anchor]:
    if not path.exists():
        return []
    lines = enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1)
    return [_anchor(path, number, line) for number, line in lines if line.strip()]


def _anchor(path: Path, number: int | str, line: str) -> Anchor:
    try:
        said = json.loads(line)
        return Anchor(int(said["seq"]), str(said["mac"]), int(said["count"]), str(said["time"]))
    except (ValueError, TypeError, KeyError):
        raise Problem(f"{path}, line {number}, is no anchor.") from None


def append(path: Path, anchor: Anchor) -> None:
    """On the disk before this returns."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    except OSError as error:
        raise Problem(f"{path} cannot be written: {error.strerror}.") from None
    try:
        os.write(descriptor, (json.dumps(asdict(anchor)) + "\n").encode())
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def last(path: Path) -> Anchor | None:
    """Without reading all of a file that grows for years."""
    if not path.exists():
        return None
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - MOST_IN_A_LINE))
        lines = file.read().decode("utf-8", "replace").split("\n")
    whole = [line for line in lines if line.strip()]
    return _anchor(path, "the last", whole[-1]) if whole else None
