"""The rota: set by a supervisor for their own team."""

import datetime

import pytest
from sqlalchemy import select

from caseflow.access.permissions import Role
from caseflow.kernel import clock as time
from caseflow.kernel.errors import Problem
from caseflow.staff import rota
from caseflow.staff.models import Shift
from tests import builders


@pytest.fixture
def sue(session, clock):
    clock("2026-11-24 12:00")
    return builders.supervisor(name="Sue")


@pytest.fixture
def ana(sue):
    return builders.worker(sue.team, name="Ana")


def add(user, by, first="2026-11-24", last="2026-11-30", days=range(7), hours=(9, 19)):
    return rota.set_shifts(
        user,
        first=datetime.date.fromisoformat(first),
        last=datetime.date.fromisoformat(last),
        weekdays=set(days),
        starts=datetime.time(hours[0]),
        ends=datetime.time(hours[1]),
        by=by,
    )


def test_a_week_of_shifts_is_added_in_one_form(session, sign_in, sue, ana):
    page = sign_in(sue).submit(
        "/team/rota/new",
        user=str(ana.id), first=datetime.date(2026, 11, 23), last=datetime.date(2026, 11, 29),
        weekdays={"0", "1"}, starts="09:00", ends="19:00", follow_redirects=True,
    )  # fmt: skip
    assert "2 shifts for Ana added." in page.words
    assert "Tue 24 Nov Ana 09:00–19:00" in page.words
    assert [user.name for user in rota.on_shift(sue.team_id, time.now())] == ["Ana"]


def test_a_shift_may_end_the_next_day_also_when_the_clocks_change(session, clock, sue, ana):
    clock("2026-10-20 12:00")
    (shift,) = add(ana, sue, first="2026-10-24", last="2026-10-24", hours=(20, 4))
    assert shift.until_at - shift.from_at == datetime.timedelta(hours=9)


def test_a_shift_that_is_there_is_not_added_twice(session, sue, ana):
    add(ana, sue)
    with pytest.raises(Problem):
        add(ana, sue)
    assert len(add(ana, sue, last="2026-12-01")) == 1
    assert len(session.scalars(select(Shift)).all()) == 8


@pytest.mark.parametrize(
    "wrong",
    [
        {"first": "2026-11-30", "last": "2026-11-24"},
        {"last": "2027-11-24"},
        {"first": "2026-11-24", "last": "2026-11-24", "days": [6]},
    ],
)
def test_what_makes_no_rota_is_refused(session, sue, ana, wrong):
    with pytest.raises(Problem):
        add(ana, sue, **wrong)


def test_only_ones_own_team(session, sign_in, sue, ana):
    away = builders.supervisor(builders.team("Away team", ()), name="Away")
    with pytest.raises(Problem):
        add(ana, away)
    (shift,) = add(ana, sue, last="2026-11-24")
    session.commit()
    me = sign_in(away)
    assert "Ana" not in me.get("/team/rota").words
    token = me.get("/team/rota/new").html.xpath("//input[@name='csrf_token']/@value")[0]
    answer = me.post(f"/team/rota/{shift.id}/remove", data={"csrf_token": token})
    assert answer.status_code == 404
    session.expire_all()
    assert shift.removed_at is None


def test_a_shift_to_come_is_taken_off_and_a_past_one_stays(session, clock, sign_in, sue, ana):
    (shift,) = add(ana, sue, last="2026-11-24")
    me = sign_in(sue)
    form = me.fill("/team/rota", form=f"/team/rota/{shift.id}/remove")
    clock("2026-11-24 19:00")
    assert "This shift is over." in me.send(form, follow_redirects=True).words
    clock("2026-11-24 12:00")
    assert "Taken off the rota." in me.send(form, follow_redirects=True).words
    assert rota.on_shift(sue.team_id, time.now()) == []


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.SUPERVISOR])
def test_nobody_else_sets_a_rota(session, sign_in, role):
    me = sign_in(builders.user(role, in_team=builders.team()))
    assert me.get("/team/rota").status_code == 403
