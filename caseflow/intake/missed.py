"""The ledger of missed moments: who left, or waited in vain, before anybody met them.

A row is made once for a referral, by the scheduler or by whoever says that they have left. Why is
suggested from the calendar and the rota, and said by a person.
"""

import logging
import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Select, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import joinedload

from caseflow.audit import actions as audit
from caseflow.audit.rules import Event
from caseflow.cases.lifecycle import Stage
from caseflow.cases.models import Case
from caseflow.cases.rules import Stream
from caseflow.cases.visibility import known_to
from caseflow.contacts.models import Contact
from caseflow.contacts.rules import FACE_TO_FACE, Outcome
from caseflow.intake import clocks
from caseflow.intake.models import MissedMoment, Referral
from caseflow.intake.moment import Around, Facts, WhyMissed, missed_at, suggest
from caseflow.kernel import clock
from caseflow.kernel.database import db, lock, transaction, writing
from caseflow.kernel.errors import Problem, Stale
from caseflow.people.rules import Safe
from caseflow.staff import queries as staff
from caseflow.staff import rota
from caseflow.staff.models import User

log = logging.getLogger(__name__)
LOOK_BACK = timedelta(days=14)
NOT_OURS = (Stage.INELIGIBLE, Stage.WITHDRAWN)


# --- made once for each referral ---


def note_missed(now: datetime) -> int:
    """Called at every tick of the scheduler. All are looked at in one reading; each row is then a
    transaction of its own. How many were made."""
    with writing(False):
        ids = [referral.id for referral, _ in _just_missed(now)]
        db.session.rollback()
    made = 0
    for referral_id in ids:
        try:
            with transaction():
                referral = db.session.get_one(Referral, referral_id)
                made += note_if_missed(referral, now) is not None
        except IntegrityError:
            log.info("another one has noted this missed moment")
    return made


def _just_missed(now: datetime) -> list[tuple[Referral, datetime]]:
    referrals = db.session.scalars(_unnoted(now)).all()
    facts = clocks.facts_of([(referral.case, referral) for referral in referrals])
    calendar, limits = staff.service_calendar(), clocks.limits_over_time()
    gone = [missed_at(one, limits(one.received_at), calendar, now) for one in facts]
    return [(referral, at) for referral, at in zip(referrals, gone, strict=True) if at]


def _unnoted(now: datetime) -> Select[Referral]:
    noted = select(MissedMoment.id).where(MissedMoment.referral_id == Referral.id)
    return (
        select(Referral)
        .join(Case, Case.id == Referral.case_id)
        .where(
            Case.stream == Stream.HOSPITAL,
            Case.stage.not_in(NOT_OURS),
            Referral.withdrawn_at.is_(None),
            Referral.received_at > now - LOOK_BACK,
            Referral.received_at <= now,
            ~noted.exists(),
        )
        .options(joinedload(Referral.case))
        .order_by(Referral.received_at, Referral.id)
    )


def note_if_missed(referral: Referral, now: datetime) -> MissedMoment | None:
    """The row, when it is made now."""
    if missed_of(referral) is not None:
        return None
    (facts,) = clocks.facts_of([(referral.case, referral)])
    calendar = staff.service_calendar()
    limits = clocks.limits_over_time()(facts.received_at)
    gone = missed_at(facts, limits, calendar, now)
    if gone is None:
        return None
    row = MissedMoment(
        case_id=referral.case_id,
        referral=referral,
        arrived_at=facts.arrived_at,
        missed_at=gone,
        has_left=facts.left_at(gone) is not None,
        made_at=now,
        suggested=suggest(facts, gone, calendar, _around(referral, facts, gone)),
    )
    db.session.add(row)
    db.session.flush()
    audit.record(Event.MOMENT_MISSED, case_id=row.case_id, person_id=referral.case.person_id,
                 referral=str(referral.id))  # fmt: skip
    return row


def _around(referral: Referral, facts: Facts, gone: datetime) -> Around:
    case, since = referral.case, min(facts.received_at, gone)
    person = case.person
    shifts = rota.shifts_in(case.team_id, since, max(gone, since + timedelta(minutes=1)))
    is_kept = bool(shifts) or rota.keeps_rota(case.team_id, since)
    workers = {shift.user_id for shift in shifts}
    return Around(
        is_unknown=bool(person.label) and not (person.first_name or person.last_name),
        has_declined=referral.agrees is Safe.NO or _refused(case, gone),
        on_shift=bool(workers) if is_kept else None,
        all_elsewhere=bool(workers) and workers <= _busy(case, since, gone),
    )


def _refused(case: Case, until: datetime) -> bool:
    query = select(Contact.id).where(
        Contact.case_id == case.id,
        Contact.outcome == Outcome.REFUSED,
        Contact.withdrawn_at.is_(None),
        Contact.happened_at <= until,
    )
    return db.session.scalar(query.limit(1)) is not None


def _busy(case: Case, since: datetime, until: datetime) -> set[uuid.UUID]:
    """Who met somebody else in that time."""
    return set(
        db.session.scalars(
            select(Contact.by_id).where(
                Contact.case_id != case.id,
                Contact.mode.in_(FACE_TO_FACE),
                Contact.withdrawn_at.is_(None),
                Contact.happened_at >= since,
                Contact.happened_at <= until,
            )
        )
    )


def they_left(case: Case) -> MissedMoment | None:
    """Somebody says that they have gone home. The row, when nobody had met them."""
    lock(case)
    referral = clocks.latest_referrals([case.id]).get(case.id)
    if referral is None:
        raise Problem("This case came without a referral.")
    now = clock.now()
    if referral.is_still_there is Safe.NO:
        raise Stale("Somebody has said already that they left.")
    referral.is_still_there = Safe.NO
    if referral.discharge_at is None or referral.discharge_at > now:
        referral.discharge_at = now
    db.session.flush()
    audit.record(Event.LEFT_HOSPITAL, case_id=case.id, person_id=case.person_id)
    return note_if_missed(referral, now) if case.stream is Stream.HOSPITAL else None


# --- said by a person ---


def confirm(row: MissedMoment, *, why: WhyMissed, in_words: str, by: User) -> None:
    """Again, when somebody knows better: the last word counts."""
    if why is WhyMissed.OTHER and not in_words.strip():
        raise Problem("Say in a few words why.", "in_words")
    row.why, row.in_words = why, in_words.strip()
    row.confirmed_at, row.confirmed_by = clock.now(), by
    db.session.flush()
    audit.record(Event.MISSED_CONFIRMED, case_id=row.case_id, person_id=row.case.person_id,
                 missed=str(row.id), why=why.value)  # fmt: skip


# --- read ---


def missed_of(referral: Referral) -> MissedMoment | None:
    return db.session.scalar(select(MissedMoment).where(MissedMoment.referral_id == referral.id))


def missed_in(case: Case, missed_id: uuid.UUID) -> MissedMoment | None:
    return db.session.scalar(
        select(MissedMoment).where(MissedMoment.id == missed_id, MissedMoment.case_id == case.id)
    )


def missed_known_to(user: User, since: datetime) -> Sequence[MissedMoment]:
    """Of the reader's own team, as far as they may know of them; the latest first."""
    return db.session.scalars(
        select(MissedMoment)
        .join(Case, Case.id == MissedMoment.case_id)
        .where(known_to(user), Case.team_id == user.team_id, MissedMoment.arrived_at >= since)
        .options(
            joinedload(MissedMoment.case).joinedload(Case.person),
            joinedload(MissedMoment.referral),
            joinedload(MissedMoment.confirmed_by),
        )
        .order_by(MissedMoment.missed_at.desc(), MissedMoment.id)
    ).all()


def missed_everywhere(since: datetime) -> list[tuple[datetime, WhyMissed | None]]:
    """(when they arrived, why), to be counted; nobody is named."""
    rows = db.session.execute(
        select(MissedMoment.arrived_at, MissedMoment.why, MissedMoment.suggested).where(
            MissedMoment.arrived_at >= since
        )
    )
    return [(arrived_at, why or suggested) for arrived_at, why, suggested in rows]
