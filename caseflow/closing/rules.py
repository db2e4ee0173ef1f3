"""How support ends. Source: domain.md §1.3 (closure record), §1.5."""

from caseflow.cases.lifecycle import Stage
from caseflow.kernel.words import Words


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


FOLLOW_UP_MONTHS = (3, 6, 12)
