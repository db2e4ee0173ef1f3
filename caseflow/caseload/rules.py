"""What the pages about many cases decide without looking anything up."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from caseflow.cases.lifecycle import Stage
from caseflow.kernel.words import Words
from caseflow.reviews.rules import FOLLOW_UPS, DueKind

QUIET_DAYS = 14
STAY_DAYS = 14
WEEKS = 6
A_PAGE = 30

# Somebody was told that we would ring, come or ask: a promise, whatever the rule behind it.
PROMISES = FOLLOW_UPS | {DueKind.NEXT_STEP, DueKind.SAFEGUARDING_CHASE, DueKind.FIRST_APPROACH}
# The wait of somebody who has not been seen: My day shows these at its top.
WAITS = frozenset({DueKind.TRIAGE, DueKind.FIRST_APPROACH})


class Tap(Words):
    """The one main button of a line on the duty board."""

    SEE = "see", "See them now"
    TRIAGE = "triage", "Triage"
    TAKE = "take", "Take this case"
    LOG = "log", "Log a contact"


def next_tap(stage: Stage, *, is_there: bool, is_free: bool, is_mine: bool) -> Tap | None:
    """None while a colleague has them in hand."""
    if not (is_free or is_mine):
        return None
    if stage in (Stage.RECEIVED, Stage.TRIAGED):
        return Tap.SEE if is_there else Tap.TRIAGE
    return Tap.TAKE if is_free else Tap.LOG


class TeamList(Words):
    """The lists behind the numbers of the team's board."""

    UNALLOCATED = "unallocated", "With nobody yet"
    OVERDUE = "overdue", "Overdue"
    QUIET = "quiet", "Nobody heard from in 14 days"
    SIGN_OFF = "sign_off", "To sign off"
    DUE = "due", "What falls due"

    @classmethod
    def of(cls, word: str) -> "TeamList":
        return cls(word) if word in set(cls) else cls.UNALLOCATED


class Sort(Words):
    NAME = "name"
    LOAD = "load"
    DUE = "due", "Due this week"
    OVERDUE = "overdue"
    QUIET = "quiet", "Longest since a contact"

    @classmethod
    def of(cls, word: str) -> "Sort":
        return cls(word) if word in set(cls) else cls.NAME


@dataclass(frozen=True)
class DayCount:
    day: date
    count: int
    is_past: bool
    is_today: bool

    @property
    def level(self) -> int:
        """0 to 4: how full the day looks."""
        steps = (0, 1, 3, 6, 10)
        return sum(self.count >= step for step in steps[1:])


def calendar(counts: Mapping[date, int], today: date, weeks: int = WEEKS) -> list[list[DayCount]]:
    """Weeks from this Monday on, of seven days each."""
    monday = today - timedelta(days=today.weekday())
    days = [monday + timedelta(days=number) for number in range(7 * weeks)]
    cells = [DayCount(day, counts.get(day, 0), day < today, day == today) for day in days]
    return [cells[start : start + 7] for start in range(0, len(cells), 7)]


def end_of_week(today: date) -> date:
    """The Sunday of this week."""
    return today + timedelta(days=6 - today.weekday())


def time_left(due_at: datetime | None, leaves_at: datetime | None) -> datetime | None:
    """Whichever comes first: what is due, or their going home."""
    return min((at for at in (due_at, leaves_at) if at is not None), default=None)


def day_asked(text: str) -> date | None:
    """A day as our own links write it; anything else is no day."""
    try:
        day = date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return None
    return day if day is not None and 2000 <= day.year <= 2199 else None
