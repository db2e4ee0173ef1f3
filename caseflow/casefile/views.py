"""The page about one case, moving it on, and finding it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from caseflow.access.declare import requires
from caseflow.access.permissions import Permission
from caseflow.access.predicates import may
from caseflow.audit import actions as audit
from caseflow.audit.rules import Event
from caseflow.casefile import (
    actions,
    glass_views,
    knowing_views,
    looks,
    matters,
    merge_views,
    move_views,
    queries,
    search,
    timeline,
)
from caseflow.casefile.blueprint import bp
from caseflow.casefile.forms import SearchForm
from caseflow.casefile.person_views import PERSON_LOADERS
from caseflow.casefile.rules import Filter, Step, next_steps, page_asked, read_search
from caseflow.cases.models import Case
from caseflow.cases.queries import other_episodes
from caseflow.cases.shown import Shown
from caseflow.kernel import clock
from caseflow.kernel.errors import Problem
from caseflow.kernel.screens import show_form
from caseflow.misfiled.queries import gone_from
from caseflow.reviews.models import DueItem
from caseflow.reviews.rules import DueKind
from caseflow.staff.current import me

LOADERS: dict[str, Any] = {
    **PERSON_LOADERS,
    **knowing_views.KNOWING_LOADERS,
    **glass_views.GLASS_LOADERS,
    **merge_views.MERGE_LOADERS,
}
MOST_PAGES = 100_000

__all__ = ["LOADERS", "bp", "looks", "move_views"]


@dataclass(frozen=True)
class Offered:
    """A step that may be taken by whoever looks: a link, or a button that sends ``fields``."""

    text: str
    url: str
    fields: dict[str, str] | None


@bp.get("/cases/<uuid:case>")
@requires(Permission.CASE_VIEW)
def show(case: Case) -> str:
    user = me()
    narrowed_to = Filter.of(request.args.get("show", ""))
    due = queries.due_next(case)
    others = other_episodes(case, user)
    audit.shown(other.id for other in others)
    return render_template(
        "casefile/show.html",
        case=case,
        matters=matters.matters_now(case, due),
        how_they_came=matters.how_they_came(case),
        step=_main_step(case, due),
        page=timeline.page_of(
            case,
            narrowed_to,
            page_asked(request.args.get("page", ""), MOST_PAGES),
            shown=Shown(user, case),
        ),
        narrowed_to=narrowed_to,
        filters=list(Filter),
        others=others,
        set_aside=gone_from(case),
    )


def _main_step(case: Case, due: Sequence[DueItem]) -> Offered | None:
    steps = next_steps(
        case.stage,
        has_worker=case.worker_id is not None,
        is_review_due=any(
            item.kind is DueKind.REVIEW and item.due_at < clock.end_of(clock.today())
            for item in due
        ),
        awaits_sign_off=any(item.kind is DueKind.SIGN_OFF for item in due),
    )
    return next((offered for step in steps if (offered := _offered(step, case))), None)


def _offered(step: Step, case: Case) -> Offered | None:
    if not may(me().actor, step.permission, case.held):
        return None
    return Offered(step.text, url_for(step.endpoint, case=case.id), step.fields)


@bp.post("/cases/<uuid:case>/take")
@requires(Permission.TRIAGE)
def take(case: Case) -> Response:
    try:
        actions.take(case, by=me())
        flash("This case is yours now.", "saved")
    except Problem as problem:
        flash(problem.message, "important")
    return redirect(url_for("casefile.show", case=case.id))


@bp.route("/search", methods=["GET", "POST"], endpoint="search")
@requires(Permission.CASE_SEARCH)
def find() -> Response:
    """Asked for by POST, so that no name comes into an address."""
    form = SearchForm()
    found = None
    if form.validate_on_submit():
        sought = read_search(form.sought.data, clock.today())
        found = search.find_cases(me(), sought, form.page.data)
        audit.shown(case.id for case in found.cases)
        audit.record(Event.SEARCHED, results=found.total, ways=sought.ways, page=found.page)
    return show_form("casefile/search.html", form, found=found)
