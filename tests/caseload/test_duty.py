"""The duty board: who is on it, in which order, for whom; and the taps that hand a case on."""

import datetime

import pytest
from sqlalchemy import select

from caseflow.access.permissions import Role
from caseflow.audit.models import AuditRow
from caseflow.audit.rules import Event
from caseflow.caseload.duty import board_for
from caseflow.caseload.rules import Tap, next_tap
from caseflow.cases import actions as cases
from caseflow.cases.lifecycle import Stage
from caseflow.cases.models import Allocation, Restriction
from caseflow.contacts import actions as contacts
from caseflow.contacts.rules import Mode, Outcome, With
from caseflow.intake import actions as intake
from caseflow.intake.codes import IndexReason
from caseflow.intake.models import MissedMoment
from caseflow.kernel import clock as time
from caseflow.notices.models import InboxItem
from caseflow.people.rules import Safe
from caseflow.staff import rota
from caseflow.staff.models import SignIn
from tests import builders
from tests.casefile.counting import statements


@pytest.fixture
def ana(session, clock):
    """A Tuesday, two in the afternoon."""
    clock("2026-11-24 14:00")
    return builders.worker(name="Ana")


@pytest.fixture
def ben(ana):
    return builders.worker(name="Ben")


def arrived(by, name, *, there=Safe.YES, leaves="", **more):
    referral = intake.add_referral(
        by=by, name=name, what=IndexReason.ASSAULT_SHARP, is_still_there=there, **more
    )
    if leaves:
        day = time.local(time.now()).date()
        referral.discharge_at = time.local_instant(day, datetime.time.fromisoformat(leaves))
    return referral.case


def met(case, by, mode=Mode.F2F_HOSPITAL):
    if case.worker_id != by.id:
        cases.allocate(case, by, by=by)
    contacts.log_contact(
        case, by=by, happened_at=time.now(), mode=mode, outcome=Outcome.MET,
        people=[With.YOUNG_PERSON], minutes=10,
    )  # fmt: skip


def names(lines) -> list[str]:
    return [line.case.person.display_name for line in lines]


def held_by(case) -> str:
    return case.worker.name if case.worker else ""


# --- who, in which order ---


def test_whoever_has_least_time_comes_first(session, ana):
    arrived(ana, "Ada Later")
    arrived(ana, "Bob Soon", leaves="15:00")
    arrived(ana, "Cem Middle", leaves="17:00")
    arrived(ana, "Dev Gone", there=Safe.NO)
    board = board_for(ana, time.now())
    assert names(board.there) == ["Bob Soon", "Cem Middle", "Ada Later"]
    assert names(board.to_reach) == ["Dev Gone"]


def test_whoever_left_moves_to_those_to_reach(session, clock, ana):
    arrived(ana, "Bob Soon", leaves="15:00")
    board = board_for(ana, clock("2026-11-24 15:00"))
    assert (names(board.there), names(board.to_reach)) == ([], ["Bob Soon"])


def test_who_was_seen_comes_last_and_leaves_the_board_with_the_ward(session, clock, ana):
    seen = arrived(ana, "Ada Seen", leaves="15:00")
    arrived(ana, "Bob Waits")
    intake.decide(seen, by=ana, is_eligible=True, reason="Yes")
    met(seen, ana)
    board = board_for(ana, time.now())
    assert names(board.there) == ["Bob Waits", "Ada Seen"]
    board = board_for(ana, clock("2026-11-24 15:01"))
    assert names(board.lines) == ["Bob Waits"]


def test_nobody_is_thought_to_be_in_hospital_for_ever(session, clock, ana):
    arrived(ana, "Ada Long")
    clock("2026-12-08 14:00")
    assert names(board_for(ana, time.now()).there) == []
    assert names(board_for(ana, time.now()).to_reach) == ["Ada Long"]


@pytest.mark.parametrize(
    ("stage", "there", "free", "mine", "tap"),
    [
        (Stage.RECEIVED, True, True, False, Tap.SEE),
        (Stage.RECEIVED, False, True, False, Tap.TRIAGE),
        (Stage.ELIGIBLE, True, True, False, Tap.TAKE),
        (Stage.ATTEMPTING, True, False, True, Tap.LOG),
        (Stage.RECEIVED, True, False, False, None),
    ],
)
def test_each_line_has_one_button(stage, there, free, mine, tap):
    assert next_tap(stage, is_there=there, is_free=free, is_mine=mine) is tap


def test_however_many_there_are_it_is_a_fixed_number_of_queries(session, ana):
    arrived(ana, "One Person")
    session.commit()
    with statements() as few:
        board_for(ana, time.now())
    for number in range(12):
        arrived(ana, f"Person{number} More")
    session.commit()
    with statements() as many:
        assert len(board_for(ana, time.now()).lines) == 13
    assert len(many) <= len(few) + 1


# --- for whom ---


def test_a_restricted_person_is_on_nobodys_board_but_the_listed(session, sign_in, ana, ben):
    case = arrived(ana, "Zed CANARY")
    cases.allocate(case, ana, by=ana)
    session.add(Restriction(person_id=case.person_id, why="x", at=time.now(), by_id=ana.id))
    session.commit()
    assert names(board_for(ana, time.now()).lines) == ["Zed CANARY"]
    for other in (ben, builders.supervisor(ben.team)):
        assert board_for(other, time.now()).lines == []
        me = sign_in(other)
        for path in ("/duty", "/duty/list"):
            page = me.get(path)
            assert "CANARY" not in page.data.decode()
            assert case.reference not in page.data.decode()
    with_none = sign_in(ben).get("/duty").words
    assert "Still in hospital 0" in with_none


def test_another_teams_young_people_are_not_on_it(session, ana):
    arrived(ana, "Ada Here")
    away = builders.worker(builders.team("Away team", ()))
    assert board_for(away, time.now()).lines == []


@pytest.mark.parametrize("role", [role for role in Role if role not in (
    Role.YOUTH_WORKER, Role.SUPERVISOR)])  # fmt: skip
def test_nobody_else_has_a_duty_board(session, sign_in, role, ana):
    me = sign_in(builders.user(role))
    assert me.get("/duty").status_code == 403
    assert me.get("/duty/list").status_code == 403


# --- the page, and its own refreshing ---


def test_the_page_says_who_where_since_when_and_how_long(session, sign_in, ana):
    arrived(ana, "Ada Here", site="Leicester Royal Infirmary", ward="Majors", leaves="15:30")
    words = sign_in(ana).get("/duty").words
    for said in (
        "Ada Here", "Leicester Royal Infirmary, Majors, since", "1 h 30 min left",
        "by Tue 24 Nov, 15:30 (today)", "With nobody yet", "See them now", "Updated 14:00",
    ):  # fmt: skip
        assert said in words


def test_what_is_shown_in_passing_is_on_record_and_once_only(session, sign_in, ana):
    case = arrived(ana, "Ada Here")
    me = sign_in(ana)
    first = me.get("/duty/list")
    assert (first.status_code, first.headers["X-Updated-At"]) == (200, "14:00")
    again = me.get("/duty/list", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    rows = session.scalars(select(AuditRow).where(AuditRow.endpoint == "caseload.duty_list")).all()
    assert [(row.event, row.facts["cases"]) for row in rows] == [(Event.LISTED, [str(case.id)])]


def test_time_that_runs_is_news(session, clock, sign_in, ana):
    arrived(ana, "Ada Here", leaves="15:30")
    me = sign_in(ana)
    first = me.get("/duty/list")
    clock("2026-11-24 14:05")
    again = me.get("/duty/list", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 200
    assert "1 h 25 min left" in again.data.decode()


def test_refreshing_keeps_no_session_alive(session, clock, sign_in, ana):
    arrived(ana, "Ada Here")
    me = sign_in(ana)
    me.get("/duty")
    before = session.scalar(select(SignIn.seen_at))
    for seconds in (20, 40, 55):
        clock(f"2026-11-24 14:00:{seconds}")
        assert me.get("/duty/list").status_code == 200
    session.expire_all()
    assert session.scalar(select(SignIn.seen_at)) == before


# --- taking, handing over ---


def test_seeing_them_now_takes_and_triages(session, sign_in, ana):
    case = arrived(ana, "Ada Here", age=16, postcode="LE1 5WW")
    page = sign_in(ana).submit("/duty", form=f"/cases/{case.id}/duty/see")
    assert page.status_code == 302
    session.expire_all()
    assert held_by(case) == "Ana"


def test_the_second_of_two_is_told_who_was_first(session, clock, sign_in, ana, ben):
    case = arrived(ana, "Ada Here", there=Safe.NO)
    intake.decide(case, by=ana, is_eligible=True, reason="Yes")
    mine, theirs = sign_in(ana), sign_in(ben)
    tap = f"/cases/{case.id}/duty/take"
    one, other = mine.fill("/duty", form=tap), theirs.fill("/duty", form=tap)
    clock("2026-11-24 14:02")
    mine.send(one)
    said = theirs.send(other, follow_redirects=True).words
    assert "Ana took this case at 14:02." in said
    session.expire_all()
    assert held_by(case) == "Ana"


def test_a_case_is_handed_over_with_a_line_of_words(session, clock, sign_in, ana, ben):
    clock("2026-11-24 13:55")
    case = arrived(ana, "Ada Here")
    cases.allocate(case, ana, by=ana)
    clock("2026-11-24 14:00")
    page = sign_in(ana).submit(
        "/duty", form=f"/cases/{case.id}/hand-over", worker=str(ben.id),
        words="Mum is in the waiting room", follow_redirects=True,
    )  # fmt: skip
    assert "Ben has the case now." in page.words
    session.expire_all()
    assert held_by(case) == "Ben"
    told = session.scalars(select(InboxItem).where(InboxItem.user_id == ben.id)).one()
    assert (told.text, told.case_id) == ("Ana handed a case over to you.", case.id)
    words = sign_in(ben).get("/duty").words
    assert "Ana, Tue 24 Nov, 14:00 (today): Mum is in the waiting room" in words


def test_what_was_typed_is_kept_when_somebody_was_quicker(session, sign_in, ana, ben):
    case = arrived(ana, "Ada Here")
    cases.allocate(case, ana, by=ana)
    me = sign_in(builders.supervisor(ana.team, name="Sue"))
    form = me.fill(
        "/duty", form=f"/cases/{case.id}/hand-over", worker=str(ana.id) and str(ben.id),
        words="Speaks Farsi",
    )  # fmt: skip
    cid = builders.worker(name="Cid")
    cases.allocate(case, cid, by=ana)
    page = me.send(form)
    assert page.status_code == 409
    assert "Cid took this case at 14:00." in page.words
    assert page.html.xpath("//input[@name='words']/@value") == ["Speaks Farsi"]


def test_only_its_holder_or_a_supervisor_hands_a_case_over(session, sign_in, ana, ben):
    case = arrived(ana, "Ada Here")
    cases.allocate(case, ana, by=ana)
    me = sign_in(ben)
    assert me.get(f"/cases/{case.id}/hand-over").status_code == 403
    assert f"/cases/{case.id}/hand-over" not in me.get("/duty").data.decode()


def test_a_colleague_takes_over_and_the_holder_is_told(session, sign_in, ana, ben):
    case = arrived(ana, "Ada Here")
    cases.allocate(case, ana, by=ana)
    sign_in(ben).submit("/duty", form=f"/cases/{case.id}/duty/take")
    session.expire_all()
    assert held_by(case) == "Ben"
    told = session.scalars(select(InboxItem.text).where(InboxItem.user_id == ana.id)).all()
    assert "Ben took over a case of yours." in told
    assert session.scalars(select(Allocation.reason)).all()[-1] == "Taken on duty"


def test_nobody_with_a_conflict_is_offered(session, sign_in, ana, ben):
    case = arrived(ana, "Ada Here")
    cases.allocate(case, ana, by=ana)
    from caseflow.cases.models import Conflict

    session.add(Conflict(person_id=case.person_id, user_id=ben.id, at=time.now(), by_id=ana.id))
    page = sign_in(ana).get("/duty")
    assert page.html.xpath("//select[@name='worker']/option[contains(., 'Ben')]") == []


def test_whoever_is_on_shift_is_offered_first(session, sign_in, ana, ben):
    zoe = builders.worker(name="Zoe")
    rota.set_shifts(
        zoe, first=time.today(), last=time.today(), weekdays={1},
        starts=datetime.time(9), ends=datetime.time(19), by=builders.supervisor(ana.team),
    )  # fmt: skip
    case = arrived(ana, "Ada Here")
    cases.allocate(case, ana, by=ana)
    page = sign_in(ana).get("/duty")
    offered = page.html.xpath("//select[@name='worker']/option/text()")
    assert offered[1] == "Zoe (on shift)"
    assert "On shift: Zoe." in page.words


def test_saying_that_they_left_asks_why(session, sign_in, ana):
    case = arrived(ana, "Ada Here")
    cases.allocate(case, ana, by=ana)
    me = sign_in(ana)
    page = me.submit("/duty", form=f"/cases/{case.id}/duty/left")
    row = session.scalars(select(MissedMoment)).one()
    assert page.location == f"/cases/{case.id}/missed/{row.id}"
    me.submit(page.location, why="worker_elsewhere")
    session.expire_all()
    assert (row.why.value, row.confirmed_by.name) == ("worker_elsewhere", "Ana")
