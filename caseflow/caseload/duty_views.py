"""The duty board: looked at, refreshed by its own page, and the taps on it."""

import hashlib
import uuid
from collections.abc import Sequence
from typing import Any

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from caseflow.access.declare import passive, requires
from caseflow.access.permissions import Permission
from caseflow.access.predicates import may
from caseflow.audit import actions as audit
from caseflow.caseload import duty as duties
from caseflow.caseload import handing
from caseflow.caseload.duty_forms import HandOverForm
from caseflow.cases.knowers import strangers_to
from caseflow.cases.models import Case
from caseflow.intake import missed
from caseflow.kernel import clock
from caseflow.kernel.errors import Problem
from caseflow.kernel.page import time_of_day
from caseflow.kernel.screens import problems_at, show_form
from caseflow.staff import rota
from caseflow.staff.current import me
from caseflow.staff.models import User
from caseflow.staff.queries import workers_in

EVERY = 60  # seconds


def add_routes(bp: Blueprint) -> None:
    bp.add_url_rule("/duty", "duty", duty)
    bp.add_url_rule("/duty/list", "duty_list", duty_list)
    bp.add_url_rule("/cases/<uuid:case>/duty/take", "take", take, methods=["POST"])
    bp.add_url_rule("/cases/<uuid:case>/duty/see", "see_now", see_now, methods=["POST"])
    bp.add_url_rule("/cases/<uuid:case>/duty/left", "they_left", they_left, methods=["POST"])
    bp.add_url_rule("/cases/<uuid:case>/hand-over", "hand_over", hand_over, methods=["GET", "POST"])


@requires(Permission.DUTY_VIEW)
def duty() -> str:
    board = duties.board_for(me(), clock.now())
    audit.shown(line.case.id for line in board.lines)
    return render_template("caseload/duty.html", **_on_board(board), every=EVERY)


@passive
@requires(Permission.DUTY_VIEW)
def duty_list() -> Response:
    """What the page asks again and again. When it has that already, nothing is shown."""
    board = duties.board_for(me(), clock.now())
    response = make_response(render_template("caseload/_duty.html", **_on_board(board)))
    response.set_etag(hashlib.sha256(response.get_data()).hexdigest()[:32])
    response.headers["X-Updated-At"] = time_of_day(clock.now())
    response.make_conditional(request)
    if response.status_code == 200:
        audit.shown(line.case.id for line in board.lines)
    return response


def _on_board(board: duties.Board) -> dict[str, Any]:
    return {
        "board": board,
        "now": clock.now(),
        "me_id": me().id,
        "colleagues": _colleagues([line.case for line in board.lines]),
    }


def _colleagues(cases: Sequence[Case]) -> dict[uuid.UUID, list[tuple[str, str]]]:
    """Case → who may be given it, whoever is on shift now first."""
    teams = {case.team_id for case in cases}
    workers = {team_id: workers_in(team_id) for team_id in teams}
    working = {user.id for team_id in teams for user in rota.on_shift(team_id, clock.now())}
    strangers = strangers_to(case.person_id for case in cases)
    return {
        case.id: [
            (str(worker.id), f"{worker.name} (on shift)" if worker.id in working else worker.name)
            for worker in sorted(workers[case.team_id], key=lambda one: one.id not in working)
            if worker.id != case.worker_id and (case.person_id, worker.id) not in strangers
        ]
        for case in cases
    }


def _shown_holder(words: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(words) if words else None
    except ValueError:
        return None


def _holder() -> uuid.UUID | None:
    return _shown_holder(request.form.get("holder", ""))


def _back() -> Response:
    return redirect(url_for("caseload.duty"))


@requires(Permission.TRIAGE)
def take(case: Case) -> Response:
    try:
        handing.take(case, shown=_holder(), by=me())
        flash("The case is yours now.", "saved")
    except Problem as problem:
        flash(problem.message, "important")
    return _back()


@requires(Permission.TRIAGE)
def see_now(case: Case) -> Response:
    try:
        is_triaged = handing.see_now(case, shown=_holder(), by=me())
    except Problem as problem:
        flash(problem.message, "important")
        return _back()
    if is_triaged:
        flash("The case is yours. A supervisor confirms the triage.", "saved")
        return redirect(url_for("casefile.show", case=case.id))
    flash("The case is yours. The rules cannot tell yet: finish the triage.", "saved")
    return redirect(url_for("intake.triage", case=case.id))


@requires(Permission.TRIAGE)
def they_left(case: Case) -> Response:
    try:
        row = missed.they_left(case)
    except Problem as problem:
        flash(problem.message, "important")
        return _back()
    if row is not None and may(me().actor, Permission.MISSED_CONFIRM, case.held):
        flash("Noted that they left before anybody met them. Say why.", "saved")
        return redirect(url_for("caseload.confirm_missed", case=case.id, missed=row.id))
    flash("Noted that they have left.", "saved")
    return _back()


@requires(Permission.CASE_HAND_OVER)
def hand_over(case: Case) -> Response:
    form = HandOverForm(holder=str(case.worker_id or ""))
    known: dict[str, User] = {str(user.id): user for user in workers_in(case.team_id)}
    form.worker.choices = _colleagues([case])[case.id]
    if form.validate_on_submit():
        with problems_at(form):
            to = known[form.worker.data]
            handing.hand_over(
                case, to, words=form.words.data, shown=_shown_holder(form.holder.data), by=me()
            )
            flash(f"{to.name} has the case now.", "saved")
            return _back()
    return show_form("caseload/hand_over.html", form, case=case)
