"""CaseFlow: casework with young people hurt by violence, from referral to evaluation.

``create_app`` is the only place that knows every room.
"""

from pathlib import Path
from typing import Any

from flask import (
    Flask,
    Request,
    Response,
    current_app,
    make_response,
    render_template,
    request,
    url_for,
)
from flask_login import LoginManager, current_user
from flask_migrate import Migrate
from flask_wtf.csrf import CSRFProtect
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException

from caseflow import gate
from caseflow.access.declare import MACHINE, declared, public
from caseflow.access.permissions import Permission
from caseflow.access.predicates import may
from caseflow.assessments import views as assessment_views
from caseflow.audit.queries import what_is_wrong
from caseflow.casefile import views as casefile_views
from caseflow.caseload import views as caseload_views
from caseflow.cases import actions as case_actions
from caseflow.cases import views as case_views
from caseflow.closing import views as closing_views
from caseflow.contacts import views as contact_views
from caseflow.evaluation import views as evaluation_views
from caseflow.intake import door
from caseflow.intake import views as intake_views
from caseflow.kernel import clock
from caseflow.kernel.config import Settings, from_environment
from caseflow.kernel.csp_reports import init_csp_reports
from caseflow.kernel.database import db, prepare
from caseflow.kernel.errors import Problem, Stale
from caseflow.kernel.headers import init_headers
from caseflow.kernel.limits import init_limits
from caseflow.kernel.logs import init_logs, note_mistake
from caseflow.kernel.page import init_templates
from caseflow.kernel.same_site import init_same_site
from caseflow.kernel.screens import typed_words
from caseflow.kernel.settings import setting
from caseflow.misfiled import views as misfiled_views
from caseflow.notices import actions as notice_actions
from caseflow.notices import queries as notices
from caseflow.notices import views as notice_views
from caseflow.operations import views as operation_views
from caseflow.people import actions as people_actions
from caseflow.people import views as people_views
from caseflow.plans import views as plan_views
from caseflow.reviews import actions as review_actions
from caseflow.reviews import views as review_views
from caseflow.rights import views as rights_views
from caseflow.services import views as service_views
from caseflow.staff import links, security_events, sessions, ward
from caseflow.staff import views as staff_views
from caseflow.staff.models import User

ROOMS = (
    staff_views,
    notice_views,
    people_views,
    case_views,
    service_views,
    review_views,
    contact_views,
    assessment_views,
    plan_views,
    operation_views,
    intake_views,
    closing_views,
    misfiled_views,
    casefile_views,
    caseload_views,
    evaluation_views,
    rights_views,
)

# What the menu offers, in order, to whoever is granted it.
MENU = (
    (Permission.MY_DAY, "caseload.my_day", "My day"),
    (Permission.DUTY_VIEW, "caseload.duty", "Duty"),
    (Permission.TEAM_BOARD, "caseload.team", "Team"),
    (Permission.REFERRAL_ADD, "intake.referrals", "Referrals"),
    (Permission.GLASS_REVIEW, "casefile.openings", "Openings"),
    (Permission.ENTRY_MOVE, "misfiled.queue", "Set aside"),
    (Permission.PROGRAMME_VIEW, "evaluation.programme", "Programme"),
    (Permission.MISSED_COUNT, "caseload.missed_figures", "Missed"),
    (Permission.OPERATION_VIEW, "operations.operations", "Operations"),
    (Permission.SERVICE_VIEW, "services.services", "Services"),
    (Permission.USER_LIST, "staff.users", "Users"),
    (Permission.SYSTEM_MANAGE, "intake.systems", "Systems"),
    (Permission.SETTINGS_EDIT, "rights.settings", "Rules"),
    (Permission.AUDIT_READ, "rights.audit_trail", "Audit"),
)
PACKAGE = Path(__file__).parent


def create_app(settings: Settings | None = None) -> Flask:
    settings = settings or from_environment()
    clock.set_zone(settings.timezone)
    beside = _beside()
    app = gate.Gated(
        __name__,
        template_folder=str(beside / "templates"),
        static_folder=None,
    )
    app.static_folder = str(beside / "static")  # set late: Flask adds no route of its own
    _configure(app, settings)
    init_templates(app)
    public(app.view_functions["asset"])
    init_logs(app)
    init_headers(app)
    init_same_site(app)
    init_limits(app)
    db.init_app(app)
    Migrate(app, db, directory=str(beside / "migrations"))
    with app.app_context():
        prepare(db.engine)
    gate.find_session(app)
    CSRFProtect(app)
    init_csp_reports(app)
    public(app.view_functions["csp_report"])
    _remember_users(app)
    for room in ROOMS:
        app.register_blueprint(room.bp)
    _take_from_machines(app)
    _hand_over_hooks()
    gate.install(app, {name: load for room in ROOMS for name, load in room.LOADERS.items()})
    _health(app)
    gate.check_routes(app)
    _errors(app)
    app.context_processor(_on_every_page)
    return app


def _beside() -> Path:
    """Templates and static files lie beside the package in a checkout, inside it once installed."""
    return PACKAGE if (PACKAGE / "templates").is_dir() else PACKAGE.parent


def _configure(app: Flask, settings: Settings) -> None:
    is_https = settings.base_url.startswith("https:")
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        # An error's own words go into the log: never with the names and notes it was about.
        SQLALCHEMY_ENGINE_OPTIONS={
            "hide_parameters": True,
            "pool_pre_ping": not settings.is_sqlite,
        },
        SESSION_COOKIE_NAME="__Host-cf" if is_https else "cf",
        SESSION_COOKIE_SECURE=is_https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=False,
        **settings.extra,
    )
    app.extensions["settings"] = settings
    app.extensions["is_demo"] = lambda: bool(setting("demo", False))


def _remember_users(app: Flask) -> None:
    manager = LoginManager(app)
    manager.session_protection = None

    @manager.request_loader  # type: ignore[untyped-decorator]
    def load(_: Request) -> User | None:
        return sessions.user()


def _take_from_machines(app: Flask) -> None:
    """A machine shows its secret each time, so no page of somebody else's can make it send."""
    for view in app.view_functions.values():
        if declared(view) == MACHINE:
            app.extensions["csrf"].exempt(view)


def _hand_over_hooks() -> None:
    """Lower rooms call what a higher room must do, by these names and no others."""
    case_actions.call_on_change(review_actions.recompute_case)
    people_actions.call_on_change(review_actions.recompute_person)
    security_events.call_on_security_event(notice_actions.tell_of_security)
    links.call_to_mail(notice_actions.mail_link)


def _health(app: Flask) -> None:
    @app.get("/healthz", defaults={"wholly": False})
    @app.get("/readyz", defaults={"wholly": True})
    @public
    def healthz(wholly: bool) -> tuple[str, int]:
        """One of the few public views, at two addresses: are we up, and is all of us at work?"""
        if wholly and review_actions.scheduler_is_silent():
            return "the scheduler is silent", 503
        return "ready" if wholly else "ok", 200


def _errors(app: Flask) -> None:
    @app.errorhandler(HTTPException)
    def refused(error: HTTPException) -> Response:
        if error.code is None or error.code < 400:
            return make_response(error.get_response())
        page = _error_page(error.code, error.description)
        page.retry_after = getattr(error, "retry_after", None)
        return page

    @app.errorhandler(Problem)
    def problem(error: Problem) -> Response:
        return _error_page(409 if isinstance(error, Stale) else 400, error.message)

    @app.errorhandler(StaleDataError)
    def stale(_: StaleDataError) -> Response:
        return _error_page(409, None)

    @app.errorhandler(OperationalError)
    def database_away(_: OperationalError) -> Response:
        app.logger.error("the database did not answer")
        return _error_page(503, None)

    @app.errorhandler(Exception)
    def mistake(error: Exception) -> Response:
        note_mistake(error)
        return _error_page(500, None)


def _error_page(status: int, why: str | None) -> Response:
    db.session.rollback()
    if request.path.startswith(door.FHIR):
        return door.error(status)
    known = status if status in (400, 403, 404, 409, 413, 429, 500, 503) else 400
    own_words = why if status in (400, 403, 409, 429) else None
    typed = typed_words() if status in (400, 403, 409, 413, 429, 500) else []
    try:
        page = render_template(f"errors/{known}.html", reason=own_words, status=status, typed=typed)
    except OperationalError:
        page = "CaseFlow cannot reach its database. Nothing was saved. Try again in a minute."
    return make_response(page, status)


def _on_every_page() -> dict[str, Any]:
    is_demo = bool(setting("demo", False))
    if not current_user.is_authenticated:
        return {"demo": is_demo, "home_url": url_for("staff.sign_in")}
    user: User = current_user
    can_search = may(user.actor, Permission.CASE_SEARCH)
    return {
        "demo": is_demo,
        "may": lambda permission, record=None: may(
            user.actor, Permission(permission), getattr(record, "held", None)
        ),
        "user_name": user.name,
        "home_url": url_for("staff.home"),
        "account_url": url_for("staff.account"),
        "sign_out_url": url_for("staff.sign_out"),
        "search_url": url_for("casefile.search")
        if can_search and "casefile.search" in current_app.view_functions
        else None,
        "navigation": _menu(user),
        "ward": ward.on_page(),
        "system_banner": _banner(),
        "system_alarm": _alarm(),
    }


def _menu(user: User) -> list[dict[str, Any]]:
    items = [
        {"text": text, "url": url_for(endpoint), "current": _is_here(endpoint)}
        for permission, endpoint, text in MENU
        if may(user.actor, permission) and endpoint in current_app.view_functions
    ]
    if "notices.inbox" not in current_app.view_functions:
        return items
    inbox: dict[str, Any] = {"text": "Inbox", "url": url_for("notices.inbox")}
    inbox |= {"current": _is_here("notices.inbox"), "count": notices.unseen_count(user)}
    return [*items, inbox]


def _is_here(endpoint: str) -> bool:
    return request.endpoint == endpoint


def _alarm() -> str | None:
    if not what_is_wrong():
        return None
    return (
        "The audit trail is not as it was written. Exports are stopped, and information "
        "governance has been told."
    )


def _banner() -> str | None:
    if not review_actions.scheduler_is_silent():
        return None
    return "Reminders have stopped. Check what is due yourself, and tell your administrator."
