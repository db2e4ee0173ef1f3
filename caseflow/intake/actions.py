"""How a young person reaches us, and what is decided about it."""

from datetime import date, datetime
from typing import Any

from caseflow.access.permissions import Permission
from caseflow.access.predicates import may
from caseflow.cases import actions as cases
from caseflow.cases import keeping_apart
from caseflow.cases import queries as case_queries
from caseflow.cases.models import Case, Triage
from caseflow.cases.rules import Arm
from caseflow.intake import queries
from caseflow.intake.arrival import Arrival, Reach, born_fields
from caseflow.intake.codes import IndexReason
from caseflow.intake.eligibility import Decision, Ineligible
from caseflow.intake.messages import Received, receive_message
from caseflow.intake.models import Referral
from caseflow.intake.opening import receive
from caseflow.intake.parked import apply_parked, open_parked, set_aside
from caseflow.intake.rules import Source, Urgency, nature_of
from caseflow.kernel import clock
from caseflow.kernel.errors import Problem
from caseflow.kernel.partial_date import PartialDate
from caseflow.people.models import Person
from caseflow.people.rules import BornPrecision, ContactKind, Safe
from caseflow.reviews.actions import one_working_day_after
from caseflow.staff.models import User

__all__ = [
    "Received",
    "add_referral",
    "apply_parked",
    "confirm",
    "decide",
    "open_parked",
    "receive",
    "receive_message",
    "see_now",
    "set_aside",
]

ELIGIBLE = "eligible"


def add_referral(
    *,
    by: User,
    name: str,
    what: IndexReason | None,
    source: Source = Source.ED_BOARD,
    is_label: bool = False,
    born: PartialDate | None = None,
    age: int | None = None,
    site: str = "",
    ward: str = "",
    is_still_there: Safe = Safe.NOT_ASKED,
    knows: Safe = Safe.NOT_ASKED,
    agrees: Safe = Safe.NOT_ASKED,
    urgency: Urgency = Urgency.ROUTINE,
    reason: str = "",
    phone: str = "",
    safe_to_call: Safe = Safe.NOT_ASKED,
    postcode: str = "",
    met_at: datetime | None = None,
    operation_code: str = "",
    person: Person | None = None,
    **referrer: str,
) -> Referral:
    """By hand: at the bedside, on the street, from custody. ``is_label``: nobody knows the name.
    ``person``: somebody we know; what they said before stands, and this is another presentation.

    ``referrer`` may give referrer_name, referrer_role and referrer_phone.
    """
    told = {
        "site": site,
        "ward": ward,
        "is_still_there": is_still_there,
        "knows": knows,
        "agrees": agrees,
        "urgency": urgency,
        "reason": reason,
        "reasons": [] if what is None else [{"reason": what.value, "basis": "person"}],
        "operation_code": operation_code,
        "attended_at": met_at,
        **referrer,
    }
    arrival = Arrival(
        person={
            **_named(name, is_label),
            **born_asked(born, None if person is not None else age),
            "postcode": postcode,
        },
        aliases=() if person is None or is_label else (name.strip(),),
        referral={name: value for name, value in told.items() if value not in (None, "")},
        incident={"nature": nature_of([(what, "person")] if what else [])},
        reach=(Reach(ContactKind.PHONE, phone, safe_to_call),) if phone.strip() else (),
    )
    return receive(arrival, source=source, received_at=clock.now(), by=by, person=person)


def _named(name: str, is_label: bool) -> dict[str, str]:
    words = name.split()
    if not words:
        raise Problem("Enter a name, or what they are called.", "name")
    if is_label:
        return {"label": name.strip()}
    if len(words) == 1:
        return {"known_as": words[0]}
    return {"first_name": " ".join(words[:-1]), "last_name": words[-1]}


def born_asked(born: PartialDate | None, age: int | None) -> dict[str, Any]:
    if born is not None or age is None:
        return born_fields(born)
    return {
        "born_on": _birthday_of(age, clock.today()),
        "born_precision": BornPrecision.ESTIMATED,
    }


def _birthday_of(age: int, day: date) -> date:
    """The middle of the year in which somebody of this age was born."""
    return date(day.year - age, 1, 1) if day.month <= 6 else date(day.year - age, 7, 1)


def see_now(case: Case, *, by: User) -> bool:
    """The worker at the bedside takes the case; when the rules agree it is triaged there and then,
    provisionally. False when the rules cannot tell, and triage still waits."""
    verdict = queries.verdict_on(case)
    if case.worker_id != by.id:
        cases.allocate(case, by, by=by, reason="Seeing them now")
    if verdict.decision is not Decision.ELIGIBLE:
        return False
    decide(case, by=by, is_eligible=True, reason="Seen at once; the rules agree.")
    return True


def decide(
    case: Case,
    *,
    by: User,
    is_eligible: bool,
    code: Ineligible | None = None,
    reason: str = "",
    suggestion: Arm | None = None,
    worker: User | None = None,
) -> Triage:
    """Triage. A worker's decision is provisional until a supervisor confirms it."""
    verdict = queries.verdict_on(case)
    if is_eligible and worker is not None and worker.id != case.worker_id:
        keeping_apart.check(case, worker, by=by, reason=reason)
    if not is_eligible and code is None:
        raise Problem("Choose why they are not eligible.", "code")
    wanted = Decision.ELIGIBLE if is_eligible else Decision.INELIGIBLE
    is_against = verdict.decision not in (wanted, Decision.ASK)
    if is_against and not reason.strip():
        raise Problem("The rules say otherwise. Write why you decide this way.", "reason")
    is_confirmed = may(by.actor, Permission.TRIAGE_CONFIRM, case.held)
    decision = cases.triage(
        case,
        by=by,
        is_eligible=is_eligible,
        code=ELIGIBLE if is_eligible or code is None else code.value,
        reason=_with_suggestion(reason, suggestion) if is_eligible else _why_not(code, reason),
        rules_said=verdict.in_words,
        is_confirmed=is_confirmed,
        confirm_by=None if is_confirmed else clock.local(one_working_day_after(clock.now())).date(),
    )
    if is_eligible and worker is not None and worker.id != case.worker_id:
        cases.allocate(case, worker, by=by, reason="At triage")
    return decision


def _with_suggestion(reason: str, suggestion: Arm | None) -> str:
    said = "" if suggestion is None else f"Looks right at triage: {suggestion.label}."
    return " ".join(filter(None, (reason.strip(), said)))


def _why_not(code: Ineligible | None, reason: str) -> str:
    label = f"{code.label}." if code else ""
    return " ".join(filter(None, (label, reason.strip())))


def confirm(case: Case, *, by: User) -> None:
    decision = case_queries.latest_triage(case)
    if decision is None:
        raise Problem("This referral has not been triaged yet.")
    cases.confirm_triage(case, decision, by=by)
