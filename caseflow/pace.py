"""How much one person may do within a time. The trail counts; here they are held back."""

import math
import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta

from flask import request
from werkzeug.exceptions import TooManyRequests

from caseflow.access.permissions import Permission, Role
from caseflow.audit import actions as audit
from caseflow.audit import queries as trail
from caseflow.audit.rules import Event, Limit, limits
from caseflow.cases.models import Case
from caseflow.kernel import clock
from caseflow.kernel.database import SAFE_METHODS, db, writing
from caseflow.kernel.page import moment
from caseflow.kernel.settings import setting
from caseflow.notices import actions as notices
from caseflow.notices import queries as told
from caseflow.staff import queries as staff

SENDING = {
    Permission.CASE_SEARCH: Event.SEARCHED,
    Permission.KNOWN_SEARCH: Event.SEARCHED,
    Permission.DATASET_EXPORT: Event.EXPORTED,
    Permission.SUMMARY_MAKE: Event.SUMMARY_MADE,
}
A_MINUTE = timedelta(minutes=1)  # the time is said to the minute
TOLD = "Somebody opened so many cases within an hour that CaseFlow held them back."


def hold_back(actor_id: uuid.UUID, needs: Permission, case: Case | None) -> None:
    """Refuses, in words and on record, what would be one too many."""
    case_id = case.id if case is not None else None
    for event in _about_to(needs, case_id):
        limit = limits(setting("limits", {}))[event]
        if again := _again_at(actor_id, event, limit, case_id):
            _refuse(actor_id, event, limit, again)


def _about_to(needs: Permission, case_id: uuid.UUID | None) -> Iterator[Event]:
    if case_id is not None:
        yield Event.VIEWED
    if request.method not in SAFE_METHODS and needs in SENDING:
        yield SENDING[needs]


def _again_at(
    actor_id: uuid.UUID, event: Event, limit: Limit, case_id: uuid.UUID | None
) -> datetime | None:
    since = clock.now() - limit.within
    if not limit.of_cases:
        return limit.again_at(trail.moments(actor_id, event, since=since, most=limit.most))
    looked_at = trail.cases_looked_at(actor_id, since=since, most=limit.most)
    return None if case_id in looked_at else limit.again_at(list(looked_at.values()))


def _refuse(actor_id: uuid.UUID, event: Event, limit: Limit, again: datetime) -> None:
    """In a transaction of its own, as every refusal."""
    db.session.rollback()
    with writing():
        audit.record(Event.REFUSED, status=429, limit=event.value, most=limit.most)
        if event is Event.VIEWED:
            _tell_governance(actor_id)
        db.session.commit()
    did = limit.words.format(most=limit.most)
    raise TooManyRequests(
        f"You have {did}, which is as many as CaseFlow allows. It works again from "
        f"{moment(again + A_MINUTE)}.",
        retry_after=max(math.ceil((again - clock.now()).total_seconds()), 1),
    )


def _tell_governance(actor_id: uuid.UUID) -> None:
    """Once for each person and hour, and without their name: the trail has it."""
    cause = f"pace {actor_id} {clock.now():%Y-%m-%d %H}"
    for reader in staff.active_in(Role.INFORMATION_GOVERNANCE):
        if not told.was_told(reader, cause):
            notices.tell(
                reader,
                cause=cause,
                text=f"{TOLD} See the refusals in the audit trail.",
                subject="Something in CaseFlow needs a look",
                lines=[TOLD, ""],
                path="/audit?refused=y",
            )
