"""Young people and staff for tests, made by the real actions. Everybody is made up."""

import itertools
from datetime import date, timedelta
from typing import Any

from caseflow.access.permissions import Role
from caseflow.cases import actions as cases
from caseflow.cases import queries as case_queries
from caseflow.cases.lifecycle import Facts, Stage
from caseflow.cases.models import Case
from caseflow.cases.rules import Stream
from caseflow.kernel import clock
from caseflow.people import actions as people
from caseflow.people.models import Person
from caseflow.people.rules import (
    BornPrecision,
    ConsentMethod,
    ConsentPurpose,
    Decision,
    GivenBy,
)
from caseflow.staff import actions as staff
from caseflow.staff import queries as staff_queries
from caseflow.staff.models import Team, User

PASSWORD = "correct horse battery staple"
_count = itertools.count(1)
ALL = Facts(
    attempts=3,
    attempt_modes=2,
    days_of_attempts=14,
    support_agreed=True,
    has_two_way_contact=True,
    closure_approved=True,
    is_allocated=True,
)


def team(name: str = "Hospital team", streams: tuple[Stream, ...] = tuple(Stream)) -> Team:
    return staff_queries.team_named(name) or staff.add_team(name=name, streams=list(streams))


def user(role: Role, *, name: str = "", in_team: Team | None = None, **fields: Any) -> User:
    number = next(_count)
    if role is Role.EVALUATOR:
        fields.setdefault("access_ends_on", clock.today() + timedelta(days=90))
    return staff.add_user(
        email=f"{role.value}{number}@example.org",
        name=name or f"{role.label} {number}",
        role=role,
        team=in_team,
        password=PASSWORD,
        **fields,
    )


def worker(in_team: Team | None = None, name: str = "") -> User:
    return user(Role.YOUTH_WORKER, in_team=in_team or team(), name=name)


def supervisor(in_team: Team | None = None, name: str = "") -> User:
    return user(Role.SUPERVISOR, in_team=in_team or team(), name=name)


def person(**fields: Any) -> Person:
    """A 16-year-old with a made-up name, unless told otherwise."""
    born = clock.today() - timedelta(days=16 * 365 + 100)
    usual: dict[str, Any] = {
        "first_name": "Testy",
        "last_name": f"McTest{next(_count)}",
        "born_on": born,
        "born_precision": BornPrecision.DAY,
    }
    return people.add_person(**(usual | fields))


def received_case(
    *, of: Person | None = None, in_team: Team | None = None, stream: Stream = Stream.HOSPITAL
) -> Case:
    return cases.open_case(
        of or person(),
        stream=stream,
        team=in_team or team(),
        received_at=clock.now(),
        by=None,
    )


def case_at(
    stage: Stage,
    *,
    held_by: User | None = None,
    of: Person | None = None,
    stream: Stream = Stream.HOSPITAL,
) -> Case:
    """A case led to its stage by the real moves, held by a worker."""
    holder = held_by or worker()
    case = received_case(of=of, in_team=holder.team, stream=stream)
    if stage is Stage.RECEIVED:
        return case
    cases.triage(
        case,
        by=holder,
        is_eligible=stage is not Stage.INELIGIBLE,
        code="eligible" if stage is not Stage.INELIGIBLE else "age",
        reason="made for a test",
        rules_said="",
        is_confirmed=True,
        confirm_by=None,
    )
    if stage in (Stage.ELIGIBLE, Stage.INELIGIBLE):
        return case
    cases.allocate(case, holder, by=holder)
    for step in _path(stage):
        if step is Stage.AGREED:
            consent(case.person, by=holder)
        cases.move(case, step, by=holder, reason="made for a test", facts=ALL)
    return case


def _path(end: Stage) -> list[Stage]:
    early = [Stage.ATTEMPTING, Stage.APPROACHED, Stage.AGREED, Stage.LONG_TERM]
    if end is Stage.BRIEF:
        return [*early[:3], Stage.BRIEF]
    if end in early:
        return early[: early.index(end) + 1]
    if end in (Stage.DECLINED, Stage.UNABLE_TO_CONTACT):
        return [*early[:2], end]
    return [*early, end]


def consent(of: Person, *, by: User, purpose: ConsentPurpose = ConsentPurpose.SUPPORT) -> None:
    people.record_consent(
        of,
        by=by,
        purpose=purpose,
        decision=Decision.GIVEN,
        given_by=GivenBy.YOUNG_PERSON,
        method=ConsentMethod.SPOKEN,
        competence_note="Understood and weighed it up.",
        agency="An agency" if purpose is ConsentPurpose.SHARE else "",
    )


def stages_of(case: Case) -> list[Stage]:
    return [change.to_stage for change in case_queries.stage_changes(case)]


def born(years: int, on: date | None = None) -> date:
    """The birthday of somebody who turned this age today."""
    day = on or clock.today()
    return day.replace(year=day.year - years)
