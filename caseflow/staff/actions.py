from caseflow.access.permissions import Role
from caseflow.audit import actions as audit
from caseflow.audit.rules import Event
from caseflow.kernel import clock
from caseflow.kernel.database import db
from caseflow.kernel.errors import Problem
from caseflow.staff import passwords, queries
from caseflow.staff.models import Team, User


def add_team(*, name: str, streams: list[str]) -> Team:
    team = Team(name=name.strip(), streams=streams)
    db.session.add(team)
    db.session.flush()
    return team


def add_user(
    *,
    email: str,
    name: str,
    role: Role,
    password: str,
    team: Team | None = None,
    deputises: bool = False,
    is_demo: bool = False,
) -> User:
    address = email.strip().casefold()
    if "@" not in address:
        raise Problem("Enter an e-mail address, like name@example.org.", "email")
    if queries.user_by_email(address):
        raise Problem("Somebody already has this e-mail address.", "email")
    if role in (Role.YOUTH_WORKER, Role.SUPERVISOR) and team is None:
        raise Problem("Choose a team: this role works in one.", "team")
    passwords.check_choice(password)
    user = User(
        email=address,
        name=name.strip(),
        role=role,
        team=team,
        deputises=deputises,
        is_demo=is_demo,
        password_hash=passwords.hashed(password),
        added_at=clock.now(),
    )
    db.session.add(user)
    db.session.flush()
    audit.record(Event.USER_ADDED, user=str(user.id), role=role.value)
    return user


def change_user(user: User, *, name: str, role: Role, team: Team | None, deputises: bool) -> None:
    if role in (Role.YOUTH_WORKER, Role.SUPERVISOR) and team is None:
        raise Problem("Choose a team: this role works in one.", "team")
    user.name, user.role, user.team, user.deputises = name.strip(), role, team, deputises
    db.session.flush()
    audit.record(Event.USER_CHANGED, user=str(user.id), role=role.value)


def disable_user(user: User, *, by: User) -> None:
    if user.id == by.id:
        raise Problem("You cannot disable your own account.")
    user.disabled_at = clock.now()
    db.session.flush()
    audit.record(Event.USER_CHANGED, user=str(user.id), disabled=True)


def enable_user(user: User) -> None:
    user.disabled_at = None
    db.session.flush()
    audit.record(Event.USER_CHANGED, user=str(user.id), disabled=False)


def sign_in(*, email: str, password: str) -> User:
    """The user, when name and password belong together; one message for every other case."""
    user = queries.user_by_email(email)
    known = user if user is not None and user.is_active else None
    if not passwords.matches(password, known.password_hash if known else None) or known is None:
        audit.record(Event.SIGN_IN_FAILED, actor_id=user.id if user else None)
        raise Problem("The e-mail address or the password is not right.")
    audit.record(Event.SIGNED_IN, actor_id=known.id)
    return known


def change_password(user: User, *, current: str, new: str) -> None:
    if not passwords.matches(current, user.password_hash):
        raise Problem("This is not your password now.", "current")
    try:
        passwords.check_choice(new)
    except Problem as problem:
        raise Problem(problem.message, "new") from None
    user.password_hash = passwords.hashed(new)
    db.session.flush()
    audit.record(Event.PASSWORD_CHANGED)
