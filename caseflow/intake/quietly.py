"""A referral about somebody whose record is restricted is saved like any other. Whoever brought it
learns nothing; whoever may know of that record is told."""

import uuid
from collections.abc import Collection, Iterable, Iterator

from sqlalchemy import false, or_, select
from sqlalchemy.orm import joinedload

from caseflow.cases import knowers
from caseflow.cases.models import Case
from caseflow.cases.visibility import is_restricted
from caseflow.intake.models import Referral
from caseflow.kernel.database import db
from caseflow.notices.actions import put_in_inbox
from caseflow.people.models import Person
from caseflow.people.queries import named_like
from caseflow.people.rules import BornPrecision
from caseflow.staff.models import User

IS_THEIRS = "A referral came for a young person whose record is restricted."
MAY_BE_THEIRS = (
    "A referral by this name came to a team. A record that is restricted has the same name or one "
    "very like it: look whether they are one person."
)
YEARS_APART = 2


def tell_who_may_know(referral: Referral, *, also: Collection[uuid.UUID] = ()) -> None:
    """One question whoever it is about, so that it takes as long. ``also``: people who were found
    to be very like them, whatever their records are."""
    case = referral.case
    like = _restricted_cases_like(case.person, also)
    if knowers.restriction_of(case) is not None:
        tell(referral, case, IS_THEIRS, _who_may_know(case))
        return
    for other in like:
        tell(referral, other, MAY_BE_THEIRS, _who_may_know(other))


def _restricted_cases_like(person: Person, also: Collection[uuid.UUID]) -> list[Case]:
    """Those of another person by the same name; the latest case of each. A stand-in ("Trauma X")
    and a first name alone are the name of nobody."""
    name = f"{person.first_name} {person.last_name}"
    is_named = named_like(name) if person.first_name and person.last_name else false()
    found = db.session.scalars(
        select(Case)
        .join(Case.person)
        .where(is_restricted(), Person.id != person.id, or_(is_named, Person.id.in_(also)))
        .options(joinedload(Case.person))
        .order_by(Case.received_at)
    )
    latest = {
        case.person_id: case
        for case in found
        if case.person_id in also or _could_be_born(case.person, person)
    }
    return list(latest.values())


def _could_be_born(one: Person, other: Person) -> bool:
    if one.born_on is None or other.born_on is None:
        return True
    if {one.born_precision, other.born_precision} == {BornPrecision.DAY}:
        return one.born_on == other.born_on
    return abs(one.born_on.year - other.born_on.year) <= YEARS_APART


def tell(referral: Referral, known: Case, text: str, users: Iterable[User]) -> None:
    for user in users:
        put_in_inbox(
            user,
            cause=f"restricted-referral:{referral.id}:{known.id}:{user.id}",
            text=text,
            case_id=referral.case_id,
        )


def _who_may_know(case: Case) -> Iterator[User]:
    """The safeguarding leads, who holds it, and who is on its list; none with a conflict."""
    holder = [case.worker] if case.worker else []
    named = [name.user for name in knowers.names_of(case)]
    people = {user.id: user for user in (*knowers.safeguarding_leads_for(case), *holder, *named)}
    return (user for user in people.values() if knowers.may_know(user, case))
