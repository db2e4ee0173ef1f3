"""The team's rota, set by a supervisor."""

import uuid
from datetime import timedelta
from itertools import groupby
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from caseflow.access.declare import requires
from caseflow.access.permissions import Permission
from caseflow.caseload.duty_forms import ShiftForm
from caseflow.kernel import clock
from caseflow.kernel.errors import Problem
from caseflow.kernel.page import plural
from caseflow.kernel.screens import problems_at, show_form
from caseflow.staff import rota as rotas
from caseflow.staff.current import me
from caseflow.staff.models import Shift, User
from caseflow.staff.queries import service_calendar, workers_in

AHEAD = timedelta(weeks=rotas.MOST_WEEKS + 1)


def _shift(user: User, _: dict[str, Any], shift_id: uuid.UUID) -> Shift | None:
    """Of the reader's own team."""
    return rotas.shift_in(user.team_id, shift_id) if user.team_id else None


SHIFT_LOADERS = {"shift": _shift}


def add_routes(bp: Blueprint) -> None:
    bp.add_url_rule("/team/rota", "rota", rota)
    bp.add_url_rule("/team/rota/new", "add_shifts", add_shifts, methods=["GET", "POST"])
    bp.add_url_rule(
        "/team/rota/<uuid:shift>/remove", "remove_shift", remove_shift, methods=["POST"]
    )


@requires(Permission.ROTA_SET)
def rota() -> str:
    user, now = me(), clock.now()
    found = rotas.shifts_in(user.team_id, now, now + AHEAD) if user.team_id else []
    days = groupby(found, key=lambda shift: clock.local(shift.from_at).date())
    return render_template(
        "caseload/rota.html",
        days=[(day, list(shifts)) for day, shifts in days],
        hours=service_calendar().hours_on(clock.today()).words,
    )


@requires(Permission.ROTA_SET)
def add_shifts() -> Response:
    user = me()
    form = ShiftForm()
    known = {str(one.id): one for one in (workers_in(user.team_id) if user.team_id else [])}
    form.user.choices = [(key, one.name) for key, one in known.items()]
    if form.validate_on_submit():
        with problems_at(form):
            made = rotas.set_shifts(
                known[form.user.data],
                first=form.first.data,
                last=form.last.data,
                weekdays=form.weekdays.data,
                starts=form.starts.data,
                ends=form.ends.data,
                by=user,
            )
            flash(f"{plural(len(made), 'shift')} for {made[0].user.name} added.", "saved")
            return redirect(url_for("caseload.rota"))
    return show_form("caseload/add_shifts.html", form)


@requires(Permission.ROTA_SET)
def remove_shift(shift: Shift) -> Response:
    try:
        rotas.remove_shift(shift)
        flash("Taken off the rota.", "saved")
    except Problem as problem:
        flash(problem.message, "important")
    return redirect(url_for("caseload.rota"))
