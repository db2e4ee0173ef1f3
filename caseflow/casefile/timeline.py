"""Everything that happened in one case, newest first, a page at a time.

One query finds the page's rows across all rooms, then one query a kind reads what is on it:
the number of queries does not grow with the case.
"""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import CompoundSelect, Select, func, literal, or_, select, union_all
from sqlalchemy import case as sql_case
from sqlalchemy.orm import joinedload

from caseflow.access.permissions import Permission
from caseflow.assessments.models import Assessment, RiskAssessment, SafetyPlan
from caseflow.casefile import entries
from caseflow.casefile.entries import Entry, Names
from caseflow.casefile.queries import names_of
from caseflow.casefile.rules import ENTRIES_A_PAGE, Filter, pages
from caseflow.cases.lifecycle import Stage
from caseflow.cases.models import Allocation, Case, StageChange, Triage
from caseflow.cases.shown import Shown
from caseflow.closing.models import Closure, Summary
from caseflow.contacts.models import Contact
from caseflow.intake.models import Referral
from caseflow.kernel.database import db
from caseflow.misfiled.queries import SOURCES as MISFILED
from caseflow.misfiled.queries import moved_here
from caseflow.operations.models import OperationLink
from caseflow.people.models import Consent, Flag
from caseflow.plans.models import Action, Goal, GoalRating, OnwardReferral, OnwardStatusChange
from caseflow.plans.rules import OnwardStatus
from caseflow.reviews.models import Review
from caseflow.services.models import Service

# Of two things at one instant the one with the higher rank is the later: the stages of one
# press of a button are told in their order.
_STAGE_RANK = {stage: 10 * place for place, stage in enumerate(Stage)}
_REFERRAL_RANK, _WORKER_RANK, _CONSENT_RANK, _USUAL_RANK = -5, 35, 75, 200


MAY_BE_MISFILED = {source.model for source in MISFILED.values()}

Read = Callable[[list[uuid.UUID]], dict[uuid.UUID, Any]]


@dataclass(frozen=True)
class Source:
    """One kind of row: where its keys are, how it is read, and how it becomes an entry."""

    filter: Filter
    model: Any
    at: Any
    entry: Callable[[Any, Names], Entry]
    where: Callable[[Case], list[Any]]
    people: Callable[[Any], list[uuid.UUID | None]] = lambda row: [row.by_id]
    rank: Any = _USUAL_RANK
    read: Read | None = None


@dataclass(frozen=True)
class Page:
    entries: list[Entry]
    number: int
    pages: int
    total: int

    @property
    def months(self) -> list[tuple[str, list[Entry]]]:
        """As the service's own calendar has them, newest first."""
        grouped: dict[str, list[Entry]] = {}
        for entry in self.entries:
            grouped.setdefault(entry.month, []).append(entry)
        return list(grouped.items())


def page_of(case: Case, narrowed_to: Filter, number: int, *, shown: Shown) -> Page:
    """``number`` may be past the end: the last page is given."""
    every = _every_key(case, narrowed_to).subquery()
    total = db.session.scalar(select(func.count()).select_from(every)) or 0
    last = pages(total, ENTRIES_A_PAGE)
    number = min(number, last)
    keys = db.session.execute(
        select(every.c.source, every.c.id)
        .order_by(every.c.at.desc(), every.c.rank.desc(), every.c.id)
        .limit(ENTRIES_A_PAGE)
        .offset((number - 1) * ENTRIES_A_PAGE)
    ).all()
    found = _read([(key.source, key.id) for key in keys], shown)
    found |= _about_moves(case, found, shown)
    return Page([found[key.source, key.id] for key in keys], number, last, total)


def _every_key(case: Case, narrowed_to: Filter) -> CompoundSelect[Any]:
    parts = [
        _keys(name, source, case)
        for name, source in SOURCES.items()
        if narrowed_to in (Filter.ALL, source.filter)
    ]
    return union_all(*parts)


def _keys(name: str, source: Source, case: Case) -> Select[Any]:
    rank = literal(source.rank) if isinstance(source.rank, int) else source.rank
    return select(
        literal(name).label("source"),
        source.model.id.label("id"),
        source.at.label("at"),
        rank.label("rank"),
    ).where(*source.where(case))


def _read(
    keys: Sequence[tuple[str, uuid.UUID]], shown: Shown
) -> dict[tuple[str, uuid.UUID], Entry]:
    rows: dict[tuple[str, uuid.UUID], Any] = {}
    for name, source in SOURCES.items():
        wanted = [key for named, key in keys if named == name]
        if wanted:
            read = source.read or _plainly(source.model)
            rows |= {(name, key): row for key, row in read(wanted).items()}
    staff = [user for key, row in rows.items() for user in SOURCES[key[0]].people(row)]
    names = names_of(staff)
    return {
        key: entries.as_shown(SOURCES[key[0]].entry(row, names), row, shown)
        for key, row in rows.items()
    }


def _about_moves(
    case: Case, found: dict[tuple[str, uuid.UUID], Entry], shown: Shown
) -> dict[tuple[str, uuid.UUID], Entry]:
    """What came from another record says so; what is about somebody else can be set aside."""
    came, may_set_aside = moved_here(case), shown.may(Permission.ENTRY_SET_ASIDE)
    told = {}
    for (source, key), entry in found.items():
        one = entries.moved_here(entry, came[key]) if key in came else entry
        if may_set_aside and SOURCES[source].model in MAY_BE_MISFILED:
            door = ("misfiled.set_aside", {"case": case.id, "entry": key})
            one = replace(one, set_aside=door)
        told[source, key] = one
    return told


def _plainly(model: Any, *options: Any) -> Read:
    def read(ids: list[uuid.UUID]) -> dict[uuid.UUID, Any]:
        found = db.session.scalars(select(model).where(model.id.in_(ids)).options(*options))
        return {row.id: row for row in found}

    return read


def _ratings(ids: list[uuid.UUID]) -> dict[uuid.UUID, Any]:
    found = db.session.execute(
        select(GoalRating, Goal)
        .join(Goal, Goal.id == GoalRating.goal_id)
        .where(GoalRating.id.in_(ids))
    )
    return {row[0].id: tuple(row) for row in found}


def _onward_changes(ids: list[uuid.UUID]) -> dict[uuid.UUID, Any]:
    found = db.session.execute(
        select(OnwardStatusChange, Service)
        .join(OnwardReferral, OnwardReferral.id == OnwardStatusChange.referral_id)
        .join(Service, Service.id == OnwardReferral.service_id)
        .where(OnwardStatusChange.id.in_(ids))
    )
    return {row[0].id: tuple(row) for row in found}


def _of_case(model: Any, *also: Any) -> Callable[[Case], list[Any]]:
    return lambda case: [model.case_id == case.id, *also]


def _of_person(model: Any, at: Any) -> Callable[[Case], list[Any]]:
    """What is kept with the young person, as far as it belongs to this episode's days."""

    def where(case: Case) -> list[Any]:
        until = [at <= case.ended_at] if case.ended_at else []
        return [model.person_id == case.person_id, at >= case.received_at, *until]

    return where


def _of_goal(model: Any) -> Callable[[Case], list[Any]]:
    return lambda case: [model.goal_id.in_(select(Goal.id).where(Goal.case_id == case.id))]


def _of_onward(case: Case) -> list[Any]:
    mine = select(OnwardReferral.id).where(OnwardReferral.case_id == case.id)
    sent = OnwardStatusChange.status == OnwardStatus.SENT
    return [OnwardStatusChange.referral_id.in_(mine), ~sent]


def _stages(case: Case) -> list[Any]:
    """The first row says "received"; the referral says it better, where there is one."""
    referred = select(Referral.id).where(Referral.case_id == case.id).exists()
    return [StageChange.case_id == case.id, or_(StageChange.from_stage.is_not(None), ~referred)]


def _nobody(_: Any) -> list[uuid.UUID | None]:
    return []


SOURCES: dict[str, Source] = {
    "stage": Source(
        Filter.STAGES,
        StageChange,
        StageChange.at,
        entries.of_stage,
        _stages,
        rank=sql_case(_STAGE_RANK, value=StageChange.to_stage, else_=_USUAL_RANK),
    ),
    "referral": Source(
        Filter.STAGES, Referral, Referral.received_at, entries.of_referral,
        _of_case(Referral), people=_nobody, rank=_REFERRAL_RANK,
    ),
    "worker": Source(
        Filter.STAGES, Allocation, Allocation.at, entries.of_allocation,
        _of_case(Allocation), people=lambda row: [row.by_id, row.worker_id], rank=_WORKER_RANK,
    ),
    "triage": Source(
        Filter.STAGES, Triage, Triage.confirmed_at, entries.of_confirmation,
        _of_case(Triage, Triage.confirm_by.is_not(None), Triage.confirmed_at.is_not(None)),
        people=lambda row: [row.confirmed_by_id],
    ),
    "consent": Source(
        Filter.STAGES, Consent, Consent.decided_at, entries.of_consent,
        _of_person(Consent, Consent.decided_at), people=lambda row: [row.recorded_by],
        rank=_CONSENT_RANK,
    ),
    "contact": Source(
        Filter.CONTACTS, Contact, Contact.happened_at, entries.of_contact, _of_case(Contact),
        people=lambda row: [row.by_id, row.second_worker_id],
    ),
    "assessment": Source(
        Filter.NEEDS, Assessment, Assessment.started_at, entries.of_assessment,
        _of_case(Assessment),
    ),
    "risk": Source(
        Filter.NEEDS, RiskAssessment, RiskAssessment.at, entries.of_risk,
        _of_case(RiskAssessment),
    ),
    "safety": Source(
        Filter.NEEDS, SafetyPlan, SafetyPlan.at, entries.of_safety_plan, _of_case(SafetyPlan)
    ),
    "flag": Source(
        Filter.NEEDS, Flag, Flag.set_at, entries.of_flag, _of_person(Flag, Flag.set_at),
        people=lambda row: [row.set_by_id], read=_plainly(Flag, joinedload(Flag.set_by)),
    ),
    "goal": Source(Filter.PLAN, Goal, Goal.set_at, entries.of_goal, _of_case(Goal)),
    "rating": Source(
        Filter.PLAN, GoalRating, GoalRating.at, entries.of_rating, _of_goal(GoalRating),
        people=lambda row: [row[0].by_id], read=_ratings,
    ),
    "action": Source(
        Filter.PLAN, Action, Action.done_at, entries.of_action,
        _of_case(Action, Action.done_at.is_not(None)), people=_nobody,
    ),
    "onward": Source(
        Filter.PLAN, OnwardReferral, OnwardReferral.made_at, entries.of_onward,
        _of_case(OnwardReferral),
        read=_plainly(OnwardReferral, joinedload(OnwardReferral.service)),
    ),
    "onward_status": Source(
        Filter.PLAN, OnwardStatusChange, OnwardStatusChange.at, entries.of_onward_status,
        _of_onward, people=lambda row: [row[0].by_id], read=_onward_changes,
    ),
    "review": Source(Filter.REVIEWS, Review, Review.held_at, entries.of_review, _of_case(Review)),
    "closure_asked": Source(
        Filter.STAGES, Closure, Closure.asked_at, entries.of_closure_asked, _of_case(Closure),
        people=lambda row: [row.asked_by_id],
    ),
    "closure_decided": Source(
        Filter.STAGES, Closure, Closure.decided_at, entries.of_closure_decided,
        _of_case(Closure, Closure.decided_at.is_not(None)), people=lambda row: [row.decided_by_id],
    ),
    "operation": Source(
        Filter.PAPERS, OperationLink, OperationLink.offered_at, entries.of_operation,
        _of_case(OperationLink),
        read=_plainly(OperationLink, joinedload(OperationLink.operation)),
    ),
    "summary": Source(
        Filter.PAPERS, Summary, Summary.made_at, entries.of_summary, _of_case(Summary)
    ),
}  # fmt: skip
