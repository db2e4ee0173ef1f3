"""The systems that may send messages: each with its own secret, and for its own organisations.

A secret is 32 random bytes, so a hash is enough to know it again, and nobody guesses one. It is
shown once. While it is replaced, the old one holds for some days; revoking ends all at once.
"""

import hashlib
import re
import secrets
import uuid
from datetime import datetime, timedelta

from sqlalchemy import select

from caseflow.audit import actions as audit
from caseflow.audit.rules import Event
from caseflow.intake import sent
from caseflow.intake.models import SendingSystem, SystemSecret
from caseflow.intake.rules import A_MINUTE_FROM_A_SYSTEM, SECRETS_OVERLAP_DAYS
from caseflow.kernel import clock
from caseflow.kernel.database import db, writing
from caseflow.kernel.errors import Problem
from caseflow.kernel.settings import setting
from caseflow.staff.models import User

ODS = re.compile(r"[A-Z0-9]{3,10}")
WINDOW = timedelta(minutes=1)


def add_system(*, name: str, ods_codes: str, by: User | None) -> tuple[SendingSystem, str]:
    """With its first secret, in words that are nowhere kept."""
    system = SendingSystem(added_at=clock.now(), added_by_id=by.id if by else None)
    _say(system, name, ods_codes)
    db.session.add(system)
    db.session.flush()
    audit.record(Event.SYSTEM_ADDED, system=str(system.id), ods_codes=system.ods_codes)
    return system, new_secret(system)


def change_system(system: SendingSystem, *, name: str, ods_codes: str) -> None:
    _say(system, name, ods_codes)
    db.session.flush()
    audit.record(Event.SYSTEM_CHANGED, system=str(system.id), ods_codes=system.ods_codes)


def _say(system: SendingSystem, name: str, ods_codes: str) -> None:
    name = " ".join(name.split())
    codes = sorted({word.upper() for word in re.split(r"[\s,;]+", ods_codes) if word})
    if wrong := [code for code in codes if not ODS.fullmatch(code)]:
        what = f"{', '.join(wrong)[:60]} does not look like an ODS code, such as RWE."
        raise Problem(what, "ods_codes")
    if not codes:
        raise Problem("Enter the ODS code of the organisation it sends for.", "ods_codes")
    same = sent.system_named(name)
    if same is not None and same is not system:
        raise Problem("There is a system of this name already.", "name")
    system.name, system.ods_codes = name, codes


def new_secret(system: SendingSystem) -> str:
    if not system.is_active:
        raise Problem("This system was revoked. Add it again.")
    days = int(setting("sender_overlap_days", SECRETS_OVERLAP_DAYS))
    _end_secrets(system, at=clock.now() + timedelta(days=days))
    secret = f"cfs_{secrets.token_urlsafe(32)}"
    made = SystemSecret(system=system, digest=_digest(secret), made_at=clock.now())
    db.session.add(made)
    db.session.flush()
    audit.record(Event.SYSTEM_SECRET_MADE, system=str(system.id))
    return secret


def revoke_system(system: SendingSystem) -> None:
    """From now on nothing it sends is taken."""
    system.revoked_at = clock.now()
    _end_secrets(system, at=clock.now())
    db.session.flush()
    audit.record(Event.SYSTEM_REVOKED, system=str(system.id))


def _end_secrets(system: SendingSystem, *, at: datetime) -> None:
    """None is given longer than it had."""
    for secret in sent.secrets_of(system):
        if secret.ends_at is None or secret.ends_at > at:
            secret.ends_at = at


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def system_showing(secret: str) -> SendingSystem | None:
    """The hash is looked for, so how long it takes tells nothing of the secret."""
    found = db.session.scalar(select(SystemSecret).where(SystemSecret.digest == _digest(secret)))
    if found is None or not found.system.is_active:
        return None
    is_over = found.ends_at is not None and found.ends_at <= clock.now()
    return None if is_over else found.system


def count_one(system_id: uuid.UUID) -> timedelta | None:
    """How long to wait, or None. Counted for all processes together, in a transaction of its own
    that nobody's long one holds up; who is over the limit writes nothing."""
    most = int(setting("messages_a_minute", A_MINUTE_FROM_A_SYSTEM))
    with writing():
        db.session.rollback()
        system = db.session.get_one(SendingSystem, system_id, with_for_update=True)
        now = clock.now()
        if system.window_at is None or not timedelta(0) <= now - system.window_at < WINDOW:
            system.window_at, system.in_window = now, 0
        if system.in_window >= most:
            wait = system.window_at + WINDOW - now
            db.session.rollback()
            return wait
        system.in_window += 1
        db.session.commit()
    return None
