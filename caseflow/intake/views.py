import uuid
from collections.abc import Iterable
from typing import Any

from flask import flash, redirect, render_template, url_for
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from caseflow.access.declare import requires
from caseflow.access.permissions import Permission, Role
from caseflow.access.predicates import may
from caseflow.audit import actions as audit
from caseflow.cases import keeping_apart
from caseflow.cases import queries as cases
from caseflow.cases.lifecycle import Stage
from caseflow.cases.models import Case
from caseflow.cases.rules import Stream
from caseflow.cases.safeguarding import may_be_a_child, route_for
from caseflow.cases.shown import Shown
from caseflow.incidents import actions as incident_actions
from caseflow.incidents import queries as incidents
from caseflow.incidents.rules import swap_offered
from caseflow.intake import (
    actions,
    known,
    known_views,
    message_views,
    public,
    public_views,
    queries,
    refused,
    sent,
    system_views,
)
from caseflow.intake.blueprint import bp
from caseflow.intake.draft import Draft
from caseflow.intake.forms import (
    MOST_BYTES,
    MOST_FILES,
    OutreachForm,
    ParkedForm,
    QuickAddForm,
    TriageForm,
    UploadForm,
    index_reason,
)
from caseflow.intake.meeting import both_there
from caseflow.intake.models import Message, Referral
from caseflow.intake.rules import SOURCE_AT, STILL_THERE, Source
from caseflow.intake.suggested import suggestions
from caseflow.kernel.errors import Problem
from caseflow.kernel.limits import MOST_UPLOADED, takes
from caseflow.kernel.screens import problems_at, show_form
from caseflow.people.rules import Safe
from caseflow.staff import queries as staff
from caseflow.staff.current import me
from caseflow.staff.models import User


def _message(_: User, records: dict[str, Any], message_id: uuid.UUID) -> Message | None:
    return queries.parked_in(records["case"], message_id)


LOADERS = (
    {"message": _message} | message_views.LOADERS | public_views.LOADERS | system_views.LOADERS
)


# --- the queue ---


@bp.get("/referrals")
@requires(Permission.REFERRAL_ADD)
def referrals() -> str:
    user = me()
    waiting, parked = queries.queue(user), queries.parked(user)
    to_confirm, recent = queries.to_confirm(user), queries.recent(user)
    lines = [*waiting, *to_confirm, *recent]
    audit.shown([*(line.case.id for line in lines), *(m.referral.case_id for m in parked)])
    return render_template(
        "intake/referrals.html",
        waiting=waiting,
        parked=parked,
        to_confirm=to_confirm,
        recent=recent,
        noted=known.noted_for(user, [line.case for line in waiting]),
        by_name=_names_of(line.triage.by_id for line in to_confirm if line.triage),
        from_public=len(public.tray(user)),
        refused=len(refused.refused_for(user)) if may(user.actor, Permission.REFUSED_VIEW) else 0,
    )


def _names_of(ids: Iterable[uuid.UUID | None]) -> dict[uuid.UUID, str]:
    found = [staff.user(user_id) for user_id in set(ids) if user_id is not None]
    return {user.id: user.name for user in found if user is not None}


# --- adding by hand ---


@bp.route("/referrals/quick-add", methods=["GET", "POST"])
@requires(Permission.REFERRAL_ADD)
def quick_add() -> Response:
    form, is_ours = QuickAddForm(), known_views.is_ours(Stream.HOSPITAL)
    if form.validate_on_submit():
        with problems_at(form):
            referral = _quickly_added(form)
            if form.now.data and is_ours and referral.case.stage is Stage.RECEIVED:
                return _seen_now(referral.case)
            return _saved(referral)
    return show_form("intake/quick_add.html", form, is_ours=is_ours, **known_views.panel(form))


def _quickly_added(form: QuickAddForm) -> Referral:
    where = form.where.data
    return actions.add_referral(
        by=me(),
        **_who(form),
        source=SOURCE_AT.get(where, Source.ED_BOARD),
        ward=", ".join(filter(None, (where.label, form.bay.data))),
        is_still_there=STILL_THERE.get(where, Safe.YES),
        phone=form.phone.data,
        reason=form.note.data,
    )


def _who(form: QuickAddForm | OutreachForm) -> dict[str, Any]:
    """The answers that both forms ask for."""
    return {
        "name": form.name.data,
        "is_label": form.is_label.data,
        "age": form.age.data,
        "born": form.born.data,
        "what": index_reason(form.what.data),
        "knows": form.aware.data.knows,
        "agrees": form.aware.data.agrees,
        "urgency": form.urgency.data,
        "postcode": form.postcode.data.upper(),
        "person": known_views.somebody_we_know(),
    }


def _seen_now(case: Case) -> Response:
    if actions.see_now(case, by=me()):
        flash("The case is yours. A supervisor confirms the triage.", "saved")
        return redirect(url_for("casefile.show", case=case.id))
    flash("The case is yours. The rules cannot tell yet: finish the triage.", "saved")
    return redirect(url_for("intake.triage", case=case.id))


def _saved(referral: Referral) -> Response:
    if cases.case_in_sight(me(), referral.case_id) is None:
        flash(f"Referral saved. It is with {referral.case.team.name}.", "saved")
        return redirect(url_for("intake.referrals"))
    said: Any = {
        "text": "Referral saved.",
        "link": url_for("intake.triage", case=referral.case_id),
        "link_text": "Triage it",
    }
    if referral.case.stage is not Stage.RECEIVED:
        link = url_for("casefile.show", case=referral.case_id)
        said = {"text": "Referral added to their open case.", "link": link, "link_text": "Open it"}
    flash(said, "saved")
    return redirect(url_for("intake.referrals"))


@bp.route("/referrals/outreach", methods=["GET", "POST"])
@requires(Permission.REFERRAL_ADD)
def outreach() -> Response:
    form = OutreachForm()
    if form.validate_on_submit():
        with problems_at(form):
            return _saved(_met(form))
    return show_form("intake/outreach.html", form, **known_views.panel(form))


def _met(form: OutreachForm) -> Referral:
    return actions.add_referral(
        by=me(),
        **_who(form),
        source=form.source.data,
        site=form.place.data,
        met_at=form.met_at.data,
        reason=form.how.data,
        phone=form.phone.data,
        safe_to_call=form.safe.data or Safe.NOT_ASKED,
        operation_code=form.operation_code.data,
        referrer_name=form.referrer_name.data,
        referrer_role=form.referrer_role.data,
        referrer_phone=form.referrer_phone.data,
    )


# --- messages ---


@bp.route("/referrals/upload", methods=["GET", "POST"])
@requires(Permission.REFERRAL_ADD)
@takes(body=MOST_UPLOADED)
def upload() -> Response:
    """The answer is the same whomever it is about: nothing of the case, nothing of the person."""
    form = UploadForm()
    received = None
    if form.validate_on_submit():
        if len(form.files.data) > MOST_FILES:
            form.add_problem(Problem(f"Choose {MOST_FILES} files or fewer at a time.", "files"))
        else:
            received = [_received(file) for file in form.files.data]
    return show_form("intake/upload.html", form, received=received)


def _received(file: FileStorage) -> actions.Received:
    """One byte more than is allowed, so that a file that is too long is seen to be."""
    name = (file.filename or "file").replace("\\", "/").rsplit("/", 1)[-1]
    return actions.receive_message(file.stream.read(MOST_BYTES + 1), name=name[:120], by=me())


@bp.route("/cases/<uuid:case>/messages/<uuid:message>", methods=["GET", "POST"])
@requires(Permission.REFERRAL_ADD)
def parked(case: Case, message: Message) -> Response:
    form = ParkedForm()
    if form.validate_on_submit():
        with problems_at(form):
            decide = {
                "same": actions.apply_parked,
                "other": actions.open_parked,
                "aside": actions.set_aside,
            }[form.decision.data]
            decide(message, by=me())
            flash("Decided.", "saved")
            return redirect(url_for("intake.referrals"))
    told, before = queries.draft_of(message), queries.told_before(message)
    return show_form(
        "intake/parked.html",
        form,
        case=case,
        message=message,
        told=told,
        before=before,
        homes=[_home(draft, case) for draft in (told, before)],
    )


def _home(draft: Draft, case: Case) -> str:
    home = draft.addresses[0].one_line if draft.addresses else "Not said"
    return Shown(me(), case).text(Permission.ADDRESS_VIEW, home)


@bp.get("/cases/<uuid:case>/referral")
@requires(Permission.CASE_VIEW)
def referral(case: Case) -> str:
    """All that came with the case, and how it was triaged; a closed case keeps it."""
    latest = cases.latest_triage(case)
    return render_template(
        "intake/referral.html",
        case=case,
        referrals=queries.referrals_of(case),
        shown=Shown(me(), case),
        came=sent.came_for(case),
        incident=incidents.incident_of(case),
        latest=latest,
        by_name=_names_of([latest.by_id, latest.confirmed_by_id] if latest else []),
    )


# --- triage ---


@bp.route("/cases/<uuid:case>/triage", methods=["GET", "POST"])
@requires(Permission.TRIAGE)
def triage(case: Case) -> Response:
    form = _triage_form(case)
    if form.validate_on_submit():
        with problems_at(form):
            decision = actions.decide(
                case,
                by=me(),
                is_eligible=form.decision.data == "eligible",
                code=form.code.data,
                reason=form.reason.data,
                suggestion=form.suggestion.data,
                worker=_worker(form),
            )
            flash(_said(decision.confirmed_at is not None), "saved")
            return redirect(url_for("casefile.show", case=case.id))
    incident = incidents.incident_of(case)
    others = known.people_like_of(me(), case)
    audit.shown(case.id for other in others for case in other.cases)
    return show_form(
        "intake/triage.html",
        form,
        case=case,
        is_done=case.stage not in (Stage.RECEIVED, Stage.TRIAGED),
        referrals=queries.referrals_of(case),
        shown=Shown(me(), case),
        incident=incident,
        offered=swap_offered(incident.latitude, incident.longitude) if incident else None,
        verdict=queries.verdict_on(case),
        others=others,
        latest=cases.latest_triage(case),
        warnings=_warnings(case),
        route=route_for(case, me()) if may_be_a_child(case) else None,
        suggested=suggestions(case, me()) if may(me().actor, CHOOSES, case.held) else [],
    )


# Who is told how much work colleagues hold: whoever gives cases to them.
CHOOSES = Permission.CASE_ALLOCATE


def _warnings(case: Case) -> list[str]:
    """Of somebody to be kept apart, without a name: in one place, or with the one who looks."""
    user = me()
    is_mine = user.id in keeping_apart.concerns(case, [user.id], user)
    found = [both_there(case, user), keeping_apart.OWN_CONCERN if is_mine else ""]
    return [warning for warning in found if warning]


def _triage_form(case: Case) -> TriageForm:
    """A worker may take the case; a supervisor may give it to anybody in the team."""
    user = me()
    default = case.worker_id or (user.id if user.role is Role.YOUTH_WORKER else "")
    form = TriageForm(worker=str(default))
    workers = staff.workers_in(case.team_id)
    warned = keeping_apart.concerns(case, [worker.id for worker in workers], user)
    named = [
        (str(one.id), f"{one.name} (keep-apart concern)" if one.id in warned else one.name)
        for one in workers
    ]
    mine = [(key, f"Me, {name}") for key, name in named if key == str(user.id)]
    others = [pair for pair in named if pair[0] != str(user.id)]
    held = [pair for pair in others if pair[0] == str(case.worker_id)]
    form.worker.choices = [*mine, *(others if user.role is Role.SUPERVISOR else held)]
    form.worker.coerce = uuid.UUID
    return form


def _worker(form: TriageForm) -> User | None:
    return staff.user(form.worker.data) if form.worker.data else None


def _said(is_confirmed: bool) -> str:
    if is_confirmed:
        return "Triaged."
    return "Triaged for now. A supervisor confirms it by the end of the next working day."


@bp.post("/cases/<uuid:case>/triage/confirm")
@requires(Permission.TRIAGE_CONFIRM)
def confirm(case: Case) -> Response:
    actions.confirm(case, by=me())
    flash("Triage confirmed.", "saved")
    return redirect(url_for("intake.referrals"))


@bp.post("/cases/<uuid:case>/incident/swap")
@requires(Permission.TRIAGE)
def swap_coordinates(case: Case) -> Response:
    incident = incidents.incident_of(case)
    if incident is None:
        raise Problem("Nothing is recorded of what happened.")
    incident_actions.swap_coordinates(incident)
    flash("The coordinates are the right way round now.", "saved")
    return redirect(url_for("intake.triage", case=case.id))
