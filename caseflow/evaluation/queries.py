"""Counts of moves, in the database. No name is read here."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, String, Subquery, case, cast, func, select

from caseflow.cases.lifecycle import Stage
from caseflow.cases.models import Case, StageChange
from caseflow.cases.rules import Stream
from caseflow.contacts.models import Contact
from caseflow.contacts.rules import ATTENDED, With
from caseflow.evaluation.rules import STAGE_OF, Quarter, Step
from caseflow.kernel import clock
from caseflow.kernel.database import db


@dataclass(frozen=True)
class Count:
    """Episodes, and the people they are about."""

    episodes: int = 0
    people: int = 0


Funnel = dict[tuple[Step, Stream | None], Count]


def funnel(quarter: Quarter) -> Funnel:
    """Every step by stream; stream None is all of them together (people counted once)."""
    start, end = clock.start_of(quarter.first_day), clock.start_of(quarter.next.first_day)
    found: Funnel = {}
    for step in Step:
        moves = _engaged(start, end) if step is Step.ENGAGED else _moved(step, start, end)
        rows = db.session.execute(_by_stream(moves)).all()
        found |= {(step, stream): Count(episodes, people) for stream, episodes, people in rows}
        found[step, None] = Count(*db.session.execute(_together(moves)).one())
    return found


def _moved(step: Step, start: datetime, end: datetime) -> Select[Any]:
    """Episodes whose first move to the step's stage fell in the period."""
    return (
        select(StageChange.case_id)
        .where(StageChange.to_stage == STAGE_OF[step])
        .group_by(StageChange.case_id)
        .having(func.min(StageChange.at) >= start, func.min(StageChange.at) < end)
    )


def _engaged(start: datetime, end: datetime) -> Select[Any]:
    approached, agreed = _first(Stage.APPROACHED), _first(Stage.AGREED)
    talked = func.min(Contact.happened_at)
    both = case((talked > agreed.c.at, talked), else_=agreed.c.at)
    return (
        select(Contact.case_id)
        .join(approached, approached.c.case_id == Contact.case_id)
        .join(agreed, agreed.c.case_id == Contact.case_id)
        .where(
            Contact.happened_at > approached.c.at,
            Contact.withdrawn_at.is_(None),
            Contact.outcome.in_(ATTENDED),
            cast(Contact.people, String).contains(With.YOUNG_PERSON.value),
        )
        .group_by(Contact.case_id, agreed.c.at)
        .having(both >= start, both < end)
    )


def _first(stage: Stage) -> Subquery:
    return (
        select(StageChange.case_id, func.min(StageChange.at).label("at"))
        .where(StageChange.to_stage == stage)
        .group_by(StageChange.case_id)
        .subquery()
    )


def _by_stream(moves: Select[Any]) -> Select[Stream, int, int]:
    return (
        select(Case.stream, func.count(), func.count(func.distinct(Case.person_id)))
        .where(Case.id.in_(moves))
        .group_by(Case.stream)
    )


def _together(moves: Select[Any]) -> Select[int, int]:
    return select(func.count(), func.count(func.distinct(Case.person_id))).where(Case.id.in_(moves))
