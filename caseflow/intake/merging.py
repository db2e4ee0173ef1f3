"""Several messages about one referral, read as one: the newest word on each thing, blanks aside."""

from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from functools import reduce
from typing import Any

from caseflow.intake.arrival import Arrival
from caseflow.intake.draft import Draft, Name
from caseflow.kernel.names import fold
from caseflow.kernel.partial_date import PartialDate
from caseflow.people.rules import BornPrecision


def gathered(arrivals: Iterable[Arrival]) -> Arrival:
    """Oldest first. Our own fields as all the messages together give them: what a newer one
    leaves out stands as the older one said it."""
    person: dict[str, Any] = {}
    referral: dict[str, Any] = {}
    incident: dict[str, Any] = {}
    for told in arrivals:
        person |= _as_exact_as(person, told.person)
        referral |= _with_words(referral, told.referral)
        incident |= told.incident
    return Arrival(person, referral, incident)


def _as_exact_as(had: Mapping[str, Any], told: Mapping[str, Any]) -> dict[str, Any]:
    """ "2010" after "14 May 2010" takes nothing back."""
    before, now = born_of(had), born_of(told)
    if before and now and now.earliest <= before.earliest and before.latest <= now.latest:
        return {k: v for k, v in told.items() if k not in ("born_on", "born_precision")}
    return dict(told)


def _with_words(had: Mapping[str, Any], told: Mapping[str, Any]) -> dict[str, Any]:
    """What a newer message says under a heading takes the place of what an older one said there;
    a warning it does not repeat still stands."""
    newer = told.get("sender_said", [])
    headings = {row["where"] for row in newer}
    older = [row for row in had.get("sender_said", []) if row["where"] not in headings]
    return {**told, "sender_said": [*newer, *older]} if newer or older else dict(told)


def born_of(fields: Mapping[str, Any]) -> PartialDate | None:
    """The partial date that a person's two columns stand for."""
    born = fields.get("born_on")
    precision = fields.get("born_precision", BornPrecision.UNKNOWN)
    if born is None or precision is BornPrecision.UNKNOWN:
        return None
    if precision is BornPrecision.YEAR:
        return PartialDate(born.year)
    if precision is BornPrecision.MONTH:
        return PartialDate(born.year, born.month)
    return PartialDate.of(born)


def merged(drafts: Iterable[Draft]) -> Draft:
    """Oldest first: who the patient is, as far as the messages together say."""
    return reduce(_newer_over, drafts)


def _newer_over(older: Draft, newer: Draft) -> Draft:
    told = {f.name: getattr(newer, f.name) for f in fields(newer)}
    told = {name: value for name, value in told.items() if value not in (None, "", ())}
    if newer.is_unidentified:
        told.pop("names", None)
    return replace(older, **told)


def is_somebody_else(before: Draft, now: Draft) -> str | None:
    """Why the patient is plainly not the one of before; None when it may well be the same."""
    if _differs(_identity(before), _identity(now)):
        return "The NHS number is another person’s."
    if _births_differ(before.birth_date, now.birth_date) and _names_differ(before, now):
        return "The name and the date of birth are both different."
    return None


def _differs(before: str | None, now: str | None) -> bool:
    return before is not None and now is not None and before != now


def _identity(draft: Draft) -> str | None:
    number = draft.nhs_number
    return number.digits if number is not None and number.is_identity else None


def _births_differ(before: PartialDate | None, now: PartialDate | None) -> bool:
    if before is None or now is None:
        return False
    return before.latest < now.earliest or now.latest < before.earliest


def _names_differ(before: Draft, now: Draft) -> bool:
    """None of the names then could be one of the names now. Brothers share a family name, so a
    shared one is not enough; a name left out could be any."""
    if before.is_unidentified or now.is_unidentified:
        return False
    return not any(_could_be(had, has) for had in before.names for has in now.names)


def _could_be(one: Name, other: Name) -> bool:
    return _fits(one.family, other.family) and _fits(one.first, other.first)


def _fits(one: str, other: str) -> bool:
    a, b = fold(one), fold(other)
    return not a or not b or a == b
