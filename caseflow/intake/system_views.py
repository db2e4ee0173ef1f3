"""The systems that may send messages: an administrator's list. It holds counts, and nobody."""

import uuid
from datetime import timedelta
from typing import Any

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from caseflow.access.declare import requires
from caseflow.access.permissions import Permission
from caseflow.intake import sent
from caseflow.intake import systems as actions
from caseflow.intake.blueprint import bp
from caseflow.intake.forms import SystemForm
from caseflow.intake.models import SendingSystem
from caseflow.kernel import clock
from caseflow.kernel.screens import problems_at, show_form
from caseflow.staff.current import me
from caseflow.staff.models import User

COUNTED = timedelta(days=30)


def _system(_: User, __: dict[str, Any], system_id: uuid.UUID) -> SendingSystem | None:
    return sent.system(system_id)


LOADERS = {"system": _system}


@bp.get("/systems")
@requires(Permission.SYSTEM_MANAGE)
def systems() -> str:
    counts = sent.counts_by_system(clock.now() - COUNTED)
    return render_template("intake/systems.html", systems=sent.all_systems(), counts=counts)


@bp.route("/systems/new", methods=["GET", "POST"])
@requires(Permission.SYSTEM_MANAGE)
def add_system() -> Response | str:
    form = SystemForm()
    if form.validate_on_submit():
        with problems_at(form):
            system, secret = actions.add_system(
                name=form.name.data, ods_codes=form.ods_codes.data, by=me()
            )
            return _shown_once(system, secret)
    return show_form("intake/system.html", form, system=None)


@bp.route("/systems/<uuid:system>", methods=["GET", "POST"])
@requires(Permission.SYSTEM_MANAGE)
def change_system(system: SendingSystem) -> Response:
    form = SystemForm(name=system.name, ods_codes=" ".join(system.ods_codes))
    if form.validate_on_submit():
        with problems_at(form):
            actions.change_system(system, name=form.name.data, ods_codes=form.ods_codes.data)
            flash("Saved.", "saved")
            return redirect(url_for("intake.systems"))
    held = sent.secrets_of(system)
    return show_form("intake/system.html", form, system=system, secrets=held, now=clock.now())


@bp.post("/systems/<uuid:system>/secret")
@requires(Permission.SYSTEM_MANAGE)
def new_secret(system: SendingSystem) -> str:
    return _shown_once(system, actions.new_secret(system))


@bp.post("/systems/<uuid:system>/revoke")
@requires(Permission.SYSTEM_MANAGE)
def revoke_system(system: SendingSystem) -> Response:
    actions.revoke_system(system)
    flash("Nothing it sends is taken from now on.", "saved")
    return redirect(url_for("intake.systems"))


def _shown_once(system: SendingSystem, secret: str) -> str:
    return render_template("intake/secret.html", system=system, secret=secret)
