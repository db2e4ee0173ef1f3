import uuid
from collections.abc import Sequence

from flask import current_app
from sqlalchemy import select

from caseflow.access.permissions import Role
from caseflow.kernel.database import db
from caseflow.kernel.settings import setting
from caseflow.staff import working_time
from caseflow.staff.bank_holidays import bank_holidays
from caseflow.staff.models import SignIn, Team, User
from caseflow.staff.working_time import Calendar


def user_by_email(email: str) -> User | None:
    return db.session.scalar(select(User).where(User.email == email.strip().casefold()))


def active_user(user_id: uuid.UUID) -> User | None:
    user = db.session.get(User, user_id)
    return user if user is not None and user.is_active else None


def all_users() -> Sequence[User]:
    return db.session.scalars(select(User).order_by(User.name)).all()


def all_teams() -> Sequence[Team]:
    return db.session.scalars(select(Team).order_by(Team.name)).all()


def team_named(name: str) -> Team | None:
    return db.session.scalar(select(Team).where(Team.name == name))


def team_for(stream: str) -> Team | None:
    """The team whose door this stream is."""
    return next((team for team in all_teams() if stream in team.streams), None)


def workers_in(team_id: uuid.UUID) -> Sequence[User]:
    """Those who may hold a case: active youth workers and supervisors of the team."""
    return db.session.scalars(
        select(User)
        .where(
            User.team_id == team_id,
            User.disabled_at.is_(None),
            User.role.in_([Role.YOUTH_WORKER, Role.SUPERVISOR]),
        )
        .order_by(User.name)
    ).all()


def supervisors_of(team_id: uuid.UUID) -> Sequence[User]:
    """The supervisor first, then whoever deputises; only roles that may see the team's cases."""
    leads = [u for u in workers_in(team_id) if u.role is Role.SUPERVISOR or u.deputises]
    return sorted(leads, key=lambda u: (u.role is not Role.SUPERVISOR, u.deputises, u.name))


def active_in(*roles: Role) -> Sequence[User]:
    return db.session.scalars(
        select(User).where(User.role.in_(roles), User.disabled_at.is_(None)).order_by(User.name)
    ).all()


def places_signed_in(user: User) -> set[tuple[str, str]]:
    """(network address, kind of browser), of all sessions there were."""
    found = db.session.execute(
        select(SignIn.source, SignIn.browser).where(SignIn.user_id == user.id).distinct()
    )
    return {(source, browser) for source, browser in found}


def is_suspended(user: User) -> bool:
    """Not used for so long that it is closed; a demo's people wait for visitors."""
    return user.is_unused and not current_app.extensions["is_demo"]()


def active_administrators() -> Sequence[User]:
    return [user for user in active_in(Role.ADMINISTRATOR) if user.is_active]


def lock_administrators() -> None:
    """So that two of them cannot step down at the same moment."""
    db.session.execute(
        select(User.id).where(User.role == Role.ADMINISTRATOR).order_by(User.id).with_for_update()
    )


def password_context(user: User) -> list[str]:
    """Words that somebody who knows this person and their service would try first."""
    return [user.name, user.email, *(team.name for team in all_teams())]


def demo_users() -> Sequence[User]:
    return db.session.scalars(select(User).where(User.is_demo).order_by(User.added_at)).all()


def user(user_id: uuid.UUID) -> User | None:
    return db.session.get(User, user_id)


def service_calendar() -> Calendar:
    """The hours, the days that are otherwise and the bank holidays that hold now."""
    return working_time.calendar_from(
        setting(working_time.SETTING, working_time.DEFAULT), bank_holidays()
    )
