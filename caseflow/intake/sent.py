"""Reads of what was sent: each message as it came, and the systems that send."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from caseflow.cases.models import Case
from caseflow.intake import queries
from caseflow.intake.models import Delivery, Message, Referral, SendingSystem, SystemSecret
from caseflow.intake.rules import Outcome
from caseflow.kernel.database import db


def delivery_of(sha256: str, door: str) -> Delivery | None:
    return db.session.scalar(
        select(Delivery).where(Delivery.sha256 == sha256, Delivery.door == door)
    )


@dataclass(frozen=True)
class Came:
    """A message of a case, what it changed, and how it came; ``sent`` is it as it was sent."""

    referral: Referral
    message: Message
    sent: Delivery | None
    by: str


def came_for(case: Case) -> list[Came]:
    """Every message about the case, in the order of arrival."""
    found = []
    for referral in queries.referrals_of(case):
        sent = {delivery.sha256: delivery for delivery in deliveries_of(referral)}
        for message in queries.messages_of(referral):
            delivery = sent.get(message.sha256)
            by = delivery.system.name if delivery and delivery.system else referral.sender_name
            found.append(Came(referral, message, delivery, by))
    return sorted(found, key=lambda came: came.message.arrived_at)


def deliveries_of(referral: Referral) -> Sequence[Delivery]:
    """The same message may have come by several doors; the last to come is told first."""
    return db.session.scalars(
        select(Delivery)
        .where(Delivery.referral_id == referral.id)
        .options(joinedload(Delivery.system))
        .order_by(Delivery.arrived_at.desc(), Delivery.id)
    ).all()


def delivery_in(case: Case, delivery_id: uuid.UUID) -> Delivery | None:
    return db.session.scalar(
        select(Delivery)
        .join(Delivery.referral)
        .where(Referral.case_id == case.id, Delivery.id == delivery_id)
    )


def counts_by_system(since: datetime) -> dict[uuid.UUID, tuple[int, int]]:
    """System → how many of its messages were taken, and how many refused."""
    found: dict[uuid.UUID, tuple[int, int]] = {}
    rows = db.session.execute(
        select(Delivery.system_id, Delivery.outcome, func.count())
        .where(Delivery.system_id.is_not(None), Delivery.arrived_at >= since)
        .group_by(Delivery.system_id, Delivery.outcome)
    )
    for system_id, outcome, count in rows:
        if system_id is None:
            continue
        taken, refused = found.get(system_id, (0, 0))
        is_refused = outcome == Outcome.REFUSED
        found[system_id] = (taken + count * (not is_refused), refused + count * is_refused)
    return found


def all_systems() -> Sequence[SendingSystem]:
    """Those that may send first, by name."""
    return db.session.scalars(
        select(SendingSystem).order_by(SendingSystem.revoked_at.is_not(None), SendingSystem.name)
    ).all()


def system(system_id: uuid.UUID) -> SendingSystem | None:
    return db.session.get(SendingSystem, system_id)


def system_named(name: str) -> SendingSystem | None:
    return db.session.scalar(select(SendingSystem).where(SendingSystem.name == name))


def secrets_of(system: SendingSystem) -> Sequence[SystemSecret]:
    return db.session.scalars(
        select(SystemSecret)
        .where(SystemSecret.system_id == system.id)
        .order_by(SystemSecret.made_at, SystemSecret.id)
    ).all()


def early_withdrawals_of(referral: Referral) -> list[Delivery]:
    """They came before it, and were refused; in the order in which they came."""
    found = db.session.scalars(
        select(Delivery)
        .where(
            Delivery.outcome == Outcome.REFUSED,
            Delivery.sender == referral.sender,
            Delivery.focus == referral.focus,
        )
        .order_by(Delivery.arrived_at, Delivery.id)
    )
    return [delivery for delivery in found if delivery.answer.get("why") == "never_had"]
