"""Who may know of a young person: restricting, naming, conflicts of interest."""

import uuid
from collections.abc import Iterable, Sequence
from typing import Any

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from caseflow.access.declare import requires
from caseflow.access.permissions import Permission
from caseflow.audit import actions as audit
from caseflow.casefile import queries
from caseflow.casefile.blueprint import bp
from caseflow.casefile.knowing_forms import KeepApartForm, ReasonForm, RestrictForm, SomebodyForm
from caseflow.cases import keeping_apart, knowers, need_to_know
from caseflow.cases.models import Case, Conflict, KeepApart, NamedAccess
from caseflow.cases.queries import with_reference
from caseflow.kernel.forms import OnceForm
from caseflow.kernel.screens import problems_at, show_form
from caseflow.staff.current import me
from caseflow.staff.models import User
from caseflow.staff.queries import active_in


def _named(_: User, records: dict[str, Any], name_id: uuid.UUID) -> NamedAccess | None:
    return knowers.name_in(records["case"], name_id)


def _conflict(_: User, records: dict[str, Any], conflict_id: uuid.UUID) -> Conflict | None:
    return knowers.conflict_in(records["case"], conflict_id)


def _apart(user: User, records: dict[str, Any], link_id: uuid.UUID) -> KeepApart | None:
    return keeping_apart.link_in(records["case"], link_id, user)


KNOWING_LOADERS = {"named": _named, "conflict": _conflict, "apart": _apart}


def _back(case: Case) -> Response:
    """To the page that was left, unless what was done there took it out of sight."""
    if knowers.may_know(me(), case):
        return redirect(url_for("casefile.knowers", case=case.id))
    return redirect(url_for("staff.home"))


@bp.get("/cases/<uuid:case>/who-may-know", endpoint="knowers")
@requires(Permission.CASE_RESTRICT)
def who_may_know(case: Case) -> str:
    restriction = knowers.restriction_of(case)
    conflicts = knowers.conflicts_about(case)
    apart = keeping_apart.links_about(case, me())
    audit.shown(one.other.id for one in apart)
    people = [*(conflict.by_id for conflict in conflicts), *(one.link.by_id for one in apart)]
    return render_template(
        "casefile/knowers.html",
        case=case,
        restriction=restriction,
        names=knowers.names_of(case) if restriction else [],
        conflicts=conflicts,
        apart=apart,
        staff=queries.names_of([*people, restriction.by_id if restriction else None]),
    )


@bp.route("/cases/<uuid:case>/who-may-know/restrict", methods=["GET", "POST"])
@requires(Permission.CASE_RESTRICT)
def restrict(case: Case) -> Response:
    form = RestrictForm()
    known = _who_could_be_named(case)
    form.names.choices = _choices(known)
    if form.validate_on_submit():
        with problems_at(form):
            chosen = [user for user in known if str(user.id) in form.names.data]
            need_to_know.restrict(case, by=me(), why=form.why.data, names=chosen)
            flash("Restricted. Nobody else knows of this record now.", "saved")
            return _back(case)
    return show_form("casefile/restrict.html", form, case=case)


@bp.route("/cases/<uuid:case>/who-may-know/lift", methods=["GET", "POST"])
@requires(Permission.CASE_RESTRICT)
def lift(case: Case) -> Response:
    form = ReasonForm()
    if form.validate_on_submit():
        with problems_at(form):
            need_to_know.lift(case, by=me(), why=form.why.data)
            flash("The restriction is lifted.", "saved")
            return _back(case)
    return show_form("casefile/lift.html", form, case=case)


@bp.route("/cases/<uuid:case>/who-may-know/name", methods=["GET", "POST"])
@requires(Permission.CASE_RESTRICT)
def name(case: Case) -> Response:
    form = SomebodyForm()
    known = _who_could_be_named(case)
    form.user.choices = _choices(known)
    if form.validate_on_submit():
        with problems_at(form):
            chosen = _chosen(form, known)
            need_to_know.name(case, chosen, by=me())
            flash(f"{chosen.name} may know of this record now.", "saved")
            return _back(case)
    return show_form("casefile/name.html", form, case=case)


@bp.post("/cases/<uuid:case>/who-may-know/<uuid:named>/remove")
@requires(Permission.CASE_RESTRICT)
def unname(case: Case, named: NamedAccess) -> Response:
    form = OnceForm()
    if form.validate_on_submit():
        with problems_at(form):
            need_to_know.unname(case, named)
            flash(f"{named.user.name} is no longer on the list.", "saved")
            return _back(case)
    return show_form("casefile/not_done.html", form, case=case)


@bp.route("/cases/<uuid:case>/who-may-know/conflict", methods=["GET", "POST"])
@requires(Permission.CASE_RESTRICT)
def add_conflict(case: Case) -> Response:
    form = SomebodyForm()
    refused = {conflict.user_id for conflict in knowers.conflicts_about(case)} | {me().id}
    known = [user for user in active_in(*knowers.CASE_WORKERS) if user.id not in refused]
    form.user.choices = _choices(known)
    if form.validate_on_submit():
        with problems_at(form):
            chosen = _chosen(form, known)
            need_to_know.set_conflict(case, chosen, by=me())
            flash(f"For {chosen.name} this record no longer exists.", "saved")
            return _back(case)
    return show_form("casefile/add_conflict.html", form, case=case)


@bp.route("/cases/<uuid:case>/conflicts/<uuid:conflict>/remove", methods=["GET", "POST"])
@requires(Permission.CASE_RESTRICT)
def remove_conflict(case: Case, conflict: Conflict) -> Response:
    form = ReasonForm()
    if form.validate_on_submit():
        with problems_at(form):
            need_to_know.remove_conflict(case, conflict, by=me(), why=form.why.data)
            flash("The conflict of interest is over.", "saved")
            return _back(case)
    return show_form("casefile/remove_conflict.html", form, case=case, conflict=conflict)


@bp.route("/cases/<uuid:case>/keep-apart", methods=["GET", "POST"])
@requires(Permission.KEEP_APART)
def keep_apart(case: Case) -> Response:
    form = KeepApartForm()
    if form.validate_on_submit():
        with problems_at(form):
            other = with_reference(me(), form.reference.data)
            keeping_apart.keep_apart(case, other, by=me(), why=form.why.data)
            flash("They are kept apart: whoever chooses a worker is warned.", "saved")
            return _back(case)
    return show_form("casefile/keep_apart.html", form, case=case)


@bp.route("/cases/<uuid:case>/keep-apart/<uuid:apart>/end", methods=["GET", "POST"])
@requires(Permission.KEEP_APART)
def end_keep_apart(case: Case, apart: KeepApart) -> Response:
    form = ReasonForm()
    if form.validate_on_submit():
        with problems_at(form):
            keeping_apart.end(apart, by=me(), why=form.why.data)
            flash("They are no longer kept apart.", "saved")
            return _back(case)
    return show_form("casefile/end_keep_apart.html", form, case=case)


@bp.route("/cases/<uuid:case>/conflict", methods=["GET", "POST"])
@requires(Permission.CONFLICT_SET)
def declare_conflict(case: Case) -> Response:
    form = OnceForm()
    if form.validate_on_submit():
        with problems_at(form):
            need_to_know.set_conflict(case, me(), by=me())
            flash("Thank you for saying so. That record is out of your sight now.", "saved")
            return redirect(url_for("staff.home"))
    return show_form("casefile/declare_conflict.html", form, case=case)


def _who_could_be_named(case: Case) -> list[User]:
    """A conflict of interest leaves somebody out; why is not said."""
    users = active_in(*knowers.CASE_WORKERS)
    refused = knowers.in_conflict(case.person_id, [user.id for user in users])
    named = {named.user_id for named in knowers.names_of(case)}
    return [user for user in users if user.id not in refused | named | {me().id}]


def _choices(users: Iterable[User]) -> list[tuple[str, str]]:
    return [(str(user.id), _in_words(user)) for user in users]


def _in_words(user: User) -> str:
    team = f", {user.team.name}" if user.team else ""
    return f"{user.name} ({user.role.label.lower()}{team})"


def _chosen(form: SomebodyForm, users: Sequence[User]) -> User:
    return next(user for user in users if str(user.id) == form.user.data)
