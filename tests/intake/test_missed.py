"""The ledger of missed moments: made once, for a reason that a person has the last word on."""

import datetime
from datetime import timedelta

import pytest
from sqlalchemy import select

from caseflow import scheduler
from caseflow.audit.models import AuditRow
from caseflow.audit.rules import Event
from caseflow.cases import actions as cases
from caseflow.contacts import actions as contacts
from caseflow.contacts.queries import standing
from caseflow.contacts.rules import Mode, Outcome, With
from caseflow.intake import actions as intake
from caseflow.intake import clocks, missed
from caseflow.intake.codes import IndexReason
from caseflow.intake.models import MissedMoment
from caseflow.intake.moment import WhyMissed
from caseflow.intake.rules import Source
from caseflow.kernel import clock as time
from caseflow.kernel.database import db
from caseflow.kernel.errors import Problem, Stale
from caseflow.kernel.settings import change_setting
from caseflow.people.rules import Safe
from caseflow.staff import rota
from tests import builders


@pytest.fixture
def worker(session):
    return builders.worker(name="Amira Worker")


def arrived(worker, name="Testy McTest", *, there=Safe.YES, **more):
    return intake.add_referral(
        by=worker, name=name, what=IndexReason.ASSAULT_SHARP, is_still_there=there, **more
    )


def works(user, starts: int, ends: int) -> None:
    """Today."""
    rota.set_shifts(
        user,
        first=time.today(),
        last=time.today(),
        weekdays=set(range(7)),
        starts=datetime.time(starts),
        ends=datetime.time(ends),
        by=builders.supervisor(user.team),
    )


def met(case, by, *, mode=Mode.F2F_HOSPITAL, outcome=Outcome.MET):
    if case.worker_id != by.id:
        cases.allocate(case, by, by=by)
    contacts.log_contact(
        case, by=by, happened_at=time.now(), mode=mode, outcome=outcome,
        people=[With.YOUNG_PERSON], purposes=[], minutes=10,
    )  # fmt: skip


def noted(session, now) -> int:
    session.commit()
    return missed.note_missed(now)


def ledger(session) -> list[MissedMoment]:
    return list(session.scalars(select(MissedMoment)))


def test_whoever_waited_a_whole_shift_is_in_the_ledger_once(session, clock, worker):
    clock("2026-11-24 14:00")
    referral = arrived(worker)
    assert noted(session, clock("2026-11-24 18:59")) == 0
    assert noted(session, clock("2026-11-24 19:00")) == 1
    assert noted(session, clock("2026-11-24 19:01")) == 0
    (row,) = ledger(session)
    assert (row.referral_id, row.has_left, row.why) == (referral.id, False, None)
    assert session.scalar(select(AuditRow.case_id).where(AuditRow.event == Event.MOMENT_MISSED))


def test_whoever_was_met_in_time_is_not(session, clock, worker):
    clock("2026-11-24 14:00")
    case = arrived(worker).case
    clock("2026-11-24 15:00")
    met(case, worker)
    assert noted(session, clock("2026-11-25 09:00")) == 0


def test_a_call_is_no_meeting(session, clock, worker):
    clock("2026-11-24 14:00")
    case = arrived(worker).case
    met(case, worker, mode=Mode.PHONE, outcome=Outcome.TALKED)
    assert noted(session, clock("2026-11-25 09:00")) == 1


def test_a_meeting_that_was_withdrawn_does_not_count(session, clock, worker):
    clock("2026-11-24 14:00")
    case = arrived(worker).case
    met(case, worker)
    (entry,) = standing(case)
    contacts.withdraw_contact(entry, by=worker, reason="Wrong person")
    assert noted(session, clock("2026-11-25 09:00")) == 1


def test_what_had_left_before_we_were_told_is_missed_at_once(session, clock, worker):
    clock("2026-11-24 14:00")
    arrived(worker, there=Safe.NO)
    noted(session, time.now())
    (row,) = ledger(session)
    assert (row.suggested, row.has_left) == (WhyMissed.REFERRED_LATE, True)


def test_only_hospital_referrals_that_are_ours(session, clock, worker):
    clock("2026-11-24 14:00")
    arrived(worker, source=Source.OUTREACH)
    case = arrived(worker).case
    intake.decide(
        case, by=worker, is_eligible=False, code=next(iter(intake.Ineligible)), reason="x"
    )
    assert noted(session, clock("2026-11-26 09:00")) == 0


def test_the_scheduler_makes_the_rows(session, clock, app, worker):
    clock("2026-11-24 14:00")
    arrived(worker)
    session.commit()
    now = clock("2026-11-24 20:00")
    scheduler.tick(app, now)
    scheduler.tick(app, now)
    assert len(ledger(session)) == 1


# --- they left ---


def test_saying_that_they_left_makes_the_row(session, clock, worker):
    clock("2026-11-24 14:00")
    referral = arrived(worker)
    clock("2026-11-24 15:30")
    row = missed.they_left(referral.case)
    assert (row.missed_at, row.has_left) == (time.now(), True)
    assert (referral.discharge_at, referral.is_still_there) == (time.now(), Safe.NO)
    assert noted(session, clock("2026-11-25 09:00")) == 0
    with pytest.raises(Stale):
        missed.they_left(referral.case)


def test_who_was_noted_already_leaves_without_a_second_row(session, clock, worker):
    clock("2026-11-24 14:00")
    referral = arrived(worker)
    assert noted(session, clock("2026-11-24 19:30")) == 1
    clock("2026-11-24 21:00")
    assert missed.they_left(referral.case) is None
    assert len(ledger(session)) == 1


def test_leaving_after_being_met_misses_nothing(session, clock, worker):
    clock("2026-11-24 14:00")
    case = arrived(worker).case
    met(case, worker)
    clock("2026-11-24 15:30")
    assert missed.they_left(case) is None
    assert ledger(session) == []


# --- why ---


def test_the_rota_says_that_nobody_was_there(session, clock, worker):
    clock("2026-11-24 12:00")
    works(worker, 16, 19)
    early, late = arrived(worker), arrived(worker, "Other Person")
    clock("2026-11-24 14:00")
    assert missed.they_left(early.case).suggested is WhyMissed.NOBODY_ON_SHIFT
    clock("2026-11-24 16:30")
    assert missed.they_left(late.case).suggested is WhyMissed.LEFT_BEFORE_SEEN


def test_without_a_rota_nobody_is_said_to_have_been_off(session, clock, worker):
    clock("2026-11-24 12:00")
    early = arrived(worker)
    clock("2026-11-24 14:00")
    assert missed.they_left(early.case).suggested is WhyMissed.LEFT_BEFORE_SEEN


def test_the_only_worker_was_with_somebody_else(session, clock, worker):
    clock("2026-11-24 12:00")
    works(worker, 9, 19)
    mine, other = arrived(worker), arrived(worker, "Other Person")
    clock("2026-11-24 13:00")
    met(other.case, worker)
    clock("2026-11-24 13:30")
    assert missed.they_left(mine.case).suggested is WhyMissed.WORKER_ELSEWHERE


def test_nobody_knew_who_they_were(session, clock, worker):
    clock("2026-11-24 12:00")
    referral = arrived(worker, "Trauma X", is_label=True)
    clock("2026-11-24 13:00")
    assert missed.they_left(referral.case).suggested is WhyMissed.IDENTITY_UNKNOWN


def test_a_person_has_the_last_word(session, clock, worker):
    clock("2026-11-24 14:00")
    referral = arrived(worker)
    clock("2026-11-24 15:30")
    row = missed.they_left(referral.case)
    with pytest.raises(Problem):
        missed.confirm(row, why=WhyMissed.OTHER, in_words=" ", by=worker)
    missed.confirm(row, why=WhyMissed.OTHER, in_words="Fire alarm", by=worker)
    assert (row.why, row.in_words, row.confirmed_by_id) == (
        WhyMissed.OTHER, "Fire alarm", worker.id,
    )  # fmt: skip
    assert row.suggested is WhyMissed.LEFT_BEFORE_SEEN


# --- the clock's facts ---


def test_a_pause_is_kept_and_subtracted(session, clock, worker):
    clock("2026-11-24 14:00")
    case = arrived(worker, there=Safe.NO).case
    clock("2026-11-24 15:00")
    cases.pause(case, reason="Long operation")
    clock("2026-11-24 18:00")
    cases.resume(case)
    (_, found) = clocks.moments_of([case], time.now())[case.id]
    assert found.next.at == time.now() + timedelta(hours=23)
    cases.pause(case, reason="Again")
    clock("2026-11-25 18:00")
    (_, found) = clocks.moments_of([case], time.now())[case.id]
    assert (found.state.value, found.left) == ("paused", timedelta(hours=23))


def test_a_rule_that_changes_later_judges_nobody_afterwards(session, clock, worker):
    clock("2026-11-24 10:00")
    case = arrived(worker, there=Safe.NO).case
    clock("2026-11-24 11:00")
    change_setting("review_cadence", {"triage_hours": 2}, by_id=None)
    clock("2026-11-24 12:00")
    later = arrived(worker, "Later Person", there=Safe.NO).case
    db.session.flush()
    found = clocks.moments_of([case, later], time.now())
    assert found[case.id][1].left == timedelta(hours=22)
    assert found[later.id][1].left == timedelta(hours=2)
