"""The trail is checked each night and at the start, and anchored each quarter of an hour."""

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from flask import current_app
from sqlalchemy import Connection

from caseflow.access.permissions import Role
from caseflow.audit import actions as audit
from caseflow.audit import anchors
from caseflow.audit.anchors import Anchor
from caseflow.audit.chain import PURPOSE
from caseflow.audit.checking import Verdict, check
from caseflow.audit.damage import START, Fault, Head
from caseflow.audit.queries import TRAIL, what_is_wrong
from caseflow.audit.rules import Event
from caseflow.kernel import clock, keys
from caseflow.kernel.config import Settings
from caseflow.kernel.database import db, transaction, writing
from caseflow.kernel.errors import Problem
from caseflow.kernel.settings import change_setting, setting
from caseflow.notices import actions as notices
from caseflow.notices import queries as told
from caseflow.staff import queries as staff

log = logging.getLogger(__name__)

EVERY = timedelta(minutes=15)
AT_THE_LATEST = timedelta(hours=26)
AT_NIGHT = range(2, 6)  # o'clock, when few are at work
A_NIGHT = timedelta(hours=20)
BROKEN = "The audit trail is not as it was written."


def anchors_file() -> Path | None:
    settings: Settings = current_app.extensions["settings"]
    return settings.anchors_file


def check_all(known: Iterable[Anchor] = ()) -> Verdict:
    with _reading() as connection:
        return check(connection, keys.derived(PURPOSE), known, between=connection.rollback)


def check_since_last() -> Verdict:
    """From the last row that was found right; from the first, when something was wrong."""
    found: dict[str, Any] = setting(TRAIL, {})
    is_whole = found and not found["wrong"]
    since = Head(found["seq"], found["mac"]) if is_whole and found["seq"] else START
    return _check_since(since)


def _check_since(since: Head) -> Verdict:
    with _reading() as connection:
        return check(connection, keys.derived(PURPOSE), since=since, between=connection.rollback)


def check_at_start() -> None:
    """What came since the last check. A broken trail does not keep the application from starting:
    people still need their cases. It stops exports, and every page says so."""
    verdict = check_since_last()
    db.session.rollback()
    if verdict.fault:
        remember(verdict)


@contextmanager
def _reading() -> Iterator[Connection]:
    """A connection of its own, that keeps nobody from writing."""
    with writing(False), db.engine.connect() as connection:
        yield connection


def remember(verdict: Verdict) -> None:
    """For the banner, the exports and the next check; whoever must know is told, once."""
    wrong = str(verdict.fault) if verdict.fault else ""
    found = {
        "seq": verdict.head.seq,
        "mac": verdict.head.mac,
        "wrong": wrong,
        "at": clock.now().isoformat(),
    }
    with transaction():
        change_setting(TRAIL, found, by_id=None)
        audit.record(Event.TRAIL_CHECKED, rows=verdict.head.seq, wrong=wrong)
        if verdict.fault:
            _tell_governance(verdict.fault)


def _tell_governance(fault: Fault) -> None:
    cause = f"trail {fault.damage} {fault.seq}"
    for reader in staff.active_in(Role.INFORMATION_GOVERNANCE):
        if not told.was_told(reader, cause):
            notices.tell(
                reader,
                cause=cause,
                text=f"{BROKEN} {fault}. Exports are stopped.",
                subject="Something in CaseFlow needs a look",
                lines=[BROKEN, ""],
                path="/audit",
            )


def anchor(path: Path) -> Anchor | None:
    """One more line, unless nothing was written since the last one.

    What was anchored before must still be there, and what came since must be whole: otherwise
    everybody is told, and the file stays as it is.
    """
    before = anchors.last(path)
    verdict = _check_since(Head(before.seq, before.mac) if before else START)
    if verdict.fault:
        remember(verdict)
        return None
    with _reading() as connection:
        made = anchors.anchor_now(connection)
    if made is None or (before is not None and made.seq == before.seq):
        return None
    anchors.append(path, made)
    return made


def keep(now: datetime) -> None:
    """What is due now. Called at every tick of the scheduler; a problem may not stop the tick."""
    path = anchors_file()
    is_check_due = _is_check_due(now)
    db.session.rollback()  # the checks read for long: nobody may wait for this transaction
    try:
        if path and _is_anchor_due(path, now):
            anchor(path)
        if is_check_due:
            remember(check_all(anchors.read(path) if path else ()))
    except Problem as problem:
        log.error("the trail is not kept: %s", problem.message)


def _is_anchor_due(path: Path, now: datetime) -> bool:
    before = anchors.last(path)
    return before is None or now - datetime.fromisoformat(f"{before.time}+00:00") >= EVERY


def _is_check_due(now: datetime) -> bool:
    found = setting(TRAIL, {})
    if not found:
        return True
    age = now - datetime.fromisoformat(found["at"])
    is_night = clock.local(now).hour in AT_NIGHT
    return age >= AT_THE_LATEST or (is_night and age >= A_NIGHT)


def finding() -> tuple[bool, str]:
    """For ``caseflow doctor``: is it whole, in words. Reads what came since the last check."""
    verdict = check_since_last()
    if verdict.fault:
        return False, f"{verdict.fault}. Run caseflow audit verify, then see docs/operations.md."
    if wrong := what_is_wrong():
        return False, f"{wrong}. Run caseflow audit verify, then see docs/operations.md."
    return True, f"whole up to row {verdict.head.seq:,}"
