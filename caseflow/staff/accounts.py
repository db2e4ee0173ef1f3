"""The list of who has access, as it is signed off every quarter. Source: security.md R8."""

from dataclasses import dataclass

from sqlalchemy import func, select

from caseflow.kernel.database import db
from caseflow.staff import queries
from caseflow.staff.models import AuthenticatorApp, Passkey, User


@dataclass(frozen=True)
class Account:
    user: User
    passkeys: int
    has_app: bool
    is_suspended: bool

    @property
    def state(self) -> tuple[str, str]:
        """In words, and the tone of its tag."""
        if not self.user.is_active:
            return ("Disabled" if self.user.disabled_at else "Ended"), "quiet"
        if self.is_suspended:
            return "Suspended", "notice"
        return ("Active", "good") if self.user.password_hash else ("Invited", "info")

    @property
    def factors(self) -> str:
        parts = [f"{self.passkeys} passkey{'s' if self.passkeys > 1 else ''}"] * bool(self.passkeys)
        return ", ".join([*parts, *(["app"] if self.has_app else [])]) or "None"


def all_accounts() -> list[Account]:
    with_app = set(db.session.scalars(select(AuthenticatorApp.user_id)))
    held = select(Passkey.user_id, func.count().label("held")).group_by(Passkey.user_id)
    passkeys = {row.user_id: row.held for row in db.session.execute(held)}
    return [
        Account(user, passkeys.get(user.id, 0), user.id in with_app, queries.is_suspended(user))
        for user in queries.all_users()
    ]


def account_of(user: User) -> Account:
    return next(account for account in all_accounts() if account.user.id == user.id)
