from datetime import date

from caseflow.audit import actions as audit
from caseflow.audit.rules import Event
from caseflow.cases.models import Case
from caseflow.kernel import clock
from caseflow.kernel.database import db
from caseflow.kernel.errors import Problem
from caseflow.operations import queries
from caseflow.operations.models import Operation, OperationLink
from caseflow.operations.rules import Offer, OperationKind
from caseflow.staff.models import User


def save_operation(
    *,
    by: User,
    code: str,
    name: str,
    kind: OperationKind,
    starts_on: date,
    ends_on: date | None = None,
    area: str = "",
    lead_agency: str = "",
    about: str = "",
    operation: Operation | None = None,
) -> Operation:
    """Add an operation, or change one."""
    code = code.strip().upper()
    if any(same is not operation for same in queries.operations_with_code(code, by)):
        raise Problem("There is an operation with this code already.", "code")
    if ends_on is not None and ends_on < starts_on:
        raise Problem("The last day must not be before the first day.", "ends_on")
    if operation is None:
        operation = Operation(entered_by=by, entered_at=clock.now())
        db.session.add(operation)
    operation.code, operation.name, operation.kind = code, name.strip(), kind
    operation.starts_on, operation.ends_on = starts_on, ends_on
    operation.area, operation.lead_agency = area.strip(), lead_agency.strip()
    operation.about = about.strip()
    db.session.flush()
    audit.record(Event.OPERATION_SAVED, operation=str(operation.id))
    return operation


def link(
    case: Case, operation: Operation, *, by: User, support: str, offer: Offer
) -> OperationLink:
    """The case follows the operation; what support was offered, and the answer."""
    if any(known.operation_id == operation.id for known in queries.links_of(case)):
        raise Problem("This case is linked to that operation already.", "operation")
    now = clock.now()
    made = OperationLink(
        operation=operation,
        case=case,
        support=support.strip(),
        offer=offer,
        offered_at=now,
        answered_at=None if offer is Offer.OFFERED else now,
        by_id=by.id,
    )
    db.session.add(made)
    db.session.flush()
    audit.record(
        Event.OPERATION_LINKED,
        case_id=case.id,
        person_id=case.person_id,
        operation=str(operation.id),
        offer=offer,
    )
    return made


def answer(made: OperationLink, *, offer: Offer) -> None:
    made.offer, made.answered_at = offer, clock.now()
    db.session.flush()
    audit.record(
        Event.SUPPORT_OFFERED,
        case_id=made.case_id,
        operation=str(made.operation_id),
        offer=offer,
    )
