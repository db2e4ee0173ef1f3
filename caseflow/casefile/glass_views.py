"""Another team's case in an emergency: asking for it, ending it, reviewing it."""

import uuid
from typing import Any

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from caseflow.access.declare import requires
from caseflow.access.permissions import Permission
from caseflow.audit import actions as audit
from caseflow.casefile import queries
from caseflow.casefile.blueprint import bp
from caseflow.casefile.knowing_forms import EmergencyForm, ReviewOpeningForm
from caseflow.casefile.looking import looks_in_words
from caseflow.cases import glass, openings
from caseflow.cases.models import BreakGlass, Case
from caseflow.cases.rules import GLASS_MINUTES, glass_minutes
from caseflow.kernel import clock
from caseflow.kernel.screens import problems_at, show_form
from caseflow.kernel.settings import setting
from caseflow.staff.current import me
from caseflow.staff.models import User


def _opening(user: User, _: dict[str, Any], opening_id: uuid.UUID) -> BreakGlass | None:
    return openings.opening_for(user, opening_id)


GLASS_LOADERS = {"opening": _opening}


@bp.route("/emergency", methods=["GET", "POST"])
@requires(Permission.BREAK_GLASS)
def break_glass() -> Response:
    """Asked for by POST, and answered alike whatever stands in the way."""
    form = EmergencyForm()
    was_refused = False
    if form.validate_on_submit():
        with problems_at(form):
            opening = glass.break_glass(
                me(), _wanted(form), code=form.code.data, reason=form.reason.data
            )
            if opening is not None:
                return redirect(url_for("casefile.show", case=opening.case_id))
            was_refused = True
    return show_form(
        "casefile/emergency.html",
        form,
        was_refused=was_refused,
        minutes=glass_minutes(setting("glass_minutes", GLASS_MINUTES)),
    )


def _wanted(form: EmergencyForm) -> openings.Wanted:
    if form.reference.data:
        return openings.Wanted(reference="".join(form.reference.data.upper().split()))
    return openings.Wanted("", *form.name_and_birthday)


@bp.post("/cases/<uuid:case>/stop-reading")
@requires(Permission.CASE_VIEW)
def stop_reading(case: Case) -> Response:
    glass.stop(me(), case)
    flash("The case is closed to you again.", "saved")
    return redirect(url_for("staff.home"))


@bp.get("/openings", endpoint="openings")
@requires(Permission.GLASS_REVIEW)
def register() -> str:
    user = me()
    found = openings.register_for(user)
    in_sight = openings.cases_in_sight_of(user, found)
    audit.shown(in_sight)
    return render_template(
        "casefile/openings.html", openings=found, in_sight=in_sight, now=clock.now(), me=user
    )


@bp.route("/openings/<uuid:opening>", methods=["GET", "POST"])
@requires(Permission.GLASS_REVIEW)
def opening(opening: BreakGlass) -> Response:
    user = me()
    sees_case = openings.sees_case_of(user, opening)
    may_review = sees_case and opening.user_id != user.id and opening.reviewed_at is None
    form = ReviewOpeningForm()
    if form.validate_on_submit():
        with problems_at(form):
            glass.review(opening, by=user, finding=form.finding.data, note=form.note.data)
            flash("Your review is saved.", "saved")
            return redirect(url_for("casefile.openings"))
    if sees_case:
        audit.shown([opening.case_id])
    rows = openings.looked_at(opening) if sees_case else []
    return show_form(
        "casefile/opening.html",
        form,
        opening=opening,
        sees_case=sees_case,
        may_review=may_review,
        days=looks_in_words(rows, queries.names_of([opening.user_id])),
        now=clock.now(),
    )
