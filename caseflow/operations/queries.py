"""Reads about operations. Nothing here joins a case, a person or what was said to them."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload

from caseflow.access.grants import GRANTS, Relation
from caseflow.access.permissions import Permission
from caseflow.cases.models import Case
from caseflow.kernel.database import db
from caseflow.operations.models import Operation, OperationLink
from caseflow.operations.rules import Offer
from caseflow.staff.models import User


@dataclass(frozen=True)
class Offers:
    """How many young people were offered support after an operation, and what they said."""

    made: int = 0
    accepted: int = 0
    declined: int = 0


def operations_for(user: User) -> Sequence[Operation]:
    """All of them, or only their own entries for somebody who is granted no more."""
    query = _in_sight(user).options(joinedload(Operation.entered_by))
    return db.session.scalars(
        query.order_by(Operation.starts_on.desc(), Operation.code, Operation.id).limit(200)
    ).all()


def operations_with_code(code: str, user: User) -> Sequence[Operation]:
    """As far as this user may know of them, or entered them: of another's code nothing is said."""
    like = func.upper(Operation.code) == code.strip().upper()
    return db.session.scalars(_in_sight(user).where(like)).all()


def _in_sight(user: User) -> Select[Operation]:
    query = select(Operation)
    if GRANTS[Permission.OPERATION_VIEW].get(user.role) is Relation.ANY:
        return query
    return query.where(Operation.entered_by_id == user.id)


def operation_in_sight(user: User, operation_id: uuid.UUID) -> Operation | None:
    operation = db.session.get(Operation, operation_id)
    relation = GRANTS[Permission.OPERATION_VIEW].get(user.role)
    if operation is None or relation is None:
        return None
    is_theirs = relation is Relation.ANY or operation.entered_by_id == user.id
    return operation if is_theirs else None


def offers_of(operation: Operation) -> Offers:
    counted = dict(
        db.session.execute(
            select(OperationLink.offer, func.count())
            .where(OperationLink.operation_id == operation.id)
            .group_by(OperationLink.offer)
        ).all()
    )
    return Offers(
        made=sum(counted.values()),
        accepted=counted.get(Offer.ACCEPTED, 0),
        declined=counted.get(Offer.DECLINED, 0),
    )


def linkable(besides: Sequence[OperationLink] = ()) -> Sequence[Operation]:
    """What a worker may choose from: code, name, dates and area; not what is linked already."""
    return db.session.scalars(
        select(Operation)
        .where(Operation.id.not_in([link.operation_id for link in besides]))
        .order_by(Operation.starts_on.desc())
        .limit(100)
    ).all()


def links_of(case: Case) -> Sequence[OperationLink]:
    return db.session.scalars(
        select(OperationLink)
        .where(OperationLink.case_id == case.id)
        .options(joinedload(OperationLink.operation))
        .order_by(OperationLink.offered_at.desc())
    ).all()


def link_in(case: Case, link_id: uuid.UUID) -> OperationLink | None:
    return db.session.scalar(
        select(OperationLink).where(OperationLink.id == link_id, OperationLink.case_id == case.id)
    )
