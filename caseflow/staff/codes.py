"""Six digits from an app, and recovery codes for the day the app is gone. Source: R4.

A code counts once: the app's last accepted half-minute is kept, and it and all before are refused.
"""

import base64
import hashlib
import hmac
import secrets
from typing import Any, cast
from urllib.parse import urlsplit

import pyotp
from flask import current_app
from sqlalchemy import CursorResult, delete, func, select, update

from caseflow.audit import actions as audit
from caseflow.audit.rules import Event
from caseflow.kernel import clock
from caseflow.kernel.config import Settings
from caseflow.kernel.database import db
from caseflow.kernel.errors import Problem
from caseflow.kernel.ids import new_id
from caseflow.kernel.keys import derived
from caseflow.kernel.sealed import seal, unseal
from caseflow.kernel.sealed_fields import about
from caseflow.staff.models import AuthenticatorApp, RecoveryCode, User
from caseflow.staff.rules import Factor

STEP_SECONDS = 30
SEED_BYTES = 20
CODES, CODE_BYTES = 10, 10
NOT_RIGHT = "This code is not right. Use the newest one your app shows."
USED = "This code was used already. Wait for the next one your app shows."


# --- the app ---


def seed_for(user: User, words: str) -> bytes:
    """Of an app that is being added: the same for the same words, so that nothing has to be kept
    until a first code has proved that the app has it."""
    said = f"{user.id}|{words}".encode()
    return hmac.digest(derived("new authenticator app"), said, "sha256")[:SEED_BYTES]


def address_for(user: User, seed: bytes) -> str:
    """What the square picture says; it names the service and the account, as apps list them."""
    settings: Settings = current_app.extensions["settings"]
    host = urlsplit(settings.base_url).hostname or "localhost"
    return _totp(seed).provisioning_uri(name=user.email, issuer_name=f"CaseFlow {host}")


def in_groups(seed: bytes) -> str:
    """To be typed where nothing can be scanned."""
    words = base64.b32encode(seed).decode()
    return " ".join(words[at : at + 4] for at in range(0, len(words), 4))


def app_of(user: User) -> AuthenticatorApp | None:
    app = db.session.scalar(select(AuthenticatorApp).where(AuthenticatorApp.user_id == user.id))
    return app if app is not None and app.confirmed_at is not None else None


def add_app(user: User, *, seed: bytes, code: str) -> AuthenticatorApp:
    """In place of an earlier one. The code proves that the app has the seed."""
    step = _step_of(seed, code)
    if step is None:
        raise Problem(NOT_RIGHT, "code")
    earlier = app_of(user)
    if earlier is not None and hmac.compare_digest(_seed_of(earlier), seed):
        raise Problem("This app is added already.", "code")
    db.session.execute(delete(AuthenticatorApp).where(AuthenticatorApp.user_id == user.id))
    now = clock.now()
    app = AuthenticatorApp(
        id=new_id(), user_id=user.id, added_at=now, confirmed_at=now, last_step=step
    )
    app.seed = seal(seed, about=about("authenticator_app", "seed", app.id))
    db.session.add(app)
    db.session.flush()
    audit.record(Event.FACTOR_ADDED, actor_id=user.id, factor=Factor.CODE.value)
    return app


def remove_app(user: User) -> None:
    db.session.execute(delete(AuthenticatorApp).where(AuthenticatorApp.user_id == user.id))
    audit.record(Event.FACTOR_REMOVED, factor=Factor.CODE.value, user=str(user.id))


def check_code(user: User, code: str) -> None:
    """It is the app's own, of this half-minute or a neighbour, and newer than any before it."""
    app = app_of(user)
    step = _step_of(_seed_of(app), code) if app is not None else None
    if app is None or step is None:
        raise Problem(NOT_RIGHT, "code")
    accepted = db.session.execute(
        update(AuthenticatorApp)
        .where(AuthenticatorApp.id == app.id, AuthenticatorApp.last_step < step)
        .values(last_step=step)
        .execution_options(synchronize_session=False)
    )
    if cast(CursorResult[Any], accepted).rowcount != 1:
        raise Problem(USED, "code")


def _seed_of(app: AuthenticatorApp) -> bytes:
    return unseal(app.seed, about=about("authenticator_app", "seed", app.id))


def _step_of(seed: bytes, code: str) -> int | None:
    digits = "".join(code.split())
    if len(digits) != 6 or not (digits.isascii() and digits.isdigit()):
        return None
    now = int(clock.now().timestamp()) // STEP_SECONDS
    totp = _totp(seed)
    found = [
        step
        for step in (now - 1, now, now + 1)
        if hmac.compare_digest(totp.generate_otp(step), digits)
    ]
    return max(found, default=None)


def _totp(seed: bytes) -> pyotp.TOTP:
    return pyotp.TOTP(base64.b32encode(seed).decode(), interval=STEP_SECONDS)


# --- recovery codes ---


def make_recovery_codes(user: User) -> list[str]:
    """Ten new ones, to be shown once; those made before are void."""
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user.id))
    codes = [_readable(secrets.token_bytes(CODE_BYTES)) for _ in range(CODES)]
    now = clock.now()
    for code in codes:
        db.session.add(RecoveryCode(user_id=user.id, code_hash=_hashed(user, code), made_at=now))
    db.session.flush()
    audit.record(Event.RECOVERY_CODES_MADE, actor_id=user.id, codes=CODES)
    return codes


def forget_recovery_codes(user: User) -> None:
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user.id))


def recovery_codes_left(user: User) -> int:
    return (
        db.session.scalar(
            select(func.count())
            .select_from(RecoveryCode)
            .where(RecoveryCode.user_id == user.id, RecoveryCode.used_at.is_(None))
        )
        or 0
    )


def unused_recovery_code(user: User, code: str) -> RecoveryCode | None:
    """80 bits cannot be guessed, so looking is never slowed down; spending it is what counts."""
    return db.session.scalar(
        select(RecoveryCode).where(
            RecoveryCode.user_id == user.id,
            RecoveryCode.code_hash == _hashed(user, code),
            RecoveryCode.used_at.is_(None),
        )
    )


def spend(code: RecoveryCode) -> bool:
    """False for whoever comes second, be it in the same moment."""
    spent = db.session.execute(
        update(RecoveryCode)
        .where(RecoveryCode.id == code.id, RecoveryCode.used_at.is_(None))
        .values(used_at=clock.now())
        .execution_options(synchronize_session=False)
    )
    return cast(CursorResult[Any], spent).rowcount == 1


def _readable(random: bytes) -> str:
    words = base64.b32encode(random).decode().casefold()
    return "-".join(words[at : at + 4] for at in range(0, len(words), 4))


def _hashed(user: User, code: str) -> str:
    """No slow hash: nobody tries out 80 random bits. Hyphens, blanks and capitals do not count."""
    bare = "".join(letter for letter in code.casefold() if letter.isalnum())
    return hashlib.sha256(f"{user.id}|{bare}".encode("utf-8", "surrogatepass")).hexdigest()
