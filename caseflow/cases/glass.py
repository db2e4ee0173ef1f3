"""Open another team's case in an emergency: to read, for an hour, told of at once, reviewed."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from caseflow.access.permissions import Role
from caseflow.audit import actions as audit
from caseflow.audit.rules import Event
from caseflow.cases import knowers, openings
from caseflow.cases.models import BreakGlass, Case
from caseflow.cases.openings import Wanted
from caseflow.cases.rules import (
    GLASS_MINUTES,
    MOST_ATTEMPTS,
    REVIEW_WITHIN,
    GlassFinding,
    GlassReason,
    glass_minutes,
)
from caseflow.kernel import clock
from caseflow.kernel.database import db
from caseflow.kernel.errors import Problem, Refused, Stale
from caseflow.kernel.ids import new_reference
from caseflow.kernel.page import day
from caseflow.kernel.settings import setting
from caseflow.notices.actions import put_in_inbox, tell
from caseflow.staff import queries as staff
from caseflow.staff.models import User

SUBJECT = "A case was opened in an emergency"
TOO_OFTEN = (
    f"You have asked {MOST_ATTEMPTS} times today, which is as often as anybody may. "
    "Ring your supervisor."
)


def break_glass(user: User, wanted: Wanted, *, code: GlassReason, reason: str) -> BreakGlass | None:
    """None, whatever stands in the way: nobody learns from it whether somebody is known. The
    trail keeps what was asked for, by the case it was about when there was one."""
    if openings.attempts_today(user) >= MOST_ATTEMPTS:
        raise Problem(TOO_OFTEN)
    meant = openings.meant_by(wanted)
    case = openings.one_to_open(user, meant)
    if case is None:
        about = meant[0] if len({found.person_id for found in meant}) == 1 else None
        audit.record(
            Event.GLASS_REFUSED,
            case_id=about.id if about else None,
            person_id=about.person_id if about else None,
            code=code.value,
        )
        return None
    now = clock.now()
    opening = BreakGlass(
        reference=new_reference("EO"),
        case=case,
        user=user,
        code=code,
        reason=reason.strip(),
        at=now,
        until_at=now + timedelta(minutes=glass_minutes(setting("glass_minutes", GLASS_MINUTES))),
        review_by=now + REVIEW_WITHIN,
        review_note="",
    )
    db.session.add(opening)
    db.session.flush()
    _record(Event.GLASS_BROKEN, opening, code=code.value)
    _tell_everybody(opening)
    return opening


def _tell_everybody(opening: BreakGlass) -> None:
    """In the same transaction: an opening nobody hears of cannot happen."""
    case, about, by = opening.case, f"Opening {opening.reference}", day(opening.review_by)
    told = {opening.user_id}
    if case.worker is not None and case.worker.is_active and case.worker.id not in told:
        text = f"This case was opened in an emergency, to read. {about}."
        _tell(case.worker, opening, text, case=case)
        told.add(case.worker.id)
    for lead in knowers.leads_who_may_know(case):
        if lead.id not in told:
            text = f"A case was opened in an emergency. {about}: review it by {by}."
            _tell(lead, opening, text, case=case, path="/openings")
            told.add(lead.id)
    for reader in staff.active_in(Role.INFORMATION_GOVERNANCE):
        _tell(reader, opening, f"A case was opened in an emergency. {about}.", path="/openings")
    mine = (
        f"You opened a case in an emergency. {about} is reviewed within three days. "
        "If this was not you, tell information governance now."
    )
    _tell(opening.user, opening, mine)


def _tell(
    user: User, opening: BreakGlass, text: str, *, case: Case | None = None, path: str = "/inbox"
) -> None:
    in_own_name = user.id == opening.user_id
    tell(
        user,
        cause=f"opening {opening.id}",
        text=text,
        subject=SUBJECT + (" in your name" if in_own_name else ""),
        lines=[f"Opening {opening.reference}.", ""],
        path=path,
        case_id=case.id if case else None,
    )


def stop(user: User, case: Case) -> None:
    """Read enough. Nothing happens when it is over already."""
    opening = openings.under_way(user, case)
    if opening is not None:
        _end(opening, "stopped")


def end_all(case: Case, *, why: str, of: User | None = None) -> None:
    """A restriction ends every opening of the young person's cases; a conflict, one user's."""
    for opening in openings.under_way_about(case, of):
        _end(opening, why)


def _end(opening: BreakGlass, why: str) -> None:
    opening.ended_at = clock.now()
    db.session.flush()
    _record(Event.GLASS_ENDED, opening, why=why)


def review(opening: BreakGlass, *, by: User, finding: GlassFinding, note: str) -> None:
    if not openings.sees_case_of(by, opening):
        raise Refused("Who reviews an opening has to know of the case.")
    if opening.user_id == by.id:
        raise Refused("Somebody else reviews what you opened.")
    if opening.reviewed_at is not None:
        raise Stale("Somebody has reviewed this opening already.")
    opening.reviewed_at, opening.reviewed_by = clock.now(), by
    opening.finding, opening.review_note = finding, note.strip()
    db.session.flush()
    _record(Event.GLASS_REVIEWED, opening, finding=finding.value)
    put_in_inbox(
        opening.user,
        cause=f"opening reviewed {opening.id}",
        text=f"Your opening {opening.reference} was reviewed: {finding.label.lower()}.",
    )


def escalate_late(now: datetime) -> int:
    """Not reviewed within three days: the safeguarding lead and information governance hear of
    it, once. It stays at the top of the register until somebody reviews it."""
    late = openings.late_for_review(now)
    for opening in late:
        opening.escalated_at = now
        _record(Event.GLASS_ESCALATED, opening)
        for user, case in _above(opening):
            tell(
                user,
                cause=f"opening late {opening.id}",
                text=f"Opening {opening.reference} was not reviewed in time. It waits for you.",
                subject="An emergency opening was not reviewed in time",
                lines=[f"Opening {opening.reference}.", ""],
                path="/openings",
                case_id=case.id if case else None,
            )
    db.session.flush()
    return len(late)


def _above(opening: BreakGlass) -> Iterable[tuple[User, Case | None]]:
    for lead in knowers.safeguarding_leads_for(opening.case):
        yield lead, opening.case
    for reader in staff.active_in(Role.INFORMATION_GOVERNANCE):
        yield reader, None


def _record(event: Event, opening: BreakGlass, **facts: Any) -> None:
    audit.record(
        event,
        case_id=opening.case_id,
        person_id=opening.case.person_id,
        opening=opening.reference,
        **facts,
    )
