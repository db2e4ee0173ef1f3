"""Who the service is for: what holds, what is to come, and a look at what would change."""

from flask import Blueprint, flash, redirect, url_for
from werkzeug.wrappers import Response

from caseflow.access.declare import requires
from caseflow.access.permissions import Permission
from caseflow.intake.eligibility import DEFAULT, in_words
from caseflow.intake.foresight import foreseen
from caseflow.kernel import clock
from caseflow.kernel.page import day as day_in_words
from caseflow.kernel.screens import problems_at, show_form
from caseflow.kernel.settings import history, setting
from caseflow.rights import actions
from caseflow.rights.forms import EligibilityForm
from caseflow.staff.current import me


def add_routes(bp: Blueprint) -> None:
    bp.add_url_rule("/rules/eligibility", "eligibility", eligibility, methods=["GET", "POST"])


@requires(Permission.SETTINGS_EDIT)
def eligibility() -> Response:
    form, preview = EligibilityForm.showing(setting("eligibility", {})), None
    if form.validate_on_submit():
        with problems_at(form):
            actions.check_eligibility(form.as_setting())
            preview = foreseen(form.as_setting(), to=me())
            if form.save.data:
                actions.change_eligibility(form.as_setting(), from_day=form.from_day.data, by=me())
                first = day_in_words(form.from_day.data)
                flash(f"Saved. The rules hold from {first}. Decisions made stay.", "saved")
                return redirect(url_for("rights.settings"))
    now, later = _held()
    return show_form(
        "rights/eligibility.html",
        form,
        preview=None if preview is None else sorted(preview.items()),
        words=in_words(form.as_setting()) if preview is not None else "",
        now=now,
        later=later,
    )


def _held() -> tuple[str, list[tuple[str, str]]]:
    """What holds now, and what is to come from which day, in words."""
    now = clock.now()
    later = [
        (day_in_words(clock.local(since).date()), in_words(value))
        for since, value in history("eligibility")
        if since > now
    ]
    return in_words(setting("eligibility", DEFAULT)), later
