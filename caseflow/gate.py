"""What every request passes.

In: is a permission declared, who is it, is the record in sight, is it granted? Views receive
records, never ids. What is sent after a session ended is kept for its sender. Out: a change is
committed with its audit row in one place; a look is audited, and committed, before a byte of it is
sent; a refusal is audited on its own.
"""

import re
import uuid
from collections.abc import Callable
from typing import Any

from flask import Flask, Response, abort, current_app, g, redirect, request, url_for
from flask_login import current_user
from flask_wtf.csrf import validate_csrf
from sqlalchemy.exc import IntegrityError
from wtforms import ValidationError

from caseflow import pace
from caseflow.access import declare
from caseflow.access.grants import NEEDS_FRESH_FACTOR
from caseflow.access.permissions import Permission
from caseflow.access.predicates import Held, refusal
from caseflow.audit import actions as audit
from caseflow.audit.rules import Event
from caseflow.intake import door
from caseflow.kernel import clock, once
from caseflow.kernel.database import SAFE_METHODS, db, writing
from caseflow.staff import kept, sessions
from caseflow.staff.models import User
from caseflow.staff.rules import WhyEnded

Loader = Callable[[User, dict[str, Any], uuid.UUID], Any]

FORM_KEY = re.compile(r"[A-Za-z0-9_-]{16,64}")
MOST_PUBLIC_ROUTES = 6
ENDS_SESSION = frozenset({"staff.sign_out", "staff.lock"})


class Undeclared(RuntimeError):
    """A route without a permission: the application does not start."""


class Gated(Flask):
    """A Flask that settles the transaction before it lets a response go."""

    def dispatch_request(self) -> Response:
        response = self.make_response(super().dispatch_request())
        return _settle(response)


def find_session(app: Flask) -> None:
    """Before anything looks at who it is; and before the CSRF check, which needs the session."""
    app.session_interface = sessions.ServerSessions()
    app.before_request(sessions.load)
    app.before_request(_keep_what_was_sent)


def install(app: Flask, loaders: dict[str, Loader]) -> None:
    app.extensions["loaders"] = loaders
    app.before_request(_admit)
    app.teardown_request(_forget)


def check_routes(app: Flask) -> None:
    """Called when every room is registered."""
    loaders = app.extensions["loaders"]
    open_to_all = set()
    for rule in app.url_map.iter_rules():
        needs = declare.declared(app.view_functions[rule.endpoint])
        if needs is None:
            raise Undeclared(
                f"{rule.rule} ({rule.endpoint}): say @requires(…), @machine or @public"
            )
        if needs == declare.PUBLIC:
            open_to_all.add(rule.endpoint)
        if needs != declare.PUBLIC and (unknown := rule.arguments - loaders.keys()):
            raise Undeclared(f"{rule.rule}: no loader for {', '.join(sorted(unknown))}")
    if len(open_to_all) > MOST_PUBLIC_ROUTES:
        raise Undeclared(f"{len(open_to_all)} public routes; {MOST_PUBLIC_ROUTES} at most")


def _keep_what_was_sent() -> Any:
    """Their session ended while they typed, in this tab or in another: what they sent is sealed
    for whoever's page it was on, until they are back. Who is there now learns nothing of it."""
    if request.method in SAFE_METHODS or not request.form or not _is_guarded():
        return None
    token = request.form.get("csrf_token", "")
    if not token or _is_of_this_session(token):
        return None
    owner_id = kept.owner_of(token)
    if owner_id is None:
        return None  # Not from a page of ours: the CSRF check will say so.
    if request.endpoint in ENDS_SESSION:
        sessions.end_mine(WhyEnded.SIGNED_OUT)
    elif not _is_on_record(owner_id) and not kept.keep(owner_id) and sessions.user():
        return None  # Nothing was typed: the CSRF check says that the page is too old.
    db.session.commit()
    return redirect(url_for(_where_next(owner_id)))


def _is_on_record(owner_id: uuid.UUID) -> bool:
    form_key = _form_key()
    return form_key is not None and once.first_location(form_key, owner_id) is not None


def _is_guarded() -> bool:
    return request.endpoint is not None and isinstance(declare.declared(_view()), Permission)


def _is_of_this_session(token: str) -> bool:
    try:
        validate_csrf(token)
    except ValidationError:
        return False
    return True


def _where_next(owner_id: uuid.UUID) -> str:
    user = sessions.user()
    if user is None or sessions.mine().is_over:
        return "staff.sign_in"
    return "staff.kept_form" if user.id == owner_id else "staff.home"


def _admit() -> Any:
    g.origin_token = audit.origin.set(
        audit.Origin(endpoint=request.endpoint or "", request_id=g.request_id)
    )
    audit.start_looking()
    g.records = {}
    if request.url_rule is None or request.endpoint is None:
        return None  # Flask answers 404 or 405 itself.
    needs = declare.declared(_view())
    if needs == declare.PUBLIC:
        return None
    if needs == declare.MACHINE:
        return door.admit()
    if not isinstance(needs, Permission):
        raise Undeclared(request.endpoint)
    if not current_user.is_authenticated:
        return redirect(url_for("staff.sign_in", next=_way_back()))
    user: User = current_user._get_current_object()
    g.actor_id = user.id
    audit.origin.set(_origin(user))
    _load_records(user)
    if problem := refusal(user.actor, needs, _held()):
        _refuse(needs, 403, problem)
    pace.hold_back(user.id, needs, g.records.get("case"))
    request.view_args = dict(g.records)
    return _already_sent(user) or _ask_for_factor(user, needs)


def _origin(user: User) -> audit.Origin:
    row = sessions.mine().row
    return audit.Origin(
        actor_id=user.id,
        endpoint=request.endpoint or "",
        request_id=g.request_id,
        session_id=str(row.id) if row else "",
        source=(request.remote_addr or "")[:64],
    )


def _ask_for_factor(user: User, needs: Permission) -> Any:
    """Some things want to know again, every five minutes, that it is still them."""
    if needs not in NEEDS_FRESH_FACTOR or sessions.is_fresh(clock.now()):
        return None
    if request.method in SAFE_METHODS:
        return redirect(url_for("staff.confirm", next=_way_back()))
    kept.keep(user.id, even_empty=True)
    db.session.commit()
    return redirect(url_for("staff.confirm", next=url_for("staff.kept_form")))


def _view() -> Callable[..., Any]:
    from_app: Callable[..., Any] = current_app.view_functions[str(request.endpoint)]
    return from_app


def _way_back() -> str | None:
    """Only pages that can be asked for again; never an address with a query in it."""
    return request.path if request.method == "GET" and request.path != "/" else None


def _load_records(user: User) -> None:
    """In the order of the URL, so that a child is looked for inside its case."""
    loaders: dict[str, Loader] = current_app.extensions["loaders"]
    ids = request.view_args or {}
    for name in re.findall(r"<[^>]*?:?(\w+)>", str(request.url_rule)):
        record = loaders[name](user, g.records, ids[name])
        if record is None:
            _refuse(None, 404, f"{name} {ids[name]}")
        g.records[name] = record


def _held() -> Held | None:
    for record in g.records.values():
        if isinstance(held := getattr(record, "held", None), Held):
            return held
    return None


def _refuse(needs: Permission | None, status: int, why: str) -> None:
    """The refusal is kept in a transaction of its own, so that no rollback erases it."""
    db.session.rollback()
    with writing():
        audit.record(Event.REFUSED, status=status, permission=needs, why=why, **_ids_asked_for())
        db.session.commit()
    abort(status, why)  # A page that is not found says no reason, whatever it is given.


def _ids_asked_for() -> dict[str, Any]:
    return {f"asked_{name}": str(value) for name, value in (request.view_args or {}).items()}


def _form_key() -> str | None:
    sent = request.form.get("form_key", "") if request.method not in SAFE_METHODS else ""
    return sent if FORM_KEY.fullmatch(sent) else None


def _already_sent(user: User) -> Any:
    form_key = _form_key()
    if form_key and (location := once.first_location(form_key, user.id)):
        return redirect(location)
    return None


def _settle(response: Response) -> Response:
    if declare.declared(_view()) == declare.MACHINE:
        db.session.commit()  # What was refused is kept too.
        return response
    if declare.declared(_view()) == declare.PUBLIC or not current_user.is_authenticated:
        db.session.commit() if request.method not in SAFE_METHODS else db.session.rollback()
        return response
    user_id = audit.origin.get().actor_id
    keep_alive = not declare.is_passive(_view())
    if request.method not in SAFE_METHODS and response.status_code < 400:
        return _commit_change(response, user_id)
    about = _case_shown()
    db.session.rollback()
    if not keep_alive:
        return _seen_in_passing(response)
    if not 300 <= response.status_code < 400:  # a page, whatever its status says
        with writing():
            _record_look(about)
            if not sessions.touch():
                return _over()
            db.session.commit()
    return response


def _seen_in_passing(response: Response) -> Response:
    """The page asked by itself: that keeps no session alive. What it shows is on record."""
    if audit.seen_so_far():
        with writing():
            _record_look((None, None))
            db.session.commit()
    return response


def _over() -> Response:
    """The session was ended while this request was under way: nothing is done, nothing shown."""
    db.session.rollback()
    sessions.mine().is_over = True
    return current_app.make_response(redirect(url_for("staff.sign_in")))


def _commit_change(response: Response, user_id: uuid.UUID | None) -> Response:
    form_key = _form_key()
    if form_key and user_id and response.location:
        once.remember(form_key, user_id, response.location)
    if response.status_code == 200:
        _record_look(_case_shown())
    if not declare.is_passive(_view()):
        if user_id:
            kept.throw_away(user_id, kept_id=request.form.get("kept", ""), form_key=form_key or "")
        if not sessions.touch():
            return _over()
    try:
        db.session.commit()
    except IntegrityError:
        # The same form, sent twice at the same moment: the other one got here first.
        db.session.rollback()
        location = once.first_location(form_key, user_id) if form_key and user_id else None
        if location is None:
            raise
        return current_app.make_response(redirect(location))
    return response


def _case_shown() -> tuple[uuid.UUID | None, uuid.UUID | None]:
    case = g.records.get("case")
    if case is not None and case.by_glass:
        audit.noted(by_glass=True)
    return (case.id, case.person_id) if case is not None else (None, None)


def _record_look(about: tuple[uuid.UUID | None, uuid.UUID | None]) -> None:
    case_id, person_id = about
    listed = audit.seen_so_far()
    event = Event.VIEWED if case_id else Event.LISTED
    facts: dict[str, Any] = ({"cases": listed} if listed else {}) | audit.noted_so_far()
    audit.record(event, case_id=case_id, person_id=person_id, **facts)


def _forget(_: BaseException | None) -> None:
    if token := g.pop("origin_token", None):
        audit.origin.reset(token)
