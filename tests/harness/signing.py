"""Sign in as people do: a password, then a code from an app whose seed the test knows."""

from typing import Any

import pyotp
from werkzeug.test import TestResponse

from caseflow.kernel import clock
from caseflow.staff import codes
from caseflow.staff.models import User
from tests import builders
from tests.harness.client import settle


def seed_of(user: User) -> bytes:
    return codes.seed_for(user, "in a test")


def code_of(user: User, *, steps: int = 0) -> str:
    """What this user's app shows now, or so many half-minutes from now."""
    return _totp(user).at(clock.now(), counter_offset=steps)


def add_app(user: User) -> None:
    """Confirmed half a minute ago, so that the code shown now has not been used."""
    codes.add_app(user, seed=seed_of(user), code=code_of(user, steps=-1))


def forget_step(user: User) -> None:
    """As if time had passed since the last code."""
    app = codes.app_of(user)
    assert app is not None
    app.last_step = 0


def sign_in(client: Any, user: User, url: str = "/sign-in", **fields: Any) -> TestResponse:
    """The answer to the code; the user gets an app when they have none."""
    if codes.app_of(user) is None:
        add_app(user)
    forget_step(user)
    settle()
    halfway = client.submit(url, email=user.email, password=builders.PASSWORD)
    assert halfway.status_code == 302, halfway.errors
    return client.submit(halfway.location, code=code_of(user), **fields)


def _totp(user: User) -> pyotp.TOTP:
    return codes._totp(seed_of(user))
