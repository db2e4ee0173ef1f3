"""The passkeys of one's own: add one, remove one."""

import uuid
from typing import Any

from flask import flash, redirect, url_for
from werkzeug.wrappers import Response

from caseflow.access.declare import requires
from caseflow.access.permissions import Permission
from caseflow.kernel.database import db
from caseflow.kernel.errors import Problem
from caseflow.kernel.screens import problems_at, show_form
from caseflow.staff import passkeys
from caseflow.staff.blueprint import bp
from caseflow.staff.current import me
from caseflow.staff.forms import PasskeyForm
from caseflow.staff.models import Passkey, User


def _own_passkey(user: User, _: dict[str, Any], passkey_id: uuid.UUID) -> Passkey | None:
    return next((own for own in passkeys.passkeys_of(user) if own.id == passkey_id), None)


LOADERS = {"passkey": _own_passkey}


@bp.route("/account/passkeys/new", methods=["GET", "POST"])
@requires(Permission.OWN_FACTORS)
def add_passkey() -> Response:
    form = PasskeyForm()
    if form.validate_on_submit():
        with problems_at(form):
            passkeys.add(me(), form.credential.data or "", form.label.data)
            flash("Your passkey is added. You can sign in with it.", "saved")
            return redirect(url_for("staff.account"))
    return show_form("staff/passkey.html", form, options=passkeys.options_for_adding(me()))


@bp.post("/account/passkeys/<uuid:passkey>/remove")
@requires(Permission.OWN_FACTORS)
def remove_passkey(passkey: Passkey) -> Response:
    try:
        passkeys.remove(passkey)
        flash("The passkey is removed. Your other browsers are signed out.", "saved")
    except Problem as problem:
        db.session.rollback()
        flash(problem.message, "important")
    return redirect(url_for("staff.account"))
