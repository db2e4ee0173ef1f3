"""The full arm of T31: kill -9 thirty times, at moments nobody chose."""

import os
import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import select

from caseflow.kernel.database import db
from caseflow.kernel.rotation import left_to_do, unreadable_values
from caseflow.kernel.sealed import DataKey
from caseflow.people.models import Person
from tests import builders

KILLS = 30
PEOPLE = 2_000


@pytest.fixture
def environment(settings, tmp_path: Path) -> dict[str, str]:
    key = tmp_path / "master.key"
    key.write_text(settings.master_key.hex())
    return {
        "PATH": os.environ["PATH"],
        "CASEFLOW_DATABASE_URL": settings.database_url,
        "CASEFLOW_DATA_DIR": str(tmp_path),
        "CASEFLOW_MASTER_KEY_FILE": str(key),
    }


def rotation(environment: dict[str, str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [Path(sys.executable).with_name("caseflow"), "keys", "rotate", "--batch", "20"],
        env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
    )  # fmt: skip


def kill_when(left: int, process: subprocess.Popen[bytes]) -> bool:
    """Whether it was still at work."""
    while process.poll() is None:
        if keys_there() > 1 and left_to_do() <= left:
            process.send_signal(signal.SIGKILL)
            break
    process.communicate()
    return process.returncode == -signal.SIGKILL


def keys_there() -> int:
    count = len(db.session.scalars(select(DataKey.id)).all())
    db.session.rollback()
    return count


@pytest.mark.verify("T31")
def test_no_value_is_lost_however_often_a_rotation_is_killed(
    session, environment, record_property
) -> None:
    addresses = {f"{number} High Street" for number in range(PEOPLE)}
    for address in addresses:
        builders.person(address=address)
    session.commit()
    chance, killed, finished = random.Random(31), 0, 0
    while killed < KILLS:
        before = left_to_do()
        session.rollback()
        if kill_when(chance.randrange(before + 1), rotation(environment)):
            killed += 1
            assert unreadable_values() == []
        else:
            finished += 1
    process = rotation(environment)
    _, said = process.communicate()
    assert process.returncode == 0, said
    session.expire_all()
    record_property("killed", killed)
    record_property("rotations finished between", finished)
    record_property("values", PEOPLE)
    record_property("unreadable", len(unreadable_values()))
    assert unreadable_values() == []
    assert keys_there() == 1
    assert {person.address for person in session.scalars(select(Person))} == addresses
