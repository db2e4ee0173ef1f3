"""When something falls due, and why, in words. Pure. Sources: domain.md §1.4, design.md §8.

Days are the service's own calendar days. What is due on a day is due at 09:00 there; no instant
lies between 00:59 and 02:00, which the clock change skips or repeats. A date that falls on a
weekend or a bank holiday is kept, because the hospital team works every day, and the reason says
so; only promises counted in working days step over them.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from caseflow.cases.rules import Arm, Risk, Stream
from caseflow.kernel import clock
from caseflow.reviews.rules import STEP_DAYS, DueKind, Step
from caseflow.staff.working_time import working_days_after

MORNING = time(9, 0)
UNSURE_FROM, UNSURE_UNTIL = time(0, 59), time(2, 0)
MILESTONE_GRACE = timedelta(days=7)
_INTERVAL = re.compile(r"[1-9]\d{0,2} (hour|day|week)s?")
OVERDUE_HOURS = {Risk.HIGH: 4, Risk.IMMEDIATE: 0}

# Each interval is "N days", "N weeks" or "N hours". A stream's own row overrides "every stream".
DEFAULT: dict[str, Any] = {
    "review": {
        "every stream": {
            "not_assessed": "28 days",
            "low": "28 days",
            "medium": "28 days",
            "high": "7 days",
            "immediate": "24 hours",
        }
    },
    "long_term_review_weeks": [6, 12],
    "triage_hours": 24,
    "first_approach_working_days": 1,
    "needs_assessment_working_days": 10,
    "phone_hours": 48,
    "close_minutes": 60,
}


@dataclass(frozen=True)
class Due:
    at: datetime
    why: str


def in_words(day: date) -> str:
    return f"{day:%a} {day.day} {day:%b %Y}"


def steady(instant: datetime) -> datetime:
    """The same instant, or 02:00 when its wall-clock time is one the clock change may repeat."""
    there = clock.local(instant)
    if UNSURE_FROM <= there.time().replace(tzinfo=None) < UNSURE_UNTIL:
        return clock.local_instant(there.date(), UNSURE_UNTIL)
    return instant


def on_day(day: date) -> datetime:
    return clock.local_instant(day, MORNING)


def shifted(instant: datetime, days: int) -> datetime:
    """The same wall-clock time, so many days on: 23 or 25 hours a day when the clocks change."""
    there = clock.local(instant)
    return clock.local_instant(there.date() + timedelta(days=days), there.time())


# --- Reviews -----------------------------------------------------------------------------------


def interval(table: Mapping[str, Any], stream: Stream, risk: Risk) -> tuple[int, str]:
    """How long, and whether in "days" or "hours". What cannot be read gives the usual interval."""
    rows = table.get("review", {})
    own, every = rows.get(stream.value, {}), rows.get("every stream", {})
    usual: str = DEFAULT["review"]["every stream"][risk.value]
    said = str(own.get(risk.value) or every.get(risk.value))
    number, unit = (said if _INTERVAL.fullmatch(said) else usual).rstrip("s").split()
    return (int(number) * 7, "days") if unit == "week" else (int(number), f"{unit}s")


def review_due(
    table: Mapping[str, Any],
    *,
    stream: Stream,
    risk: Risk,
    arm: Arm | None,
    began_at: datetime,
    last_held_at: datetime | None,
    off: Collection[date] = (),
) -> Due:
    """The next review: the interval after the last one, or a milestone of the long arm first."""
    base = last_held_at or began_at
    number, unit = interval(table, stream, risk)
    each = unit.rstrip("s") if number == 1 else f"{number} {unit}"
    because = _because(risk)
    since = "last review" if last_held_at else "support began"
    base_day = clock.local(base).date()
    why = f"every {each} for {because}: {since} {in_words(base_day)}"
    if unit == "hours":
        return Due(steady(base + timedelta(hours=number)), why)
    day = base_day + timedelta(days=number)
    weeks = table.get("long_term_review_weeks", []) if arm is Arm.LONG_TERM else []
    milestone = _milestone(weeks, clock.local(began_at).date(), base_day)
    if milestone and milestone[0] <= day:
        day, week = milestone
        why = f"week {week} of long-term support, which began {in_words(_began(began_at))}"
    return Due(on_day(day), why + _unusual(day, off))


def _because(risk: Risk) -> str:
    return "risk not assessed yet" if risk is Risk.NOT_ASSESSED else f"{risk.label.lower()} risk"


def _began(began_at: datetime) -> date:
    return clock.local(began_at).date()


def _milestone(weeks: Iterable[int], began: date, base: date) -> tuple[date, int] | None:
    """The first one ahead; a review held in the week before one counts for it."""
    ahead = [(began + timedelta(weeks=week), week) for week in sorted(weeks)]
    return next(((day, week) for day, week in ahead if base < day - MILESTONE_GRACE), None)


def _unusual(day: date, off: Collection[date]) -> str:
    if day in off:
        return " (a bank holiday)"
    return f" (a {day:%A})" if day.weekday() >= 5 else ""


# --- The promises before support ---------------------------------------------------------------


def triage_due(table: Mapping[str, Any], received_at: datetime) -> Due:
    hours = int(table.get("triage_hours", DEFAULT["triage_hours"]))
    return Due(
        steady(received_at + timedelta(hours=hours)), f"within {hours} hours of the referral"
    )


def confirm_due(confirm_by: date) -> Due:
    return Due(
        on_day(confirm_by), "a worker triaged; a supervisor confirms by the next working day"
    )


def first_approach_due(
    table: Mapping[str, Any], eligible_at: datetime, off: Collection[date]
) -> Due:
    return _within(table, "first_approach", eligible_at, off, "being found eligible")


def needs_assessment_due(
    table: Mapping[str, Any], agreed_at: datetime, off: Collection[date]
) -> Due:
    return _within(table, "needs_assessment", agreed_at, off, "agreeing to support")


def _within(
    table: Mapping[str, Any], what: str, since: datetime, off: Collection[date], event: str
) -> Due:
    name = f"{what}_working_days"
    count = int(table.get(name, DEFAULT[name]))
    start = clock.local(since).date()
    days = "1 working day" if count == 1 else f"{count} working days"
    day = working_days_after(start, count, off)
    return Due(on_day(day), f"within {days} of {event} on {in_words(start)}")


# --- Lateness and telling ----------------------------------------------------------------------


def late_from(due_at: datetime) -> datetime:
    """The first instant at which it is late: what is due on a day has the whole of that day."""
    there = clock.local(due_at)
    return clock.end_of(there.date()) if there.time() == MORNING else due_at


def is_late(due_at: datetime, now: datetime) -> bool:
    return now >= late_from(due_at)


def overdue_at(due_at: datetime, risk: Risk) -> datetime:
    """When the supervisor is told: three days late; 4 hours when risk is high, else at once."""
    if risk in OVERDUE_HOURS:
        return due_at + timedelta(hours=OVERDUE_HOURS[risk])
    return shifted(due_at, STEP_DAYS[Step.OVERDUE])


def tellings(due_at: datetime, made_at: datetime, risk: Risk) -> list[tuple[Step, datetime]]:
    """When each step is told. No week's warning of what was set less than a week ahead."""
    steps = [
        (step, shifted(due_at, STEP_DAYS[step])) for step in (Step.EARLY, Step.TOMORROW, Step.TODAY)
    ]
    if is_too_new_for_warning(due_at, made_at):
        steps = steps[1:]
    return [*steps, (Step.OVERDUE, overdue_at(due_at, risk))]


def is_too_new_for_warning(due_at: datetime, made_at: datetime) -> bool:
    return shifted(due_at, STEP_DAYS[Step.EARLY]) <= made_at


def expiry_due(kind: DueKind, day: date) -> Due:
    what = "the flag" if kind is DueKind.FLAG else "the consent"
    return Due(on_day(day), f"{what} runs out on {in_words(day)}")


def birthday_due(years: int, day: date) -> Due:
    return Due(on_day(day), f"turns {years} on {in_words(day)}: services change with age")
