"""Sessions made for tests, and kept alive while a test moves the clock by days."""

from datetime import datetime, timedelta

from flask import Flask
from sqlalchemy import update

from caseflow.kernel import clock
from caseflow.kernel.database import db, transaction
from caseflow.staff import queries, sessions
from caseflow.staff.models import SignIn
from caseflow.staff.rules import Factor

# Token hash → when this session last looked used. Those signed in through the pages are not here.
_made: dict[str, datetime] = {}


def cookie(app: Flask, email: str, factor: Factor = Factor.PASSKEY) -> tuple[str, str]:
    """The name and value of a signed-in browser's cookie."""
    with app.app_context(), transaction():
        user = queries.user_by_email(email)
        assert user is not None, f"nobody has the address {email}"
        _, token = sessions.add(user, factor=factor)
    _made[sessions.hashed(token)] = clock.now()
    return app.config["SESSION_COOKIE_NAME"], token


def keep_alive(app: Flask) -> None:
    """As if its owner had just signed in, when the test has moved the clock on or back."""
    now = clock.now()
    stale = [made for made, at in _made.items() if abs(now - at) > timedelta(minutes=1)]
    if not stale:
        return
    with app.app_context(), transaction():
        db.session.execute(
            update(SignIn)
            .where(SignIn.token_hash.in_(stale), SignIn.ended_at.is_(None))
            .values(seen_at=now, started_at=now, factor_at=now)
        )
    _made.update(dict.fromkeys(stale, now))


def forget() -> None:
    _made.clear()
