"""Users and teams, as administrators change them; and one's own password and factors."""

from datetime import date

from caseflow.access.permissions import Role
from caseflow.audit import actions as audit
from caseflow.audit.rules import Event
from caseflow.kernel import clock
from caseflow.kernel.database import db
from caseflow.kernel.errors import Problem
from caseflow.staff import (
    codes,
    links,
    passkeys,
    passwords,
    queries,
    security_events,
    sessions,
    throttle,
)
from caseflow.staff.models import Team, User
from caseflow.staff.rules import Door, LinkKind, WhyEnded


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
    password: str = "",
    team: Team | None = None,
    deputises: bool = False,
    is_demo: bool = False,
    access_ends_on: date | None = None,
) -> User:
    """Nobody else ever chooses their password: without one they follow an invitation. The demo's
    made-up people have one from the start."""
    address = email.strip().casefold()
    if "@" not in address:
        raise Problem("Enter an e-mail address, like name@example.org.", "email")
    if queries.user_by_email(address):
        raise Problem("Somebody already has this e-mail address.", "email")
    _check_team(role, team)
    _check_end(role, access_ends_on)
    if password:
        passwords.check_choice(password)
    user = User(
        email=address,
        name=name.strip(),
        role=role,
        team=team,
        deputises=deputises,
        is_demo=is_demo,
        access_ends_on=access_ends_on,
        password_hash=passwords.hashed(password) if password else "",
        added_at=clock.now(),
    )
    db.session.add(user)
    db.session.flush()
    audit.record(Event.USER_ADDED, user=str(user.id), role=role.value)
    return user


def invite(user: User, *, by: User | None) -> str:
    """A letter with a link; once more, if the first was lost."""
    if user.password_hash:
        raise Problem("They have followed their invitation already.")
    return links.send(user, LinkKind.INVITATION, by=by)


def change_user(
    user: User,
    *,
    name: str,
    role: Role,
    team: Team | None,
    deputises: bool,
    access_ends_on: date | None = None,
) -> None:
    _check_team(role, team)
    _check_end(role, access_ends_on)
    if user.role is Role.ADMINISTRATOR and role is not Role.ADMINISTRATOR:
        _check_not_the_last(user)
    before = (user.role, user.team_id, user.deputises)
    user.name, user.role, user.team, user.deputises = name.strip(), role, team, deputises
    user.access_ends_on = access_ends_on
    db.session.flush()
    if before != (user.role, user.team_id, user.deputises):
        sessions.end_all(user, WhyEnded.ACCOUNT_CHANGED, but=sessions.mine_if(user))
        security_events.tell(user, "Your role or team was changed.")
    ends = access_ends_on.isoformat() if access_ends_on else None
    audit.record(Event.USER_CHANGED, user=str(user.id), role=role.value, ends=ends)


def disable_user(user: User, *, by: User) -> None:
    if user.id == by.id:
        raise Problem("You cannot disable your own account.")
    if user.role is Role.ADMINISTRATOR:
        _check_not_the_last(user)
    user.disabled_at = clock.now()
    sessions.end_all(user, WhyEnded.ACCOUNT_CHANGED)
    db.session.flush()
    audit.record(Event.USER_CHANGED, user=str(user.id), disabled=True)


def enable_user(user: User) -> None:
    """Also whoever was away for so long that the account was suspended."""
    user.disabled_at, user.enabled_at = None, clock.now()
    db.session.flush()
    audit.record(Event.USER_CHANGED, user=str(user.id), disabled=False)


def _check_team(role: Role, team: Team | None) -> None:
    if role in (Role.YOUTH_WORKER, Role.SUPERVISOR) and team is None:
        raise Problem("Choose a team: this role works in one.", "team")


def _check_end(role: Role, access_ends_on: date | None) -> None:
    if role is Role.EVALUATOR and access_ends_on is None:
        raise Problem("Enter when their access ends: an evaluator has it for a time.", "ends_on")


def _check_not_the_last(user: User) -> None:
    """Whoever can sign in and let others in: one has to stay."""
    queries.lock_administrators()
    able = [one for one in queries.active_administrators() if one.password_hash]
    if all(one.id == user.id for one in able):
        raise Problem("This is the only administrator. Add another one first.", "role")


# --- one's own ---


def change_password(user: User, *, current: str, new: str) -> None:
    """Everything signed in elsewhere is signed out: the old one may be known."""
    passwords.check_choice(new, field="new", context=queries.password_context(user))
    stored, row = user.password_hash, sessions.mine_if(user)
    taken = throttle.take(Door.PASSWORD, user.email, trusted=str(row.id) if row else "")
    if not passwords.matches(current, stored):
        raise Problem("This is not your password now.", "current")
    throttle.give_back(taken)
    user.password_hash = passwords.hashed(new)
    sessions.end_all(user, WhyEnded.ACCOUNT_CHANGED, but=row)
    db.session.flush()
    audit.record(Event.PASSWORD_CHANGED)
    security_events.tell(user, "Your password was changed.")


def add_app(user: User, *, seed: bytes, code: str) -> list[str]:
    """The first time there are recovery codes too, to be shown once."""
    codes.add_app(user, seed=seed, code=code)
    _factors_changed(user, "An authenticator app was added.")
    return [] if codes.recovery_codes_left(user) else codes.make_recovery_codes(user)


def remove_app(user: User) -> None:
    if not passkeys.passkeys_of(user):
        raise Problem("This is your only second factor. Add a passkey before you remove it.")
    codes.remove_app(user)
    _factors_changed(user, "The authenticator app was removed.")


def make_recovery_codes(user: User) -> list[str]:
    made = codes.make_recovery_codes(user)
    _factors_changed(user, "New recovery codes were made. The earlier ones are void.")
    return made


def _factors_changed(user: User, text: str) -> None:
    sessions.end_all(user, WhyEnded.ACCOUNT_CHANGED, but=sessions.mine_if(user))
    security_events.tell(user, text)
