"""Code lists about a young person, and what follows. Sources: domain.md §1.3, §3.3, §5.6."""

from datetime import date, timedelta

from caseflow.kernel.partial_date import age_in_years
from caseflow.kernel.phones import read_phone
from caseflow.kernel.words import Words


class BornPrecision(Words):
    DAY = "day", "Exact"
    MONTH = "month", "Month and year"
    YEAR = "year", "Year only"
    ESTIMATED = "estimated", "Estimated"
    UNKNOWN = "unknown", "Not known"


class Sex(Words):
    FEMALE = "female"
    MALE = "male"
    NOT_STATED = "not_stated"
    NOT_ASKED = "not_asked"


class Ethnicity(Words):
    """Census 2021, 19 groups, and the two ways of having no answer."""

    WHITE_BRITISH = "white_british", "White: English, Welsh, Scottish, Northern Irish or British"
    WHITE_IRISH = "white_irish", "White: Irish"
    WHITE_TRAVELLER = "white_traveller", "White: Gypsy or Irish Traveller"
    WHITE_ROMA = "white_roma", "White: Roma"
    WHITE_OTHER = "white_other", "White: any other"
    MIXED_CARIBBEAN = "mixed_caribbean", "Mixed: White and Black Caribbean"
    MIXED_AFRICAN = "mixed_african", "Mixed: White and Black African"
    MIXED_ASIAN = "mixed_asian", "Mixed: White and Asian"
    MIXED_OTHER = "mixed_other", "Mixed: any other"
    ASIAN_INDIAN = "asian_indian", "Asian: Indian"
    ASIAN_PAKISTANI = "asian_pakistani", "Asian: Pakistani"
    ASIAN_BANGLADESHI = "asian_bangladeshi", "Asian: Bangladeshi"
    ASIAN_CHINESE = "asian_chinese", "Asian: Chinese"
    ASIAN_OTHER = "asian_other", "Asian: any other"
    BLACK_CARIBBEAN = "black_caribbean", "Black: Caribbean"
    BLACK_AFRICAN = "black_african", "Black: African"
    BLACK_OTHER = "black_other", "Black: any other"
    ARAB = "arab", "Arab"
    OTHER = "other", "Any other ethnic group"
    NOT_STATED = "not_stated", "Prefers not to say"
    NOT_ASKED = "not_asked"


class Care(Words):
    """What the local authority is to them now."""

    NONE = "none", "Neither in care nor on a plan"
    LOOKED_AFTER = "looked_after"
    CARE_LEAVER = "care_leaver"
    CHILD_PROTECTION = "child_protection", "Child protection plan"
    CHILD_IN_NEED = "child_in_need"
    NOT_ASKED = "not_asked"


class ContactKind(Words):
    PHONE = "phone"
    EMAIL = "email"
    HANDLE = "handle", "Social media handle"


class Safe(Words):
    YES = "yes"
    NO = "no"
    NOT_ASKED = "not_asked"


class Relation(Words):
    PARENT = "parent"
    CARER = "carer", "Carer or guardian"
    SIBLING = "sibling"
    PARTNER = "partner"
    OTHER_FAMILY = "other_family"
    FRIEND = "friend"
    SOCIAL_WORKER = "social_worker"
    YJS_WORKER = "yjs_worker", "Youth justice worker"
    PROBATION = "probation", "Probation officer"
    SCHOOL = "school", "School or college"
    GP = "gp", "GP"
    OTHER = "other"


class ConsentPurpose(Words):
    SUPPORT = "support", "To receive support"
    SHARE = "share", "To share with a named agency"
    EVALUATION = "evaluation", "To use their record in evaluation"
    CONTACT = "contact", "How to stay in touch"


class Decision(Words):
    GIVEN = "given"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class GivenBy(Words):
    YOUNG_PERSON = "young_person"
    PARENT = "parent", "Parent or person with parental responsibility"


class ConsentMethod(Words):
    SPOKEN = "spoken"
    WRITTEN = "written"
    PHONE = "phone", "By phone"


class FlagKind(Words):
    WEAPON_CARRYING = "weapon_carrying"
    THREAT_TO_LIFE = "threat_to_life"
    KNOWN_CONFLICT = "known_conflict"
    EXPLOITATION_CRIMINAL = "exploitation_criminal", "Criminal exploitation"
    EXPLOITATION_SEXUAL = "exploitation_sexual", "Sexual exploitation"
    NRM_REFERRED = "nrm_referred", "NRM referral"
    MISSING_EPISODE = "missing_episode"
    SUICIDAL_IDEATION = "suicidal_ideation"
    SELF_HARM = "self_harm", "Self-harm"
    DOMESTIC_ABUSE = "domestic_abuse"
    LOOKED_AFTER = "looked_after", "Looked after or care leaver"
    CHILD_PROTECTION = "child_protection", "Child protection or child in need"
    SEND = "send", "SEND, EHCP, learning disability or autism"
    INTERPRETER = "interpreter", "Communication or interpreter"
    PREGNANT_OR_PARENT = "pregnant_or_parent"
    TWO_WORKERS = "two_workers", "No home visit, or two workers"
    UNSAFE_TO_TEXT = "unsafe_to_text", "Unsafe to text or leave voicemail"
    LEGAL_HOLD = "legal_hold"


class FlagLevel(Words):
    INFORMATION = "information", "For information"
    CAUTION = "caution"
    DANGER = "danger", "Somebody may be hurt"


class FlagSource(Words):
    YOUNG_PERSON = "young_person", "The young person said so"
    OBSERVED = "observed", "Seen by a worker"
    PROFESSIONAL = "professional", "Another professional"
    FAMILY = "family", "Family or carer"
    POLICE = "police", "The police said so"


FLAG_DAYS = 90
# Whoever acts must know of these, wherever they came from.
SAFETY_FLAGS = frozenset(
    {
        FlagKind.TWO_WORKERS,
        FlagKind.UNSAFE_TO_TEXT,
        FlagKind.THREAT_TO_LIFE,
        FlagKind.SUICIDAL_IDEATION,
        FlagKind.SELF_HARM,
        FlagKind.INTERPRETER,
    }
)
LASTING_FLAGS = frozenset({FlagKind.LOOKED_AFTER, FlagKind.SEND, FlagKind.LEGAL_HOLD})


def flag_expiry(kind: FlagKind, set_on: date, days: int = FLAG_DAYS) -> date | None:
    return None if kind in LASTING_FLAGS else set_on + timedelta(days=days)


age_on = age_in_years


def birthday(born: date, years: int) -> date:
    try:
        return born.replace(year=born.year + years)
    except ValueError:
        return date(born.year + years, 3, 1)


def age_words(born: date | None, precision: BornPrecision, day: date) -> str:
    """The age as it may honestly be said: "16", "about 16", "15 or 16", "age not known"."""
    if born is None or precision is BornPrecision.UNKNOWN:
        return "age not known"
    age = age_on(born, day)
    if precision is BornPrecision.DAY:
        return str(age)
    if precision is BornPrecision.ESTIMATED:
        return f"about {age}"
    last_day = date(born.year, 12, 31) if precision is BornPrecision.YEAR else _month_end(born)
    youngest = age_on(last_day, day)
    return str(age) if youngest == age else f"{youngest} or {age}"


def _month_end(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def folded_contact(kind: ContactKind, value: str) -> str:
    """One way of writing each number, address or handle, to know it again."""
    if kind is ContactKind.PHONE:
        return (read_phone(value).e164 or value).replace(" ", "")[:254]
    return value.strip().casefold()[:254]


ENDING_DIGITS = 6


def contact_ending(number: str) -> str:
    """The digits a number is found by when only its end is known; "" when there are too few."""
    digits = "".join(c for c in number if c.isdigit())
    return digits[-ENDING_DIGITS:] if len(digits) >= ENDING_DIGITS else ""
