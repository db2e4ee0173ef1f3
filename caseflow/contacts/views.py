import uuid
from functools import partial
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from caseflow.access.declare import requires
from caseflow.access.permissions import Permission
from caseflow.cases.lifecycle import Stage
from caseflow.cases.models import Case
from caseflow.cases.safeguarding import may_be_a_child, route_for
from caseflow.contacts import actions, queries
from caseflow.contacts.forms import FIRST_ROW, LogContactForm, WithdrawForm, first_answers
from caseflow.contacts.models import Contact
from caseflow.contacts.rules import Outcome, Purpose, Worry
from caseflow.kernel import clock
from caseflow.kernel.page import moment
from caseflow.kernel.screens import problems_at, show_form
from caseflow.reviews.queries import open_items
from caseflow.reviews.rules import DueKind
from caseflow.staff import queries as staff
from caseflow.staff.current import me
from caseflow.staff.models import User

bp = Blueprint("contacts", __name__)


def _contact(_: User, records: dict[str, Any], contact_id: uuid.UUID) -> Contact | None:
    return queries.contact_in(records["case"], contact_id)


LOADERS = {"contact": _contact}


@bp.route("/cases/<uuid:case>/contacts/new", methods=["GET", "POST"])
@requires(Permission.CONTACT_LOG)
def log(case: Case) -> Response:
    form = _form(case)
    if form.validate_on_submit():
        with problems_at(form):
            before = case.stage
            contact = actions.log_contact(
                case,
                by=me(),
                happened_at=form.happened_at.data,
                outcome=form.outcome.data,
                mode=form.mode_chosen,
                people=form.who.data,
                purposes=_purposes(form, case),
                minutes=form.minutes.data or 0,
                note=form.note.data,
                their_words=form.their_words.data,
                worry=form.worry.data or Worry.NONE,
                next_step=form.step,
                next_step_at=form.next_at,
                second_worker=_colleague(form),
            )
            flash(_saved(contact, before), "saved")
            return redirect(url_for("casefile.show", case=case.id))
    return show_form(
        "contacts/log.html",
        form,
        case=case,
        first_row=len(FIRST_ROW),
        is_unusual=form.outcome.data is not None and form.outcome.data not in FIRST_ROW,
        may_be_texted=queries.may_be_texted(case),
        route=route_for(case, me()) if may_be_a_child(case) else None,
    )


def _form(case: Case) -> LogContactForm:
    form = LogContactForm(
        **first_answers(partial(queries.last_mode, case)),
        purposes=[] if case.is_open else [Purpose.FOLLOW_UP],
        is_open=case.is_open,
    )
    mine = me().id
    colleagues = [worker for worker in staff.workers_in(case.team_id) if worker.id != mine]
    form.second_worker.choices = [(str(worker.id), worker.name) for worker in colleagues]
    form.second_worker.coerce = uuid.UUID
    form.say_when_last(queries.last_logged_by_purpose(case))
    return form


def _purposes(form: LogContactForm, case: Case) -> list[Purpose]:
    """An attempt on a closed case can only be a follow-up, so it is not asked."""
    is_attempt = form.outcome.data is not Outcome.THEY_GOT_IN_TOUCH and not form.was_talk
    return [Purpose.FOLLOW_UP] if is_attempt and not case.is_open else form.purposes.data


def _colleague(form: LogContactForm) -> User | None:
    return staff.user(form.second_worker.data) if form.second_worker.data else None


def _saved(contact: Contact, before: Stage) -> str:
    said = ["Contact saved."]
    if contact.case.stage is not before:
        said.append(f"The case is now at “{contact.case.stage.label}”.")
    if contact.next_step_at is not None:
        said.append(f"Next: {moment(contact.next_step_at)}.")
    return " ".join(said)


@bp.get("/cases/<uuid:case>/safeguarding")
@requires(Permission.CASE_VIEW)
def safeguarding(case: Case) -> str:
    """Where a referral goes, and what is to be chased."""
    due = [item for item in open_items(case) if item.kind is DueKind.SAFEGUARDING_CHASE]
    return render_template(
        "contacts/safeguarding.html",
        case=case,
        route=route_for(case, me()),
        is_child=may_be_a_child(case),
        due=due,
        now=clock.now(),
    )


@bp.get("/cases/<uuid:case>/contacts/<uuid:contact>")
@requires(Permission.CASE_VIEW)
def show(case: Case, contact: Contact) -> str:
    return render_template("contacts/show.html", case=case, contact=contact)


@bp.route("/cases/<uuid:case>/contacts/<uuid:contact>/withdraw", methods=["GET", "POST"])
@requires(Permission.CONTACT_WITHDRAW)
def withdraw(case: Case, contact: Contact) -> Response:
    form = WithdrawForm()
    if form.validate_on_submit():
        with problems_at(form):
            actions.withdraw_contact(contact, by=me(), reason=form.reason.data)
            flash("The entry is withdrawn. It can still be read, struck through.", "saved")
            return redirect(url_for("casefile.show", case=case.id))
    return show_form("contacts/withdraw.html", form, case=case, contact=contact)
