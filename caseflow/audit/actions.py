"""Write one row of the trail, in the caller's transaction."""

import uuid
from collections.abc import Iterable
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from caseflow.audit import writing
from caseflow.audit.models import AuditRow
from caseflow.audit.rules import Event
from caseflow.kernel import clock


@dataclass(frozen=True)
class Origin:
    """Who is acting, and through which door. Commands and jobs have no actor.

    ``session_id`` opens no session: its token is kept nowhere. ``source``: the network address.
    """

    actor_id: uuid.UUID | None = None
    endpoint: str = "command"
    request_id: str = ""
    session_id: str = ""
    source: str = ""


origin: ContextVar[Origin] = ContextVar("audit_origin", default=Origin())
_shown: ContextVar[list[str] | None] = ContextVar("shown", default=None)
_noted: ContextVar[dict[str, Any] | None] = ContextVar("noted", default=None)


def start_looking() -> None:
    _shown.set([])
    _noted.set({})


def shown(case_ids: Iterable[uuid.UUID]) -> None:
    """A list page says which cases it is about to show; the gate writes them into its row."""
    seen = _shown.get()
    if seen is not None:
        seen.extend(str(case_id) for case_id in case_ids)


def seen_so_far() -> list[str]:
    return list(dict.fromkeys(_shown.get() or []))


def noted(**facts: Any) -> None:
    """What else the look's own row must say, such as what the trail was searched for."""
    if (so_far := _noted.get()) is not None:
        so_far.update(facts)


def noted_so_far() -> dict[str, Any]:
    return dict(_noted.get() or {})


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
        session_id=source.session_id,
        source=source.source,
        facts=facts,
    )
    writing.wait(row)
    return row
