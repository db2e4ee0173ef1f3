"""What a worker of the team is good at, said by their supervisor."""

from flask import Blueprint, flash, redirect, url_for
from werkzeug.wrappers import Response

from caseflow.access.declare import requires
from caseflow.access.permissions import Permission
from caseflow.kernel.forms import CheckboxesField, OnceForm, TextField
from caseflow.kernel.screens import problems_at, show_form
from caseflow.staff import profiles
from caseflow.staff.current import me
from caseflow.staff.models import User
from caseflow.staff.rules import Skill


class ProfileForm(OnceForm):
    skills = CheckboxesField(
        "What are they good at?",
        Skill,
        coerce=Skill,
        noun="what they are good at",
        required=False,
    )
    languages = TextField(
        "Which languages do they speak, besides English?",
        hint="With commas between them, like Somali, Gujarati",
        noun="the languages",
        required=False,
        max_length=200,
    )


def add_routes(bp: Blueprint) -> None:
    bp.add_url_rule(
        "/team/workers/<uuid:worker>/profile", "profile", profile, methods=["GET", "POST"]
    )


@requires(Permission.WORKER_PROFILE)
def profile(worker: User) -> Response:
    now = profiles.profiles_of([worker.id])[worker.id]
    form = ProfileForm(
        data={"skills": sorted(now.known_skills), "languages": ", ".join(now.languages)}
    )
    if form.validate_on_submit():
        with problems_at(form):
            languages = form.languages.data.split(",")
            profiles.set_profile(worker, skills=form.skills.data, languages=languages, by=me())
            flash("Saved. It counts when a worker is suggested for a case.", "saved")
            return redirect(url_for("caseload.worker_cases", worker=worker.id))
    return show_form("caseload/profile.html", form, worker=worker)
