"""After a police operation: what was offered, and that it was taken up. Nothing else is told."""

from datetime import timedelta

from caseflow.cases.rules import Risk
from caseflow.contacts.rules import Mode, Outcome, Purpose
from caseflow.demo.steps import contact, review, taken_on
from caseflow.demo.stories_arriving import Told
from caseflow.demo.teller import Teller
from caseflow.intake.codes import IndexReason
from caseflow.intake.rules import Source
from caseflow.operations import actions as operations
from caseflow.operations import queries
from caseflow.operations.rules import Offer, OperationKind

CODE = "DEMO-SCEPTRE-1"


def enter_operations(t: Teller) -> None:
    """What the police liaison writes down: codes, days, areas. No names, no intelligence."""
    sceptre, hotspot = t.ago(46).date(), t.ago(12).date()
    with t.at(t.ago(50, "11:00"), t.cast["paul"]) as paul:
        operations.save_operation(
            by=paul,
            code=CODE,
            name="Week of action (demo)",
            kind=OperationKind.SCEPTRE,
            starts_on=sceptre,
            ends_on=sceptre + timedelta(days=6),
            area="Pretend Park and Example Street wards",
            lead_agency="Made-up Constabulary",
            about="Amnesty bins, school workshops, visits with an offer of support.",
        )
    with t.at(t.ago(14, "15:30"), t.cast["paul"]) as paul:
        operations.save_operation(
            by=paul,
            code="DEMO-HOTSPOT-7",
            name="Evening patrols (demo)",
            kind=OperationKind.HOTSPOT,
            starts_on=hotspot,
            area="Placeholder Square",
            lead_agency="Made-up Constabulary",
        )


def operation_linked(t: Teller) -> Told:
    """Offered support at the door, and said yes the same evening."""
    enter_operations(t)
    case = taken_on(
        t,
        "operation-linked",
        began=36,
        worker="priya",
        source=Source.POLICE_OPERATION,
        what=IndexReason.WEAPON_CARRYING,
        operation_code=CODE,
    )
    [operation] = queries.operations_with_code(CODE, t.cast["paul"])
    with t.at(t.ago(30, "12:00"), t.cast["priya"]) as priya:
        link = operations.link(
            case, operation, by=priya, support="A mentor, and a visit at home", offer=Offer.OFFERED
        )
    with t.at(t.ago(30, "18:00"), t.cast["priya"]):
        operations.answer(link, offer=Offer.ACCEPTED)
    contact(
        t,
        t.ago(10, "17:30"),
        case,
        Outcome.MET,
        Mode.F2F_HOME,
        minutes=50,
        purposes=(Purpose.MENTORING, Purpose.FAMILY),
        note="Fact: his mum cooked. Next: college open day.",
        next_step="College open day",
        next_step_at=t.ahead(6, "13:00"),
    )
    review(
        t,
        t.ago(8, "16:00"),
        case,
        Risk.MEDIUM,
        changed="Carries nothing since the visit, he says.",
        decided="Mentor weekly; college in the new year.",
        their_words="I leave it at home. I leave the house without it.",
    )
    yield "operation-linked", case
