"""One's own account: how one signs in, and where one is signed in."""

import uuid
from typing import Any

from flask import flash, make_response, redirect, render_template, url_for
from werkzeug.wrappers import Response

from caseflow.access.declare import requires
from caseflow.access.permissions import Permission
from caseflow.kernel.database import db
from caseflow.kernel.errors import Problem
from caseflow.kernel.screens import problems_at, show_form
from caseflow.staff import actions, codes, devices, passkeys, qr, sessions, signing_in
from caseflow.staff.blueprint import bp
from caseflow.staff.current import me
from caseflow.staff.forms import AppForm, PasswordForm
from caseflow.staff.models import KnownDevice, SignIn, User
from caseflow.staff.rules import NEEDS_PASSKEY


def _own_session(user: User, _: dict[str, Any], session_id: uuid.UUID) -> SignIn | None:
    return next((row for row in signing_in.sessions_of(user) if row.id == session_id), None)


def _own_device(user: User, _: dict[str, Any], device_id: uuid.UUID) -> KnownDevice | None:
    return devices.device_of(user, device_id)


LOADERS = {"own_session": _own_session, "own_device": _own_device}


@bp.get("/account")
@requires(Permission.OWN_ACCOUNT)
def account() -> str:
    user = me()
    return render_template(
        "staff/account.html",
        needs_passkey=user.role in NEEDS_PASSKEY,
        app=codes.app_of(user),
        recovery_codes=codes.recovery_codes_left(user),
        passkeys=passkeys.passkeys_of(user),
        sessions=signing_in.sessions_of(user),
        this_session=sessions.mine().row,
        devices=devices.devices_of(user),
        this_device=devices.this_device(user),
    )


@bp.route("/account/password", methods=["GET", "POST"])
@requires(Permission.OWN_FACTORS)
def change_password() -> Response:
    form = PasswordForm()
    if form.validate_on_submit():
        with problems_at(form):
            actions.change_password(me(), current=form.current.data, new=form.new.data)
            flash("Your password is changed. Your other browsers are signed out.", "saved")
            return redirect(url_for("staff.account"))
    return show_form("staff/password.html", form)


@bp.route("/account/app", methods=["GET", "POST"])
@requires(Permission.OWN_FACTORS)
def add_app() -> Response:
    """The seed follows from the form's own key: the same until it is sent, and kept nowhere."""
    form, user = AppForm(), me()
    seed = codes.seed_for(user, form.form_key.data)
    if form.validate_on_submit():
        with problems_at(form):
            made = actions.add_app(user, seed=seed, code=form.code.data)
            flash("Your app is added. Your other browsers are signed out.", "saved")
            return _show_codes(made) if made else redirect(url_for("staff.account"))
    return show_form(
        "staff/app.html",
        form,
        square=qr.square_of(codes.address_for(user, seed)),
        seed_words=codes.in_groups(seed),
        needs_passkey=user.role in NEEDS_PASSKEY,
    )


@bp.post("/account/app/remove")
@requires(Permission.OWN_FACTORS)
def remove_app() -> Response:
    try:
        actions.remove_app(me())
        flash("The app is removed. Your other browsers are signed out.", "saved")
    except Problem as problem:
        db.session.rollback()
        flash(problem.message, "important")
    return redirect(url_for("staff.account"))


@bp.post("/account/recovery-codes")
@requires(Permission.OWN_FACTORS)
def make_recovery_codes() -> Response:
    return _show_codes(actions.make_recovery_codes(me()))


def _show_codes(made: list[str]) -> Response:
    """In the answer itself, so that no other page can show them again."""
    return make_response(render_template("staff/recovery_codes.html", recovery_codes=made))


@bp.post("/account/sessions/<uuid:own_session>/end")
@requires(Permission.OWN_ACCOUNT)
def end_session(own_session: SignIn) -> Response:
    signing_in.end_session(own_session)
    flash("That browser is signed out.", "saved")
    return redirect(url_for("staff.account"))


@bp.post("/account/sessions/end-others")
@requires(Permission.OWN_ACCOUNT)
def end_other_sessions() -> Response:
    signing_in.end_other_sessions(me())
    flash("All your other browsers are signed out.", "saved")
    return redirect(url_for("staff.account"))


@bp.post("/account/devices/<uuid:own_device>/forget")
@requires(Permission.OWN_ACCOUNT)
def forget_device(own_device: KnownDevice) -> Response:
    devices.forget(own_device)
    flash("That device is forgotten.", "saved")
    return redirect(url_for("staff.account"))
