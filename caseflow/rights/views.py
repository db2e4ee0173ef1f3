from datetime import timedelta
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from caseflow.access.declare import requires
from caseflow.access.permissions import Permission
from caseflow.audit import actions as audit
from caseflow.audit.queries import HIGHEST
from caseflow.audit.rules import Event
from caseflow.cases.rules import GLASS_MINUTES, glass_minutes
from caseflow.kernel import clock
from caseflow.kernel.screens import problems_at, show_form
from caseflow.kernel.settings import setting
from caseflow.rights import (
    actions,
    eligibility_views,
    front_door_views,
    hours_views,
    queries,
    rules,
    watching,
)
from caseflow.rights.forms import CadenceForm, NeedToKnowForm
from caseflow.staff import queries as staff
from caseflow.staff.cover import most_days
from caseflow.staff.current import me

bp = Blueprint("rights", __name__)
LOADERS: dict[str, Any] = {}
eligibility_views.add_routes(bp)
front_door_views.add_routes(bp)
hours_views.add_routes(bp)
ROWS = 50
A_DAY = timedelta(days=1)


@bp.get("/audit")
@requires(Permission.AUDIT_READ)
def audit_trail() -> str:
    """Newest first; reading it is itself on record, with what was looked for."""
    asked = rules.asked(request.args)
    before = min(request.args.get("before", HIGHEST, type=int), HIGHEST)
    rows = queries.found(asked, before=max(before, 0), limit=ROWS)
    references = queries.references_of(rows)
    audit.shown(references)
    audit.noted(asked=asked.as_facts())
    return render_template(
        "rights/audit_trail.html",
        asked=asked,
        rows=rows,
        actors=queries.actors_of(rows),
        references=references,
        details=rules.details,
        users=staff.all_users(),
        events=sorted(Event, key=lambda event: event.label),
        older=rows[-1].seq if len(rows) == ROWS else None,
    )


@bp.get("/audit/unusual")
@requires(Permission.AUDIT_READ)
def unusual() -> str:
    day = rules.day_asked(request.args.get("day", ""), clock.today())
    found = watching.unusual_on(day)
    case_ids = {case_id for one in found for case_id in one.case_ids}
    audit.shown(case_ids)
    return render_template(
        "rights/unusual.html",
        day=day,
        before=day - A_DAY,
        found=found,
        names=queries.names_of(one.actor_id for one in found),
        references=queries.references(case_ids),
    )


@bp.get("/rules")
@requires(Permission.SETTINGS_EDIT)
def settings() -> str:
    return render_template("rights/settings.html")


@bp.route("/rules/need-to-know", methods=["GET", "POST"])
@requires(Permission.SETTINGS_EDIT)
def need_to_know() -> AnyResponse:
    form = NeedToKnowForm(
        glass_minutes=glass_minutes(setting("glass_minutes", GLASS_MINUTES)),
        cover_days=most_days(),
    )
    if form.validate_on_submit():
        with problems_at(form):
            actions.change_need_to_know(
                glass_minutes=form.glass_minutes.data, cover_days=form.cover_days.data, by=me()
            )
            flash("The rules hold from now on. What is under way ends as it was to end.", "saved")
            return redirect(url_for("rights.settings"))
    return show_form("rights/rule.html", form, heading="Who may know, and for how long")


@bp.route("/rules/reviews", methods=["GET", "POST"])
@requires(Permission.SETTINGS_EDIT)
def cadence() -> AnyResponse:
    form = CadenceForm.showing(setting("review_cadence", {}))
    if form.validate_on_submit():
        with problems_at(form):
            actions.change_cadence(form.as_setting(), by=me())
            flash("The rules hold from now on: each case takes them at its next change.", "saved")
            return redirect(url_for("rights.settings"))
    return show_form("rights/rule.html", form, heading="When things fall due")
