"""What all messages together say, told in the senders' order: the newest word on each thing, blanks
aside. So the order in which they arrive makes no difference in the end.

A referral's own fields follow its sender's messages; the young person's follow every message about
them, whoever sent it; what happened follows those of the case. A field that a person entered or
corrected stands, and what a message says otherwise is a question.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from enum import Enum
from typing import Any

from caseflow.cases.models import Case
from caseflow.incidents import actions as incidents
from caseflow.incidents.models import Incident
from caseflow.incidents.queries import incident_of
from caseflow.intake import queries
from caseflow.intake.arrival import Arrival, Reach, Relative, arrival_of, source_of
from caseflow.intake.draft import Draft, Problem
from caseflow.intake.merging import born_of, gathered, merged
from caseflow.intake.models import Message, Referral
from caseflow.kernel.names import fold
from caseflow.kernel.page import day, moment
from caseflow.kernel.partial_date import PartialDate
from caseflow.kernel.phones import read_phone
from caseflow.people import actions as people
from caseflow.people.models import Person
from caseflow.people.rules import ContactKind

Changes = list[dict[str, str]]
NOTHING = (None, "", "not_asked", "unknown")
TOGETHER = (
    ("born_on", "born_precision"),
    ("first_name", "last_name"),
    ("happened_at", "precision"),
    ("latitude", "longitude"),
)
NOT_IN_WORDS = ("sender_said", "born_precision", "precision", "reasons")


def told_in(messages: Sequence[Message]) -> list[tuple[datetime, Draft]]:
    """A withdrawal takes back, and tells nothing."""
    drafts = [(queries.said_at(message), queries.draft_of(message)) for message in messages]
    return [(at, draft) for at, draft in drafts if not draft.withdraws]


def learn(referral: Referral, draft: Draft, at: datetime) -> tuple[list[Problem], Changes]:
    """What the message of ``at``, not yet kept, changes. Returns the questions and the changes."""
    mine = told_in(queries.applied(queries.messages_of(referral)))
    changes = _of_referral(referral, mine, draft, at)
    case = referral.case
    questions, more = learn_of_person(case.person, draft, at)
    if incident := incident_of(case):
        asked, most = learn_what_happened(incident, case, draft, at)
        return [*questions, *asked], [*changes, *more, *most]
    return questions, [*changes, *more]


def _stories(
    told: list[tuple[datetime, Draft]], draft: Draft, at: datetime
) -> tuple[Arrival, Arrival]:
    """Before this message and with it, each told oldest first."""
    before = [arrival_of(one) for _, one in told]
    place = sum(earlier <= at for earlier, _ in told)
    return gathered(before), gathered([*before[:place], arrival_of(draft), *before[place:]])


def _of_referral(
    referral: Referral, mine: list[tuple[datetime, Draft]], draft: Draft, at: datetime
) -> Changes:
    had, has = _stories(mine, draft, at)
    place = sum(earlier <= at for earlier, _ in mine)
    whole = [one for _, one in mine]
    news = _news(had.referral, has.referral)
    news["source"] = source_of(merged([*whole[:place], draft, *whole[place:]]))
    news = {name: value for name, value in news.items() if getattr(referral, name) != value}
    changes = [_change(name, getattr(referral, name), value) for name, value in news.items()]
    for name, value in news.items():
        setattr(referral, name, value)
    return [change for change in changes if change is not None]


def _news(had: Mapping[str, Any], has: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in has.items() if had.get(name) != value}


# --- the young person ---


def learn_of_person(person: Person, draft: Draft, at: datetime) -> tuple[list[Problem], Changes]:
    had, has = _stories(told_in(queries.messages_about(person)), draft, at)
    told = arrival_of(draft)
    questions, changes = _learned(
        person, had.person, has.person, lambda news: people.fill_in(person, **news)
    )
    _add_names(person, had, has, told)
    add_belongings(person, told)
    return questions, changes


def learn_of_known(person: Person, arrival: Arrival) -> list[Problem]:
    """From no message: blanks are filled; what differs is asked, and a person decides."""
    questions, _ = _learned(person, {}, arrival.person, lambda news: people.fill_in(person, **news))
    _add_names(person, Arrival({}, {}, {}), Arrival({}, {}, {}), arrival)
    add_belongings(person, arrival)
    return questions


def _learned(
    record: Person | Incident,
    had: Mapping[str, Any],
    has: Mapping[str, Any],
    fill_in: Callable[[dict[str, Any]], Any],
) -> tuple[list[Problem], Changes]:
    """Only a blank, or what messages themselves put there, gives way to a newer word."""
    news = {k: v for k, v in _news(had, has).items() if getattr(record, k) != v}
    stands = {name for name in news if not _gives_way(record, name, had.get(name))}
    stands |= {n for pair in TOGETHER for n in pair if stands & set(pair)} & news.keys()
    taken = {name: value for name, value in news.items() if name not in stands}
    was = {name: getattr(record, name, None) for name in (*taken, "born_precision")}
    now = was | taken
    if "born_on" in taken:
        was["born_on"], now["born_on"] = born_of(was), born_of(now)
    changes = [_change(name, was[name], now[name]) for name in taken]
    if taken:
        fill_in(taken)
    asked = sorted(stands - {"label", *NOT_IN_WORDS})
    return [differs(name) for name in asked], [c for c in changes if c is not None]


def _gives_way(record: Person | Incident, name: str, had: Any) -> bool:
    value = getattr(record, name)
    return name not in record.corrected and (value in NOTHING or value == had)


def _add_names(person: Person, had: Arrival, has: Arrival, told: Arrival) -> None:
    """Every name they were ever called is kept."""
    for fields in (had.person, told.person, has.person):
        name = f"{fields.get('first_name', '')} {fields.get('last_name', '')}".strip()
        if name and fold(name) != fold(f"{person.first_name} {person.last_name}"):
            people.add_alias(person, name)


# --- what happened ---


def learn_what_happened(
    incident: Incident, case: Case, draft: Draft, at: datetime
) -> tuple[list[Problem], Changes]:
    had, has = _stories(told_in(queries.messages_of_case(case)), draft, at)
    return _learned(
        incident, had.incident, has.incident, lambda news: incidents.fill_in(incident, **news)
    )


# --- beside the fields ---


def add_belongings(person: Person, arrival: Arrival) -> None:
    """Aliases, ways to reach them and relatives; whatever is known already is left as it is."""
    for alias in arrival.aliases:
        people.add_alias(person, alias)
    known = queries.contact_values(person)
    for reach in arrival.reach:
        if reach.value.strip() and not _keys(reach) & known:
            point = people.save_contact_point(
                person,
                kind=reach.kind,
                value=reach.value,
                safe_to_call=reach.to_call,
                safe_to_text=reach.to_text,
                who_else=reach.who_else,
            )
            known.add(point.folded)
    _add_relatives(person, arrival.relatives)


def _keys(reach: Reach) -> set[str]:
    """How people folds a number or an address, to know it again."""
    if reach.kind is ContactKind.PHONE:
        return {(read_phone(reach.value).e164 or reach.value).replace(" ", "")[:254]}
    return {reach.value.strip().casefold()[:254]}


def _add_relatives(person: Person, relatives: tuple[Relative, ...]) -> None:
    if not relatives:
        return
    known = queries.relatives_by_name(person)
    for relative in relatives:
        found = known.get(fold(relative.name))
        if found is None:
            known[fold(relative.name)] = people.save_related_person(
                person, name=relative.name, relation=relative.relation, phone=relative.phone
            )
        elif relative.phone and not found.phone and found.removed_at is None:
            people.save_related_person(
                person,
                name=found.name,
                relation=found.relation,
                phone=relative.phone,
                may_contact=found.may_contact,
                reason=found.reason,
                has_responsibility=found.has_responsibility,
                related=found,
            )


# --- in words ---


def differs(name: str) -> Problem:
    """Never the value: this line may be printed. The sender's own is with what the sender said."""
    return Problem(
        in_words(name), "The sender says something else; ours stands. Check which is so."
    )


_WORDS = {
    "born_on": "Date of birth",
    "nhs_number": "NHS number",
    "gp": "GP",
    "staying_at": "Address where they stay",
    "latitude": "Location north",
    "longitude": "Location east",
    "attended_at": "Arrived",
    "happened_at": "When it happened",
    "nature": "What happened",
    "reason": "What the sender wrote happened",
}


def in_words(name: str) -> str:
    return _WORDS.get(name, name.replace("_", " ").capitalize())


def _change(name: str, was: Any, now: Any) -> dict[str, str] | None:
    if name in NOT_IN_WORDS:
        return None
    return {"where": in_words(name), "was": _shown(was), "text": _shown(now)}


def _shown(value: Any) -> str:
    if value in NOTHING:
        return ""
    if isinstance(value, PartialDate):
        return value.label
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, date):
        return day(value)
    return str(getattr(value, "label", value) if isinstance(value, Enum) else value)
