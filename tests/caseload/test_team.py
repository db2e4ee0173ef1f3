"""The team's board: four numbers, a row a worker, six weeks, and the list behind each figure."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from caseflow.access.permissions import Role
from caseflow.audit.models import AuditRow
from caseflow.audit.rules import Event
from caseflow.caseload import board
from caseflow.caseload.rules import Sort
from caseflow.cases import actions as cases
from caseflow.cases import need_to_know
from caseflow.cases.lifecycle import Stage
from caseflow.cases.rules import Risk
from caseflow.closing.models import Closure
from caseflow.closing.rules import Ending
from caseflow.contacts.actions import log_contact, withdraw_contact
from caseflow.contacts.rules import Mode, Outcome, With
from caseflow.kernel import clock as kernel_clock
from caseflow.kernel.settings import change_setting
from caseflow.reviews.actions import set_due
from caseflow.reviews.rules import DueKind
from tests import builders
from tests.casefile.counting import statements


@pytest.fixture
def lead(session, clock):
    clock("2026-11-03 10:00")
    return builders.supervisor(name="Lead")


def talk(case, **fields):
    return log_contact(
        case,
        by=case.worker,
        happened_at=kernel_clock.now(),
        outcome=Outcome.TALKED,
        mode=Mode.PHONE,
        people=[With.YOUNG_PERSON],
        minutes=5,
        **fields,
    )


def seen(lead, sort: Sort = Sort.NAME) -> board.Board:
    return board.board_of(lead, sort)


def row_of(lead, worker) -> board.Row:
    return next(row for row in seen(lead).rows if row.worker.id == worker.id)


def closure(case) -> Closure:
    return Closure(
        case_id=case.id, ending=Ending.COMPLETED, is_planned=True, reason="Done",
        risk_at_exit=Risk.LOW, asked_at=kernel_clock.now(), asked_by_id=case.worker_id,
    )  # fmt: skip


def test_with_nobody_yet(session, lead) -> None:
    builders.received_case()
    builders.case_at(Stage.ELIGIBLE)
    builders.case_at(Stage.INELIGIBLE)
    builders.case_at(Stage.ATTEMPTING)
    builders.received_case(in_team=builders.team("Other team", ()))
    assert seen(lead).unallocated == 2
    assert len(board.unallocated_cases(lead)) == 2


def test_nobody_heard_from_in_fourteen_days(session, lead, clock) -> None:
    silent = builders.case_at(Stage.LONG_TERM)
    heard = builders.case_at(Stage.LONG_TERM)
    rung = builders.case_at(Stage.LONG_TERM)
    paused = builders.case_at(Stage.LONG_TERM)
    mistaken = builders.case_at(Stage.LONG_TERM)
    builders.case_at(Stage.COMPLETED)
    cases.pause(paused, reason="Remand")
    clock.forward(days=5)
    talk(heard)
    withdraw_contact(talk(mistaken), by=mistaken.worker, reason="Somebody else")
    log_contact(
        rung, by=rung.worker, happened_at=kernel_clock.now(), outcome=Outcome.NO_ANSWER,
        mode=Mode.PHONE,
    )  # fmt: skip
    assert seen(lead).quiet == 0
    clock.forward(days=9, minutes=1)
    assert {line.case for line in board.quiet_cases(lead)} == {silent, rung, mistaken}
    clock.forward(days=5)
    assert {line.case for line in board.quiet_cases(lead)} == {silent, rung, mistaken, heard}
    assert seen(lead).quiet == 4


def test_to_sign_off(session, lead) -> None:
    case = builders.case_at(Stage.LONG_TERM)
    session.add(closure(case))
    fresh = builders.received_case()
    ana = builders.worker()
    cases.triage(
        fresh, by=ana, is_eligible=True, code="eligible", reason="", rules_said="",
        is_confirmed=False, confirm_by=kernel_clock.today() + timedelta(days=1),
    )  # fmt: skip
    assert seen(lead).sign_off == 2
    assert {line.case for line in board.to_sign_off(lead)} == {case, fresh}
    for one in (case, fresh):
        need_to_know.set_conflict(one, lead, by=ana)
    assert (seen(lead).sign_off, board.to_sign_off(lead)) == (0, [])


def test_overdue_and_due_this_week_by_worker(session, lead, clock) -> None:
    """Wednesday: one promise of yesterday, one of Friday, one of next Monday."""
    clock("2026-11-23 10:00")
    ana = builders.worker(name="Ana")
    case = builders.case_at(Stage.LONG_TERM, held_by=ana)
    for days in (1, 4, 7):
        talk(case, next_step=f"In {days}", next_step_at=kernel_clock.now() + timedelta(days=days))
    clock("2026-11-25 10:00")
    row = row_of(lead, ana)
    assert (row.overdue, row.due_this_week) == (1, 1)
    overdue = seen(lead).overdue
    assert overdue == 1
    weeks = {cell.day.isoformat(): cell.count for week in seen(lead).weeks for cell in week}
    assert (weeks["2026-11-27"], weeks["2026-11-30"]) == (1, 1)


def test_load_is_weighted_and_a_setting(session, lead) -> None:
    ana = builders.worker()
    for risk in (Risk.HIGH, Risk.MEDIUM, Risk.LOW):
        cases.set_risk(builders.case_at(Stage.LONG_TERM, held_by=ana), risk)
    cases.set_risk(builders.case_at(Stage.BRIEF, held_by=ana), Risk.LOW)
    builders.case_at(Stage.COMPLETED, held_by=ana)
    assert row_of(lead, ana).load.points == 6.5
    change_setting("load_weights", {"high": 10}, by_id=None)
    change_setting("load_red", 12, by_id=None)
    load = row_of(lead, ana).load
    assert (load.points, load.level) == (13.5, "over")


def test_last_recorded_contact(session, lead, clock) -> None:
    ana = builders.worker()
    case = builders.case_at(Stage.LONG_TERM, held_by=ana)
    assert row_of(lead, ana).last_recorded_at is None
    talk(case)
    assert row_of(lead, ana).last_recorded_at == kernel_clock.now()


def test_a_contact_in_a_case_one_may_not_know_of_is_no_hint(session, lead, clock) -> None:
    ana = builders.worker()
    case = builders.case_at(Stage.LONG_TERM, held_by=ana)
    talk(case)
    boss = builders.supervisor(lead.team, name="Another boss")
    need_to_know.set_conflict(case, lead, by=boss)
    assert row_of(lead, ana).last_recorded_at is None
    assert row_of(boss, ana).last_recorded_at == kernel_clock.now()


def test_rows_are_sorted_as_asked(session, lead) -> None:
    ana, ben = builders.worker(name="Ana"), builders.worker(name="Ben")
    builders.case_at(Stage.LONG_TERM, held_by=ben)
    assert [row.worker for row in seen(lead).rows] == [ana, ben, lead]
    assert seen(lead, Sort.LOAD).rows[0].worker is ben
    talk(builders.case_at(Stage.LONG_TERM, held_by=ana))
    assert seen(lead, Sort.QUIET).rows[-1].worker is ana


def test_each_figure_opens_its_list(session, sign_in, lead, clock) -> None:
    case = builders.case_at(Stage.LONG_TERM)
    talk(case, next_step="Ring", next_step_at=kernel_clock.now() + timedelta(days=1))
    builders.received_case()
    session.add(closure(case))
    session.commit()
    clock.forward(days=16)
    client = sign_in(lead)
    page = client.get("/team")
    tiles = page.html.xpath("//a[contains(@class, 'cf-tile')]")
    assert len(tiles) == 4
    for tile in tiles:
        number = int(tile.xpath("span")[0].text_content())
        behind = client.get(tile.get("href"))
        lines = behind.html.xpath("//li[@class='cf-line']")
        assert (len(lines), f"({number})" in behind.words) == (number, True), tile.get("href")
    days = page.html.xpath("//a[@class='cf-weeks__link']")
    assert days
    for link in days:
        lines = client.get(link.get("href")).html.xpath("//li[@class='cf-line']")
        assert str(len(lines)) == link.text


def test_a_list_is_on_record_with_its_cases(session, sign_in, lead) -> None:
    case = builders.received_case()
    sign_in(lead).get("/team/list?show=unallocated")
    row = session.scalars(
        select(AuditRow).where(AuditRow.event == Event.LISTED).order_by(AuditRow.seq.desc())
    ).first()
    assert row.facts == {"cases": [str(case.id)]}


def test_lists_come_in_pages(session, sign_in, lead) -> None:
    for _ in range(33):
        builders.received_case()
    client = sign_in(lead)
    first = client.get("/team/list?show=unallocated")
    assert len(first.html.xpath("//li[@class='cf-line']")) == 30
    following = first.html.xpath("//a[@rel='next']")[0].get("href")
    assert len(client.get(following).html.xpath("//li[@class='cf-line']")) == 3
    for odd in ("page=0", "page=99", "page=x", "show=zzz", "show=due&day=zzz"):
        assert client.get(f"/team/list?{odd}").status_code == 200


def test_empty_lists_say_so(session, sign_in, lead) -> None:
    client = sign_in(lead)
    for which, words in (
        ("unallocated", "Every case of the team has its worker."),
        ("overdue", "Nothing is late."),
        ("quiet", "Everybody has been heard from"),
        ("sign_off", "waits for you"),
        ("due", "Nothing falls due that day."),
    ):
        assert words in client.get(f"/team/list?show={which}").words


def test_a_workers_cases_highest_risk_first(session, sign_in, lead) -> None:
    ana = builders.worker(name="Ana")
    low, high = (builders.case_at(Stage.LONG_TERM, held_by=ana) for _ in range(2))
    cases.set_risk(low, Risk.LOW)
    cases.set_risk(high, Risk.HIGH)
    page = sign_in(lead).get(f"/team/workers/{ana.id}")
    references = [span.text for span in page.html.xpath("//*[@class='cf-line__facts']/span[1]")]
    assert references == [high.reference, low.reference]
    assert "Give to another worker" in page.words
    assert "Ana" not in page.title


def test_another_teams_worker_is_not_there(session, sign_in, lead) -> None:
    foreigner = builders.worker(builders.team("Other team", ()))
    admin = builders.user(Role.ADMINISTRATOR)
    client = sign_in(lead)
    for user in (foreigner, admin):
        assert client.get(f"/team/workers/{user.id}").status_code == 404


def test_the_number_of_queries_does_not_grow_with_the_team(session, sign_in, lead) -> None:
    def hire(count: int) -> None:
        for _ in range(count):
            talk(builders.case_at(Stage.LONG_TERM), next_step="Ring",
                 next_step_at=kernel_clock.now() + timedelta(days=1))  # fmt: skip

    client = sign_in(lead)
    hire(1)
    session.commit()
    with statements() as few:
        client.get("/team")
    hire(9)
    session.commit()
    with statements() as many:
        client.get("/team")
    assert len(many) == len(few)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.SUPERVISOR])
def test_only_a_supervisor_sees_the_board(session, sign_in, role) -> None:
    client = sign_in(builders.user(role, in_team=builders.team()))
    for path in ("/team", "/team/list"):
        assert client.get(path).status_code == 403


def test_the_board_counts_what_a_pause_does_not_silence(lead, clock) -> None:
    case = builders.case_at(Stage.LONG_TERM)
    for kind in (DueKind.SAFEGUARDING_CHASE, DueKind.NEXT_STEP):
        set_due(case, kind=kind, subject=case.id, due_at=kernel_clock.now(), why="A test")
    cases.pause(case, reason="Remand")
    clock.forward(days=2)
    assert seen(lead).overdue == 1
    (line,) = board.due_cases(lead, first=None, last=kernel_clock.today())
    assert line.why.startswith(DueKind.SAFEGUARDING_CHASE.label)
