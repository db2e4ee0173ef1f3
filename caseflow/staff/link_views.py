"""Where the links in letters lead. Looking changes nothing, and nobody is signed in by it."""

from flask import current_app, make_response, render_template, request
from werkzeug.wrappers import Response

from caseflow.access.declare import public
from caseflow.kernel.screens import problems_at, show_form
from caseflow.staff import codes, links, passkeys, qr
from caseflow.staff.blueprint import bp
from caseflow.staff.forms import LinkForm
from caseflow.staff.models import Link
from caseflow.staff.rules import NEEDS_PASSKEY, LinkKind


@bp.route("/link/<string(length=43):token>", methods=["GET", "POST"])
@public
def link(token: str) -> Response:
    found = links.link_for(token)
    if found is None:
        return make_response(render_template("staff/link_gone.html"), 404)
    form = LinkForm()
    if form.validate_on_submit():
        kind = found.kind
        with problems_at(form):
            return _followed(kind, _follow(found, token, form))
    return _ask(found, token, form)


def _follow(found: Link, token: str, form: LinkForm) -> list[str]:
    return links.follow(
        found,
        token=token,
        password=form.password.data,
        code=form.code.data,
        credential=form.credential.data or "",
        label=form.label.data,
        demo="demo" in request.form,
    )


def _followed(kind: LinkKind, recovery_codes: list[str]) -> Response:
    page = render_template("staff/link_followed.html", kind=kind, recovery_codes=recovery_codes)
    return make_response(page)


def _ask(found: Link, token: str, form: LinkForm) -> Response:
    asks_factor = found.kind is not LinkKind.PASSWORD
    takes_codes = asks_factor and found.user.role not in NEEDS_PASSKEY
    seed = codes.seed_for(found.user, token)
    return show_form(
        "staff/link.html",
        form,
        kind=found.kind,
        email=found.user.email,
        asks_password=found.kind is not LinkKind.FACTORS,
        asks_factor=asks_factor,
        passkey_options=passkeys.options_for_adding(found.user) if asks_factor else "",
        square=qr.square_of(codes.address_for(found.user, seed)) if takes_codes else None,
        seed_words=codes.in_groups(seed) if takes_codes else "",
        one_click=asks_factor and current_app.extensions["is_demo"](),
    )
