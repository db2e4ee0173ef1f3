"""The service's hours, days that are otherwise and proclaimed bank holidays: changed, on record."""

from collections.abc import Callable
from datetime import date
from typing import Any

from caseflow.audit import actions as audit
from caseflow.audit.rules import Event
from caseflow.kernel import clock
from caseflow.kernel.errors import Problem
from caseflow.kernel.settings import change_setting, setting
from caseflow.staff.bank_holidays import bank_holidays
from caseflow.staff.models import User
from caseflow.staff.working_time import (
    CLOSED,
    DEFAULT,
    SETTING,
    Hours,
    Span,
    calendar_from,
    stored_hours,
)

Table = dict[str, Any]


def change_hours(hours: Hours, *, by: User) -> None:
    """What is past stays as it was: what was missed then is judged by the hours of then."""
    if hours.holds_from < clock.today():
        raise Problem("The first day must be today or later.", "from_day")
    if not any(hours.week):
        raise Problem("Say on which days the service is open.", "monday")
    day = hours.holds_from.isoformat()
    _change(
        lambda table: {
            **table,
            "hours": [*(row for row in table["hours"] if row["from"] != day), stored_hours(hours)],
        },
        by=by,
    )


def set_day(day: date, span: Span | None, *, why: str, by: User) -> None:
    if day < clock.today():
        raise Problem("The day must be today or later.", "day")
    row = {"day": day.isoformat(), "open": span.stored if span else CLOSED, "why": why.strip()}
    _change(lambda table: {**table, "days": [*_but(table["days"], day), row]}, by=by)


def remove_day(day: date, *, by: User) -> None:
    if day < clock.today():
        raise Problem("What is past stays on record.")
    if not any(row["day"] == day.isoformat() for row in _table()["days"]):
        raise Problem("Somebody has removed this day already.")
    _change(lambda table: {**table, "days": _but(table["days"], day)}, by=by)


def add_bank_holiday(day: date, *, by: User) -> None:
    known = calendar_from(_table(), bank_holidays()).holidays
    if day in known:
        raise Problem("This day is a bank holiday already.", "day")
    words = day.isoformat()
    _change(lambda table: {**table, "bank_holidays": [*table["bank_holidays"], words]}, by=by)


def _but(rows: list[Table], day: date) -> list[Table]:
    return [row for row in rows if row["day"] != day.isoformat()]


def _table() -> Table:
    return {**DEFAULT, **setting(SETTING, {})}


def _change(changed: Callable[[Table], Table], *, by: User) -> None:
    change_setting(SETTING, changed(_table()), by_id=by.id)
    audit.record(Event.SETTING_CHANGED, name=SETTING)
