"""Signing in: a password, then a second factor; or a passkey, which is both.

What lies between the two is kept in the browser's signed guest cookie, for five minutes, and is
void once the password has changed. Source: security.md R2, R3, R5.
"""

import hmac
import uuid
from datetime import UTC, datetime, timedelta

from flask import session

from caseflow.audit import actions as audit
from caseflow.audit.rules import Event
from caseflow.kernel import clock
from caseflow.kernel.database import db
from caseflow.kernel.errors import Problem
from caseflow.kernel.keys import derived
from caseflow.staff import (
    codes,
    devices,
    passwords,
    queries,
    second_factor,
    security_events,
    sessions,
    throttle,
)
from caseflow.staff.models import RecoveryCode, SignIn, User
from caseflow.staff.rules import HALFWAY_HOLDS, NEEDS_PASSKEY, Door, Factor, WhyEnded

WRONG = "The e-mail address or the password is not right."
SUSPENDED = (
    "You have not signed in for 35 days, so your account is suspended. "
    "Ask an administrator to open it again."
)
_HALFWAY = "halfway"


def check_password(*, email: str, password: str, recovery: str = "") -> tuple[User, Factor | None]:
    """Whose password it is; one message for whatever is wrong. A right recovery code beside it is
    looked at first and is the second factor too: with it nobody waits for strangers' guesses."""
    found = queries.user_by_email(email)
    user = found if found is not None and found.is_active else None
    recovery_code = _recovery_code(user, recovery)
    stored, user_id = (user.password_hash, user.id) if user else ("", None)
    taken = throttle.take(Door.PASSWORD, email, trusted=_trusted(user, recovery_code))
    is_right = passwords.matches(password, stored)  # with no transaction open
    user = db.session.get(User, user_id, populate_existing=True) if is_right else None
    if user is None or not user.is_active or user.password_hash != stored:
        audit.record(Event.SIGN_IN_FAILED, actor_id=found.id if found else None)
        raise Problem(WRONG)
    throttle.give_back(taken)
    if passwords.needs_rehash(stored):
        user.password_hash = passwords.hashed(password)
    if recovery_code is None:
        return user, None
    second_factor.use_up(user, recovery_code)
    return user, Factor.RECOVERY


def _recovery_code(user: User | None, recovery: str) -> RecoveryCode | None:
    if user is None or not recovery or user.role in NEEDS_PASSKEY:
        return None
    return codes.unused_recovery_code(user, recovery)


def _trusted(user: User | None, recovery_code: RecoveryCode | None) -> str:
    device = devices.this_device(user)
    trusted = recovery_code or device
    return str(trusted.id) if trusted is not None else ""


# --- between the two ---


def remember_halfway(user: User) -> None:
    session[_HALFWAY] = {
        "user": str(user.id),
        "at": int(clock.now().timestamp()),
        "proof": _proof(user),
    }


def halfway() -> User | None:
    """Whose password was right in this browser, not long ago, and is still the same."""
    said = session.get(_HALFWAY)
    if not isinstance(said, dict):
        return None
    age = clock.now() - datetime.fromtimestamp(said["at"], UTC)
    user = queries.active_user(uuid.UUID(said["user"]))
    if user is None or not -timedelta(minutes=1) <= age <= HALFWAY_HOLDS:
        return None
    return user if hmac.compare_digest(said["proof"], _proof(user)) else None


def start_again() -> None:
    session.pop(_HALFWAY, None)


def _proof(user: User) -> str:
    said = f"{user.id}|{user.password_hash}".encode()
    return hmac.digest(derived("halfway"), said, "sha256").hex()[:32]


# --- in ---


def let_in(user: User, factor: Factor, *, is_own_device: bool = False) -> str:
    """A session begins; the answer is the token of a device its owner calls their own, or empty."""
    if queries.is_suspended(user):
        audit.record(Event.SIGN_IN_FAILED, actor_id=user.id, why="suspended")
        raise Problem(SUSPENDED)
    device = devices.this_device(user)
    is_new = device is None and _was_never_here(user)
    row = sessions.begin(user, factor=factor)
    audit.record(Event.SIGNED_IN, actor_id=user.id, factor=factor.value)
    if is_new:
        security_events.tell(user, f"Somebody signed in as you on a new device: {row.browser}.")
    if device is not None:
        device.last_seen_at = clock.now()
    return devices.trust(user, label=row.browser) if is_own_device and device is None else ""


def _was_never_here(user: User) -> bool:
    """Somebody's very first sign-in is no surprise to them."""
    source, browser = sessions.this_place()
    earlier = queries.places_signed_in(user)
    return bool(earlier) and (source, browser) not in earlier


# --- one's own sessions ---


def sessions_of(user: User) -> list[SignIn]:
    return sessions.sessions_of(user, clock.now())


def end_session(row: SignIn) -> None:
    sessions.end(row, WhyEnded.REVOKED)
    audit.record(Event.SESSION_ENDED, session=str(row.id))


def end_other_sessions(user: User) -> int:
    ended = sessions.end_all(user, WhyEnded.REVOKED, but=sessions.mine().row)
    audit.record(Event.SESSION_ENDED, sessions=ended)
    return ended
