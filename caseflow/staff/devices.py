"""Browsers that somebody called their own. Strangers cannot slow such a browser down."""

import secrets
import uuid
from collections.abc import Sequence

from flask import current_app, has_request_context, request
from sqlalchemy import select
from werkzeug.wrappers import Response

from caseflow.audit import actions as audit
from caseflow.audit.rules import Event
from caseflow.kernel import clock
from caseflow.kernel.database import db
from caseflow.staff.models import KnownDevice, User
from caseflow.staff.rules import DEVICE_KNOWN_FOR
from caseflow.staff.sessions import hashed


def this_device(user: User | None) -> KnownDevice | None:
    """The browser that asks, when it is this user's own."""
    token = request.cookies.get(cookie_name(), "") if has_request_context() else ""
    if user is None or not token:
        return None
    return db.session.scalar(
        select(KnownDevice).where(
            KnownDevice.token_hash == hashed(token),
            KnownDevice.user_id == user.id,
            KnownDevice.ended_at.is_(None),
            KnownDevice.until_at > clock.now(),
        )
    )


def devices_of(user: User) -> Sequence[KnownDevice]:
    return db.session.scalars(
        select(KnownDevice)
        .where(
            KnownDevice.user_id == user.id,
            KnownDevice.ended_at.is_(None),
            KnownDevice.until_at > clock.now(),
        )
        .order_by(KnownDevice.last_seen_at.desc())
    ).all()


def device_of(user: User, device_id: uuid.UUID) -> KnownDevice | None:
    return next((device for device in devices_of(user) if device.id == device_id), None)


def trust(user: User, *, label: str) -> str:
    """After a full sign-in, when its owner says so. The token goes into a cookie, and nowhere
    else."""
    token, now = secrets.token_urlsafe(32), clock.now()
    device = KnownDevice(
        user_id=user.id,
        token_hash=hashed(token),
        label=label[:80],
        added_at=now,
        last_seen_at=now,
        until_at=now + DEVICE_KNOWN_FOR,
    )
    db.session.add(device)
    db.session.flush()
    audit.record(Event.DEVICE_ADDED, actor_id=user.id, device=str(device.id))
    return token


def forget(device: KnownDevice) -> None:
    device.ended_at = clock.now()
    db.session.flush()
    audit.record(Event.DEVICE_FORGOTTEN, device=str(device.id))


def forget_all(user: User) -> None:
    for device in devices_of(user):
        device.ended_at = clock.now()
    db.session.flush()


def cookie_name() -> str:
    return f"{current_app.config['SESSION_COOKIE_NAME']}-device"


def set_cookie(response: Response, token: str) -> None:
    response.set_cookie(
        cookie_name(),
        token,
        max_age=int(DEVICE_KNOWN_FOR.total_seconds()),
        httponly=True,
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        samesite="Lax",
    )
