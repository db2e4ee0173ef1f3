"""Signing in, step by step at one address, and out."""

from collections.abc import Callable

from flask import current_app, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from caseflow.access.declare import public, requires
from caseflow.access.permissions import Permission, Role
from caseflow.audit import actions as audit
from caseflow.audit.rules import Event
from caseflow.kernel.addresses import own_path
from caseflow.kernel.errors import Problem
from caseflow.kernel.screens import show_form
from caseflow.staff import (
    codes,
    devices,
    kept,
    links,
    passkeys,
    queries,
    second_factor,
    sessions,
    signing_in,
)
from caseflow.staff.blueprint import bp
from caseflow.staff.forms import ForgotForm, PasskeySignInForm, SecondFactorForm, SignInForm
from caseflow.staff.models import User
from caseflow.staff.rules import DEMO_PASSWORD, NEEDS_PASSKEY, Factor, WhyEnded

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


@bp.get("/")
@requires(Permission.OWN_ACCOUNT)
def home() -> Response:
    return redirect(url_for(HOMES[current_user.role]))


@bp.route("/sign-in", methods=["GET", "POST"])
@public
def sign_in() -> Response:
    """``step`` says which of the forms was sent; none of them can leave out another."""
    if request.method == "POST":
        return STEPS.get(request.form.get("step", ""), _password_step)()
    if current_user.is_authenticated:
        return redirect(url_for("staff.home"))
    user = signing_in.halfway()
    return _ask_password() if user is None else _ask_second_factor(user)


def _password_step() -> Response:
    form = SignInForm()
    if not form.validate_on_submit():
        return _ask_password(form)
    try:
        user, factor = signing_in.check_password(
            email=form.email.data, password=form.password.data, recovery=form.recovery.data
        )
        if factor is not None:
            return _let_in(user, factor, form.next.data)
    except Problem as problem:
        form.add_problem(problem)
        return _ask_password(form)
    signing_in.remember_halfway(user)
    return redirect(url_for("staff.sign_in", next=own_path(form.next.data)))


def _passkey_step() -> Response:
    form = PasskeySignInForm()
    try:
        user = passkeys.sign_in_with(form.credential.data or "")
        return _let_in(user, Factor.PASSKEY, form.next.data)
    except Problem as problem:
        first = SignInForm(formdata=None, next=form.next.data)
        first.add_problem(problem)
        return _ask_password(first)


def _second_step() -> Response:
    form, user = SecondFactorForm(), signing_in.halfway()
    if user is None:
        return _too_late()
    if not form.validate_on_submit():
        return _ask_second_factor(user, form)
    try:
        factor = second_factor.check(
            user,
            code=form.code.data,
            credential=form.credential.data or "",
            recovery=form.recovery.data,
            demo="demo" in request.form,
        )
        return _let_in(user, factor, form.next.data, is_own_device=form.own_device.data)
    except Problem as problem:
        form.add_problem(problem)
        return _ask_second_factor(user, form)


def _too_late() -> Response:
    signing_in.start_again()
    form = SignInForm(formdata=None)
    form.add_problem(Problem("Too much time passed. Enter your password again."))
    return _ask_password(form)


def _demo_step() -> Response:
    """One click, where everybody is made up."""
    form = SignInForm(formdata=None)
    try:
        user, _ = signing_in.check_password(
            email=request.form.get("email", ""), password=DEMO_PASSWORD
        )
        factor = second_factor.check(user, code="", credential="", recovery="", demo=True)
        return _let_in(user, factor, None)
    except Problem as problem:
        form.add_problem(problem)
        return _ask_password(form)


def _forgot_step() -> Response:
    form = ForgotForm()
    if not form.validate_on_submit():
        first = SignInForm(formdata=None, email=form.email.data)
        first.email.errors = form.email.errors
        return _ask_password(first)
    link = links.ask_for_new_password(form.email.data)
    return Response(
        render_template("staff/letter_sent.html", demo_link=link if _is_demo() else ""),
        mimetype="text/html",
    )


def _again_step() -> Response:
    signing_in.start_again()
    return redirect(url_for("staff.sign_in"))


STEPS: dict[str, Callable[[], Response]] = {
    "password": _password_step,
    "passkey": _passkey_step,
    "second": _second_step,
    "demo": _demo_step,
    "forgot": _forgot_step,
    "again": _again_step,
}


def _ask_password(form: SignInForm | None = None) -> Response:
    return show_form(
        "staff/sign_in.html",
        form or SignInForm(next=request.args.get("next", "")),
        passkey_options=passkeys.options_for_sign_in(),
        starts=form is None and _is_back_on_own_device(),
        demo_users=queries.demo_users() if _is_demo() else [],
        demo_password=DEMO_PASSWORD,
    )


def _is_back_on_own_device() -> bool:
    """After a time-out, not after signing out or locking: then one touch is all it takes."""
    ended = sessions.mine().expired
    if ended is None or devices.this_device(ended.user) is None:
        return False
    return bool(passkeys.passkeys_of(ended.user))


def _ask_second_factor(user: User, form: SecondFactorForm | None = None) -> Response:
    has_passkey = bool(passkeys.passkeys_of(user))
    takes_codes = user.role not in NEEDS_PASSKEY
    return show_form(
        "staff/second_factor.html",
        form or SecondFactorForm(next=request.args.get("next", "")),
        passkey_options=passkeys.options_for(user) if has_passkey else "",
        has_code=takes_codes and codes.app_of(user) is not None,
        has_recovery=takes_codes and codes.recovery_codes_left(user) > 0,
        one_click=_is_demo(),
    )


def _let_in(
    user: User, factor: Factor, path: str | None, *, is_own_device: bool = False
) -> Response:
    device_token = signing_in.let_in(user, factor, is_own_device=is_own_device)
    response = redirect(_after_sign_in(user, path))
    if device_token:
        devices.set_cookie(response, device_token)
    return response


def _after_sign_in(user: User, path: str | None) -> str:
    if kept.is_waiting_for(user):
        return url_for("staff.kept_form")
    ended = sessions.mine().expired
    is_somebody_else = ended is not None and ended.user_id != user.id
    way_back = None if is_somebody_else else own_path(path)
    return way_back or url_for("staff.home")


def _is_demo() -> bool:
    return bool(current_app.extensions["is_demo"]())


@bp.post("/sign-out")
@requires(Permission.OWN_ACCOUNT)
def sign_out() -> Response:
    audit.record(Event.SIGNED_OUT)
    sessions.end_mine(WhyEnded.SIGNED_OUT)
    response = redirect(url_for("staff.sign_in"))
    response.headers["Clear-Site-Data"] = '"cache"'
    return response
