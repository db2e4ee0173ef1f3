"""Moving a case on: what a worker heard, who holds it, and when its clock stands still."""

from datetime import datetime

from caseflow.casefile.rules import DeclinedFor, StartWith, decline_reason
from caseflow.cases import actions as cases
from caseflow.cases.lifecycle import Stage
from caseflow.cases.models import Case
from caseflow.contacts.queries import facts_for_move
from caseflow.kernel.errors import Problem
from caseflow.people import actions as people
from caseflow.people.rules import ConsentMethod, ConsentPurpose, Decision, GivenBy
from caseflow.reviews import actions as reviews
from caseflow.reviews.rules import DueKind
from caseflow.staff.models import User


def move_on(case: Case, to: Stage, *, by: User, reason: str = "") -> None:
    """One move of the lifecycle, with what contacts and consent can say for it."""
    cases.move(case, to, by=by, reason=reason, facts=facts_for_move(case))


def record_agreement(
    case: Case,
    *,
    by: User,
    given_by: GivenBy,
    method: ConsentMethod,
    start_with: StartWith,
    competence_note: str = "",
) -> None:
    """They want support: the consent, the stage, and the arm when it is decided already."""
    people.record_consent(
        case.person,
        by=by,
        purpose=ConsentPurpose.SUPPORT,
        decision=Decision.GIVEN,
        given_by=given_by,
        method=method,
        competence_note=competence_note,
    )
    move_on(case, Stage.AGREED, by=by)
    reviews.finish_due(DueKind.NEXT_STEP, case.id, by=by)
    if start_with is not StartWith.LATER:
        move_on(case, Stage(start_with.value), by=by)


def record_decline(
    case: Case, *, by: User, declined_for: DeclinedFor, words: str, left_leaflet: bool
) -> None:
    if not words.strip():
        raise Problem("Write what they said, in a few words.", "words")
    move_on(case, Stage.DECLINED, by=by, reason=decline_reason(declined_for, words, left_leaflet))


def put_off_answer(case: Case, *, ask_again_at: datetime) -> None:
    """Not yet: nothing moves, and the day to ask again is due."""
    reviews.set_due(
        case,
        kind=DueKind.NEXT_STEP,
        subject=case.id,
        due_at=ask_again_at,
        why="They had not decided about support",
        what="Ask again about support",
    )


def take(case: Case, *, by: User) -> None:
    """A worker on shift takes what nobody holds."""
    if case.worker_id is not None:
        raise Problem("Somebody holds this case already.")
    cases.allocate(case, by, by=by, reason="Taken by the worker")


def resume(case: Case) -> None:
    if case.paused_at is None:
        raise Problem("This case is not paused.")
    cases.resume(case)
