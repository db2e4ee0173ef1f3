"""Messages that were refused, for somebody to look at who may triage. One that names a young
person whose record is restricted, or a conflict of interest, is not there for whoever may not
know of them: neither in the list nor in its count."""

import re
import uuid
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from caseflow.cases.models import Case, Conflict, Restriction
from caseflow.cases.visibility import known_to
from caseflow.intake.models import Delivery
from caseflow.intake.rules import Outcome
from caseflow.kernel.database import db
from caseflow.kernel.names import fold
from caseflow.people.models import Person
from caseflow.staff.models import User

MOST = 50


def refused_for(user: User) -> list[Delivery]:
    """The newest first."""
    found = db.session.scalars(
        select(Delivery)
        .where(Delivery.outcome == Outcome.REFUSED)
        .options(joinedload(Delivery.system))
        .order_by(Delivery.arrived_at.desc(), Delivery.id)
        .limit(MOST)
    ).all()
    hidden = unknown_to(user)
    return [delivery for delivery in found if not names_any(text_of(delivery), hidden)]


def refused_one(user: User, delivery_id: uuid.UUID) -> Delivery | None:
    found = db.session.get(Delivery, delivery_id)
    if found is None or found.outcome != Outcome.REFUSED:
        return None
    return None if names_any(text_of(found), unknown_to(user)) else found


def unknown_to(user: User) -> Sequence[Person]:
    """Young people who are protected, and of whom this user may not know."""
    restricted = select(Restriction.person_id).where(Restriction.lifted_at.is_(None))
    conflicts = select(Conflict.person_id).where(
        Conflict.user_id == user.id, Conflict.removed_at.is_(None)
    )
    known = select(Case.person_id).where(known_to(user))
    return db.session.scalars(
        select(Person).where(Person.id.in_(restricted.union(conflicts)), Person.id.not_in(known))
    ).all()


def names_any(text: str, people: Sequence[Person]) -> bool:
    """By their names anywhere in it, or by their NHS number. It errs towards hiding."""
    if not people:
        return False
    folded, digits = fold(text), re.sub(r"[\s-]", "", text)
    return any(
        (bool(person.nhs_number) and person.nhs_number in digits)
        or all(bool(name) and fold(name) in folded for name in _names(person))
        for person in people
    )


def _names(person: Person) -> tuple[str, str]:
    """A first and a last name; somebody known by one name alone is found by that."""
    first = person.first_name or person.known_as or person.label
    return first, person.last_name or first


def text_of(delivery: Delivery) -> str:
    """As it came, in letters as far as it is in letters at all."""
    return delivery.raw.decode("utf-8", "replace")
