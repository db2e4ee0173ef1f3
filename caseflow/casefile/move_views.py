"""Moving a case on: their answer, its stage, its worker, its clock."""

from dataclasses import dataclass

from flask import flash, redirect, url_for
from werkzeug.wrappers import Response

from caseflow.access.declare import requires
from caseflow.access.permissions import Permission
from caseflow.access.predicates import may
from caseflow.casefile import actions
from caseflow.casefile.blueprint import bp
from caseflow.casefile.forms import AllocateForm, AnswerForm, MoveForm, ReasonForm, ReopenForm
from caseflow.casefile.rules import Answer, could_be_aged
from caseflow.cases import actions as cases
from caseflow.cases import keeping_apart
from caseflow.cases.lifecycle import ENDED_SUPPORT, MOVES, Stage, moves_from, obstacles
from caseflow.cases.models import Case
from caseflow.cases.suggesting import Suggestion
from caseflow.contacts.queries import facts_for_move
from caseflow.intake.suggested import suggestions
from caseflow.kernel import clock
from caseflow.kernel.errors import Problem, Stale
from caseflow.kernel.forms import Item
from caseflow.kernel.screens import problems_at, show_form
from caseflow.staff.current import me
from caseflow.staff.queries import workers_in

CHANGED = "Somebody changed this case after you opened the page. Look again."
NOT_TO_ANSWER = "Their answer is recorded, or they were not approached yet."
NOT_TO_REOPEN = "This episode cannot be taken up again. A return is a new referral."
PAUSED = "This case is paused already."
HINTS = {
    Stage.ATTEMPTING: "The worker tries to reach them, in more ways than one",
    Stage.APPROACHED: "They answered, in person or otherwise",
    Stage.UNABLE_TO_CONTACT: "Can be taken up again later",
    Stage.BRIEF: "About 4 weeks",
    Stage.LONG_TERM: "Up to 12 weeks or more",
    Stage.TRANSFERRED: "Another service takes over",
    Stage.WITHDRAWN: "Whoever referred them takes it back",
}


@dataclass(frozen=True)
class Blocked:
    """A move that this stage allows and something stands in the way of."""

    stage: Stage
    why: str


def _back(case: Case) -> Response:
    return redirect(url_for("casefile.show", case=case.id))


def _check_version(case: Case, version: int | None) -> None:
    if version is not None and version != case.version:
        raise Stale(CHANGED)


def _check_free(obstacle: str | None) -> None:
    """Somebody was quicker: what was typed stays in the form."""
    if obstacle:
        raise Stale(obstacle)


def _choices(case: Case) -> tuple[list[Stage], list[Blocked]]:
    """What may be chosen now, and what may not yet, with the reason in words."""
    facts, actor = facts_for_move(case), me().actor
    free: list[Stage] = []
    blocked: list[Blocked] = []
    for end in moves_from(case.stage):
        if _has_its_own_page(case.stage, end):
            continue
        if not may(actor, MOVES[case.stage, end].permission, case.held):
            continue
        why = obstacles(case.stage, end, reason="to be given", facts=facts)
        if why:
            blocked.append(Blocked(end, " ".join(why)))
        else:
            free.append(end)
    return free, blocked


def _has_its_own_page(start: Stage, end: Stage) -> bool:
    is_answer = start is Stage.APPROACHED and end in (Stage.AGREED, Stage.DECLINED)
    is_closing = end in ENDED_SUPPORT and MOVES[start, end].permission is Permission.CLOSURE_DECIDE
    return is_answer or is_closing or start in (Stage.RECEIVED, Stage.TRIAGED)


@bp.route("/cases/<uuid:case>/move", methods=["GET", "POST"])
@requires(Permission.CASE_MOVE)
def move(case: Case) -> Response:
    free, blocked = _choices(case)
    form = MoveForm(version=case.version)
    form.start = case.stage
    form.stage.choices = [Item(s.value, s.label, HINTS.get(s, "")) for s in free]
    form.stage.coerce = Stage
    if form.validate_on_submit():
        with problems_at(form):
            _check_version(case, form.version.data)
            actions.move_on(case, form.stage.data, by=me(), reason=form.reason.data)
            flash("Moved.", "saved")
            return _back(case)
    return show_form(
        "casefile/move.html",
        form,
        case=case,
        free=free,
        blocked=blocked,
        needs_reason=any(MOVES[case.stage, s].needs_reason for s in free),
        other_pages=_other_pages(case),
    )


def _other_pages(case: Case) -> list[dict[str, str]]:
    """Moves that are made on a page of their own."""
    pages = {
        "Triage this referral": ("intake.triage", case.stage in (Stage.RECEIVED, Stage.TRIAGED)),
        "Record their answer": ("casefile.answer", case.stage is Stage.APPROACHED),
        "End support": ("closing.closing", (case.stage, Stage.COMPLETED) in MOVES),
    }
    return [
        {"text": text, "url": url_for(endpoint, case=case.id)}
        for text, (endpoint, is_possible) in pages.items()
        if is_possible
    ]


@bp.route("/cases/<uuid:case>/answer", methods=["GET", "POST"])
@requires(Permission.CASE_MOVE)
def answer(case: Case) -> Response:
    form = AnswerForm()
    obstacle = None if case.stage is Stage.APPROACHED else NOT_TO_ANSWER
    if obstacle and not form.is_submitted():
        flash(obstacle, "important")
        return _back(case)
    form.ask_about_understanding(_age(case))
    if form.validate_on_submit():
        with problems_at(form):
            _check_free(obstacle)
            flash(_record_answer(case, form), "saved")
            return _back(case)
    return show_form("casefile/answer.html", form, case=case)


def _age(case: Case) -> str:
    person, today = case.person, clock.today()
    if could_be_aged(person.born_on, person.born_precision, range(13, 16), today):
        return "gillick"
    is_child = could_be_aged(person.born_on, person.born_precision, range(13), today)
    return "under_13" if is_child else ""


def _record_answer(case: Case, form: AnswerForm) -> str:
    if form.answer.data is Answer.AGREED:
        note = form.competence_note.data if "competence_note" in form else ""
        actions.record_agreement(
            case,
            by=me(),
            given_by=form.given_by.data,
            method=form.method.data,
            start_with=form.start_with.data,
            competence_note=note,
        )
        return "Their yes is recorded."
    if form.answer.data is Answer.DECLINED:
        actions.record_decline(
            case,
            by=me(),
            declined_for=form.declined_for.data,
            words=form.words.data,
            left_leaflet=form.left_leaflet.data,
        )
        return "Their no is recorded."
    actions.put_off_answer(case, ask_again_at=form.ask_again_at.data)
    return "It is in your day to ask again."


@bp.route("/cases/<uuid:case>/reopen", methods=["GET", "POST"])
@requires(Permission.CASE_REOPEN)
def reopen(case: Case) -> Response:
    """After "declined" or "unable to contact" only: any other ending begins a new episode."""
    form = ReopenForm()
    may_return = (case.stage, Stage.ATTEMPTING) in MOVES and not case.is_open
    obstacle = None if may_return else NOT_TO_REOPEN
    if obstacle and not form.is_submitted():
        flash(obstacle, "important")
        return _back(case)
    if form.validate_on_submit():
        with problems_at(form):
            _check_free(obstacle)
            actions.move_on(case, Stage.ATTEMPTING, by=me(), reason=form.reason.data)
            flash("The case is open again.", "saved")
            return _back(case)
    return show_form("casefile/reopen.html", form, case=case)


@bp.route("/cases/<uuid:case>/allocate", methods=["GET", "POST"])
@requires(Permission.CASE_ALLOCATE)
def allocate(case: Case) -> Response:
    workers = {str(worker.id): worker for worker in workers_in(case.team_id)}
    form = AllocateForm(version=case.version)
    form.worker.choices = [
        Item(str(one.worker_id), one.name, _about(one)) for one in suggestions(case, me())
    ]
    if form.validate_on_submit():
        with problems_at(form):
            worker = workers[form.worker.data]
            keeping_apart.check(case, worker, by=me(), reason=form.reason.data)
            cases.allocate(
                case, worker, by=me(), reason=form.reason.data, version=form.version.data
            )
            flash(f"{worker.name} holds this case now.", "saved")
            return _back(case)
    return show_form("casefile/allocate.html", form, case=case)


def _about(one: Suggestion) -> str:
    return f"{one.words}. {keeping_apart.CONCERN}" if one.has_concern else one.words


@bp.route("/cases/<uuid:case>/pause", methods=["GET", "POST"])
@requires(Permission.CASE_MOVE)
def pause(case: Case) -> Response:
    form = ReasonForm()
    obstacle = None if case.paused_at is None else PAUSED
    if obstacle and not form.is_submitted():
        flash(obstacle, "important")
        return _back(case)
    if form.validate_on_submit():
        with problems_at(form):
            _check_free(obstacle)
            cases.pause(case, reason=form.reason.data)
            flash("Paused. Reviews wait until you take it up again.", "saved")
            return _back(case)
    return show_form("casefile/pause.html", form, case=case)


@bp.post("/cases/<uuid:case>/resume")
@requires(Permission.CASE_MOVE)
def resume(case: Case) -> Response:
    try:
        actions.resume(case)
        flash("The clock runs again.", "saved")
    except Problem as problem:
        flash(problem.message, "important")
    return _back(case)
