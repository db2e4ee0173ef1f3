"""The full arm of T30: a restore of 2 GiB, and damage at places nobody chose."""

import random
import shutil
import time
from pathlib import Path

import pyrage
import pytest

from caseflow.backup import make, new_identity
from caseflow.closing.models import Summary
from caseflow.kernel import clock
from caseflow.kernel.database import db, transaction
from caseflow.kernel.errors import Problem
from caseflow.restore import restore
from tests import builders

GIB = 1024**3
PIECE = 4 * 1024 * 1024
DAMAGES = 300


class Keys:
    def __init__(self, folder: Path, master_key: bytes) -> None:
        self.identity = folder / "identity.txt"
        self.public = new_identity(self.identity)
        self.master_key = master_key
        self.migrations = Path(__file__).parents[1] / "migrations"

    def backup(self, place: Path) -> Path:
        scratch = place.parent
        return make(db.engine, place, to=self.public, master_key=self.master_key, scratch=scratch)[
            0
        ]

    def restore(self, file: Path, into: Path) -> list[str]:
        ticks: list[str] = []
        restore(
            file, identity=self.identity, into=str(into), master_key=self.master_key,
            migrations=self.migrations, tick=ticks.append,
        )  # fmt: skip
        return ticks


@pytest.fixture
def keys(tmp_path: Path, settings) -> Keys:
    return Keys(tmp_path, settings.master_key)


def fill(size: int) -> None:
    chance = random.Random(1)
    case_id = builders.received_case().id
    db.session.commit()
    for number in range(1, size // PIECE + 1):
        with transaction():
            db.session.add(
                Summary(
                    case_id=case_id, number=number, frozen={}, sha256="", made_at=clock.now(),
                    pdf=chance.randbytes(PIECE),
                )
            )  # fmt: skip
        db.session.expunge_all()


@pytest.mark.verify("T30")
def test_two_gib_are_backed_up_and_restored_within_the_hour(
    keys, session, tmp_path, record_property
) -> None:
    if shutil.disk_usage(tmp_path).free < 10 * GIB:
        pytest.skip("needs 10 GiB of disk")
    fill(2 * GIB)
    before = time.monotonic()
    file = keys.backup(tmp_path / "big.age")
    made = time.monotonic()
    ticks = keys.restore(file, tmp_path / "restored")
    record_property("bytes", file.stat().st_size)
    record_property("backup seconds", round(made - before))
    record_property("restore seconds", round(time.monotonic() - made))
    assert len(ticks) >= 9
    assert time.monotonic() - made < 3_600
    file.unlink()
    shutil.rmtree(tmp_path / "restored")


@pytest.mark.verify("T30")
def test_damage_at_any_place_is_found(keys, session, tmp_path, record_property) -> None:
    builders.received_case()
    session.commit()
    file = keys.backup(tmp_path / "whole.age")
    content, chance = file.read_bytes(), random.Random(30)
    missed = 0
    for number in range(DAMAGES):
        place = chance.randrange(len(content))
        damaged = bytearray(content)
        damaged[place] ^= 1 << chance.randrange(8)
        broken = bytes(damaged) if number % 3 else content[:place]
        path = tmp_path / "damaged.age"
        path.write_bytes(broken)
        into = tmp_path / f"into-{number}"
        try:
            keys.restore(path, into)
        except Problem:
            assert list(into.glob("*")) == []
        else:
            missed += 1
    record_property("damages", DAMAGES)
    record_property("missed", missed)
    assert missed == 0
    assert pyrage.decrypt(content, [_identity(keys)])


def _identity(keys: Keys) -> pyrage.x25519.Identity:
    return pyrage.x25519.Identity.from_str(keys.identity.read_text().splitlines()[1])
