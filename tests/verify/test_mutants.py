"""Whether the tests would notice: what protects a record is taken out, and one of them goes red."""

import subprocess
import sys
from collections import Counter

import pytest

from tests.verify import mutants
from tests.verify.mutants import HOME, KINDS


def mutation(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tests.verify.mutation", *words],
        cwd=HOME,
        capture_output=True,
        text=True,
        check=False,
    )


def test_every_piece_named_by_hand_is_still_in_the_code() -> None:
    assert mutants.gone() == [], "tests/verify/by_hand.py names what the code says no more"


def test_there_are_mutants_of_every_kind_and_no_two_are_one() -> None:
    every = mutants.find()
    assert set(Counter(one.kind for one in every)) == set(KINDS)
    assert len({one.id for one in every}) == len(every)


def test_every_mutant_is_code() -> None:
    for mutant in mutants.find():
        source = (HOME / mutant.path).read_text(encoding="utf-8")
        compile(mutant.applied(source), mutant.path, "exec")


def test_one_mutant_of_each_kind_is_caught() -> None:
    ran = mutation("--early")
    assert ran.returncode == 0, ran.stdout + ran.stderr


@pytest.mark.verify("T36")
def test_every_mutant_is_caught(record_property) -> None:
    ran = mutation()
    record_property("said", ran.stdout[ran.stdout.rfind("   all") :][:4_000])
    assert ran.returncode == 0, ran.stdout[-8_000:] + ran.stderr[-2_000:]
