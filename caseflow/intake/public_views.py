"""The page for anybody who asks for help, what became of it, and the tray where it waits."""

import uuid
from typing import Any

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from caseflow.access.declare import public as open_to_anybody
from caseflow.access.declare import requires
from caseflow.access.permissions import Permission
from caseflow.audit import actions as audit
from caseflow.cases import queries as cases
from caseflow.intake import public
from caseflow.intake.blueprint import bp
from caseflow.intake.models import PublicReferral
from caseflow.intake.public_forms import DecideForm, ReferForm, StatusForm
from caseflow.kernel import clock
from caseflow.kernel.errors import Problem
from caseflow.kernel.limits import KIB, takes
from caseflow.kernel.screens import problems_at, show_form
from caseflow.kernel.settings import setting
from caseflow.staff import throttle
from caseflow.staff.current import me
from caseflow.staff.models import User
from caseflow.staff.rules import Door

NOT_FOUND = "We do not know this code together with this number or e-mail address."


def _sent_in(user: User, _: dict[str, Any], sent_id: uuid.UUID) -> PublicReferral | None:
    return public.sent_in(user, sent_id)


LOADERS = {"sent_in": _sent_in}


@bp.route("/refer", methods=["GET", "POST"], defaults={"asks": False})
@bp.route("/refer/status", methods=["GET", "POST"], defaults={"asks": True})
@open_to_anybody
@takes(body=32 * KIB, fields=30)
def refer(asks: bool) -> Response:
    """One of the few public views, at two addresses."""
    return _status() if asks else _refer()


def _refer() -> Response:
    form, now = ReferForm(), clock.now()
    if request.method == "POST":
        code = _sent(form)
        if code:
            page = render_template("intake/referred.html", code=code, ring=_ring())
            return make_response(page)
    try:
        public.check_haste(form.stamped.data or "", now)
    except Problem:
        form.stamped.data = public.stamp(now)
    return show_form("intake/refer.html", form, ring=_ring())


def _sent(form: ReferForm) -> str:
    """The code, or "": then the form says what is wrong, with all that was typed."""
    with problems_at(form):
        throttle.take_from_strangers(Door.REFER)
        if form.validate_on_submit():
            public.check_haste(form.stamped.data or "", clock.now())
            return public.send(form.told)
    return ""


def _status() -> Response:
    form, found = StatusForm(), None
    with problems_at(form):
        if request.method == "POST":
            throttle.take_from_strangers(Door.STATUS)
            if form.validate_on_submit():
                found = public.progress(code=form.code.data, reach=form.reach.data)
                if found is None:
                    raise Problem(NOT_FOUND)
    return show_form("intake/refer_status.html", form, found=found, ring=_ring())


def _ring() -> str:
    return str(setting("public_phone", ""))


@bp.get("/referrals/public")
@requires(Permission.REFERRAL_ADD)
def public_tray() -> str:
    return render_template("intake/public_tray.html", waiting=public.tray(me()))


@bp.route("/referrals/public/<uuid:sent_in>", methods=["GET", "POST"])
@requires(Permission.REFERRAL_ADD)
def public_referral(sent_in: PublicReferral) -> AnyResponse:
    form = DecideForm()
    audit.noted(sent=str(sent_in.id))
    if form.validate_on_submit():
        with problems_at(form):
            return _decided(sent_in, form)
    rows = public.said_rows(sent_in.told)
    return show_form("intake/public_referral.html", form, sent=sent_in, rows=rows)


def _decided(sent: PublicReferral, form: DecideForm) -> AnyResponse:
    if form.decision.data == "reject":
        public.reject(sent, by=me(), why=form.why.data)
        flash("Not taken on. It is deleted after some days.", "saved")
        return redirect(url_for("intake.public_tray"))
    referral = public.accept(sent, by=me())
    flash("Referral made.", "saved")
    if cases.case_in_sight(me(), referral.case_id) is None:
        return redirect(url_for("intake.public_tray"))
    return redirect(url_for("intake.triage", case=referral.case_id))
