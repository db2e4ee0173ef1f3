"""A message that is plainly about somebody else than before changes nothing until a person says
what it is about."""

from caseflow.intake import queries
from caseflow.intake.messages import take_word
from caseflow.intake.models import Message, Referral
from caseflow.intake.opening import receive
from caseflow.intake.rules import Outcome
from caseflow.kernel import clock, errors
from caseflow.kernel.database import db
from caseflow.staff.models import User


def apply_parked(message: Message, *, by: User) -> Referral:
    """It is the same young person after all: the message counts like any other."""
    _decide(message, by)
    referral, draft = message.referral, queries.draft_of(message)
    changes = take_word(referral, draft, queries.said_at(message), (), by=by)[2]
    message.outcome = Outcome.WITHDRAWN if draft.withdraws else Outcome.UPDATED
    message.changes = changes
    db.session.flush()
    return referral


def open_parked(message: Message, *, by: User) -> Referral:
    """It is somebody else: a referral of their own, with a case of its own. The sender's later
    messages under this identity still reach the first, and are parked again."""
    _decide(message, by)
    draft = queries.draft_of(message)
    return receive(draft, source=message.referral.source, received_at=message.arrived_at, by=by)


def set_aside(message: Message, *, by: User) -> None:
    """It changes nothing here."""
    _decide(message, by)
    db.session.flush()


def _decide(message: Message, by: User) -> None:
    if not message.is_waiting:
        raise errors.Problem("Somebody has decided about this message already.")
    message.decided_at, message.decided_by_id = clock.now(), by.id
