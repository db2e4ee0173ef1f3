import uuid
from collections.abc import Sequence

from sqlalchemy import ColumnElement, and_, false, or_, select
from sqlalchemy.orm import InstrumentedAttribute, joinedload

from caseflow.kernel import clock
from caseflow.kernel.database import db
from caseflow.kernel.names import FIRST_UNSPACED, fold
from caseflow.kernel.sealed_fields import blind_index
from caseflow.people.models import (
    ENDING_INDEX,
    Alias,
    Consent,
    ContactPoint,
    Flag,
    Merge,
    Person,
    RelatedPerson,
)
from caseflow.people.rules import ConsentPurpose, Decision, contact_ending


def aliases_of(person: Person) -> Sequence[Alias]:
    return db.session.scalars(
        select(Alias).where(Alias.person_id == person.id).order_by(Alias.name)
    ).all()


def contact_points(person: Person) -> Sequence[ContactPoint]:
    found = db.session.scalars(
        select(ContactPoint).where(
            ContactPoint.person_id == person.id, ContactPoint.removed_at.is_(None)
        )
    )
    return sorted(found, key=lambda point: (point.kind, point.value))


def people_with_number(number: str) -> set[uuid.UUID]:
    """The people who hold it, or, given only its last digits, each one that ends so."""
    ending = contact_ending(number)
    if not ending:
        return set()
    likely = db.session.scalars(
        select(ContactPoint).where(
            ContactPoint.removed_at.is_(None),
            ContactPoint.ending_index == blind_index(ending, of=ENDING_INDEX),
        )
    )
    return {point.person_id for point in likely if number in point.folded}


def related_people(person: Person) -> Sequence[RelatedPerson]:
    return db.session.scalars(
        select(RelatedPerson)
        .where(RelatedPerson.person_id == person.id, RelatedPerson.removed_at.is_(None))
        .order_by(RelatedPerson.name)
    ).all()


def consents_of(person: Person) -> Sequence[Consent]:
    """Every decision, newest first."""
    return db.session.scalars(
        select(Consent)
        .where(Consent.person_id == person.id)
        .order_by(Consent.decided_at.desc(), Consent.id)
    ).all()


def consent_in_force(person: Person, purpose: ConsentPurpose, agency: str = "") -> Consent | None:
    """The latest decision, when it is a yes that has not run out."""
    latest = db.session.scalars(
        select(Consent)
        .where(Consent.person_id == person.id, Consent.purpose == purpose, Consent.agency == agency)
        .order_by(Consent.decided_at.desc())
        .limit(1)
    ).first()
    if latest is None or latest.decision is not Decision.GIVEN:
        return None
    return None if latest.until is not None and latest.until < clock.today() else latest


def live_flags(person: Person) -> Sequence[Flag]:
    return db.session.scalars(
        select(Flag)
        .where(
            Flag.person_id == person.id,
            Flag.removed_at.is_(None),
            or_(Flag.expires_on.is_(None), Flag.expires_on >= clock.today()),
        )
        .options(joinedload(Flag.set_by))
        .order_by(Flag.level.desc(), Flag.kind)
    ).all()


def all_flags(person: Person) -> Sequence[Flag]:
    return db.session.scalars(
        select(Flag)
        .where(Flag.person_id == person.id)
        .options(joinedload(Flag.set_by))
        .order_by(Flag.set_at.desc())
    ).all()


def flag_of(person: Person, flag_id: uuid.UUID) -> Flag | None:
    return db.session.scalar(select(Flag).where(Flag.id == flag_id, Flag.person_id == person.id))


def contact_point_of(person: Person, point_id: uuid.UUID) -> ContactPoint | None:
    return db.session.scalar(
        select(ContactPoint).where(ContactPoint.id == point_id, ContactPoint.person_id == person.id)
    )


def related_person_of(person: Person, related_id: uuid.UUID) -> RelatedPerson | None:
    return db.session.scalar(
        select(RelatedPerson).where(
            RelatedPerson.id == related_id, RelatedPerson.person_id == person.id
        )
    )


def named_like(words: str) -> ColumnElement[bool]:
    """People with every word, or its beginning, in their name or an alias, in any order. Callers
    add who may see them."""
    parts = fold(words).split()
    if not parts:
        return false()
    by_alias = select(Alias.person_id).where(*[_has_word(Alias.folded, part) for part in parts])
    by_name = and_(*[_has_word(Person.folded_name, part) for part in parts])
    return or_(by_name, Person.id.in_(by_alias))


def _has_word(names: InstrumentedAttribute[str], part: str) -> ColumnElement[bool]:
    """Chinese, Japanese and Korean names have no spaces between their words."""
    if any(letter >= FIRST_UNSPACED for letter in part):
        return names.contains(part, autoescape=True)
    return or_(names.startswith(part, autoescape=True), names.contains(f" {part}", autoescape=True))


def people_with_nhs_number(number: str) -> Sequence[Person]:
    found = db.session.scalars(select(Person).where(Person.nhs_number == number))
    return list(dict.fromkeys(as_merged(person) for person in found))


def as_merged(person: Person) -> Person:
    """Whoever this record is part of by now; itself unless it was merged into another."""
    merge = select(Merge).where(Merge.undone_at.is_(None))
    while found := db.session.scalar(merge.where(Merge.absorbed_id == person.id)):
        person = found.kept
    return person
