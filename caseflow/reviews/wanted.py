"""What ought to be due on a case: read from the case, its young person and the rules in force."""

import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from caseflow.cases import queries as case_queries
from caseflow.cases.lifecycle import SUPPORT, Stage
from caseflow.cases.models import Case
from caseflow.cases.rules import Risk
from caseflow.kernel import clock
from caseflow.kernel.settings import setting
from caseflow.people.models import Person
from caseflow.people.rules import BornPrecision, Decision, birthday
from caseflow.reviews import cadence, queries
from caseflow.reviews.cadence import Due
from caseflow.reviews.models import DueItem
from caseflow.reviews.rules import (
    BIRTHDAY_AHEAD_DAYS,
    LAPSE_DAYS,
    DueKind,
    DueState,
)
from caseflow.staff.queries import service_calendar

BEFORE_APPROACH = frozenset({Stage.ELIGIBLE, Stage.ATTEMPTING})
WITH_NEW_TRIAGE = frozenset({Stage.TRIAGED, Stage.ELIGIBLE, Stage.INELIGIBLE})


@dataclass(frozen=True)
class Wanted:
    kind: DueKind
    subject: uuid.UUID
    due: Due


def wanted_on(case: Case, items: Iterable[DueItem]) -> list[Wanted]:
    open_kinds = {item.kind: item for item in items}
    found: dict[DueKind, Due | None] = {
        DueKind.TRIAGE: _triage(case),
        DueKind.TRIAGE_CONFIRM: _confirmation(case, open_kinds.get(DueKind.TRIAGE_CONFIRM)),
        DueKind.FIRST_APPROACH: _approach(case, open_kinds.get(DueKind.FIRST_APPROACH)),
        DueKind.NEEDS_ASSESSMENT: _assessment(case, open_kinds.get(DueKind.NEEDS_ASSESSMENT)),
        DueKind.REVIEW: _review(case),
    }
    of_case = [Wanted(kind, case.id, due) for kind, due in found.items() if due is not None]
    return [*of_case, *_of_person(case)] if case.is_open else of_case


def _triage(case: Case) -> Due | None:
    if case.stage is not Stage.RECEIVED:
        return None
    return cadence.triage_due(_table(), case.received_at)


def _confirmation(case: Case, item: DueItem | None) -> Due | None:
    if item is None and case.stage not in WITH_NEW_TRIAGE:
        return None
    decision = case_queries.latest_triage(case)
    if decision is None or decision.confirmed_at is not None or decision.confirm_by is None:
        return None
    return cadence.confirm_due(decision.confirm_by)


def _approach(case: Case, item: DueItem | None) -> Due | None:
    if case.stage not in BEFORE_APPROACH:
        return None
    if item is not None:
        return Due(item.rule_at, item.why)
    since = queries.became_approachable_at(case)
    if since is None or _was_done(case, DueKind.FIRST_APPROACH, since):
        return None
    return cadence.first_approach_due(_table(), since, days_off())


def _assessment(case: Case, item: DueItem | None) -> Due | None:
    """From agreeing to support until a needs assessment finishes the item."""
    if item is not None and case.stage in SUPPORT | {Stage.AGREED}:
        return Due(item.rule_at, item.why)
    if case.stage is not Stage.AGREED:
        return None
    if _was_done(case, DueKind.NEEDS_ASSESSMENT, case.received_at):
        return None
    return cadence.needs_assessment_due(_table(), case.stage_since, days_off())


def _was_done(case: Case, kind: DueKind, since: datetime) -> bool:
    before = queries.latest_item(case, kind)
    if before is None or before.done_at is None:
        return False
    return before.state is DueState.DONE and before.done_at >= since


def is_reviewed(case: Case) -> bool:
    """Reviews fall due while somebody is in support and the clock runs."""
    return case.stage in SUPPORT and case.paused_at is None


def _review(case: Case) -> Due | None:
    if not is_reviewed(case):
        return None
    last = queries.last_review(case)
    return review_rule(case, held_at=last.held_at if last else None, risk=case.risk)


def review_rule(case: Case, *, held_at: datetime | None, risk: Risk) -> Due:
    """What the cadence table says about the review that follows one held at ``held_at``."""
    began = case.support_began_at or case.stage_since
    return cadence.review_due(
        _table(),
        stream=case.stream,
        risk=risk,
        arm=case.arm,
        began_at=began,
        last_held_at=held_at if held_at is not None and held_at >= began else None,
        off=days_off(),
    )


def _table() -> dict[str, Any]:
    table: dict[str, Any] = setting("review_cadence", cadence.DEFAULT)
    return table


def days_off() -> Collection[date]:
    return service_calendar().holidays


def _of_person(case: Case) -> list[Wanted]:
    person = case.person
    return [*_birthdays(person), *_flags(person), *_consents(person)]


def _birthdays(person: Person) -> list[Wanted]:
    if person.born_on is None or person.born_precision is not BornPrecision.DAY:
        return []
    first = clock.today() - timedelta(days=LAPSE_DAYS - 1)
    last = clock.today() + timedelta(days=BIRTHDAY_AHEAD_DAYS)
    days = (
        (kind, years, birthday(person.born_on, years))
        for kind, years in ((DueKind.TURNS_18, 18), (DueKind.TURNS_26, 26))
    )
    return [
        Wanted(kind, person.id, cadence.birthday_due(years, day))
        for kind, years, day in days
        if first <= day <= last
    ]


def _flags(person: Person) -> list[Wanted]:
    """Each kind of flag by its newest: setting it again answers the one that runs out."""
    since = clock.today() - timedelta(days=LAPSE_DAYS - 1)
    newest = {flag.kind: flag for flag in reversed(queries.expiring_flags(person.id, since))}
    return [
        Wanted(DueKind.FLAG, flag.id, cadence.expiry_due(DueKind.FLAG, flag.expires_on))
        for flag in newest.values()
        if flag.expires_on is not None
    ]


def _consents(person: Person) -> list[Wanted]:
    since = clock.today() - timedelta(days=LAPSE_DAYS - 1)
    decisions = queries.decisions_about(person.id)
    newest = {(c.purpose, c.agency): c for c in reversed(decisions)}
    return [
        Wanted(DueKind.CONSENT, c.id, cadence.expiry_due(DueKind.CONSENT, c.until))
        for c in newest.values()
        if c.decision is Decision.GIVEN and c.until is not None and c.until >= since
    ]
