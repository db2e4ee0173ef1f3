"""Tell a member of staff something, once. Called inside the caller's transaction."""

import uuid
from collections.abc import Iterable
from datetime import datetime

from flask import current_app
from sqlalchemy import update

from caseflow.kernel import clock
from caseflow.kernel.config import Settings
from caseflow.kernel.database import db
from caseflow.kernel.ids import new_id
from caseflow.notices.models import InboxItem, Outgoing
from caseflow.notices.rules import message_id
from caseflow.staff.models import User


def put_in_inbox(
    user: User, *, cause: str, text: str, case_id: uuid.UUID | None = None
) -> InboxItem:
    """``cause`` names what happened and to whom it is told; a second time is refused by the
    database. The text names nobody: the page adds the case for who may see it."""
    item = InboxItem(user_id=user.id, cause=cause, case_id=case_id, text=text, at=clock.now())
    db.session.add(item)
    return item


def queue_mail(
    user: User, *, subject: str, body: str, causes: Iterable[str], is_needed: bool = False
) -> Outgoing | None:
    """One letter, sent after the commit. None for who does not want e-mail, unless they cannot
    do without it."""
    if not (user.wants_email or is_needed) or not user.is_active:
        return None
    now = clock.now()
    letter = Outgoing(
        user_id=user.id,
        message_id=message_id(causes, sender_domain()),
        subject=subject,
        body=body,
        queued_at=now,
        next_try_at=now,
        tries=0,
        problem="",
    )
    db.session.add(letter)
    return letter


def tell(
    user: User,
    *,
    cause: str,
    text: str,
    subject: str,
    lines: Iterable[str] = (),
    path: str = "/inbox",
    case_id: uuid.UUID | None = None,
) -> None:
    """In the inbox now, and by letter. The letter names nobody: it is read over shoulders."""
    settings: Settings = current_app.extensions["settings"]
    own_cause = f"{cause} {user.id}"
    put_in_inbox(user, cause=own_cause, text=text, case_id=case_id)
    told = ["Hello,", "", *lines, f"Sign in to see it: {settings.base_url}{path}", ""]
    queue_mail(user, subject=subject, body="\n".join(told), causes=[own_cause])


def tell_of_security(user: User, text: str) -> None:
    """The inbox says what happened to their account; the letter only that something did."""
    settings: Settings = current_app.extensions["settings"]
    cause = f"security {new_id()}"
    put_in_inbox(user, cause=cause, text=text)
    body = (
        "Hello,\n\nSomething about how you sign in has changed. Your inbox says what:\n"
        f"{settings.base_url}/inbox\n\nIf it was not you, tell your administrator at once.\n"
    )
    queue_mail(user, subject="About your account", body=body, causes=[cause], is_needed=True)


def mail_link(user: User, subject: str, body: str) -> None:
    queue_mail(user, subject=subject, body=body, causes=[f"link {new_id()}"], is_needed=True)


def sender_domain() -> str:
    settings: Settings = current_app.extensions["settings"]
    return settings.mail_from.rpartition("@")[2].strip("> ") or "localhost"


def mark_seen(user: User, *, until: datetime) -> None:
    """What the page showed; what came in since stays new."""
    db.session.execute(
        update(InboxItem)
        .where(InboxItem.user_id == user.id, InboxItem.seen_at.is_(None), InboxItem.at <= until)
        .values(seen_at=clock.now())
    )
