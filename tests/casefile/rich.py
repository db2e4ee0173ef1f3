"""A case with one of everything, for the tests of the pages that show everything."""

from datetime import timedelta

from caseflow.assessments.models import Assessment, RiskAssessment, SafetyPlan
from caseflow.assessments.rules import Point
from caseflow.cases import actions as cases
from caseflow.cases.lifecycle import Stage
from caseflow.cases.models import Case
from caseflow.cases.rules import NeedDomain, Risk
from caseflow.closing.models import Closure, Summary
from caseflow.closing.rules import ClosureState, Ending
from caseflow.contacts.actions import log_contact, withdraw_contact
from caseflow.contacts.rules import Mode, Outcome, Purpose, With
from caseflow.incidents.models import Incident
from caseflow.incidents.rules import Injury, Nature, PlaceKind, Weapon
from caseflow.intake.models import Referral
from caseflow.intake.rules import Source
from caseflow.kernel import clock
from caseflow.kernel.database import db
from caseflow.operations.models import Operation, OperationLink
from caseflow.operations.rules import Offer, OperationKind
from caseflow.people import actions as people
from caseflow.people.rules import ContactKind, FlagKind, FlagLevel, FlagSource, Safe
from caseflow.plans.models import Action, Goal, GoalRating, OnwardReferral, OnwardStatusChange
from caseflow.plans.rules import OnwardStatus, Owner
from caseflow.reviews.models import Review
from caseflow.services.models import Service
from caseflow.staff.models import User
from tests import builders


def rich_case(held_by: User, name: tuple[str, str] = ("Jaydn", "Testcase")) -> Case:
    """Made today: the rows of other rooms are put straight into their tables, because what is
    tested here is that they are shown."""
    person = builders.person(first_name=name[0], last_name=name[1], pronouns="he/him")
    people.add_alias(person, "Jay-T")
    people.save_contact_point(
        person,
        kind=ContactKind.PHONE,
        value="07700 900123",
        safe_to_call=Safe.YES,
        safe_to_text=Safe.NO,
    )
    case = builders.case_at(Stage.LONG_TERM, held_by=held_by, of=person)
    people.set_flag(
        person,
        by=held_by,
        kind=FlagKind.KNOWN_CONFLICT,
        level=FlagLevel.CAUTION,
        source=FlagSource.YOUNG_PERSON,
        detail="Not the town centre after school",
    )
    now = clock.now()
    _arrival(case, held_by)
    _contacts(case, held_by)
    _needs(case, held_by)
    _plan(case, held_by)
    operation = Operation(
        code=f"OP-{case.reference[-4:]}",
        name="Harbour",
        kind=OperationKind.SCEPTRE,
        area="Northgate",
        starts_on=clock.today(),
        about="",
        entered_by=held_by,
        entered_at=now,
    )
    db.session.add(operation)
    db.session.flush()
    db.session.add(
        OperationLink(
            operation=operation, case=case, support="A call", offer=Offer.ACCEPTED,
            offered_at=now, by_id=held_by.id,
        )
    )  # fmt: skip
    db.session.add(
        Review(
            case_id=case.id, held_at=now, by_id=held_by.id, risk=Risk.MEDIUM,
            what_changed="He goes to college again", their_words="It is calmer now",
            decision="Go on as planned", next_due_at=now + timedelta(days=28),
        )
    )  # fmt: skip
    db.session.add(
        Closure(
            case_id=case.id, ending=Ending.COMPLETED, is_planned=True, reason="Goals are met",
            risk_at_exit=Risk.LOW, state=ClosureState.RETURNED, asked_at=now,
            asked_by_id=held_by.id, decided_at=now, decided_by_id=held_by.id,
            decision_note="Hold one more review first",
        )
    )  # fmt: skip
    db.session.add(
        Summary(
            case_id=case.id, number=1, frozen={}, sha256="0" * 64, pdf=b"%PDF", made_at=now,
            by_id=held_by.id,
        )
    )  # fmt: skip
    db.session.flush()
    return case


def _arrival(case: Case, by: User) -> None:
    now = clock.now()
    db.session.add(
        Referral(
            case_id=case.id, source=Source.TRAUMA_WARD, received_at=case.received_at,
            referrer_name="Sister Example", referrer_role="Charge nurse",
            referrer_phone="0116 496 0100", site="Leicester Royal Infirmary", ward="Ward 17",
            attended_at=now - timedelta(hours=9), is_still_there=Safe.YES,
            reason="Cut to the forearm, says he fell", knows=Safe.YES, agrees=Safe.YES,
            police_involved=Safe.NOT_ASKED,
        )
    )  # fmt: skip
    db.session.add(
        Incident(
            case_id=case.id, nature=Nature.STABBING, weapon=Weapon.KITCHEN_KNIFE,
            injury=Injury.CLOSURE, place_kind=PlaceKind.PARK, happened_at=now,
        )
    )  # fmt: skip


def _contacts(case: Case, by: User) -> None:
    log_contact(
        case, by=by, happened_at=clock.now(), outcome=Outcome.NO_ANSWER, mode=Mode.PHONE,
        purposes=[Purpose.ENGAGEMENT],
    )  # fmt: skip
    log_contact(
        case,
        by=by,
        happened_at=clock.now(),
        outcome=Outcome.MET,
        mode=Mode.F2F_HOME,
        people=[With.YOUNG_PERSON, With.PARENT],
        purposes=[Purpose.MENTORING, Purpose.ETE],
        minutes=45,
        note="Met with him and his aunt. The plumbing course has a place in January.",
        their_words="I want college back",
        next_step="Ring the college with him",
        next_step_at=clock.now() + timedelta(days=2),
    )
    mistaken = log_contact(
        case, by=by, happened_at=clock.now(), outcome=Outcome.TALKED, mode=Mode.PHONE,
        minutes=5, note="About somebody else",
    )  # fmt: skip
    withdraw_contact(mistaken, by=by, reason="Written on the wrong person")


def _needs(case: Case, by: User) -> None:
    now = clock.now()
    db.session.add(
        Assessment(
            case_id=case.id, point=Point.BASELINE, started_at=now, completed_at=now, by_id=by.id,
            their_words="Sleep is bad",
        )
    )  # fmt: skip
    db.session.add(
        RiskAssessment(
            case_id=case.id, level=Risk.MEDIUM, evidence="Conflict is known", at=now, by_id=by.id,
            review_by=now + timedelta(days=28),
        )
    )  # fmt: skip
    db.session.add(
        SafetyPlan(
            case_id=case.id, at=now, by_id=by.id, agreed_with="Him and his aunt",
            review_on=clock.today() + timedelta(days=28),
        )
    )  # fmt: skip
    cases.set_risk(case, Risk.MEDIUM)


def _plan(case: Case, by: User) -> None:
    now = clock.now()
    goal = Goal(case_id=case.id, their_words="Back on the plumbing course", set_at=now, by_id=by.id)
    service = Service(agency="Youth Hub", name="Mentoring", domains=["education"])
    db.session.add_all([goal, service])
    db.session.flush()
    db.session.add(GoalRating(goal_id=goal.id, rating=6, at=now, by_id=by.id))
    db.session.add(
        Action(
            case_id=case.id, goal_id=goal.id, what="Ring the college", owner=Owner.WORKER,
            made_at=now, by_id=by.id, done_at=now,
        )
    )  # fmt: skip
    referral = OnwardReferral(
        case_id=case.id, service_id=service.id, domain=NeedDomain.EDUCATION, made_at=now,
        by_id=by.id, status=OnwardStatus.ACCEPTED, status_at=now,
    )  # fmt: skip
    db.session.add(referral)
    db.session.flush()
    db.session.add(
        OnwardStatusChange(
            referral_id=referral.id, status=OnwardStatus.ACCEPTED, at=now, by_id=by.id
        )
    )
