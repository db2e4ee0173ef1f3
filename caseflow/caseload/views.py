"""Pages about many cases: my day, the team's board and the lists behind its numbers."""

import uuid
from itertools import groupby
from typing import Any

from flask import Blueprint, abort, render_template, request

from caseflow.access.declare import requires
from caseflow.access.permissions import Permission, Role
from caseflow.audit import actions as audit
from caseflow.caseload import (
    board,
    cover_views,
    duty_views,
    missed_views,
    profile_views,
    queries,
    rota_views,
)
from caseflow.caseload.rules import A_PAGE, Sort, TeamList, day_asked
from caseflow.cases.header import safe_contact
from caseflow.kernel import clock
from caseflow.kernel.page import day
from caseflow.staff import queries as staff
from caseflow.staff.current import me
from caseflow.staff.models import User

bp = Blueprint("caseload", __name__)


def _worker(user: User, _: dict[str, Any], worker_id: uuid.UUID) -> User | None:
    """Somebody of the reader's own team who may hold cases."""
    if user.team_id is None:
        return None
    found = staff.user(worker_id)
    holds_cases = found is not None and found.role in (Role.YOUTH_WORKER, Role.SUPERVISOR)
    return found if found and holds_cases and found.team_id == user.team_id else None


LOADERS = {
    "worker": _worker,
    **cover_views.COVER_LOADERS,
    **missed_views.MISSED_LOADERS,
    **rota_views.SHIFT_LOADERS,
}
for part in (cover_views, duty_views, missed_views, profile_views, rota_views):
    part.add_routes(bp)


@bp.get("/my-day")
@requires(Permission.MY_DAY)
def my_day() -> str:
    user = me()
    today = queries.day_of(user)
    audit.shown(today.cases)
    week = groupby(today.week, key=_heading)
    return render_template(
        "caseload/my_day.html",
        day=today,
        week=[(heading, list(items)) for heading, items in week],
        safe_contact=safe_contact,
        now=clock.now(),
    )


def _heading(item: Any) -> str:
    """Everything late goes under one heading; the rest under its day."""
    due_on = clock.local(item.due_at).date()
    if due_on < clock.today():
        return "Late"
    near = {0: "Today", 1: "Tomorrow"}.get((due_on - clock.today()).days)
    return f"{near}, {day(due_on)}" if near else day(due_on)


@bp.get("/team")
@requires(Permission.TEAM_BOARD)
def team() -> str:
    user = me()
    _needs_team(user)
    sort = Sort.of(request.args.get("sort", ""))
    return render_template(
        "caseload/team.html",
        board=board.board_of(user, sort),
        sort=sort,
        sorts=list(Sort),
        team=user.team,
        lists=TeamList,
        today=clock.today(),
    )


def _needs_team(user: User) -> None:
    if user.team_id is None:
        abort(404)


@bp.get("/team/list")
@requires(Permission.TEAM_BOARD)
def team_list() -> str:
    user = me()
    _needs_team(user)
    which = TeamList.of(request.args.get("show", ""))
    asked = day_asked(request.args.get("day", ""))
    lines = _lines(user, which, asked)
    pages = max(1, -(-len(lines) // A_PAGE))
    number = min(max(request.args.get("page", 1, type=int), 1), pages)
    shown = lines[(number - 1) * A_PAGE : number * A_PAGE]
    audit.shown(line.case.id for line in shown)
    return render_template(
        "caseload/team_list.html",
        which=which,
        asked=asked,
        lines=shown,
        total=len(lines),
        page=number,
        pages=pages,
    )


def _lines(user: User, which: TeamList, asked: Any) -> list[board.Line]:
    today = clock.today()
    if which is TeamList.OVERDUE:
        lines = board.due_cases(user, first=None, last=today)
        return [line for line in lines if clock.local(line.at).date() < today]
    if which is TeamList.DUE:
        return board.due_cases(user, first=asked or today, last=asked or today)
    if which is TeamList.QUIET:
        return board.quiet_cases(user)
    if which is TeamList.SIGN_OFF:
        return board.to_sign_off(user)
    return board.unallocated_cases(user)


@bp.get("/team/workers/<uuid:worker>")
@requires(Permission.TEAM_BOARD)
def worker_cases(worker: User) -> str:
    held = board.cases_held(me(), worker)
    audit.shown(row.case.id for row in held)
    return render_template("caseload/worker_cases.html", worker=worker, held=held, now=clock.now())
