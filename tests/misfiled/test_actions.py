"""An entry about somebody else: out of everything at once, then where it belongs, and back."""

import random
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from caseflow.assessments import actions as assessments
from caseflow.assessments import queries as needs
from caseflow.assessments import rules
from caseflow.assessments.rules import Point
from caseflow.audit.models import AuditRow
from caseflow.audit.rules import Event
from caseflow.cases import actions as cases
from caseflow.cases.lifecycle import Stage
from caseflow.cases.models import Case
from caseflow.cases.rules import NeedDomain, Risk
from caseflow.closing.summary import freeze
from caseflow.contacts import queries as contacts
from caseflow.contacts.actions import log_contact
from caseflow.contacts.models import Contact
from caseflow.contacts.rules import Mode, Outcome, Worry
from caseflow.evaluation.export import _queries
from caseflow.kernel import clock
from caseflow.kernel.database import db
from caseflow.kernel.errors import Problem, Refused, Stale
from caseflow.misfiled import actions, queries
from caseflow.misfiled.models import Misfiled
from caseflow.misfiled.rules import Kind, State
from caseflow.notices.models import InboxItem
from caseflow.people import merges
from caseflow.plans import actions as plans
from caseflow.plans.models import Goal
from caseflow.plans.rules import Owner
from caseflow.reviews import actions as reviews
from caseflow.reviews import queries as due
from caseflow.reviews.rules import DueKind
from caseflow.services.models import Service
from caseflow.staff.models import User
from tests import builders
from tests.casefile.rich import rich_case
from tests.people.test_merges import different, rows

pytestmark = pytest.mark.usefixtures("session")


@pytest.fixture
def worker(clock: Any) -> User:
    clock("2026-11-24 10:00")
    return builders.worker(builders.team(), "Kim Worker")


@pytest.fixture
def boss(worker: User) -> User:
    return builders.supervisor(worker.team, "Sunil Boss")


@pytest.fixture
def case(worker: User) -> Case:
    return builders.case_at(Stage.LONG_TERM, held_by=worker)


@pytest.fixture
def other(worker: User) -> Case:
    return builders.case_at(Stage.LONG_TERM, held_by=worker)


def talked(case: Case, by: User, **said: Any) -> Contact:
    said = {"note": "His cousin is in danger", "minutes": 20} | said
    return log_contact(
        case, by=by, happened_at=clock.now(), outcome=Outcome.MET, mode=Mode.F2F_HOME, **said
    )


def aside(case: Case, row: Any, by: User) -> Misfiled:
    entry = queries.entry_in(case, row.id)
    assert entry is not None
    return actions.set_aside(case, entry, by=by, why="It names another school")


def on_trail(case: Case) -> list[Event]:
    return list(
        db.session.scalars(
            select(AuditRow.event).where(AuditRow.case_id == case.id).order_by(AuditRow.seq)
        )
    )


def test_set_aside_it_is_left_out_of_every_list_and_count(case, worker) -> None:
    before = contacts.dosage(case)
    contact = talked(case, worker, next_step="Ring the cousin", worry=Worry.REFERRED,
                     next_step_at=clock.now() + timedelta(days=1))  # fmt: skip
    assert contacts.dosage(case).attended == before.attended + 1
    promised = {item.kind for item in due.open_items(case)}
    assert {DueKind.NEXT_STEP, DueKind.SAFEGUARDING_CHASE} <= promised
    aside(case, contact, worker)
    assert contact not in contacts.contacts_for(case)
    assert contacts.contact_in(case, contact.id) is None
    assert contacts.dosage(case) == before
    left = {item.kind for item in due.open_items(case)}
    assert not {DueKind.NEXT_STEP, DueKind.SAFEGUARDING_CHASE} & left
    assert queries.entry_in(case, contact.id) is None


def test_it_is_in_no_summary_and_no_figure(case, worker) -> None:
    def told() -> dict[str, Any]:
        return {
            "summary": freeze(case, number=1),
            "export": [db.session.execute(query).all() for query in _queries().values()],
        }

    before = told()
    contact = talked(case, worker)
    assert [name for name in before if told()[name] == before[name]] == []
    aside(case, contact, worker)
    assert told() == before


def test_the_entry_itself_is_not_changed(case, other, worker, boss) -> None:
    contact = talked(case, worker)
    was = (contact.note, contact.by_id, contact.happened_at, contact.recorded_at)
    misfiled = aside(case, contact, worker)
    actions.move(misfiled, other, by=boss, why="It is about him")
    assert contacts.contact_in(other, contact.id) is contact
    assert contacts.contact_in(case, contact.id) is None
    assert (contact.note, contact.by_id, contact.happened_at, contact.recorded_at) == was


def test_what_it_promised_moves_with_it(case, other, worker, boss) -> None:
    at = clock.now() + timedelta(days=1)
    contact = talked(case, worker, next_step="Ring the cousin", next_step_at=at)
    actions.move(aside(case, contact, worker), other, by=boss, why="His")
    assert due.open_item(case, DueKind.NEXT_STEP, contact.id) is None
    item = due.open_item(other, DueKind.NEXT_STEP, contact.id)
    assert item is not None and item.what == "Ring the cousin"


def test_the_risk_is_what_the_newest_that_stands_says(case, other, worker, boss, clock) -> None:
    assessments.assess_risk(case, by=worker, level=Risk.MEDIUM, evidence="Known conflict")
    before = due.open_item(case, DueKind.RISK, case.id).due_at
    clock("2026-11-25 10:00")
    wrong = assessments.assess_risk(
        case, by=worker, level=Risk.HIGH, evidence="A threat", plan="Call daily"
    )
    misfiled = aside(case, wrong, worker)
    assert case.risk is Risk.MEDIUM
    assert due.open_item(case, DueKind.RISK, case.id).due_at == before
    actions.move(misfiled, other, by=boss, why="His")
    assert (case.risk, other.risk) == (Risk.MEDIUM, Risk.HIGH)
    assert due.open_item(other, DueKind.RISK, other.id).due_at == wrong.review_by
    actions.undo_move(misfiled, by=boss, why="No")
    actions.put_it_back(misfiled, by=boss, why="No")
    assert (case.risk, other.risk) == (Risk.HIGH, Risk.NOT_ASSESSED)
    assert due.open_item(other, DueKind.RISK, other.id) is None


def test_a_goal_takes_its_ratings_and_actions_along(case, other, worker, boss) -> None:
    goal = plans.add_goal(case, by=worker, their_words="Back to college")
    plans.rate_goal(goal, by=worker, rating=3)
    plans.add_action(case, by=worker, what="Ring them", owner=Owner.WORKER, goal=goal,
                     due_on=clock.today() + timedelta(days=3))  # fmt: skip
    misfiled = aside(case, goal, worker)
    assert not due.open_items(case) or all(
        item.kind is not DueKind.ACTION for item in due.open_items(case)
    )
    actions.move(misfiled, other, by=boss, why="Hers")
    assert DueKind.ACTION in {item.kind for item in due.open_items(other)}
    assert db.session.scalars(select(Goal).where(Goal.case_id == other.id)).all() == [goal]


def test_an_action_that_moves_alone_leaves_its_goal_behind(case, other, worker, boss) -> None:
    goal = plans.add_goal(case, by=worker, their_words="Back to college")
    action = plans.add_action(case, by=worker, what="Ring", owner=Owner.WORKER, goal=goal)
    misfiled = aside(case, action, worker)
    actions.move(misfiled, other, by=boss, why="His")
    assert (action.case_id, action.goal_id) == (other.id, None)
    actions.undo_move(misfiled, by=boss, why="No")
    assert (action.case_id, action.goal_id) == (case.id, goal.id)


def test_whatever_is_asked_by_class_finds_nothing_of_it(boss) -> None:
    case = rich_case(boss)
    _every_kind(case, boss)
    assessment = assessments.start_assessment(case, by=boss, point=Point.REVIEW)
    scores = [rules.Score(NeedDomain.HOUSING, 2)]
    assessments.save_scores(assessment, by=boss, scores=scores)
    asked = {source.model for source in queries.SOURCES.values()}
    asked |= {part for source in queries.SOURCES.values() for part, _ in source.parts}
    assert all(db.session.scalars(select(model)).all() for model in asked)
    for entry in _entries(case):
        if entry.kind is not Kind.ACTION:  # They go with their goal.
            actions.set_aside(case, entry, by=boss, why="Not his")
    assert [model for model in asked if db.session.scalars(select(model)).all()] == []


def test_each_step_is_on_both_trails_and_the_supervisor_is_told(case, other, worker, boss) -> None:
    misfiled = aside(case, talked(case, worker), worker)
    told = db.session.scalars(select(InboxItem).where(InboxItem.user_id == boss.id)).all()
    assert [item.case_id for item in told if "set aside" in item.text] == [case.id]
    actions.leave(misfiled, by=boss, why="Asking Kim")
    actions.move(misfiled, other, by=boss, why="His")
    actions.undo_move(misfiled, by=boss, why="Not his")
    actions.put_it_back(misfiled, by=boss, why="Right after all")
    moves = [Event.ENTRY_MOVED, Event.ENTRY_MOVE_UNDONE]
    assert [event for event in on_trail(other) if event.value.startswith("entry_")] == moves
    assert [event for event in on_trail(case) if event.value.startswith("entry_")] == [
        Event.ENTRY_SET_ASIDE, Event.ENTRY_LEFT_ASIDE, *moves, Event.ENTRY_PUT_BACK,
    ]  # fmt: skip
    assert [said["why"] for said in misfiled.steps] == [
        "It names another school", "Asking Kim", "His", "Not his", "Right after all",
    ]  # fmt: skip


def test_the_second_of_two_is_told(case, other, worker, boss) -> None:
    contact = talked(case, worker)
    entry = queries.entry_in(case, contact.id)
    misfiled = aside(case, contact, worker)
    with pytest.raises(Stale):
        actions.set_aside(case, entry, by=boss, why="Me too")
    with pytest.raises(Refused):
        actions.move(misfiled, case, by=boss, why="Here")
    db.session.expire_all()
    misfiled.state = State.ASIDE
    actions.put_it_back(misfiled, by=boss, why="Right")
    with pytest.raises(Stale):
        actions.move(misfiled, other, by=boss, why="His")
    with pytest.raises(Stale):
        actions.undo_move(misfiled, by=boss, why="Never moved")


def test_no_reason_no_step(case, worker) -> None:
    entry = queries.entry_in(case, talked(case, worker).id)
    with pytest.raises(Problem):
        actions.set_aside(case, entry, by=worker, why="  ")


def test_what_was_set_aside_again_where_it_went_is_decided_there_first(
    case, other, worker, boss
) -> None:
    contact = talked(case, worker)
    first = aside(case, contact, worker)
    actions.move(first, other, by=boss, why="His")
    second = aside(other, contact, boss)
    with pytest.raises(Refused):
        actions.undo_move(first, by=boss, why="Back")
    db.session.expire_all()
    first.state = State.MOVED
    actions.put_it_back(second, by=boss, why="Was right")
    actions.undo_move(first, by=boss, why="Back")
    assert contact.case_id == case.id
    assert contacts.contact_in(case, contact.id) is None


def test_set_aside_it_stays_so_through_a_merge_and_its_undoing(case, worker, boss) -> None:
    twin = builders.received_case(in_team=worker.team)
    contact = talked(case, worker, next_step="Ring", next_step_at=clock.now() + timedelta(days=1))
    misfiled = aside(case, contact, worker)
    before = rows()
    done = merges.merge(twin.person, case.person, by=boss.id, why="One", take=[])
    assert case.person is twin.person
    assert contacts.contact_in(case, contact.id) is None
    assert queries.gone_from(case) == [misfiled]
    merges.unmerge(done, by=boss.id, why="Two")
    assert different(before, rows()) == []
    actions.put_it_back(misfiled, by=boss, why="His after all")
    assert contacts.contact_in(case, contact.id) is contact


def test_a_merge_between_the_move_and_its_undoing_changes_nothing(
    case, other, worker, boss
) -> None:
    contact = talked(case, worker)
    misfiled = aside(case, contact, worker)
    actions.move(misfiled, other, by=boss, why="His")
    merges.merge(case.person, other.person, by=boss.id, why="One", take=[])
    assert contact.case_id == other.id
    actions.undo_move(misfiled, by=boss, why="Back")
    assert contact.case_id == case.id and other.person is case.person


# --- any entry, any history --------------------------------------------------------------------

BOOKKEEPING = {"misfiled_entry"}


def kept() -> dict[Any, Any]:
    return {key: row for key, row in rows().items() if key[0] not in BOOKKEEPING}


def _every_kind(case: Case, by: User) -> None:
    """One of each kind of entry more, by the actions that make them."""
    at = clock.now() + timedelta(days=2)
    talked(case, by, next_step="Ring", next_step_at=at, worry=Worry.REFERRED)
    assessments.assess_risk(case, by=by, level=Risk.HIGH, evidence="A threat", plan="Call")
    assessments.save_safety_plan(
        case, by=by, agreed_with="Him", paper_is_safe=True, avoid="The park"
    )
    reviews.hold_review(
        case, by=by, risk=Risk.IMMEDIATE, risk_reason="Worse", what_changed="", their_words="",
        decision="Go on",
    )  # fmt: skip
    goal = plans.add_goal(case, by=by, their_words="A course")
    plans.rate_goal(goal, by=by, rating=3)
    plans.add_action(case, by=by, what="Ring them", owner=Owner.WORKER, goal=goal,
                     due_on=clock.today() + timedelta(days=3))  # fmt: skip
    service = db.session.scalars(select(Service)).first()
    plans.refer_onward(case, by=by, service=service, domain=NeedDomain.HOUSING)


def _entries(case: Case) -> list[queries.Entry]:
    return [
        queries._read(kind, key)
        for kind, source in queries.SOURCES.items()
        for key in db.session.scalars(
            select(source.model.id).where(source.model.case_id == case.id).order_by(
                source.model.id
            )
        )
    ]  # fmt: skip


def _round_trip(seed: int, by: User, tick: Any) -> set[Kind]:
    """Set aside, moved and undone, some of them at once: every row is as it was."""
    chance = random.Random(seed)
    case, other = rich_case(by), rich_case(by)
    tick(f"2026-11-{chance.randint(25, 28)} {chance.randint(10, 18)}:15")
    _every_kind(chance.choice((case, other)), by)
    if chance.random() < 0.2:
        cases.pause(other, reason="In custody")
    for one in (case, other):
        cases.changed(one)
    before, done = kept(), []
    chosen = chance.sample(_entries(case), 3)
    for entry in chosen:
        misfiled = actions.set_aside(case, entry, by=by, why="Not his")
        done.append((misfiled, chance.random() < 0.8))
        if done[-1][1]:
            actions.move(misfiled, other, by=by, why="His")
    for misfiled, was_moved in reversed(done):
        if was_moved:
            actions.undo_move(misfiled, by=by, why="No")
        actions.put_it_back(misfiled, by=by, why="No")
    assert different(before, kept()) == [], (seed, [(e.kind, e.at) for e in chosen])
    return {entry.kind for entry in chosen}


@pytest.mark.parametrize("seed", range(6))
def test_set_aside_moved_and_undone_every_row_is_as_it_was(seed, boss, clock) -> None:
    _round_trip(seed, boss, clock)


@pytest.mark.verify("misfiled")
def test_set_aside_moved_and_undone_at_length(boss, clock, record_property) -> None:
    met: set[Kind] = set()
    for seed in range(150):
        clock("2026-11-24 10:00")
        met |= _round_trip(seed, boss, clock)
    assert met == set(Kind)
    record_property("histories", 150)


def test_what_a_needs_assessment_found_is_set_aside_with_it(case, worker) -> None:
    assessment = assessments.start_assessment(case, by=worker, point=Point.BASELINE)
    assert needs.open_assessment(case) is assessment
    aside(case, assessment, worker)
    assert needs.open_assessment(case) is None
