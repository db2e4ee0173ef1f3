import uuid
from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from caseflow.access.declare import requires
from caseflow.access.permissions import Permission
from caseflow.cases.rules import NeedDomain
from caseflow.kernel import clock
from caseflow.kernel.screens import problems_at, show_form
from caseflow.services import actions, queries
from caseflow.services.forms import FilterForm, ServiceForm
from caseflow.services.models import Service
from caseflow.staff.current import me
from caseflow.staff.models import User

bp = Blueprint("services", __name__)

FIELDS = (
    "agency", "name", "domains", "youngest", "oldest", "area", "wait_days", "route", "verified_on",
)  # fmt: skip


def _service(_: User, __: dict[str, Any], service_id: uuid.UUID) -> Service | None:
    return queries.service(service_id)


LOADERS: dict[str, Any] = {"service": _service}


@bp.get("/services")
@requires(Permission.SERVICE_VIEW)
def services() -> AnyResponse:
    form = FilterForm(request.args)
    form.area.choices = [(area, area) for area in queries.areas()]
    form.validate()
    return show_form(
        "services/services.html",
        form,
        services=queries.offered(need=form.need.data, age=form.age.data, area=form.area.data or ""),
        is_filtered=any(request.args.get(name) for name in ("need", "age", "area")),
        ended=queries.ended(),
        needs={need.value: need.label for need in NeedDomain},
    )


@bp.route("/services/new", methods=["GET", "POST"])
@requires(Permission.SERVICE_EDIT)
def add_service() -> AnyResponse:
    form = ServiceForm(youngest=0, oldest=25, verified_on=clock.today())
    if form.validate_on_submit():
        with problems_at(form):
            service = actions.add_service(by=me(), **_asked(form))
            flash(f"{service.name} is in the directory.", "saved")
            return redirect(url_for("services.services"))
    return show_form("services/service.html", form, service=None)


@bp.route("/services/<uuid:service>", methods=["GET", "POST"])
@requires(Permission.SERVICE_EDIT)
def edit_service(service: Service) -> AnyResponse:
    form = ServiceForm(version=service.version, **{name: getattr(service, name) for name in FIELDS})
    if form.validate_on_submit():
        with problems_at(form):
            actions.change_service(service, by=me(), version=form.version.data or 0, **_asked(form))
            flash(f"{service.name} is saved.", "saved")
            return redirect(url_for("services.services"))
    if form.is_stale:
        form.version.data = service.version
    return show_form("services/service.html", form, service=service)


def _asked(form: ServiceForm) -> dict[str, Any]:
    return {name: form[name].data for name in FIELDS}


@bp.post("/services/<uuid:service>/checked")
@requires(Permission.SERVICE_EDIT)
def verify_service(service: Service) -> AnyResponse:
    actions.verify_service(service, by=me())
    flash(f"{service.name}: checked today.", "saved")
    return redirect(url_for("services.services"))


@bp.post("/services/<uuid:service>/end")
@requires(Permission.SERVICE_EDIT)
def end_service(service: Service) -> AnyResponse:
    actions.end_service(service, by=me())
    flash(f"{service.name} takes no new referrals.", "saved")
    return redirect(url_for("services.services"))


@bp.post("/services/<uuid:service>/reopen")
@requires(Permission.SERVICE_EDIT)
def reopen_service(service: Service) -> AnyResponse:
    actions.reopen_service(service, by=me())
    flash(f"{service.name} takes referrals again.", "saved")
    return redirect(url_for("services.services"))
