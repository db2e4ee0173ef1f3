"""Who is signed in, on the server: a row a browser, found by the hash of a random token.

Before sign-in a browser has a short signed cookie (a CSRF token and how far signing in has come),
so that looking at the sign-in page writes nothing. Nothing a request says can lengthen a session;
saving one only ever updates, so that what was revoked stays revoked. Source: security.md R9-R13.
"""

import hashlib
import secrets
import uuid
from datetime import datetime, timedelta
from typing import Any, cast

from flask import Flask, Request, Response, current_app, has_request_context, request, session
from flask.sessions import SecureCookieSessionInterface, SessionInterface, SessionMixin
from sqlalchemy import CursorResult, select, update
from sqlalchemy.orm import joinedload
from werkzeug.datastructures import CallbackDict

from caseflow.kernel import clock
from caseflow.kernel.config import Settings
from caseflow.kernel.database import db, writing
from caseflow.staff.models import SignIn, User
from caseflow.staff.rules import FRESH, MOST_SESSIONS, Factor, WhyEnded

GUEST_MINUTES = 60
WITHOUT_SESSION = frozenset({"asset", "healthz", "csp_report", "intake.process_message"})


class StaffSession(CallbackDict[str, Any], SessionMixin):
    """Flask's session. ``row`` is set for who is signed in, ``expired`` for who was."""

    def __init__(self, token: str, guest: dict[str, Any]) -> None:
        def on_update(_: Any) -> None:
            self.modified = True
            self.accessed = True

        super().__init__(guest, on_update)
        self.modified = self.accessed = False
        self.token = token
        self.row: SignIn | None = None
        self.expired: SignIn | None = None
        self.new_token = ""
        self.is_over = False


class ServerSessions(SessionInterface):
    def __init__(self) -> None:
        self._guests = SecureCookieSessionInterface()

    def open_session(self, app: Flask, request: Request) -> StaffSession:
        signer = self._guests.get_signing_serializer(app)
        guest: dict[str, Any] = {}
        if signer is not None and (words := request.cookies.get(_guest_name(app))):
            try:
                guest = signer.loads(words, max_age=GUEST_MINUTES * 60)
            except Exception:  # forged, cut short or too old: a guest like any other
                guest = {}
        return StaffSession(request.cookies.get(self.get_cookie_name(app), ""), guest)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        own = cast(StaffSession, session)
        if own.row is not None and own.modified and not own.is_over:
            _save_data(own.row.id, dict(own))
        elif own.row is None and own.modified:
            self._save_guest(app, own, response)
        if own.new_token:
            self._set(app, response, self.get_cookie_name(app), own.new_token)
            self._delete(app, response, _guest_name(app))
        elif own.is_over:
            self._delete(app, response, self.get_cookie_name(app))

    def _save_guest(self, app: Flask, session: StaffSession, response: Response) -> None:
        signer = self._guests.get_signing_serializer(app)
        if signer is not None and dict(session):
            self._set(app, response, _guest_name(app), signer.dumps(dict(session)))

    def _set(self, app: Flask, response: Response, name: str, value: str) -> None:
        """A cookie for as long as the browser is open: ward computers are shared."""
        response.set_cookie(
            name, value, httponly=True, secure=self.get_cookie_secure(app), samesite="Lax"
        )

    def _delete(self, app: Flask, response: Response, name: str) -> None:
        response.delete_cookie(
            name, httponly=True, secure=self.get_cookie_secure(app), samesite="Lax"
        )


def _guest_name(app: Flask) -> str:
    return f"{app.config['SESSION_COOKIE_NAME']}-guest"


def _save_data(row_id: uuid.UUID, data: dict[str, Any]) -> None:
    with writing():
        db.session.rollback()
        db.session.execute(
            update(SignIn).where(SignIn.id == row_id, SignIn.ended_at.is_(None)).values(data=data)
        )
        db.session.commit()


def mine() -> StaffSession:
    return cast(StaffSession, session._get_current_object())  # type: ignore[attr-defined]


def load() -> None:
    """The first thing each request does: whose session is it, and does it still hold?"""
    own = mine()
    if not own.token or request.endpoint in WITHOUT_SESSION:
        return
    row = _row_of(own.token)
    if row is None or not row.user.is_active:
        return
    if holds(row, clock.now()):
        own.row = row
        own.clear()
        own.update(row.data)
        own.modified = False
    else:
        own.expired = row


def _row_of(token: str) -> SignIn | None:
    """Sessions that were not ended by anybody; time is checked apart."""
    return db.session.scalar(
        select(SignIn)
        .where(SignIn.token_hash == hashed(token), SignIn.ended_at.is_(None))
        .options(joinedload(SignIn.user))
    )


def hashed(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def holds(row: SignIn, now: datetime) -> bool:
    """Idle and absolute time, both by the server's clock; a clock set back ends it too."""
    return (
        row.started_at <= now + _A_STEP
        and now - row.seen_at <= idle_time()
        and now - row.started_at <= longest_time()
    )


_A_STEP = timedelta(minutes=1)


def idle_time() -> timedelta:
    return timedelta(minutes=_settings().idle_minutes)


def longest_time() -> timedelta:
    return timedelta(hours=_settings().session_hours)


def _settings() -> Settings:
    settings: Settings = current_app.extensions["settings"]
    return settings


def user() -> User | None:
    row = mine().row
    return row.user if row is not None else None


def mine_if(user: User) -> SignIn | None:
    """This browser's session, when it is this user's; a command has none."""
    row = mine().row if has_request_context() else None
    return row if row is not None and row.user_id == user.id else None


def time_left(now: datetime) -> timedelta:
    """Until this session ends, if nothing is done in it."""
    row = mine().row
    if row is None:
        return timedelta(0)
    return min(row.seen_at + idle_time() - now, most_time_left(now))


def most_time_left(now: datetime) -> timedelta:
    """However busy its owner is."""
    row = mine().row
    return row.started_at + longest_time() - now if row is not None else timedelta(0)


def is_fresh(now: datetime) -> bool:
    """A second factor was shown within the last five minutes."""
    row = mine().row
    return row is not None and timedelta(0) <= now - row.factor_at <= FRESH


def begin(of: User, *, factor: Factor) -> SignIn:
    """A new token at every sign-in; what this browser was signed in to before is over."""
    own = mine()
    if own.row is not None:
        end(own.row, WhyEnded.REPLACED)
    row, own.new_token = add(of, factor=factor, source=_source(), browser=_browser())
    own.clear()
    own.update(row.data)
    own.row, own.modified = row, False
    return row


def add(of: User, *, factor: Factor, source: str = "", browser: str = "") -> tuple[SignIn, str]:
    """A session and its token, which is kept nowhere; beyond three the oldest ends."""
    now, token = clock.now(), secrets.token_urlsafe(32)
    for surplus in sessions_of(of, now)[MOST_SESSIONS - 1 :]:
        end(surplus, WhyEnded.TOO_MANY)
    row = SignIn(
        token_hash=hashed(token),
        user=of,
        started_at=now,
        seen_at=now,
        factor=factor,
        factor_at=now,
        source=source[:64],
        browser=browser[:80],
        data={"csrf_token": secrets.token_hex(20)},
    )
    db.session.add(row)
    of.last_signed_in_at = now
    db.session.flush()
    return row, token


def sessions_of(of: User, now: datetime) -> list[SignIn]:
    """Those that hold, the latest first."""
    found = db.session.scalars(
        select(SignIn)
        .where(SignIn.user_id == of.id, SignIn.ended_at.is_(None))
        .order_by(SignIn.seen_at.desc())
    )
    return [row for row in found if holds(row, now)]


def renew(factor: Factor) -> None:
    """A second factor was shown again: the token changes, the length of the session does not."""
    own = mine()
    if own.row is None:
        return
    own.new_token = secrets.token_urlsafe(32)
    own.row.token_hash = hashed(own.new_token)
    own.row.factor, own.row.factor_at = factor, clock.now()
    db.session.flush()


def touch() -> bool:
    """Somebody did something. False when the session was ended, or its owner disabled, meanwhile:
    then what they did must not count."""
    own = mine()
    row = own.row
    if row is None or own.is_over:
        return True  # Or this request itself ended it.
    still = select(User.id).where(User.id == row.user_id, User.disabled_at.is_(None))
    touched = cast(
        CursorResult[Any],
        db.session.execute(
            update(SignIn)
            .where(SignIn.id == row.id, SignIn.ended_at.is_(None), SignIn.user_id.in_(still))
            .values(seen_at=clock.now())
            .execution_options(synchronize_session=False)
        ),
    )
    return touched.rowcount == 1


def end(row: SignIn, why: WhyEnded) -> None:
    row.ended_at, row.why_ended = clock.now(), why
    db.session.flush()


def end_mine(why: WhyEnded) -> None:
    own = mine()
    if own.row is not None:
        end(own.row, why)
    own.clear()
    own.is_over = True


def end_all(of: User, why: WhyEnded, *, but: SignIn | None = None) -> int:
    """For a role or team that changed, a password, a factor, a leaver."""
    others = [row for row in sessions_of(of, clock.now()) if but is None or row.id != but.id]
    for row in others:
        end(row, why)
    return len(others)


def this_place() -> tuple[str, str]:
    """As a session remembers it: the network address, the kind of browser."""
    return _source()[:64], _browser()[:80]


def _source() -> str:
    return request.remote_addr or ""


def _browser() -> str:
    agent = request.user_agent.string
    system = next((name for name in ("Android", "iPhone", "iPad", "Windows", "Mac OS", "Linux")
                   if name in agent), "Unknown system")  # fmt: skip
    kind = next((name for name in ("Edg", "Firefox", "Chrome", "Safari") if name in agent), "")
    return f"{kind.replace('Edg', 'Edge') or 'A browser'} on {system}"
