from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from caseflow.cases.lifecycle import Stage
from caseflow.cases.models import Case
from caseflow.cases.rules import NeedDomain
from caseflow.kernel import clock as time
from caseflow.kernel.errors import Problem, Stale
from caseflow.plans import actions, queries
from caseflow.plans.rules import ONWARD_MOVES, OnwardStatus, Owner
from caseflow.reviews import queries as due
from caseflow.reviews.models import DueItem
from caseflow.reviews.rules import DueKind, DueState
from caseflow.services import actions as services
from caseflow.services.models import Service
from caseflow.staff.models import User
from tests import builders

D, S = NeedDomain, OnwardStatus


@pytest.fixture
def worker(session: Session) -> User:
    return builders.worker()


@pytest.fixture
def case(worker: User) -> Case:
    return builders.case_at(Stage.LONG_TERM, held_by=worker)


@pytest.fixture
def mentoring(worker: User) -> Service:
    return services.add_service(
        by=worker, agency="Made-up Trust", name="Mentoring", domains=[D.PEERS]
    )


def state_of(session: Session, kind: DueKind) -> list[DueState]:
    return [item.state for item in session.query(DueItem).filter_by(kind=kind)]


# --- goals ---------------------------------------------------------------------------------


def test_three_goals_at_a_time_are_enough(case, worker) -> None:
    goals = [actions.add_goal(case, by=worker, their_words=f"Goal {n}") for n in range(3)]
    with pytest.raises(Problem, match="3 goals") as problem:
        actions.add_goal(case, by=worker, their_words="A fourth")
    assert problem.value.field == "their_words"

    actions.end_goal(goals[0], by=worker)
    actions.add_goal(case, by=worker, their_words="A fourth")
    with pytest.raises(Problem, match="3 goals"):
        actions.resume_goal(goals[0], by=worker)
    assert len(queries.live_goals(case)) == 3


def test_every_rating_is_kept_and_the_first_and_latest_are_told(case, worker, clock) -> None:
    goal = actions.add_goal(case, by=worker, their_words="I want college back", rating=2)
    for rating in (5, 4, 7):
        clock.forward(days=7)
        actions.rate_goal(goal, by=worker, rating=rating)

    (so_far,) = queries.goals_of(case)

    assert [r.rating for r in so_far.ratings] == [2, 5, 4, 7]
    assert (so_far.first, so_far.latest, so_far.words) == (2, 7, "2 to 7 of 10")


def test_a_goal_not_rated_has_no_number(case, worker) -> None:
    actions.add_goal(case, by=worker, their_words="Sleep")
    (so_far,) = queries.goals_of(case)
    assert (so_far.first, so_far.latest, so_far.words) == (None, None, "not rated yet")


@pytest.mark.parametrize("rating", [-1, 11])
def test_a_rating_is_nought_to_ten(case, worker, rating) -> None:
    goal = actions.add_goal(case, by=worker, their_words="Sleep", rating=0)
    with pytest.raises(Problem, match="0 to 10"):
        actions.rate_goal(goal, by=worker, rating=rating)


def test_an_ended_goal_is_not_rated_and_comes_last(case, worker) -> None:
    first = actions.add_goal(case, by=worker, their_words="Sleep", rating=3)
    second = actions.add_goal(case, by=worker, their_words="Work")
    actions.end_goal(first, by=worker)
    with pytest.raises(Problem, match="ended"):
        actions.rate_goal(first, by=worker, rating=4)
    assert [one.goal for one in queries.goals_of(case)] == [second, first]


# --- actions -------------------------------------------------------------------------------


def test_an_action_with_a_date_falls_due_on_it(session, case, worker) -> None:
    day = time.today() + timedelta(days=3)
    action = actions.add_action(
        case, by=worker, what="Ring college", owner=Owner.WORKER, due_on=day
    )
    item = due.open_item(case, DueKind.ACTION, action.id)
    assert item is not None
    assert time.local(item.due_at).date() == day
    assert item.what == "Ring college"


def test_done_is_done_once_and_can_be_taken_back(session, case, worker) -> None:
    action = actions.add_action(
        case, by=worker, what="Ring", owner=Owner.WORKER, due_on=time.today()
    )
    actions.finish_action(action, by=worker)
    first = action.done_at
    actions.finish_action(action, by=worker)
    assert action.done_at == first
    assert state_of(session, DueKind.ACTION) == [DueState.DONE]
    actions.reopen_action(action, by=worker)
    assert action.done_at is None
    assert sorted(state_of(session, DueKind.ACTION)) == [DueState.DONE, DueState.OPEN]


def test_what_is_due_soonest_comes_first_and_what_is_done_last(case, worker) -> None:
    def add(what: str, days: int | None):
        due_on = None if days is None else time.today() + timedelta(days=days)
        return actions.add_action(case, by=worker, what=what, owner=Owner.FAMILY, due_on=due_on)

    some_day, later, soon, done = add("a", None), add("b", 9), add("c", 1), add("d", 0)
    actions.finish_action(done, by=worker)
    assert list(queries.actions_of(case)) == [soon, later, some_day, done]


@pytest.mark.parametrize("words", ["", "  ", "x" * 301])
def test_an_action_and_a_goal_need_words_that_fit(case, worker, words) -> None:
    with pytest.raises(Problem) as problem:
        actions.add_action(case, by=worker, what=words, owner=Owner.WORKER)
    assert problem.value.field == "what"
    with pytest.raises(Problem):
        actions.add_goal(case, by=worker, their_words=words)


# --- onward referrals ----------------------------------------------------------------------


def test_a_referral_is_chased_after_28_days_without_news(
    session, case, worker, mentoring, clock
) -> None:
    clock("2027-03-01 10:00")
    onward = actions.refer_onward(case, by=worker, service=mentoring, domain=D.PEERS)
    item = due.open_item(case, DueKind.ONWARD_REFERRAL, onward.id)
    assert item is not None
    assert f"{time.local(item.due_at):%d %b}" == "29 Mar"

    clock.forward(days=10)
    actions.change_status(onward, by=worker, status=S.WAITING)
    assert f"{time.local(item.due_at):%d %b}" == "08 Apr"


@pytest.mark.parametrize("end", [S.REFUSED, S.ATTENDED_FIRST, S.DID_NOT_ATTEND])
def test_nobody_is_chased_once_they_were_seen_or_it_ended(
    session, case, worker, mentoring, end
) -> None:
    onward = actions.refer_onward(case, by=worker, service=mentoring, domain=D.PEERS)
    actions.change_status(onward, by=worker, status=end, reason="Full until June")
    assert state_of(session, DueKind.ONWARD_REFERRAL) == [DueState.DONE]


@pytest.mark.parametrize("end", list(OnwardStatus))
@pytest.mark.parametrize("start", list(OnwardStatus))
def test_only_the_moves_in_the_table_may_be_made(
    case, worker, mentoring, start: OnwardStatus, end: OnwardStatus
) -> None:
    onward = actions.refer_onward(case, by=worker, service=mentoring, domain=D.PEERS)
    onward.status = start
    if end in ONWARD_MOVES[start]:
        actions.change_status(onward, by=worker, status=end, reason="Why")
        assert onward.status is end
    else:
        with pytest.raises(Problem, match="cannot go from"):
            actions.change_status(onward, by=worker, status=end, reason="Why")


def test_a_refusal_needs_its_reason(case, worker, mentoring) -> None:
    onward = actions.refer_onward(case, by=worker, service=mentoring, domain=D.PEERS)
    with pytest.raises(Problem, match="why they refused") as problem:
        actions.change_status(onward, by=worker, status=S.REFUSED)
    assert problem.value.field == "reason"


def test_somebody_elses_news_is_not_overwritten_unseen(case, worker, mentoring) -> None:
    onward = actions.refer_onward(case, by=worker, service=mentoring, domain=D.PEERS)
    actions.change_status(onward, by=worker, status=S.ACCEPTED, was=S.SENT)
    with pytest.raises(Stale, match="Accepted"):
        actions.change_status(onward, by=worker, status=S.WAITING, was=S.SENT)


def test_only_where_they_were_seen_counts_as_taken_up(case, worker, mentoring) -> None:
    boxing = services.add_service(by=worker, agency="Gym", name="Boxing", domains=[D.PEERS])
    housing = services.add_service(by=worker, agency="Council", name="Flats", domains=[D.HOUSING])
    seen = actions.refer_onward(case, by=worker, service=mentoring, domain=D.PEERS)
    sent = actions.refer_onward(case, by=worker, service=boxing, domain=D.PEERS)
    refused = actions.refer_onward(case, by=worker, service=housing, domain=D.HOUSING)
    actions.change_status(seen, by=worker, status=S.ATTENDED_FIRST)
    actions.change_status(seen, by=worker, status=S.DID_NOT_ATTEND)
    actions.change_status(refused, by=worker, status=S.REFUSED, reason="Too young")
    assert queries.services_taken_up(case) == [seen]
    assert sent in queries.onward_of(case)
    assert [c.status for c in queries.status_changes(seen)] == [
        S.SENT, S.ATTENDED_FIRST, S.DID_NOT_ATTEND
    ]  # fmt: skip


def test_a_service_is_asked_once_for_one_need(case, worker, mentoring) -> None:
    first = actions.refer_onward(case, by=worker, service=mentoring, domain=D.PEERS)
    with pytest.raises(Problem, match="already"):
        actions.refer_onward(case, by=worker, service=mentoring, domain=D.PEERS)
    actions.change_status(first, by=worker, status=S.REFUSED, reason="Full")
    assert actions.refer_onward(case, by=worker, service=mentoring, domain=D.PEERS) is not first


def test_an_ended_service_is_asked_no_more(case, worker, mentoring) -> None:
    services.end_service(mentoring, by=worker)
    with pytest.raises(Problem, match="no new referrals"):
        actions.refer_onward(case, by=worker, service=mentoring, domain=D.PEERS)


def test_a_closed_case_takes_no_more(worker, mentoring) -> None:
    case = builders.case_at(Stage.COMPLETED, held_by=worker)
    for attempt in (
        lambda: actions.add_goal(case, by=worker, their_words="Sleep"),
        lambda: actions.add_action(case, by=worker, what="Ring", owner=Owner.WORKER),
        lambda: actions.refer_onward(case, by=worker, service=mentoring, domain=D.PEERS),
    ):
        with pytest.raises(Problem, match="closed"):
            attempt()
