import uuid
from typing import Any

from flask import Blueprint

from caseflow.cases import queries
from caseflow.cases.header import case_header, case_tabs
from caseflow.cases.models import Case
from caseflow.staff.models import User

bp = Blueprint("cases", __name__)


@bp.app_context_processor
def for_case_pages() -> dict[str, Any]:
    return {"case_header": case_header, "case_tabs": case_tabs}


def _case(user: User, _: dict[str, Any], case_id: uuid.UUID) -> Case | None:
    return queries.case_in_sight(user, case_id)


LOADERS = {"case": _case}
