"""Each thing that is due explains itself: why this date, who was told, who is told next."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from caseflow.cases.models import Case
from caseflow.reviews import cadence, queries
from caseflow.reviews.models import DueItem
from caseflow.reviews.rules import MOVABLE, SUPERVISED, WHILE_PAUSED, Step
from caseflow.staff import queries as staff

NOBODY = "nobody: the team has no supervisor"


@dataclass(frozen=True)
class Telling:
    who: str
    at: datetime


@dataclass(frozen=True)
class Explained:
    item: DueItem
    title: str
    late_since: datetime | None
    is_movable: bool
    told: Sequence[Telling]
    to_tell: Sequence[Telling]
    is_waiting: bool
    """The case is paused: nobody is told until it goes on."""


def explain(case: Case, items: Sequence[DueItem], now: datetime) -> list[Explained]:
    told = queries.tellings_of(items)
    leads = " and ".join(user.name for user in staff.supervisors_of(case.team_id)) or NOBODY
    return [
        Explained(
            item=item,
            title=f"{item.kind.label}: {item.what}" if item.what else item.kind.label,
            late_since=cadence.late_from(item.due_at) if item.is_late(now) else None,
            is_movable=item.kind in MOVABLE,
            told=[Telling(name, row.at) for row, name in told[item.id]],
            to_tell=_to_tell(case, item, leads, now),
            is_waiting=case.paused_at is not None and item.kind not in WHILE_PAUSED,
        )
        for item in items
    ]


def _to_tell(case: Case, item: DueItem, leads: str, now: datetime) -> list[Telling]:
    worker = case.worker.name if case.worker and case.worker.is_active else leads
    usual = leads if item.kind in SUPERVISED else worker
    return [
        Telling(leads if step is Step.OVERDUE else usual, at)
        for step, at in cadence.tellings(item.due_at, item.made_at, case.risk)
        if at > now
    ]
