"""What a passkey has to sign: random words of ours, made without a write, good for five minutes,
for one purpose, in the browser that asked, and for one answer."""

import hashlib
import hmac
import secrets
from datetime import UTC, datetime, timedelta

from flask import session
from flask_wtf.csrf import generate_csrf
from sqlalchemy import delete, insert
from sqlalchemy.exc import IntegrityError

from caseflow.kernel import clock
from caseflow.kernel.database import db
from caseflow.kernel.errors import Problem
from caseflow.kernel.keys import derived
from caseflow.staff.models import SpentChallenge

HOLDS = timedelta(minutes=5)
TOO_LATE = "Too much time passed before you used your passkey. Try again."
NOT_OURS = "This passkey was not accepted. Try again."
_TIME_BYTES, _NONCE_BYTES = 8, 24
_BODY_BYTES = _TIME_BYTES + _NONCE_BYTES


def make(purpose: str) -> bytes:
    seconds = int(clock.now().timestamp())
    body = seconds.to_bytes(_TIME_BYTES, "big") + secrets.token_bytes(_NONCE_BYTES)
    return body + _proof(body, purpose)


def check(challenge: bytes, purpose: str) -> None:
    """It is one of ours, for this purpose and this browser, and its time is not over."""
    body, proof = challenge[:_BODY_BYTES], challenge[_BODY_BYTES:]
    if not hmac.compare_digest(proof, _proof(body, purpose)):
        raise Problem(NOT_OURS)
    made_at = datetime.fromtimestamp(int.from_bytes(body[:_TIME_BYTES], "big"), UTC)
    if not -HOLDS < clock.now() - made_at <= HOLDS:
        raise Problem(TOO_LATE)


def spend(challenge: bytes) -> None:
    """Whoever answers it second, be it in the same moment, answers for nothing."""
    row = {"challenge_hash": hashlib.sha256(challenge).hexdigest(), "at": clock.now()}
    try:
        with db.session.begin_nested():
            db.session.execute(insert(SpentChallenge).values(row))
    except IntegrityError:
        raise Problem(NOT_OURS) from None


def forget_spent() -> None:
    """Those nobody could answer any more in any case."""
    db.session.execute(delete(SpentChallenge).where(SpentChallenge.at < clock.now() - 2 * HOLDS))


def _proof(body: bytes, purpose: str) -> bytes:
    said = b"|".join([body, purpose.encode(), _this_browser()])
    return hmac.digest(derived("passkey challenge"), said, "sha256")


def _this_browser() -> bytes:
    generate_csrf()  # puts the token into the session, if there is none yet
    return hashlib.sha256(str(session["csrf_token"]).encode()).digest()
