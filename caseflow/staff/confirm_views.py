"""Is it still you? And what was sent when nobody could say yes."""

from flask import current_app, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from caseflow.access.declare import requires
from caseflow.access.permissions import Permission
from caseflow.kernel.addresses import own_path
from caseflow.kernel.errors import Problem
from caseflow.kernel.forms import OnceForm
from caseflow.kernel.screens import show_form
from caseflow.staff import codes, kept, passkeys, second_factor, sessions
from caseflow.staff.blueprint import bp
from caseflow.staff.current import me
from caseflow.staff.forms import ConfirmForm
from caseflow.staff.rules import NEEDS_PASSKEY


@bp.route("/confirm", methods=["GET", "POST"])
@requires(Permission.OWN_ACCOUNT)
def confirm() -> Response:
    """A recovery code does not do here: it is for whoever cannot get in at all."""
    form = ConfirmForm(next=request.args.get("next", ""))
    if form.validate_on_submit():
        try:
            factor = second_factor.check(
                me(),
                code=form.code.data,
                credential=form.credential.data or "",
                recovery="",
                demo="demo" in request.form,
            )
        except Problem as problem:
            form.add_problem(problem)
        else:
            sessions.renew(factor)
            return redirect(own_path(form.next.data) or url_for("staff.home"))
    user = me()
    has_passkey = bool(passkeys.passkeys_of(user))
    return show_form(
        "staff/confirm.html",
        form,
        passkey_options=passkeys.options_for(user) if has_passkey else "",
        has_code=user.role not in NEEDS_PASSKEY and codes.app_of(user) is not None,
        one_click=current_app.extensions["is_demo"](),
    )


@bp.route("/kept", methods=["GET", "POST"])
@requires(Permission.OWN_ACCOUNT)
def kept_form() -> Response:
    """What was sent and not taken: each to be sent now, or thrown away."""
    if request.method == "POST":
        kept.throw_away(me().id, kept_id=request.form.get("unwanted", ""))
        return redirect(url_for("staff.kept_form"))
    waiting = kept.waiting_for(me())
    if not waiting:
        return redirect(url_for("staff.home"))
    return make_response(render_template("staff/kept.html", waiting=waiting, form=OnceForm()))
