"""The team's cover: who stands in for whom, set and ended by a supervisor."""

import uuid
from datetime import datetime
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from caseflow.access.declare import requires
from caseflow.access.permissions import Permission
from caseflow.caseload.cover_forms import CoverForm
from caseflow.kernel import clock
from caseflow.kernel.errors import Problem
from caseflow.kernel.page import day, time_of_day
from caseflow.kernel.screens import problems_at, show_form
from caseflow.notices.actions import put_in_inbox, tell
from caseflow.staff import cover as covers
from caseflow.staff.current import me
from caseflow.staff.models import Cover, User
from caseflow.staff.queries import workers_in


def _cover(user: User, _: dict[str, Any], cover_id: uuid.UUID) -> Cover | None:
    """One of the reader's own team."""
    if user.team_id is None:
        return None
    return next((one for one in covers.covers_in(user.team_id) if one.id == cover_id), None)


COVER_LOADERS = {"cover": _cover}


def add_routes(bp: Blueprint) -> None:
    bp.add_url_rule("/team/cover", "cover", cover)
    bp.add_url_rule("/team/cover/new", "add_cover", add_cover, methods=["GET", "POST"])
    bp.add_url_rule("/team/cover/<uuid:cover>/end", "end_cover", end_cover, methods=["POST"])


@requires(Permission.COVER_SET)
def cover() -> str:
    team_id = me().team_id
    found = covers.covers_in(team_id) if team_id else []
    return render_template("caseload/cover.html", covers=found, now=clock.now())


@requires(Permission.COVER_SET)
def add_cover() -> Response:
    user = me()
    form = CoverForm()
    known = {str(one.id): one for one in (workers_in(user.team_id) if user.team_id else [])}
    form.user.choices = form.of.choices = [(key, one.name) for key, one in known.items()]
    if form.validate_on_submit():
        with problems_at(form):
            made = covers.set_cover(
                known[form.user.data],
                known[form.of.data],
                from_at=form.from_at.data or clock.now(),
                until_at=form.until.data,
                by=user,
            )
            _tell_both(made)
            flash(f"{made.user.name} covers for {made.of.name}.", "saved")
            return redirect(url_for("caseload.cover"))
    return show_form("caseload/add_cover.html", form, most_days=covers.most_days())


def _tell_both(made: Cover) -> None:
    tell(
        made.user,
        cause=f"cover {made.id}",
        text=f"You cover for {made.of.name} {_span(made.from_at, made.until_at)}. "
        "Their cases are in your day then.",
        subject="You cover for a colleague",
    )
    put_in_inbox(
        made.of,
        cause=f"cover {made.id} {made.of.id}",
        text=f"{made.user.name} covers for you {_span(made.from_at, made.until_at)}.",
    )


def _span(start: datetime, end: datetime) -> str:
    return f"from {day(start)}, {time_of_day(start)} until {day(end)}, {time_of_day(end)}"


@requires(Permission.COVER_SET)
def end_cover(cover: Cover) -> Response:
    try:
        covers.end_cover(cover)
        put_in_inbox(
            cover.user,
            cause=f"cover ended {cover.id}",
            text=f"You no longer cover for {cover.of.name}.",
        )
        flash(f"{cover.user.name} no longer covers for {cover.of.name}.", "saved")
    except Problem as problem:
        flash(problem.message, "important")
    return redirect(url_for("caseload.cover"))
