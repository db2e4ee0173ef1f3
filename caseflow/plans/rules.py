"""Goals, actions and onward referrals. Sources: domain.md §1.3, §2.1."""

from caseflow.kernel.words import Words

MOST_GOALS = 3
LOWEST_RATING, HIGHEST_RATING = 0, 10
CHASE_DAYS = 28


class OnwardStatus(Words):
    SENT = "sent"
    ACCEPTED = "accepted"
    WAITING = "waiting"
    REFUSED = "refused"
    ATTENDED_FIRST = "attended_first", "Attended the first appointment"
    COMPLETED = "completed"
    DID_NOT_ATTEND = "did_not_attend"


TAKEN_UP = frozenset({OnwardStatus.ATTENDED_FIRST, OnwardStatus.COMPLETED})
ENDED = frozenset({OnwardStatus.REFUSED, OnwardStatus.COMPLETED, OnwardStatus.DID_NOT_ATTEND})

# Nobody is chased for these: it ended, or the young person has been seen.
UNCHASED = ENDED | TAKEN_UP

ONWARD_MOVES: dict[OnwardStatus, tuple[OnwardStatus, ...]] = {
    OnwardStatus.SENT: (
        OnwardStatus.ACCEPTED,
        OnwardStatus.WAITING,
        OnwardStatus.ATTENDED_FIRST,
        OnwardStatus.DID_NOT_ATTEND,
        OnwardStatus.REFUSED,
    ),
    OnwardStatus.ACCEPTED: (
        OnwardStatus.WAITING,
        OnwardStatus.ATTENDED_FIRST,
        OnwardStatus.DID_NOT_ATTEND,
        OnwardStatus.REFUSED,
    ),
    OnwardStatus.WAITING: (
        OnwardStatus.ACCEPTED,
        OnwardStatus.ATTENDED_FIRST,
        OnwardStatus.DID_NOT_ATTEND,
        OnwardStatus.REFUSED,
    ),
    OnwardStatus.ATTENDED_FIRST: (OnwardStatus.COMPLETED, OnwardStatus.DID_NOT_ATTEND),
    # A new appointment may follow one that was missed.
    OnwardStatus.DID_NOT_ATTEND: (OnwardStatus.WAITING, OnwardStatus.ATTENDED_FIRST),
    OnwardStatus.REFUSED: (),
    OnwardStatus.COMPLETED: (),
}


class Owner(Words):
    YOUNG_PERSON = "young_person"
    WORKER = "worker"
    FAMILY = "family"
    AGENCY = "agency", "Another agency"


def rating_words(first: int | None, latest: int | None) -> str:
    """How a goal has moved, higher being better."""
    if first is None or latest is None:
        return "not rated yet"
    if first == latest:
        return f"{latest} of {HIGHEST_RATING}"
    return f"{first} to {latest} of {HIGHEST_RATING}"
