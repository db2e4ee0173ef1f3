"""Links in letters: an invitation, a new password, new second factors. Each is 256 random bits,
counts once and not for long, and signs nobody in. Source: security.md R7.
"""

import secrets
import uuid
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any, cast

from flask import current_app
from sqlalchemy import CursorResult, delete, select, update

from caseflow.audit import actions as audit
from caseflow.audit.rules import Event
from caseflow.kernel import clock
from caseflow.kernel.config import Settings
from caseflow.kernel.database import db, lock
from caseflow.kernel.errors import Problem, TooOften
from caseflow.staff import (
    codes,
    devices,
    passkeys,
    passwords,
    queries,
    security_events,
    sessions,
    throttle,
)
from caseflow.staff.models import AuthenticatorApp, Link, Passkey, User
from caseflow.staff.rules import LINK_HOLDS, NEEDS_PASSKEY, Door, LinkKind, WhyEnded
from caseflow.staff.sessions import hashed

Postman = Callable[[User, str, str], None]
_postmen: list[Postman] = []
ASKED_FOR = timedelta(hours=48)
TOKEN_BYTES = 32
GONE = "This link is no longer good."
SUBJECTS = {
    LinkKind.INVITATION: "You have an invitation",
    LinkKind.PASSWORD: "Choose a new password",
    LinkKind.FACTORS: "Set up how you sign in",
}
BODIES = {
    LinkKind.INVITATION: "You have been given an account. Choose how you sign in, within 48 hours:",
    LinkKind.PASSWORD: "Somebody asked for a new password for your account. If it was you, choose "
    "one within an hour:",
    LinkKind.FACTORS: "Set up your new second factor, within an hour:",
}
ENDING = "If you did not expect this, do not follow the link, and tell your administrator."


def call_to_mail(postman: Postman) -> None:
    """``postman(user, subject, body)``: create_app says who carries letters."""
    _postmen[:] = [postman]


# --- made and sent ---


def send(user: User, kind: LinkKind, *, by: User | None) -> str:
    """By letter; the answer is the address itself, for a terminal or a demo's screen."""
    address = make(user, kind, by=by)
    body = "\n".join(["Hello,", "", BODIES[kind], "", address, "", ENDING, ""])
    for carry in _postmen:
        carry(user, SUBJECTS[kind], body)
    return address


def make(user: User, kind: LinkKind, *, by: User | None) -> str:
    """Earlier ones of its kind are void."""
    _void(user, kind)
    now, token = clock.now(), secrets.token_urlsafe(TOKEN_BYTES)
    link = Link(
        token_hash=hashed(token),
        user=user,
        kind=kind,
        made_at=now,
        made_by_id=by.id if by else None,
        until_at=now + LINK_HOLDS[kind],
    )
    db.session.add(link)
    db.session.flush()
    audit.record(Event.LINK_MADE, link=str(link.id), kind=kind.value, user=str(user.id))
    return _address(token)


def ask_for_new_password(email: str) -> str:
    """For whoever forgot it. What the asker sees is the same for an address nobody has; the
    answer is the link, or empty."""
    try:
        throttle.take(Door.LETTER, email)
    except TooOften:
        return ""
    user = queries.user_by_email(email)
    if user is None or not user.is_active or not user.password_hash:
        return ""
    return send(user, LinkKind.PASSWORD, by=None)


def _address(token: str) -> str:
    settings: Settings = current_app.extensions["settings"]
    return f"{settings.base_url}/link/{token}"


def _void(user: User, kind: LinkKind) -> None:
    db.session.execute(
        delete(Link).where(Link.user_id == user.id, Link.kind == kind, Link.used_at.is_(None))
    )


# --- new second factors: two people, neither of them the one it is for ---


def ask_for_new_factors(user: User, *, by: User) -> Link:
    if user.id == by.id:
        raise Problem("Somebody else has to ask for your new second factor.")
    if not user.password_hash:
        raise Problem("They have not followed their invitation yet. Send it again instead.")
    _void(user, LinkKind.FACTORS)
    now = clock.now()
    asked = Link(
        token_hash=f"asked {secrets.token_hex(16)}",  # no token has this hash
        user=user,
        kind=LinkKind.FACTORS,
        made_at=now,
        made_by_id=by.id,
        until_at=now + ASKED_FOR,
    )
    db.session.add(asked)
    db.session.flush()
    audit.record(Event.LINK_MADE, link=str(asked.id), kind=asked.kind.value, user=str(user.id))
    for approver in approvers_of(asked):
        security_events.tell(
            approver, "A colleague needs a new second factor. Two people have to agree."
        )
    return asked


def approvers_of(asked: Link) -> list[User]:
    """Administrators, and who supervises the person; not who asked, and not the person."""
    team_id = asked.user.team_id
    leads = queries.supervisors_of(team_id) if team_id else []
    able = {user.id: user for user in [*queries.active_administrators(), *leads]}
    return [user for key, user in able.items() if key not in (asked.made_by_id, asked.user_id)]


def waiting_for_approval(by: User) -> Sequence[Link]:
    asked = db.session.scalars(
        select(Link)
        .where(
            Link.kind == LinkKind.FACTORS,
            Link.approved_by_id.is_(None),
            Link.used_at.is_(None),
            Link.until_at > clock.now(),
        )
        .order_by(Link.made_at)
    )
    return [link for link in asked if by.id in {user.id for user in approvers_of(link)}]


def asked_for(by: User, link_id: uuid.UUID) -> Link | None:
    return next((link for link in waiting_for_approval(by) if link.id == link_id), None)


def approve(asked: Link, *, by: User) -> str:
    """Only now is there a token, and only its owner's letter has it."""
    lock(asked)
    if by.id not in {user.id for user in approvers_of(asked)}:
        raise Problem("Somebody else has to approve this.")
    if asked.approved_by_id is not None or asked.until_at <= clock.now():
        raise Problem("This was decided already, or is too old.")
    user, made_by_id = asked.user, asked.made_by_id
    address = send(user, LinkKind.FACTORS, by=None)  # in the place of what was asked
    link = _found(address.rpartition("/")[2])
    if link is not None:
        link.made_by_id, link.approved_by_id = made_by_id, by.id
    db.session.flush()
    audit.record(Event.LINK_APPROVED, user=str(user.id), asked_by=str(made_by_id))
    return address


# --- followed ---


def link_for(token: str) -> Link | None:
    """The link, while it is good."""
    link = _found(token)
    return link if link is not None and _is_good(link) else None


def _found(token: str) -> Link | None:
    return db.session.scalar(select(Link).where(Link.token_hash == hashed(token)))


def _is_good(link: Link) -> bool:
    return (
        link.used_at is None
        and -timedelta(minutes=1) <= clock.now() - link.made_at
        and clock.now() < link.until_at
        and link.user.is_active
        and (link.kind is not LinkKind.FACTORS or link.approved_by_id is not None)
    )


def follow(
    link: Link, *, token: str, password: str = "", code: str = "", credential: str = "",
    label: str = "", demo: bool = False,
) -> list[str]:  # fmt: skip
    """What the link is for is done, once. Recovery codes come with a new second factor, for who
    may use them. Nobody is signed in by it."""
    user = link.user
    if link.kind is not LinkKind.FACTORS:
        context = queries.password_context(user)
        passwords.check_choice(password, context=context)
    if not _use(link):
        raise Problem(GONE)
    if link.kind is LinkKind.FACTORS:
        _forget_factors(user)
    else:
        user.password_hash = passwords.hashed(password)
    made: list[str] = []
    if link.kind is not LinkKind.PASSWORD:
        made = _add_factor(user, token, code=code, credential=credential, label=label, demo=demo)
    sessions.end_all(user, WhyEnded.ACCOUNT_CHANGED)
    audit.record(Event.LINK_USED, actor_id=user.id, link=str(link.id), kind=link.kind.value)
    if link.kind is not LinkKind.INVITATION:
        security_events.tell(user, f"{link.kind.label}: set by the link in your letter.")
    return made


def _use(link: Link) -> bool:
    """False for whoever comes second, be it in the same moment."""
    used = db.session.execute(
        update(Link)
        .where(Link.id == link.id, Link.used_at.is_(None))
        .values(used_at=clock.now())
        .execution_options(synchronize_session=False)
    )
    return cast(CursorResult[Any], used).rowcount == 1


def _forget_factors(user: User) -> None:
    """What may have been lost with the phone counts no more."""
    db.session.execute(delete(AuthenticatorApp).where(AuthenticatorApp.user_id == user.id))
    db.session.execute(delete(Passkey).where(Passkey.user_id == user.id))
    codes.forget_recovery_codes(user)
    devices.forget_all(user)
    audit.record(Event.FACTOR_REMOVED, user=str(user.id), factor="all")


def _add_factor(
    user: User, token: str, *, code: str, credential: str, label: str, demo: bool
) -> list[str]:
    if demo and current_app.extensions["is_demo"]():
        return []
    if credential:
        passkeys.add(user, credential, label)
    elif user.role in NEEDS_PASSKEY:
        raise Problem("Your role needs a passkey. Add one to go on.")
    else:
        codes.add_app(user, seed=codes.seed_for(user, token), code=code)
    return [] if user.role in NEEDS_PASSKEY else codes.make_recovery_codes(user)
