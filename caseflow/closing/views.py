import uuid
from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, make_response, redirect, render_template, url_for
from werkzeug.wrappers import Response

from caseflow.access.declare import requires
from caseflow.access.permissions import Permission
from caseflow.cases.models import Case
from caseflow.cases.rules import Risk
from caseflow.closing import actions, document, queries, rules
from caseflow.closing.forms import AskForm, DecideForm, MakeSummaryForm
from caseflow.closing.models import Closure, Summary
from caseflow.closing.rules import ClosureState, Ending
from caseflow.kernel.page import day
from caseflow.kernel.screens import problems_at, show_form
from caseflow.people.rules import Safe
from caseflow.reviews import queries as reviews
from caseflow.reviews.rules import FOLLOW_UPS
from caseflow.staff.current import me
from caseflow.staff.models import User

bp = Blueprint("closing", __name__)

FOLLOW_UP_WORDS = {
    Safe.YES: "Yes, after 3, 6 and 12 months",
    Safe.NO: "No, they asked us not to",
    Safe.NOT_ASKED: "Not asked",
}
LEAVING = ("is_planned", "goals_reviewed", "no_exit", "risk_at_exit", "may_follow_up")
SAID = (*rules.FEEDBACK, "their_words", "follow_up_how")
HANDOVER = ("handover_to", "handover_person", "handover_accepted_on", "handover_attended")


def _in_case(find: Callable[[Case, uuid.UUID], Any]) -> Callable[..., Any]:
    def load(_: User, records: dict[str, Any], record_id: uuid.UUID) -> Any:
        return find(records["case"], record_id)

    return load


LOADERS: dict[str, Any] = {
    "closure": _in_case(queries.request_in),
    "summary": _in_case(queries.summary_in),
}


@bp.get("/cases/<uuid:case>/closing")
@requires(Permission.CASE_VIEW)
def closing(case: Case) -> str:
    requests = list(queries.requests_of(case))
    latest = requests[0] if requests else None
    can_close = case.stage in rules.MAY_BE_CLOSED
    return render_template(
        "closing/closing.html",
        case=case,
        latest=latest,
        rows=request_rows(latest) if latest else [],
        earlier=requests[1:],
        is_waiting=latest is not None and latest.state is ClosureState.ASKED,
        is_returned=latest is not None and latest.state is ClosureState.RETURNED,
        is_mine=latest is not None and latest.asked_by_id == me().id,
        can_close=can_close,
        checks=queries.readiness(case) if can_close else [],
        follow_ups=[item for item in reviews.open_items(case) if item.kind in FOLLOW_UPS],
        summaries=queries.summaries_of(case),
        make=MakeSummaryForm(),
    )


@bp.route("/cases/<uuid:case>/closing/ask", methods=["GET", "POST"])
@requires(Permission.CLOSURE_ASK)
def ask(case: Case) -> Response:
    form = _ask_form(case)
    if not form.is_submitted() and (obstacle := _nothing_to_ask(case)):
        flash(obstacle, "important")
        return redirect(url_for("closing.closing", case=case.id))
    if form.validate_on_submit():
        with problems_at(form):
            actions.ask_to_close(case, by=me(), **_answers(form))
            flash("Asked. A supervisor decides; until then support goes on.", "saved")
            return redirect(url_for("closing.closing", case=case.id))
    return show_form(
        "closing/ask.html",
        form,
        case=case,
        exit_done=queries.exit_assessment(case),
        checks=queries.readiness(case),
        returned=_returned(case),
    )


def _nothing_to_ask(case: Case) -> str | None:
    if queries.waiting_request(case) is not None:
        return "A request to close this case is waiting for sign-off already."
    if case.stage not in rules.MAY_BE_CLOSED:
        return "There is no support to end yet. Record that they agreed first."
    return None


def _ask_form(case: Case) -> AskForm:
    """Begins with what was said in a request that came back."""
    form = AskForm(**_first_answers(case))
    if queries.exit_assessment(case) is not None:
        del form.no_exit
    return form


def _first_answers(case: Case) -> dict[str, Any]:
    before = _returned(case)
    if before is None:
        return {} if case.risk is Risk.NOT_ASSESSED else {"risk_at_exit": case.risk}
    names = ("ending", "reason", "learning", *LEAVING, *SAID, *HANDOVER)
    answers = {name: getattr(before, name) for name in names}
    return answers | {"handover": bool(before.handover_to)}


def _returned(case: Case) -> Closure | None:
    latest = next(iter(queries.requests_of(case)), None)
    return latest if latest is not None and latest.state is ClosureState.RETURNED else None


def _answers(form: AskForm) -> dict[str, Any]:
    """What was asked and answered. After a death the rest of the page was not asked."""
    told = {name: form[name].data for name in ("ending", "reason", "learning")}
    if form.ending.data is Ending.DECEASED:
        return told | {"is_planned": False}
    names = [name for name in (*LEAVING, *SAID) if name in form]
    told |= {name: form[name].data for name in names}
    return told | ({name: form[name].data for name in HANDOVER} if form.handover.data else {})


@bp.route("/cases/<uuid:case>/closing/<uuid:closure>/decide", methods=["GET", "POST"])
@requires(Permission.CLOSURE_DECIDE)
def decide(case: Case, closure: Closure) -> Response:
    form = DecideForm()
    if not form.is_submitted() and closure.state is not ClosureState.ASKED:
        flash(actions.already_decided(closure), "important")
        return redirect(url_for("closing.closing", case=case.id))
    if form.validate_on_submit():
        with problems_at(form):
            flash(_decided(closure, form), "saved")
            return redirect(url_for("closing.closing", case=case.id))
    return show_form(
        "closing/decide.html",
        form,
        case=case,
        closure=closure,
        rows=request_rows(closure),
        checks=queries.readiness(case) if case.is_open else [],
        is_mine=closure.asked_by_id == me().id,
        is_waiting=closure.state is ClosureState.ASKED,
    )


def _decided(closure: Closure, form: DecideForm) -> str:
    if form.decision.data == "return":
        actions.return_closure(closure, by=me(), note=form.note.data)
        return "Sent back. Whoever asked is told, and support goes on."
    actions.approve_closure(closure, by=me())
    booked = rules.books_follow_ups(closure.ending, closure.may_follow_up)
    ends = "Follow-ups are booked." if booked else "No follow-ups are booked."
    return f"The case is closed. {ends}"


def request_rows(closure: Closure) -> list[dict[str, Any]]:
    """What was asked for, line by line; nothing for what was not."""
    died = closure.ending is Ending.DECEASED
    rows = [
        ("Why support ends", closure.ending.label),
        ("What happened", closure.reason),
        ("Planned", None if died else _yes(closure.is_planned)),
        ("Goals looked at together", None if died else _yes(closure.goals_reviewed)),
        ("Exit assessment", None if died else _exit(closure)),
        ("Risk as support ends", None if died else closure.risk_at_exit.label),
        ("Who takes over", None if died else _handover(closure)),
        ("May we get in touch", None if died else _follow_up(closure)),
        ("They said", _feedback(closure)),
        ("In their own words", closure.their_words or None),
        ("What we learned", closure.learning or None),
    ]
    return [{"key": key, "value": value} for key, value in rows if value is not None]


def _yes(answer: bool) -> str:
    return "Yes" if answer else "No"


def _exit(closure: Closure) -> str:
    return f"None: {closure.no_exit.label.lower()}" if closure.no_exit else "Done"


def _follow_up(closure: Closure) -> str:
    how = f": {closure.follow_up_how}" if closure.follow_up_how else ""
    return FOLLOW_UP_WORDS[closure.may_follow_up] + how


def _handover(closure: Closure) -> str:
    if not closure.handover_to:
        return "Nobody"
    who = f", {closure.handover_person}" if closure.handover_person else ""
    accepted = closure.handover_accepted_on
    words = f"accepted {day(accepted)}" if accepted else "not accepted yet"
    return f"{closure.handover_to}{who} ({words})"


def _feedback(closure: Closure) -> str | None:
    given = {name: getattr(closure, name) for name in rules.FEEDBACK}
    lines = [f"{rules.FEEDBACK[name]}: {n} of 5" for name, n in given.items() if n is not None]
    return "\n".join(lines) or None


@bp.post("/cases/<uuid:case>/summary")
@requires(Permission.SUMMARY_MAKE)
def make(case: Case) -> Response:
    if MakeSummaryForm().validate_on_submit():
        made = actions.make_summary(case, by=me())
        said: Any = {
            "text": f"Summary {made.number} is ready. Read it before you hand it over.",
            "link": url_for("closing.download", case=case.id, summary=made.id),
            "link_text": "Download it",
        }
        flash(said, "saved")
    return redirect(url_for("closing.closing", case=case.id) + "#summaries")


@bp.get("/cases/<uuid:case>/summary/<uuid:summary>")
@requires(Permission.SUMMARY_MAKE)
def download(case: Case, summary: Summary) -> Response:
    response = make_response(summary.pdf)
    name = document.file_name(case.reference, summary.number)
    response.headers["Content-Type"] = "application/pdf"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
