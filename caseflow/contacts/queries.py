"""What was said and tried. A withdrawn entry is shown and never counted."""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, Text, and_, cast, func, select
from sqlalchemy.orm import joinedload

from caseflow.cases.lifecycle import TERMINAL, Facts, Stage
from caseflow.cases.models import Case, StageChange
from caseflow.contacts.models import Contact
from caseflow.contacts.rules import (
    ATTENDED,
    FACE_TO_FACE,
    TWO_WAY,
    Mode,
    Outcome,
    With,
    counts_as_attempt,
    is_two_way,
)
from caseflow.kernel import clock
from caseflow.kernel.database import db
from caseflow.people import queries as people
from caseflow.people.rules import ConsentPurpose, Safe

FIRST_DAYS = timedelta(days=90)
_stands = Contact.withdrawn_at.is_(None)
_with_them = cast(Contact.people, Text).contains(f'"{With.YOUNG_PERSON.value}"')
_two_way = and_(Contact.outcome.in_(TWO_WAY), _with_them)


def contacts_for(case: Case) -> Sequence[Contact]:
    """Every entry, newest first, withdrawn ones with them."""
    return db.session.scalars(
        select(Contact)
        .where(Contact.case_id == case.id)
        .options(joinedload(Contact.by), joinedload(Contact.second_worker))
        .order_by(Contact.happened_at.desc(), Contact.recorded_at.desc(), Contact.id)
    ).all()


def contact_in(case: Case, contact_id: uuid.UUID) -> Contact | None:
    return db.session.scalar(
        select(Contact).where(Contact.id == contact_id, Contact.case_id == case.id)
    )


def standing(case: Case) -> list[Contact]:
    """What counts: not withdrawn, oldest first."""
    return [c for c in reversed(contacts_for(case)) if c.withdrawn_at is None]


def last_held(case: Case) -> Contact | None:
    """The last time the young person was there and talked."""
    return db.session.scalars(
        select(Contact)
        .where(Contact.case_id == case.id, Contact.outcome.in_(ATTENDED), _stands, _with_them)
        .order_by(Contact.happened_at.desc())
        .limit(1)
    ).first()


def last_mode(case: Case, among: Collection[Mode] = tuple(Mode)) -> Mode | None:
    """What was chosen last; the next entry begins with it."""
    return db.session.scalar(
        select(Contact.mode)
        .where(Contact.case_id == case.id, Contact.mode.in_(among), _stands)
        .order_by(Contact.happened_at.desc())
        .limit(1)
    )


def last_logged_by_purpose(case: Case) -> dict[str, datetime]:
    found: dict[str, datetime] = {}
    for contact in standing(case):
        found |= dict.fromkeys(contact.purposes, contact.happened_at)
    return found


def first_modes(case_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Mode]:
    """How each young person was first spoken with; who never was is absent."""
    rows = db.session.execute(
        select(Contact.case_id, Contact.mode)
        .where(Contact.case_id.in_(case_ids), _stands, _two_way)
        .order_by(Contact.happened_at.desc())
    )
    return dict(rows.all())


def last_contact_at_for(case_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, datetime]:
    """The last entry of any kind, tried or held."""
    return _last_at(case_ids, _stands)


def last_heard_at_for(case_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, datetime]:
    """When each young person last answered; who never did is absent."""
    return _last_at(case_ids, and_(_stands, _two_way))


def _last_at(
    case_ids: Collection[uuid.UUID], which: ColumnElement[bool]
) -> dict[uuid.UUID, datetime]:
    rows = db.session.execute(
        select(Contact.case_id, func.max(Contact.happened_at))
        .where(Contact.case_id.in_(case_ids), which)
        .group_by(Contact.case_id)
    )
    return dict(rows.all())


def facts_for_move(case: Case, **known: Any) -> Facts:
    """What the guards of a move look at, as far as contacts and consent can say.

    ``known`` adds what rooms above know: ``facts_for_move(case, closure_approved=True)``.
    After a return to trying, only what happened since counts.
    """
    counted = _counted_since(case, _trying_since(case))
    tries = [c for c in counted if counts_as_attempt(c.outcome, c.mode)]
    first = tries[0].happened_at if tries else clock.now()
    return Facts(
        attempts=len(tries),
        attempt_modes=len({c.mode for c in tries}),
        days_of_attempts=(clock.now() - first).days,
        support_agreed=_agreed_to_support(case),
        has_two_way_contact=any(is_two_way(c.outcome, c.people) for c in counted),
        is_allocated=case.worker_id is not None,
        **known,
    )


def _counted_since(
    case: Case, since: datetime | None
) -> Sequence[Row[datetime, Outcome, Mode, list[str]]]:
    """When, how and with whom, oldest first; read narrowly, because every move asks."""
    query = select(Contact.happened_at, Contact.outcome, Contact.mode, Contact.people).where(
        Contact.case_id == case.id, _stands
    )
    if since is not None:
        query = query.where(Contact.happened_at >= since)
    return db.session.execute(query.order_by(Contact.happened_at)).all()


def _trying_since(case: Case) -> datetime | None:
    """All moves of the case are read: asked for the latest alone, SQLite reads everybody's."""
    moves = db.session.execute(
        select(StageChange.from_stage, StageChange.to_stage, StageChange.at).where(
            StageChange.case_id == case.id
        )
    )
    returns = [at for start, to, at in moves if to is Stage.ATTEMPTING and start in TERMINAL]
    return max(returns, default=None)


def _agreed_to_support(case: Case) -> bool:
    """A yes that holds, given in this episode: an old one is not an answer to a new offer."""
    consent = people.consent_in_force(case.person, ConsentPurpose.SUPPORT)
    if consent is None:
        return False
    return clock.local(consent.decided_at).date() >= clock.local(case.received_at).date()


def may_be_texted(case: Case) -> bool:
    return any(p.safe_to_text is Safe.YES for p in people.contact_points(case.person))


@dataclass(frozen=True)
class Dosage:
    """How much support was received. Only what the young person attended counts as support."""

    attended: int
    minutes: int
    face_to_face_minutes: int
    attended_in_first_90_days: int
    did_not_attend: int
    purposes: int


def dosage(case: Case) -> Dosage:
    """The first 90 days run from the start of support, or from the referral before that."""
    all_of_them = standing(case)
    held = [c for c in all_of_them if c.outcome in ATTENDED and With.YOUNG_PERSON in c.people]
    early = (case.support_began_at or case.received_at) + FIRST_DAYS
    return Dosage(
        attended=len(held),
        minutes=sum(c.minutes for c in held),
        face_to_face_minutes=sum(c.minutes for c in held if c.mode in FACE_TO_FACE),
        attended_in_first_90_days=sum(c.happened_at <= early for c in held),
        did_not_attend=sum(c.outcome is Outcome.DID_NOT_ATTEND for c in all_of_them),
        purposes=len({purpose for c in held for purpose in c.purposes}),
    )
