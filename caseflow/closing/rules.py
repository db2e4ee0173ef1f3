"""How support ends, and what follows it. Sources: domain.md §1.3 (closure record), §1.4, §1.5."""

import calendar
from dataclasses import dataclass
from datetime import date

from caseflow.cases.lifecycle import SUPPORT, Stage
from caseflow.kernel.words import Words
from caseflow.people.rules import Safe

SIGN_OFF_WORKING_DAYS = 5
FOLLOW_UP_MONTHS = (3, 6, 12)
REASON_LENGTH = 300
MAY_BE_CLOSED = SUPPORT | {Stage.AGREED}
RATED_WITHIN_DAYS = 28


class Ending(Words):
    """Why support ends; the stored word is the stage the case moves to."""

    COMPLETED = "completed", "Completed as planned"
    DISENGAGED = "disengaged", "Stopped engaging"
    TRANSFERRED = "transferred", "Transferred to another service"
    CUSTODY = "custody", "Went into custody and support ends"
    MOVED = "moved", "Moved away"
    DECEASED = "deceased", "Died"
    NO_LONGER_SAFE = "no_longer_safe", "No longer safe to continue"

    @property
    def stage(self) -> Stage:
        return Stage(self.value)


class ClosureState(Words):
    ASKED = "asked", "Waiting for sign-off"
    RETURNED = "returned", "Returned for more work"
    APPROVED = "approved"


class NoExit(Words):
    """Why there is no exit assessment."""

    NOT_REACHED = "not_reached", "Could not be reached"
    DECLINED = "declined", "Did not want to"
    NOT_SAFE = "not_safe", "Not safe or not right to ask"
    DIED = "died", "Died"


FEEDBACK = {
    "felt_listened": "I felt listened to",
    "felt_safer": "I feel safer now",
    "would_recommend": "I would tell a friend to come here",
}
FEEDBACK_WORDS = {1: "not at all", 2: "a little", 3: "in between", 4: "mostly", 5: "very much"}


def months_after(day: date, months: int) -> date:
    """The same day of a later month; its last day where there is no such day."""
    month = day.month - 1 + months
    year, month = day.year + month // 12, month % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def books_follow_ups(ending: Ending, may_follow_up: Safe) -> bool:
    """Not after a death, not against their wish, and not unasked where contact may harm."""
    if ending is Ending.DECEASED or may_follow_up is Safe.NO:
        return False
    return may_follow_up is Safe.YES or ending is not Ending.NO_LONGER_SAFE


@dataclass(frozen=True)
class Check:
    """One line of "what is still missing". ``door`` names the page where it is put right."""

    what: str
    is_done: bool
    says: str
    door: str = ""
    door_words: str = ""


def what_is_missing(checks: list[Check]) -> list[Check]:
    return [check for check in checks if not check.is_done]
