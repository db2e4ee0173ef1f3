"""Service hours: what holds, what is to come, and a preview in words before anything is saved."""

from datetime import date, timedelta

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from caseflow.access.declare import requires
from caseflow.access.permissions import Permission
from caseflow.kernel import clock
from caseflow.kernel.errors import Problem
from caseflow.kernel.page import day as day_in_words
from caseflow.kernel.screens import problems_at, show_form
from caseflow.rights import hours as actions
from caseflow.rights.hours_forms import HolidayForm, HoursForm, OtherDayForm, RemoveDayForm
from caseflow.staff.current import me
from caseflow.staff.queries import service_calendar
from caseflow.staff.working_time import Calendar, Hours, in_words

A_YEAR = timedelta(days=365)


def add_routes(bp: Blueprint) -> None:
    both = ["GET", "POST"]
    bp.add_url_rule("/rules/hours", "hours", hours)
    bp.add_url_rule("/rules/hours/change", "change_hours", change_hours, methods=both)
    bp.add_url_rule("/rules/hours/day", "set_day", set_day, methods=both)
    bp.add_url_rule("/rules/hours/day/remove", "remove_day", remove_day, methods=["POST"])
    bp.add_url_rule("/rules/hours/holiday", "add_bank_holiday", add_bank_holiday, methods=both)


def _held(calendar: Calendar, today: date) -> list[Hours]:
    """What holds now, then what is to come."""
    later = [row for row in calendar.hours if row.holds_from > today]
    return [calendar.hours_on(today), *later]


def _back() -> Response:
    return redirect(url_for("rights.hours"))


@requires(Permission.SETTINGS_EDIT)
def hours() -> str:
    calendar, today = service_calendar(), clock.today()
    return render_template(
        "rights/hours.html",
        held=_held(calendar, today),
        days=sorted((day, other) for day, other in calendar.days.items() if day >= today),
        holidays=sorted(day for day in calendar.holidays if today <= day <= today + A_YEAR),
        in_words=in_words,
        today=today,
    )


@requires(Permission.SETTINGS_EDIT)
def change_hours() -> Response:
    form, preview = HoursForm.showing(service_calendar().hours_on(clock.today())), ""
    if form.validate_on_submit():
        preview = f"From {day_in_words(form.from_day.data)}: {form.hours.words}"
        if form.save.data:
            with problems_at(form):
                actions.change_hours(form.hours, by=me())
                flash(f"Saved. {preview}.", "saved")
                return _back()
    return show_form("rights/change_hours.html", form, preview=preview)


@requires(Permission.SETTINGS_EDIT)
def set_day() -> Response:
    form = OtherDayForm()
    if form.validate_on_submit():
        with problems_at(form):
            (span,) = form.hours.data
            actions.set_day(form.day.data, span, why=form.why.data, by=me())
            flash(f"Saved. {day_in_words(form.day.data)}: {in_words(span)}.", "saved")
            return _back()
    return show_form("rights/hours_form.html", form, heading="A day that is otherwise")


@requires(Permission.SETTINGS_EDIT)
def remove_day() -> Response:
    form = RemoveDayForm()
    try:
        actions.remove_day(date.fromisoformat(form.day.data or ""), by=me())
        flash("That day is like others again.", "saved")
    except Problem as problem:
        flash(problem.message, "important")
    except ValueError:
        flash("That is no day.", "important")
    return _back()


@requires(Permission.SETTINGS_EDIT)
def add_bank_holiday() -> Response:
    form = HolidayForm()
    if form.validate_on_submit():
        with problems_at(form):
            actions.add_bank_holiday(form.day.data, by=me())
            flash(f"{day_in_words(form.day.data)} is a bank holiday.", "saved")
            return _back()
    return show_form("rights/hours_form.html", form, heading="Another bank holiday")
