"""Canaries in every sealed field: none of them can be read in the database itself."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import LargeBinary, text
from sqlalchemy.orm import Session

from caseflow.assessments.models import RiskAssessment, SafetyPlan
from caseflow.cases.models import KeepApart
from caseflow.cases.rules import Risk
from caseflow.intake import actions as intake
from caseflow.intake.models import Delivery, Message, PublicReferral, Referral
from caseflow.intake.rules import Source
from caseflow.kernel import clock
from caseflow.kernel.database import Base, db
from caseflow.kernel.sealed import Damaged
from caseflow.kernel.sealed_fields import PLACES, Sealed
from caseflow.operations.models import Operation
from caseflow.operations.rules import OperationKind
from caseflow.people.models import ContactPoint, Flag, Merge, Person, RelatedPerson
from caseflow.people.rules import ContactKind, FlagKind, FlagLevel, FlagSource, Relation
from tests import builders
from tests.harness.databases import SQLite

# Blobs that hold nothing to seal: keyed indexes, wrapped keys, public keys, and the outcome
# summary, which leaves out addresses, numbers and notes of every kind.
OPEN_BLOBS = {
    "contact_point.value_index", "contact_point.ending_index", "data_key.wrapped",
    "summary.pdf",
    "public_referral.code_index", "public_referral.waiting_index",
    "public_referral.phone_index",
    "public_referral.email_index", "passkey.credential_id", "passkey.public_key",
}  # fmt: skip


def canary(name: str) -> str:
    return f"canary-{name}"


def sealed_names(kind: type[Base]) -> list[str]:
    return [name for name, value in vars(kind).items() if isinstance(value, Sealed)]


def models() -> Iterator[type[Base]]:
    for mapper in Base.registry.mappers:
        if sealed_names(mapper.class_):
            yield mapper.class_


def a_record_of_each() -> dict[type[Base], Base]:
    case = builders.received_case()
    person, worker, now = case.person, builders.worker(), clock.now()
    referral = Referral(case_id=case.id, source=next(iter(Source)), received_at=now)
    made: list[Base] = [
        person,
        ContactPoint(person_id=person.id),
        RelatedPerson(person_id=person.id, name="A", relation=Relation.PARENT),
        Flag(
            person_id=person.id, kind=next(iter(FlagKind)), level=next(iter(FlagLevel)),
            source=FlagSource.OBSERVED, set_by=worker, set_at=now,
        ),
        Operation(
            code="OP", name="Op", kind=next(iter(OperationKind)), starts_on=clock.today(),
            entered_by=worker, entered_at=now,
        ),
        RiskAssessment(case_id=case.id, level=Risk.HIGH, at=now, by=worker, review_by=now),
        SafetyPlan(case=case, at=now, by=worker, review_on=clock.today()),
        referral,
        Message(referral=referral, sha256="0" * 64, arrived_at=now, outcome="created"),
        Delivery(door="hand", sha256="0" * 64, arrived_at=now, size=9, outcome="refused"),
        PublicReferral(at=now, code_index=b"0"),
        KeepApart(person_id=person.id, other_id=builders.person().id, at=now, by_id=worker.id),
        Merge(kept=person, absorbed=builders.person(), at=now, by_id=worker.id, why="One"),
    ]  # fmt: skip
    return {type(record): record for record in made}


def _as_is(empty: object, words: str) -> object:
    """The words, as the field keeps them."""
    if isinstance(empty, bytes):
        return words.encode()
    return words if empty == "" else type(empty)({words: 1})


def fill(record: Base) -> list[str]:
    if isinstance(record, ContactPoint):
        record.say(ContactKind.EMAIL, canary("contact_point.value"))
    for name in sealed_names(type(record)):
        words = canary(f"{record.__tablename__}.{name}")
        empty = getattr(type(record), name)._empty()
        setattr(record, name, _as_is(empty, words))
    return [f"{record.__tablename__}.{name}" for name in sealed_names(type(record))]


def test_every_sealed_field_is_tried_below(session: Session) -> None:
    assert set(a_record_of_each()) == set(models())


def test_no_sealed_field_can_be_read_in_the_database(session, database) -> None:
    filled: list[str] = []
    for record in a_record_of_each().values():
        session.add(record)
        filled += fill(record)
    session.commit()
    assert len(filled) >= 20
    shown = everything_in(database)
    assert b"@example.org" in shown, "the test must see what is not sealed"
    assert canary("").encode() not in shown


def test_nor_in_the_journal_while_they_are_changed(session, database) -> None:
    records = a_record_of_each().values()
    for record in records:
        session.add(record)
        fill(record)
    session.commit()
    for record in records:
        for name in sealed_names(type(record)):
            setattr(record, name, getattr(type(record), name)._empty())
    session.flush()
    assert canary("").encode() not in everything_in(database)
    session.rollback()


def everything_in(database: Any) -> bytes:
    """The file with whatever lies beside it; on PostgreSQL every column of every table."""
    if isinstance(database, SQLite):
        files = database.path.parent.glob(f"{database.path.name}*")
        return b"".join(path.read_bytes() for path in files)
    found = []
    for table in Base.metadata.tables:
        rows = db.session.execute(text(f"SELECT t.* FROM {table} t")).all()
        found += [bytes(v) if isinstance(v, bytes | memoryview) else str(v).encode()
                  for row in rows for v in row]  # fmt: skip
    return b"\n".join(found)


def test_a_hospitals_message_leaves_no_address_or_number_behind(session, database) -> None:
    from caseflow.demo.messages import bars_referral

    builders.team()
    message = bars_referral(address=("17 Canary Gardens", "Leicester"), phones=("07700 900987",))
    assert intake.receive_message(message, name="m.xml").outcome == "created"
    session.commit()
    shown = everything_in(database)
    for secret in (b"Canary Gardens", b"900987", b"900 987", b"LE2 0AA"):
        assert secret not in shown


def test_what_was_sealed_reads_as_it_was_written(session) -> None:
    records = a_record_of_each()
    for record in records.values():
        session.add(record)
        fill(record)
    session.commit()
    session.expire_all()
    assert records[Person].address == "canary-person.address"
    assert records[Message].draft == {"canary-referral_message.draft": 1}


def test_nothing_is_kept_as_nothing(session) -> None:
    person = builders.received_case().person
    person.address = "1 High Street"
    session.flush()
    person.address = ""
    session.flush()
    assert (person.address, person.address_sealed) == ("", b"")


def test_the_same_words_again_change_no_row(session) -> None:
    person = builders.received_case().person
    person.address = "1 High Street"
    session.commit()
    before = person.version
    person.address = "1 High Street"
    session.commit()
    assert person.version == before


def test_an_address_put_into_another_row_does_not_open(session) -> None:
    """Whoever can write to the database cannot show one person's address as another's."""
    mine, theirs = builders.received_case().person, builders.received_case().person
    mine.address = "1 High Street"
    session.flush()
    theirs.address_sealed = mine.address_sealed
    with pytest.raises(Damaged):
        _ = theirs.address
    session.rollback()


def test_every_blob_in_the_database_is_sealed_or_said_to_be_open() -> None:
    """A rotation finds what PLACES names: a sealed value elsewhere would be lost with its key."""
    blobs = {
        f"{table.name}.{column.name}"
        for table in Base.metadata.tables.values()
        for column in table.columns
        if isinstance(column.type, LargeBinary)
    }
    sealed = {f"{place.table}.{place.column}" for place in PLACES}
    assert blobs - OPEN_BLOBS == sealed


def test_a_number_is_found_whole_or_by_its_end(session) -> None:
    from caseflow.people.actions import save_contact_point
    from caseflow.people.queries import people_with_number

    person = builders.received_case().person
    save_contact_point(person, kind=ContactKind.PHONE, value="07700 900123")
    session.flush()
    for asked in ("+447700900123", "7700900123", "900123"):
        assert people_with_number(asked) == {person.id}
    for asked in ("+447700900124", "1900123", "00123", ""):
        assert people_with_number(asked) == set()
