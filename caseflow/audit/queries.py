import uuid
from collections.abc import Sequence

from sqlalchemy import select

from caseflow.audit.models import AuditRow
from caseflow.kernel.database import db


def latest(*, before: int | None = None, limit: int = 50) -> Sequence[AuditRow]:
    query = select(AuditRow).order_by(AuditRow.seq.desc()).limit(limit)
    if before is not None:
        query = query.where(AuditRow.seq < before)
    return db.session.scalars(query).all()


def looks_at(case_id: uuid.UUID, *, limit: int = 100) -> Sequence[AuditRow]:
    """Who has looked at or changed one case, newest first."""
    query = (
        select(AuditRow)
        .where(AuditRow.case_id == case_id)
        .order_by(AuditRow.seq.desc())
        .limit(limit)
    )
    return db.session.scalars(query).all()
