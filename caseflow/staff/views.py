import uuid
from typing import Any

from flask import (
    Blueprint,
    current_app,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from caseflow.access.declare import public, requires
from caseflow.access.permissions import Permission, Role
from caseflow.audit import actions as audit
from caseflow.audit.rules import Event
from caseflow.kernel.errors import Problem
from caseflow.kernel.forms import OnceForm
from caseflow.kernel.screens import problems_at, show_form
from caseflow.staff import actions, kept, queries, sessions
from caseflow.staff.current import me
from caseflow.staff.forms import NewUserForm, PasswordForm, SignInForm, UserForm
from caseflow.staff.models import Team, User
from caseflow.staff.rules import DEMO_PASSWORD, Factor, WhyEnded

bp = Blueprint("staff", __name__)

HOMES = {
    Role.YOUTH_WORKER: "caseload.my_day",
    Role.SUPERVISOR: "caseload.team",
    Role.SAFEGUARDING_LEAD: "casefile.search",
    Role.PROGRAMME_MANAGER: "evaluation.programme",
    Role.EVALUATOR: "staff.account",
    Role.POLICE_LIAISON: "operations.operations",
    Role.INFORMATION_GOVERNANCE: "rights.audit_trail",
    Role.ADMINISTRATOR: "staff.users",
}


def _user(_: User, __: dict[str, Any], user_id: uuid.UUID) -> User | None:
    return queries.user(user_id)


LOADERS = {"user": _user}


@bp.route("/sign-in", methods=["GET", "POST"])
@public
def sign_in() -> AnyResponse:
    if current_user.is_authenticated and request.method == "GET":
        return redirect(url_for("staff.home"))
    form = SignInForm(next=request.args.get("next", ""))
    if form.validate_on_submit():
        try:
            user = actions.sign_in(email=form.email.data, password=form.password.data)
        except Problem as problem:
            form.add_problem(problem)
        else:
            sessions.begin(user, factor=Factor.DEMO)
            return redirect(_after_sign_in(user, form.next.data))
    demo = queries.demo_users() if current_app.extensions["is_demo"]() else []
    return show_form("staff/sign_in.html", form, demo_users=demo, demo_password=DEMO_PASSWORD)


def _after_sign_in(user: User, path: str | None) -> str:
    if kept.waiting_for(user):
        return url_for("staff.kept_form")
    return _safe_way_back(path) or url_for("staff.home")


@bp.route("/kept", methods=["GET", "POST"])
@requires(Permission.OWN_ACCOUNT)
def kept_form() -> AnyResponse:
    """What was sent when the session had ended: send it now, or throw it away."""
    waiting = kept.waiting_for(me())
    if waiting is None:
        return redirect(url_for("staff.home"))
    if request.method == "POST":
        kept.throw_away(waiting)
        return redirect(url_for("staff.home"))
    page = render_template(
        "staff/kept.html", kept=waiting, fields=kept.fields_of(waiting), form=OnceForm()
    )
    return make_response(page)


def _safe_way_back(path: str | None) -> str | None:
    """A path of ours, or nothing: never another site."""
    if not path or not path.startswith("/") or path.startswith("//"):
        return None
    return path if "\\" not in path and path.isprintable() else None


@bp.post("/sign-out")
@requires(Permission.OWN_ACCOUNT)
def sign_out() -> AnyResponse:
    audit.record(Event.SIGNED_OUT)
    sessions.end_mine(WhyEnded.SIGNED_OUT)
    response = redirect(url_for("staff.sign_in"))
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


@bp.get("/")
@requires(Permission.OWN_ACCOUNT)
def home() -> AnyResponse:
    return redirect(url_for(HOMES[current_user.role]))


@bp.route("/account", methods=["GET", "POST"])
@requires(Permission.OWN_ACCOUNT)
def account() -> AnyResponse:
    form = PasswordForm()
    if form.validate_on_submit():
        with problems_at(form):
            actions.change_password(me(), current=form.current.data, new=form.new.data)
            flash("Your password is changed.", "saved")
            return redirect(url_for("staff.account"))
    return show_form("staff/account.html", form)


@bp.get("/users")
@requires(Permission.USER_LIST)
def users() -> str:
    return render_template("staff/users.html", users=queries.all_users())


@bp.route("/users/new", methods=["GET", "POST"])
@requires(Permission.USER_MANAGE)
def add_user() -> AnyResponse:
    form = NewUserForm()
    form.team.choices = _team_choices()
    if form.validate_on_submit():
        with problems_at(form):
            actions.add_user(
                email=form.email.data,
                name=form.name.data,
                role=form.role.data,
                team=_team(form.team.data),
                deputises=form.deputises.data,
                password=form.password.data,
            )
            flash(f"{form.name.data} can sign in now.", "saved")
            return redirect(url_for("staff.users"))
    return show_form("staff/user.html", form, user=None)


@bp.route("/users/<uuid:user>", methods=["GET", "POST"])
@requires(Permission.USER_MANAGE)
def change_user(user: User) -> AnyResponse:
    form = UserForm(
        name=user.name,
        role=user.role,
        team=str(user.team_id or ""),
        deputises=user.deputises,
    )
    form.team.choices = _team_choices()
    if form.validate_on_submit():
        with problems_at(form):
            actions.change_user(
                user,
                name=form.name.data,
                role=form.role.data,
                team=_team(form.team.data),
                deputises=form.deputises.data,
            )
            flash("Saved.", "saved")
            return redirect(url_for("staff.users"))
    return show_form("staff/user.html", form, user=user)


@bp.post("/users/<uuid:user>/disable")
@requires(Permission.USER_MANAGE)
def disable_user(user: User) -> AnyResponse:
    try:
        actions.disable_user(user, by=me())
        flash(f"{user.name} can no longer sign in.")
    except Problem as problem:
        flash(problem.message, "important")
    return redirect(url_for("staff.users"))


@bp.post("/users/<uuid:user>/enable")
@requires(Permission.USER_MANAGE)
def enable_user(user: User) -> AnyResponse:
    actions.enable_user(user)
    flash(f"{user.name} can sign in again.")
    return redirect(url_for("staff.users"))


def _team_choices() -> list[tuple[str, str]]:
    return [(str(team.id), team.name) for team in queries.all_teams()]


def _team(team_id: str | None) -> Team | None:
    return next((t for t in queries.all_teams() if str(t.id) == team_id), None)
