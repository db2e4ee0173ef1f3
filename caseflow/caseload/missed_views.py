"""The ledger of missed moments: for supervisors the list, for the programme manager counts."""

import uuid
from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from caseflow.access.declare import requires
from caseflow.access.permissions import Permission
from caseflow.audit import actions as audit
from caseflow.caseload import misses
from caseflow.caseload.duty_forms import MissedForm
from caseflow.cases.models import Case
from caseflow.intake import missed as ledger
from caseflow.intake.models import MissedMoment
from caseflow.kernel import clock
from caseflow.kernel.counts import suppressed
from caseflow.kernel.screens import problems_at, show_form
from caseflow.staff import rota
from caseflow.staff.current import me
from caseflow.staff.queries import service_calendar
from caseflow.staff.working_time import Interval


def _missed(_: Any, records: dict[str, Any], missed_id: uuid.UUID) -> MissedMoment | None:
    return ledger.missed_in(records["case"], missed_id)


MISSED_LOADERS = {"missed": _missed}


def add_routes(bp: Blueprint) -> None:
    bp.add_url_rule("/missed", "missed", missed)
    bp.add_url_rule("/missed/figures", "missed_figures", missed_figures)
    bp.add_url_rule(
        "/cases/<uuid:case>/missed/<uuid:missed>",
        "confirm_missed",
        confirm_missed,
        methods=["GET", "POST"],
    )


def _weeks() -> int:
    asked = request.args.get("weeks", misses.PERIODS[0], type=int)
    return asked if asked in misses.PERIODS else misses.PERIODS[0]


def _since(weeks: int) -> datetime:
    return clock.start_of(clock.today() - timedelta(weeks=weeks))


def _staffed(since: datetime, shifts: list[Interval]) -> set[misses.Slot]:
    first = clock.local(since).date()
    return misses.staffed_by(service_calendar(), shifts, first, clock.today())


@requires(Permission.MISSED_VIEW)
def missed() -> str:
    user, weeks = me(), _weeks()
    since = _since(weeks)
    rows = ledger.missed_known_to(user, since)
    worked = rota.shifts_in(user.team_id, since, clock.now()) if user.team_id else []
    shifts = [Interval(shift.from_at, shift.until_at) for shift in worked]
    audit.shown(row.case_id for row in rows)
    return render_template(
        "caseload/missed.html",
        rows=rows,
        chart=misses.by_hour([row.arrived_at for row in rows], _staffed(since, shifts)),
        reasons=misses.reasons(row.why or row.suggested for row in rows),
        weeks=weeks,
        periods=misses.PERIODS,
        by_rota=bool(shifts),
    )


@requires(Permission.MISSED_COUNT)
def missed_figures() -> str:
    """No name, no case, no small number."""
    weeks = _weeks()
    since = _since(weeks)
    found = ledger.missed_everywhere(since)
    return render_template(
        "caseload/missed_figures.html",
        total=suppressed(len(found)),
        chart=misses.by_band([arrived_at for arrived_at, _ in found], _staffed(since, [])),
        reasons=[(why, suppressed(count)) for why, count in misses.reasons(w for _, w in found)],
        weeks=weeks,
        periods=misses.PERIODS,
        by_rota=False,
    )


@requires(Permission.MISSED_CONFIRM)
def confirm_missed(case: Case, missed: MissedMoment) -> Response:
    form = MissedForm(why=missed.why or missed.suggested, in_words=missed.in_words)
    if form.validate_on_submit():
        with problems_at(form):
            ledger.confirm(missed, why=form.why.data, in_words=form.in_words.data, by=me())
            flash("Saved why.", "saved")
            return redirect(url_for("caseload.duty"))
    return show_form("caseload/confirm_missed.html", form, case=case, missed=missed)
