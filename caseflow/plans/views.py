import uuid
from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from caseflow.access.declare import requires
from caseflow.access.permissions import Permission
from caseflow.cases.header import door
from caseflow.cases.models import Case
from caseflow.cases.rules import NeedDomain
from caseflow.kernel import clock
from caseflow.kernel.errors import Problem
from caseflow.kernel.screens import problems_at, show_form
from caseflow.people.models import Person
from caseflow.people.rules import BornPrecision, age_on
from caseflow.plans import actions, queries, rules
from caseflow.plans.forms import ActionForm, GoalForm, NeedForm, RateForm, ReferForm, StatusForm
from caseflow.plans.models import Action, Goal, OnwardReferral
from caseflow.plans.rules import OnwardStatus
from caseflow.services import queries as services
from caseflow.services.models import Service
from caseflow.staff.current import me
from caseflow.staff.models import User

bp = Blueprint("plans", __name__)


def _in_case(find: Callable[[Case, uuid.UUID], Any]) -> Callable[..., Any]:
    def load(_: User, records: dict[str, Any], record_id: uuid.UUID) -> Any:
        return find(records["case"], record_id)

    return load


LOADERS: dict[str, Any] = {
    "goal": _in_case(queries.goal_in),
    "action": _in_case(queries.action_in),
    "onward": _in_case(queries.onward_in),
}


def _back(case: Case) -> AnyResponse:
    return redirect(url_for("plans.plan", case=case.id))


@bp.get("/cases/<uuid:case>/plan")
@requires(Permission.CASE_VIEW)
def plan(case: Case) -> str:
    goals = queries.goals_of(case)
    found = queries.actions_of(case)
    onward = queries.onward_of(case)
    return render_template(
        "plans/plan.html",
        case=case,
        goals=[one for one in goals if one.goal.ended_at is None],
        past_goals=[one for one in goals if one.goal.ended_at is not None],
        most_goals=rules.MOST_GOALS,
        to_do=[one for one in found if one.done_at is None],
        done=[one for one in found if one.done_at is not None],
        onward=onward,
        shareable={
            agency
            for agency in {one.service.agency for one in onward}
            if queries.may_share_with(case.person, agency)
        },
        moves=rules.ONWARD_MOVES,
        unchased=rules.UNCHASED,
        ended=rules.ENDED,
        chase_days=rules.CHASE_DAYS,
        today=clock.today(),
        now=clock.now(),
    )


# --- goals ---------------------------------------------------------------------------------


@bp.route("/cases/<uuid:case>/goals/new", methods=["GET", "POST"])
@requires(Permission.PLAN_EDIT)
def add_goal(case: Case) -> AnyResponse:
    form = GoalForm()
    if form.validate_on_submit():
        with problems_at(form):
            actions.add_goal(
                case, by=me(), their_words=form.their_words.data, rating=form.rating.data
            )
            flash("Goal saved.", "saved")
            return _back(case)
    return show_form("plans/add_goal.html", form, case=case)


@bp.route("/cases/<uuid:case>/goals/<uuid:goal>/rate", methods=["GET", "POST"])
@requires(Permission.PLAN_EDIT)
def rate_goal(case: Case, goal: Goal) -> AnyResponse:
    form = RateForm()
    if form.validate_on_submit():
        with problems_at(form):
            actions.rate_goal(goal, by=me(), rating=form.rating.data)
            flash("Rating saved.", "saved")
            return _back(case)
    so_far = next(one for one in queries.goals_of(case) if one.goal.id == goal.id)
    return show_form("plans/rate_goal.html", form, case=case, so_far=so_far)


@bp.post("/cases/<uuid:case>/goals/<uuid:goal>/end")
@requires(Permission.PLAN_EDIT)
def end_goal(case: Case, goal: Goal) -> AnyResponse:
    actions.end_goal(goal, by=me())
    flash("The goal is kept under “Goals that ended”. You can take it up again.", "saved")
    return _back(case)


@bp.post("/cases/<uuid:case>/goals/<uuid:goal>/resume")
@requires(Permission.PLAN_EDIT)
def resume_goal(case: Case, goal: Goal) -> AnyResponse:
    try:
        actions.resume_goal(goal, by=me())
        flash("The goal is taken up again.", "saved")
    except Problem as problem:
        flash(problem.message, "important")
    return _back(case)


# --- actions -------------------------------------------------------------------------------


@bp.route("/cases/<uuid:case>/actions/new", methods=["GET", "POST"])
@requires(Permission.PLAN_EDIT)
def add_action(case: Case) -> AnyResponse:
    goals = {str(goal.id): goal for goal in queries.live_goals(case)}
    form = ActionForm()
    form.goal.choices = [(goal_id, goal.their_words) for goal_id, goal in goals.items()]
    if form.validate_on_submit():
        with problems_at(form):
            actions.add_action(
                case,
                by=me(),
                what=form.what.data,
                owner=form.owner.data,
                due_on=form.due_on.data,
                goal=goals.get(form.goal.data or ""),
            )
            flash("Action saved.", "saved")
            return _back(case)
    return show_form("plans/add_action.html", form, case=case, has_goals=bool(goals))


@bp.post("/cases/<uuid:case>/actions/<uuid:action>/done")
@requires(Permission.PLAN_EDIT)
def finish_action(case: Case, action: Action) -> AnyResponse:
    actions.finish_action(action, by=me())
    flash("Done. It is kept under “Done”, where you can take it back.", "saved")
    return _back(case)


@bp.post("/cases/<uuid:case>/actions/<uuid:action>/reopen")
@requires(Permission.PLAN_EDIT)
def reopen_action(case: Case, action: Action) -> AnyResponse:
    actions.reopen_action(action, by=me())
    flash("Back among what is to do.", "saved")
    return _back(case)


# --- onward referrals ----------------------------------------------------------------------


@bp.get("/cases/<uuid:case>/onward/new")
@requires(Permission.PLAN_EDIT)
def refer(case: Case) -> AnyResponse:
    """First the need, then who can help with it at this age."""
    form = NeedForm(request.args)
    need = form.need.data if "need" in request.args and form.validate() else None
    age = _age(case.person)
    return show_form(
        "plans/refer.html",
        form,
        case=case,
        need=need,
        age=age,
        suggested=services.suggested(need=need, age=age) if need else [],
        other_ages=[
            one for one in services.offered(need=need) if not one.youngest <= age <= one.oldest
        ]
        if need and age is not None
        else [],
    )


def _age(person: Person) -> int | None:
    if person.born_on is None or person.born_precision is BornPrecision.UNKNOWN:
        return None
    return age_on(person.born_on, clock.today())


@bp.route("/cases/<uuid:case>/onward/new/<uuid:service>", methods=["GET", "POST"])
@requires(Permission.PLAN_EDIT)
def refer_to(case: Case, service: Service) -> AnyResponse:
    form = ReferForm(domain=request.args.get("need"))
    form.domain.choices = [
        (need.value, need.label) for need in NeedDomain if need.value in service.domains
    ]
    form.domain.coerce = NeedDomain
    if form.validate_on_submit():
        with problems_at(form):
            actions.refer_onward(
                case, by=me(), service=service, domain=form.domain.data, method=form.method.data
            )
            flash("Referral kept. We will remind you to chase it.", "saved")
            return _back(case)
    return show_form(
        "plans/refer_to.html",
        form,
        case=case,
        service=service,
        may_share=queries.may_share_with(case.person, service.agency),
        consent_url=door("casefile.record_consent", case=case.id),
    )


@bp.route("/cases/<uuid:case>/onward/<uuid:onward>", methods=["GET", "POST"])
@requires(Permission.PLAN_EDIT)
def change_status(case: Case, onward: OnwardReferral) -> AnyResponse:
    form = StatusForm(was=onward.status.value)
    # What was on offer when the page was opened may not be now: the action says so.
    if form.validate_on_submit():
        with problems_at(form):
            actions.change_status(
                onward,
                by=me(),
                status=form.status.data,
                reason=form.reason.data,
                was=_status(form.was.data),
            )
            flash("Saved.", "saved")
            return _back(case)
    if form.is_stale:
        form.was.data = onward.status.value
    form.status.choices = [
        (status.value, status.label) for status in rules.ONWARD_MOVES[onward.status]
    ]
    return show_form(
        "plans/change_status.html",
        form,
        case=case,
        onward=onward,
        history=queries.status_changes(onward),
    )


def _status(word: str) -> OnwardStatus | None:
    return OnwardStatus(word) if word in {status.value for status in OnwardStatus} else None
