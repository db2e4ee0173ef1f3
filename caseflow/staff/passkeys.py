"""Passkeys: a key pair that a phone or computer makes for this site alone, and uses when its owner
shows a face, a finger or a PIN. Source: security.md R3; WebAuthn level 3."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from flask import current_app
from sqlalchemy import select

from caseflow.audit import actions as audit
from caseflow.audit.rules import Event
from caseflow.kernel import clock
from caseflow.kernel.addresses import origin_of
from caseflow.kernel.config import Settings
from caseflow.kernel.database import db, lock, writing
from caseflow.kernel.errors import Problem
from caseflow.staff import challenges, codes, security_events, sessions
from caseflow.staff.challenges import NOT_OURS
from caseflow.staff.models import Passkey, User
from caseflow.staff.rules import NEEDS_PASSKEY, Factor, WhyEnded

if TYPE_CHECKING:
    from webauthn.helpers.structs import PublicKeyCredentialDescriptor

MOST_PASSKEYS = 10
LONGEST_LABEL = 80
SIGNING_IN = "sign in"
BROWSER_WAITS = 4 * 60 * 1_000  # milliseconds; less than a challenge holds
COUNTED_BACK = (
    "This passkey may have been copied, so it was not accepted. "
    "Sign in another way, and tell your administrator."
)


def passkeys_of(user: User) -> Sequence[Passkey]:
    return db.session.scalars(
        select(Passkey).where(Passkey.user_id == user.id).order_by(Passkey.added_at)
    ).all()


# --- signing in, and showing it is still them ---


def options_for_sign_in() -> str:
    """JSON for the browser. Whose passkey it is, the answer says: nobody types an address."""
    return _options_to_show(SIGNING_IN, [])


def sign_in_with(credential: str) -> User:
    """The owner of the passkey that answered; whoever calls lets them in. Called before anything
    is changed: a failure is on record at once, whatever happens next."""
    try:
        user = _answered_by(credential, SIGNING_IN).user
        if not user.is_active:
            raise Problem(NOT_OURS)
    except Problem:
        with writing():
            audit.record(Event.SIGN_IN_FAILED, factor=Factor.PASSKEY.value)
            db.session.commit()
        raise
    return user


def options_for(user: User) -> str:
    """JSON for the browser: a second factor of this user, now or once more."""
    return _options_to_show(_showing(user), passkeys_of(user))


def check(user: User, credential: str) -> Passkey:
    """The passkey that answered is this user's own."""
    return _answered_by(credential, _showing(user), of=user)


def _showing(user: User) -> str:
    return f"show|{user.id}"


def _options_to_show(purpose: str, allowed: Sequence[Passkey]) -> str:
    from webauthn import generate_authentication_options, options_to_json
    from webauthn.helpers.structs import UserVerificationRequirement

    return options_to_json(
        generate_authentication_options(
            rp_id=_host(),
            challenge=challenges.make(purpose),
            timeout=BROWSER_WAITS,
            allow_credentials=_described(allowed),
            user_verification=UserVerificationRequirement.REQUIRED,
        )
    )


def _answered_by(credential: str, purpose: str, *, of: User | None = None) -> Passkey:
    from webauthn import verify_authentication_response
    from webauthn.helpers import parse_authentication_credential_json

    said = _read(lambda: parse_authentication_credential_json(credential))
    challenge = _challenge_in(said.response.client_data_json, purpose)
    passkey = _own_passkey(said, of)
    answer = _read(
        lambda: verify_authentication_response(
            credential=said,
            expected_challenge=challenge,
            expected_rp_id=_host(),
            expected_origin=_origin(),
            credential_public_key=passkey.public_key,
            credential_current_sign_count=0,  # looked at below, once the signature is proven
            require_user_verification=True,
        )
    )
    challenges.spend(challenge)
    _count_on(passkey, answer.new_sign_count)
    return passkey


def _own_passkey(said: Any, of: User | None) -> Passkey:
    """Locked: two answers of one passkey are counted one after the other."""
    passkey = db.session.scalar(select(Passkey).where(Passkey.credential_id == said.raw_id))
    if passkey is None:
        raise Problem(NOT_OURS)
    owner = said.response.user_handle
    is_theirs = owner == passkey.user_id.bytes or (owner is None and of is not None)
    if not is_theirs or (of is not None and passkey.user_id != of.id):
        raise Problem(NOT_OURS)
    lock(passkey)
    return passkey


def _count_on(passkey: Passkey, count: int) -> None:
    """One that counts never counts back, unless there are two of it; many never count at all."""
    if (count or passkey.sign_count) and count <= passkey.sign_count:
        audit.record(Event.PASSKEY_COUNTED_BACK, actor_id=passkey.user_id, passkey=str(passkey.id))
        security_events.tell(passkey.user, "One of your passkeys may have been copied.")
        raise Problem(COUNTED_BACK)
    passkey.sign_count, passkey.last_used_at = count, clock.now()
    db.session.flush()


# --- adding and removing ---


def options_for_adding(user: User) -> str:
    """JSON for the browser. The key must be findable without a name, and must ask who holds it."""
    from webauthn import generate_registration_options, options_to_json
    from webauthn.helpers.structs import (
        AttestationConveyancePreference,
        AuthenticatorSelectionCriteria,
        ResidentKeyRequirement,
        UserVerificationRequirement,
    )

    return options_to_json(
        generate_registration_options(
            rp_id=_host(),
            rp_name="CaseFlow",
            user_id=user.id.bytes,
            user_name=user.email,
            user_display_name=user.name,
            challenge=challenges.make(_adding(user)),
            timeout=BROWSER_WAITS,
            attestation=AttestationConveyancePreference.NONE,
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED,
                user_verification=UserVerificationRequirement.REQUIRED,
            ),
            exclude_credentials=_described(passkeys_of(user)),
        )
    )


def add(user: User, credential: str, label: str) -> Passkey:
    from webauthn import verify_registration_response
    from webauthn.helpers import parse_registration_credential_json

    lock(user)
    if len(passkeys_of(user)) >= MOST_PASSKEYS:
        raise Problem(f"You have {MOST_PASSKEYS} passkeys. Remove one first.")
    said = _read(lambda: parse_registration_credential_json(credential))
    challenge = _challenge_in(said.response.client_data_json, _adding(user))
    made = _read(
        lambda: verify_registration_response(
            credential=said,
            expected_challenge=challenge,
            expected_rp_id=_host(),
            expected_origin=_origin(),
            require_user_verification=True,
        )
    )
    challenges.spend(challenge)
    if db.session.scalar(select(Passkey).where(Passkey.credential_id == made.credential_id)):
        raise Problem("This passkey is in use already.")
    passkey = Passkey(
        user=user,
        credential_id=made.credential_id,
        public_key=made.credential_public_key,
        sign_count=made.sign_count,
        label=" ".join(label.split())[:LONGEST_LABEL] or "Passkey",
        added_at=clock.now(),
    )
    db.session.add(passkey)
    db.session.flush()
    audit.record(
        Event.FACTOR_ADDED, actor_id=user.id, factor=Factor.PASSKEY.value, passkey=str(passkey.id)
    )
    security_events.tell(user, "A passkey was added to your account.")
    return passkey


def remove(passkey: Passkey) -> None:
    """Nobody is left without a second factor, nor without a passkey if their role needs one.
    Other browsers are signed out: the usual reason is a phone that was lost."""
    user = passkey.user
    lock(user)
    others = [other for other in passkeys_of(user) if other.id != passkey.id]
    if not others and user.role in NEEDS_PASSKEY:
        raise Problem("Your role needs a passkey. Add another one before you remove this.")
    if not others and codes.app_of(user) is None:
        raise Problem("This is your only second factor. Add another one before you remove this.")
    audit.record(
        Event.FACTOR_REMOVED, factor=Factor.PASSKEY.value, passkey=str(passkey.id),
        user=str(user.id),
    )  # fmt: skip
    security_events.tell(user, "A passkey was removed from your account.")
    db.session.delete(passkey)
    sessions.end_all(user, WhyEnded.ACCOUNT_CHANGED, but=sessions.mine().row)
    db.session.flush()


def _adding(user: User) -> str:
    return f"add|{user.id}"


# --- what both need ---


def _read(parse: Callable[[], Any]) -> Any:
    """The library's many complaints are one to the person, and tell a stranger nothing."""
    try:
        return parse()
    except Exception:
        raise Problem(NOT_OURS) from None


def _challenge_in(client_data: bytes, purpose: str) -> bytes:
    from webauthn.helpers import parse_client_data_json

    said = _read(lambda: parse_client_data_json(client_data))
    if said.cross_origin:
        raise Problem(NOT_OURS)
    challenge: bytes = said.challenge
    challenges.check(challenge, purpose)
    return challenge


def _described(passkeys: Sequence[Passkey]) -> list["PublicKeyCredentialDescriptor"]:
    from webauthn.helpers.structs import PublicKeyCredentialDescriptor

    return [PublicKeyCredentialDescriptor(id=passkey.credential_id) for passkey in passkeys]


def _host() -> str:
    return urlsplit(_settings().base_url).hostname or "localhost"


def _origin() -> str:
    return origin_of(_settings().base_url)


def _settings() -> Settings:
    settings: Settings = current_app.extensions["settings"]
    return settings
