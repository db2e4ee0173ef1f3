"""While somebody is added: the people we know who are like them. Asked for by a button, and by the
page itself while somebody types, which keeps no session alive and counts as no search."""

from typing import Any

from flask import Response, make_response, render_template, request

from caseflow.access.declare import passive, requires
from caseflow.access.permissions import Permission
from caseflow.audit import actions as audit
from caseflow.audit.rules import Event
from caseflow.cases.rules import Stream
from caseflow.intake import known
from caseflow.intake.actions import born_asked
from caseflow.intake.blueprint import bp
from caseflow.intake.forms import KnownForm, OutreachForm, QuickAddForm, WhoForm
from caseflow.kernel.errors import Problem
from caseflow.kernel.screens import show_form
from caseflow.people.known import identity
from caseflow.people.matching import Identity
from caseflow.people.models import Person
from caseflow.staff import queries as staff
from caseflow.staff.current import me

NOT_FOUND = "The record you chose cannot be found now. Look again whether we know them."


@bp.post("/referrals/known")
@passive
@requires(Permission.REFERRAL_ADD)
def known_while_typing() -> Response:
    found = _found(KnownForm(), unfinished=True)
    return make_response(render_template("intake/_known.html", known=found, them=_chosen()))


@bp.post("/referrals/quick-add/known")
@requires(Permission.KNOWN_SEARCH)
def known_quick_add() -> Response:
    return _looked("intake/quick_add.html", QuickAddForm(), is_ours=is_ours(Stream.HOSPITAL))


@bp.post("/referrals/outreach/known")
@requires(Permission.KNOWN_SEARCH)
def known_outreach() -> Response:
    return _looked("intake/outreach.html", OutreachForm())


def is_ours(stream: Stream) -> bool:
    """What arrives in this stream is my own team's."""
    team = staff.team_for(stream)
    return team is not None and team.id == me().team_id


def _looked(template: str, form: WhoForm, **context: Any) -> Response:
    found = _found(form)
    audit.record(Event.SEARCHED, results=len(found), ways=["known"], page=1)
    return show_form(template, form, known=found, them=_chosen(), **context)


def panel(form: WhoForm) -> dict[str, Any]:
    """What the page shows again after a mistake; nothing until somebody has looked."""
    looked = form.is_submitted() and ("looked" in request.form or _chosen())
    return {"known": _found(form) if looked else None, "them": _chosen()}


def somebody_we_know() -> Person | None:
    """Whom the form says it is. Raises Problem for one who is absent, or out of sight."""
    if not _chosen():
        return None
    person = known.person_in_sight(me(), _chosen())
    if person is None:
        raise Problem(NOT_FOUND)
    return person


def _chosen() -> str:
    """The case by which somebody we know was shown; "" for somebody else."""
    return request.form.get("them", "")[:36]


def _found(form: WhoForm, *, unfinished: bool = False) -> list[known.Known]:
    found = known.people_like(me(), _identity(form), unfinished=unfinished)
    audit.shown(case.id for one in found for case in one.cases)
    return found


def _identity(form: WhoForm) -> Identity:
    """Of what is typed so far, whatever is still wrong with it."""
    name = "" if form.is_label.data else form.name.data or ""
    phone, postcode = form.phone.data or "", form.postcode.data or ""
    age = form.age.data if form.age.validate(form) else None
    return identity(
        first_name=name,
        phones=[phone] if phone.strip() else [],
        postcode=postcode,
        **born_asked(form.born.data, age),
    )
