import uuid
from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any

from flask import (
    Blueprint,
    flash,
    make_response,
    redirect,
    render_template,
    url_for,
)
from werkzeug.wrappers import Response as AnyResponse

from caseflow.access.declare import requires
from caseflow.access.permissions import Permission
from caseflow.assessments import actions, queries, rules, scoring
from caseflow.assessments.forms import (
    NeedsForm,
    PrintAnywayForm,
    RiskForm,
    SafetyPlanForm,
    StartForm,
)
from caseflow.assessments.models import Assessment, SafetyPlan
from caseflow.assessments.rules import Point, Score
from caseflow.audit import actions as audit
from caseflow.audit.rules import Event
from caseflow.cases.header import door
from caseflow.cases.models import Case
from caseflow.cases.rules import NeedDomain
from caseflow.cases.shown import Shown
from caseflow.kernel import clock
from caseflow.kernel.errors import Problem
from caseflow.kernel.screens import problems_at, show_form
from caseflow.people import queries as people
from caseflow.staff.current import me
from caseflow.staff.models import User

bp = Blueprint("assessments", __name__)

NO_FLAG = "No flag is set. A flag warns colleagues at a glance and runs out by itself."
PLAN_FIELDS = (*rules.PLAN_PARTS, "worker_number", "copy_held_by", "paper_is_safe", "agreed_with")


def _in_case(find: Callable[[Case, uuid.UUID], Any]) -> Callable[..., Any]:
    def load(_: User, records: dict[str, Any], record_id: uuid.UUID) -> Any:
        return find(records["case"], record_id)

    return load


LOADERS: dict[str, Any] = {
    "assessment": _in_case(queries.assessment_in),
    "plan": _in_case(queries.safety_plan_in),
}


@bp.get("/cases/<uuid:case>/needs")
@requires(Permission.CASE_VIEW)
def needs(case: Case) -> str:
    found = queries.needs_now(case)
    return render_template(
        "assessments/needs.html",
        case=case,
        found=found,
        assessments=queries.assessments_of(case),
        open_one=queries.open_assessment(case),
        next_points=[Point.REVIEW, Point.EXIT] if found.baseline else [Point.BASELINE],
        start=StartForm(),
        need_words=rules.need_words,
    )


@bp.post("/cases/<uuid:case>/needs/new")
@requires(Permission.ASSESS)
def start(case: Case) -> AnyResponse:
    form = StartForm()
    open_one = queries.open_assessment(case)
    if open_one is None and form.validate_on_submit():
        try:
            open_one = actions.start_assessment(case, by=me(), point=form.point.data)
        except Problem as problem:
            flash(problem.message, "important")
    if open_one is None:
        return redirect(url_for("assessments.needs", case=case.id))
    return redirect(url_for("assessments.assess", case=case.id, assessment=open_one.id))


@bp.route("/cases/<uuid:case>/needs/<uuid:assessment>", methods=["GET", "POST"])
@requires(Permission.ASSESS)
def assess(case: Case, assessment: Assessment) -> AnyResponse:
    there: dict[str, Any] = {"case": case.id, "assessment": assessment.id}
    scores = queries.scores_of(assessment)
    form = NeedsForm(
        version=assessment.version,
        their_words=assessment.their_words,
        **NeedsForm.filled(scores),
    )
    if assessment.completed_at is not None and not form.is_submitted():
        return redirect(url_for("assessments.assessed", **there))
    if form.validate_on_submit():
        with problems_at(form):
            actions.save_scores(
                assessment,
                by=me(),
                scores=form.scores(),
                their_words=form.their_words.data,
                version=form.version.data or 0,
            )
            if form.finish.data:
                actions.complete(assessment, by=me())
                flash("The assessment is finished.", "saved")
                return redirect(url_for("assessments.needs", case=case.id))
            flash("Everything so far is kept. Go on now, or come back to it.", "saved")
            return redirect(url_for("assessments.assess", **there))
    theirs = _saved_since(assessment, form) if form.is_stale else {}
    their_quote = assessment.their_words if form.is_stale else form.their_words.data
    previous = queries.previous_to(assessment)
    return show_form(
        "assessments/assess.html",
        form,
        case=case,
        assessment=assessment,
        domains=list(NeedDomain),
        need_words=rules.need_words,
        labels=rules.NEED_LABELS,
        short_words=rules.NEED_WORDS,
        previous=previous,
        before=queries.scores_of(previous),
        theirs=theirs,
        their_quote=their_quote,
        score_words=rules.score_words,
        reached=len(queries.scores_of(assessment)),
    )


def _saved_since(assessment: Assessment, form: NeedsForm) -> dict[NeedDomain, Score]:
    """What somebody else saved where it differs from what was typed here; the next press wins."""
    form.version.data = assessment.version
    typed = {score.domain: score for score in form.scores()}
    return {
        domain: theirs
        for domain, theirs in queries.scores_of(assessment).items()
        if typed.get(domain) != theirs
    }


@bp.get("/cases/<uuid:case>/needs/<uuid:assessment>/answers")
@requires(Permission.CASE_VIEW)
def assessed(case: Case, assessment: Assessment) -> str:
    scores = queries.scores_of(assessment)
    previous = queries.previous_to(assessment)
    return render_template(
        "assessments/assessed.html",
        case=case,
        assessment=assessment,
        domains=list(NeedDomain),
        scores=scores,
        previous=previous,
        before=queries.scores_of(previous),
        scored=scoring.scored(queries.needs_of(assessment)),
        need_words=rules.need_words,
        change_words=rules.change_words,
    )


@bp.get("/cases/<uuid:case>/safety")
@requires(Permission.CASE_VIEW)
def safety(case: Case) -> str:
    risks = queries.risk_assessments_of(case)
    plans = queries.safety_plans_of(case)
    shown = Shown(me(), case)
    return render_template(
        "assessments/safety.html",
        case=case,
        risks=risks,
        plans=plans,
        parts=rules.PLAN_PARTS,
        flags=shown.flags(people.live_flags(case.person)),
        no_flag=shown.text(Permission.FLAG_VIEW, NO_FLAG),
        flag_url=door("casefile.set_flag", case=case.id),
        today=clock.today(),
        now=clock.now(),
    )


@bp.route("/cases/<uuid:case>/risk/new", methods=["GET", "POST"])
@requires(Permission.ASSESS)
def risk(case: Case) -> AnyResponse:
    form = RiskForm()
    if form.validate_on_submit():
        with problems_at(form):
            actions.assess_risk(
                case,
                by=me(),
                level=form.level.data,
                evidence=form.evidence.data,
                protective=form.protective.data,
                plan=form.plan.data,
                review_by=_afternoon_of(form.review_on.data),
            )
            flash("Risk saved.", "saved")
            return redirect(url_for("assessments.safety", case=case.id))
    return show_form("assessments/risk.html", form, case=case, latest=queries.latest_risk(case))


def _afternoon_of(day: date | None) -> datetime | None:
    return None if day is None else max(clock.local_instant(day, time(17, 0)), clock.now())


@bp.route("/cases/<uuid:case>/safety-plan/new", methods=["GET", "POST"])
@requires(Permission.ASSESS)
def safety_plan(case: Case) -> AnyResponse:
    current = queries.safety_plan_in_force(case)
    shown = {name: getattr(current, name) for name in PLAN_FIELDS} if current else {}
    form = SafetyPlanForm(review_on=rules.safety_plan_review(clock.today()), **shown)
    if form.validate_on_submit():
        with problems_at(form):
            actions.save_safety_plan(
                case,
                by=me(),
                review_on=form.review_on.data,
                **{name: form[name].data for name in PLAN_FIELDS},
            )
            flash("Safety plan saved.", "saved")
            return redirect(url_for("assessments.safety", case=case.id))
    return show_form("assessments/safety_plan.html", form, case=case, current=current)


@bp.route("/cases/<uuid:case>/safety-plan/<uuid:plan>/print", methods=["GET", "POST"])
@requires(Permission.CASE_PRINT)
def print_plan(case: Case, plan: SafetyPlan) -> AnyResponse:
    form = PrintAnywayForm()
    if plan.paper_is_safe or form.validate_on_submit():
        if not plan.paper_is_safe:
            audit.record(
                Event.PRINTED,
                case_id=case.id,
                person_id=case.person_id,
                safety_plan=str(plan.id),
                paper_is_safe=False,
            )
        parts = {words: getattr(plan, name) for name, words in rules.PLAN_PARTS.items()}
        return make_response(
            render_template(
                "assessments/print_plan.html",
                plan=plan,
                parts=parts,
                lines=rules.CRISIS_LINES,
                is_long=sum(map(len, parts.values())) > rules.ROOMY_SHEET,
            )
        )
    return show_form("assessments/paper_not_safe.html", form, case=case, plan=plan)
