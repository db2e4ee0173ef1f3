"""The one definition of need-to-know. Lists filter by it; single records are fetched through it."""

from sqlalchemy import ColumnElement, false, or_, true

from caseflow.access.grants import GRANTS, Relation
from caseflow.access.permissions import Permission
from caseflow.cases.models import Case
from caseflow.staff.models import User


def visible_to(user: User) -> ColumnElement[bool]:
    """Cases whose existence this user may know of: what CASE_VIEW grants, said in SQL."""
    relation = GRANTS[Permission.CASE_VIEW].get(user.role)
    if relation is None or not user.is_active:
        return false()
    if relation is Relation.ANY:
        return true()
    own = Case.worker_id == user.id
    if relation is Relation.TEAM and user.team_id is not None:
        return or_(own, Case.team_id == user.team_id)
    return own
