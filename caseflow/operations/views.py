import uuid
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

from caseflow.access.declare import requires
from caseflow.access.grants import GRANTS, Relation
from caseflow.access.permissions import Permission
from caseflow.cases.models import Case
from caseflow.cases.shown import Shown
from caseflow.kernel.counts import suppressed
from caseflow.kernel.screens import problems_at, show_form
from caseflow.operations import actions, queries
from caseflow.operations.forms import AnswerForm, LinkForm, OperationForm
from caseflow.operations.models import Operation, OperationLink
from caseflow.staff.current import me
from caseflow.staff.models import User

bp = Blueprint("operations", __name__)


def _operation(user: User, _: dict[str, Any], operation_id: uuid.UUID) -> Operation | None:
    return queries.operation_in_sight(user, operation_id)


def _link(_: User, records: dict[str, Any], link_id: uuid.UUID) -> OperationLink | None:
    return queries.link_in(records["case"], link_id)


LOADERS = {"operation": _operation, "link": _link}


@bp.get("/operations")
@requires(Permission.OPERATION_VIEW)
def operations() -> str:
    return render_template("operations/operations.html", operations=queries.operations_for(me()))


@bp.get("/operations/<uuid:operation>")
@requires(Permission.OPERATION_VIEW)
def show(operation: Operation) -> str:
    """Outside the work, counts are suppressed; nobody sees here who was offered anything."""
    offers = queries.offers_of(operation)
    is_inside = GRANTS[Permission.OPERATION_VIEW][me().role] is Relation.ANY
    shown = {
        "Offered support": offers.made,
        "Accepted": offers.accepted,
        "Declined": offers.declined,
    }
    return render_template(
        "operations/show.html",
        operation=operation,
        offers={k: str(v) if is_inside else suppressed(v) for k, v in shown.items()},
        is_inside=is_inside,
    )


@bp.route("/operations/new", methods=["GET", "POST"])
@requires(Permission.OPERATION_EDIT)
def add() -> AnyResponse:
    form = OperationForm()
    if form.validate_on_submit():
        with problems_at(form):
            made = actions.save_operation(by=me(), **_said(form))
            flash("Operation saved.", "saved")
            return redirect(url_for("operations.show", operation=made.id))
    return show_form("operations/edit.html", form, operation=None)


@bp.route("/operations/<uuid:operation>/edit", methods=["GET", "POST"])
@requires(Permission.OPERATION_EDIT)
def edit(operation: Operation) -> AnyResponse:
    form = OperationForm(obj=operation)
    if form.validate_on_submit():
        with problems_at(form):
            actions.save_operation(by=me(), operation=operation, **_said(form))
            flash("Operation saved.", "saved")
            return redirect(url_for("operations.show", operation=operation.id))
    return show_form("operations/edit.html", form, operation=operation)


def _said(form: OperationForm) -> dict[str, Any]:
    names = ("code", "name", "kind", "starts_on", "ends_on", "area", "lead_agency", "about")
    return {name: form[name].data for name in names}


@bp.route("/cases/<uuid:case>/operation", methods=["GET", "POST"])
@requires(Permission.OPERATION_LINK)
def link(case: Case) -> AnyResponse:
    form, links = LinkForm(), queries.links_of(case)
    known = {str(operation.id): operation for operation in queries.linkable(besides=links)}
    form.operation.choices = [(key, _named(operation)) for key, operation in known.items()]
    if form.validate_on_submit():
        with problems_at(form):
            actions.link(
                case,
                known[form.operation.data],
                by=me(),
                support=form.support.data,
                offer=form.offer.data,
            )
            flash("Linked to the operation.", "saved")
            return redirect(url_for("casefile.show", case=case.id))
    return show_form(
        "operations/link.html",
        form,
        case=case,
        links=[(link, _operation_of(link, case)) for link in links],
    )


def _named(operation: Operation) -> str:
    return f"{operation.code} · {operation.name}"


def _operation_of(link: OperationLink, case: Case) -> str:
    """Which operation it was came from the police; what was offered, and the answer, did not."""
    shown = Shown(me(), case)
    return shown.text(Permission.POLICE_PROVIDED_VIEW, _named(link.operation))


@bp.route("/cases/<uuid:case>/operation/<uuid:link>", methods=["GET", "POST"])
@requires(Permission.OPERATION_LINK)
def answer(case: Case, link: OperationLink) -> Response | AnyResponse:
    form = AnswerForm(offer=link.offer)
    if form.validate_on_submit():
        with problems_at(form):
            actions.answer(link, offer=form.offer.data)
            flash("Their answer is saved.", "saved")
            return redirect(url_for("operations.link", case=case.id))
    after = _operation_of(link, case)
    return show_form("operations/answer.html", form, case=case, link=link, after=after)
