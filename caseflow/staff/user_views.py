"""Who has an account: added, changed, let in again, given a new second factor."""

import uuid
from typing import Any

from flask import current_app, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from caseflow.access.declare import requires
from caseflow.access.permissions import Permission
from caseflow.kernel.database import db
from caseflow.kernel.errors import Problem
from caseflow.kernel.screens import problems_at, show_form
from caseflow.staff import accounts, actions, links, queries
from caseflow.staff.blueprint import bp
from caseflow.staff.current import me
from caseflow.staff.forms import NewUserForm, UserForm
from caseflow.staff.models import Link, Team, User


def _user(_: User, __: dict[str, Any], user_id: uuid.UUID) -> User | None:
    return queries.user(user_id)


def _asked(user: User, _: dict[str, Any], link_id: uuid.UUID) -> Link | None:
    return links.asked_for(user, link_id)


LOADERS = {"user": _user, "asked": _asked}


@bp.get("/users")
@requires(Permission.USER_LIST)
def users() -> str:
    return render_template(
        "staff/users.html",
        accounts=accounts.all_accounts(),
        waiting=links.waiting_for_approval(me()),
    )


@bp.route("/users/new", methods=["GET", "POST"])
@requires(Permission.USER_MANAGE)
def add_user() -> Response:
    form = NewUserForm()
    form.team.choices = _team_choices()
    if form.validate_on_submit():
        with problems_at(form):
            user = actions.add_user(
                email=form.email.data,
                name=form.name.data,
                role=form.role.data,
                team=_team(form.team.data),
                deputises=form.deputises.data,
                access_ends_on=form.ends_on.data,
            )
            _say_sent("The account is made.", actions.invite(user, by=me()))
            return redirect(url_for("staff.users"))
    return show_form("staff/user.html", form, user=None)


@bp.route("/users/<uuid:user>", methods=["GET", "POST"])
@requires(Permission.USER_MANAGE)
def change_user(user: User) -> Response:
    form = UserForm(
        name=user.name,
        role=user.role,
        team=str(user.team_id or ""),
        deputises=user.deputises,
        ends_on=user.access_ends_on,
    )
    form.team.choices = _team_choices()
    if form.validate_on_submit():
        with problems_at(form):
            actions.change_user(
                user,
                name=form.name.data,
                role=form.role.data,
                team=_team(form.team.data),
                deputises=form.deputises.data,
                access_ends_on=form.ends_on.data,
            )
            flash("Saved.", "saved")
            return redirect(url_for("staff.users"))
    return show_form("staff/user.html", form, user=user, account=accounts.account_of(user))


@bp.post("/users/<uuid:user>/disable")
@requires(Permission.USER_MANAGE)
def disable_user(user: User) -> Response:
    return _done(lambda: actions.disable_user(user, by=me()), "They can no longer sign in.")


@bp.post("/users/<uuid:user>/enable")
@requires(Permission.USER_MANAGE)
def enable_user(user: User) -> Response:
    return _done(lambda: actions.enable_user(user), "They can sign in again.")


@bp.post("/users/<uuid:user>/invite")
@requires(Permission.USER_MANAGE)
def invite_user(user: User) -> Response:
    return _done(lambda: actions.invite(user, by=me()), "The earlier invitation is void.")


@bp.post("/users/<uuid:user>/new-factors")
@requires(Permission.USER_MANAGE)
def ask_for_new_factors(user: User) -> Response:
    return _done(
        lambda: links.ask_for_new_factors(user, by=me()),
        "Asked for. Another administrator, or their supervisor, has to approve it.",
    )


@bp.get("/approvals")
@requires(Permission.FACTORS_APPROVE)
def approvals() -> str:
    return render_template("staff/approvals.html", waiting=links.waiting_for_approval(me()))


@bp.post("/approvals/<uuid:asked>/approve")
@requires(Permission.FACTORS_APPROVE)
def approve(asked: Link) -> Response:
    return _done(lambda: links.approve(asked, by=me()), "Approved.", "staff.approvals")


def _done(do: Any, words: str, back: str = "staff.users") -> Response:
    try:
        made = do()
        _say_sent(words, made if isinstance(made, str) else "")
    except Problem as problem:
        db.session.rollback()
        flash(problem.message, "important")
    return redirect(url_for(back))


def _say_sent(words: str, link: str) -> None:
    """Only a demo shows a link on the screen: everywhere else it is in the letter alone."""
    if not link:
        flash(words, "saved")
    elif current_app.extensions["is_demo"]():
        flash(f"{words} Demo only, instead of a letter: {link}", "saved")
    else:
        flash(f"{words} A link is on its way to their e-mail address.", "saved")


def _team_choices() -> list[tuple[str, str]]:
    return [(str(team.id), team.name) for team in queries.all_teams()]


def _team(team_id: str | None) -> Team | None:
    return next((t for t in queries.all_teams() if str(t.id) == team_id), None)
