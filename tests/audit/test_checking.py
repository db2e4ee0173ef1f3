"""T15: whatever is done to the trail behind CaseFlow's back is found, and where."""

import random
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import text

from caseflow.audit import anchors, writing
from caseflow.audit.chain import PURPOSE
from caseflow.audit.checking import Verdict, check
from caseflow.audit.damage import Damage, Fault, Head
from caseflow.kernel import keys
from caseflow.kernel.database import db
from tests.audit.tampering import KINDS, Tampering, drop_triggers, made_rows

ROWS, EVERY = 40, 4


@pytest.fixture
def connection(session):
    """A trail that is anchored every few rows, on a connection that nothing is committed on."""
    with db.engine.connect() as connection:
        yield connection
        connection.rollback()


@pytest.fixture
def anchored(connection) -> list[anchors.Anchor]:
    drop_triggers(connection)
    made = []
    for start in range(0, ROWS, EVERY):
        writing.append(connection, made_rows(EVERY, start))
        made.append(anchors.anchor_now(connection))
    return made


def verdict(connection, *found, **options) -> Verdict:
    return check(connection, keys.derived(PURPOSE), *found, **options)


def tamper(connection, anchored, times: int, seed: int) -> Counter[str]:
    """Each act on the untouched trail; all must be found, where they were done."""
    done: Counter[str] = Counter()
    for number in range(times):
        act = KINDS[number % len(KINDS)]
        chance = random.Random(f"{seed} {number}")
        with connection.begin_nested() as savepoint:
            first = act(Tampering(connection, chance, ROWS, anchored))
            fault = verdict(connection, anchored).fault
            savepoint.rollback()
        assert fault is not None, f"{act.__name__} (seed {seed}, number {number}) was not found"
        assert fault.seq <= first <= fault.upto, f"{act.__name__}: {fault}, and not row {first}"
        assert fault.upto - fault.seq < EVERY, f"{act.__name__}: {fault} is not near enough"
        done[act.__name__] += 1
    assert verdict(connection, anchored).fault is None
    return done


def test_an_untouched_trail_is_whole(connection, anchored) -> None:
    found = verdict(connection, anchored)
    assert found.fault is None
    assert found.head.seq == ROWS


def test_an_empty_trail_is_whole_unless_it_was_ever_anchored(connection) -> None:
    assert verdict(connection).fault is None
    fault = verdict(connection, [anchors.Anchor(3, "a" * 64, 3, "")]).fault
    assert (fault.seq, fault.damage) == (1, Damage.CUT)


def test_sixty_tamperings_are_found_where_they_were_done(connection, anchored) -> None:
    done = tamper(connection, anchored, 60, seed=15)
    assert len(done) == len(set(KINDS))


@pytest.mark.verify("T15")
def test_a_thousand_tamperings_are_found_where_they_were_done(
    connection, anchored, record_property
) -> None:
    done = tamper(connection, anchored, 1_000, seed=2026)
    record_property("found", f"{done.total()} of 1,000 ({db.engine.dialect.name})")


@pytest.mark.parametrize(
    ("act", "damage"),
    [
        (Tampering.edits, Damage.CHANGED),
        (Tampering.edits_the_mac, Damage.CHANGED),
        (Tampering.deletes, Damage.TAKEN_OUT),
        (Tampering.deletes_and_closes_the_gap, Damage.TAKEN_OUT),
        (Tampering.inserts, Damage.PUT_IN),
        (Tampering.inserts_before_the_first, Damage.PUT_IN),
        (Tampering.swaps, Damage.ALTERED),
        (Tampering.hides_a_listing, Damage.LISTING),
        (Tampering.cuts_the_end, Damage.CUT),
    ],
)
def test_what_was_done_is_said(connection, anchored, act, damage: Damage) -> None:
    for seed in (2, 3, 5):
        with connection.begin_nested() as savepoint:
            act(Tampering(connection, random.Random(seed), ROWS - 1, anchored))
            assert verdict(connection, anchored).fault.damage is damage
            savepoint.rollback()


def test_a_cut_end_is_seen_through_anchors_only(connection, anchored) -> None:
    connection.execute(text("DELETE FROM audit WHERE seq > 30"))
    connection.execute(text("DELETE FROM audit_listed WHERE seq > 30"))
    assert verdict(connection).fault is None
    assert verdict(connection, anchored).fault == Fault(29, Damage.CUT, 31)


def test_a_listing_without_its_row_is_found(connection, anchored) -> None:
    connection.execute(
        text("INSERT INTO audit_listed SELECT 99, case_id FROM audit_listed WHERE seq = 1")
    )
    assert verdict(connection).fault.damage is Damage.LISTING


def test_another_key_makes_no_row_right(connection, anchored) -> None:
    fault = check(connection, keys.derived("another purpose")).fault
    assert fault.seq == 1


def test_a_check_goes_on_from_where_the_last_one_ended(connection, anchored) -> None:
    half = next(anchor for anchor in anchored if anchor.seq >= ROWS // 2)
    known = Head(half.seq, half.mac)
    assert verdict(connection, anchored, since=known).head.seq == ROWS
    with connection.begin_nested() as savepoint:
        connection.execute(text("UPDATE audit SET source = 'x' WHERE seq = 39"))
        assert verdict(connection, since=known).fault.seq == 39
        savepoint.rollback()
    connection.execute(text("DELETE FROM audit WHERE seq > 5"))
    assert verdict(connection, since=known).fault.damage is Damage.CUT


def test_an_earlier_copy_that_went_on_is_not_gone_on_from(connection, anchored) -> None:
    known = Head(anchored[-1].seq, anchored[-1].mac)
    act = Tampering(connection, random.Random(1), 20, anchored)
    act.puts_an_earlier_copy_back_and_goes_on()
    writing.append(connection, made_rows(ROWS))
    fault = verdict(connection, since=known).fault
    assert fault.damage is Damage.REPLACED


def test_anchors_are_kept_line_by_line_and_read_back(tmp_path: Path, anchored) -> None:
    path = tmp_path / "anchors"
    for anchor in anchored:
        anchors.append(path, anchor)
    assert anchors.read(path) == anchored
    assert path.stat().st_mode & 0o777 == 0o600
