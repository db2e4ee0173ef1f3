import uuid
from collections.abc import Iterable, Mapping

from sqlalchemy import select

from caseflow.audit.models import AuditRow
from caseflow.kernel.database import db
from caseflow.staff.models import User


def actors_of(rows: Iterable[AuditRow]) -> Mapping[uuid.UUID, str]:
    """Who did what is shown by the name of the member of staff; young people stay ids."""
    ids = {row.actor_id for row in rows if row.actor_id}
    found = db.session.execute(select(User.id, User.name).where(User.id.in_(ids)))
    return dict(found.all())
