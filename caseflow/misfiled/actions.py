"""Setting an entry aside, and what is done with it then. Who wrote it and when never changes."""

import uuid
from collections.abc import Callable
from typing import Any

from sqlalchemy import Table, select

from caseflow.assessments import actions as assessments
from caseflow.audit import actions as audit
from caseflow.audit.rules import Event
from caseflow.cases.actions import changed
from caseflow.cases.models import Case
from caseflow.kernel import clock
from caseflow.kernel.database import Base, db, lock
from caseflow.kernel.errors import Problem, Refused, Stale
from caseflow.kernel.rows import Change, Plain, differences, plain, put_back, read_plain, set_value
from caseflow.misfiled import queries
from caseflow.misfiled.models import Misfiled
from caseflow.misfiled.queries import Entry
from caseflow.misfiled.rules import STEPS, Kind, State, Step
from caseflow.notices import actions as notices
from caseflow.reviews.rules import DueState
from caseflow.staff import queries as staff
from caseflow.staff.models import User

EVENTS = {
    Step.SET_ASIDE: Event.ENTRY_SET_ASIDE,
    Step.LEFT: Event.ENTRY_LEFT_ASIDE,
    Step.PUT_BACK: Event.ENTRY_PUT_BACK,
    Step.MOVED: Event.ENTRY_MOVED,
    Step.MOVE_UNDONE: Event.ENTRY_MOVE_UNDONE,
}
DUE, EPISODE = "due_item", "episode"


def set_aside(case: Case, entry: Entry, *, by: User, why: str) -> Misfiled:
    """At once out of sight; the supervisors of the team are told."""
    lock(case)
    if queries.is_set_aside(entry.id):
        raise Stale("Somebody has set this entry aside already.")
    misfiled = Misfiled(
        case=case,
        kind=entry.kind,
        entry_id=entry.id,
        entry_at=entry.at,
        author_id=entry.row.by_id,
        state=State.ASIDE,
        at=clock.now(),
        by_id=by.id,
    )
    misfiled.steps, misfiled.changes = [], []

    def put_it_aside() -> None:
        db.session.add(misfiled)
        db.session.flush()

    _note_what_follows(misfiled, Step.SET_ASIDE, put_it_aside, case)
    _say(misfiled, Step.SET_ASIDE, by, why)
    _tell_supervisors(misfiled, by)
    return misfiled


def leave(misfiled: Misfiled, *, by: User, why: str) -> None:
    """Looked at, and it stays set aside."""
    _take(misfiled, Step.LEFT)
    _say(misfiled, Step.LEFT, by, why)


def put_it_back(misfiled: Misfiled, *, by: User, why: str) -> None:
    """It was about this young person after all."""
    _take(misfiled, Step.PUT_BACK)
    _restore(misfiled, Step.SET_ASIDE)
    _say(misfiled, Step.PUT_BACK, by, why)
    _settle(misfiled.case)


def move(misfiled: Misfiled, to: Case, *, by: User, why: str) -> None:
    """With what hangs on it and what it promised. Nothing else of the case goes with it."""
    _take(misfiled, Step.MOVED)
    if to.id == misfiled.case_id:
        raise Refused("That is the case it was set aside from.")
    entry, home = queries.entry_of(misfiled), misfiled.case
    misfiled.to_case_id = to.id
    moved: list[Change] = []

    def carry() -> None:
        moved.extend(_carry(entry, home.id, to.id))

    _note_what_follows(misfiled, Step.MOVED, carry, home, to, also=moved)
    _say(misfiled, Step.MOVED, by, why, other=to)


def undo_move(misfiled: Misfiled, *, by: User, why: str) -> None:
    """It is set aside again where it was, and all that came with it goes back as well."""
    if queries.is_set_aside(misfiled.entry_id):
        raise Refused("It was set aside again where it was moved to. Decide that first.")
    _take(misfiled, Step.MOVE_UNDONE)
    to = db.session.get_one(Case, misfiled.to_case_id)
    if queries.entry_of(misfiled).row.case_id != to.id:
        raise Refused("It was moved on from there. Undo that first.")
    _restore(misfiled, Step.MOVED)
    misfiled.to_case_id = None
    _say(misfiled, Step.MOVE_UNDONE, by, why, other=to)
    _settle(misfiled.case, to)


# --- Each step ---------------------------------------------------------------------------------


def _take(misfiled: Misfiled, step: Step) -> None:
    lock(misfiled)
    before, after = STEPS[step]
    if misfiled.state is not before:
        raise Stale("Somebody has decided about this entry already.")
    misfiled.state = after


def _say(misfiled: Misfiled, step: Step, by: User, why: str, other: Case | None = None) -> None:
    """A step of its own, on the trail of each case that it touches."""
    if not why.strip():
        raise Problem("Say why.", "why")
    misfiled.at, misfiled.by_id = clock.now(), by.id
    said = {"step": step.value, "at": plain(misfiled.at), "by": by.id.hex, "why": why.strip()}
    misfiled.steps = [*misfiled.steps, said]
    db.session.flush()
    for case in filter(None, (misfiled.case, other)):
        audit.record(
            EVENTS[step],
            case_id=case.id,
            person_id=case.person_id,
            entry=str(misfiled.entry_id),
            kind=misfiled.kind.value,
        )


def _tell_supervisors(misfiled: Misfiled, by: User) -> None:
    """The words name nobody."""
    for lead in staff.supervisors_of(misfiled.case.team_id):
        if lead.id != by.id:
            notices.put_in_inbox(
                lead,
                cause=f"misfiled {misfiled.id} to {lead.id}",
                text="An entry was set aside as being about somebody else. Please decide about it.",
                case_id=misfiled.case_id,
            )


# --- What follows from an entry ----------------------------------------------------------------


def _note_what_follows(
    misfiled: Misfiled,
    step: Step,
    do: Callable[[], None],
    *cases: Case,
    also: list[Change] | None = None,
) -> None:
    """Do it, let what is due and the risk follow, and write down all that is another then."""
    db.session.flush()
    due, risk = _due(*cases), _risk(*cases)
    do()
    _settle(*cases)
    for case in cases:
        _follow(misfiled.kind, case)
    db.session.flush()
    after = _due(*cases)
    made = [[DUE, row.hex, "", "", ""] for row in after.keys() - due.keys()]
    found = [
        *(also or []),
        *made,
        *differences(DUE, due, after),
        *differences(EPISODE, risk, _risk(*cases)),
    ]
    misfiled.changes = [*misfiled.changes, *([step.value, *change] for change in found)]
    db.session.flush()


def _follow(kind: Kind, case: Case) -> None:
    """The level of risk, and when to look again, are what the newest that stands says."""
    if not case.is_open:
        return
    if kind in (Kind.RISK, Kind.REVIEW):
        assessments.settle_risk(case)
    if kind is Kind.SAFETY_PLAN:
        assessments.settle_safety_plan(case)


def _settle(*cases: Case) -> None:
    """Rows were changed past the session; then the rules look again at what is due."""
    db.session.flush()
    db.session.expire_all()
    for case in cases:
        changed(case)
    db.session.flush()


def _due(*cases: Case) -> Plain:
    table = Base.metadata.tables[DUE]
    return read_plain(table.c.case_id, [case.id for case in cases])


def _risk(*cases: Case) -> Plain:
    table = Base.metadata.tables[EPISODE]
    found = read_plain(table.c.id, [case.id for case in cases])
    return {row: {"risk": values["risk"]} for row, values in found.items()}


def _carry(entry: Entry, home: uuid.UUID, to: uuid.UUID) -> list[Change]:
    """The entry, those of its parts that name a case themselves, and what is due about them."""
    model, source = entry.source.model, entry.source
    changes = _set_case(model.__table__, [entry.id], home, to)
    about = [entry.id]
    for part, column in source.parts:
        table = part.__table__
        if "case_id" in table.c:
            ids = db.session.scalars(select(table.c.id).where(table.c[column] == entry.id)).all()
            changes += _set_case(table, ids, home, to)
            about += ids
    loose = getattr(entry.row, source.loose) if source.loose else None
    if loose is not None:
        set_value(model.__table__, [entry.id], source.loose, None)
        changes.append([model.__tablename__, entry.id.hex, source.loose, loose.hex, None])
    due = Base.metadata.tables[DUE]
    promised = select(due.c.id).where(due.c.subject.in_(about), due.c.case_id == home)
    set_value(due, db.session.scalars(promised).all(), "case_id", to)
    return changes


def _set_case(table: Table, ids: Any, home: uuid.UUID, to: uuid.UUID) -> list[Change]:
    set_value(table, ids, "case_id", to)
    return [[table.name, row.hex, "case_id", home.hex, to.hex] for row in ids]


def _restore(misfiled: Misfiled, step: Step) -> None:
    """What the step changed, the last first, unless it was changed since."""
    db.session.flush()
    mine = [change for change in misfiled.changes if change[0] == step.value]
    for _, *change in reversed(mine):
        if change[0] != DUE or change[2] or _is_untouched(uuid.UUID(change[1])):
            put_back(change)
    misfiled.changes = [change for change in misfiled.changes if change[0] != step.value]
    db.session.flush()


def _is_untouched(item: uuid.UUID) -> bool:
    """Something the rules made due and nobody was told of or did goes without a trace."""
    due, told = Base.metadata.tables[DUE], Base.metadata.tables["told"]
    state = db.session.scalar(select(due.c.state).where(due.c.id == item))
    was_told = db.session.scalar(select(told.c.id).where(told.c.item_id == item).limit(1))
    return state is DueState.OPEN and was_told is None
