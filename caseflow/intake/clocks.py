"""The facts behind each reachable moment, read for many in a fixed number of queries."""

import uuid
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, select

from caseflow.cases.models import Case, Triage
from caseflow.cases.queries import pauses_of
from caseflow.contacts.models import Contact
from caseflow.contacts.rules import (
    BEFORE_REFERRAL,
    FACE_TO_FACE,
    Mode,
    Outcome,
    counts_as_attempt,
    is_two_way,
)
from caseflow.intake.models import Referral
from caseflow.intake.moment import Facts, Limits, Moment, read
from caseflow.kernel import clock
from caseflow.kernel.database import db
from caseflow.kernel.settings import history
from caseflow.people.rules import Safe
from caseflow.staff.queries import service_calendar
from caseflow.staff.working_time import Interval

Pair = tuple[Case, Referral | None]


class Met(NamedTuple):
    happened_at: datetime
    outcome: Outcome
    mode: Mode
    people: list[str]

    @property
    def is_attempt(self) -> bool:
        return counts_as_attempt(self.outcome, self.mode)

    @property
    def is_heard(self) -> bool:
        return is_two_way(self.outcome, self.people)

    @property
    def is_seen(self) -> bool:
        return self.is_heard and self.mode in FACE_TO_FACE


def latest_referrals(case_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Referral]:
    """The latest that stands, of each case."""
    found = db.session.scalars(
        select(Referral)
        .where(Referral.case_id.in_(case_ids), Referral.withdrawn_at.is_(None))
        .order_by(Referral.received_at, Referral.id)
    )
    return {referral.case_id: referral for referral in found}


def facts_of(pairs: Sequence[Pair]) -> list[Facts]:
    """Of each, in their order. What happened before somebody attended is not about it."""
    ids = {case.id for case, _ in pairs}
    triaged, met, pauses = _triaged(ids), _met(ids), pauses_of(ids)
    now = clock.now()
    return [
        _facts(
            case,
            referral,
            triaged_at=triaged.get(case.id),
            met=met.get(case.id, []),
            pauses=tuple(
                Interval(pause.from_at, pause.until_at or now) for pause in pauses.get(case.id, ())
            ),
        )
        for case, referral in pairs
    ]


def _facts(
    case: Case,
    referral: Referral | None,
    *,
    triaged_at: datetime | None,
    met: list[Met],
    pauses: tuple[Interval, ...],
) -> Facts:
    there = referral.is_still_there if referral else Safe.NOT_ASKED
    received_at = referral.received_at if referral else case.received_at
    attended_at = referral.attended_at if referral else None
    since = min(attended_at or received_at, received_at) - BEFORE_REFERRAL
    counted = [one for one in met if one.happened_at >= since]
    return Facts(
        received_at=received_at,
        attended_at=attended_at,
        said_there=there is Safe.YES,
        said_gone=there is Safe.NO,
        leaves_at=referral.discharge_at if referral else None,
        triaged_at=triaged_at,
        tried_at=next((one.happened_at for one in counted if one.is_attempt), None),
        heard_at=next((one.happened_at for one in counted if one.is_heard), None),
        seen_at=next((one.happened_at for one in counted if one.is_seen), None),
        ended_at=case.ended_at,
        pauses=pauses,
        is_paused=case.paused_at is not None,
    )


def _triaged(case_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, datetime]:
    rows = db.session.execute(
        select(Triage.case_id, func.min(Triage.at))
        .where(Triage.case_id.in_(case_ids))
        .group_by(Triage.case_id)
    )
    return dict(rows.all())


def _met(case_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, list[Met]]:
    """What was tried and held with each, the earliest first."""
    found: dict[uuid.UUID, list[Met]] = defaultdict(list)
    rows = db.session.execute(
        select(Contact.case_id, Contact.happened_at, Contact.outcome, Contact.mode, Contact.people)
        .where(Contact.case_id.in_(case_ids), Contact.withdrawn_at.is_(None))
        .order_by(Contact.happened_at)
    )
    for case_id, happened_at, outcome, mode, people in rows:
        found[case_id].append(Met(happened_at, outcome, mode, people))
    return found


def moments_of(cases: Iterable[Case], now: datetime) -> dict[uuid.UUID, tuple[Pair, Moment]]:
    """Of each case, by its id: the clock of its latest referral."""
    known = list(cases)
    referrals = latest_referrals([case.id for case in known])
    pairs: list[Pair] = [(case, referrals.get(case.id)) for case in known]
    calendar, limits = service_calendar(), limits_over_time()
    return {
        pair[0].id: (pair, read(facts, limits(facts.received_at), calendar, now))
        for pair, facts in zip(pairs, facts_of(pairs), strict=True)
    }


def limits_over_time() -> Callable[[datetime], Limits]:
    """What was asked for at an instant: a rule that changes later judges nobody afterwards."""
    rows = [(since, Limits.of(value)) for since, value in history("review_cadence")]

    def held(instant: datetime) -> Limits:
        before = [limits for since, limits in rows if since <= instant]
        return before[-1] if before else Limits.of({})

    return held
