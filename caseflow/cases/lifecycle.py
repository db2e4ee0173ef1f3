"""The one table of moves between the stages of an episode. Source: domain.md §1.5, design.md §8."""

from collections.abc import Callable
from dataclasses import dataclass

from caseflow.access.permissions import Permission
from caseflow.kernel.words import Words


class Stage(Words):
    RECEIVED = "received"
    TRIAGED = "triaged"
    INELIGIBLE = "ineligible", "Not eligible"
    ELIGIBLE = "eligible"
    ATTEMPTING = "attempting", "Trying to reach"
    APPROACHED = "approached"
    DECLINED = "declined"
    UNABLE_TO_CONTACT = "unable_to_contact"
    AGREED = "agreed"
    BRIEF = "brief", "Brief support"
    LONG_TERM = "long_term", "Long-term support"
    COMPLETED = "completed"
    DISENGAGED = "disengaged"
    TRANSFERRED = "transferred"
    CUSTODY = "custody", "Ended by custody"
    MOVED = "moved", "Moved away"
    DECEASED = "deceased", "Died"
    NO_LONGER_SAFE = "no_longer_safe"
    WITHDRAWN = "withdrawn", "Referral withdrawn by the sender"


SUPPORT = frozenset({Stage.BRIEF, Stage.LONG_TERM})
ENDED_SUPPORT = frozenset(
    {
        Stage.COMPLETED,
        Stage.DISENGAGED,
        Stage.TRANSFERRED,
        Stage.CUSTODY,
        Stage.MOVED,
        Stage.DECEASED,
        Stage.NO_LONGER_SAFE,
    }
)
TERMINAL = ENDED_SUPPORT | {
    Stage.INELIGIBLE,
    Stage.DECLINED,
    Stage.UNABLE_TO_CONTACT,
    Stage.WITHDRAWN,
}
BEFORE_SUPPORT = (
    Stage.RECEIVED,
    Stage.TRIAGED,
    Stage.ELIGIBLE,
    Stage.ATTEMPTING,
    Stage.APPROACHED,
    Stage.AGREED,
)


@dataclass(frozen=True)
class Facts:
    """What the guards look at. Counts and yes-or-no; who knows them hands them in."""

    attempts: int = 0
    attempt_modes: int = 0
    days_of_attempts: int = 0
    support_agreed: bool = False
    has_two_way_contact: bool = False
    closure_approved: bool = False
    is_allocated: bool = False


Guard = Callable[[Facts], str | None]


def needs_worker(facts: Facts) -> str | None:
    return None if facts.is_allocated else "Give the case to a worker first."


def needs_two_way_contact(facts: Facts) -> str | None:
    if facts.has_two_way_contact:
        return None
    return "Record a contact in which they answered. A voicemail is not an approach."


def needs_support_consent(facts: Facts) -> str | None:
    return None if facts.support_agreed else "Record their agreement to receive support first."


def needs_attempts(facts: Facts) -> str | None:
    if facts.attempts >= 3 and facts.attempt_modes >= 2 and facts.days_of_attempts >= 14:
        return None
    return (
        "Before “unable to contact”: at least 3 attempts, by 2 ways, over 14 days. "
        f"So far {facts.attempts} by {facts.attempt_modes} over {facts.days_of_attempts} days."
    )


def needs_approval(facts: Facts) -> str | None:
    return None if facts.closure_approved else "A supervisor approves the closure first."


@dataclass(frozen=True)
class Move:
    permission: Permission
    needs_reason: bool = False
    guards: tuple[Guard, ...] = ()


_work = Move(Permission.CASE_MOVE)
_triage = Move(Permission.TRIAGE)
_retry = Move(Permission.CASE_REOPEN, needs_reason=True)
_closing = Move(Permission.CLOSURE_DECIDE, needs_reason=True, guards=(needs_approval,))
_withdrawal = Move(Permission.TRIAGE, needs_reason=True)

MOVES: dict[tuple[Stage, Stage], Move] = {
    (Stage.RECEIVED, Stage.TRIAGED): _triage,
    (Stage.TRIAGED, Stage.ELIGIBLE): _triage,
    (Stage.TRIAGED, Stage.INELIGIBLE): Move(Permission.TRIAGE, needs_reason=True),
    (Stage.ELIGIBLE, Stage.ATTEMPTING): Move(Permission.CASE_MOVE, guards=(needs_worker,)),
    (Stage.ATTEMPTING, Stage.APPROACHED): Move(
        Permission.CASE_MOVE, guards=(needs_two_way_contact,)
    ),
    (Stage.APPROACHED, Stage.DECLINED): Move(Permission.CASE_MOVE, needs_reason=True),
    (Stage.APPROACHED, Stage.UNABLE_TO_CONTACT): Move(
        Permission.CASE_MOVE, needs_reason=True, guards=(needs_attempts,)
    ),
    (Stage.ATTEMPTING, Stage.UNABLE_TO_CONTACT): Move(
        Permission.CASE_MOVE, needs_reason=True, guards=(needs_attempts,)
    ),
    (Stage.APPROACHED, Stage.AGREED): Move(Permission.CASE_MOVE, guards=(needs_support_consent,)),
    (Stage.AGREED, Stage.BRIEF): _work,
    (Stage.AGREED, Stage.LONG_TERM): _work,
    (Stage.BRIEF, Stage.LONG_TERM): Move(Permission.CASE_MOVE, needs_reason=True),
    (Stage.DECLINED, Stage.ATTEMPTING): _retry,
    (Stage.UNABLE_TO_CONTACT, Stage.ATTEMPTING): _retry,
    **{
        (start, end): _closing
        for start in (Stage.AGREED, *sorted(SUPPORT))
        for end in sorted(ENDED_SUPPORT)
    },
    # Before anybody has agreed to support: these endings need no closure form.
    **{
        (start, end): Move(Permission.CASE_MOVE, needs_reason=True)
        for start in (Stage.ELIGIBLE, Stage.ATTEMPTING, Stage.APPROACHED)
        for end in (Stage.TRANSFERRED, Stage.DECEASED, Stage.MOVED, Stage.NO_LONGER_SAFE)
    },
    # The sender revokes the referral: only while nobody has agreed to support.
    **{(start, Stage.WITHDRAWN): _withdrawal for start in BEFORE_SUPPORT if start != Stage.AGREED},
}


def is_open(stage: Stage) -> bool:
    return stage not in TERMINAL


def moves_from(stage: Stage) -> list[Stage]:
    return [end for (start, end) in MOVES if start == stage]


def obstacles(start: Stage, end: Stage, *, reason: str, facts: Facts) -> list[str]:
    """Everything that stands in the way of a move, in words; empty when it may be made."""
    move = MOVES.get((start, end))
    if move is None:
        return [f"A case cannot go from “{start.label}” to “{end.label}”."]
    found = [problem for guard in move.guards if (problem := guard(facts))]
    if move.needs_reason and not reason.strip():
        found.append("Give a reason.")
    return found
