import uuid
from datetime import datetime
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from caseflow.access.declare import requires
from caseflow.access.permissions import Permission
from caseflow.cases.models import Case
from caseflow.cases.rules import Risk
from caseflow.kernel import clock
from caseflow.kernel.page import day
from caseflow.kernel.screens import problems_at, show_form
from caseflow.reviews import actions, cadence, queries
from caseflow.reviews.explain import explain
from caseflow.reviews.forms import LEVELS, OTHER_DAY, HoldReviewForm, MoveForm
from caseflow.reviews.models import DueItem
from caseflow.reviews.wanted import is_reviewed, review_rule
from caseflow.staff.current import me
from caseflow.staff.models import User

bp = Blueprint("reviews", __name__)


def _item(_: User, records: dict[str, Any], item_id: uuid.UUID) -> DueItem | None:
    return queries.item_in(records["case"], item_id)


LOADERS = {"item": _item}


@bp.get("/cases/<uuid:case>/reviews")
@requires(Permission.CASE_VIEW)
def reviews(case: Case) -> str:
    return render_template(
        "reviews/reviews.html",
        case=case,
        due=explain(case, queries.open_items(case), clock.now()),
        held=queries.reviews_of(case),
        done=queries.past_items(case),
    )


@bp.route("/cases/<uuid:case>/reviews/new", methods=["GET", "POST"])
@requires(Permission.REVIEW_HOLD)
def hold(case: Case) -> Response:
    actions.check_open(case)
    form = _hold_form(case)
    if form.validate_on_submit():
        with problems_at(form):
            review = actions.hold_review(
                case,
                by=me(),
                risk=form.risk.data,
                risk_reason=form.risk_reason.data,
                what_changed=form.what_changed.data,
                their_words=form.their_words.data,
                decision=form.decision.data,
                **_chosen_next(form),
            )
            following = f" The next one is due {day(review.next_due_at)}."
            flash("Review saved." + (following if review.next_due_at else ""), "saved")
            return redirect(url_for("reviews.reviews", case=case.id))
    return show_form("reviews/hold.html", form, case=case, last=queries.last_review(case))


def _hold_form(case: Case) -> HoldReviewForm:
    """Each level of risk says when it would bring the next review."""
    form = HoldReviewForm(risk=None if case.risk is Risk.NOT_ASSESSED else case.risk)
    if not is_reviewed(case):
        del form.next_by, form.next_on, form.next_reason
        return form
    now = clock.now()
    dates = {level: review_rule(case, held_at=now, risk=Risk(level)).at for level, _ in LEVELS}
    form.risk.hints = {level: f"Next review: {day(at)}" for level, at in dates.items()}
    return form


def _chosen_next(form: HoldReviewForm) -> dict[str, Any]:
    if "next_by" not in form or form.next_by.data != OTHER_DAY:
        return {}
    return {"next_due_at": cadence.on_day(form.next_on.data), "next_reason": form.next_reason.data}


@bp.route("/cases/<uuid:case>/due/<uuid:item>/move", methods=["GET", "POST"])
@requires(Permission.REVIEW_HOLD)
def reschedule(case: Case, item: DueItem) -> Response:
    actions.check_movable(item)
    form = MoveForm(day=clock.local(item.due_at).date())
    if form.validate_on_submit():
        with problems_at(form):
            actions.reschedule(item, by=me(), due_at=_new_instant(form), reason=form.reason.data)
            flash(f"Moved to {day(item.due_at)}.", "saved")
            return redirect(url_for("reviews.reviews", case=case.id))
    return show_form("reviews/reschedule.html", form, case=case, item=item)


def _new_instant(form: MoveForm) -> datetime:
    return clock.local_instant(form.day.data, form.at.data or cadence.MORNING)
