"""Need-to-know: the SQL and the truth table say the same, for every role and relation."""

import pytest
from sqlalchemy import select

from caseflow.access.permissions import Permission, Role
from caseflow.access.predicates import may
from caseflow.cases import queries
from caseflow.cases.lifecycle import Stage
from caseflow.cases.models import Case
from caseflow.cases.visibility import visible_to
from caseflow.staff import actions as staff
from tests import builders

SEES = {
    Role.YOUTH_WORKER: {"own", "team", "nobody"},
    Role.SUPERVISOR: {"own", "team", "nobody"},
    Role.SAFEGUARDING_LEAD: {"own", "team", "nobody", "foreign"},
}


@pytest.fixture
def cases(session) -> dict[str, Case]:
    colleague = builders.worker()
    foreigner = builders.worker(builders.team("Other team", ()))
    return {
        "team": builders.case_at(Stage.LONG_TERM, held_by=colleague),
        "nobody": builders.received_case(in_team=colleague.team),
        "foreign": builders.case_at(Stage.LONG_TERM, held_by=foreigner),
    }


@pytest.mark.parametrize("role", Role)
def test_who_sees_what(session, cases, role: Role) -> None:
    user = builders.user(role, in_team=builders.team())
    if role in (Role.YOUTH_WORKER, Role.SUPERVISOR):
        cases |= {"own": builders.case_at(Stage.AGREED, held_by=user)}
    session.flush()
    seen = set(session.scalars(select(Case.id).where(visible_to(user))))
    expected = {name for name in cases if name in SEES.get(role, set())}
    assert {name for name, case in cases.items() if case.id in seen} == expected
    for name, case in cases.items():
        in_sight = queries.case_in_sight(user, case.id) is not None
        granted = may(user.actor, Permission.CASE_VIEW, case.held)
        assert in_sight == granted == (name in expected), name


def test_a_case_given_away_leaves_with_its_team(session, cases) -> None:
    foreigner = cases["foreign"].worker
    assert queries.case_in_sight(foreigner, cases["team"].id) is None
    assert queries.case_in_sight(foreigner, cases["foreign"].id) is not None


def test_somebody_disabled_sees_nothing(session, cases) -> None:
    worker = builders.worker()
    staff.disable_user(worker, by=builders.user(Role.ADMINISTRATOR))
    assert session.scalars(select(Case).where(visible_to(worker))).all() == []


def test_no_team_is_not_a_team(session, cases) -> None:
    worker = builders.worker()
    worker.team = None
    session.flush()
    assert session.scalars(select(Case).where(visible_to(worker))).all() == []


@pytest.mark.parametrize("role", [role for role in Role if role not in SEES])
def test_a_role_without_case_work_gets_404_everywhere(session, sign_in, cases, role) -> None:
    user = sign_in(builders.user(role, in_team=builders.team()))
    for path in ("", "/looks", "/move", "/allocate", "/answer"):
        assert user.get(f"/cases/{cases['team'].id}{path}").status_code == 404
