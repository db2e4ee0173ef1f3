from datetime import date, time
from typing import Any

from caseflow.audit import actions as audit
from caseflow.audit.rules import Event
from caseflow.kernel import clock
from caseflow.kernel.errors import Problem
from caseflow.kernel.settings import change_setting
from caseflow.people.front_doors import SETTING as FRONT_DOORS
from caseflow.staff.models import User


def check_eligibility(value: dict[str, Any]) -> None:
    if value["youngest"] > value["oldest"]:
        raise Problem("The oldest age must not be below the youngest.", "oldest")


def change_eligibility(value: dict[str, Any], *, from_day: date, by: User) -> None:
    """From now on, or from a day to come; what is past stays as it was."""
    check_eligibility(value)
    if from_day < clock.today():
        raise Problem("The first day must be today or later.", "from_day")
    change_setting(
        "eligibility", value, by_id=by.id, holds_from=clock.local_instant(from_day, time())
    )
    audit.record(Event.SETTING_CHANGED, name="eligibility", first=from_day.isoformat())


def change_cadence(value: dict[str, Any], *, by: User) -> None:
    _change("review_cadence", value, by=by)


def change_front_doors(value: dict[str, Any], *, by: User) -> None:
    _change(FRONT_DOORS, value, by=by)


def change_need_to_know(*, glass_minutes: int, cover_days: int, by: User) -> None:
    """What is under way ends when it was to end."""
    _change("glass_minutes", glass_minutes, by=by)
    _change("cover_days", cover_days, by=by)


def _change(name: str, value: Any, *, by: User) -> None:
    change_setting(name, value, by_id=by.id)
    audit.record(Event.SETTING_CHANGED, name=name)
