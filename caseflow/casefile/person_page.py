"""The young person's tab in plain words: what is known, and what is safe."""

import uuid
from dataclasses import dataclass
from typing import Any

from caseflow.access.permissions import Permission
from caseflow.cases.lifecycle import Stage
from caseflow.cases.models import Case
from caseflow.cases.shown import FlagShown, Shown
from caseflow.contacts.queries import facts_for_move
from caseflow.kernel import clock
from caseflow.kernel.nhs_number import Verdict, read_nhs_number
from caseflow.kernel.page import day, long_day
from caseflow.kernel.partial_date import PartialDate
from caseflow.kernel.phones import read_phone
from caseflow.people import places
from caseflow.people import queries as people
from caseflow.people.merges import merges_of
from caseflow.people.models import Consent, ContactPoint, Person, RelatedPerson
from caseflow.people.rules import (
    BornPrecision,
    ConsentPurpose,
    ContactKind,
    Decision,
    FlagLevel,
    Safe,
)
from caseflow.staff import queries as staff
from caseflow.staff.models import User

LEVEL_TONE = {
    FlagLevel.INFORMATION: "info",
    FlagLevel.CAUTION: "notice",
    FlagLevel.DANGER: "alert",
}


@dataclass(frozen=True)
class Line:
    """One line of what is known. ``warning`` says what is doubtful about it."""

    key: str
    value: str
    warning: str = ""


@dataclass(frozen=True)
class Way:
    """One way to reach somebody, and each rule about it in words with its tone."""

    id: uuid.UUID
    kind: str
    value: str
    rules: list[tuple[str, str]]
    who_else: str
    best_time: str


@dataclass(frozen=True)
class Answer:
    """Where one consent stands, and every decision behind it, newest first."""

    purpose: ConsentPurpose
    agency: str
    state: str
    tone: str
    detail: str
    history: list[str]


@dataclass(frozen=True)
class FlagLine:
    id: uuid.UUID
    kind: str
    level: str
    tone: str
    detail: str
    told: str
    is_whole: bool


def page(case: Case, reader: User) -> dict[str, Any]:
    person, shown = case.person, Shown(reader, case)
    flags = shown.flags(people.all_flags(person))
    return {
        "identity": identity_lines(person, shown),
        "ways": [way(point) for point in people.contact_points(person)],
        "related": people.related_people(person),
        "merges": merges_of(person),
        "may_contact": may_contact_words,
        "answers": answers(person),
        "flags": [flag_line(flag) for flag in flags if flag.is_live],
        "no_flag": shown.text(Permission.FLAG_VIEW, "No flag is live."),
        "past_flags": [past_flag(flag) for flag in flags if not flag.is_live],
        "may_start": case.stage is Stage.APPROACHED and facts_for_move(case).support_agreed,
    }


# --- Who they are ------------------------------------------------------------------------------


def identity_lines(person: Person, shown: Shown) -> list[Line]:
    name = f"{person.first_name} {person.last_name}".strip()
    also = ", ".join(alias.name for alias in people.aliases_of(person))
    address = "\n".join(part for part in (person.address, person.postcode) if part)
    return [
        Line("Name", name or person.label, "" if name else "The name is not known yet"),
        Line("Known as", person.known_as),
        Line("Also called", also),
        Line("Pronouns", person.pronouns),
        Line("Date of birth", born_words(person)),
        Line("Sex", person.sex.label),
        Line("Gender, in their words", person.gender_identity),
        Line("Ethnicity", person.ethnicity.label),
        Line("First language", _language(person)),
        _nhs_number(person),
        Line("Hospital number", person.hospital_number),
        Line("Address", shown.text(Permission.ADDRESS_VIEW, address)),
        Line("District and ward", shown.text(Permission.ADDRESS_VIEW, _where(person))),
        Line("Staying at", shown.text(Permission.ADDRESS_VIEW, person.staying_at)),
        Line("School or college", shown.text(Permission.SCHOOL_VIEW, _school(person))),
        Line("In care, or on a plan", shown.text(Permission.FLAG_VIEW, _care(person))),
        Line("GP surgery", person.gp),
        Line("A parent or carer knows", person.carer_aware.label),
    ]


def _where(person: Person) -> str:
    """The ward only where it lies in the district that is recorded."""
    district, place = places.home_district(person), places.place_of(person.postcode)
    is_there = place is not None and place.district == district
    ward = places.name_of(place.ward) if place is not None and is_there else ""
    return ", ".join(part for part in (places.name_of(district), ward) if part)


def _school(person: Person) -> str:
    return ", ".join(
        part for part in (person.school, places.name_of(person.school_district)) if part
    )


def _care(person: Person) -> str:
    since = f", since {long_day(person.care_since)}" if person.care_since else ""
    return f"{person.care_status.label}{since}"


def born_words(person: Person) -> str:
    if person.born_on is None or person.born_precision is BornPrecision.UNKNOWN:
        return ""
    age = person.age_words()
    if person.born_precision is BornPrecision.ESTIMATED:
        return f"About {person.born_on.year}, an estimate ({age})"
    born = partial_date(person)
    return f"{born.label} ({age})" if born else ""


def partial_date(person: Person) -> PartialDate | None:
    """As it was entered: the year, the month, or the day."""
    born, precision = person.born_on, person.born_precision
    if born is None or precision is BornPrecision.UNKNOWN:
        return None
    if precision is BornPrecision.YEAR:
        return PartialDate(born.year)
    if precision is BornPrecision.MONTH:
        return PartialDate(born.year, born.month)
    if precision is BornPrecision.ESTIMATED and (born.month, born.day) == (1, 1):
        return PartialDate(born.year)
    return PartialDate.of(born)


def _language(person: Person) -> str:
    interpreter = {
        Safe.YES: "interpreter needed",
        Safe.NO: "no interpreter needed",
        Safe.NOT_ASKED: "interpreter not asked",
    }[person.needs_interpreter]
    return f"{person.language or 'Not asked'}, {interpreter}"


def _nhs_number(person: Person) -> Line:
    if not person.nhs_number:
        return Line("NHS number", "")
    number = read_nhs_number(person.nhs_number)
    warning = "" if number.verdict is Verdict.VALID else f"{number.verdict.label}. Check it"
    return Line("NHS number", number.spaced, warning)


# --- How to reach them -------------------------------------------------------------------------

_RULES = {
    "safe_to_call": ("Safe to call", "Do not call", "Calling: not asked"),
    "safe_to_text": ("Safe to text", "Do not text", "Texting: not asked"),
    "safe_voicemail": ("Voicemail is safe", "Leave no voicemail", "Voicemail: not asked"),
}
_TONES = {Safe.YES: "good", Safe.NO: "alert", Safe.NOT_ASKED: "quiet"}


def way(point: ContactPoint) -> Way:
    is_phone = point.kind is ContactKind.PHONE
    asked = _RULES if is_phone else {"safe_to_text": ("Safe to use", "Do not use", "Not asked")}
    rules = []
    for name, (yes, no, not_asked) in asked.items():
        safe: Safe = getattr(point, name)
        words = {Safe.YES: yes, Safe.NO: no, Safe.NOT_ASKED: not_asked}[safe]
        rules.append((words, _TONES[safe]))
    value = read_phone(point.value).display if is_phone else point.value
    return Way(point.id, point.kind.label, value, rules, point.who_else, point.best_time)


def may_contact_words(related: RelatedPerson) -> tuple[str, str]:
    return {
        Safe.YES: ("We may contact them", "good"),
        Safe.NO: ("Do not contact them", "alert"),
        Safe.NOT_ASKED: ("Contact: not asked", "quiet"),
    }[related.may_contact]


# --- Consent -----------------------------------------------------------------------------------


def answers(person: Person) -> list[Answer]:
    """One for each purpose; sharing has one for each agency."""
    decisions = people.consents_of(person)
    found = []
    for purpose in ConsentPurpose:
        mine = [c for c in decisions if c.purpose is purpose]
        agencies = list(dict.fromkeys(c.agency for c in mine)) or [""]
        found += [_answer(purpose, a, [c for c in mine if c.agency == a]) for a in agencies]
    return found


def _answer(purpose: ConsentPurpose, agency: str, decisions: list[Consent]) -> Answer:
    if not decisions:
        return Answer(purpose, agency, "Not asked", "quiet", "", [])
    state, tone = _state(decisions[0])
    told = [decision_words(c) for c in decisions]
    return Answer(purpose, agency, state, tone, told[0], told[1:])


def _state(latest: Consent) -> tuple[str, str]:
    if latest.decision is not Decision.GIVEN:
        return latest.decision.label, "notice"
    if latest.until is not None and latest.until < clock.today():
        return f"Ran out {day(latest.until)}", "notice"
    return "Given", "good"


def decision_words(consent: Consent) -> str:
    by = consent.given_by.label.lower()
    recorder = staff.user(consent.recorded_by)
    parts = [
        f"{consent.decision.label} on {long_day(consent.decided_at)} by the {by}",
        consent.method.label.lower(),
        f"until {long_day(consent.until)}" if consent.until else "",
        f"notice {consent.notice_version}" if consent.notice_version else "",
        f"recorded by {recorder.name}" if recorder else "",
    ]
    words = ", ".join(part for part in parts if part)
    return f"{words}. {consent.competence_note}" if consent.competence_note else f"{words}."


# --- Flags -------------------------------------------------------------------------------------


def flag_line(flag: FlagShown) -> FlagLine:
    until = f"Until {day(flag.expires_on)}" if flag.expires_on else "Until removed"
    told = f"{until}, set {day(flag.set_at)} by {flag.set_by}"
    return FlagLine(
        flag.id,
        flag.kind,
        flag.level.label,
        LEVEL_TONE[flag.level],
        flag.detail,
        f"{flag.source}. {told}" if flag.source else told,
        flag.is_whole,
    )


def past_flag(flag: FlagShown) -> str:
    words = f"{flag.kind}, set {long_day(flag.set_at)} by {flag.set_by}"
    if flag.removed_at is None:
        return f"{words}, ran out {long_day(flag.expires_on)}"
    why = flag.removed_reason if flag.is_whole else flag.detail
    return f"{words}, removed {long_day(flag.removed_at)}: {why}"
