"""What matters now about one case, asked of every room above the spine."""

import uuid
from collections.abc import Iterable, Sequence

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from caseflow.assessments.models import RiskAssessment, SafetyPlan
from caseflow.cases.models import Case
from caseflow.closing.models import Closure
from caseflow.closing.rules import ClosureState
from caseflow.contacts.models import Contact
from caseflow.incidents.models import Incident
from caseflow.intake.models import Referral
from caseflow.kernel.database import db
from caseflow.operations.models import OperationLink
from caseflow.people.models import Consent
from caseflow.people.rules import ConsentPurpose
from caseflow.plans.models import OnwardReferral
from caseflow.plans.rules import OnwardStatus
from caseflow.reviews.models import DueItem
from caseflow.reviews.rules import DueState
from caseflow.staff.models import User

MOST_DUE = 25
NOT_HELPING = (OnwardStatus.REFUSED, OnwardStatus.DID_NOT_ATTEND)


def latest_risk(case: Case) -> RiskAssessment | None:
    return db.session.scalars(
        select(RiskAssessment)
        .where(RiskAssessment.case_id == case.id)
        .options(joinedload(RiskAssessment.by))
        .order_by(RiskAssessment.at.desc())
        .limit(1)
    ).first()


def safety_plan_in_force(case: Case) -> SafetyPlan | None:
    return db.session.scalars(
        select(SafetyPlan)
        .where(SafetyPlan.case_id == case.id)
        .order_by(SafetyPlan.at.desc())
        .limit(1)
    ).first()


def due_next(case: Case) -> Sequence[DueItem]:
    return db.session.scalars(
        select(DueItem)
        .where(DueItem.case_id == case.id, DueItem.state == DueState.OPEN)
        .order_by(DueItem.due_at, DueItem.kind)
        .limit(MOST_DUE)
    ).all()


def who_else_helps(case: Case) -> Sequence[OnwardReferral]:
    """Onward referrals that have not come to nothing."""
    return db.session.scalars(
        select(OnwardReferral)
        .where(OnwardReferral.case_id == case.id, OnwardReferral.status.not_in(NOT_HELPING))
        .options(joinedload(OnwardReferral.service))
        .order_by(OnwardReferral.made_at.desc())
        .limit(6)
    ).all()


def answer_to_support(case: Case) -> Consent | None:
    """The latest decision about receiving support, whichever way it went."""
    return db.session.scalars(
        select(Consent)
        .where(Consent.person_id == case.person_id, Consent.purpose == ConsentPurpose.SUPPORT)
        .order_by(Consent.decided_at.desc())
        .limit(1)
    ).first()


def referral_of(case: Case) -> Referral | None:
    return db.session.scalars(
        select(Referral)
        .where(Referral.case_id == case.id)
        .order_by(Referral.received_at.desc())
        .limit(1)
    ).first()


def incident_of(case: Case) -> Incident | None:
    return db.session.scalar(select(Incident).where(Incident.case_id == case.id))


def closure_waiting(case: Case) -> Closure | None:
    return db.session.scalars(
        select(Closure).where(Closure.case_id == case.id, Closure.state == ClosureState.ASKED)
    ).first()


def is_linked_to_operation(case: Case) -> bool:
    found = db.session.scalar(
        select(OperationLink.id).where(OperationLink.case_id == case.id).limit(1)
    )
    return found is not None


def last_contact(case: Case) -> Contact | None:
    return db.session.scalars(
        select(Contact)
        .where(Contact.case_id == case.id, Contact.withdrawn_at.is_(None))
        .order_by(Contact.happened_at.desc())
        .limit(1)
    ).first()


def names_of(user_ids: Iterable[uuid.UUID | None]) -> dict[uuid.UUID | None, str]:
    """Names of members of staff by id, in one query; a blank for none."""
    wanted = {user_id for user_id in user_ids if user_id is not None}
    names: dict[uuid.UUID | None, str] = {None: ""}
    if wanted:
        rows = db.session.execute(select(User.id, User.name).where(User.id.in_(wanted)))
        names |= {row.id: row.name for row in rows}
    return names
