"""The three front doors of children's social care: numbers, hours, and when they were checked."""

from typing import Any

from flask import Blueprint, flash, redirect, url_for
from werkzeug.wrappers import Response
from wtforms.validators import Regexp

from caseflow.access.declare import requires
from caseflow.access.permissions import Permission
from caseflow.kernel.forms import DateField, OnceForm, TextField
from caseflow.kernel.screens import problems_at, show_form
from caseflow.kernel.settings import setting
from caseflow.people.districts import Authority
from caseflow.people.front_doors import SETTING, FrontDoor, front_doors
from caseflow.rights import actions
from caseflow.staff.current import me

A_NUMBER = Regexp(r"\+?[0-9][0-9 ]{2,}$", message="This must be a number, like 0116 496 0000")


def _number(authority: Authority) -> TextField:
    return _ringable(f"{authority.label}: number")


def _hours(authority: Authority) -> TextField:
    return TextField(f"{authority.label}: when it is answered", max_length=80)


def _otherwise(authority: Authority) -> TextField:
    return _ringable(f"{authority.label}: number at other times")


def _ringable(label: str) -> TextField:
    """A number and nothing else: it becomes a link on every case."""
    return TextField(label, [A_NUMBER], max_length=40, width="20", input_type="tel")


def _checked(authority: Authority) -> DateField:
    return DateField(
        f"{authority.label}: last checked", past=True, required=False,
        noun="the day of the last check",
    )  # fmt: skip


class FrontDoorsForm(OnceForm):
    leicester_phone = _number(Authority.LEICESTER)
    leicester_hours = _hours(Authority.LEICESTER)
    leicester_out_of_hours = _otherwise(Authority.LEICESTER)
    leicester_checked = _checked(Authority.LEICESTER)
    leicestershire_phone = _number(Authority.LEICESTERSHIRE)
    leicestershire_hours = _hours(Authority.LEICESTERSHIRE)
    leicestershire_out_of_hours = _otherwise(Authority.LEICESTERSHIRE)
    leicestershire_checked = _checked(Authority.LEICESTERSHIRE)
    rutland_phone = _number(Authority.RUTLAND)
    rutland_hours = _hours(Authority.RUTLAND)
    rutland_out_of_hours = _otherwise(Authority.RUTLAND)
    rutland_checked = _checked(Authority.RUTLAND)

    @classmethod
    def showing(cls) -> "FrontDoorsForm":
        doors = front_doors(setting(SETTING, {}))
        return cls(data={k: v for door in doors.values() for k, v in _as_fields(door).items()})

    def as_setting(self) -> dict[str, Any]:
        return {authority.value: self._door(authority.value) for authority in Authority}

    def _door(self, name: str) -> dict[str, str]:
        checked = self[f"{name}_checked"].data
        words = {part: self[f"{name}_{part}"].data for part in ("phone", "hours", "out_of_hours")}
        return {**words, "checked": checked.isoformat() if checked else ""}


def _as_fields(door: FrontDoor) -> dict[str, Any]:
    parts = ("phone", "hours", "out_of_hours", "checked")
    return {f"{door.authority.value}_{part}": getattr(door, part) for part in parts}


def add_routes(bp: Blueprint) -> None:
    bp.add_url_rule("/rules/front-doors", "doors", doors, methods=["GET", "POST"])


@requires(Permission.SETTINGS_EDIT)
def doors() -> Response:
    form = FrontDoorsForm.showing()
    if form.validate_on_submit():
        with problems_at(form):
            actions.change_front_doors(form.as_setting(), by=me())
            flash("Saved. Every case shows these numbers from now on.", "saved")
            return redirect(url_for("rights.settings"))
    return show_form("rights/rule.html", form, heading="Safeguarding front doors")
