"""The tab about the young person: who they are, how to reach them, consent and flags."""

import uuid
from datetime import date, datetime, time
from typing import Any

from flask import current_app, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from caseflow.access.declare import requires
from caseflow.access.permissions import Permission
from caseflow.casefile import person_page
from caseflow.casefile.blueprint import bp
from caseflow.cases.models import Case
from caseflow.cases.shown import Shown
from caseflow.kernel import clock
from caseflow.kernel.errors import Stale
from caseflow.kernel.forms import Asked, Form
from caseflow.kernel.nhs_number import digits_of
from caseflow.kernel.screens import problems_at, show_form
from caseflow.kernel.settings import setting
from caseflow.people import actions, places, queries
from caseflow.people.forms import (
    AliasForm,
    ConsentForm,
    FlagForm,
    IdentityForm,
    PointForm,
    ReasonForm,
    RelatedForm,
)
from caseflow.people.models import ContactPoint, Flag, Person, RelatedPerson
from caseflow.people.rules import Safe
from caseflow.staff.current import me
from caseflow.staff.models import User

SAME_NAMED = (
    "first_name", "last_name", "known_as", "label", "pronouns", "sex", "gender_identity",
    "ethnicity", "language", "needs_interpreter", "hospital_number", "address", "postcode",
    "staying_at", "school", "gp", "carer_aware", "district", "school_district", "care_status",
    "care_since",
)  # fmt: skip


def _point(_: User, records: dict[str, Any], point_id: uuid.UUID) -> ContactPoint | None:
    return queries.contact_point_of(records["case"].person, point_id)


def _related(_: User, records: dict[str, Any], related_id: uuid.UUID) -> RelatedPerson | None:
    return queries.related_person_of(records["case"].person, related_id)


def _flag(user: User, records: dict[str, Any], flag_id: uuid.UUID) -> Flag | None:
    """One that is not shown whole cannot be removed either."""
    case: Case = records["case"]
    flag = queries.flag_of(case.person, flag_id)
    return flag if flag is not None and Shown(user, case).is_whole(flag) else None


PERSON_LOADERS = {"point": _point, "related": _related, "flag": _flag}


@bp.get("/cases/<uuid:case>/person")
@requires(Permission.CASE_VIEW)
def person(case: Case) -> str:
    can_move = "casefile.move" in current_app.view_functions
    return render_template(
        "casefile/person.html", case=case, can_move=can_move, **person_page.page(case, me())
    )


def _back(case: Case, said: str, part: str = "") -> Response:
    flash(said, "saved")
    return redirect(url_for("casefile.person", case=case.id, _anchor=part or None))


def _gone(case: Case) -> Response:
    """Somebody removed it after this page was opened; the error page holds what was typed."""
    if request.method == "POST":
        raise Stale("Somebody removed that after you opened the page.")
    flash("That was removed already.", "important")
    return redirect(url_for("casefile.person", case=case.id))


# --- Who they are ------------------------------------------------------------------------------


@bp.route("/cases/<uuid:case>/person/edit", methods=["GET", "POST"])
@requires(Permission.PERSON_EDIT)
def edit_person(case: Case) -> Response:
    form = IdentityForm(**_stored(case.person))
    form.leave_out(Shown(me(), case).kept_back)
    form.offer_district(case.person.district, places.name_of(case.person.district))
    if form.validate_on_submit():
        with problems_at(form):
            actions.change_person(case.person, version=form.version.data or 0, **_typed(form))
            return _back(case, "Saved.")
    differs = _differences(form, case.person) if form.is_stale else []
    if form.is_stale:
        form.version.data = case.person.version
    return show_form("casefile/person_edit.html", form, case=case, differs=differs)


def _stored(person: Person) -> dict[str, Any]:
    return {name: getattr(person, name) for name in SAME_NAMED} | {
        "version": person.version,
        "nhs_number": person.nhs_number,
        "born": person_page.partial_date(person),
        "born_estimated": person.born_precision.value == "estimated",
    }


def _typed(form: IdentityForm) -> dict[str, Any]:
    """Only what the form asked: a field that was left out is not set, whatever was sent."""
    born = form.born.data
    nhs_number = form.nhs_number.data
    typed = {name: form[name].data for name in SAME_NAMED if name in form}
    typed |= {name: typed[name] or "" for name in ("district", "school_district") if name in typed}
    if "postcode" in typed:
        typed["postcode"] = typed["postcode"].upper()
    return typed | {
        "nhs_number": digits_of(nhs_number) or nhs_number,
        "born_on": born.earliest if born else None,
        "born_precision": form.precision,
    }


def _differences(form: IdentityForm, person: Person) -> list[tuple[str, str]]:
    """What is stored now where it is not what was typed: (label, stored)."""
    stored = _stored(person)
    return [
        (field.title, _in_words(stored[field.short_name]))
        for field in form
        if isinstance(field, Asked) and field.data != stored[field.short_name]
    ]


def _in_words(value: Any) -> str:
    if isinstance(value, bool):
        return "Yes" if value else "No"
    return str(getattr(value, "label", value) or "")


@bp.route("/cases/<uuid:case>/person/aliases/new", methods=["GET", "POST"])
@requires(Permission.PERSON_EDIT)
def add_alias(case: Case) -> Response:
    form = AliasForm()
    if form.validate_on_submit():
        with problems_at(form):
            added = actions.add_alias(case.person, form.name.data)
            return _back(case, "Saved." if added else "That name is there already.")
    return _one(form, case, "Add another name", "Save name")


# --- How to reach them -------------------------------------------------------------------------


@bp.route("/cases/<uuid:case>/person/ways/new", methods=["GET", "POST"])
@requires(Permission.PERSON_EDIT)
def add_point(case: Case) -> Response:
    return _save_point(case, None, PointForm(), "Add a way to reach them")


@bp.route("/cases/<uuid:case>/person/ways/<uuid:point>", methods=["GET", "POST"])
@requires(Permission.PERSON_EDIT)
def edit_point(case: Case, point: ContactPoint) -> Response:
    return _save_point(case, point, PointForm(obj=point), "Change a way to reach them")


def _save_point(case: Case, point: ContactPoint | None, form: PointForm, title: str) -> Response:
    if point is not None and point.removed_at is not None:
        return _gone(case)
    if form.validate_on_submit():
        with problems_at(form):
            actions.save_contact_point(
                case.person,
                point=point,
                kind=form.kind.data,
                value=form.value.data,
                safe_to_call=form.safe_to_call.data or Safe.NOT_ASKED,
                safe_to_text=form.safe_to_text.data or Safe.NOT_ASKED,
                safe_voicemail=form.safe_voicemail.data or Safe.NOT_ASKED,
                who_else=form.who_else.data,
                best_time=form.best_time.data,
            )
            return _back(case, "Saved.", "ways")
    return _one(form, case, title, "Save")


@bp.post("/cases/<uuid:case>/person/ways/<uuid:point>/remove")
@requires(Permission.PERSON_EDIT)
def remove_point(case: Case, point: ContactPoint) -> Response:
    if point.removed_at is None:
        actions.remove_contact_point(point)
    return _back(case, "Removed.", "ways")


@bp.route("/cases/<uuid:case>/person/people/new", methods=["GET", "POST"])
@requires(Permission.PERSON_EDIT)
def add_related(case: Case) -> Response:
    return _save_related(case, None, RelatedForm(), "Add somebody around them")


@bp.route("/cases/<uuid:case>/person/people/<uuid:related>", methods=["GET", "POST"])
@requires(Permission.PERSON_EDIT)
def edit_related(case: Case, related: RelatedPerson) -> Response:
    return _save_related(case, related, RelatedForm(obj=related), "Change somebody around them")


def _save_related(
    case: Case, related: RelatedPerson | None, form: RelatedForm, title: str
) -> Response:
    if related is not None and related.removed_at is not None:
        return _gone(case)
    if form.validate_on_submit():
        with problems_at(form):
            actions.save_related_person(
                case.person,
                related=related,
                name=form.name.data,
                relation=form.relation.data,
                phone=form.phone.data,
                may_contact=form.may_contact.data or Safe.NOT_ASKED,
                reason=form.reason.data,
                has_responsibility=form.has_responsibility.data or Safe.NOT_ASKED,
            )
            return _back(case, "Saved.", "related")
    return _one(form, case, title, "Save")


@bp.post("/cases/<uuid:case>/person/people/<uuid:related>/remove")
@requires(Permission.PERSON_EDIT)
def remove_related(case: Case, related: RelatedPerson) -> Response:
    if related.removed_at is None:
        actions.remove_related_person(related)
    return _back(case, "Removed.", "related")


# --- Consent -----------------------------------------------------------------------------------


@bp.route("/cases/<uuid:case>/person/consent", methods=["GET", "POST"])
@requires(Permission.PERSON_EDIT)
def record_consent(case: Case) -> Response:
    form = ConsentForm(
        decided_on=clock.today(), notice_version=str(setting("privacy_notice_version", ""))
    )
    if form.validate_on_submit():
        with problems_at(form):
            actions.record_consent(
                case.person,
                by=me(),
                purpose=form.purpose.data,
                agency=form.agency.data,
                until=form.until.data,
                decision=form.decision.data,
                given_by=form.given_by.data,
                competence_note=form.competence_note.data,
                method=form.method.data,
                decided_at=_instant(form.decided_on.data),
                notice_version=form.notice_version.data,
            )
            return _back(case, "Consent recorded.", "consent")
    return show_form("casefile/consent.html", form, case=case)


def _instant(decided_on: date) -> datetime:
    """Today is now, so that of two answers on one day the later one holds."""
    return clock.now() if decided_on == clock.today() else clock.local_instant(decided_on, time(12))


# --- Flags -------------------------------------------------------------------------------------


@bp.route("/cases/<uuid:case>/person/flags/new", methods=["GET", "POST"])
@requires(Permission.FLAG_SET)
def set_flag(case: Case) -> Response:
    form = FlagForm()
    if not Shown(me(), case).may(Permission.POLICE_PROVIDED_VIEW):
        form.without_police()
    if form.validate_on_submit():
        with problems_at(form):
            actions.set_flag(
                case.person,
                by=me(),
                kind=form.kind.data,
                level=form.level.data,
                source=form.source.data,
                detail=form.detail.data,
                expires_on=form.expires_on.data,
            )
            return _back(case, "The flag is set.", "flags")
    return _one(form, case, "Set a flag", "Set flag")


@bp.route("/cases/<uuid:case>/person/flags/<uuid:flag>/remove", methods=["GET", "POST"])
@requires(Permission.FLAG_SET)
def remove_flag(case: Case, flag: Flag) -> Response:
    if flag.removed_at is not None:
        return _gone(case)
    form = ReasonForm()
    if form.validate_on_submit():
        with problems_at(form):
            actions.remove_flag(case.person, flag, reason=form.reason.data)
            return _back(case, "The flag is removed.", "flags")
    return _one(form, case, f"Remove the flag “{flag.kind.label}”", "Remove flag")


def _one(form: Form, case: Case, title: str, submit: str) -> Response:
    """Every short form of this tab is one page of the same shape."""
    return show_form("casefile/person_form.html", form, case=case, heading=title, submit=submit)
