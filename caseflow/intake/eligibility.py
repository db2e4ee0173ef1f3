"""Whether the service is for this young person: rules the service may change, each explained.

``DEFAULT`` is the table of domain.md §1.2; the setting "eligibility" replaces any part of it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from caseflow.intake.codes import IndexReason
from caseflow.kernel.partial_date import PartialDate
from caseflow.kernel.words import Words
from caseflow.people.districts import DISTRICTS

DEFAULT: dict[str, Any] = {
    "youngest": 11,
    "oldest": 25,
    "estimate_is_right_to": 2,
    "districts": list(DISTRICTS),
    "postcode_areas": ["LE"],
    "reasons": [reason.value for reason in IndexReason if reason is not IndexReason.DOMESTIC_ABUSE],
    "domestic_abuse_from": 16,
}


class Answer(Words):
    PASS = "pass", "Yes"
    FAIL = "fail", "No"
    UNKNOWN = "unknown", "Cannot tell: ask"


class Decision(Words):
    ELIGIBLE = "eligible", "Eligible by the rules"
    INELIGIBLE = "ineligible", "Not eligible by the rules"
    ASK = "ask", "The rules cannot tell yet: ask"


class Ineligible(Words):
    AGE = "age"
    AREA = "area"
    NOT_VIOLENCE = "not_violence", "Not violence or risk of it"
    OPEN_ELSEWHERE = "open_elsewhere", "Already open to an equivalent service"
    DECEASED = "deceased", "Died"
    STAFF_SAFETY = "staff_safety", "Safety of the worker"
    DUPLICATE = "duplicate"


@dataclass(frozen=True)
class Reason:
    """``basis``: "code" or "person" when it was said outright, "words" when read from text."""

    reason: IndexReason
    basis: str = "person"
    evidence: str = ""


@dataclass(frozen=True)
class Facts:
    """What the rules look at. ``is_estimated``: the date of birth is only a guess at the age."""

    referred_on: date
    born: PartialDate | None = None
    is_estimated: bool = False
    home_district: str = ""
    home_postcode: str = ""
    school_district: str = ""
    incident_district: str = ""
    incident_postcode: str = ""
    reasons: tuple[Reason, ...] = ()
    has_died: bool = False


@dataclass(frozen=True)
class Line:
    """One rule, its answer and why, in words."""

    rule: str
    answer: Answer
    words: str
    code: Ineligible


@dataclass(frozen=True)
class Verdict:
    """``route``: another pathway the young person needs, whatever is decided here."""

    decision: Decision
    lines: tuple[Line, ...]
    route: str = ""

    @property
    def code(self) -> Ineligible | None:
        """Why not, by the first rule that fails."""
        return next((line.code for line in self.lines if line.answer is Answer.FAIL), None)

    @property
    def in_words(self) -> str:
        """For the record: what the rules said on that day."""
        said = [f"{line.rule}: {line.answer.label}. {line.words}" for line in self.lines]
        return "\n".join([self.decision.label, *said, *([self.route] if self.route else [])])


def judge(facts: Facts, rules: Mapping[str, Any] = DEFAULT) -> Verdict:
    table = {**DEFAULT, **rules}
    lines = (*_alive(facts), _age(facts, table), _area(facts, table), _reason(facts, table))
    answers = {line.answer for line in lines}
    if Answer.FAIL in answers:
        decision = Decision.INELIGIBLE
    else:
        decision = Decision.ASK if Answer.UNKNOWN in answers else Decision.ELIGIBLE
    return Verdict(decision, lines, _route(facts, table))


def in_words(rules: Mapping[str, Any] = DEFAULT) -> str:
    """The table itself, as a person would say it."""
    table = {**DEFAULT, **rules}
    places = [DISTRICTS.get(code, code) for code in table["districts"]]
    everywhere = set(table["districts"]) == set(DISTRICTS)
    where = "all of Leicester, Leicestershire and Rutland" if everywhere else ", ".join(places)
    left_out = [reason.label for reason in IndexReason if reason.value not in table["reasons"]]
    return f"Aged {table['youngest']} to {table['oldest']}; {where}; {_reasons_but(left_out)}"


def _reasons_but(labels: list[str]) -> str:
    but = " or ".join(label.lower() for label in labels)
    return f"any reason but {but}" if but else "any reason"


def ages(facts: Facts, margin: int) -> tuple[int, int] | None:
    """Youngest and oldest they can be on the day of the referral; None when nobody knows."""
    if facts.born is None:
        return None
    youngest, oldest = facts.born.age_on(facts.referred_on)
    spread = margin if facts.is_estimated else 0
    return max(0, youngest - spread), oldest + spread


def _alive(facts: Facts) -> tuple[Line, ...]:
    words = "The record says they have died."
    return (Line("Alive", Answer.FAIL, words, Ineligible.DECEASED),) if facts.has_died else ()


def _age(facts: Facts, table: Mapping[str, Any]) -> Line:
    low, high = table["youngest"], table["oldest"]
    rule = f"Aged {low} to {high} on the day of the referral"
    span = ages(facts, table["estimate_is_right_to"])
    if span is None:
        return Line(rule, Answer.UNKNOWN, "No date of birth and no age: ask.", Ineligible.AGE)
    aged = _aged(span, facts)
    if low <= span[0] and span[1] <= high:
        return Line(rule, Answer.PASS, f"{aged}: within {low} to {high}.", Ineligible.AGE)
    if span[1] < low or span[0] > high:
        which = f"under {low}" if span[1] < low else f"over {high}"
        return Line(rule, Answer.FAIL, f"{aged}: {which}.", Ineligible.AGE)
    return Line(rule, Answer.UNKNOWN, f"{aged}: ask for the date of birth.", Ineligible.AGE)


def _aged(span: tuple[int, int], facts: Facts) -> str:
    if facts.is_estimated:
        return f"Thought to be {span[0]} to {span[1]}"
    return f"Aged {span[0]}" if span[0] == span[1] else f"Aged {span[0]} or {span[1]}"


def _area(facts: Facts, table: Mapping[str, Any]) -> Line:
    """No district is named: whoever triages may not see the address."""
    rule = "Lives, learns or was hurt in Leicester, Leicestershire or Rutland"
    home = _is_inside(facts.home_district, facts.home_postcode, table)
    learns = facts.school_district in table["districts"]
    there = _is_inside(facts.incident_district, facts.incident_postcode, table)
    for is_so, words in ((home, "Lives"), (learns, "Learns"), (there, "Was hurt")):
        if is_so:
            return Line(rule, Answer.PASS, f"{words} in the area served.", Ineligible.AREA)
    if home is False and there is False:
        words = "Home and the place it happened are both outside: hand over to the area’s service."
        return Line(rule, Answer.FAIL, words, Ineligible.AREA)
    return Line(rule, Answer.UNKNOWN, _area_question(facts, home), Ineligible.AREA)


def _area_question(facts: Facts, home: bool | None) -> str:
    if home is False:
        return "Home is outside. Ask where it happened."
    if facts.home_postcode:
        return (
            f"The home postcode begins {postcode_area(facts.home_postcode) or 'oddly'}: "
            "ask whether they live or learn inside, or were hurt inside."
        )
    return "No home district or postcode: ask where they live, learn, and were hurt."


def _is_inside(district: str, postcode: str, table: Mapping[str, Any]) -> bool | None:
    """True or False by district code; by postcode only True, for areas cross the border."""
    if district:
        return district in table["districts"]
    return True if postcode_area(postcode) in table["postcode_areas"] else None


def postcode_area(postcode: str) -> str:
    """``LE`` of ``LE2 0AA``."""
    letters = postcode.strip().upper()[:2]
    return letters if letters.isalpha() else letters[:1] if letters[:1].isalpha() else ""


def _reason(facts: Facts, table: Mapping[str, Any]) -> Line:
    rule = "Hurt by violence, or at risk of it"
    if not facts.reasons:
        words = "Nothing says what happened: ask."
        return Line(rule, Answer.UNKNOWN, words, Ineligible.NOT_VIOLENCE)
    counted = [found for found in facts.reasons if found.reason in table["reasons"]]
    if counted:
        return Line(rule, Answer.PASS, _because(counted), Ineligible.NOT_VIOLENCE)
    if _is_domestic(facts):
        words = "Domestic abuse has a pathway of its own."
        return Line(rule, Answer.UNKNOWN, words, Ineligible.NOT_VIOLENCE)
    labels = ", ".join(found.reason.label.lower() for found in facts.reasons)
    words = f"{labels.capitalize()}: not on the list of reasons."
    return Line(rule, Answer.FAIL, words, Ineligible.NOT_VIOLENCE)


def _because(counted: list[Reason]) -> str:
    said = [found for found in counted if found.basis != "words"]
    if said:
        return "; ".join(found.reason.label for found in said) + "."
    found = counted[0]
    return f"{found.reason.label}, read from “{found.evidence}”: check what happened."


def _is_domestic(facts: Facts) -> bool:
    return any(found.reason is IndexReason.DOMESTIC_ABUSE for found in facts.reasons)


def _route(facts: Facts, table: Mapping[str, Any]) -> str:
    """Who else must hear of this young person."""
    routes = []
    span = ages(facts, 0)
    if span and span[1] < table["youngest"]:
        routes.append(f"Under {table['youngest']}: safeguarding only. Tell the safeguarding lead.")
    if any(found.reason is IndexReason.SEXUAL_ASSAULT for found in facts.reasons):
        routes.append("Sexual assault: hand over to the ISVA or the SARC.")
    if _is_domestic(facts):
        routes.append(_domestic_route(span, table["domestic_abuse_from"]))
    return " ".join(routes)


def _domestic_route(span: tuple[int, int] | None, age: int) -> str:
    if span is not None and span[0] >= age:
        return "Domestic abuse: record it and hand over to the IDVA or MARAC pathway."
    if span is not None and span[1] < age:
        return f"Domestic abuse under {age}: make a safeguarding referral."
    return f"Domestic abuse: IDVA or MARAC pathway from {age}, safeguarding referral below: ask."
