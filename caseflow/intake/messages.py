"""One hospital message and what becomes of it: created, updated, withdrawn, refused, unchanged or
parked. The rules of identity and order are design.md §8: the sender and the request it names make
a referral; the sender's own clock orders its messages; a blank erases nothing.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from caseflow.audit import actions as audit
from caseflow.audit.rules import Event
from caseflow.cases import actions as cases
from caseflow.cases.models import Case
from caseflow.intake import deliveries, queries, sent
from caseflow.intake.arrival import source_of
from caseflow.intake.deliveries import Brought, Why
from caseflow.intake.draft import Draft, Problem, Reading
from caseflow.intake.fhir import read
from caseflow.intake.merging import is_somebody_else, merged
from caseflow.intake.models import Delivery, Message, Referral
from caseflow.intake.opening import NobodyReceives, Told, plain_problems, receive
from caseflow.intake.plain import plain
from caseflow.intake.rules import Outcome
from caseflow.intake.stories import Changes, learn
from caseflow.intake.withdrawal import because_of, take_up_again, withdraw
from caseflow.kernel import clock, errors
from caseflow.kernel.database import db
from caseflow.staff.models import User

TRIES = 4
LATE = Problem("Bundle.meta.lastUpdated", "A newer message keeps this referral; it stands.")
NEVER_HAD = "This withdraws a referral that we never had."
NOT_THEIRS = "The message's sender is not an organisation that this system speaks for."


@dataclass(frozen=True)
class Received:
    """What became of one file. ``reference`` is the case's, None when there is none.

    Whoever brought it may not know of the young person: to them only ``is_taken`` and ``told`` are
    said, which follow from the file alone and never from whom we know.
    """

    file: str
    outcome: Outcome
    reference: str | None = None
    problems: tuple[Problem, ...] = ()
    case: Case | None = None
    is_taken: bool = True
    told: tuple[Problem, ...] = ()
    referral: Referral | None = None
    why: Why = Why.TAKEN
    delivery: Delivery | None = None

    def as_row(self) -> dict[str, Any]:
        return {
            "file": self.file,
            "outcome": self.outcome.value,
            "reference": self.reference,
            "problems": plain_problems(list(self.problems)),
        }


def receive_message(
    data: bytes, *, name: str, by: User | None = None, brought: Brought = deliveries.BY_HAND
) -> Received:
    """In the caller's transaction. Whatever the bytes are, it answers, and keeps them as they
    came; of a refused one nothing else is kept."""
    again = taken_before(data, name=name, brought=brought)
    return again or receive_reading(data, read(data, name=name), by=by, brought=brought)


def taken_before(data: bytes, *, name: str, brought: Brought) -> Received | None:
    """The same bytes by the same door: found without reading them."""
    before = sent.delivery_of(hashlib.sha256(data).hexdigest(), brought.door)
    if before is None or before.referral is None:
        return None
    return _again(name, before, before.referral)


def receive_reading(
    data: bytes, reading: Reading, *, by: User | None, brought: Brought
) -> Received:
    digest = hashlib.sha256(data).hexdigest()
    return _settled(lambda: _brought(data, digest, reading, by, brought))


def _settled(work: Callable[[], Received]) -> Received:
    """All of it or nothing. When the same message arrives twice at once, the one that loses the
    race looks again and finds what the winner saved."""
    for attempt in range(1, TRIES + 1):
        try:
            with db.session.begin_nested():
                return work()
        except (IntegrityError, StaleDataError):
            db.session.expire_all()
            if attempt == TRIES:
                raise
    raise AssertionError("unreachable")


def _brought(
    data: bytes, digest: str, reading: Reading, by: User | None, brought: Brought
) -> Received:
    before = sent.delivery_of(digest, brought.door)
    if before is not None and before.referral is not None:
        return _again(reading.file, before, before.referral)
    received = _judged(digest, reading, by, brought)
    if received.why is Why.OURS:
        return received  # It is not the sender's fault, and the sender tries again.
    delivery = deliveries.keep(
        data,
        digest,
        reading,
        brought,
        outcome=received.outcome,
        why=received.why,
        told=received.told,
        referral=received.referral,
        before=before,
    )
    return Received(**{**received.__dict__, "delivery": delivery})


def _again(file: str, before: Delivery, referral: Referral) -> Received:
    """What was taken once is taken; the answer is the first one."""
    case = referral.case
    told = tuple(Problem(**row) for row in before.answer.get("told", []))
    return Received(
        file, Outcome.UNCHANGED, case.reference, (), case,
        told=told, referral=referral, delivery=before,
    )  # fmt: skip


def _judged(digest: str, reading: Reading, by: User | None, brought: Brought) -> Received:
    draft = reading.draft
    if draft is None:
        why = Why.MALFORMED if reading.is_malformed else Why.NOT_ONE
        return _refused(reading, reading.reason, why)
    if not brought.speaks_for(draft.sender.code):
        return _refused(reading, NOT_THEIRS, Why.NOT_THEIRS)
    try:
        with db.session.begin_nested():
            return _take_in(digest, reading, draft, by)
    except NobodyReceives as problem:
        return _refused(reading, problem.message, Why.OURS)
    except errors.Problem as problem:
        return _refused(reading, problem.message, Why.NOT_ONE)


def _refused(reading: Reading, what: str, why: Why) -> Received:
    said = (Problem(reading.file, what),)
    return Received(reading.file, Outcome.REFUSED, None, said, is_taken=False, told=said, why=why)


def _never_had(reading: Reading) -> Received:
    """Kept: should the referral itself still be on its way, this counts when it comes."""
    said = (Problem(reading.file, NEVER_HAD),)
    return Received(
        reading.file, Outcome.REFUSED, None, said, told=reading.problems, why=Why.NEVER_HAD
    )


def _take_in(digest: str, reading: Reading, draft: Draft, by: User | None) -> Received:
    seen = queries.message_with_digest(digest)
    if seen is not None:
        return _result(reading, seen.referral, Outcome.UNCHANGED)
    referral = queries.referral_known_as(*draft.identity)
    if referral is None and draft.withdraws:
        return _never_had(reading)
    if referral is None:
        return _created(reading, draft, digest, by)
    at = said_at(draft)
    if because := _why_parked(draft, referral):
        _keep(referral, draft, digest, at, Outcome.PARKED, parked_because=because)
        note = Problem("Patient", because)
        return _result(reading, referral, Outcome.PARKED, (note, *reading.problems))
    outcome, notes, changes = take_word(referral, draft, at, reading.problems, by=by)
    _keep(referral, draft, digest, at, outcome, changes=changes)
    return _result(reading, referral, outcome, (*notes, *reading.problems))


def _why_parked(draft: Draft, referral: Referral) -> str | None:
    history = queries.applied(queries.messages_of(referral))
    said = merged([queries.draft_of(message) for message in history] or [draft])
    other = is_somebody_else(said, draft)
    return f"{other} Is this the same young person?" if other else None


def said_at(draft: Draft) -> datetime:
    return draft.last_updated or clock.now()


# --- new ---


def _created(reading: Reading, draft: Draft, digest: str, by: User | None) -> Received:
    at = said_at(draft)
    referral = receive(
        draft,
        source=source_of(draft),
        received_at=clock.now(),
        by=by,
        told=Told(draft, at),
    )
    ours = [Problem(**row) for row in referral.problems]
    referral.problems = plain_problems([*reading.problems, *ours])
    _keep(referral, draft, digest, at, Outcome.CREATED)
    early = _take_early_withdrawals(referral)
    return _result(reading, referral, Outcome.CREATED, (*reading.problems, *ours, *early))


def _take_early_withdrawals(referral: Referral) -> list[Problem]:
    """They overtook the referral that they withdraw, and were refused then."""
    notes: list[Problem] = []
    for delivery in sent.early_withdrawals_of(referral):
        reading = read(delivery.raw, name="message")
        draft = reading.draft
        if draft is None or queries.message_with_digest(delivery.sha256) is not None:
            continue
        at = draft.last_updated or delivery.arrived_at
        if because := _why_parked(draft, referral):
            outcome, changes = Outcome.PARKED, Changes()
            _keep(referral, draft, delivery.sha256, at, outcome, parked_because=because)
        else:
            outcome, more, changes = take_word(referral, draft, at, (), by=None)
            _keep(referral, draft, delivery.sha256, at, outcome, changes=changes)
            notes += more
        deliveries.take_after_all(delivery, referral, outcome)
    return notes


def _keep(
    referral: Referral,
    draft: Draft,
    digest: str,
    at: datetime,
    outcome: Outcome,
    *,
    parked_because: str = "",
    changes: Changes | None = None,
) -> Message:
    message = Message(
        referral_id=referral.id,
        sha256=digest,
        updated_at=draft.last_updated,
        arrived_at=clock.now() if draft.last_updated else at,
        outcome=outcome,
        draft=plain(draft),
        changes=changes or [],
        parked_because=parked_because,
    )
    db.session.add(message)
    db.session.flush()
    return message


def _result(
    reading: Reading, referral: Referral, outcome: Outcome, problems: tuple[Problem, ...] = ()
) -> Received:
    case = referral.case
    return Received(
        reading.file, outcome, case.reference, problems, case,
        told=reading.problems, referral=referral,
    )  # fmt: skip


# --- what a further message does ---


def take_word(
    referral: Referral,
    draft: Draft,
    at: datetime,
    problems: tuple[Problem, ...],
    *,
    by: User | None,
) -> tuple[Outcome, list[Problem], Changes]:
    """The sender's newest word says whether the referral holds; an older one fills in only."""
    history = queries.applied(queries.messages_of(referral))
    is_newest = not history or queries.said_at(history[-1]) <= at
    if draft.withdraws:
        return _withdrawn(referral, draft, is_newest=is_newest)
    notes: list[Problem] = []
    if is_newest and referral.withdrawn_at is not None:
        notes = take_up_again(referral, draft, by=by)
    questions, changes = learn(referral, draft, at)
    notes += questions
    known = [Problem(**row) for row in referral.problems]
    referral.problems = plain_problems([*notes, *problems, *known])
    db.session.flush()
    audit.record(
        Event.REFERRAL_UPDATED,
        case_id=referral.case_id,
        person_id=referral.case.person_id,
        referral=str(referral.id),
    )
    cases.changed(referral.case)
    return Outcome.UPDATED if is_newest else Outcome.UNCHANGED, notes, changes


def _withdrawn(
    referral: Referral, draft: Draft, *, is_newest: bool
) -> tuple[Outcome, list[Problem], Changes]:
    if not is_newest:
        late = [] if referral.withdrawn_at is not None else [LATE]
        return Outcome.UNCHANGED, late, []
    if referral.withdrawn_at is not None:
        referral.withdrawn_because = because_of(draft)
        return Outcome.UNCHANGED, [], []
    notes = withdraw(referral, because=because_of(draft))
    return Outcome.WITHDRAWN, notes, [{"where": "State", "was": "", "text": "Withdrawn"}]
