"""The team's board: a fixed number of queries, however many workers and cases."""

import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.engine import Row as Found
from sqlalchemy.orm import joinedload

from caseflow.caseload.rules import QUIET_DAYS, WEEKS, DayCount, Sort, calendar, end_of_week
from caseflow.cases.lifecycle import TERMINAL, Stage
from caseflow.cases.load import Load
from caseflow.cases.models import Case, Triage
from caseflow.cases.queries import loads_of, visible_cases
from caseflow.cases.visibility import known_to
from caseflow.closing.models import Closure
from caseflow.closing.rules import ClosureState
from caseflow.contacts.models import Contact
from caseflow.contacts.queries import last_contact_at_for, last_heard_at_for
from caseflow.kernel import clock
from caseflow.kernel.database import db
from caseflow.kernel.page import moment
from caseflow.reviews.models import DueItem
from caseflow.reviews.queries import due_for_cases
from caseflow.reviews.rules import WHILE_PAUSED, DueState
from caseflow.staff.models import User
from caseflow.staff.queries import workers_in

# Nobody is expected to answer before somebody has begun to try.
EXPECTED_TO_ANSWER = (
    Stage.ATTEMPTING,
    Stage.APPROACHED,
    Stage.AGREED,
    Stage.BRIEF,
    Stage.LONG_TERM,
)


@dataclass(frozen=True)
class Row:
    """One worker on the board."""

    worker: User
    load: Load
    due_this_week: int
    overdue: int
    last_recorded_at: datetime | None


@dataclass(frozen=True)
class Board:
    rows: list[Row]
    unallocated: int
    overdue: int
    quiet: int
    sign_off: int
    weeks: list[list[DayCount]]


@dataclass(frozen=True)
class Due:
    """What falls due in the team, as light as it can be read."""

    worker_id: uuid.UUID | None
    day: date


@dataclass(frozen=True)
class Line:
    """One case of a list, with the words that say why it is there."""

    case: Case
    why: str
    at: datetime
    endpoint: str = ""
    action: str = ""

    @property
    def words(self) -> str:
        return f"{self.why} {moment(self.at)}"


def board_of(user: User, sort: Sort) -> Board:
    team_id = _team_of(user)
    today = clock.today()
    workers = workers_in(team_id)
    due = _due_in(user)
    late = Counter(item.worker_id for item in due if item.day < today)
    soon = Counter(item.worker_id for item in due if today <= item.day <= end_of_week(today))
    loads = loads_of([worker.id for worker in workers], seen_by=user)
    recorded = _last_recorded(user, [worker.id for worker in workers])
    rows = [Row(w, loads[w.id], soon[w.id], late[w.id], recorded.get(w.id)) for w in workers]
    return Board(
        rows=_sorted(rows, sort),
        unallocated=len(_unallocated_ids(user)),
        overdue=late.total(),
        quiet=len(quiet_cases(user)),
        sign_off=len(_asked_closures(user)) + len(_open_triages(user)),
        weeks=calendar(Counter(item.day for item in due if item.day >= today), today),
    )


def _team_of(user: User) -> uuid.UUID:
    if user.team_id is None:
        raise ValueError("a supervisor works in a team")
    return user.team_id


def _sorted(rows: list[Row], sort: Sort) -> list[Row]:
    """Names settle what is equal."""
    never = clock.now() - timedelta(days=36_500)
    keys = {
        Sort.NAME: lambda row: row.worker.name,
        Sort.LOAD: lambda row: -row.load.points,
        Sort.DUE: lambda row: -row.due_this_week,
        Sort.OVERDUE: lambda row: -row.overdue,
        Sort.QUIET: lambda row: (row.last_recorded_at or never).timestamp(),
    }
    by_name = sorted(rows, key=lambda row: row.worker.name)
    return sorted(by_name, key=keys[sort])


def _in_team(user: User) -> ColumnElement[bool]:
    """Numbers count what their list would show: a restricted case is not in either."""
    return and_(Case.team_id == _team_of(user), known_to(user))


def _due_in(user: User) -> list[Due]:
    """Late, or due within the weeks of the strip; a paused case waits, unless it must not."""
    rows = db.session.execute(
        select(Case.worker_id, DueItem.due_at)
        .join(Case, Case.id == DueItem.case_id)
        .where(
            _in_team(user),
            DueItem.state == DueState.OPEN,
            Case.paused_at.is_(None) | DueItem.kind.in_(WHILE_PAUSED),
            DueItem.due_at < clock.end_of(clock.today() + timedelta(days=7 * WEEKS)),
        )
    )
    return [Due(worker_id, clock.local(due_at).date()) for worker_id, due_at in rows]


def _last_recorded(user: User, worker_ids: list[uuid.UUID]) -> dict[uuid.UUID, datetime]:
    rows = db.session.execute(
        select(Contact.by_id, func.max(Contact.recorded_at))
        .join(Case, Case.id == Contact.case_id)
        .where(Contact.by_id.in_(worker_ids), Contact.withdrawn_at.is_(None), known_to(user))
        .group_by(Contact.by_id)
    )
    return {row[0]: row[1] for row in rows}


def _unallocated_ids(user: User) -> Sequence[uuid.UUID]:
    return db.session.scalars(
        select(Case.id).where(
            _in_team(user),
            Case.worker_id.is_(None),
            Case.stage.not_in(TERMINAL),
        )
    ).all()


def _asked_closures(user: User) -> Sequence[Found[Case, Closure]]:
    return db.session.execute(
        visible_cases(user)
        .join(Closure, Closure.case_id == Case.id)
        .where(Case.team_id == _team_of(user), Closure.state == ClosureState.ASKED)
        .add_columns(Closure)
    ).all()


def _open_triages(user: User) -> Sequence[Found[Case, Triage]]:
    return db.session.execute(
        visible_cases(user)
        .join(Triage, Triage.case_id == Case.id)
        .where(Case.team_id == _team_of(user), Triage.confirmed_at.is_(None))
        .add_columns(Triage)
    ).all()


# --- The lists behind the numbers ----------------------------------------------------------------


def unallocated_cases(user: User) -> list[Line]:
    cases = db.session.scalars(
        visible_cases(user)
        .where(
            Case.team_id == _team_of(user),
            Case.worker_id.is_(None),
            Case.stage.not_in(TERMINAL),
        )
        .order_by(Case.received_at)
    )
    return [Line(case, "Waiting since", case.received_at) for case in cases]


def quiet_cases(user: User) -> list[Line]:
    """Open cases in which the young person has not answered for a fortnight, longest first."""
    before = clock.now() - timedelta(days=QUIET_DAYS)
    cases = db.session.scalars(
        visible_cases(user).where(
            Case.team_id == _team_of(user),
            Case.stage.in_(EXPECTED_TO_ANSWER),
            Case.paused_at.is_(None),
            Case.received_at < before,
        )
    ).all()
    heard = last_heard_at_for([case.id for case in cases])
    lines = [
        Line(case, "Last heard from" if case.id in heard else "Never heard from; received",
             heard.get(case.id, case.received_at))
        for case in cases
    ]  # fmt: skip
    return sorted((line for line in lines if line.at < before), key=lambda line: line.at)


def due_cases(user: User, *, first: date | None, last: date) -> list[Line]:
    """What falls due from ``first`` (or ever) to ``last``, both included, a line each."""
    items = db.session.scalars(
        select(DueItem)
        .join(Case, Case.id == DueItem.case_id)
        .where(
            _in_team(user),
            DueItem.state == DueState.OPEN,
            Case.paused_at.is_(None) | DueItem.kind.in_(WHILE_PAUSED),
            DueItem.due_at < clock.end_of(last),
            *([DueItem.due_at >= clock.start_of(first)] if first else []),
        )
        .options(
            joinedload(DueItem.case).joinedload(Case.person),
            joinedload(DueItem.case).joinedload(Case.worker),
        )
        .order_by(DueItem.due_at, DueItem.id)
    )
    return [Line(item.case, f"{item.what or item.kind.label}, due", item.due_at) for item in items]


def to_sign_off(user: User) -> list[Line]:
    lines = [
        *(Line(case, f"Closure ({closure.ending.label.lower()}), asked", closure.asked_at,
               "closing.closing", "Decide")
          for case, closure in _asked_closures(user)),
        *(Line(case, "Triage to confirm, made", triage.at, "intake.triage", "Look at the triage")
          for case, triage in _open_triages(user)),
    ]  # fmt: skip
    return sorted(lines, key=lambda line: line.at)


@dataclass(frozen=True)
class Held:
    case: Case
    due: DueItem | None
    last_contact_at: datetime | None


def cases_held(user: User, worker: User) -> list[Held]:
    """A worker's open cases as far as ``user`` may see them: highest risk first."""
    cases = db.session.scalars(
        visible_cases(user)
        .where(Case.worker_id == worker.id, Case.stage.not_in(TERMINAL))
        .order_by(Case.received_at)
    ).all()
    ids = [case.id for case in cases]
    due, touched = due_for_cases(ids), last_contact_at_for(ids)
    order = {"immediate": 0, "high": 1, "medium": 2, "not_assessed": 3, "low": 4}
    held = [Held(case, due.get(case.id), touched.get(case.id)) for case in cases]
    return sorted(held, key=lambda row: order[row.case.risk.value])
