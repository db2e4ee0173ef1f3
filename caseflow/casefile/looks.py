"""Who has looked at one case, for whoever leads it and their supervisor."""

from flask import render_template, request

from caseflow.access.declare import requires
from caseflow.access.permissions import Permission
from caseflow.audit.queries import HIGHEST, looks_at
from caseflow.casefile import queries
from caseflow.casefile.blueprint import bp
from caseflow.casefile.looking import looks_in_words
from caseflow.cases.models import Case

A_PAGE = 100


@bp.get("/cases/<uuid:case>/looks")
@requires(Permission.LOOKS_VIEW)
def looks(case: Case) -> str:
    before = min(request.args.get("before", HIGHEST, type=int), HIGHEST)
    rows = looks_at(case.id, person_id=case.person_id, before=max(before, 0), limit=A_PAGE)
    names = queries.names_of(row.actor_id for row in rows)
    return render_template(
        "casefile/looks.html",
        case=case,
        days=looks_in_words(rows, names, of=case.id),
        older=rows[-1].seq if len(rows) == A_PAGE else None,
        is_first=before == HIGHEST,
    )
