"""What other screens ask about what is due."""

from contextlib import contextmanager
from datetime import date, timedelta

import pytest
from sqlalchemy import event

from caseflow.cases import actions as cases
from caseflow.cases.lifecycle import Stage
from caseflow.kernel import clock as time
from caseflow.kernel.database import db
from caseflow.reviews import actions, cadence, queries
from caseflow.reviews.rules import DueKind
from tests import builders


@contextmanager
def statements():
    seen = []
    listener = lambda *args: seen.append(args[2])  # noqa: E731
    event.listen(db.engine, "before_cursor_execute", listener)
    yield seen
    event.remove(db.engine, "before_cursor_execute", listener)


def due_on(case, *days: str, kind: DueKind = DueKind.ACTION) -> None:
    for day in days:
        at = cadence.on_day(date.fromisoformat(day))
        actions.set_due(case, kind=kind, subject=builders.person().id, due_at=at, why="")


@pytest.fixture
def ana(session, clock):
    clock("2026-11-03 10:00")
    return builders.worker()


def bare(worker, stage: Stage = Stage.APPROACHED):
    """A case on which nothing is due by rule."""
    return builders.case_at(stage, held_by=worker)


def test_the_next_thing_due_is_the_soonest(ana):
    case = bare(ana)
    assert queries.next_due(case) is None
    due_on(case, "2026-11-20", "2026-11-10")
    assert time.local(queries.next_due(case).due_at).date() == date(2026, 11, 10)


def test_many_cases_cost_one_query(ana):
    found = [bare(ana) for _ in range(5)]
    for number, case in enumerate(found[:4]):
        due_on(case, f"2026-11-2{number}", f"2026-11-1{number}")
    with statements() as seen:
        due = queries.due_for_cases(case.id for case in found)
    assert len(seen) == 1
    assert {key: time.local(item.due_at).day for key, item in due.items()} == {
        case.id: 10 + number for number, case in enumerate(found[:4])
    }


def test_a_worker_sees_what_is_late_and_what_is_near_with_names_in_one_query(ana):
    mine, paused, other = bare(ana), bare(ana), bare(builders.worker())
    for case in (mine, paused, other):
        due_on(case, "2026-10-20", "2026-11-05", "2026-12-24")
    cases.pause(paused, reason="Custody")
    db.session.flush()
    until = time.now() + timedelta(days=7)
    assert not ana.covers  # read once a request, for everything that asks who somebody is
    with statements() as seen:
        due = queries.due_for_worker(ana, until)
        names = {item.case.person.display_name for item in due}
    assert [time.local(item.due_at).day for item in due] == [20, 5]
    assert names == {mine.person.display_name}
    assert len(seen) == 1


def test_a_team_sees_what_is_late_and_not_what_is_due_today(ana):
    case = bare(ana)
    due_on(case, "2026-11-03", "2026-11-02", "2026-10-20")
    elsewhere = bare(builders.worker(builders.team("Other team", ())))
    due_on(elsewhere, "2026-10-20")
    late = queries.overdue_for_team(ana.team_id, time.now())
    assert [time.local(item.due_at).day for item in late] == [20, 2]


def test_a_strip_counts_what_falls_due_each_day(ana):
    due_on(bare(ana), "2026-10-25", "2026-10-25", "2026-10-26", "2026-11-20")
    counts = queries.due_counts_by_day(ana.team_id, date(2026, 10, 25), date(2026, 11, 1))
    assert counts == {date(2026, 10, 25): 2, date(2026, 10, 26): 1}
