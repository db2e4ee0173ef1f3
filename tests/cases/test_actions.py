"""Stage changes, allocation and the pause: each leaves its row."""

import pytest
from sqlalchemy import select

from caseflow.audit.models import AuditRow
from caseflow.audit.rules import Event
from caseflow.cases import actions, queries
from caseflow.cases.lifecycle import Facts, Stage
from caseflow.cases.models import StageChange
from caseflow.cases.rules import Arm
from caseflow.kernel.errors import Problem, Stale
from tests import builders
from tests.builders import ALL


def events(session, case) -> list[Event]:
    rows = session.scalars(
        select(AuditRow).where(AuditRow.case_id == case.id).order_by(AuditRow.seq)
    )
    return [row.event for row in rows]


def test_each_move_is_a_row(session) -> None:
    case = builders.case_at(Stage.LONG_TERM)
    assert builders.stages_of(case)[0] is Stage.RECEIVED
    assert set(builders.stages_of(case)) == {
        Stage.RECEIVED, Stage.TRIAGED, Stage.ELIGIBLE, Stage.ATTEMPTING, Stage.APPROACHED,
        Stage.AGREED, Stage.LONG_TERM,
    }  # fmt: skip
    changes = queries.stage_changes(case)
    assert all(change.from_stage is not None for change in changes if change.to_stage != "received")
    assert events(session, case).count(Event.STAGE_MOVED) == 6


def test_a_move_that_is_refused_leaves_nothing(session) -> None:
    case = builders.case_at(Stage.ATTEMPTING)
    before = session.scalars(select(StageChange.id)).all()
    with pytest.raises(Problem, match="voicemail"):
        actions.move(case, Stage.APPROACHED, by=case.worker, facts=Facts())
    assert case.stage is Stage.ATTEMPTING
    assert session.scalars(select(StageChange.id)).all() == before


def test_support_remembers_its_arm_and_when_it_began(session, clock) -> None:
    clock("2026-11-03 10:00")
    case = builders.case_at(Stage.BRIEF)
    began = case.support_began_at
    clock.forward(days=28)
    actions.move(case, Stage.LONG_TERM, by=case.worker, reason="Needs longer", facts=ALL)
    assert (case.arm, case.support_began_at) == (Arm.LONG_TERM, began)


def test_an_ending_stops_the_pause_and_notes_its_instant(session) -> None:
    case = builders.case_at(Stage.LONG_TERM)
    actions.pause(case, reason="Remand")
    actions.move(case, Stage.CUSTODY, by=case.worker, reason="Sentenced", facts=ALL)
    assert case.ended_at is not None
    assert case.paused_at is None


def test_allocation_is_kept_and_audited(session) -> None:
    case = builders.received_case()
    ana, lead = builders.worker(name="Ana"), builders.supervisor()
    actions.allocate(case, ana, by=lead, reason="Knows the family", version=case.version)
    assert case.worker is ana
    assert [a.worker for a in queries.allocations(case)] == [ana]
    assert Event.ALLOCATED in events(session, case)


def test_allocation_from_an_old_page_is_refused(session) -> None:
    case = builders.received_case()
    ana, ben, lead = builders.worker(), builders.worker(), builders.supervisor()
    seen = case.version
    actions.allocate(case, ana, by=lead)
    with pytest.raises(Stale):
        actions.allocate(case, ben, by=lead, version=seen)
    assert case.worker is ana


def test_a_case_stays_in_its_team(session) -> None:
    case = builders.received_case()
    foreigner = builders.worker(builders.team("Other team", ()))
    with pytest.raises(Problem, match="team"):
        actions.allocate(case, foreigner, by=builders.supervisor())


def test_nobody_is_given_what_they_hold(session) -> None:
    case = builders.case_at(Stage.AGREED)
    with pytest.raises(Problem, match="already"):
        actions.allocate(case, case.worker, by=case.worker)


def test_a_pause_needs_its_reason(session) -> None:
    case = builders.case_at(Stage.LONG_TERM)
    with pytest.raises(Problem):
        actions.pause(case, reason=" ")
    actions.pause(case, reason="Long stay in hospital")
    assert case.pause_reason == "Long stay in hospital"
    actions.resume(case)
    assert (case.paused_at, case.pause_reason) == (None, "")
    assert {Event.CASE_PAUSED, Event.CASE_RESUMED} <= set(events(session, case))


def test_loads_are_read_for_all_workers_at_once(session) -> None:
    ana, ben = builders.worker(), builders.worker()
    builders.case_at(Stage.BRIEF, held_by=ana)
    builders.case_at(Stage.LONG_TERM, held_by=ana)
    builders.case_at(Stage.DECLINED, held_by=ben)
    loads = queries.loads_of([ana.id, ben.id], seen_by=ana)
    assert (loads[ana.id].points, loads[ana.id].cases) == (2.5, 2)
    assert (loads[ben.id].points, loads[ben.id].cases) == (0, 0)


def test_a_case_that_waited_at_triaged_is_decided_later(session) -> None:
    case, worker = builders.received_case(), builders.worker()
    actions.move(case, Stage.TRIAGED, by=worker, reason="Asked for the address", facts=Facts())
    decided = {"reason": "", "rules_said": "", "is_confirmed": True, "confirm_by": None}
    actions.triage(case, by=worker, is_eligible=True, code="eligible", **decided)
    assert builders.stages_of(case).count(Stage.TRIAGED) == 1
    assert case.stage is Stage.ELIGIBLE
    with pytest.raises(Problem, match="triaged already"):
        actions.triage(case, by=worker, is_eligible=True, code="eligible", **decided)
