"""Missed moments: the chart, the list for supervisors, counts alone for the programme manager."""

import datetime
from datetime import date, timedelta

import pytest

from caseflow.access.permissions import Role
from caseflow.caseload import misses
from caseflow.cases import actions as cases
from caseflow.cases.models import Restriction
from caseflow.intake import actions as intake
from caseflow.intake import missed
from caseflow.intake.codes import IndexReason
from caseflow.intake.moment import WhyMissed
from caseflow.kernel import clock as time
from caseflow.people.rules import Safe
from caseflow.staff.working_time import Calendar, Interval
from tests import builders

MONDAY = date(2026, 11, 23)


def at(day: date, hour: int, minute: int = 0) -> datetime.datetime:
    return time.local_instant(day, datetime.time(hour, minute))


def cell(rows, label: str, weekday: str) -> misses.Cell:
    (row,) = [row for row in rows if row.label == label]
    return next(one for one in row.cells if one.weekday == weekday)


# --- the picture ---


def test_each_arrival_is_counted_in_its_hour_and_weekday():
    rows = misses.by_hour([at(MONDAY, 23, 59), at(MONDAY, 23), at(MONDAY, 0)], set())
    assert len(rows) == 24
    assert cell(rows, "23:00", "Monday").shown == "2"
    assert cell(rows, "00:00", "Monday").shown == "1"
    assert sum(int(one.shown) for row in rows for one in row.cells) == 3


def test_arrivals_are_counted_by_the_clock_on_the_wall():
    summer = date(2026, 7, 6)
    rows = misses.by_hour([at(summer, 0, 30)], set())
    assert cell(rows, "00:00", "Monday").shown == "1"


def test_small_counts_are_not_told_apart():
    few = misses.by_band([at(MONDAY, 9)], set())
    more = misses.by_band([at(MONDAY, 9)] * 7, set())
    assert cell(few, "08–12", "Monday") == cell(more, "08–12", "Monday")
    assert cell(few, "08–12", "Monday").shown == "<8"
    many = misses.by_band([at(MONDAY, 9)] * 12, set())
    assert cell(many, "08–12", "Monday").shown == "10"
    assert cell(many, "12–16", "Monday").shown == "0"


def test_without_a_rota_the_hours_say_who_is_there():
    staffed = misses.staffed_by(Calendar(), [], MONDAY, MONDAY + timedelta(days=13))
    assert staffed == {(day, hour) for day in range(7) for hour in range(9, 19)}


def test_with_a_rota_an_hour_counts_when_somebody_is_there_half_the_time():
    nights = [
        Interval(at(MONDAY, 22), at(MONDAY + timedelta(days=1), 2)),
        Interval(at(MONDAY + timedelta(days=14), 9), at(MONDAY + timedelta(days=14), 12, 15)),
    ]
    staffed = misses.staffed_by(Calendar(), nights, MONDAY, MONDAY + timedelta(days=13))
    assert staffed == {(0, 22), (0, 23), (1, 0), (1, 1)}


def test_reasons_come_with_the_most_frequent_first_and_silence_last():
    whys = [None, None, None, WhyMissed.DECLINED, WhyMissed.OTHER, WhyMissed.OTHER]
    assert misses.reasons(whys) == [
        ("Something else", 2), ("Did not want to be seen", 1), ("Nobody has said yet", 3),
    ]  # fmt: skip


# --- the pages ---


@pytest.fixture
def ana(session, clock):
    clock("2026-11-24 23:00")
    return builders.worker(name="Ana")


def missed_person(by, name: str):
    referral = intake.add_referral(
        by=by, name=name, what=IndexReason.ASSAULT_SHARP, is_still_there=Safe.YES
    )
    missed.they_left(referral.case)
    return referral.case


def test_a_supervisor_sees_who_and_when(session, sign_in, ana):
    case = missed_person(ana, "Ada Missed")
    page = sign_in(builders.supervisor(ana.team)).get("/missed")
    assert "Ada Missed" in page.words
    assert "Perhaps: came while the service was closed" in page.words
    row = page.html.xpath("//table[contains(@class, 'cf-misses')]//tr[th='23:00']/td")
    assert ["".join(one.itertext()).split()[0] for one in row] == list("0100000")
    assert f"/cases/{case.id}/missed/" in page.data.decode()


def test_a_restricted_person_is_in_no_ledger_of_who_may_not_know(session, sign_in, ana):
    case = missed_person(ana, "Zed CANARY")
    cases.allocate(case, ana, by=ana)
    session.add(Restriction(person_id=case.person_id, why="x", at=time.now(), by_id=ana.id))
    with_one = sign_in(builders.supervisor(ana.team)).get("/missed")
    assert "CANARY" not in with_one.data.decode()
    assert "Nobody was missed in these 13 weeks" in with_one.words


def test_another_teams_supervisor_sees_nothing_of_it(session, sign_in, ana):
    missed_person(ana, "Ada Missed")
    away = builders.supervisor(builders.team("Away team", ()))
    assert "Nobody was missed" in sign_in(away).get("/missed").words


def test_the_programme_manager_sees_counts_and_nobody(session, sign_in, ana):
    case = missed_person(ana, "Ada Missed")
    me = sign_in(builders.user(Role.PROGRAMME_MANAGER))
    page = me.get("/missed/figures")
    assert "Ada" not in page.words
    assert case.reference not in page.data.decode()
    assert "When they came <8" in page.words
    assert "Came while the service was closed<8" in page.words
    assert me.get("/missed").status_code == 403


@pytest.mark.parametrize(
    "role", [r for r in Role if r not in (Role.SUPERVISOR, Role.PROGRAMME_MANAGER)]
)
def test_nobody_else_sees_either(session, sign_in, role):
    me = sign_in(builders.user(role, in_team=builders.team()))
    assert me.get("/missed").status_code == 403
    assert me.get("/missed/figures").status_code == 403


def test_a_period_that_nobody_offers_is_the_usual_one(session, sign_in, ana):
    me = sign_in(builders.supervisor(ana.team))
    for asked in ("9999", "-1", "x", ""):
        assert "in these 13 weeks" in me.get(f"/missed?weeks={asked}").words
