"""A new data key for everything, whatever happens on the way (T31)."""

import threading
import uuid

import pytest
from sqlalchemy import select

from caseflow.audit.models import AuditRow
from caseflow.audit.rules import Event
from caseflow.kernel import clock
from caseflow.kernel.database import db, writing
from caseflow.kernel.rotation import left_to_do, rotate, unreadable_values
from caseflow.kernel.sealed import DataKey, key_id_of, seal, unseal
from caseflow.kernel.sealed_fields import about
from caseflow.people.models import Person
from caseflow.staff.models import AuthenticatorApp, KeptForm, kept_form_place
from tests import builders

PEOPLE = 25


class Killed(BaseException):
    """Stands for kill -9: nothing in the code catches it."""


@pytest.fixture
def people(session) -> list[Person]:
    people = [
        builders.person(address=f"{number} High Street", postcode="LE2 0AA")
        for number in range(PEOPLE)
    ]
    session.commit()
    return people


def key_ids() -> set[object]:
    return set(db.session.scalars(select(DataKey.id)))


def die_after(batches: int):
    left = iter(range(batches))

    def step(_: int) -> None:
        if next(left, None) is None:
            raise Killed

    return step


def test_everything_is_under_the_new_key_and_the_old_one_is_gone(people, session) -> None:
    old = key_ids()
    session.rollback()
    done = rotate(batch=10)
    assert (done.values, done.keys_removed, done.unreadable) == (2 * PEOPLE, 1, [])
    (new,) = key_ids()
    assert new not in old
    session.expire_all()
    assert {person.address for person in people} == {f"{n} High Street" for n in range(PEOPLE)}
    assert {key_id_of(person.address_sealed, about="") for person in people} == {new}


@pytest.mark.parametrize("batches", [0, 1, 3, 5])
def test_a_rotation_that_was_killed_goes_on_where_it_stopped(people, session, batches) -> None:
    with pytest.raises(Killed):
        rotate(batch=7, step=die_after(batches))
    keys = key_ids()
    session.rollback()
    assert len(keys) == 2
    assert unreadable_values() == []
    before = left_to_do()
    assert 0 < before < 2 * PEOPLE
    assert rotate(batch=7).values == before
    assert key_ids() < keys
    session.rollback()
    assert (unreadable_values(), left_to_do()) == ([], 2 * PEOPLE)  # 0 are left on the old key


def test_people_may_write_while_it_runs(people, session) -> None:
    """Sealed under the old key by somebody who began before, or under the new one: both stay."""
    written: list[str] = []

    def write(done: int) -> None:
        if not written:
            people[0].address = "7 New Street"
            session.commit()
            written.append("7 New Street")

    rotate(batch=5, step=write)
    session.expire_all()
    assert people[0].address == "7 New Street"
    assert unreadable_values() == []


def test_an_old_key_waits_for_whoever_is_still_sealing_with_it(people, session, app, settings):
    """PostgreSQL: the key's row is locked. SQLite: there is one writer at a time."""
    people[0].address = "7 New Street"  # sealed with the old key, not saved yet
    session.flush()
    finished = threading.Event()

    def turn() -> None:
        with app.app_context(), writing():
            rotate(batch=5)
        finished.set()

    rotation = threading.Thread(target=turn)
    rotation.start()
    assert not finished.wait(0.5)
    session.commit()
    rotation.join(timeout=20)
    assert finished.is_set()
    session.expire_all()
    assert people[0].address == "7 New Street"
    assert unreadable_values() == []
    assert len(key_ids()) == 1


def test_what_cannot_be_read_is_named_and_keeps_its_key(people, session) -> None:
    people[3].address_sealed = people[4].address_sealed
    session.commit()
    done = rotate(batch=10)
    assert done.unreadable == [f"person|address_sealed|{people[3].id.hex}"]
    assert done.keys_removed == 0
    assert len(key_ids()) == 2


def test_the_command_says_what_it_did_and_it_is_on_record(people, session, cli) -> None:
    ran = cli("keys", "rotate")
    assert ran.code == 0, ran.err
    assert "1 old keys removed" in ran.out
    assert session.scalar(select(AuditRow).where(AuditRow.event == Event.DATA_KEYS_ROTATED))
    assert "in use" in cli("keys", "list").out


def test_the_command_fails_when_a_value_does_not_open(people, session, cli) -> None:
    people[3].address_sealed = people[4].address_sealed
    session.commit()
    ran = cli("keys", "rotate")
    assert (ran.code, people[3].id.hex in ran.err) == (1, True)


def test_seeds_and_kept_forms_are_sealed_anew_too(people, session) -> None:
    user = builders.worker()
    app = AuthenticatorApp(id=uuid.uuid4(), user_id=user.id, added_at=clock.now(), last_step=0)
    app.seed = seal(b"the seed", about=about("authenticator_app", "seed", app.id))
    kept = KeptForm(
        id=uuid.uuid4(), user_id=user.id, path="/", form_key="k", at=clock.now(),
        until_at=clock.now(),
    )  # fmt: skip
    kept.sealed = seal(b"{}", about=kept_form_place(kept.id))
    session.add_all([app, kept])
    session.commit()
    old = {key_id_of(app.seed, about=""), key_id_of(kept.sealed, about="")}
    session.rollback()
    assert rotate(batch=10).keys_removed == 1
    session.expire_all()
    assert unseal(app.seed, about=about("authenticator_app", "seed", app.id)) == b"the seed"
    assert unseal(kept.sealed, about=kept_form_place(kept.id)) == b"{}"
    assert not old & {key_id_of(app.seed, about=""), key_id_of(kept.sealed, about="")}
