"""Entries about somebody else: setting one aside, deciding about it, undoing a move."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from caseflow.access.declare import requires
from caseflow.access.permissions import Permission
from caseflow.access.predicates import may
from caseflow.audit import actions as audit
from caseflow.cases.models import Case
from caseflow.cases.queries import case_in_sight, with_reference
from caseflow.kernel.errors import Problem
from caseflow.kernel.page import day, moment
from caseflow.kernel.screens import problems_at, show_form
from caseflow.misfiled import actions, queries
from caseflow.misfiled.forms import BACK, MOVE, DecideForm, SetAsideForm, WhyForm
from caseflow.misfiled.models import Misfiled
from caseflow.misfiled.queries import Entry
from caseflow.misfiled.rules import Kind, State, Step
from caseflow.staff.current import me
from caseflow.staff.models import User

bp = Blueprint("misfiled", __name__)

NOT_FOUND = "There is no other case with that reference that you may move it to"
SETS_RISK = (Kind.RISK, Kind.REVIEW)


@dataclass(frozen=True)
class Line:
    """One entry that was set aside. ``entry`` only for who may read its words; ``steps``, with
    why, and ``to`` only for who may decide."""

    misfiled: Misfiled
    entry: Entry | None
    steps: list[tuple[Step, datetime, str, str]]
    to: Case | None


def _entry(_: User, records: dict[str, Any], entry_id: uuid.UUID) -> Entry | None:
    return queries.entry_in(records["case"], entry_id)


def _misfiled(_: User, records: dict[str, Any], misfiled_id: uuid.UUID) -> Misfiled | None:
    return queries.misfiled_in(records["case"], misfiled_id)


def _target(user: User, records: dict[str, Any], case_id: uuid.UUID) -> Case | None:
    """Who may move it away from the one case has to be allowed to move it into the other."""
    case, target = records["case"], case_in_sight(user, case_id)
    if target is None or target.id == case.id:
        return None
    may_one, may_other = (
        may(user.actor, Permission.ENTRY_MOVE, one.held) for one in (case, target)
    )
    return None if may_one and not may_other else target


LOADERS = {"entry": _entry, "misfiled": _misfiled, "target": _target}


@bp.route("/cases/<uuid:case>/entries/<uuid:entry>/set-aside", methods=["GET", "POST"])
@requires(Permission.ENTRY_SET_ASIDE)
def set_aside(case: Case, entry: Entry) -> Response:
    form = SetAsideForm()
    if form.validate_on_submit():
        with problems_at(form):
            actions.set_aside(case, entry, by=me(), why=form.why.data)
            flash("The entry is set aside. A supervisor decides where it belongs.", "saved")
            return redirect(url_for("misfiled.of_case", case=case.id))
    return show_form("misfiled/set_aside.html", form, case=case, entry=entry)


@bp.get("/cases/<uuid:case>/set-aside")
@requires(Permission.CASE_VIEW)
def of_case(case: Case) -> str:
    lines = _lines(case, queries.set_aside_from(case))
    audit.shown(line.to.id for line in lines if line.to)
    return render_template("misfiled/of_case.html", case=case, lines=lines)


@bp.get("/set-aside", endpoint="queue")
@requires(Permission.ENTRY_MOVE)
def waiting() -> str:
    found = queries.queue_for(me())
    audit.shown(misfiled.case_id for misfiled in found)
    return render_template("misfiled/queue.html", waiting=found)


@bp.route("/cases/<uuid:case>/set-aside/<uuid:misfiled>", methods=["GET", "POST"])
@requires(Permission.ENTRY_MOVE)
def decide(case: Case, misfiled: Misfiled) -> Response:
    form = DecideForm()
    if form.validate_on_submit():
        with problems_at(form):
            return redirect(_decided(form, case, misfiled))
    if misfiled.state is not State.ASIDE and not form.is_submitted():
        flash("That was decided already.", "important")
        return redirect(url_for("misfiled.of_case", case=case.id))
    [line] = _lines(case, [misfiled])
    return show_form("misfiled/decide.html", form, case=case, line=line)


def _decided(form: DecideForm, case: Case, misfiled: Misfiled) -> str:
    if form.what.data == MOVE:
        target = _found(form.reference.data, case)
        return url_for("misfiled.move", case=case.id, misfiled=misfiled.id, target=target.id)
    if form.what.data == BACK:
        actions.put_it_back(misfiled, by=me(), why=form.why)
        flash("The entry is back on the record.", "saved")
    else:
        actions.leave(misfiled, by=me(), why=form.why)
        flash("The entry stays set aside.", "saved")
    return url_for("misfiled.of_case", case=case.id)


def _found(reference: str, case: Case) -> Case:
    """Absent, out of sight and not theirs to write in are one answer."""
    found = with_reference(me(), reference)
    target = _target(me(), {"case": case}, found.id) if found else None
    if target is None:
        raise Problem(NOT_FOUND, "reference")
    return target


@bp.route("/cases/<uuid:case>/set-aside/<uuid:misfiled>/to/<uuid:target>", methods=["GET", "POST"])
@requires(Permission.ENTRY_MOVE)
def move(case: Case, misfiled: Misfiled, target: Case) -> Response:
    form = WhyForm()
    if form.validate_on_submit():
        with problems_at(form):
            actions.move(misfiled, target, by=me(), why=form.why.data)
            flash("The entry is moved. It can be undone below.", "saved")
            return redirect(url_for("misfiled.of_case", case=case.id))
    if misfiled.state is not State.ASIDE and not form.is_submitted():
        flash("That was decided already.", "important")
        return redirect(url_for("misfiled.of_case", case=case.id))
    audit.shown([target.id])
    entry = queries.entry_of(misfiled)
    return show_form(
        "misfiled/move.html",
        form,
        case=case,
        misfiled=misfiled,
        target=target,
        entry=entry,
        follows=_what_follows(entry, target),
        is_out=[_out(row.event.label, row.at) for row in queries.left_the_case(misfiled, entry)],
    )


@bp.route("/cases/<uuid:case>/set-aside/<uuid:misfiled>/undo", methods=["GET", "POST"])
@requires(Permission.ENTRY_MOVE)
def undo(case: Case, misfiled: Misfiled) -> Response:
    """Only for who may write in both records, as the move was."""
    [line] = _lines(case, [misfiled])
    form = WhyForm()
    if line.to is not None and form.validate_on_submit():
        with problems_at(form):
            actions.undo_move(misfiled, by=me(), why=form.why.data)
            flash("The move is undone. The entry is set aside here again.", "saved")
            return redirect(url_for("misfiled.of_case", case=case.id))
    if line.to is None:
        flash("There is no move here that you may undo.", "important")
        return redirect(url_for("misfiled.of_case", case=case.id))
    audit.shown([line.to.id])
    return show_form("misfiled/undo.html", form, case=case, line=line)


def _lines(case: Case, found: Any) -> list[Line]:
    """The words for their author, and for who may decide; where it went for who may see that."""
    user = me()
    decides = may(user.actor, Permission.ENTRY_MOVE, case.held)
    names = queries.names_of(_ids(found)) if decides else {}
    lines = []
    for misfiled in found:
        is_theirs = decides or misfiled.author_id == user.id
        is_shown = misfiled.state is State.ASIDE and is_theirs and not case.by_glass
        lines.append(
            Line(
                misfiled,
                queries.entry_of(misfiled) if is_shown else None,
                [_step(said, names) for said in misfiled.steps] if decides else [],
                _where_it_went(user, case, misfiled) if decides else None,
            )
        )
    return lines


def _ids(found: Any) -> set[uuid.UUID]:
    return {uuid.UUID(said["by"]) for misfiled in found for said in misfiled.steps}


def _step(said: dict[str, str], names: dict[uuid.UUID, str]) -> tuple[Step, datetime, str, str]:
    return (
        Step(said["step"]),
        datetime.fromisoformat(said["at"]),
        names.get(uuid.UUID(said["by"]), ""),
        said["why"],
    )


def _where_it_went(user: User, case: Case, misfiled: Misfiled) -> Case | None:
    if misfiled.state is not State.MOVED or misfiled.to_case_id is None:
        return None
    return _target(user, {"case": case}, misfiled.to_case_id)


def _what_follows(entry: Entry, target: Case) -> list[str]:
    """What else moves or is another then, in words."""
    said = [
        f"{item.what or item.kind.label}, due {moment(item.due_at)}: it falls due there, not here"
        for item in queries.due_about(entry)
    ]
    if entry.kind in SETS_RISK:
        said.append("The level of risk on both records follows the newest entry that stands there")
    if entry.at < target.received_at:
        said.append(f"It is from before that case came to us, on {day(target.received_at)}")
    if not target.is_open:
        said.append("That case is closed: nothing falls due on it")
    said.append("Stages stay as they are on both records")
    return said


def _out(what: str, at: datetime) -> str:
    return f"{what}, {moment(at)}"
