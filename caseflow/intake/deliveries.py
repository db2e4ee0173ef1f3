"""Every message as it came, whole and sealed, with what was answered: those that were refused too,
for some days. Who brought it decides which door it came through."""

import uuid
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete

from caseflow.audit import actions as audit
from caseflow.audit.rules import Event
from caseflow.intake.draft import Problem, Reading
from caseflow.intake.models import Delivery, Referral, SendingSystem
from caseflow.intake.reading import MAX_BYTES
from caseflow.intake.rules import REFUSED_DAYS, Outcome
from caseflow.kernel import clock
from caseflow.kernel.database import db
from caseflow.kernel.settings import setting
from caseflow.kernel.words import Words


class Why(Words):
    """Why a message was taken, or was not."""

    TAKEN = "taken"
    MALFORMED = "malformed", "Cannot be read"
    NOT_ONE = "not_one", "Is not a referral"
    NEVER_HAD = "never_had", "Withdraws a referral that we never had"
    NOT_THEIRS = "not_theirs", "Sender is not this system’s organisation"
    OURS = "ours", "Nobody receives it"


@dataclass(frozen=True)
class Brought:
    """By which door. A system speaks for its own organisations; a person for any."""

    door: str
    system_id: uuid.UUID | None = None
    ods_codes: tuple[str, ...] | None = None

    def speaks_for(self, ods_code: str | None) -> bool:
        return self.ods_codes is None or (ods_code or "").upper() in self.ods_codes


BY_HAND = Brought("by hand")


def by_system(system: SendingSystem) -> Brought:
    return Brought(f"system {system.id.hex}", system.id, tuple(system.ods_codes))


def keep(
    data: bytes,
    digest: str,
    reading: Reading,
    brought: Brought,
    *,
    outcome: Outcome,
    why: Why,
    told: tuple[Problem, ...],
    referral: Referral | None,
    before: Delivery | None,
) -> Delivery:
    """``before``: the same bytes were refused; the first answer stands while that is so."""
    answer = {
        "why": why.value,
        "told": [asdict(problem) for problem in told],
        "to": reading.header_id or (reading.draft.message_id if reading.draft else "") or "",
    }
    if before is not None:
        before.outcome, before.referral = outcome, referral
        before.answer = answer
        db.session.flush()
        return before
    sender, focus = reading.draft.identity if reading.draft else ("", "")
    delivery = Delivery(
        door=brought.door,
        system_id=brought.system_id,
        referral=referral,
        sha256=digest,
        arrived_at=clock.now(),
        size=len(data),
        outcome=outcome,
        sender=sender,
        focus=focus,
        raw=data if len(data) <= MAX_BYTES else b"",
        answer=answer,
    )
    db.session.add(delivery)
    db.session.flush()
    if outcome is Outcome.REFUSED:
        audit.record(Event.MESSAGE_REFUSED, delivery=str(delivery.id), why=why.value)
    return delivery


def take_after_all(delivery: Delivery, referral: Referral, outcome: Outcome) -> None:
    delivery.referral, delivery.outcome = referral, outcome
    delivery.answer = delivery.answer | {"why": Why.TAKEN.value}


def forget_refused(now: datetime) -> None:
    """What was refused is nobody's record: it is kept as long as somebody may ask about it."""
    days = int(setting("refused_message_days", REFUSED_DAYS))
    db.session.execute(
        delete(Delivery).where(
            Delivery.outcome == Outcome.REFUSED, Delivery.arrived_at < now - timedelta(days=days)
        )
    )
