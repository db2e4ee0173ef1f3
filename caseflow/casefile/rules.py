"""What the page about one case decides without looking anything up."""

import re
from dataclasses import dataclass
from datetime import date

from caseflow.access.permissions import Permission
from caseflow.cases.lifecycle import ENDED_SUPPORT, Stage
from caseflow.kernel.names import FIRST_UNSPACED, fold
from caseflow.kernel.nhs_number import digits_of
from caseflow.kernel.phones import read_phone
from caseflow.kernel.words import Words
from caseflow.people.rules import BornPrecision, age_on

ENTRIES_A_PAGE = 30
RESULTS_A_PAGE = 20
SHORTEST_SEARCH = 3


class Filter(Words):
    """What the timeline may be narrowed to."""

    ALL = "all", "Everything"
    CONTACTS = "contacts"
    STAGES = "stages", "Stages and agreement"
    NEEDS = "needs", "Needs and safety"
    PLAN = "plan", "Plan and referrals"
    REVIEWS = "reviews"
    PAPERS = "papers", "Documents and links"

    @classmethod
    def of(cls, word: str) -> "Filter":
        return cls(word) if word in set(cls) else cls.ALL


class Answer(Words):
    AGREED = "agreed", "Yes, they want support"
    DECLINED = "declined", "No"
    NOT_YET = "not_yet", "Not yet"


class DeclinedFor(Words):
    NOW = "now", "No for now: we may ask again"
    GOOD = "good", "No for good: do not ask again"


class StartWith(Words):
    BRIEF = "brief", "Brief support, about 4 weeks"
    LONG_TERM = "long_term", "Long-term support, up to 12 weeks or more"
    LATER = "later", "Decide later"


def decline_reason(declined_for: DeclinedFor, words: str, left_leaflet: bool) -> str:
    """One text for the stage change, in an order that stays the same so that it can be read."""
    said = "No for now; may be asked again." if declined_for is DeclinedFor.NOW else "No for good."
    leaflet = " A leaflet or number was left." if left_leaflet else ""
    return f"{said}{leaflet} {words.strip()}".strip()


def could_be_aged(born: date | None, precision: BornPrecision, ages: range, day: date) -> bool:
    """Whether an age in ``ages`` is consistent with what is known of the birthday."""
    if born is None or precision is BornPrecision.UNKNOWN:
        return False
    oldest = age_on(born, day)
    spare = 0 if precision is BornPrecision.DAY else 1
    return any(age in ages for age in range(oldest - spare, oldest + 1))


@dataclass(frozen=True)
class Step:
    """The main thing to do next with a case. ``fields`` is set for what is one press of a button:
    it is sent, not opened."""

    text: str
    endpoint: str
    permission: Permission
    fields: dict[str, str] | None = None


TRIAGE = Step("Triage this referral", "intake.triage", Permission.TRIAGE)
ALLOCATE = Step("Choose a worker", "casefile.allocate", Permission.CASE_ALLOCATE)
TAKE = Step("Take this case", "casefile.take", Permission.TRIAGE, {})
LOG = Step("Log a contact", "contacts.log", Permission.CONTACT_LOG)
ANSWER = Step("Record their answer", "casefile.answer", Permission.CASE_MOVE)
START_SUPPORT = Step("Start support", "casefile.move", Permission.CASE_MOVE)
HOLD_REVIEW = Step("Hold the review", "reviews.hold", Permission.REVIEW_HOLD)
TRY_AGAIN = Step("Try again", "casefile.reopen", Permission.CASE_REOPEN)
DECIDE_CLOSURE = Step("Decide the closure", "closing.closing", Permission.CLOSURE_DECIDE)
FOLLOW_UP = Step("Record a follow-up", "contacts.log", Permission.CONTACT_LOG)


def next_steps(
    stage: Stage,
    *,
    has_worker: bool,
    is_review_due: bool = False,
    awaits_sign_off: bool = False,
) -> list[Step]:
    """What comes next, best first: the page offers the first that its reader may do."""
    if awaits_sign_off:
        return [DECIDE_CLOSURE, LOG]
    if stage in (Stage.RECEIVED, Stage.TRIAGED):
        return [TRIAGE]
    if stage is Stage.ELIGIBLE:
        return [LOG] if has_worker else [ALLOCATE, TAKE]
    if stage in (Stage.BRIEF, Stage.LONG_TERM):
        return [HOLD_REVIEW, LOG] if is_review_due else [LOG]
    if stage is Stage.DECEASED:
        return []
    if stage in ENDED_SUPPORT:
        return [FOLLOW_UP]
    return {
        Stage.ATTEMPTING: [LOG],
        Stage.APPROACHED: [ANSWER, LOG],
        Stage.AGREED: [START_SUPPORT, LOG],
        Stage.DECLINED: [TRY_AGAIN],
        Stage.UNABLE_TO_CONTACT: [TRY_AGAIN],
    }.get(stage, [])


@dataclass(frozen=True)
class Sought:
    """What somebody typed into the one search box, read every way it can be read."""

    name: str = ""
    reference: str = ""
    born: date | None = None
    nhs_number: str = ""
    phone: str = ""
    hospital_number: str = ""

    @property
    def ways(self) -> list[str]:
        """For the audit trail: how it was looked for, never what was typed."""
        return [name for name, value in self.__dict__.items() if value]


_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            ("jan", "january"), ("feb", "february"), ("mar", "march"), ("apr", "april"),
            ("may",), ("jun", "june"), ("jul", "july"), ("aug", "august"),
            ("sep", "sept", "september"), ("oct", "october"), ("nov", "november"),
            ("dec", "december"),
        ),
        1,
    )
    for name in names
}  # fmt: skip
_NUMBERS = re.compile(r"\b(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4}|\d{2})\b")
_WORDS = re.compile(r"\b(\d{1,2})(?:st|nd|rd|th)?\s+([A-Za-z]{3,9})\.?,?\s+(\d{4})\b")
_ISO = re.compile(r"\b(\d{4})-(\d{2})-(\d{2})\b")
_REFERENCE = re.compile(
    r"(?:CF[\s-]*)?([2-9BCDFGHJKMNPQRSTVWXYZ]{4})[\s-]*([2-9BCDFGHJKMNPQRSTVWXYZ]{4})"
)
_PART_OF_REFERENCE = re.compile(r"CF[\s-]*([2-9BCDFGHJKMNPQRSTVWXYZ]{3,8})")


def read_search(text: str, today: date) -> Sought:
    """A date is taken out first, so that "mensah 14/3/2010" is a name and a birthday."""
    born, rest = _take_date(text.strip(), today)
    number = read_phone(rest)
    digits = re.sub(r"\D", "", rest)
    is_digits = bool(re.fullmatch(r"[\d\s()+.\-]+", rest))
    return Sought(
        name=rest if not is_digits else "",
        reference=_reference(rest),
        born=born,
        nhs_number=digits_of(rest) or "",
        phone=number.e164 or (digits.lstrip("0") if is_digits and len(digits) >= 6 else ""),
        hospital_number=rest if any(c.isdigit() for c in rest) and " " not in rest else "",
    )


def is_long_enough(text: str) -> bool:
    """Three letters or digits; a name in Chinese, Japanese or Korean may be one."""
    letters = fold(text).replace(" ", "")
    return len(letters) >= SHORTEST_SEARCH or any(c >= FIRST_UNSPACED for c in letters)


def _reference(text: str) -> str:
    """``CF-7K3M-Q2XW`` from any way of writing it, or as much of it as was given."""
    plain = text.upper().strip()
    if found := _REFERENCE.fullmatch(plain):
        return f"CF-{found[1]}-{found[2]}"
    if found := _PART_OF_REFERENCE.fullmatch(plain):
        letters = found[1]
        return f"CF-{letters[:4]}" + (f"-{letters[4:]}" if len(letters) > 4 else "")
    return ""


def _take_date(text: str, today: date) -> tuple[date | None, str]:
    for pattern, order in ((_ISO, (3, 2, 1)), (_NUMBERS, (1, 2, 3)), (_WORDS, (1, 2, 3))):
        if found := pattern.search(text):
            day, month, year = (found[place] for place in order)
            if read := _date(day, month, year, today):
                left = f"{text[: found.start()]} {text[found.end() :]}"
                return read, " ".join(left.split())
    return None, text


def _date(day: str, month: str, year: str, today: date) -> date | None:
    number = int(month) if month.isdigit() else _MONTHS.get(month.lower(), 0)
    full = int(year)
    if len(year) == 2:
        full += 2000 if 2000 + full <= today.year else 1900
    try:
        return date(full, number, int(day))
    except ValueError:
        return None


def pages(total: int, size: int) -> int:
    return max(1, -(-total // size))


def page_asked(text: str, of: int) -> int:
    """A page number as a browser sent it, kept between 1 and the last."""
    return min(max(int(text), 1), of) if text.isdecimal() and len(text) < 6 else 1
