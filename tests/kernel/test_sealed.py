"""What is sealed opens only as itself, where it belongs, and with the right master key."""

import dataclasses

import pytest

import caseflow
from caseflow.kernel import sealed
from caseflow.kernel.database import db

WHERE = "person|address|1"


def test_what_was_sealed_opens_and_does_not_show(session) -> None:
    blob = sealed.seal(b"1 High Street", about=WHERE)
    assert b"High" not in blob
    assert sealed.unseal(blob, about=WHERE) == b"1 High Street"


def test_the_same_words_never_look_the_same_twice(session) -> None:
    assert sealed.seal(b"x", about=WHERE) != sealed.seal(b"x", about=WHERE)


def test_a_value_moved_to_another_row_does_not_open(session) -> None:
    blob = sealed.seal(b"1 High Street", about=WHERE)
    with pytest.raises(sealed.Damaged, match=r"person\|address\|2"):
        sealed.unseal(blob, about="person|address|2")


def test_no_flipped_bit_goes_unnoticed(session) -> None:
    blob = sealed.seal(b"secret", about=WHERE)
    for place in range(len(blob)):
        changed = bytearray(blob)
        changed[place] ^= 1
        with pytest.raises(sealed.Problem):
            sealed.unseal(bytes(changed), about=WHERE)


@pytest.mark.parametrize("length", [0, 1, 28, 40])
def test_a_cut_value_is_damaged(session, length: int) -> None:
    with pytest.raises(sealed.Damaged):
        sealed.unseal(sealed.seal(b"secret", about=WHERE)[:length], about=WHERE)


def test_another_master_key_opens_nothing_and_says_so(session, settings) -> None:
    blob = sealed.seal(b"secret", about=WHERE)
    db.session.commit()
    other = caseflow.create_app(dataclasses.replace(settings, master_key=b"x" * 32))
    with (
        other.app_context(),
        pytest.raises(sealed.WrongMasterKey, match="does not open these data keys"),
    ):
        sealed.unseal(blob, about=WHERE)
    with other.app_context():
        db.session.remove()
        db.engine.dispose()


def test_a_transaction_asks_for_the_current_key_anew(session) -> None:
    first = sealed.key_id_of(sealed.seal(b"x", about=WHERE), about=WHERE)
    db.session.commit()
    newer = sealed.add_data_key(db.session.connection())
    db.session.commit()
    assert sealed.key_id_of(sealed.seal(b"x", about=WHERE), about=WHERE) == newer != first
