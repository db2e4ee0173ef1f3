import uuid
from collections.abc import Iterable
from typing import Any

from flask import Blueprint

from caseflow.audit import actions as audit
from caseflow.cases import queries
from caseflow.cases.header import case_header, case_tabs, stage_tone
from caseflow.cases.models import Case
from caseflow.staff.current import me
from caseflow.staff.models import User

bp = Blueprint("cases", __name__)


@bp.app_context_processor
def for_case_pages() -> dict[str, Any]:
    return {
        "case_header": case_header,
        "case_tabs": case_tabs,
        "stage_tone": stage_tone,
        "cases_shown": cases_shown,
    }


def cases_shown(case_ids: Iterable[uuid.UUID | None]) -> dict[uuid.UUID, Case]:
    """For lists of rooms below this one, such as the inbox: the cases their reader may open."""
    found = queries.cases_in_sight(me(), {case_id for case_id in case_ids if case_id})
    audit.shown(found)
    return found


def _case(user: User, _: dict[str, Any], case_id: uuid.UUID) -> Case | None:
    return queries.case_in_sight(user, case_id)


LOADERS = {"case": _case}
