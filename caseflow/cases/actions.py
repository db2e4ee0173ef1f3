"""What happens to an episode. ``on_change`` is handed in by create_app: what falls due follows."""

from collections.abc import Callable
from datetime import date, datetime

from caseflow.audit import actions as audit
from caseflow.audit.rules import Event
from caseflow.cases import keeping_apart, knowers, queries
from caseflow.cases.lifecycle import SUPPORT, Facts, Stage, is_open, obstacles
from caseflow.cases.models import Allocation, Case, Pause, StageChange, Triage
from caseflow.cases.rules import Arm, Risk, Stream
from caseflow.kernel import clock
from caseflow.kernel.database import db
from caseflow.kernel.errors import Problem, Stale
from caseflow.kernel.ids import new_reference
from caseflow.people.models import Person
from caseflow.staff.models import Team, User

_on_change: list[Callable[[Case], None]] = []


def call_on_change(hook: Callable[[Case], None]) -> None:
    """create_app hands in what a room above must do whenever a case changes."""
    _on_change[:] = [hook]


def changed(case: Case) -> None:
    db.session.flush()
    for hook in _on_change:
        hook(case)


def open_case(
    person: Person, *, stream: Stream, team: Team, received_at: datetime, by: User | None
) -> Case:
    case = Case(
        reference=new_reference(),
        person=person,
        stream=stream,
        team=team,
        stage=Stage.RECEIVED,
        received_at=received_at,
        stage_since=received_at,
        risk=Risk.NOT_ASSESSED,
    )
    db.session.add(case)
    db.session.flush()
    _add_stage_change(case, None, Stage.RECEIVED, at=received_at, by=by, reason="")
    changed(case)
    return case


def move(case: Case, to: Stage, *, by: User | None, reason: str = "", facts: Facts) -> None:
    """The one writer of a case's stage. ``facts`` is what the guards look at."""
    known = Facts(**{**facts.__dict__, "is_allocated": case.worker_id is not None})
    problems = obstacles(case.stage, to, reason=reason, facts=known)
    if problems:
        raise Problem(" ".join(problems), "stage")
    start, now = case.stage, clock.now()
    case.stage, case.stage_since = to, now
    if to in SUPPORT:
        case.arm = Arm(to.value)
        case.support_began_at = case.support_began_at or now
    case.ended_at = None if is_open(to) else now
    if not is_open(to):
        _end_pause(case)
    _add_stage_change(case, start, to, at=now, by=by, reason=reason)
    changed(case)
    audit.record(Event.STAGE_MOVED, case_id=case.id, person_id=case.person_id, start=start, end=to)


def _add_stage_change(
    case: Case, start: Stage | None, end: Stage, *, at: datetime, by: User | None, reason: str
) -> None:
    db.session.add(
        StageChange(
            case_id=case.id, from_stage=start, to_stage=end, at=at, by=by, reason=reason.strip()
        )
    )


def allocate(
    case: Case, worker: User, *, by: User, reason: str = "", version: int | None = None
) -> None:
    if version is not None and version != case.version:
        raise Stale("Somebody changed this case after you opened the page. Look again.")
    if worker.team_id != case.team_id or not worker.is_active:
        raise Problem("Choose a worker of the team that holds the case.", "worker")
    if knowers.in_conflict(case.person_id, [worker.id]):
        raise Problem(f"{worker.name} cannot hold this case.", "worker")
    if case.worker_id == worker.id:
        raise Problem(f"{worker.name} already holds this case.", "worker")
    case.worker = worker
    given = Allocation(case_id=case.id, worker=worker, at=clock.now(), by_id=by.id, reason=reason)
    db.session.add(given)
    db.session.flush()
    changed(case)
    audit.record(Event.ALLOCATED, case_id=case.id, person_id=case.person_id, worker=str(worker.id))
    keeping_apart.tell_of(given, case, by=by)


def triage(
    case: Case,
    *,
    by: User,
    is_eligible: bool,
    code: str,
    reason: str,
    rules_said: str,
    is_confirmed: bool,
    confirm_by: date | None,
) -> Triage:
    """Decide whether the service is for this young person. A worker's decision is provisional.

    A case may have waited at "triaged" while somebody asked for what the rules could not tell.
    """
    if case.stage not in (Stage.RECEIVED, Stage.TRIAGED):
        raise Problem("This referral has been triaged already.")
    decision = Triage(
        case_id=case.id,
        is_eligible=is_eligible,
        code=code,
        reason=reason.strip(),
        rules_said=rules_said,
        at=clock.now(),
        by_id=by.id,
        confirm_by=None if is_confirmed else confirm_by,
        confirmed_at=clock.now() if is_confirmed else None,
        confirmed_by_id=by.id if is_confirmed else None,
    )
    db.session.add(decision)
    if case.stage is Stage.RECEIVED:
        move(case, Stage.TRIAGED, by=by, facts=Facts())
    end = Stage.ELIGIBLE if is_eligible else Stage.INELIGIBLE
    move(case, end, by=by, reason=reason or code, facts=Facts())
    audit.record(Event.TRIAGED, case_id=case.id, person_id=case.person_id, code=code)
    return decision


def confirm_triage(case: Case, decision: Triage, *, by: User) -> None:
    if decision.confirmed_at is not None:
        raise Problem("This triage has been confirmed already.")
    decision.confirmed_at, decision.confirmed_by_id = clock.now(), by.id
    changed(case)
    audit.record(Event.TRIAGE_CONFIRMED, case_id=case.id, person_id=case.person_id)


def set_risk(case: Case, level: Risk) -> None:
    case.risk = level
    changed(case)


def pause(case: Case, *, reason: str) -> None:
    if not reason.strip():
        raise Problem("Say why the clock stands still.", "reason")
    case.paused_at, case.pause_reason = clock.now(), reason.strip()
    db.session.add(Pause(case_id=case.id, from_at=case.paused_at))
    changed(case)
    audit.record(Event.CASE_PAUSED, case_id=case.id, person_id=case.person_id)


def _end_pause(case: Case) -> None:
    case.paused_at, case.pause_reason = None, ""
    for pause in queries.pauses_of([case.id])[case.id]:
        pause.until_at = pause.until_at or clock.now()


def resume(case: Case) -> None:
    _end_pause(case)
    changed(case)
    audit.record(Event.CASE_RESUMED, case_id=case.id, person_id=case.person_id)
