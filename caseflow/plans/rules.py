"""Goals, actions and onward referrals. Sources: domain.md §1.3, §2.1."""

from caseflow.kernel.words import Words

MOST_GOALS = 3
LOWEST_RATING, HIGHEST_RATING = 0, 10


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


class Owner(Words):
    YOUNG_PERSON = "young_person"
    WORKER = "worker"
    FAMILY = "family"
    AGENCY = "agency", "Another agency"
