"""Taking and handing over: one tap; of two people at once the second is told who was first."""

import uuid

from caseflow.cases import actions as cases
from caseflow.cases.models import Case
from caseflow.cases.queries import allocations
from caseflow.intake import actions as intake
from caseflow.kernel.database import lock
from caseflow.kernel.errors import Problem, Stale
from caseflow.kernel.ids import new_id
from caseflow.kernel.page import time_of_day
from caseflow.notices import actions as notices
from caseflow.staff.models import User

HANDED_OVER = "Handed over"


def check_holder(case: Case, shown: uuid.UUID | None, *, by: User) -> None:
    """``shown``: who held it when the page was made. The case stays as it is from here on."""
    lock(case)
    if case.worker_id == shown:
        return
    if case.worker is None:
        raise Stale("Nobody holds this case any more. Look again.")
    last = allocations(case)[-1]
    who = "You" if case.worker_id == by.id else case.worker.name
    raise Stale(f"{who} took this case at {time_of_day(last.at)}.")


def take(case: Case, *, shown: uuid.UUID | None, by: User) -> None:
    """Whoever held it is told."""
    check_holder(case, shown, by=by)
    before = case.worker
    if before is not None and before.id == by.id:
        raise Problem("This case is yours already.")
    cases.allocate(case, by, by=by, reason="Taken on duty")
    if before is not None:
        _tell(before, f"{by.name} took over a case of yours.", case)


def see_now(case: Case, *, shown: uuid.UUID | None, by: User) -> bool:
    """False when the rules cannot tell, and triage still waits."""
    check_holder(case, shown, by=by)
    return intake.see_now(case, by=by)


def hand_over(case: Case, to: User, *, words: str = "", shown: uuid.UUID | None, by: User) -> None:
    check_holder(case, shown, by=by)
    cases.allocate(case, to, by=by, reason=words.strip() or HANDED_OVER)
    if to.id != by.id:
        _tell(to, f"{by.name} handed a case over to you.", case)


def _tell(user: User, text: str, case: Case) -> None:
    notices.put_in_inbox(user, cause=f"hands {new_id()}", text=text, case_id=case.id)
