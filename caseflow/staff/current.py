"""The member of staff whose request this is."""

from typing import cast

from flask_login import current_user

from caseflow.staff.models import User


def me() -> User:
    return cast(User, current_user._get_current_object())
