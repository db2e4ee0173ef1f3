"""Write one row of the trail, in the caller's transaction."""

import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import Table, insert

from caseflow.audit.models import AuditRow
from caseflow.audit.rules import Event
from caseflow.kernel import clock
from caseflow.kernel.database import db


@dataclass(frozen=True)
class Origin:
    """Who is acting, and through which door. Commands and jobs have no actor."""

    actor_id: uuid.UUID | None = None
    endpoint: str = "command"
    request_id: str = ""


origin: ContextVar[Origin] = ContextVar("audit_origin", default=Origin())
_shown: ContextVar[list[str] | None] = ContextVar("shown", default=None)
_waiting: ContextVar[list[AuditRow] | None] = ContextVar("waiting", default=None)


def start_looking() -> None:
    _shown.set([])


def shown(case_ids: Iterable[uuid.UUID]) -> None:
    """A list page says which cases it is about to show; the gate writes them into its row."""
    seen = _shown.get()
    if seen is not None:
        seen.extend(str(case_id) for case_id in case_ids)


def seen_so_far() -> list[str]:
    return list(dict.fromkeys(_shown.get() or []))


def record(
    event: Event,
    *,
    case_id: uuid.UUID | None = None,
    person_id: uuid.UUID | None = None,
    actor_id: uuid.UUID | None = None,
    **facts: Any,
) -> AuditRow:
    """Facts are ids, codes, field names and counts; never a name, never note text."""
    source = origin.get()
    row = AuditRow(
        at=clock.now(),
        event=event,
        actor_id=actor_id or source.actor_id,
        case_id=case_id,
        person_id=person_id,
        endpoint=source.endpoint,
        request_id=source.request_id,
        facts=facts,
    )
    waiting = _waiting.get()
    if waiting is None:
        db.session.add(row)
    else:
        waiting.append(row)
    return row


@contextmanager
def written_together() -> Iterator[None]:
    """The rows of everything done inside are written at its end, in order, in the same transaction:
    for bulk work. One by one they cost as much as what they tell of."""
    rows: list[AuditRow] = []
    token = _waiting.set(rows)
    try:
        yield
    finally:
        _waiting.reset(token)
    db.session.flush()
    if rows:
        db.session.execute(insert(cast(Table, AuditRow.__table__)), [_values(row) for row in rows])


def _values(row: AuditRow) -> dict[str, Any]:
    names = (column.key for column in AuditRow.__table__.columns if column.key != "seq")
    return {name: getattr(row, name) for name in names}
