"""The sender takes a referral back, and perhaps sends it again: its newest word holds."""

from caseflow.audit import actions as audit
from caseflow.audit.rules import Event
from caseflow.cases import actions as cases
from caseflow.cases.lifecycle import MOVES, Facts, Stage
from caseflow.incidents.queries import incident_of
from caseflow.intake import queries
from caseflow.intake.arrival import arrival_of
from caseflow.intake.draft import Draft, Problem
from caseflow.intake.models import Referral
from caseflow.intake.opening import plain_problems, record_what_happened
from caseflow.kernel import clock
from caseflow.kernel.database import db
from caseflow.notices.actions import put_in_inbox
from caseflow.staff.models import User

SENT_AGAIN = "The sender withdrew this referral and then sent it again."


def because_of(draft: Draft) -> str:
    return (draft.status or draft.reason or "withdrawn").replace("-", " ")[:200]


def withdraw(referral: Referral, *, because: str) -> list[Problem]:
    """Ends the case while nobody has agreed to support; after that a person decides."""
    referral.withdrawn_at = clock.now()
    referral.withdrawn_because = because
    case = referral.case
    notes = []
    others = [r for r in queries.referrals_of(case) if r.withdrawn_at is None]
    if (case.stage, Stage.WITHDRAWN) in MOVES and not others:
        reason = f"The sender withdrew the referral ({referral.withdrawn_because})."
        cases.move(case, Stage.WITHDRAWN, by=None, reason=reason, facts=Facts())
    else:
        what = "The sender withdrew this referral; the case goes on until a person decides."
        notes = [Problem("Referral", what)]
        referral.problems = plain_problems([*notes, *[Problem(**r) for r in referral.problems]])
    _tell_worker(referral)
    db.session.flush()
    audit.record(
        Event.REFERRAL_WITHDRAWN,
        case_id=case.id,
        person_id=case.person_id,
        referral=str(referral.id),
    )
    return notes


def _tell_worker(referral: Referral) -> None:
    """They may be on their way to the ward."""
    case = referral.case
    if case.worker is None:
        return
    put_in_inbox(
        case.worker,
        cause=f"referral-withdrawn:{referral.id}:{case.worker_id}",
        text="The sender withdrew the referral of one of your cases.",
        case_id=case.id,
    )


def take_up_again(referral: Referral, draft: Draft, *, by: User | None) -> list[Problem]:
    """The sender wants it after all. What has ended stays ended: the return is a new episode,
    and waits for triage like any other."""
    referral.withdrawn_at, referral.withdrawn_because = None, ""
    old = referral.case
    if old.is_open:
        return [Problem("Referral", SENT_AGAIN)]
    referral.case = queries.open_episode(old.person, old.stream) or cases.open_case(
        old.person, stream=old.stream, team=old.team, received_at=clock.now(), by=by
    )
    if incident_of(referral.case) is None:
        record_what_happened(referral.case, arrival_of(draft).incident)
    db.session.flush()
    return [Problem("Referral", SENT_AGAIN)]
