"""Show once more that it is you: a code, a recovery code, a passkey. For signing in and for
what asks again later."""

from flask import current_app

from caseflow.audit import actions as audit
from caseflow.audit.rules import Event
from caseflow.kernel.database import db, writing
from caseflow.kernel.errors import Problem, TooOften
from caseflow.staff import codes, devices, passkeys, security_events, throttle
from caseflow.staff.models import RecoveryCode, User
from caseflow.staff.rules import NEEDS_PASSKEY, Door, Factor

ONLY_PASSKEY = "Your role needs a passkey. Use it, or ask for a new second factor."
NO_SUCH_RECOVERY_CODE = "This recovery code is not right, or was used already."


def check(user: User, *, code: str, credential: str, recovery: str, demo: bool) -> Factor:
    """What was shown, or a Problem. It ends the transaction, so it is called before anything is
    changed; a failure is on record whatever the caller does next."""
    factor = _claimed(credential=credential, recovery=recovery, demo=demo)
    try:
        _check(user, factor, code=code, credential=credential, recovery=recovery)
    except TooOften:
        raise
    except Problem:
        _note_failure(user, factor)
        raise
    audit.record(Event.FACTOR_SHOWN, actor_id=user.id, factor=factor.value)
    return factor


def _claimed(*, credential: str, recovery: str, demo: bool) -> Factor:
    if demo:
        return Factor.DEMO
    if credential:
        return Factor.PASSKEY
    return Factor.RECOVERY if recovery else Factor.CODE


def _check(user: User, factor: Factor, *, code: str, credential: str, recovery: str) -> None:
    if factor is Factor.DEMO:
        _refuse_outside_demo()
    elif factor is Factor.PASSKEY:
        passkeys.check(user, credential)
    elif user.role in NEEDS_PASSKEY:
        raise Problem(ONLY_PASSKEY, factor.value)
    elif factor is Factor.RECOVERY:
        _use_recovery_code(user, recovery)
    else:
        _check_code(user, code)


def _refuse_outside_demo() -> None:
    if not current_app.extensions["is_demo"]():
        raise Problem("Only a demo has a made-up second factor.")


def _check_code(user: User, code: str) -> None:
    if not code.strip():
        raise Problem("Enter the code your app shows", "code")
    device = devices.this_device(user)
    taken = throttle.take(Door.CODE, user.email, trusted=str(device.id) if device else "")
    codes.check_code(user, code)
    throttle.give_back(taken)


def _use_recovery_code(user: User, recovery: str) -> None:
    found = codes.unused_recovery_code(user, recovery)
    if found is None:
        throttle.take(Door.CODE, user.email)
        raise Problem(NO_SUCH_RECOVERY_CODE, "recovery")
    use_up(user, found)


def use_up(user: User, code: RecoveryCode) -> None:
    """Its owner is told: somebody else may hold the paper."""
    if not codes.spend(code):
        raise Problem(NO_SUCH_RECOVERY_CODE, "recovery")
    left = codes.recovery_codes_left(user)
    audit.record(Event.RECOVERY_CODE_USED, actor_id=user.id, left=left)
    security_events.tell(user, f"A recovery code was used to sign in. {left} are left.")


def _note_failure(user: User, factor: Factor) -> None:
    """At once, for whatever asked undoes what it did. A wait is on record where it begins."""
    with writing():
        audit.record(Event.SIGN_IN_FAILED, actor_id=user.id, factor=factor.value)
        db.session.commit()
