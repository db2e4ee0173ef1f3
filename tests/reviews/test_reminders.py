"""Due and not in the ledger: told once, whatever slept, moved or broke in between."""

import dataclasses
import threading
from collections import Counter
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from caseflow.cases import actions as cases
from caseflow.cases.lifecycle import Stage
from caseflow.cases.models import Case
from caseflow.cases.rules import Risk
from caseflow.kernel import clock as time
from caseflow.kernel.database import db
from caseflow.notices import queries as notices
from caseflow.notices.actions import sender_domain
from caseflow.notices.models import InboxItem, Outgoing
from caseflow.notices.rules import message_id
from caseflow.people import actions as people
from caseflow.reviews import actions, cadence, queries, reminders, untold
from caseflow.reviews.models import DueItem, Told
from caseflow.reviews.reminders import remind, send_due
from caseflow.reviews.rules import DueKind, DueState, Step
from caseflow.staff import actions as staff
from caseflow.staff.models import User
from tests import builders


def supported(worker: User, stage: Stage = Stage.BRIEF, **person) -> Case:
    """In support since now, with its needs assessment done: only the review is due."""
    case = builders.case_at(stage, held_by=worker, of=builders.person(**person))
    actions.finish_due(DueKind.NEEDS_ASSESSMENT, case.id, by=worker)
    db.session.commit()
    return case


def review_of(case: Case) -> DueItem:
    item = queries.open_item(case, DueKind.REVIEW, case.id)
    assert item is not None
    return item


def inbox(user: User) -> list[str]:
    return [item.text for item in reversed(notices.inbox_of(user))]


def told(user: User | None = None) -> list[Step]:
    rows = select(Told.step).where(Told.channel == "inbox").order_by(Told.at, Told.due_at)
    return list(db.session.scalars(rows.where(Told.recipient_id == user.id) if user else rows))


@pytest.fixture
def team(session, clock):
    """A worker, her supervisor and his deputy, on Tue 3 Nov 2026 at 10:00."""
    clock("2026-11-03 10:00")
    ana, sam = builders.worker(name="Ana"), builders.supervisor(name="Sam")
    dee = builders.user(
        builders.Role.YOUTH_WORKER, name="Dee", in_team=builders.team(), deputises=True
    )
    return ana, sam, dee


def test_each_step_is_told_on_its_day_and_once(team, clock):
    ana, sam, dee = team
    supported(ana)
    days = []
    for _ in range(40):
        clock.forward(days=1)
        before = len(told())
        for _ in range(3):
            remind(time.now())
        days += [f"{time.local(time.now()):%d %b}"] * (len(told()) - before)
    assert told(ana) == [Step.EARLY, Step.TOMORROW, Step.TODAY]
    assert told(sam) == told(dee) == [Step.OVERDUE]
    assert days == ["24 Nov", "30 Nov", "01 Dec", "04 Dec", "04 Dec"]


def test_the_inbox_names_nobody_and_holds_each_notice_once(team, clock):
    ana, *_ = team
    case = supported(ana, first_name="Zebedee", last_name="Quillfeather")
    clock("2026-12-01 09:00")
    remind(time.now())
    remind(time.now())
    assert inbox(ana) == ["Review: Tue 1 Dec 2026"]
    assert notices.inbox_of(ana)[0].case_id == case.id


def test_nine_in_the_morning_is_the_moment_not_earlier(team, clock):
    ana, *_ = team
    supported(ana)
    clock("2026-11-24 08:59")
    assert remind(time.now()).told == 0
    clock("2026-11-24 09:00")
    assert remind(time.now()).told == 1


def test_days_that_were_slept_through_are_caught_up_without_a_flood(team, clock):
    ana, sam, _ = team
    supported(ana)
    clock("2026-12-06 12:00")
    remind(time.now())
    assert inbox(ana) == ["Review: was due Tue 1 Dec 2026, late by 5 days"]
    assert inbox(sam) == ["Review: was due Tue 1 Dec 2026, late by 5 days"]
    clock.forward(days=20)
    assert remind(time.now()).told == 0


@pytest.mark.parametrize("changeover", ["2026-03-29", "2026-10-25"])
def test_a_changeover_neither_repeats_nor_loses_a_reminder(session, clock, changeover):
    """72 hours off across the change, then a tick every 20 minutes of that night."""
    day = date.fromisoformat(changeover)
    clock(f"{day - timedelta(days=28)} 10:00")
    ana = builders.worker()
    builders.supervisor()
    cases_ = [supported(ana) for _ in range(3)]
    assert {time.local(review_of(case).due_at).date() for case in cases_} == {day}
    with time.at(time.start_of(day) - timedelta(hours=72)):
        remind(time.now())
    minutes = range(0, 26 * 60, 20)
    for minute in minutes:
        remind(time.start_of(day) + timedelta(minutes=minute))
    assert Counter(told(ana)) == {Step.EARLY: 3, Step.TOMORROW: 3, Step.TODAY: 3}
    today = select(Told.at).where(Told.step == Step.TODAY)
    assert {f"{time.local(at):%H:%M}" for at in db.session.scalars(today)} == {"09:00"}


@pytest.mark.parametrize("changeover", ["2026-03-29", "2026-10-25"])
def test_the_week_s_warning_comes_at_nine_there_over_a_changeover(session, clock, changeover):
    day = date.fromisoformat(changeover)
    clock(f"{day - timedelta(days=28)} 10:00")
    supported(builders.worker())
    nine = cadence.on_day(day - timedelta(days=7))
    assert remind(nine - timedelta(minutes=1)).told == 0
    assert remind(nine).told == 1


def test_moving_a_date_arms_its_reminders_again(team, clock):
    ana, *_ = team
    case = supported(ana)
    clock("2026-12-01 09:00")
    remind(time.now())
    new = cadence.on_day(date(2026, 12, 15))
    actions.reschedule(review_of(case), by=ana, due_at=new, reason="Exams")
    db.session.commit()
    assert remind(time.now()).told == 0
    for day in (8, 14, 15):
        clock(f"2026-12-{day:02} 09:30")
        assert remind(time.now()).told == 1
    assert told(ana) == [Step.TODAY, Step.EARLY, Step.TOMORROW, Step.TODAY]


@pytest.mark.parametrize(("risk", "hours"), [(Risk.HIGH, 4), (Risk.IMMEDIATE, 0)])
def test_high_risk_reaches_supervisor_and_deputy_within_hours(team, clock, risk, hours):
    ana, sam, dee = team
    case = supported(ana)
    cases.set_risk(case, risk)
    db.session.commit()
    due = review_of(case).due_at
    if hours:
        remind(due + timedelta(hours=hours, minutes=-1))
        assert not told(sam)
    remind(due + timedelta(hours=hours))
    assert told(sam) == told(dee) == [Step.OVERDUE]


def test_nobody_holds_it_so_the_supervisors_are_told(team, clock):
    _, sam, dee = team
    builders.received_case()
    db.session.commit()
    clock.forward(hours=24)
    remind(time.now())
    assert told(sam) == told(dee) == [Step.TODAY]


def test_a_triage_to_confirm_is_the_supervisors_and_not_the_worker_s(team, clock):
    ana, sam, _ = team
    case = builders.received_case()
    cases.triage(
        case,
        by=ana,
        is_eligible=False,
        code="age",
        reason="Too old",
        rules_said="",
        is_confirmed=False,
        confirm_by=date(2026, 11, 4),
    )
    db.session.commit()
    clock("2026-11-04 09:30")
    remind(time.now())
    assert told(ana) == []
    assert inbox(sam) == ["Confirm a triage: Wed 4 Nov 2026"]


def test_a_disabled_worker_is_not_told_but_the_supervisors_are(team, clock):
    ana, sam, _ = team
    supported(ana)
    staff.disable_user(ana, by=sam)
    db.session.commit()
    clock("2026-12-01 09:00")
    remind(time.now())
    assert told(ana) == []
    assert told(sam) == [Step.TODAY]


def test_who_takes_a_case_over_is_told_what_the_other_was_told(team, clock):
    ana, sam, _ = team
    case = supported(ana)
    clock("2026-12-01 09:00")
    remind(time.now())
    ben = builders.worker(name="Ben")
    cases.allocate(case, ben, by=sam)
    db.session.commit()
    remind(time.now())
    assert told(ben) == [Step.TODAY]


def test_a_supervisor_who_holds_the_case_is_told_once_when_it_is_late(team, clock):
    _, sam, _ = team
    supported(sam)
    clock("2026-12-06 12:00")
    remind(time.now())
    assert len(inbox(sam)) == 1
    assert sorted(told(sam)) == [Step.OVERDUE, Step.TODAY]
    assert remind(time.now()).told == 0


def test_a_paused_case_is_silent_except_for_what_must_not_wait(team, clock):
    ana, sam, _ = team
    case = supported(ana)
    for kind in DueKind:
        actions.set_due(case, kind=kind, subject=case.id, due_at=time.now(), why="")
    cases.pause(case, reason="In custody")
    db.session.commit()
    clock.forward(days=1)
    remind(time.now())
    assert {text.split(":")[0] for text in inbox(ana)} == {
        "Follow-up at 3 months",
        "Follow-up at 6 months",
        "Follow-up at 12 months",
        "Safeguarding chase",
    }
    assert {text.split(":")[0] for text in inbox(sam)} == {"Closure to decide"}


def test_a_closed_case_is_reminded_of_its_follow_up_only(team, clock):
    ana, *_ = team
    case = supported(ana)
    cases.move(case, Stage.COMPLETED, by=ana, reason="Done", facts=builders.ALL)
    actions.set_due(
        case, kind=DueKind.FOLLOW_UP_3, subject=case.id, due_at=time.now(), why="3 months"
    )
    # However it came about: even a review that is still open.
    queries.latest_item(case, DueKind.REVIEW).state = DueState.OPEN
    db.session.commit()
    clock("2026-12-06 12:00")
    remind(time.now())
    assert [text.split(":")[0] for text in inbox(ana)] == ["Follow-up at 3 months"]


def test_nobody_is_reminded_of_somebody_who_died(team, clock):
    ana, *_ = team
    case = supported(ana)
    people.change_person(case.person, died_on=time.today())
    # However it came about: even an item that is still open.
    item = queries.latest_item(case, DueKind.REVIEW)
    item.state = DueState.OPEN
    db.session.commit()
    clock("2026-12-06 12:00")
    assert remind(time.now()).told == 0


def test_what_nobody_could_be_told_of_is_counted(session, clock):
    clock("2026-11-03 10:00")
    builders.received_case()
    session.commit()
    clock.forward(hours=25)
    done = remind(time.now())
    assert (done.due, done.told, done.failed) == (1, 0, 1)


def test_the_counts_say_what_a_run_did(team, clock, mailbox):
    ana, *_ = team
    supported(ana)
    supported(ana)
    clock("2026-12-01 09:00")
    assert dataclasses.astuple(remind(time.now())) == (2, 2, 1, 0)
    assert dataclasses.astuple(remind(time.now())) == (2, 0, 0, 0)


# --- E-mail ------------------------------------------------------------------------------------


def test_one_letter_a_person_a_run_that_names_nobody(team, clock, mailbox):
    ana, *_ = team
    canaries = {
        "first_name": "Zebedee",
        "last_name": "Quillfeather",
        "known_as": "Zeb",
        "hospital_number": "RWE8841",
        "gp": "Dr Plumtree",
        "staying_at": "Glenfield Hospital",
    }
    one, two = supported(ana, **canaries), supported(ana)
    clock("2026-12-01 09:00")
    remind(time.now())
    remind(time.now())
    (letter,) = mailbox.to(ana.email)
    assert letter["Subject"] == "You have 2 reviews due"
    everything = letter.as_string().lower()
    forbidden = [*canaries.values(), one.reference, two.reference, one.person.initials, "hospital"]
    forbidden += ["z.q", str(one.id), str(one.person_id), "medium", "weapon", "ana"]
    body = letter.get_content().lower() + letter["Subject"].lower()
    assert not [word for word in forbidden if word.lower() in body]
    assert not [word for word in canaries.values() if word.lower() in everything]
    assert "http://localhost" in body


def test_a_letter_s_number_comes_from_what_it_tells(team, clock):
    ana, *_ = team
    supported(ana)
    clock("2026-12-01 09:00")
    send_due(time.now())
    (letter,) = db.session.scalars(select(Outgoing))
    (notice,) = notices.inbox_of(ana)
    assert letter.message_id == message_id([notice.cause], sender_domain())


def test_nothing_to_say_sends_nothing(team, clock, mailbox):
    ana, *_ = team
    supported(ana)
    assert remind(time.now()).told == 0
    assert mailbox.messages == []


def test_who_wants_no_e_mail_has_the_inbox(team, clock, mailbox):
    ana, *_ = team
    supported(ana)
    ana.wants_email = False
    db.session.commit()
    clock("2026-12-01 09:00")
    remind(time.now())
    assert len(inbox(ana)) == 1
    assert mailbox.messages == []


# --- Two at once -------------------------------------------------------------------------------


def test_schedulers_that_run_at_the_same_moment_tell_once(team, clock, app):
    ana, sam, dee = team
    for _ in range(5):
        supported(ana)
        supported(dee)
    now = cadence.on_day(date(2026, 12, 5))
    together, failures = threading.Barrier(4), []

    def run() -> None:
        with app.app_context():
            together.wait()
            failures.append(send_due(now).failed)

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    db.session.rollback()
    assert failures == [0, 0, 0, 0]
    causes = list(db.session.scalars(select(InboxItem.cause)))
    assert len(causes) == len(set(causes)) == 5 + 10 + 10
    assert len(told(ana)) == 5
    assert len(told(sam)) == 10
    letters = Counter(db.session.scalars(select(Outgoing.user_id)))
    assert letters == {ana.id: 1, sam.id: 1, dee.id: 1}
    assert untold.untold(now) == []


def test_one_person_who_cannot_be_told_does_not_stop_the_others(team, clock):
    ana, sam, _ = team
    supported(ana)
    supported(sam)
    db.session.add(
        InboxItem(
            user_id=ana.id,
            cause=_cause_of(ana),
            text="in the way",
            at=time.now(),
        )
    )
    db.session.commit()
    clock("2026-12-01 09:00")
    sent = send_due(time.now())
    assert (sent.told, sent.failed) == (1, 1)
    assert told(sam) == [Step.TODAY]


def _cause_of(user: User) -> str:
    with time.at(cadence.on_day(date(2026, 12, 1))):
        return reminders._cause(untold.untold(time.now(), user.id)[0])
