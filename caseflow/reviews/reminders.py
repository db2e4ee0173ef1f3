"""Tell people what is due, once. Everything told to one person in one run is one transaction:
the inbox rows, the ledger, the e-mail in the outbox and the audit row, or none of them."""

import logging
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from flask import current_app
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from caseflow.audit import actions as audit
from caseflow.audit.rules import Event
from caseflow.cases import glass
from caseflow.kernel import clock
from caseflow.kernel.config import Settings
from caseflow.kernel.database import db, transaction, writing
from caseflow.notices import actions as notices
from caseflow.notices import mail
from caseflow.reviews import actions, digest, queries
from caseflow.reviews.digest import Line
from caseflow.reviews.models import Told
from caseflow.reviews.rules import Step
from caseflow.reviews.untold import Telling, count_untellable, untold
from caseflow.staff.models import User

log = logging.getLogger(__name__)
ORDER = tuple(Step)


@dataclass(frozen=True)
class Reminded:
    """What a run did. ``due``: open and due now. ``told``: inbox rows written. ``failed``: letters
    and people that could not be reached this time, and items nobody can be told of."""

    due: int
    told: int
    mailed: int
    failed: int


def remind(now: datetime) -> Reminded:
    """``caseflow remind``: tell what is due, then send the mail that waits."""
    with clock.at(now):
        told = send_due(now)
        posted = mail.send_waiting(now)
        with writing(False):
            due, untellable = queries.count_due(now), count_untellable(now)
            db.session.rollback()
    return Reminded(
        due=due,
        told=told.told,
        mailed=posted.sent,
        failed=told.failed + posted.failed + untellable,
    )


@dataclass
class Sent:
    told: int = 0
    failed: int = 0


def send_due(now: datetime) -> Sent:
    """Whatever is due for telling and not in the ledger, to each person in one transaction."""
    sent = Sent()
    with clock.at(now):
        with transaction():
            actions.end_lapsed(now)
            glass.escalate_late(now)
        for recipient_id in _recipients(now):
            try:
                sent.told += _tell(recipient_id, now)
            except SQLAlchemyError:
                # The others are told; this one's turn comes again at the next tick.
                log.exception("somebody could not be told")
                sent.failed += 1
    return sent


def _recipients(now: datetime) -> list[uuid.UUID]:
    with writing(False):
        found = sorted({telling.recipient_id for telling in untold(now)})
        db.session.rollback()
    return found


def _tell(recipient_id: uuid.UUID, now: datetime) -> int:
    """The lock lets two schedulers tell one person one after the other, so the second finds the
    ledger filled; the unique rows behind it are the last word."""
    with transaction():
        user = db.session.scalars(
            select(User).where(User.id == recipient_id).with_for_update(key_share=True)
        ).one()
        tellings = untold(now, recipient_id)
        if not tellings:
            return 0
        news = _latest_steps(tellings)
        for telling in news:
            _put_in_inbox(user, telling, now)
        letter = _queue_digest(user, news, now)
        channels = ["inbox", *(["email"] if letter else [])]
        db.session.add_all(
            Told(
                item_id=telling.item_id,
                step=telling.step,
                due_at=telling.due_at,
                recipient_id=user.id,
                channel=channel,
                at=now,
            )
            for telling in tellings
            for channel in channels
        )
        audit.record(
            Event.REMINDER_TOLD,
            user=str(user.id),
            items=[str(telling.item_id) for telling in news],
            by_email=letter,
        )
    return len(news)


def _latest_steps(tellings: Iterable[Telling]) -> list[Telling]:
    """Of several steps of one item only the last is said; the ledger has them all."""
    ordered = sorted(tellings, key=lambda t: (t.due_at, t.item_id, ORDER.index(t.step)))
    return list({telling.item_id: telling for telling in ordered}.values())


def _cause(telling: Telling) -> str:
    parts = (telling.item_id, telling.step, telling.due_at.isoformat(), telling.recipient_id)
    return "due " + " ".join(str(part) for part in parts)


def _line(telling: Telling) -> Line:
    return Line(telling.kind, telling.step, telling.due_at)


def _put_in_inbox(user: User, telling: Telling, now: datetime) -> None:
    notices.put_in_inbox(
        user,
        cause=_cause(telling),
        text=digest.inbox_text(_line(telling), now),
        case_id=telling.case_id,
    )


def _queue_digest(user: User, news: list[Telling], now: datetime) -> bool:
    settings: Settings = current_app.extensions["settings"]
    lines = [_line(telling) for telling in news]
    letter = notices.queue_mail(
        user,
        subject=digest.subject(lines),
        body=digest.body(lines, now, settings.base_url),
        causes=[_cause(telling) for telling in news],
    )
    return letter is not None
