"""What is set aside is left out of every question that anybody asks of the records.

Not each list and count leaves it out: the session does, whatever reads by the classes below, and
so does whatever is written later. Only who asks with ``WITH_SET_ASIDE`` finds it.
"""

import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, event, literal, literal_column, or_, select, union_all
from sqlalchemy.orm import (
    LoaderCriteriaOption,
    ORMExecuteState,
    joinedload,
    with_loader_criteria,
)

from caseflow.assessments.models import Assessment, DomainScore, RiskAssessment, SafetyPlan
from caseflow.audit.models import AuditRow
from caseflow.audit.rules import Event
from caseflow.cases.models import Case
from caseflow.cases.visibility import known_to
from caseflow.contacts.models import Contact
from caseflow.kernel.database import db
from caseflow.misfiled.models import Misfiled
from caseflow.misfiled.rules import Kind, State
from caseflow.plans.models import Action, Goal, GoalRating, OnwardReferral, OnwardStatusChange
from caseflow.reviews.models import DueItem, Review
from caseflow.reviews.rules import DueState
from caseflow.staff.models import User

WITH_SET_ASIDE = {"with_set_aside": True}
MOST_LISTED = 200


@dataclass(frozen=True)
class Source:
    """One kind of entry. ``parts`` hang on it by that column; ``loose`` names something that
    stays with the case it leaves; ``words``: what it says, (heading, attribute)."""

    model: Any
    at: str
    words: tuple[tuple[str, str], ...]
    parts: tuple[tuple[Any, str], ...] = ()
    loose: str = ""


SOURCES: dict[Kind, Source] = {
    Kind.CONTACT: Source(
        Contact, "happened_at",
        (("What happened", "headline"), ("Note", "note"), ("In their own words", "their_words"),
         ("Worry about safety", "worry"), ("Next step", "next_step")),
    ),
    Kind.ASSESSMENT: Source(
        Assessment, "started_at", (("Which", "point"), ("In their own words", "their_words")),
        parts=((DomainScore, "assessment_id"),),
    ),
    Kind.RISK: Source(
        RiskAssessment, "at",
        (("Level", "level"), ("What it rests on", "evidence"), ("What protects", "protective"),
         ("What will be done", "plan")),
    ),
    Kind.SAFETY_PLAN: Source(
        SafetyPlan, "at",
        (("Avoid", "avoid"), ("Travel", "travel"), ("Safe people", "safe_people"),
         ("If followed", "if_followed"), ("Online", "online"), ("School", "school"),
         ("Home", "home"), ("Agreed with", "agreed_with")),
    ),
    Kind.REVIEW: Source(
        Review, "held_at",
        (("Risk", "risk"), ("Why", "risk_reason"), ("What changed", "what_changed"),
         ("In their own words", "their_words"), ("Decided", "decision")),
        loose="item_id",
    ),
    Kind.GOAL: Source(
        Goal, "set_at", (("In their own words", "their_words"),),
        parts=((GoalRating, "goal_id"), (Action, "goal_id")),
    ),
    Kind.ACTION: Source(Action, "made_at", (("What", "what"), ("Who", "owner")), loose="goal_id"),
    Kind.ONWARD: Source(
        OnwardReferral, "made_at",
        (("For", "domain"), ("Now", "status"), ("Why", "reason")),
        parts=((OnwardStatusChange, "referral_id"),),
    ),
}  # fmt: skip

_table = Misfiled.__table__
# Said in the statement itself, so that its own small index answers it.
_set_aside = select(_table.c.entry_id).where(_table.c.state == literal_column("'aside'"))


_actions = Action.__table__
_promised = select(_actions.c.id).where(_actions.c.goal_id.in_(_set_aside))


def _only(kind: Any, which: Callable[[Any], ColumnElement[bool]]) -> LoaderCriteriaOption:
    return with_loader_criteria(kind, which, include_aliases=True, propagate_to_loaders=False)


_ONLY_WHAT_STANDS = [
    *(_only(source.model, lambda cls: cls.id.not_in(_set_aside)) for source in SOURCES.values()),
    _only(DomainScore, lambda cls: cls.assessment_id.not_in(_set_aside)),
    _only(GoalRating, lambda cls: cls.goal_id.not_in(_set_aside)),
    _only(Action, lambda cls: or_(cls.goal_id.is_(None), cls.goal_id.not_in(_set_aside))),
    _only(OnwardStatusChange, lambda cls: cls.referral_id.not_in(_set_aside)),
    _only(DueItem, lambda cls: cls.subject.not_in(_set_aside)),
    _only(DueItem, lambda cls: cls.subject.not_in(_promised)),
]


@event.listens_for(db.session, "do_orm_execute")
def leave_out_what_is_set_aside(state: ORMExecuteState) -> None:
    asks_for_all = state.execution_options.get("with_set_aside")
    if state.is_select and not state.is_column_load and not asks_for_all:
        state.statement = state.statement.options(*_ONLY_WHAT_STANDS)


# --- Entries -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Entry:
    kind: Kind
    row: Any
    author: str

    @property
    def source(self) -> Source:
        return SOURCES[self.kind]

    @property
    def id(self) -> uuid.UUID:
        found: uuid.UUID = self.row.id
        return found

    @property
    def at(self) -> datetime:
        when: datetime = getattr(self.row, self.source.at)
        return when

    @property
    def written_at(self) -> datetime:
        when: datetime = getattr(self.row, "recorded_at", self.at)
        return when

    @property
    def lines(self) -> list[tuple[str, str]]:
        """What it says, without what it leaves empty."""
        said = [(heading, getattr(self.row, name)) for heading, name in self.source.words]
        return [(heading, str(getattr(value, "label", value))) for heading, value in said if value]


def entry_in(case: Case, entry_id: uuid.UUID) -> Entry | None:
    """Of any kind, that stands in this case."""
    kinds = union_all(
        *(
            select(literal(kind.value).label("kind")).where(
                source.model.id == entry_id, source.model.case_id == case.id
            )
            for kind, source in SOURCES.items()
        )
    )
    kind = db.session.scalar(kinds)
    return _read(Kind(kind), entry_id) if kind else None


def entry_of(misfiled: Misfiled) -> Entry:
    """Wherever it stands now."""
    return _read(misfiled.kind, misfiled.entry_id)


def _read(kind: Kind, entry_id: uuid.UUID) -> Entry:
    model = SOURCES[kind].model
    row, author = db.session.execute(
        select(model, User.name)
        .join(User, User.id == model.by_id)
        .where(model.id == entry_id)
        .execution_options(**WITH_SET_ASIDE)
    ).one()
    return Entry(kind, row, author)


def due_about(entry: Entry) -> Sequence[DueItem]:
    """What it promised that is not done."""
    return db.session.scalars(
        select(DueItem)
        .where(DueItem.subject == entry.id, DueItem.state == DueState.OPEN)
        .order_by(DueItem.due_at)
        .execution_options(**WITH_SET_ASIDE)
    ).all()


def left_the_case(misfiled: Misfiled, entry: Entry) -> Sequence[AuditRow]:
    """What was made, printed or exported of the case while the entry stood in it."""
    out = (Event.SUMMARY_MADE, Event.PRINTED, Event.EXPORTED)
    until = datetime.fromisoformat(misfiled.steps[0]["at"])
    return db.session.scalars(
        select(AuditRow)
        .where(
            AuditRow.case_id == misfiled.case_id,
            AuditRow.event.in_(out),
            AuditRow.at.between(entry.written_at, until),
        )
        .order_by(AuditRow.seq)
    ).all()


# --- What is set aside -------------------------------------------------------------------------


def misfiled_in(case: Case, misfiled_id: uuid.UUID) -> Misfiled | None:
    return db.session.scalar(
        select(Misfiled).where(Misfiled.id == misfiled_id, Misfiled.case_id == case.id)
    )


def set_aside_from(case: Case) -> Sequence[Misfiled]:
    """All that ever was, the last first."""
    return db.session.scalars(
        select(Misfiled)
        .where(Misfiled.case_id == case.id)
        .options(joinedload(Misfiled.by))
        .order_by(Misfiled.at.desc(), Misfiled.id)
    ).all()


def gone_from(case: Case) -> Sequence[Misfiled]:
    """What the case's own page says is missing from it, the oldest first."""
    return db.session.scalars(
        select(Misfiled)
        .where(Misfiled.case_id == case.id, Misfiled.state != State.BACK)
        .order_by(Misfiled.entry_at)
    ).all()


def is_set_aside(entry_id: uuid.UUID) -> bool:
    return db.session.scalar(_set_aside.where(_table.c.entry_id == entry_id)) is not None


def moved_here(case: Case) -> dict[uuid.UUID, Misfiled]:
    """Entry → how it came into this case from another."""
    found = db.session.scalars(
        select(Misfiled)
        .where(Misfiled.to_case_id == case.id, Misfiled.state == State.MOVED)
        .options(joinedload(Misfiled.by))
        .order_by(Misfiled.at)
    )
    return {misfiled.entry_id: misfiled for misfiled in found}


def queue_for(user: User) -> Sequence[Misfiled]:
    """What waits for a decision in the cases this user may know of, the longest wait first."""
    return db.session.scalars(
        select(Misfiled)
        .join(Case, Case.id == Misfiled.case_id)
        .where(Misfiled.state == State.ASIDE, known_to(user))
        .options(joinedload(Misfiled.case).joinedload(Case.person), joinedload(Misfiled.by))
        .order_by(Misfiled.at)
        .limit(MOST_LISTED)
    ).all()


def names_of(user_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, str]:
    return dict(db.session.execute(select(User.id, User.name).where(User.id.in_(user_ids))).all())
