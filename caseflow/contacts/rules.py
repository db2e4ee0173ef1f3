"""Code lists of the contact record, and what a contact counts as. Source: domain.md §1.6."""

from datetime import date, datetime, timedelta
from typing import TypeVar

from caseflow.kernel.words import Words

Booked = TypeVar("Booked", bound=Words)

LATE_AFTER = timedelta(hours=48)
# A worker may meet somebody at the bedside the evening before the referral is typed in.
BEFORE_REFERRAL = timedelta(days=1)
CLOCKS_DIFFER = timedelta(minutes=5)
NOTE_LENGTH = 5_000
THEIR_WORDS_LENGTH = 1_000
LONGEST_MINUTES = 24 * 60
TRY_AGAIN = "Try again"


class Outcome(Words):
    TALKED = "talked", "Talked"
    NO_ANSWER = "no_answer", "No answer"
    TEXTED = "texted", "Sent a text or message"
    MET = "met", "Met"
    DID_NOT_ATTEND = "did_not_attend", "They did not come"
    CANCELLED_BY_THEM = "cancelled_by_them", "They cancelled"
    CANCELLED_BY_US = "cancelled_by_us", "We cancelled"
    REFUSED = "refused", "They did not want to talk"
    THEY_GOT_IN_TOUCH = "they_got_in_touch", "They got in touch"


class Mode(Words):
    F2F_HOSPITAL = "f2f_hospital", "Face to face, hospital"
    F2F_CUSTODY = "f2f_custody", "Face to face, custody"
    F2F_COMMUNITY = "f2f_community", "Face to face, community"
    F2F_HOME = "f2f_home", "Face to face, home"
    F2F_SCHOOL = "f2f_school", "Face to face, school or college"
    OFFICE = "office", "Face to face, office"
    PHONE = "phone"
    VIDEO = "video"
    TEXT = "text", "Text or WhatsApp"
    LETTER = "letter", "Letter or e-mail"
    GROUP = "group"
    MULTI_AGENCY = "multi_agency", "Multi-agency meeting (young person absent)"


class With(Words):
    YOUNG_PERSON = "young_person"
    PARENT = "parent", "Parent or carer"
    SIBLING = "sibling"
    PARTNER = "partner"
    PEER = "peer", "Friend"
    PROFESSIONAL = "professional", "Another professional"


class Purpose(Words):
    ENGAGEMENT = "engagement", "Getting to know them"
    SAFETY_PLANNING = "safety_planning"
    NEEDS_ASSESSMENT = "needs_assessment"
    REVIEW = "review"
    EMOTIONAL_SUPPORT = "emotional_support"
    MENTORING = "mentoring"
    ETE = "ete", "Education, work, training"
    HOUSING = "housing"
    HEALTH = "health", "Health appointment"
    SUBSTANCES = "substances"
    FAMILY = "family", "Family work"
    COURT = "court", "Court or criminal justice"
    MEDIATION = "mediation", "Conflict mediation"
    ADVOCACY = "advocacy"
    HANDOVER = "handover"
    PRACTICAL = "practical", "Practical: food, transport, phone"
    FOLLOW_UP = "follow_up"


class Worry(Words):
    NONE = "none", "No"
    NOTED = "noted", "Concern noted"
    LEAD_CONSULTED = "lead_consulted", "Safeguarding lead consulted"
    REFERRED = "referred", "Referral made"


TWO_WAY = frozenset({Outcome.TALKED, Outcome.MET, Outcome.REFUSED, Outcome.THEY_GOT_IN_TOUCH})
NOT_OUR_ATTEMPT = frozenset({Outcome.THEY_GOT_IN_TOUCH, Outcome.CANCELLED_BY_US})
FOLLOW_UP_EARLY = timedelta(days=28)
ATTENDED = frozenset({Outcome.TALKED, Outcome.MET, Outcome.THEY_GOT_IN_TOUCH})
FACE_TO_FACE = frozenset(
    {
        Mode.F2F_HOSPITAL,
        Mode.F2F_CUSTODY,
        Mode.F2F_COMMUNITY,
        Mode.F2F_HOME,
        Mode.F2F_SCHOOL,
        Mode.OFFICE,
    }
)


def is_late(happened_at: datetime, recorded_at: datetime) -> bool:
    return recorded_at - happened_at > LATE_AFTER


def is_two_way(outcome: Outcome, people: list[str]) -> bool:
    """The young person answered, in person or otherwise; a voicemail is not an approach."""
    return outcome in TWO_WAY and With.YOUNG_PERSON in people


def counts_as_engagement(outcome: Outcome, people: list[str]) -> bool:
    return outcome in ATTENDED and With.YOUNG_PERSON in people


def counts_as_attempt(outcome: Outcome, mode: Mode) -> bool:
    """We tried to reach the young person, whether or not they answered."""
    return outcome not in NOT_OUR_ATTEMPT and mode is not Mode.MULTI_AGENCY


def a_closed_case_takes(outcome: Outcome, purposes: list[str]) -> bool:
    return outcome is Outcome.THEY_GOT_IN_TOUCH or Purpose.FOLLOW_UP in purposes


def is_done_by(step: str, *, due_on: date, contact_on: date) -> bool:
    """Trying again is done by the next contact of any day; another promise not before its day."""
    return step == TRY_AGAIN or due_on <= contact_on


def likeliest_follow_up(due: dict[Booked, datetime], happened_at: datetime) -> Booked | None:
    """Which booked follow-up this contact is: the nearest that is due, or is due soon."""
    ripe = {kind: at for kind, at in due.items() if at <= happened_at + FOLLOW_UP_EARLY}
    return min(ripe, key=lambda kind: abs(ripe[kind] - happened_at), default=None)
