"""One hospital message and what becomes of it: created, updated, withdrawn, refused, unchanged or
parked. The rules of identity and order are design.md §8: the sender and the request it names make
a referral; the sender's own clock orders its messages; a blank erases nothing.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from caseflow.audit import actions as audit
from caseflow.audit.rules import Event
from caseflow.cases import actions as cases
from caseflow.cases.lifecycle import MOVES, Facts, Stage
from caseflow.cases.models import Case
from caseflow.incidents import actions as incidents
from caseflow.incidents.queries import incident_of
from caseflow.intake import queries
from caseflow.intake.arrival import Arrival, arrival_of
from caseflow.intake.draft import Draft, Kind, Problem, Reading
from caseflow.intake.fhir import read
from caseflow.intake.merging import gathered, is_somebody_else, merged
from caseflow.intake.models import Message, Referral
from caseflow.intake.opening import (
    add_belongings,
    differs,
    plain_problems,
    receive,
    record_what_happened,
)
from caseflow.intake.plain import plain
from caseflow.intake.rules import Outcome, Source
from caseflow.kernel import clock, errors
from caseflow.kernel.database import db
from caseflow.notices.actions import put_in_inbox
from caseflow.people import actions as people
from caseflow.people.models import Person
from caseflow.staff.models import User

TRIES = 4


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

    def as_row(self) -> dict[str, Any]:
        return {
            "file": self.file,
            "outcome": self.outcome.value,
            "reference": self.reference,
            "problems": plain_problems(list(self.problems)),
        }


def receive_message(data: bytes, *, name: str, by: User | None = None) -> Received:
    """In the caller's transaction. Whatever the bytes are, it answers; a refusal leaves nothing."""
    reading = read(data, name=name)
    draft = reading.draft
    if draft is None:
        return _refused(reading, reading.reason)
    return _settled(reading, lambda: _take_in(data, reading, draft, by))


def _settled(reading: Reading, work: Callable[[], Received]) -> Received:
    """All of it or nothing. When the same message arrives twice at once, the one that loses the
    race looks again and finds what the winner saved."""
    for attempt in range(1, TRIES + 1):
        try:
            with db.session.begin_nested():
                return work()
        except errors.Problem as problem:
            return _refused(reading, problem.message)
        except (IntegrityError, StaleDataError):
            db.session.expire_all()
            if attempt == TRIES:
                raise
    raise AssertionError("unreachable")


def _refused(reading: Reading, why: str) -> Received:
    said = (Problem(reading.file, why),)
    return Received(reading.file, Outcome.REFUSED, None, said, is_taken=False, told=said)


def _never_had(reading: Reading) -> Received:
    said = (Problem(reading.file, "This withdraws a referral that we never had."),)
    return Received(reading.file, Outcome.REFUSED, None, said, told=reading.problems)


def _take_in(data: bytes, reading: Reading, draft: Draft, by: User | None) -> Received:
    digest = hashlib.sha256(data).hexdigest()
    seen = queries.message_with_digest(digest)
    if seen is not None:
        return _result(reading, seen.referral, Outcome.UNCHANGED)
    referral = queries.referral_known_as(*draft.identity)
    if referral is None and reading.kind is Kind.WITHDRAWAL:
        return _never_had(reading)
    if referral is None:
        return _created(reading, draft, digest, by)
    history = queries.applied(queries.messages_of(referral))
    said = merged([queries.draft_of(message) for message in history] or [draft])
    if because := _why_parked(reading, draft, said, referral):
        _keep(referral, draft, digest, Outcome.PARKED, because)
        note = Problem("Patient", because)
        return _result(reading, referral, Outcome.PARKED, (note, *reading.problems))
    if reading.kind is Kind.WITHDRAWAL:
        return _withdrawn(reading, draft, digest, referral, history)
    return _updated(reading, draft, digest, referral, history)


def _why_parked(reading: Reading, draft: Draft, said: Draft, referral: Referral) -> str | None:
    if other := is_somebody_else(said, draft):
        return f"{other} Is this the same young person?"
    if reading.kind is not Kind.WITHDRAWAL and referral.withdrawn_at is not None:
        return "The sender withdrew this referral and now sends it again."
    return None


# --- new ---


def source_of(draft: Draft) -> Source:
    use = f"{draft.use_case.label if draft.use_case else ''} {draft.sender.name or ''}".casefold()
    if any(word in use for word in ("cad ", "999", "111", "ambulance", "primary care", "gp ")):
        return Source.OTHER_NHS
    setting = (draft.attendance.setting or "").casefold()
    return Source.TRAUMA_WARD if "inpatient" in setting else Source.ED_CLINICIAN


def _created(reading: Reading, draft: Draft, digest: str, by: User | None) -> Received:
    referral = receive(
        draft,
        source=source_of(draft),
        received_at=clock.now(),
        by=by,
        identity=draft.identity,
    )
    ours = [Problem(**row) for row in referral.problems]
    referral.problems = plain_problems([*reading.problems, *ours])
    _keep(referral, draft, digest, Outcome.CREATED)
    return _result(reading, referral, Outcome.CREATED, (*reading.problems, *ours))


def _keep(
    referral: Referral, draft: Draft, digest: str, outcome: Outcome, parked_because: str = ""
) -> Message:
    message = Message(
        referral_id=referral.id,
        sha256=digest,
        updated_at=draft.last_updated,
        arrived_at=clock.now(),
        outcome=outcome,
        draft=plain(draft),
        parked_because=parked_because,
    )
    db.session.add(message)
    db.session.flush()
    return message


def _result(
    reading: Reading, referral: Referral, outcome: Outcome, problems: tuple[Problem, ...] = ()
) -> Received:
    case = referral.case
    return Received(reading.file, outcome, case.reference, problems, case, told=reading.problems)


# --- update ---


def _updated(
    reading: Reading, draft: Draft, digest: str, referral: Referral, history: list[Message]
) -> Received:
    notes = apply(draft, referral, history, reading.problems)
    is_old = bool(history) and _said_at(draft) < queries.said_at(history[-1])
    outcome = Outcome.UNCHANGED if is_old else Outcome.UPDATED
    _keep(referral, draft, digest, outcome)
    return _result(reading, referral, outcome, (*reading.problems, *notes))


def _said_at(draft: Draft) -> Any:
    return draft.last_updated or clock.now()


def apply(
    draft: Draft, referral: Referral, history: list[Message], problems: tuple[Problem, ...]
) -> list[Problem]:
    """Set what this message changes in the sender's story as a whole, told in the sender's order:
    an old message that comes late fills only what no newer one said."""
    before = [arrival_of(queries.draft_of(message)) for message in history]
    place = sum(queries.said_at(message) <= _said_at(draft) for message in history)
    told = arrival_of(draft)
    had, has = gathered(before), gathered([*before[:place], told, *before[place:]])
    notes = _learn(referral, had, has, told)
    known = [Problem(**row) for row in referral.problems]
    referral.problems = plain_problems([*problems, *notes, *known])
    db.session.flush()
    audit.record(
        Event.REFERRAL_UPDATED,
        case_id=referral.case_id,
        person_id=referral.case.person_id,
        referral=str(referral.id),
    )
    cases.changed(referral.case)
    return notes


def _learn(referral: Referral, had: Arrival, has: Arrival, told: Arrival) -> list[Problem]:
    for name, value in _news(had.referral, has.referral).items():
        setattr(referral, name, value)
    questioned = _learn_of_person(referral.case.person, _news(had.person, has.person))
    incident = incident_of(referral.case)
    if incident is not None:
        questioned += incidents.fill_in(incident, **_news(had.incident, has.incident))[1]
    add_belongings(referral.case.person, told)
    return [differs(name) for name in questioned]


def _news(had: Any, has: Any) -> dict[str, Any]:
    return {name: value for name, value in has.items() if had.get(name) != value}


def _learn_of_person(person: Person, news: dict[str, Any]) -> list[str]:
    """A date of birth and how exactly it is known are one answer."""
    if {"born_on", "born_precision"} & set(person.corrected):
        news = {k: v for k, v in news.items() if k != "born_precision"}
    return people.fill_in(person, **news)[1]


# --- withdrawal ---


def _withdrawn(
    reading: Reading, draft: Draft, digest: str, referral: Referral, history: list[Message]
) -> Received:
    if history and _said_at(draft) < queries.said_at(history[-1]):
        _keep(referral, draft, digest, Outcome.UNCHANGED)
        late = Problem("Bundle.meta.lastUpdated", "A newer message keeps this referral; it stands.")
        return _result(reading, referral, Outcome.UNCHANGED, (late, *reading.problems))
    if referral.withdrawn_at is not None:
        _keep(referral, draft, digest, Outcome.UNCHANGED)
        return _result(reading, referral, Outcome.UNCHANGED, reading.problems)
    notes = withdraw(referral, because=draft.status or draft.reason or "withdrawn")
    _keep(referral, draft, digest, Outcome.WITHDRAWN)
    return _result(reading, referral, Outcome.WITHDRAWN, (*reading.problems, *notes))


def withdraw(referral: Referral, *, because: str) -> list[Problem]:
    """Ends the case while nobody has agreed to support; after that a person decides."""
    referral.withdrawn_at = clock.now()
    referral.withdrawn_because = because.replace("-", " ")[:200]
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


# --- parked ---


def apply_parked(message: Message, *, by: User) -> Referral:
    """A person says it is the same young person after all: the message counts like any other."""
    _decide(message, by)
    referral, draft = message.referral, queries.draft_of(message)
    if referral.withdrawn_at is not None:
        _take_up_again(referral, draft, by)
    apply(draft, referral, queries.applied(queries.messages_of(referral)), ())
    message.outcome = Outcome.UPDATED
    db.session.flush()
    return referral


def _take_up_again(referral: Referral, draft: Draft, by: User) -> None:
    """The sender wants it after all. What has ended stays ended: the return is a new episode."""
    referral.withdrawn_at, referral.withdrawn_because = None, ""
    old = referral.case
    if old.is_open:
        return
    referral.case = cases.open_case(
        old.person, stream=old.stream, team=old.team, received_at=clock.now(), by=by
    )
    record_what_happened(referral.case, arrival_of(draft).incident)


def open_parked(message: Message, *, by: User) -> Referral:
    """A person says it is somebody else: a referral of their own, with a case of its own. The
    sender's later messages under this identity still reach the first, and are parked again."""
    _decide(message, by)
    draft = queries.draft_of(message)
    return receive(draft, source=message.referral.source, received_at=message.arrived_at, by=by)


def set_aside(message: Message, *, by: User) -> None:
    """A person says it changes nothing here."""
    _decide(message, by)
    db.session.flush()


def _decide(message: Message, by: User) -> None:
    if not message.is_waiting:
        raise errors.Problem("Somebody has decided about this message already.")
    message.decided_at, message.decided_by_id = clock.now(), by.id
