"""What is unusual in the trail, for information governance; who looked, for each worker."""

import uuid
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, timedelta

from sqlalchemy import Row, Select, select

from caseflow.access.permissions import Role
from caseflow.audit.models import AuditRow
from caseflow.audit.rules import Event
from caseflow.cases.models import Case
from caseflow.kernel import clock
from caseflow.kernel.database import db, transaction
from caseflow.kernel.page import plural
from caseflow.kernel.settings import change_setting, setting
from caseflow.notices import actions as notices
from caseflow.notices import queries as told
from caseflow.people.models import Person
from caseflow.rights.unusual import Finding, Look, findings
from caseflow.staff import queries as staff
from caseflow.staff.models import User

WATCHED = frozenset({Event.VIEWED, Event.SEARCHED, Event.REFUSED})
SEES_ALL = frozenset({Role.SAFEGUARDING_LEAD})
FROM = 6  # o'clock: what came since yesterday is looked through, and told
Found = tuple[AuditRow, User, uuid.UUID, uuid.UUID | None, str]
MADE_GOOD = 14  # days, after an outage
DONE, LOOKED = "unusual_looked_for", "who_looked"


def unusual_on(day: date) -> list[Finding]:
    rows = db.session.execute(_looks(clock.start_of(day), clock.end_of(day)))
    return findings(_look(row) for row in rows)


def _looks(since: datetime, until: datetime) -> Select[*Found]:
    return (
        select(AuditRow, User, Case.team_id, Case.worker_id, Person.last_name)
        .join(User, User.id == AuditRow.actor_id)
        .outerjoin(Case, Case.id == AuditRow.case_id)
        .outerjoin(Person, Person.id == Case.person_id)
        .where(AuditRow.event.in_(WATCHED), AuditRow.at >= since, AuditRow.at < until)
        .order_by(AuditRow.seq)
    )


def _look(found: Row[*Found]) -> Look:
    row, user, team_id, worker_id, last_name = found
    is_holder = worker_id == user.id
    in_emergency = bool(row.facts.get("by_glass"))  # reviewed on its own
    return Look(
        actor_id=user.id,
        at=clock.local(row.at),
        event=row.event,
        case_id=row.case_id,
        is_linked=is_holder or in_emergency or user.role in SEES_ALL or user.team_id == team_id,
        is_holder=is_holder,
        same_name=bool(last_name) and last_name.casefold() == user.name.split()[-1].casefold(),
        is_held_back=row.facts.get("limit") == Event.VIEWED.value,
    )


def tell(now: datetime) -> None:
    """Once a day, and once a week; what was missed while nothing ran is made good. Called at
    every tick of the scheduler."""
    today = clock.local(now).date()
    is_early = clock.local(now).hour < FROM
    done = str(setting(DONE, ""))
    db.session.rollback()
    if is_early or done == today.isoformat():
        return
    with transaction():
        change_setting(DONE, today.isoformat(), by_id=None)
        for day in _not_looked_through(done, today):
            _tell_governance(day)
        _tell_workers(today - timedelta(days=today.weekday()))


def _not_looked_through(done: str, today: date) -> list[date]:
    """The days from the one when this was last done up to yesterday."""
    since = (today - date.fromisoformat(done)).days if done else 1
    return [today - timedelta(days=ago) for ago in range(min(since, MADE_GOOD), 0, -1)]


def _tell_governance(day: date) -> None:
    count = len(unusual_on(day))
    for reader in staff.active_in(Role.INFORMATION_GOVERNANCE) if count else ():
        _once(reader, f"unusual {day}", f"{plural(count, 'unusual look')} to ask about.",
              f"/audit/unusual?day={day}")  # fmt: skip


def _tell_workers(monday: date) -> None:
    for worker_id, (people, cases) in who_looked(monday - timedelta(days=7), monday).items():
        if (worker := staff.active_user(worker_id)) is not None:
            words = f"{plural(people, 'colleague')} looked at {plural(cases, 'case')} of yours"
            _once(
                worker, f"{LOOKED} {monday}", f"{words} last week. Each case says who.", "/my-day"
            )


def _once(user: User, cause: str, text: str, path: str) -> None:
    if not told.was_told(user, cause):
        notices.tell(user, cause=cause, text=text, subject="Who has looked", path=path)


def who_looked(first: date, until: date) -> dict[uuid.UUID, tuple[int, int]]:
    """Worker → how many others looked at how many of their cases, from the first day on."""
    seen: dict[uuid.UUID, set[tuple[uuid.UUID, uuid.UUID]]] = defaultdict(set)
    for worker_id, actor_id, case_id in _others(clock.start_of(first), clock.start_of(until)):
        seen[worker_id].add((actor_id, case_id))
    return {
        worker_id: (len({actor for actor, _ in pairs}), len({case for _, case in pairs}))
        for worker_id, pairs in seen.items()
    }


def _others(since: datetime, until: datetime) -> Iterator[tuple[uuid.UUID, uuid.UUID, uuid.UUID]]:
    rows = db.session.execute(
        select(Case.worker_id, AuditRow.actor_id, Case.id)
        .join(Case, Case.id == AuditRow.case_id)
        .where(
            AuditRow.event == Event.VIEWED,
            AuditRow.at >= since,
            AuditRow.at < until,
            AuditRow.actor_id != Case.worker_id,
        )
        .distinct()
    )
    for worker_id, actor_id, case_id in rows:
        if worker_id is not None and actor_id is not None:
            yield worker_id, actor_id, case_id
