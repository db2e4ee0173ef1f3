"""The outbox, emptied by SMTP after the commit. A letter is claimed, sent and marked on its own,
so that a crash or a second sender loses none; a copy sent twice has the same Message-ID."""

import logging
import smtplib
import ssl
import uuid
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from email.utils import format_datetime
from typing import NamedTuple
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from flask import current_app
from sqlalchemy import update

from caseflow.kernel.config import Settings
from caseflow.kernel.database import db, transaction, writing
from caseflow.kernel.errors import Problem
from caseflow.notices import queries
from caseflow.notices.actions import sender_domain
from caseflow.notices.models import Outgoing
from caseflow.notices.rules import DISABLED, MOST_TRIES, problem_words, wait_after
from caseflow.staff.models import User

TIMEOUT_SECONDS = 20
BATCH = 200
log = logging.getLogger(__name__)


@dataclass
class Posted:
    sent: int = 0
    failed: int = 0


class Letter(NamedTuple):
    id: uuid.UUID
    tries: int
    to: str
    message: EmailMessage


def send_waiting(now: datetime) -> Posted:
    """Sends what waits, over one connection a batch. Without a mail server everything waits."""
    settings: Settings = current_app.extensions["settings"]
    posted = Posted()
    while settings.smtp_url and (batch := _waiting(now)):
        before = posted.sent + posted.failed
        try:
            with dial(settings.smtp_url, sender_domain()) as server:
                for letter_id in batch:
                    _post(server, letter_id, now, posted)
        except OSError as error:  # smtplib's errors are OSErrors too
            # Nobody answered, or the line broke: the rest of the batch has lost no try.
            _note_away(now, _words(error))
            log.warning("the mail server is away: %s", _words(error))
        if posted.sent + posted.failed == before:
            break
    return posted


def dial(url: str, local_name: str) -> smtplib.SMTP:
    """``smtp://user:pass@host:port``, ``smtps://…``, or ``smtp://…?starttls``."""
    parts = urlsplit(url)
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise Problem("CASEFLOW_SMTP_URL must look like smtp://user:password@host:587?starttls")
    server = _connect(parts, local_name)
    try:
        if "starttls" in parse_qs(parts.query, keep_blank_values=True):
            server.starttls(context=ssl.create_default_context())
        if parts.username:
            server.login(unquote(parts.username), unquote(parts.password or ""))
    except BaseException:
        server.close()
        raise
    return server


def _connect(parts: SplitResult, local_name: str) -> smtplib.SMTP:
    host = parts.hostname or ""
    if parts.scheme == "smtp":
        return smtplib.SMTP(host, parts.port or 25, local_name, TIMEOUT_SECONDS)
    return smtplib.SMTP_SSL(
        host,
        parts.port or 465,
        local_name,
        timeout=TIMEOUT_SECONDS,
        context=ssl.create_default_context(),
    )


def _waiting(now: datetime) -> list[uuid.UUID]:
    with writing(False):
        found = queries.letters_waiting(now, limit=BATCH)
        db.session.rollback()
    return found


def _post(server: smtplib.SMTP, letter_id: uuid.UUID, now: datetime, posted: Posted) -> None:
    letter = _claim(letter_id, now)
    if letter is None:
        return
    try:
        server.send_message(letter.message, to_addrs=[letter.to])
    except OSError as error:
        posted.failed += 1
        _mark(letter, problem=problem_words(_words(error), letter.tries))
        if not _is_about_this_letter(error):
            raise
    else:
        posted.sent += 1
        _mark(letter, sent_at=now)


def _is_about_this_letter(error: OSError) -> bool:
    """The server said no to this one and stays on the line; 421 means that it hangs up."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return True
    return isinstance(error, smtplib.SMTPResponseException) and error.smtp_code != 421


def _claim(letter_id: uuid.UUID, now: datetime) -> Letter | None:
    """Counts the try and puts the next one off before anything is sent; None when another sender
    was quicker. Committed, so that the claim outlives a crash."""
    with transaction():
        row = db.session.get(Outgoing, letter_id, populate_existing=True)
        if row is None:
            return None
        tries = row.tries + 1
        user = db.session.get_one(User, row.user_id)
        claim: dict[str, object] = {"tries": tries, "next_try_at": now + wait_after(tries)}
        if not user.is_active:
            claim = {"tries": MOST_TRIES, "problem": DISABLED}
        claimed = db.session.execute(
            update(Outgoing)
            .where(
                Outgoing.id == letter_id,
                Outgoing.sent_at.is_(None),
                Outgoing.next_try_at <= now,
            )
            .values(claim)
            .returning(Outgoing.id)
            .execution_options(synchronize_session=False)
        ).first()
        if claimed is None or not user.is_active:
            return None
        return Letter(letter_id, tries, user.email, _message(row, user))


def _message(row: Outgoing, user: User) -> EmailMessage:
    settings: Settings = current_app.extensions["settings"]
    message = EmailMessage(policy=SMTP_POLICY)
    message["From"] = f"CaseFlow <{settings.mail_from}>"
    message["To"] = user.email
    message["Subject"] = row.subject
    message["Date"] = format_datetime(row.queued_at)
    message["Message-ID"] = row.message_id
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(row.body)
    return message


def _mark(letter: Letter, *, sent_at: datetime | None = None, problem: str = "") -> None:
    """What was sent is not kept: there may be a link in it that opens an account."""
    sent: dict[str, object] = {"sent_at": sent_at, "body": ""} if sent_at else {}
    with transaction():
        db.session.execute(
            update(Outgoing)
            .where(Outgoing.id == letter.id)
            .values(problem=problem[:300], **sent)
            .execution_options(synchronize_session=False)
        )


def _note_away(now: datetime, words: str) -> None:
    """So that the administrator sees why letters wait; written once, not at every tick."""
    with transaction():
        db.session.execute(
            update(Outgoing)
            .where(
                Outgoing.sent_at.is_(None),
                Outgoing.tries < MOST_TRIES,
                Outgoing.next_try_at <= now,
                Outgoing.problem != words,
            )
            .values(problem=words[:300])
            .execution_options(synchronize_session=False)
        )


def _words(error: Exception) -> str:
    """What went wrong, without an address or the server's own words."""
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return "The mail server did not accept our name and password"
    if isinstance(error, smtplib.SMTPResponseException):
        return f"The mail server answered {error.smtp_code}"
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        codes = sorted({str(code) for code, _ in error.recipients.values()})
        return f"The mail server refused the address ({', '.join(codes)})"
    if isinstance(error, ssl.SSLError):
        return "The mail server’s certificate is not trusted"
    return "The mail server did not answer"
