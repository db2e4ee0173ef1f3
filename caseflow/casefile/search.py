"""Finding a case by whatever somebody has: always inside what they may see."""

import uuid
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, func, or_, select

from caseflow.casefile.rules import RESULTS_A_PAGE, Sought, page_asked, pages
from caseflow.cases.lifecycle import TERMINAL
from caseflow.cases.models import Case
from caseflow.cases.queries import cases_to_open
from caseflow.cases.visibility import visible_to
from caseflow.kernel.database import db
from caseflow.kernel.names import fold
from caseflow.kernel.nhs_number import read_nhs_number
from caseflow.people.models import Alias, Person
from caseflow.people.queries import named_like, people_with_number
from caseflow.people.rules import BornPrecision
from caseflow.staff.models import User


@dataclass(frozen=True)
class Found:
    """One page of cases. ``also_known_as`` by person; ``same_name``: the people on this page who
    share their name with somebody else the reader may see."""

    cases: list[Case]
    also_known_as: dict[uuid.UUID, list[str]]
    same_name: set[uuid.UUID]
    total: int
    page: int
    pages: int


def find_cases(user: User, sought: Sought, page: str = "1") -> Found:
    condition = _condition(sought)
    if condition is None:
        return Found([], {}, set(), 0, 1, 1)
    chosen = cases_to_open(user).join(Person, Person.id == Case.person_id).where(condition)
    total = db.session.scalar(select(func.count()).select_from(chosen.subquery())) or 0
    last = pages(total, RESULTS_A_PAGE)
    number = page_asked(page, last)
    cases = db.session.scalars(
        chosen.order_by(
            Case.stage.in_(TERMINAL), Person.folded_name, Case.received_at.desc(), Case.id
        )
        .limit(RESULTS_A_PAGE)
        .offset((number - 1) * RESULTS_A_PAGE)
    ).all()
    people = {case.person_id for case in cases}
    return Found(list(cases), _aliases(people), _sharing_a_name(user, people), total, number, last)


def _condition(sought: Sought) -> ColumnElement[bool] | None:
    """Any of the readings may hold; a birthday beside a name has to hold as well."""
    ways = list(_ways(sought))
    born = _born(sought)
    if not ways:
        return born
    either = or_(*ways)
    return either if born is None else and_(either, born)


def _ways(sought: Sought) -> list[ColumnElement[bool]]:
    ways: list[ColumnElement[bool]] = []
    if fold(sought.name):
        ways.append(named_like(sought.name))
    if sought.reference:
        ways.append(Case.reference.startswith(sought.reference, autoescape=True))
    if sought.nhs_number:
        spaced = read_nhs_number(sought.nhs_number).spaced
        ways.append(Person.nhs_number.in_([sought.nhs_number, spaced]))
    if sought.phone:
        ways.append(Person.id.in_(people_with_number(sought.phone)))
    if sought.hospital_number:
        ways.append(func.lower(Person.hospital_number) == sought.hospital_number.lower())
    return ways


def _born(sought: Sought) -> ColumnElement[bool] | None:
    """The very day; or a birthday of which only that month is known."""
    if sought.born is None:
        return None
    month_only = and_(
        Person.born_precision == BornPrecision.MONTH,
        Person.born_on == sought.born.replace(day=1),
    )
    return or_(Person.born_on == sought.born, month_only)


def _aliases(people: set[uuid.UUID]) -> dict[uuid.UUID, list[str]]:
    names: dict[uuid.UUID, list[str]] = {}
    found = db.session.scalars(
        select(Alias).where(Alias.person_id.in_(people)).order_by(Alias.name)
    )
    for alias in found:
        names.setdefault(alias.person_id, []).append(alias.name)
    return names


def _sharing_a_name(user: User, people: set[uuid.UUID]) -> set[uuid.UUID]:
    names = select(Person.folded_name).where(Person.id.in_(people), Person.folded_name != "")
    found = db.session.execute(
        select(Person.folded_name, Person.id)
        .join(Case, Case.person_id == Person.id)
        .where(Person.folded_name.in_(names), visible_to(user))
        .distinct()
    )
    bearers: dict[str, set[uuid.UUID]] = {}
    for name, person_id in found:
        bearers.setdefault(name, set()).add(person_id)
    return {person for group in bearers.values() if len(group) > 1 for person in group}
